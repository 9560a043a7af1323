//! Records of a register: lists, one, new, changed, taken back, uploaded, exported.

use super::answers::{History, RecordsPage, Registers, SavedRecord, Written};
use super::caller::{Answer, Caller, bad_json, enter, json, once, seen};
use super::outcome::{accepted, download};
use crate::AppState;
use crate::error::Problem;
use crate::web::upload::{read, unread};
use crate::words;
use app::jobs::{self, Asked};
use app::{Kind, ListFormat, ListQuery, Principal, PutRecord, RecordView, RowId, Scope, act, records};
use axum::extract::{Multipart, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Where a record is.
fn place(agency: &str, register: &str, id: &str) -> String {
    format!(
        "{}/agencies/{}/registers/{}/records/{}",
        super::PREFIX,
        words::encode(agency),
        words::encode(register),
        words::encode(id)
    )
}

/// A list's question from its query string: `q`, `after`, `limit`, `withdrawn`, and fields.
pub(super) fn query(given: &[(String, String)]) -> Result<ListQuery, Problem> {
    let mut query = ListQuery::default();
    for (key, text) in given {
        match key.as_str() {
            "q" => query.contains.clone_from(text),
            "after" => query.after.clone_from(text),
            "limit" => {
                let limit = text.parse::<u32>().ok();
                query.limit = limit
                    .filter(|limit| (1..=records::PAGE_LIMIT).contains(limit))
                    .ok_or_else(bad_limit)?;
            }
            "withdrawn" => {
                query.withdrawn = text.parse().map_err(|_| {
                    Problem::api(
                        StatusCode::BAD_REQUEST,
                        "bad_withdrawn",
                        "withdrawn 不是 true 或 false",
                        "要看已註銷的紀錄請填 true，否則不帶這個參數",
                    )
                })?;
            }
            _ => query.equal.push((key.clone(), text.clone())),
        }
    }
    Ok(query)
}

/// That a page can't have so many rows.
fn bad_limit() -> Problem {
    let most = records::PAGE_LIMIT;
    let mut problem = Problem::api(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_limit",
        &format!("limit 應為 1 至 {most} 之整數"),
        "請更正 limit，或不帶這個參數（每頁 50 筆）；其餘各筆以 after 取得",
    );
    problem.fields = Box::from([app::FieldError {
        field: "limit".to_owned(),
        label: "每頁筆數".to_owned(),
        message: format!("請填 1 至 {most} 之整數"),
        clause: String::new(),
    }]);
    problem
}

/// GET …/registers
pub(super) async fn registers(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(agency): Path<String>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let registers = records::register_index(&visit).await?;
    Ok(Answer::of(Registers { registers }).into_response())
}

/// GET …/records
pub(super) async fn list(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register)): Path<(String, String)>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = query(&given)?;
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let page = records::list(&visit, spec, &query).await?;
    let next = page.next.clone();
    let mut answer = Answer::of(RecordsPage {
        records: page.rows,
        total: page.total,
        next: page.next,
    });
    if let Some(next) = next {
        let rest = given
            .iter()
            .filter(|(key, _)| key != "after")
            .map(|(key, text)| format!("{}={}&", words::encode(key), words::encode(text)));
        let rest: String = rest.collect();
        let target = format!(
            "<{}/agencies/{}/registers/{}/records?{rest}after={}>; rel=\"next\"",
            super::PREFIX,
            words::encode(&agency),
            words::encode(&register),
            words::encode(&next)
        );
        answer = answer.header(header::LINK, &target);
    }
    Ok(answer.into_response())
}

