//! What is refused: other hosts, forged forms, what is not there, hostile names.

use crate::setup::{self, NAME, Site, absent, one, strict};
use axum::body::Body;
use axum::http::Request;

#[tokio::test]
async fn only_this_machine_by_its_name() {
    let site = one().await;
    for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", ""] {
        let request = Request::get("/atest/today")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        let answer = site.send(request).await;
        assert_eq!(answer.status, 421, "{host}");
        strict(host, &answer);
        assert!(!answer.text().contains(NAME));
    }
    let request = Request::get("http://evil.example/atest/today")
        .header("host", "localhost")
        .body(Body::empty());
    assert_eq!(site.send(request.unwrap()).await.status, 421);
    assert_eq!(
        site.send(Request::get("/healthz").body(Body::empty()).unwrap())
            .await
            .status,
        421
    );
    for host in ["localhost", "localhost:9", "[::1]:8080", "127.0.0.1"] {
        let request = Request::get("/healthz")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        assert_eq!(site.send(request).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn forged_forms_are_refused() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let send = async |headers: &[(&str, &str)], token: &str| {
        let mut request = Request::post("/atest/ciso")
            .header("host", "127.0.0.1:8080")
            .header("cookie", setup::SESSION)
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(format!("name=X&token={token}"));
        site.send(request.body(body).unwrap()).await
    };
    let own = ("origin", "http://127.0.0.1:8080");
    for headers in [
        &[("sec-fetch-site", "cross-site"), own][..],
        &[("sec-fetch-site", "same-site"), own],
        &[("origin", "http://evil.example")],
        &[("origin", "http://127.0.0.1:9999")],
        &[("origin", "https://127.0.0.1:8080")],
        &[("origin", "null")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
    ] {
        let answer = send(headers, &token).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        strict("forged", &answer);
    }
    for wrong in ["", "0", &token[1..], &token.replace(&token[..1], "g")] {
        assert_eq!(send(&[own], wrong).await.status, 403, "{wrong}");
    }
    // A browser that sends neither header still has to know the token.
    assert_eq!(send(&[], &token).await.status, 303);
    assert_eq!(
        send(&[own, ("sec-fetch-site", "same-origin")], &token)
            .await
            .status,
        303
    );
    let forged = site
        .upload("/atest/activities", &[("duty", "audit.internal")], &[])
        .await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn what_is_not_there() {
    let site = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await;
    absent(
        &site,
        &[
            "/nobody/today",
            "/nobody/plan",
            "/atest/duties/no.such",
            "/atest/duties/audit.internal?system=x",
            "/laws/no-such",
            "/laws/classification-regulation?version=1900",
            "/laws/classification-regulation/2026/art-999",
            "/atest/files/00",
            "/assets/0/fazun.css",
        ],
    )
    .await;
    let file = |id: &str| ledger::hex(&ledger::sha256(&[setup::PLAN, id.as_bytes()].concat()));
    assert_eq!(
        site.get(&format!("/atest/files/{}", file("atest"))).await.status,
        200
    );
    assert_eq!(
        site.get(&format!("/atest/files/{}", file("btest"))).await.status,
        404
    );
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let hostile = "<script>alert(1)</script>\"'&";
    let site = Site::with(&[("atest", hostile), ("btest", NAME)]).await;
    for path in [
        "/",
        "/atest/today",
        "/atest/duties/audit.internal",
        "/atest/agency",
        "/atest/plan",
    ] {
        let answer = site.get(path).await;
        strict(path, &answer);
        assert!(answer.text().contains("&#60;script&#62;alert(1)"), "{path}");
    }
    let typed = site.get("/atest/today?at=%22%3E%3Cscript%3E").await;
    strict("typed", &typed);
}

#[tokio::test]
async fn too_large_and_wrong_forms() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let long = "x".repeat(70_000);
    let answer = site
        .post("/atest/ciso", &[("token", &token), ("name", &long)])
        .await;
    assert_eq!(answer.status, 413);
    let text = answer.text();
    for part in ["送出的資料太大", "64 KB", "請回上一頁縮短內容再送一次"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json = Request::post("/atest/ciso")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(site.send(json).await.status, 415);
}
