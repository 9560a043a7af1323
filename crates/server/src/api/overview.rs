//! Who the caller is, its agencies, their duties, what is missing, and files.

use super::answers::{Agencies, Duties, Granted, Me};
use super::caller::{Answer, Caller, enter, enter_on};
use super::outcome::download;
use crate::AppState;
use crate::error::Problem;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};

/// The day asked about: `at`, or today.
fn day(state: &AppState, given: &[(String, String)]) -> Result<period::Date, Problem> {
    let at = given.iter().find(|(key, _)| key == "at");
    match at {
        None => Ok(state.app.today()),
        Some((_, text)) => period::parse_date(text).map_err(|error| {
            Problem::api(
                axum::http::StatusCode::BAD_REQUEST,
                "bad_day",
                &error.to_string(),
                "請填日期，例如 2026-11-21",
            )
        }),
    }
}

/// GET /me
pub(super) async fn me(Caller(who): Caller) -> Response {
    let grants = who.grants.into_iter().map(|grant| Granted {
        agency: grant.agency,
        role: grant.role,
        unit: grant.unit,
        contract: grant.contract,
        stands_for: grant.stands_for,
    });
    let me = Me {
        id: who.id,
        name: who.name,
        grants: grants.collect(),
    };
    Answer::of(me).into_response()
}

/// GET /agencies
pub(super) async fn agencies(
    State(state): State<AppState>,
    Caller(who): Caller,
) -> Result<Response, Problem> {
    let agencies = state.app.agencies_of(&who).await?;
    Ok(Answer::of(Agencies { agencies }).into_response())
}

/// GET …/duties
pub(super) async fn duties(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let day = day(&state, &given)?;
    let visit = enter_on(&state, &who, &agency, day).await?;
    let duties = app::duties::all(&visit).await?;
    Ok(Answer::of(Duties { duties }).into_response())
}

/// GET …/duties/{key}
pub(super) async fn duty(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, key)): Path<(String, String)>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let day = day(&state, &given)?;
    let visit = enter_on(&state, &who, &agency, day).await?;
    let duties = app::duties::all(&visit).await?;
    let duties: Vec<_> = duties.into_iter().filter(|d| d.key == key).collect();
    if duties.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(Answer::of(Duties { duties }).into_response())
}

/// GET …/xray
pub(super) async fn xray(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let xray = app::xray::xray(&visit).await?;
    Ok(Answer::of(xray).into_response())
}

/// GET …/files/{sha256}
pub(super) async fn file(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let (name, bytes) = app::records::file(&visit, &sha256).await?;
    Ok(download(app::ListFile {
        name,
        bytes,
        media_type: "application/octet-stream",
    }))
}
