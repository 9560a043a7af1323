//! Work that goes on by itself: what waits, how far it is, what came of it; done anew, called off.
//!
//! What it can't know: when a job is done; whoever waits asks again.

use super::caller::{Answer, Caller, enter};
use super::outcome::{accepted, download};
use crate::AppState;
use crate::error::Problem;
use app::jobs;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

/// GET …/jobs
pub(super) async fn list(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(Answer::of(jobs::list(&visit).await?).into_response())
}

/// GET …/jobs/{id}
pub(super) async fn show(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(Answer::of(jobs::show(&visit, &id).await?).into_response())
}

/// GET …/jobs/{id}/file
pub(super) async fn file(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(download(jobs::file(&visit, &id).await?))
}

/// POST …/jobs/{id}/retry
pub(super) async fn retry(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(accepted(&agency, jobs::retry(&visit, &id).await?))
}

/// POST …/jobs/{id}/cancel
pub(super) async fn cancel(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(Answer::of(jobs::cancel(&visit, &id).await?).into_response())
}