/// GET …/records/{id}
pub(super) async fn show(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let record = records::show(&visit, spec, &RowId::parse(&id)?).await?;
    let tag = format!("\"{}\"", record.version);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    // An approval changes what is shown without a new version: only settled records are unchanged.
    if known == Some(tag.as_str()) && record.standing.state == "none" {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let version = record.version;
    Ok(Answer::of(record).tag(version).into_response())
}

/// GET …/records/{id}/history
pub(super) async fn history(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let history = records::history(&visit, spec, &RowId::parse(&id)?).await?;
    Ok(Answer::of(History { history }).into_response())
}

/// What was written, for who may read it; a token that only writes must not be a way to read what
/// others wrote into the same record.
fn told(who: &Principal, record: RecordView) -> SavedRecord {
    if who.scopes.contains(&Scope::Read) {
        return SavedRecord::Record(Box::new(record));
    }
    SavedRecord::Written(Written {
        register: record.register,
        id: record.id,
        version: record.version,
        state: record.standing.state,
    })
}

fn saved(who: &Principal, agency: &str, saved: app::Saved) -> Response {
    let version = saved.record.version;
    let target = place(agency, saved.record.register, &saved.record.id);
    let status = if saved.record.standing.state == "pending" {
        // Nothing of it is in force before a second person confirmed it.
        StatusCode::ACCEPTED
    } else if saved.created && !saved.repeated {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Answer::of(told(who, saved.record))
        .status(status)
        .tag(version)
        .header(header::LOCATION, &target)
        .into_response()
}

/// POST …/records
pub(super) async fn create(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (body, bytes): (Value, _) = json(request, &state).await?;
    let put = PutRecord {
        body,
        once: once(
            &headers,
            &[b"create", agency.as_bytes(), register.as_bytes(), &bytes],
        )?,
        ..PutRecord::default()
    };
    put_once(&state, &who, (&agency, &register), put).await
}

/// PUT …/records/{id}: the whole record.
pub(super) async fn replace(
    state: State<AppState>,
    caller: Caller,
    path: Path<(String, String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    change(state, caller, path, headers, request, false).await
}

/// PATCH …/records/{id}: the fields that are given; null clears one.
pub(super) async fn amend(
    state: State<AppState>,
    caller: Caller,
    path: Path<(String, String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    change(state, caller, path, headers, request, true).await
}

async fn change(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    request: Request,
    partial: bool,
) -> Result<Response, Problem> {
    let seen = seen(&headers)?;
    let (body, bytes): (Value, _) = json(request, &state).await?;
    let act: &[u8] = if partial { b"amend" } else { b"replace" };
    let (place, version) = (
        [agency.as_bytes(), register.as_bytes(), id.as_bytes()],
        seen.to_be_bytes(),
    );
    let put = PutRecord {
        once: once(&headers, &[&[act], &place[..], &[&version, &bytes]].concat())?,
        id: Some(RowId::parse(&id)?),
        seen: Some(seen),
        body,
        partial,
        ..PutRecord::default()
    };
    put_once(&state, &who, (&agency, &register), put).await
}

/// Writes a record; where the same request came twice at once and the other one was faster,
/// its answer.
async fn put_once(
    state: &AppState,
    who: &Principal,
    (agency, register): (&str, &str),
    put: PutRecord,
) -> Result<Response, Problem> {
    let again = put.once.is_some().then(|| put.clone());
    let names_a_version = put.seen.is_some();
    let visit = enter(state, who, agency).await?;
    let spec = app::register(register)?;
    let mut done = records::put(&visit, spec, put).await;
    if let (Err(error), Some(again)) = (&done, again)
        && matches!(error.kind(), Kind::Stale | Kind::Conflict)
    {
        done = records::put(&visit.again().await?, spec, again).await;
    }
    // Whoever named no version has no precondition that could fail: somebody else was faster.
    let refused = if names_a_version {
        Problem::stale
    } else {
        Problem::from
    };
    done.map(|done| saved(who, agency, done)).map_err(refused)
}

/// Why a record is taken back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In the officer's words.
    reason: String,
}

/// DELETE …/records/{id}
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let seen = seen(&headers)?;
    let (given, bytes): (Reason, _) = json(request, &state).await?;
    let (place, version) = (
        [agency.as_bytes(), register.as_bytes(), id.as_bytes()],
        seen.to_be_bytes(),
    );
    let who = who.asking(once(
        &headers,
        &[&[&b"withdraw"[..]], &place[..], &[&version, &bytes]].concat(),
    )?);
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    if records::first_answer(&visit, act::Withdraw, spec)
        .await?
        .is_some()
    {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let id = RowId::parse(&id)?;
    let done = records::withdraw(&visit, spec, (&id, Some(seen)), &given.reason).await;
    let Err(error) = done else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let now = visit.again().await?;
    match records::first_answer(&now, act::Withdraw, spec).await? {
        None => Err(Problem::stale(error)),
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// POST …/uploads: a record with its files; the part `record` holds its fields as JSON, with
/// `id` and `version` beside it where it changes one.
pub(super) async fn upload(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register)): Path<(String, String)>,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = read(form, app::EVIDENCE_LIMIT)
        .await
        .map_err(|error| unread(&error))?;
    if let Some(refused) = &parts.refused {
        return Err(refused.told("bad_file", "請更正後再送一次；沒有寫入任何資料"));
    }
    let record = parts.text("record").as_bytes();
    let body: Value = crate::strict::read(record).map_err(|error| bad_json("record ", &error))?;
    let id = Some(parts.text("id")).filter(|id| !id.is_empty());
    let id = id.map(RowId::parse).transpose()?;
    let seen = match &id {
        Some(_) => Some(parts.text("version").parse().map_err(|_| {
            Problem::api(
                StatusCode::PRECONDITION_REQUIRED,
                "version_required",
                "沒有 version",
                "更新既有紀錄時，請附上讀取時的版本",
            )
        })?),
        None => None,
    };
    let mut what: Vec<&[u8]> = vec![b"upload", agency.as_bytes(), register.as_bytes()];
    for part in ["id", "version", "record"] {
        what.push(parts.text(part).as_bytes());
    }
    what.extend(parts.files.iter().map(|f| f.bytes.as_slice()));
    let once = once(&headers, &what)?;
    let put = PutRecord {
        partial: id.is_some(),
        id,
        seen,
        body,
        files: parts.files.clone(),
        once,
    };
    put_once(&state, &who, (&agency, &register), put).await
}

pub(super) fn format(word: &str) -> Result<ListFormat, Problem> {
    ListFormat::of(word).ok_or_else(Problem::not_found)
}

/// GET …/export/{format}
pub(super) async fn export(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, ending)): Path<(String, String, String)>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = query(&given)?;
    let format = format(&ending)?;
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    Ok(match jobs::export_list(&visit, spec, &query, format).await? {
        Asked::Done(file) => download(file),
        Asked::Later(job) => accepted(&agency, *job),
    })
}
