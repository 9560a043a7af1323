//! Every operation of the description is done, in every way in which it can succeed.

use crate::contract::contract;
use crate::setup::{IT, Site};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A record that takes no approval.
const SYSTEM: &str = "registers/system/records";

async fn records(site: &Site) {
    let officer = site.by("officer");
    let key = [("idempotency-key", "walk-system-0001")];
    let body = json!({ "name": "走訪系統" });
    let made = officer.json("POST", SYSTEM, &key, &body).await;
    assert_eq!(made.status, 201);
    let again = officer.json("POST", SYSTEM, &key, &body).await;
    assert_eq!((again.status.as_u16(), again.id()), (200, made.id()));
    let id = made.id();
    let one = format!("{SYSTEM}/{id}");
    let shown = officer.get(&one).await;
    let tag = [("if-none-match", shown.header("etag"))];
    assert_eq!(officer.send("GET", &one, &tag, vec![]).await.status, 304);
    officer
        .patch("system", &id, 1, &json!({ "note": "一" }))
        .await
        .ok();
    let tag = [("if-match", "\"2\"")];
    officer.json("PUT", &one, &tag, &body).await.ok();
    officer.get(&format!("{one}/history")).await.ok();
    officer
        .create("system", &json!({ "name": "走訪之二" }))
        .await
        .ok();
    let page = officer.get(&format!("{SYSTEM}?limit=1&q=走訪")).await;
    assert!(page.header("link").contains("rel=\"next\""), "{}", page.text());
    officer
        .act("system", &id, "comments", &json!({ "text": "請補負責人" }))
        .await
        .ok();
    officer.withdraw("system", &id, 3, "重複登錄").await.ok();
    officer.get(&format!("{SYSTEM}?withdrawn=true")).await.ok();
    officer.get("registers").await.ok();
}

/// What waits for a second person.
async fn rights(site: &Site) {
    let administrator = site.by("administrator");
    let member = json!({ "name": "走訪", "role": "officer", "unit": IT, "from": "2026-11-01" });
    let asked = administrator.create("member", &member).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let form = [("record", member.to_string())];
    let form = form.each_ref().map(|(name, text)| (*name, text.as_str()));
    let asked = administrator
        .form("registers/member/uploads", &[], &form, &[])
        .await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let own = site.member_id("staff");
    let raised = json!({ "role": "officer" });
    let asked = administrator.patch("member", &own, 1, &raised).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let whole = json!({ "name": "other head", "role": "ciso", "from": "2020-01-01" });
    let path = format!("registers/member/records/{}", site.member_id("other head"));
    let asked = administrator
        .json("PUT", &path, &[("if-match", "\"1\"")], &whole)
        .await;
    assert_eq!(asked.status, 202, "{}", asked.text());
}

async fn approvals(site: &Site) {
    let officer = site.by("officer");
    let inventory = |number: &str| {
        json!({
            "number": number, "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01",
            "by": "陳示範",
        })
    };
    let id = officer.create("inventory", &inventory("走訪一")).await.id();
    officer.submit("inventory", &id, 1).await.ok();
    officer.act("inventory", &id, "recall", &json!({})).await.ok();
    officer.submit("inventory", &id, 1).await.ok();
    let head = site.by("head");
    assert!(head.get("approvals").await.text().contains(&id));
    head.decide("inventory", &id, 1, "agree").await.ok();
    let id = officer.create("inventory", &inventory("走訪二")).await.id();
    let path = format!("registers/inventory/records/{id}/paper");
    let texts = [
        ("signed_by", "second officer"),
        ("on", "115/11/20"),
        ("version", "1"),
    ];
    let scan = [("scan", "簽名頁.pdf", &b"%PDF-1.7"[..])];
    officer.form(&path, &[], &texts, &scan).await.ok();
}

