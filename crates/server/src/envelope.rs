//! What every answer has, whatever made it: an id, a line in each log, the security
//! headers, and a page in zh-TW where something went wrong.
//!
//! Why outermost: a refusal by a guard needs the same headers as a page. The program's log
//! names routes and not addresses: those hold what an officer typed, and of whom.

use crate::access_log::Visit;
use crate::api::is_of_api;
use crate::body::Watched;
use crate::context::{self, Broken, Context, Peer};
use crate::error::Problem;
use crate::limits::Lease;
use crate::metrics::{NO_ROUTE, Refusal};
use crate::reach::Client;
use crate::readiness::Said;
use crate::web::page::{Page, problem_page};
use crate::{AppState, session};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tracing::Instrument;

/// Nothing but our own style sheet, images and form targets; no scripts at all.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A year; not of names below this one, which are other services'.
const ENCRYPTED_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

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

/// What is known of a request before anybody looks at it.
fn begun(state: &AppState, request: &Request, client: &Client) -> (Arc<Context>, Visit) {
    let session = match session::shown(request.headers()) {
        Some(session) => (session, false),
        None => (state.forms.session(), true),
    };
    let lease = Lease::new(Arc::clone(&state.budget));
    let context = Arc::new(Context::new(state.next_request(), session, lease));
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE, MatchedPath::as_str)
        .to_owned();
    let visit = Visit::new(
        (state.access_log.clone(), Arc::clone(&state.metrics)),
        Arc::clone(&context),
        client.address,
        (request.method().clone(), route, request.uri().path().to_owned()),
    );
    (context, visit)
}

/// Around everything.
pub(crate) async fn envelope(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let client = state.reach.client(peer, request.headers());
    let is_encrypted = !client.is_bare && state.reach.is_encrypted(request.headers());
    request.extensions_mut().insert(client);
    let (context, mut visit) = begun(&state, &request, &client);
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    request.extensions_mut().insert(Arc::clone(&context));
    let span = tracing::info_span!("request", id = %context.id);
    let answer = context::within(Arc::clone(&context), next.run(request));
    let mut response = answer.instrument(span.clone()).await;
    context.end_reading();
    let entered = span.entered();
    let problem = problem_of(&response, &context);
    if let Some(problem) = &problem {
        count(&state, problem);
        response = told(&state, problem, &context.id, &path, &response);
    }
    secure(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&context.id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(cookie) = Some(&context)
        .filter(|c| c.must_tell())
        .and_then(|c| session::tell(&c.session))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if is_encrypted {
        keep_encrypted(response.headers_mut());
    }
    let status = response.status();
    visit.answered(status, problem.map(|problem| problem.code));
    let ms = u64::try_from(visit.started().elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = %context.id, %method, route = visit.route(), status = status.as_u16(), ms, "request");
    drop(entered);
    response.map(|body| Watched::around(body, visit))
}

/// What went wrong, logged, and as the page or the problem that its reader needs.
fn told(state: &AppState, problem: &Problem, id: &str, path: &str, before: &Response) -> Response {
    if problem.status.is_server_error() {
        tracing::error!(request = %id, code = problem.code, cause = %problem.cause, "request failed");
    } else if !problem.cause.is_empty() {
        tracing::warn!(request = %id, code = problem.code, cause = %problem.cause, "request refused");
    }
    let mut response = if is_of_api(path) {
        problem_json(&problem.clone().for_programs(), id)
    } else {
        problem_page(Page::outside(state, problem.title, path), problem, id)
    };
    let headers = response.headers_mut();
    if let Some(allow) = before.headers().get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    if let Some(seconds) = problem.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Counts what was refused before a handler saw it.
fn count(state: &AppState, problem: &Problem) {
    let why = match problem.code {
        "no_room" => Refusal::Room,
        "slow_body" => Refusal::Slow,
        "forged_form" => Refusal::Form,
        _ => return,
    };
    state.metrics.refuse(why);
}

/// What went wrong, for a program.
fn problem_json(problem: &Problem, id: &str) -> Response {
    let body = serde_json::to_string(&problem.told(id)).unwrap_or_default();
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
fn problem_of(response: &Response, context: &Context) -> Option<Problem> {
    let status = response.status();
    // Whatever the reader of a body made of its end: this is why it ended.
    if let Some(broken) = context.broken.get().filter(|_| !status.is_success()) {
        return Some(match broken {
            Broken::Slow => Problem::of(axum::http::StatusCode::REQUEST_TIMEOUT),
            Broken::NoRoom => Problem::no_room(),
        });
    }
    if response.extensions().get::<Said>().is_some() {
        return None;
    }
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    ((status.is_client_error() || status.is_server_error()) && !page).then(|| Problem::of(status))
}

/// Has a browser come by the encrypted way alone from now on, and show its cookies there alone.
fn keep_encrypted(headers: &mut HeaderMap) {
    headers.insert(header::STRICT_TRANSPORT_SECURITY, ENCRYPTED_ONLY);
    for cookie in headers.iter_mut().filter(|(name, _)| *name == header::SET_COOKIE) {
        let Ok(text) = cookie.1.to_str() else {
            continue;
        };
        let is_secure = text
            .split(';')
            .any(|part| part.trim().eq_ignore_ascii_case("secure"));
        if !is_secure && let Ok(value) = HeaderValue::from_str(&format!("{text}; Secure")) {
            *cookie.1 = value;
        }
    }
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
