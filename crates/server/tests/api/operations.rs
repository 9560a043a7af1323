//! What operators and monitors ask: alive, ready, numbers; and what the API refuses by form.

use crate::setup::{PREFIX, Site};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use server::{AppState, Check, Peer, router};
use std::sync::Arc;
use tower::ServiceExt;

async fn ask(
    state: &AppState,
    path: &str,
    peer: Option<&str>,
    header: Option<&str>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path).header("host", "localhost");
    if let Some(name) = header {
        request = request.header(name, "198.51.100.7");
    }
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    }
    let response = router(state.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn alive_whatever_the_database_does_and_ready_only_with_it() {
    let site = Site::new().await;
    let state = AppState::new(Arc::clone(&site.app));
    let (status, _, text) = ask(&state, "/readyz", None, None).await;
    assert_eq!(status, 200, "{text}");
    for part in ["ready", "正常　資料庫", "正常　帳本", "正常　法規"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(&site.agency));

    site.app.close().await;
    let (status, _, text) = ask(&state, "/healthz", None, None).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "ok\n"));
    let (status, headers, text) = ask(&state, "/readyz", None, None).await;
    assert_eq!(status, 503, "{text}");
    assert!(
        text.starts_with("not ready\n") && text.contains("異常　資料庫") && text.contains("下一步"),
        "{text}"
    );
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
}

#[tokio::test]
async fn readiness_is_what_the_application_says() {
    let site = Site::new().await;
    let health: server::Health =
        Arc::new(|| Box::pin(async { vec![Check::sound("甲", "好"), Check::failed("乙", "壞了")] }));
    let state = AppState::new(Arc::clone(&site.app)).with_health(health);
    let (status, _, text) = ask(&state, "/readyz", None, None).await;
    assert_eq!(status, 503);
    assert_eq!(text, "not ready\n正常　甲：好\n異常　乙：壞了\n");
}

#[tokio::test]
async fn numbers_are_for_this_machine_and_name_nobody() {
    let site = Site::new().await;
    let state = AppState::new(Arc::clone(&site.app));
    let near = Some("127.0.0.1:5000");
    ask(&state, &format!("/{}/today", site.agency), near, None).await;
    ask(&state, "/no/such/page", near, None).await;
    let (status, headers, text) = ask(&state, "/metrics", near, None).await;
    assert_eq!(status, 200);
    assert_eq!(
        headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    for line in [
        "fazun_http_requests_total{route=\"/{org}/today\",method=\"GET\",status=\"3xx\"} 1",
        "fazun_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"3xx\"} 1",
        "fazun_http_request_seconds_count{route=\"/{org}/today\",method=\"GET\"} 1",
        "fazun_http_requests_in_flight 1",
        "fazun_build_info{version=\"0.1.0\"} 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}: {text}");
    }
    assert!(!text.contains(&site.agency), "{text}");
    // Each line is a comment, or a name with labels and a number.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(
            name.starts_with("fazun_") && value.parse::<f64>().is_ok(),
            "{line}"
        );
    }
    for (peer, header) in [
        (None, None),
        (Some("192.0.2.1:5000"), None),
        (Some("[2001:db8::1]:5000"), None),
        (near, Some("x-forwarded-for")),
        (near, Some("forwarded")),
    ] {
        let (status, _, text) = ask(&state, "/metrics", peer, header).await;
        assert_eq!(status, 404, "{peer:?} {header:?}");
        assert!(!text.contains("fazun_http"), "{text}");
    }
}

#[tokio::test]
async fn doubled_members_are_refused_by_name() {
    let site = Site::new().await;
    let before = site.position().await;
    let officer = site.by("officer");
    let kind = [("content-type", "application/json")];
    for (body, name) in [
        ("{\"name\":\"甲\",\"name\":\"乙\"}", "name"),
        ("{\"name\":\"甲\",\"more\":[{\"deep\":{\"x\":1,\"x\":2}}]}", "x"),
    ] {
        let path = "registers/asset/records";
        let answer = officer.send("POST", path, &kind, body.as_bytes().to_vec()).await;
        let problem = answer.refused(400);
        assert_eq!(problem["code"], "bad_json");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("（第 1 行第 ") && detail.contains(&format!(" 字：成員「{name}」重複）")),
            "{detail}"
        );
        assert!(!detail.contains("line"), "{detail}");
        let form = officer
            .form("registers/asset/uploads", &[], &[("record", body)], &[])
            .await;
        let detail = form.refused(400)["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("成員「{name}」重複")), "{detail}");
    }
    let options = "{\"sheet\":\"a\",\"sheet\":\"b\"}";
    let file = [("file", "a.csv", "名稱\n甲\n".as_bytes())];
    let import = officer
        .form("registers/asset/imports", &[], &[("options", options)], &file)
        .await;
    let detail = import.refused(422)["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("成員「sheet」重複"), "{detail}");
    assert_eq!(site.position().await, before);
}

#[tokio::test]
async fn a_file_s_name_is_what_it_looks_like() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let body = json!({
        "number": "115-IV-1", "year": 115, "reason": "regular", "scope": "全機關各單位", "on": "2026-09-01",
        "by": "林示範", "total": 2, "matched": 2, "missing": 0, "confirmed_by": "張示範",
        "confirmed_on": "2026-09-30", "list_updated_on": "2026-09-28",
    });
    let texts = [("record", &*body.to_string())];
    let files = [("evidence", "../\u{202e}fdp.報告\u{2066}.txt", "清冊".as_bytes())];
    let made = officer
        .form("registers/inventory/uploads", &[], &texts, &files)
        .await;
    let (id, record) = (made.id(), made.ok());
    assert_eq!(record["body"]["evidence"][0]["name"], "fdp.報告.txt");
    // Nor by the other way in: a record that names the file again.
    let mut file = record["body"]["evidence"][0].clone();
    file["name"] = json!("\u{202e}fdp.報告.exe");
    let changed = officer
        .patch("inventory", &id, 1, &json!({ "evidence": [file] }))
        .await
        .ok();
    assert_eq!(changed["body"]["evidence"][0]["name"], "fdp.報告.exe");
}

#[tokio::test]
async fn the_description_is_made_once_and_tagged() {
    let site = Site::new().await;
    let nobody = site.with(None);
    let first = nobody.get("~/openapi.json").await;
    let tag = first.header("etag").to_owned();
    assert!(
        tag.len() > 10 && tag.starts_with('"') && tag.ends_with('"'),
        "{tag}"
    );
    assert_eq!(first.header("cache-control"), "no-cache");
    assert_eq!(first.ok()["openapi"], "3.1.0");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = nobody
            .send("GET", "~/openapi.json", &[("if-none-match", &known)], Vec::new())
            .await;
        assert_eq!(
            (again.status, again.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{known}"
        );
        assert_eq!(again.header("etag"), tag);
    }
    let other = nobody
        .send(
            "GET",
            "~/openapi.json",
            &[("if-none-match", "\"other\"")],
            Vec::new(),
        )
        .await;
    assert_eq!(other.status, 200);
    assert!(PREFIX.starts_with("/api/"));
}
