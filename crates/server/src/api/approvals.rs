//! The way of a record to being final, and what is said about it.

use super::caller::{Answer, Caller, json};
use crate::AppState;
use crate::error::Problem;
use crate::web::upload::read;
use app::{Decision, PaperSignature, Verdict};
use axum::extract::{Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json as value;

type Place = Path<(String, String, String)>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    verdict: String,
    #[serde(default)]
    reason: String,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remark {
    #[serde(default)]
    kind: String,
    text: String,
}

/// GET …/approvals: what waits for the caller.
pub(super) async fn waiting(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
) -> Result<Response, Problem> {
    let waiting = state.app.waiting_for(&who, &agency).await?;
    Ok(Answer::of(value!({ "records": waiting })).into_response())
}

/// POST …/submit
pub(super) async fn submit(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    request: Request,
) -> Result<Response, Problem> {
    let (given, _): (Seen, _) = json(request, &state).await?;
    let standing = state
        .app
        .submit(&who, &agency, &register, (&id, given.version))
        .await?;
    Ok(Answer::of(standing).into_response())
}

/// POST …/recall
pub(super) async fn recall(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
) -> Result<Response, Problem> {
    let standing = state.app.call_back(&who, &agency, &register, &id).await?;
    Ok(Answer::of(standing).into_response())
}

/// POST …/decision
pub(super) async fn decide(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    request: Request,
) -> Result<Response, Problem> {
    let (given, _): (Decided, _) = json(request, &state).await?;
    let verdict = Verdict::of(&given.verdict).ok_or_else(|| {
        Problem::api(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_verdict",
            "verdict 不是可用的決定",
            "請用 agree（同意）、return（退回）或 opinion（會辦意見）",
        )
    })?;
    let decision = Decision {
        verdict,
        reason: given.reason,
        seen: given.version,
    };
    let standing = state.app.decide(&who, &agency, &register, &id, decision).await?;
    Ok(Answer::of(standing).into_response())
}

/// POST …/paper: `signed_by`, `on`, `version`, and the scan as a file.
pub(super) async fn paper(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = read(form, app::EVIDENCE_LIMIT)
        .await
        .map_err(|error| Problem::of(error.status()))?;
    let wrong = |message: &str| {
        Problem::api(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_paper",
            message,
            "請附 signed_by、on（日期）、version 與一個掃描檔",
        )
    };
    if let Some(refused) = &parts.refused {
        return Err(wrong(refused));
    }
    let on = period::parse_date(parts.text("on")).map_err(|e| wrong(&e.to_string()))?;
    let seen = parts
        .text("version")
        .parse()
        .map_err(|_| wrong("version 不是版本"))?;
    let scan = parts.files.first().cloned().ok_or_else(|| wrong("沒有掃描檔"))?;
    let paper = PaperSignature {
        signed_by: parts.text("signed_by").to_owned(),
        on,
        scan,
        seen,
    };
    let standing = state
        .app
        .approve_on_paper(&who, &agency, &register, &id, paper)
        .await?;
    Ok(Answer::of(standing).into_response())
}

/// POST …/comments
pub(super) async fn comment(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    request: Request,
) -> Result<Response, Problem> {
    let (given, _): (Remark, _) = json(request, &state).await?;
    state
        .app
        .comment(&who, &agency, &register, &id, (&given.kind, &given.text))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
