//! Downloads of evidence, plans and lists; evidence in place where that is harmless.
//!
//! Why most is never shown in place: what was uploaded may be a page with scripts. What is
//! shown is known by its bytes, whatever its name or its sender said, and in a sandbox. A PDF
//! isn't: browsers run no viewer in a sandbox, and show an empty page instead.

use super::page::enter;
use crate::AppState;
use crate::error::Problem;
use crate::words;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A file to be kept, under its own name.
pub(crate) fn attachment(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    // What stands in a ledger is not changed; how it is handed on can be.
    let name = &app::file_name(name);
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
    let escaped = words::encode(name).replace('/', "%2F");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    response
}

/// GET /{org}/files/{sha256}
pub(crate) async fn file(
    State(state): State<AppState>,
    Path((org, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let (name, bytes) = app::records::file(&visit, &sha256).await?;
    Ok(attachment(&name, "application/octet-stream", bytes))
}

/// What a browser may show, by what the bytes are.
fn shown_as(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    // Browsers run no viewer of PDF in a sandbox: an empty page would be all there is to see.
    if bytes.starts_with(b"%PDF-") {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (!text.is_empty() && text.chars().all(plain)).then_some("text/plain; charset=utf-8")
}

/// Whether a file of that name is worth a link that shows it.
pub(crate) fn can_show(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["png", "jpg", "jpeg", "txt"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a file of that name is read outside of the browser, which is said beside it.
pub(crate) fn is_paper(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.eq_ignore_ascii_case("pdf")
}

/// GET /{org}/evidence/{sha256}/preview
pub(crate) async fn preview(
    State(state): State<AppState>,
    Path((org, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let (name, bytes) = app::records::file(&visit, &sha256).await?;
    let Some(kind) = shown_as(&bytes) else {
        return Ok(attachment(&name, "application/octet-stream", bytes));
    };
    let mut response = attachment(&name, kind, bytes);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::{can_show, is_paper, shown_as};

    #[test]
    fn files_are_known_by_their_bytes() {
        assert_eq!(shown_as(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(shown_as(b"%PDF-1.7"), None);
        assert_eq!(
            shown_as("<p>說明</p>".as_bytes()),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(shown_as(b"PK\x03\x04"), None);
        assert_eq!(shown_as(b"GIF89a\x00"), None);
        assert_eq!(shown_as(b""), None);
        assert!(can_show("門禁.PNG") && !can_show("a.svg") && !can_show("txt"));
        assert!(!can_show("簽名頁.PDF") && is_paper("簽名頁.PDF") && !is_paper("pdf"));
    }
}
