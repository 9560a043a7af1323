//! What came of a request where that is no record: a file, or a job that goes on.
//!
//! What it can't know: who asked; the handler let them in.

use super::PREFIX;
use super::caller::Answer;
use crate::words;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use views::JobView;

/// The answer to what is done as a job: where it is told how it goes.
pub(super) fn accepted(agency: &str, job: JobView) -> Response {
    let target = format!(
        "{}/agencies/{}/jobs/{}",
        PREFIX,
        words::encode(agency),
        words::encode(&job.id)
    );
    Answer::of(job)
        .status(StatusCode::ACCEPTED)
        .header(header::LOCATION, &target)
        .into_response()
}

/// A file as a download.
pub(super) fn download(file: app::ListFile) -> Response {
    let name = words::encode(&file.name).replace('/', "%2F");
    let disposition = format!("attachment; filename=\"list\"; filename*=UTF-8''{name}");
    (
        [
            (header::CONTENT_TYPE, file.media_type.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        file.bytes,
    )
        .into_response()
}
