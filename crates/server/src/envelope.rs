//! What every answer has, whatever made it: an id, a line in the log, the security
//! headers, and a page in zh-TW where something went wrong.
//!
//! Why outermost: a refusal by a guard needs the same headers as a page. The log has no
//! query string: it may hold what an officer typed.

use crate::AppState;
use crate::error::Problem;
use crate::web::page::{Page, problem_page};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;

/// Nothing but our own style sheet, images and form targets; no scripts at all.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Around everything.
pub(crate) async fn envelope(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = state.next_request();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if let Some(problem) = problem_of(&response) {
        if problem.status.is_server_error() {
            tracing::error!(request = %id, code = problem.code, cause = %problem.cause, "request failed");
        } else if !problem.cause.is_empty() {
            tracing::warn!(request = %id, code = problem.code, cause = %problem.cause, "request refused");
        }
        let allow = response.headers().get(header::ALLOW).cloned();
        response = if path.starts_with("/api/") {
            problem_json(&problem, &id)
        } else {
            problem_page(Page::outside(&state, problem.title, &path), &problem, &id)
        };
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    secure(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = %id, %method, %path, status = response.status().as_u16(), ms, "request");
    response
}

/// What went wrong, for a program.
fn problem_json(problem: &Problem, id: &str) -> Response {
    let body = problem.json(id).to_string();
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (problem.status, kind, body).into_response();
    if problem.status == axum::http::StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// What went wrong, unless the answer already is a page that says so.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    ((status.is_client_error() || status.is_server_error()) && !page).then(|| Problem::of(status))
}

fn secure(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A download brings a stricter policy, an asset its own caching.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_POLICY));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
