//! Requests that come twice: a decision, a change, a remark. Each is done once, and the second
//! time answered by what the first one did.

use crate::setup::{Answer, Caller, Site};
use serde_json::{Value, json};

fn inventory(number: &str) -> Value {
    json!({
        "number": number, "year": 115, "reason": "regular", "scope": "全機關各單位", "on": "2026-09-01",
        "by": "林示範", "total": 2, "matched": 2, "missing": 0, "confirmed_by": "張示範",
        "confirmed_on": "2026-09-30", "list_updated_on": "2026-09-28",
    })
}

async fn keyed(who: &Caller<'_>, method: &str, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [("idempotency-key", key), ("if-match", "\"1\"")];
    who.json(method, path, &headers, body).await
}

/// Sends the same request twice: one entry in the ledger, and the same answer.
async fn twice(
    site: &Site,
    who: &Caller<'_>,
    (method, path): (&str, &str),
    key: &str,
    body: &Value,
) -> Value {
    let before = site.position().await;
    let first = keyed(who, method, path, key, body).await;
    let said = first.ok();
    let after = site.position().await;
    assert!(after > before, "{method} {path}");
    let again = keyed(who, method, path, key, body).await;
    assert_eq!(again.ok(), said, "{method} {path}");
    assert_eq!(again.status, first.status);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(
        site.position().await,
        after,
        "{method} {path}: once in the ledger"
    );
    said
}

#[tokio::test]
async fn every_act_on_a_record_is_done_once() {
    let site = Site::new().await;
    let (officer, head, second) = (site.by("officer"), site.by("head"), site.by("second officer"));
    let id = officer.create("inventory", &inventory("115-IV-1")).await.id();
    let at = |act: &str| format!("registers/inventory/records/{id}/{act}");
    let seen = json!({ "version": 1 });
    let sent = twice(&site, &officer, ("POST", &at("submit")), "key-00000001", &seen).await;
    assert_eq!(sent["waits_for"], "單位主管");
    let back = twice(
        &site,
        &officer,
        ("POST", &at("recall")),
        "key-00000002",
        &json!({}),
    )
    .await;
    assert_eq!(back["state"], "withdrawn");
    twice(&site, &officer, ("POST", &at("submit")), "key-00000003", &seen).await;
    let returned = json!({ "verdict": "return", "reason": "請補充", "version": 1 });
    let back = twice(&site, &head, ("POST", &at("decision")), "key-00000004", &returned).await;
    assert_eq!(back["state"], "returned");
    twice(&site, &officer, ("POST", &at("submit")), "key-00000005", &seen).await;
    let agreed = json!({ "verdict": "agree", "version": 1 });
    let on = twice(&site, &head, ("POST", &at("decision")), "key-00000006", &agreed).await;
    assert_eq!(on["waits_for"], "資安專責人員");
    let done = twice(&site, &second, ("POST", &at("decision")), "key-00000007", &agreed).await;
    assert_eq!(
        (&done["state"], &done["number"]),
        (&json!("final"), &json!("115-IV-001"))
    );
    // What was said first is said again, wherever the record has come to since.
    let early = keyed(&head, "POST", &at("decision"), "key-00000006", &agreed)
        .await
        .ok();
    assert_eq!(early, on);
    let remark = json!({ "text": "已核對" });
    twice(
        &site,
        &officer,
        ("POST", &at("comments")),
        "key-00000008",
        &remark,
    )
    .await;
    // The same key for another decision, or about another record, is refused.
    let other = json!({ "verdict": "return", "reason": "x", "version": 1 });
    keyed(&head, "POST", &at("decision"), "key-00000006", &other)
        .await
        .refused(422);
    let next = officer.create("inventory", &inventory("115-IV-2")).await.id();
    let path = format!("registers/inventory/records/{next}/submit");
    keyed(&officer, "POST", &path, "key-00000005", &seen)
        .await
        .refused(422);
    // A key is no right: whoever may not decide doesn't hear what was decided.
    keyed(
        &site.by("staff"),
        "POST",
        &at("decision"),
        "key-00000006",
        &agreed,
    )
    .await
    .refused(403);
    site.sound().await;
}

