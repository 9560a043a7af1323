//! What a supervisor, a balancer and a monitor ask: alive, ready, and the numbers.
//!
//! Why apart from what they tell: every request counts itself and is of this state; these look at it
//! from above. What it can't know: who reads the numbers; only this machine is told them.

use crate::AppState;
use crate::context::Peer;
use crate::error::Problem;
use crate::reach::{Client, is_local};
use crate::readiness::Said;
use app::jobs::WorkCount;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;

/// GET /healthz: alive, whatever else is the matter.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// GET /readyz
pub(crate) async fn ready(State(state): State<AppState>) -> Response {
    let checks = (state.health)().await;
    let is_ready = checks.iter().all(|check| check.is_sound);
    let mut text = String::from(if is_ready { "ready\n" } else { "not ready\n" });
    for check in &checks {
        let mark = if check.is_sound { "正常" } else { "異常" };
        let _ = writeln!(text, "{mark}　{}：{}", check.what, check.words);
    }
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    let mut response = (status, kind, text).into_response();
    response.extensions_mut().insert(Said);
    response
}

/// Jobs and messages of all agencies and the installation, by kind and state: of all processes over
/// the database.
fn of_work(counts: &[WorkCount]) -> String {
    let mut out = String::new();
    for (messages, name, help) in [
        (false, "fazun_jobs", "Jobs in the database."),
        (true, "fazun_messages", "Messages in the database."),
    ] {
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        for c in counts.iter().filter(|c| c.messages == messages) {
            let (kind, state) = (&c.kind, c.state.word());
            let _ = writeln!(out, "{name}{{kind=\"{kind}\",state=\"{state}\"}} {}", c.count);
        }
    }
    out
}

/// GET /metrics, for this machine alone, by one of its own names.
pub(crate) async fn metrics(
    State(state): State<AppState>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    client: Option<Extension<Client>>,
) -> Result<Response, Problem> {
    let near = peer.is_some_and(|peer| peer.0.0.ip().to_canonical().is_loopback());
    let by_itself = client.is_some_and(|client| !client.is_forwarded);
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    if !(near && by_itself && host.is_some_and(is_local)) {
        return Err(Problem::not_found());
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    let mut text = state.metrics.text(state.budget.held());
    // Where the database is away, everything else is still counted.
    match state.app.work_counts().await {
        Ok(counts) => text.push_str(&of_work(&counts)),
        Err(error) => tracing::warn!(cause = %app::causes(&error), "jobs not counted"),
    }
    Ok((kind, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::jobs::WorkState;

    #[test]
    fn work_of_all_processes_is_counted_by_kind_and_state() {
        let count = |messages, kind: &str, state, count| WorkCount {
            messages,
            kind: kind.to_owned(),
            state,
            count,
            due_at: 0,
            last_due_at: 0,
        };
        let text = of_work(&[
            count(false, "import", WorkState::Dead, 3),
            count(false, "import", WorkState::Queued, 2),
            count(true, "mail", WorkState::Done, 7),
        ]);
        for line in [
            "# TYPE fazun_jobs gauge",
            "fazun_jobs{kind=\"import\",state=\"dead\"} 3",
            "fazun_jobs{kind=\"import\",state=\"queued\"} 2",
            "fazun_messages{kind=\"mail\",state=\"done\"} 7",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(!text.contains("fazun_jobs{kind=\"mail\""), "{text}");
    }
}
