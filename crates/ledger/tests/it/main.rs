//! The ledger against its specification and against damage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::enum_glob_use)]

mod checkpoint;
mod vector;
mod verify;