async fn files(site: &Site) {
    let officer = site.by("officer");
    let scan = json!({ "number": "115-SC-9", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
    let made = officer.prove("scan", &scan).await;
    assert_eq!(made.status, 201);
    let text = [
        ("record", "{\"note\":\"補件\"}"),
        ("id", &made.id()),
        ("version", "1"),
    ];
    let more = officer.form("registers/scan/uploads", &[], &text, &[]).await;
    assert_eq!(more.status, 200, "{}", more.text());
    let hash = made.ok()["body"]["evidence"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    officer.get(&format!("files/{hash}")).await.ok_file();
    for format in ["ods", "xlsx", "csv"] {
        officer
            .get(&format!("registers/scan/export/{format}"))
            .await
            .ok_file();
        officer
            .get(&format!("registers/scan/template/{format}"))
            .await
            .ok_file();
    }
    let list = "資產名稱,資產類別\n主機甲,實體\n主機乙,不知道\n".as_bytes();
    let preview = async || {
        let file = [("file", "清冊.csv", list)];
        officer
            .form("registers/asset/imports", &[], &[], &file)
            .await
            .id()
    };
    let job = preview().await;
    officer.get(&format!("imports/{job}")).await.ok();
    officer.get(&format!("imports/{job}/wrong.ods")).await.ok_file();
    let take = json!({ "skip_wrong": true });
    officer.post(&format!("imports/{job}/commit"), &take).await.ok();
    officer
        .post(&format!("imports/{job}/undo"), &json!({}))
        .await
        .ok();
    let job = preview().await;
    officer
        .send("DELETE", &format!("imports/{job}"), &[], vec![])
        .await
        .ok();
}

/// What is large is done as a job.
async fn jobs(site: &Site) {
    let officer = site.by("officer");
    let rows = app::jobs::LARGE_ROWS + 1;
    let mut list = "資產編號,資產名稱,資產類別,備註\n".to_owned();
    for n in 0..rows {
        let _ = writeln!(list, "走訪-{n},主機{n},實體,{}", "備".repeat(100));
    }
    assert!(list.len() > app::jobs::LARGE_BYTES);
    let preview = async || {
        let file = [("file", "大清冊.csv", list.as_bytes())];
        let asked = officer.form("registers/asset/imports", &[], &[], &file).await;
        assert_eq!(asked.status, 202, "{}", asked.text());
        site.work().await;
        let job = officer.get(&format!("jobs/{}", asked.id())).await.ok();
        job["made"]["id"].as_str().unwrap().to_owned()
    };
    let import = preview().await;
    let commit = format!("imports/{import}/commit");
    let called_off = officer.post(&commit, &json!({})).await;
    assert_eq!(called_off.status, 202, "{}", called_off.text());
    let cancel = format!("jobs/{}/cancel", called_off.id());
    officer.post(&cancel, &json!({})).await.ok();
    officer.post(&commit, &json!({})).await.ok();
    site.work().await;
    officer.get("jobs").await.ok();
    let export = officer.get("registers/asset/export/csv").await;
    assert_eq!(export.status, 202, "{}", export.text());
    site.work().await;
    officer.get(&format!("jobs/{}/file", export.id())).await.ok_file();
    let undo = officer.post(&format!("imports/{import}/undo"), &json!({})).await;
    assert_eq!(undo.status, 202, "{}", undo.text());
    site.work().await;
    // A preview that is put aside before it is written comes to nothing.
    let import = preview().await;
    let given_up = officer
        .post(&format!("imports/{import}/commit"), &json!({}))
        .await;
    officer
        .send("DELETE", &format!("imports/{import}"), &[], vec![])
        .await
        .ok();
    site.work().await;
    let retry = format!("jobs/{}/retry", given_up.id());
    let again = officer.post(&retry, &json!({})).await;
    assert_eq!(again.status, 202, "{}", again.text());
}

#[tokio::test]
async fn every_operation_is_done_in_every_way_in_which_it_succeeds() {
    let site = Site::new().await;
    let (nobody, officer) = (site.with(None), site.by("officer"));
    let description = nobody.get("~/openapi.json").await;
    let tag = [("if-none-match", description.header("etag"))];
    let known = nobody.send("GET", "~/openapi.json", &tag, vec![]).await;
    assert_eq!(known.status, 304);
    for path in [
        "~/me",
        "~/agencies",
        "xray",
        "duties?at=115/11/21",
        "duties/plan.establish",
    ] {
        officer.get(path).await.ok();
    }
    records(&site).await;
    rights(&site).await;
    approvals(&site).await;
    files(&site).await;
    jobs(&site).await;
    let contract = contract(&site.router()).await;
    let done = site.done.borrow().clone();
    let mut never = BTreeSet::new();
    for (operation, statuses) in contract.operations() {
        for status in statuses {
            if !done.contains(&(operation.clone(), status)) {
                never.insert(format!("{operation} {status}"));
            }
        }
    }
    assert!(never.is_empty(), "never done: {never:#?}");
    let operations: BTreeSet<&str> = done.iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(operations.len(), contract.operations().len());
    println!("{} operations, {} kinds of answer", operations.len(), done.len());
    site.sound().await;
}
