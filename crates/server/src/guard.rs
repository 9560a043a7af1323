//! Who may ask: whoever names this server as it is known, and forms only from our own pages.
//!
//! Why the name too: a page of another site can make its own name point to this server
//! (DNS rebinding), and would then read everything. What it can't know: who asks.

use crate::AppState;
use crate::context::Peer;
use crate::error::Problem;
use crate::reach::{Client, PublicUrl, Reach};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Refuses a request that names another host than this server is known by, or that came by a way on
/// which others can read it.
pub(crate) async fn known_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reach = &state.reach;
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let client = request.extensions().get::<Client>().copied();
    let client = client.unwrap_or_else(|| reach.client(None, &HeaderMap::new()));
    let knows = |authority: &str| reach.answers_to(authority, &client);
    let named = text(request.headers(), "host").is_some_and(knows);
    let target = request.uri().authority().is_none_or(|a| knows(a.as_str()));
    let once = request.headers().get_all(header::HOST).iter().count() == 1;
    if !(named && target && once && reach.may_ask(peer)) {
        return Problem::wrong_host(reach.public().map(PublicUrl::origin)).into_response();
    }
    match reach.public().filter(|_| client.is_bare) {
        None => next.run(request).await,
        Some(public) => encrypted(public, &request),
    }
}

/// Sends a reader whose way to the proxy is not encrypted to the one that is; of anybody else the
/// harm is done, and it is told.
fn encrypted(public: &PublicUrl, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::wrong_host(Some(public.origin())).into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::permanent(&format!("{}{path}", public.origin())).into_response()
}

/// Refuses whatever changes something unless the browser says that our own page sent it.
///
/// Both headers are read where they are there; the token in the form is checked besides.
pub(crate) async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    match refusal(&state.reach, request.headers()) {
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

fn refusal(reach: &Reach, headers: &HeaderMap) -> Option<&'static str> {
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
        Some(origin) => (!reach.is_same_origin(origin, host)).then_some("Origin"),
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
}
