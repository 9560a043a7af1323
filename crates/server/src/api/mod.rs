//! `/api/v1`: the registers for programs, with tokens instead of sign-in.
//!
//! Why the same application behind it: a program may do what its member may do, no more;
//! and what it does stands in the same ledger. What it can't know: who holds a token.

mod approvals;
mod caller;
mod imports;
mod jobs;
mod openapi;
mod overview;
mod parts;
mod records;

use crate::AppState;
use crate::error::Problem;
use crate::web::upload::REQUEST_LIMIT;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Where every address of the API begins.
pub(crate) const PREFIX: &str = "/api/v1";
/// The largest body of a record.
const BODY_LIMIT: usize = 1024 * 1024;

/// Every route of the API; `openapi.rs` lists the same, and a test compares them.
pub(crate) fn routes() -> Router<AppState> {
    let record = "/agencies/{agency}/registers/{register}/records/{id}";
    let routes = Router::new()
        .route("/openapi.json", get(openapi::document))
        .route("/me", get(overview::me))
        .route("/agencies", get(overview::agencies))
        .route("/agencies/{agency}/duties", get(overview::duties))
        .route("/agencies/{agency}/duties/{key}", get(overview::duty))
        .route("/agencies/{agency}/xray", get(overview::xray))
        .route("/agencies/{agency}/approvals", get(approvals::waiting))
        .route("/agencies/{agency}/files/{sha256}", get(overview::file))
        .route("/agencies/{agency}/registers", get(records::registers))
        .route(
            "/agencies/{agency}/registers/{register}/records",
            get(records::list).post(records::create),
        )
        .route(
            record,
            get(records::show)
                .put(records::replace)
                .patch(records::amend)
                .delete(records::withdraw),
        )
        .route(&format!("{record}/history"), get(records::history))
        .route(&format!("{record}/submit"), post(approvals::submit))
        .route(&format!("{record}/recall"), post(approvals::recall))
        .route(&format!("{record}/decision"), post(approvals::decide))
        .route(&format!("{record}/comments"), post(approvals::comment))
        .route(
            "/agencies/{agency}/registers/{register}/export/{format}",
            get(records::export),
        )
        .route(
            "/agencies/{agency}/registers/{register}/template/{format}",
            get(imports::template),
        )
        .route(
            "/agencies/{agency}/imports/{job}",
            get(imports::show).delete(imports::discard),
        )
        .route("/agencies/{agency}/imports/{job}/wrong.ods", get(imports::wrong))
        .route("/agencies/{agency}/imports/{job}/commit", post(imports::commit))
        .route("/agencies/{agency}/imports/{job}/undo", post(imports::undo))
        .route("/agencies/{agency}/jobs", get(jobs::list))
        .route("/agencies/{agency}/jobs/{id}", get(jobs::show))
        .route("/agencies/{agency}/jobs/{id}/file", get(jobs::file))
        .route("/agencies/{agency}/jobs/{id}/retry", post(jobs::retry))
        .route("/agencies/{agency}/jobs/{id}/cancel", post(jobs::cancel))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    // Files come in whole; what is too large is refused after it was read to its end.
    let uploads = Router::new()
        .route(
            "/agencies/{agency}/registers/{register}/uploads",
            post(records::upload),
        )
        .route(&format!("{record}/paper"), post(approvals::paper))
        .route(
            "/agencies/{agency}/registers/{register}/imports",
            post(imports::preview),
        )
        .layer(DefaultBodyLimit::max(REQUEST_LIMIT));
    routes.merge(uploads).fallback(async || Problem::not_found())
}
