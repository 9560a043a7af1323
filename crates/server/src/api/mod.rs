//! `/api/v1`: the registers for programs, with tokens instead of sign-in.
//!
//! Why the same application behind it: a program may do what its member may do, no more;
//! and what it does stands in the same ledger. What it can't know: who holds a token.

mod address;
mod answers;
mod approvals;
mod caller;
mod described;
mod imports;
mod jobs;
mod openapi;
mod operation;
mod outcome;
mod overview;
mod parts;
mod records;
mod routes;
mod schemas;

pub(crate) use address::{PREFIX, is_of_api};

use crate::AppState;
use crate::error::Problem;
use axum::Router;

/// Every route of the API: `routes.rs` lists them.
pub(crate) fn routes() -> Router<AppState> {
    routes::all().router().fallback(async || Problem::not_found())
}
