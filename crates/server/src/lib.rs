//! HTTP, and nothing else: server-rendered pages in zh-TW over the application.
//!
//! Why pages without scripts: they work on every machine of an office, and the content
//! policy can forbid scripts altogether. What it can't know: rows, SQL and law; it shows
//! views and hands forms to commands. What somebody who is signed in may do is not known
//! here either; the application says it at every request.

mod access_log;
mod api;
mod aside;
mod asked_day;
mod assets;
mod body;
mod context;
mod day;
mod envelope;
mod error;
mod failures;
mod guard;
mod limits;
mod listen;
mod metrics;
mod patience;
mod probes;
mod reach;
mod readiness;
mod session;
mod state;
mod strict;
mod throttle;
mod tls;
mod web;
mod words;

pub use access_log::AccessLog;
pub use context::Peer;
pub use limits::Limits;
pub use listen::HTTPS_ONLY;
pub use reach::{Network, PublicUrl, Reach, is_loopback};
pub use readiness::{Check, Health};
pub use state::AppState;
pub use tls::{Tls, TlsRefusal};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use std::any::Any;
use std::future::Future;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Every page and form, with the guards around them.
pub fn router(state: AppState) -> Router {
    let pages = web::routes().layer(from_fn_with_state(state.clone(), web::gate::gate));
    guarded(pages.nest(api::PREFIX, api::routes()), state)
}

/// Puts the guards around routes. Read from the bottom: the envelope is the outermost.
fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    routes
        .layer(from_fn(guard::files_by_get))
        .layer(from_fn_with_state(state.clone(), guard::same_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), patience::patient))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), guard::known_host))
        .layer(from_fn_with_state(state.clone(), envelope::envelope))
        .with_state(state)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that the layer asks for"
)]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> axum::response::Response {
    let text = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_default();
    axum::response::IntoResponse::into_response(error::Problem::internal("panic", text))
}

/// Serves until the shutdown future ends; requests under way are finished, within the limit.
///
/// # Errors
/// Where others could reach the address unencrypted or without signing in, or the listener fails.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    if !is_loopback(&address) {
        may_listen_beyond(&state)
            .and_then(|()| state.reach.allows(&address))
            .map_err(|why| std::io::Error::new(std::io::ErrorKind::InvalidInput, why))?;
    }
    let reach = state.reach.as_ref().clone().at(&address);
    let state = state.with_reach(reach);
    listen::listen(state.clone(), router(state), listener, shutdown).await;
    Ok(())
}

/// Whether others than this machine may be served at all: only where they have to sign in.
///
/// # Errors
/// Why not.
pub fn may_listen_beyond(state: &AppState) -> Result<(), String> {
    if state.requires_sign_in() {
        return Ok(());
    }
    Err("拒絕監聽本機以外的位址：示範模式不須密碼即可選擇角色登入。請只用本機位址，例如 127.0.0.1:8080，或去掉 --demo".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use std::sync::Arc;
    use tower::ServiceExt;

    async fn broken() -> &'static str {
        panic!("secret of the inside")
    }

    #[tokio::test]
    async fn panic_shows_no_internals() {
        let dir = tempfile::tempdir().unwrap();
        let law = Arc::new(testkit::corpus());
        let app = app::App::open(dir.path(), true, law, app::system_clock)
            .await
            .unwrap();
        let router = guarded(
            Router::new().route("/broken", get(broken)),
            AppState::new(Arc::new(app)),
        );
        let request = Request::get("/broken")
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(response.headers().contains_key("content-security-policy"));
        let body =
            String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        assert!(!body.contains("secret"), "{body}");
        assert!(body.contains(&id) && body.contains("系統發生錯誤"), "{body}");
    }

    #[test]
    fn loopback_addresses() {
        for (text, expected) in [
            ("127.0.0.1:80", true),
            ("127.8.8.8:80", true),
            ("[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("10.0.0.1:80", false),
        ] {
            assert_eq!(is_loopback(&text.parse().unwrap()), expected, "{text}");
        }
    }
}
