//! `/api/v1`: the registers for programs, with tokens instead of sign-in.
//!
//! Why the same application behind it: a program may do what its member may do, no more;
//! and what it does stands in the same ledger. What it can't know: who holds a token.

mod answers;
mod approvals;
mod caller;
mod described;
mod imports;
mod jobs;
mod openapi;
mod operation;
mod overview;
mod parts;
mod records;
mod routes;
mod schemas;

use crate::AppState;
use crate::error::Problem;
use axum::Router;

/// Where every address of the API begins.
pub(crate) const PREFIX: &str = "/api/v1";
/// The largest body of a record.
const BODY_LIMIT: usize = 1024 * 1024;

/// Every route of the API: `routes.rs` lists them.
pub(crate) fn routes() -> Router<AppState> {
    routes::all().router().fallback(async || Problem::not_found())
}
