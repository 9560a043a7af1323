//! Form tokens: one for each browser, asked for before anything of a file is read.

use crate::setup::{SESSION, Site, one};
use axum::body::{Body, Bytes};
use axum::http::Request;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// A page's cookie, if it sets one, and its forms' token.
async fn first_visit(site: &Site) -> (String, String) {
    let request = Request::get("/atest/agency").header("host", "localhost");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["fazun_session=", "; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let text = answer.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap().to_owned();
    (cookie.split(';').next().unwrap().to_owned(), token)
}

async fn appoint(site: &Site, cookie: Option<&str>, token: &str) -> u16 {
    let mut request = Request::post("/atest/ciso")
        .header("host", "localhost")
        .header("origin", "http://localhost")
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    let body = Body::from(format!("name=X&token={token}"));
    site.send(request.body(body).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn a_token_is_worth_something_only_with_its_browser_s_cookie() {
    let site = one().await;
    let (mine, my_token) = first_visit(&site).await;
    let (other, other_token) = first_visit(&site).await;
    assert_ne!(mine, other);
    assert_ne!(my_token, other_token);
    for (cookie, token) in [
        (None, &my_token),
        (Some(other.as_str()), &my_token),
        (Some(mine.as_str()), &other_token),
        (Some("fazun_session=x"), &my_token),
        (Some(&*format!("{mine}; {other}")), &my_token),
    ] {
        assert_eq!(appoint(&site, cookie, token).await, 403, "{cookie:?}");
    }
    assert_eq!(appoint(&site, Some(&mine), &my_token).await, 303);
    assert_eq!(
        appoint(&site, Some(&format!("a=b; {other}")), &other_token).await,
        303
    );
}

#[tokio::test]
async fn a_browser_is_told_once_and_only_where_forms_are() {
    let site = one().await;
    assert_eq!(
        site.get("/atest/agency").await.header("set-cookie"),
        "",
        "it has one"
    );
    for path in ["/healthz", "/no/such/page/here", "/api/v1/openapi.json"] {
        let request = Request::get(path).header("host", "localhost");
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}

/// A file without end that counts how much of it was taken.
struct Endless {
    head: Option<Bytes>,
    taken: Arc<AtomicUsize>,
}

impl axum::body::HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        const CHUNK: &[u8] = &[b'x'; 64 * 1024];
        let this = self.get_mut();
        let bytes = this.head.take().unwrap_or(Bytes::from_static(CHUNK));
        this.taken.fetch_add(bytes.len(), Ordering::Relaxed);
        Poll::Ready(Some(Ok(hyper::body::Frame::data(bytes))))
    }
}

/// Sends a form whose first parts are these, then a file without end; how much of it was read.
async fn endless(site: &Site, path: &str, origin: &str, first: &str) -> (u16, usize) {
    let file = "--b0\r\nContent-Disposition: form-data; name=\"evidence\"; filename=\"a.txt\"\r\n\r\n";
    let taken = Arc::new(AtomicUsize::new(0));
    let body = Endless {
        head: Some(Bytes::from(format!("{first}{file}"))),
        taken: Arc::clone(&taken),
    };
    let request = Request::post(path)
        .header("host", "localhost:8080")
        .header("origin", origin)
        .header("cookie", SESSION)
        .header("content-type", "multipart/form-data; boundary=b0")
        .body(Body::new(body))
        .unwrap();
    let status = site.send(request).await.status.as_u16();
    (status, taken.load(Ordering::Relaxed))
}

#[tokio::test]
async fn without_its_token_nothing_of_a_form_is_kept() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let part = |name: &str, value: &str| {
        format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let own = "http://localhost:8080";
    for first in [
        String::new(),
        part("token", "0"),
        part("token", &"0".repeat(100_000)),
        // The right one, but after something else.
        format!("{}{}", part("duty", "x"), part("token", &token)),
    ] {
        for path in [
            "/atest/activities",
            "/atest/registers/asset/import",
            "/atest/registers/asset/new",
        ] {
            let (status, read) = endless(&site, path, own, &first).await;
            assert_eq!(status, 403, "{path}");
            // Listened to for a while, so that a browser can read why; then no more.
            assert!(read < 10 << 20, "{path}: {read}");
        }
    }
    // A page of another site isn't listened to at all.
    let (status, read) = endless(
        &site,
        "/atest/activities",
        "http://evil.example",
        &part("token", &token),
    )
    .await;
    assert_eq!((status, read), (403, 0));
}
