//! Many records from a file: preview, commit, what is wrong, and taking it back.

use super::caller::{Answer, Caller, enter, json, json_words};
use super::outcome::{accepted, download};
use super::records::format;
use crate::AppState;
use crate::aside::aside;
use crate::error::Problem;
use crate::web::imports::FILE_LIMIT;
use crate::web::upload::{read, unread};
use app::jobs::{self, Asked};
use app::{AgencyId, Chosen, ImportOptions, ImportReport, Surface, records};
use axum::extract::{Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which lines of an import are taken.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Take {
    /// The rest where lines are wrong; else nothing is taken.
    skip_wrong: bool,
    /// Only these rows; all where empty.
    only: BTreeSet<u32>,
    /// All but these rows.
    but: BTreeSet<u32>,
}

/// GET …/template/{format}
pub(super) async fn template(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, ending)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let format = format(&ending)?;
    let visit = enter(&state, &who, &agency).await?;
    let spec = app::register(&register)?;
    let file = records::import_template(&visit, spec, format).await?;
    Ok(download(file))
}

/// What a form with a list carries.
const ONE_FILE: &str = "請附一個 .ods、.xlsx 或 .csv 檔案";

/// POST …/imports: one file, and `options` as JSON.
pub(super) async fn preview(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = read(form, FILE_LIMIT).await.map_err(|error| unread(&error))?;
    let wrong = |message: &str| Problem::api(StatusCode::UNPROCESSABLE_ENTITY, "bad_file", message, ONE_FILE);
    if let Some(refused) = &parts.refused {
        return Err(refused.told("bad_file", ONE_FILE));
    }
    let mut options: ImportOptions = match parts.text("options") {
        "" => ImportOptions::default(),
        text => crate::strict::read(text.as_bytes())
            .map_err(|e| wrong(&format!("options 不是可讀的 JSON（{}）", json_words(&e))))?,
    };
    // Nobody waits for the answer of a request that was given up: its reading ends too.
    options.stop = app::Stop::new();
    let _with_request = options.stop.when_dropped();
    let file = parts.files.first().cloned().ok_or_else(|| wrong("沒有檔案"))?;
    let app = Arc::clone(&state.app);
    let org = AgencyId::parse(&agency)?;
    let read = aside(move |runtime| {
        let file = (file.name.as_str(), file.bytes);
        runtime.block_on(async {
            let visit = app.visit(&who, &org, app.today(), Surface::Api).await?;
            let spec = app::register(&register)?;
            jobs::read_import(&visit, spec, file, options).await
        })
    })
    .await?;
    let report = match read {
        Asked::Done(report) => report,
        Asked::Later(job) => return Ok(accepted(&agency, *job)),
    };
    let target = format!(
        "{}/agencies/{}/imports/{}",
        super::PREFIX,
        crate::words::encode(&agency),
        report.id
    );
    Ok(Answer::of(report)
        .status(StatusCode::CREATED)
        .header(axum::http::header::LOCATION, &target)
        .into_response())
}

/// GET …/imports/{job}
pub(super) async fn show(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let report = records::import_report(&visit, &job).await?;
    Ok(Answer::of(report).into_response())
}

/// GET …/imports/{job}/wrong.ods
pub(super) async fn wrong(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(download(records::wrong_lines(&visit, &job).await?))
}

/// POST …/imports/{job}/commit
pub(super) async fn commit(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (take, _): (Take, _) = json(request, &state).await?;
    let chosen = Chosen {
        skip_wrong: take.skip_wrong,
        only: take.only,
        but: take.but,
        ..Chosen::default()
    };
    let app = Arc::clone(&state.app);
    let org = AgencyId::parse(&agency)?;
    let written = aside(move |runtime| {
        runtime.block_on(async {
            let visit = app.visit(&who, &org, app.today(), Surface::Api).await?;
            jobs::write_import(&visit, &job, &chosen).await
        })
    })
    .await?;
    Ok(answer(&agency, written))
}

/// What was done, or the job that does it.
fn answer(agency: &str, asked: Asked<ImportReport>) -> Response {
    match asked {
        Asked::Done(report) => Answer::of(report).into_response(),
        Asked::Later(job) => accepted(agency, *job),
    }
}

/// DELETE …/imports/{job}: the preview is put aside.
pub(super) async fn discard(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    let report = records::discard_import(&visit, &job).await?;
    Ok(Answer::of(report).into_response())
}

/// POST …/imports/{job}/undo
pub(super) async fn undo(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &who, &agency).await?;
    Ok(answer(&agency, jobs::take_import_back(&visit, &job).await?))
}
