//! The way of a record to being final, and what is said about it.

use super::answers::Waiting;
use super::caller::{Answer, Caller, enter, json, once};
use crate::AppState;
use crate::error::Problem;
use crate::web::upload::{read, unread};
use app::{Act, AppError, Decision, PaperSignature, RegisterSpec, RowId, Verdict, Visit, act, records};
use axum::extract::{Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

type Place = Path<(String, String, String)>;

/// What is sent on for approval.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// The version that was seen.
    #[schemars(range(min = 1))]
    version: u32,
}

/// What somebody decides.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    /// Agree, return, or, where the step only consults, an opinion.
    #[schemars(extend("enum" = Verdict::WORDS))]
    verdict: String,
    /// Why; must be given where it is returned.
    #[serde(default)]
    reason: String,
    /// The version that was seen; 0 of a new record that waits for a second person.
    version: u32,
}

/// Something said about a record.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Remark {
    /// A remark, a superior's request for more, or the answer to one; a remark where empty.
    #[serde(default)]
    #[schemars(extend("enum" = ["", "comment", "return", "answer"]))]
    kind: String,
    /// What is said.
    text: String,
}

/// The caller's own key of what is done with a record.
fn about(
    headers: &HeaderMap,
    act: &str,
    place: [&str; 3],
    what: &[&[u8]],
) -> Result<Option<(String, [u8; 32])>, Problem> {
    let mut asked = vec![act.as_bytes()];
    asked.extend(place.map(str::as_bytes));
    asked.extend(what);
    once(headers, &asked)
}

/// Does what a request asks, or says again what was said when it came before.
pub(super) async fn do_once<T: Serialize, A: Act>(
    (visit, act): (&Visit<'_>, A),
    spec: &'static RegisterSpec,
    work: impl Future<Output = Result<T, AppError>>,
) -> Result<Response, Problem> {
    if let Some(first) = records::first_answer(visit, act, spec).await? {
        return Ok(again(first));
    }
    match work.await {
        Ok(done) => Ok(Answer::of(done).into_response()),
        // Where the same request came twice at once, the other one may have been faster.
        Err(error) => match records::first_answer(&visit.again().await?, act, spec).await? {
            Some(first) => Ok(again(first)),
            None => Err(Problem::from(error)),
        },
    }
}

/// What was answered before.
fn again(first: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], first).into_response()
}

/// GET …/approvals: what waits for the caller.
pub(super) async fn waiting(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let records = records::waiting_for(&visit).await?;
    Ok(Answer::of(Waiting { records }).into_response())
}

/// POST …/submit
pub(super) async fn submit(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (given, bytes): (Seen, _) = json(request, &state).await?;
    let who = who.asking(about(&headers, "submit", [&agency, &register, &id], &[&bytes])?);
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let id = RowId::parse(&id)?;
    let work = records::submit(&visit, spec, (&id, given.version));
    Box::pin(do_once((&visit, act::Submit), spec, work)).await
}

/// POST …/recall
pub(super) async fn recall(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let who = who.asking(about(&headers, "recall", [&agency, &register, &id], &[])?);
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let id = RowId::parse(&id)?;
    let work = records::call_back(&visit, spec, &id);
    Box::pin(do_once((&visit, act::Submit), spec, work)).await
}

/// POST …/decision
pub(super) async fn decide(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (given, bytes): (Decided, _) = json(request, &state).await?;
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
    let who = who.asking(about(&headers, "decision", [&agency, &register, &id], &[&bytes])?);
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let id = RowId::parse(&id)?;
    let work = records::decide(&visit, spec, &id, decision);
    Box::pin(do_once((&visit, act::Decide), spec, work)).await
}

/// What a form with a signed page carries.
const PAPER: &str = "請附 signed_by、on（日期）、version 與一個掃描檔";

/// POST …/paper: `signed_by`, `on`, `version`, and the scan as a file.
pub(super) async fn paper(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, Problem> {
    // It makes a version final: who may only record doesn't hear the first answer either.
    who.demand(app::Scope::Approve)?;
    let parts = read(form, app::EVIDENCE_LIMIT)
        .await
        .map_err(|error| unread(&error))?;
    let wrong = |message: &str| Problem::api(StatusCode::UNPROCESSABLE_ENTITY, "bad_paper", message, PAPER);
    if let Some(refused) = &parts.refused {
        return Err(refused.told("bad_paper", PAPER));
    }
    let on = period::parse_date(parts.text("on")).map_err(|e| wrong(&e.to_string()))?;
    let seen = parts
        .text("version")
        .parse()
        .map_err(|_| wrong("version 不是版本"))?;
    let scan = parts.files.first().cloned().ok_or_else(|| wrong("沒有掃描檔"))?;
    let what: [&[u8]; 4] = [
        parts.text("signed_by").as_bytes(),
        parts.text("on").as_bytes(),
        parts.text("version").as_bytes(),
        &scan.bytes,
    ];
    let who = who.asking(about(&headers, "paper", [&agency, &register, &id], &what)?);
    let paper = PaperSignature {
        signed_by: parts.text("signed_by").to_owned(),
        on,
        scan,
        seen,
    };
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let id = RowId::parse(&id)?;
    let work = records::approve_on_paper(&visit, spec, &id, paper);
    Box::pin(do_once((&visit, act::Submit), spec, work)).await
}

/// POST …/comments
pub(super) async fn comment(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Place,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (given, bytes): (Remark, _) = json(request, &state).await?;
    let who = who.asking(about(&headers, "comment", [&agency, &register, &id], &[&bytes])?);
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let id = RowId::parse(&id)?;
    let work = records::comment(&visit, spec, &id, (&given.kind, &given.text));
    Box::pin(do_once((&visit, act::Comment), spec, work)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
