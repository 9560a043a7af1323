//! Many records from a file: preview, commit, what is wrong, and taking it back.

use super::caller::{Answer, Caller, json};
use super::records::{download, format};
use crate::AppState;
use crate::error::Problem;
use crate::web::imports::FILE_LIMIT;
use crate::web::upload::{read, unread};
use app::{AppError, Chosen, ImportOptions, Stop};
use axum::extract::{Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Take {
    skip_wrong: bool,
    only: BTreeSet<u32>,
    but: BTreeSet<u32>,
}

/// GET …/template/{format}
pub(super) async fn template(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register, ending)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let file = state
        .app
        .import_template(&who, &agency, &register, format(&ending)?)
        .await?;
    Ok(download(file))
}

/// Does what keeps a processor busy beside the threads that answer requests.
async fn aside<T: Send + 'static>(
    work: impl FnOnce(tokio::runtime::Handle) -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || work(runtime)).await;
    let done =
        done.map_err(|e| AppError::failed(format!("處理中斷（{e}）"), "請再試一次；仍不行請看系統紀錄"))?;
    Ok(done?)
}

/// POST …/imports: one file, and `options` as JSON.
pub(super) async fn preview(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, register)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = read(form, FILE_LIMIT).await.map_err(|error| unread(&error))?;
    let wrong = |message: &str| {
        Problem::api(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_file",
            message,
            "請附一個 .ods、.xlsx 或 .csv 檔案",
        )
    };
    if let Some(refused) = &parts.refused {
        return Err(wrong(refused));
    }
    let mut options: ImportOptions = match parts.text("options") {
        "" => ImportOptions::default(),
        text => serde_json::from_str(text).map_err(|e| wrong(&format!("options 不是可讀的 JSON（{e}）")))?,
    };
    let file = parts.files.first().cloned().ok_or_else(|| wrong("沒有檔案"))?;
    // Who gives up, or is given up after the time that a request has, ends the reading too.
    options.stop = Stop::new();
    let _waiting = options.stop.when_dropped();
    let (app, org) = (Arc::clone(&state.app), agency.clone());
    let report = aside(move |runtime| {
        let file = (file.name.as_str(), file.bytes);
        let mut quiet = |_| {};
        let reading = app.preview_import(&who, &org, &register, file, options, &mut quiet);
        runtime.block_on(reading)
    })
    .await?;
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
    let report = state.app.import_report(&who, &agency, &job).await?;
    Ok(Answer::of(report).into_response())
}

/// GET …/imports/{job}/wrong.ods
pub(super) async fn wrong(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(download(state.app.wrong_lines(&who, &agency, &job).await?))
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
    };
    let app = Arc::clone(&state.app);
    let report = aside(move |runtime| {
        let mut quiet = |_| {};
        let writing = app.commit_import(&who, &agency, &job, &chosen, &mut quiet);
        runtime.block_on(writing)
    })
    .await?;
    Ok(Answer::of(report).into_response())
}

/// DELETE …/imports/{job}: the preview is put aside.
pub(super) async fn discard(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let report = state.app.discard_import(&who, &agency, &job).await?;
    Ok(Answer::of(report).into_response())
}

/// POST …/imports/{job}/undo
pub(super) async fn undo(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((agency, job)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let report = state.app.undo_import(&who, &agency, &job).await?;
    Ok(Answer::of(report).into_response())
}
