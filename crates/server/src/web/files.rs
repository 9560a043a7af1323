//! Downloads of evidence and plans.
//!
//! Why never shown in place: what was uploaded may be a page with scripts.

use crate::AppState;
use crate::error::Problem;
use crate::words;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// GET /{org}/files/{sha256}
pub(crate) async fn file(
    State(state): State<AppState>,
    Path((org, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (name, bytes) = state.app.file(&org, &sha256).await?;
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._- ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let escaped = words::encode(&name).replace('/', "%2F");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}