#[tokio::test]
async fn a_paper_is_taken_once() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = officer.create("inventory", &inventory("115-IV-1")).await.id();
    let path = format!("registers/inventory/records/{id}/paper");
    let texts = [
        ("signed_by", "second officer"),
        ("on", "115/11/20"),
        ("version", "1"),
    ];
    let paper = async |scan: &[u8]| {
        let key = [("idempotency-key", "paper-000001")];
        let files = [("scan", "簽名頁.pdf", scan)];
        officer.form(&path, &key, &texts, &files).await
    };
    let first = paper(b"%PDF-1.7 a").await.ok();
    assert_eq!(first["state"], "final");
    let at = site.position().await;
    assert_eq!(paper(b"%PDF-1.7 a").await.ok(), first);
    paper(b"%PDF-1.7 b").await.refused(422);
    assert_eq!(site.position().await, at);
}

#[tokio::test]
async fn changes_are_done_once_and_answered_with_their_own_version() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .id();
    let path = format!("registers/system/records/{id}");
    let unit = json!({ "unit": "秘書室" });
    let first = twice(&site, &officer, ("PATCH", &path), "key-00000001", &unit).await;
    assert_eq!(first["version"], 2);
    officer
        .patch("system", &id, 2, &json!({ "unit": "人事室" }))
        .await
        .ok();
    let again = keyed(&officer, "PATCH", &path, "key-00000001", &unit).await;
    assert_eq!((again.ok(), again.header("etag")), (first, "\"2\""));
    keyed(
        &officer,
        "PATCH",
        &path,
        "key-00000001",
        &json!({ "unit": "政風室" }),
    )
    .await
    .refused(422);
    keyed(&officer, "PUT", &path, "key-00000001", &unit)
        .await
        .refused(422);
    // Both at once: one version, and both are told of it.
    let other = officer
        .create("system", &json!({ "name": "差勤系統" }))
        .await
        .id();
    let path = format!("registers/system/records/{other}");
    let (a, b) = tokio::join!(
        keyed(&officer, "PATCH", &path, "key-00000002", &unit),
        keyed(&officer, "PATCH", &path, "key-00000002", &unit)
    );
    assert_eq!((a.version(), b.version()), (2, 2));
    let reason = json!({ "reason": "重複登錄" });
    twice_withdrawn(&site, &officer, &reason).await;
    site.sound().await;
}

async fn twice_withdrawn(site: &Site, officer: &Caller<'_>, reason: &Value) {
    let id = officer.create("system", &json!({ "name": "舊系統" })).await.id();
    let path = format!("registers/system/records/{id}");
    let at = site.position().await;
    // The row, and the remark that says why.
    for _ in 0..2 {
        let done = keyed(officer, "DELETE", &path, "key-00000003", reason).await;
        assert_eq!(done.status, 204, "{}", done.text());
    }
    assert_eq!(site.position().await, at + 2);
}

#[tokio::test]
async fn a_token_for_writing_hears_the_first_answer_again() {
    let site = Site::new().await;
    let (_, secret) = site
        .token_row(&site.agency, &site.member_id("officer"), &["write"])
        .await;
    let writer = site.with(Some(&secret));
    let key = [("idempotency-key", "key-00000001")];
    let body = json!({ "name": "公文系統" });
    let first = writer.json("POST", "registers/system/records", &key, &body).await;
    assert_eq!(first.status, 201);
    let again = writer.json("POST", "registers/system/records", &key, &body).await;
    assert_eq!((again.status.as_u16(), again.ok()), (200, first.ok()));
    let path = format!("registers/system/records/{}", first.id());
    writer.get(&path).await.refused(403);
}
