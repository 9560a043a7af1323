//! How long an answer may take, from when its request was there.
//!
//! Why not from the request's first line: a large file over a slow line is no slow answer; how
//! fast a body must come is bounded where it is read. What it can't know: what a handler would
//! have answered; what it had written is written, what it hadn't is not.

use crate::AppState;
use crate::body::{Incoming, Pace};
use crate::context::Context;
use crate::error::Problem;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::time::Instant;

/// Whether a request carries a form in parts.
fn in_parts(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/"))
}

/// Around handlers: bounds the body, and the time after it.
pub(crate) async fn patient(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let pace = Arc::new(Pace::new());
    let request = match request.extensions().get::<Arc<Context>>().cloned() {
        Some(context) => {
            let in_parts = in_parts(&request);
            let pace = Arc::clone(&pace);
            request.map(|body| Body::new(Incoming::new(body, state.limits, in_parts, &context, pace)))
        }
        None => request,
    };
    let answer = next.run(request);
    tokio::pin!(answer);
    loop {
        let due = pace.last() + state.limits.patience;
        tokio::select! {
            response = &mut answer => return response,
            () = tokio::time::sleep_until(due) => {
                if pace.last() + state.limits.patience <= Instant::now() {
                    return Problem::of(StatusCode::SERVICE_UNAVAILABLE).into_response();
                }
            }
        }
    }
}
