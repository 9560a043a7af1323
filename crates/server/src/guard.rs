//! Who may ask: this machine by its own name, and forms only from our own pages.
//!
//! Why the name too: a page of another site can make its own name point to this machine
//! (DNS rebinding), and would then read everything. What it can't know: which user of
//! this machine asks; that comes with sign-in.

use crate::error::Problem;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a request that names another host than this machine.
pub(crate) async fn local_host(request: Request, next: Next) -> Response {
    let named = text(request.headers(), "host").is_some_and(is_local);
    let target = request.uri().authority().is_none_or(|a| is_local(a.as_str()));
    if named && target && request.headers().get_all(header::HOST).iter().count() == 1 {
        next.run(request).await
    } else {
        Problem::of(StatusCode::MISDIRECTED_REQUEST).into_response()
    }
}

/// Whether a Host header names this machine, on whatever port.
fn is_local(host: &str) -> bool {
    let (name, port) = match host.strip_prefix("[::1]") {
        Some(rest) => ("[::1]", rest),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_ok = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| {
            !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit())
        });
    port_ok && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]")
}

/// Refuses whatever changes something unless the browser says that our own page sent it.
///
/// Both headers are read where they are there; the token in the form is checked besides.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    match refusal(request.headers()) {
        Some(cause) => Problem::forged(cause).into_response(),
        None => next.run(request).await,
    }
}

/// Refuses the question for the head alone of what is handed over as a file: handing it over is told
/// of in the ledger, and this would be told of as well.
pub(crate) async fn files_by_get(request: Request, next: Next) -> Response {
    if *request.method() != Method::HEAD || !is_file(request.uri().path()) {
        return next.run(request).await;
    }
    let mut refused = Problem::of(StatusCode::METHOD_NOT_ALLOWED).into_response();
    refused
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET"));
    refused
}

fn is_file(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    matches!(
        parts.as_slice(),
        [.., "files" | "export", _] | [.., "jobs", _, "file"]
    )
}

fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    let site = text(headers, "sec-fetch-site");
    if headers.contains_key("sec-fetch-site") && !matches!(site, Some("same-origin" | "none")) {
        return Some("Sec-Fetch-Site");
    }
    if !headers.contains_key(header::ORIGIN) {
        return None;
    }
    let host = text(headers, "host").unwrap_or_default();
    match text(headers, "origin") {
        // A page that sends no referrer sends no origin either, even to itself; then the
        // other header must speak for it.
        Some("null") => site.is_none().then_some("Origin null"),
        Some(origin) => {
            let same = origin
                .strip_prefix("http://")
                .is_some_and(|o| o.eq_ignore_ascii_case(host));
            (!same).then_some("Origin")
        }
        None => Some("Origin"),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_is_known_by_its_address() {
        for path in [
            "/a1/files/00ff",
            "/a1/jobs/j1/file",
            "/api/v1/agencies/a1/files/00ff",
            "/api/v1/agencies/a1/jobs/j1/file",
            "/api/v1/agencies/a1/registers/asset/export/csv",
        ] {
            assert!(is_file(path), "{path}");
        }
        for path in [
            "/a1/files",
            "/a1/jobs/j1",
            "/a1/registers/export",
            "/",
            "/a1/file",
        ] {
            assert!(!is_file(path), "{path}");
        }
    }

    #[test]
    fn local_names() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "example.tw",
            "localhost.example.tw",
            "127.0.0.1.example.tw",
            "127.0.0.1:",
            "127.0.0.1:8x",
            "[::1]x",
            "::1",
            "127.0.0.2",
            "a@localhost",
            "localhost:80@evil",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
