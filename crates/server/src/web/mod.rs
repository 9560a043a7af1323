//! The pages. One file per page; this one is the table of all routes.

pub(crate) mod agency;
pub(crate) mod baseline;
pub(crate) mod duties;
pub(crate) mod files;
pub(crate) mod forms;
pub(crate) mod home;
pub(crate) mod laws;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod standard;
pub(crate) mod today;

use crate::error::Problem;
use crate::{AppState, assets};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// The largest form without files.
const FORM_LIMIT: usize = 64 * 1024;

/// Every route, with the permission that it will need once there is sign-in.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        // public
        .route("/healthz", get(home::health))
        .route("/assets/{version}/{name}", get(assets::asset))
        // signed in
        .route("/", get(home::home))
        .route("/laws", get(laws::list))
        .route("/laws/baseline", get(baseline::baseline))
        .route("/laws/standards/{slug}", get(standard::standard))
        .route("/laws/{slug}", get(laws::instrument))
        .route("/laws/{slug}/{version}/{article}", get(laws::article))
        // agency:read
        .route("/{org}", get(home::agency))
        .route("/{org}/today", get(today::today))
        .route("/{org}/duties", get(duties::list))
        .route("/{org}/duties/{key}", get(duties::duty))
        .route("/{org}/plan", get(plan::plan))
        .route("/{org}/agency", get(agency::agency))
        // evidence:read
        .route("/{org}/files/{sha256}", get(files::file))
        // activity:write
        .route(
            "/{org}/activities",
            post(record::record).layer(DefaultBodyLimit::max(record::REQUEST_LIMIT)),
        )
        // agency:write
        .route("/{org}/designation", post(agency::designate))
        .route("/{org}/ciso", post(agency::appoint))
        .route("/{org}/facts", post(agency::amend))
        .fallback(async || Problem::not_found())
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
}
