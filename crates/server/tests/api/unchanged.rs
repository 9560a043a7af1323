//! A change that changes nothing writes nothing.

use crate::setup::Site;
use serde_json::json;

#[tokio::test]
async fn a_change_that_changes_nothing_writes_nothing() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let body = json!({ "name": "公文系統", "operator": "own", "unit": "秘書室" });
    let id = officer.create("system", &body).await.id();
    let path = format!("registers/system/records/{id}");
    let stands = officer.get(&path).await.ok();
    let before = site.position().await;
    for (method, same) in [
        ("PATCH", json!({})),
        ("PATCH", json!({ "unit": "秘書室" })),
        ("PATCH", json!({ "note": null })),
        ("PATCH", json!({ "name": " 公文系統 ", "operator": "own" })),
        ("PUT", body.clone()),
        ("PUT", stands["body"].clone()),
    ] {
        let key = ("idempotency-key", "key-unchanged-1");
        for more in [&[("if-match", "\"1\"")][..], &[("if-match", "\"1\""), key]] {
            let answer = officer.json(method, &path, more, &same).await;
            assert_eq!(answer.header("etag"), "\"1\"", "{method} {same}");
            assert_eq!(answer.ok(), stands, "{method} {same}");
        }
        // Neither the version nor the right goes unasked.
        let stale = officer.json(method, &path, &[("if-match", "\"2\"")], &same).await;
        stale.refused(412);
        officer.json(method, &path, &[], &same).await.refused(428);
        let other = site.by("administrator");
        let refused = other.json(method, &path, &[("if-match", "\"1\"")], &same).await;
        assert!(refused.status.is_client_error(), "{method} {same}");
    }
    assert_eq!(site.position().await, before, "nothing was written");
    let changed = officer
        .patch("system", &id, 1, &json!({ "unit": "資訊室" }))
        .await;
    assert_eq!(changed.header("etag"), "\"2\"");
}

/// Of days and records that are given as people say them, the same holds.
#[tokio::test]
async fn the_same_in_other_words_is_the_same() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let body = json!({ "name": "公文系統", "operator": "own", "go_live": "2020-01-31" });
    let id = officer.create("system", &body).await.id();
    let before = site.position().await;
    let again = officer
        .patch("system", &id, 1, &json!({ "go_live": "109/1/31" }))
        .await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, "\"1\""));
    assert_eq!(site.position().await, before);
}
