//! The REST API, asked as programs ask it: over the router, with tokens, on a directory of its own.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod approvals;
mod bounds;
mod contract;
mod disclosures;
mod foreign;
mod imports;
mod jobs;
mod once;
mod openapi;
mod operations;
mod people;
mod races;
mod reference;
mod rights;
mod scopes;
mod second;
mod setup;
mod sight;
mod sizes;
#[path = "../common/statements.rs"]
mod statements;
mod tls;
mod tokens;
mod unchanged;
mod walk;
mod wire;
mod writes;
mod year;
