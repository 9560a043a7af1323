//! Who gets to see which page: those that ask for nobody, and the others after signing in.
//!
//! Why one place around all pages: a page that forgot to ask would be open. Why what somebody typed is
//! kept when their session has ended: an hour's work must not be lost to a timeout. What it can't know:
//! what may be done on a page; the application decides that.

use super::drafts;
use super::page::go;
use crate::error::Problem;
use crate::words::encode_part;
use crate::{AppState, context, session};
use app::accounts::{Signed, Stage};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Whether a page asks for nobody. What programs ask for and isn't there is told as the API tells.
fn is_open(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(
        first,
        "healthz" | "readyz" | "metrics" | "assets" | "sign-in" | "link" | "calendar" | "api"
    )
}

/// Whether a page may be seen before everything that sign-in asks for was shown.
fn is_of_stage(stage: Stage, path: &str) -> bool {
    match stage {
        Stage::Full => true,
        Stage::Code => path == "/sign-in/code" || path == "/sign-out",
        Stage::Password => path == "/me/password" || path == "/sign-out",
    }
}

/// Where somebody is led who has yet to show something.
fn due(stage: Stage) -> &'static str {
    match stage {
        Stage::Full => "/",
        Stage::Code => "/sign-in/code",
        Stage::Password => "/me/password",
    }
}

/// An address of this server to go on to, and of no other: what a link elsewhere brings along is not
/// followed out.
pub(crate) fn onward(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && !next.starts_with("/sign-in")
        && !next.starts_with("/sign-out");
    if plain { next } else { "/" }
}

async fn known(state: &AppState, secret: Option<&str>) -> Result<Option<Signed>, Problem> {
    match secret {
        Some(secret) => Ok(state.app.signed(secret).await?),
        None => Ok(None),
    }
}

/// Around every page.
pub(crate) async fn gate(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let secret = session::signed_shown(request.headers());
    let signed = match known(&state, secret.as_deref()).await {
        Ok(signed) => signed,
        Err(problem) => return problem.into_response(),
    };
    let Some(signed) = signed else {
        if is_open(&path) {
            return next.run(request).await;
        }
        return to_sign_in(&state, secret, request).await;
    };
    let (due_first, id) = (signed.stage, signed.principal().id);
    context::signed_as(signed);
    let answer = if is_open(&path) || is_of_stage(due_first, &path) {
        next.run(request).await
    } else {
        go(due(due_first))
    };
    // Where no agency was asked for, nobody said before who it was.
    context::sent_by(&id);
    answer
}

/// Leads to signing in, and back afterwards.
async fn to_sign_in(state: &AppState, secret: Option<String>, request: Request) -> Response {
    let asked = request
        .uri()
        .path_and_query()
        .map_or("/", axum::http::uri::PathAndQuery::as_str)
        .to_owned();
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let why = if secret.is_some() { "&why=ended" } else { "" };
        return go(&format!("/sign-in?next={}{why}", encode_part(&asked)));
    }
    let kept = match secret {
        Some(secret) => drafts::keep(state, &secret, &asked, request).await,
        None => Ok(None),
    };
    match kept {
        Ok(Some(draft)) => go(&format!("/sign-in?next={}&why=kept", encode_part(&draft))),
        Ok(None) => Problem::of(StatusCode::UNAUTHORIZED).into_response(),
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_out_of_this_server() {
        for good in ["/", "/a1/today", "/a1/registers/asset?q=%2F%2F", "/drafts/x"] {
            assert_eq!(onward(good), good);
        }
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "",
            "/\t/evil",
            "/sign-in",
            "javascript:alert(1)",
            "/sign-out",
            "\\\\evil",
        ] {
            assert_eq!(onward(bad), "/", "{bad}");
        }
    }

    #[test]
    fn pages_before_sign_in_are_few() {
        for open in [
            "/sign-in",
            "/sign-in/code",
            "/link/x",
            "/calendar/x.ics",
            "/assets/1/fazun.css",
            "/healthz",
        ] {
            assert!(is_open(open), "{open}");
        }
        for shut in [
            "/",
            "/me",
            "/a1/today",
            "/accounts",
            "/sign-out",
            "/signin",
            "/laws",
            "/drafts/x",
        ] {
            assert!(!is_open(shut), "{shut}");
        }
        assert!(is_of_stage(Stage::Code, "/sign-in/code") && !is_of_stage(Stage::Code, "/me/password"));
        assert!(is_of_stage(Stage::Password, "/me/password") && !is_of_stage(Stage::Password, "/"));
    }
}
