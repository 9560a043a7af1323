//! Many records from a file, over multipart: what a preview says, what a commit writes, and
//! what takes it back.

use crate::setup::{Answer, Site, days_pass, sample};
use serde_json::{Value, json};

async fn preview(site: &Site, register: &str, name: &str, bytes: &[u8]) -> Answer {
    let path = format!("registers/{register}/imports");
    site.by("officer")
        .form(&path, &[], &[], &[("file", name, bytes)])
        .await
}

async fn read(site: &Site, text: &str) -> Value {
    preview(site, "asset", "清冊.csv", text.as_bytes()).await.ok()
}

async fn commit(site: &Site, report: &Value, take: Value) -> Answer {
    let path = format!("imports/{}/commit", report["id"].as_str().unwrap());
    site.by("officer").post(&path, &take).await
}

async fn undo(site: &Site, report: &Value) -> Answer {
    let path = format!("imports/{}/undo", report["id"].as_str().unwrap());
    site.by("officer").post(&path, &json!({})).await
}

fn counts(report: &Value) -> [u64; 4] {
    ["new", "changed", "same", "wrong"].map(|kind| report["counts"][kind].as_u64().unwrap())
}

async fn assets(site: &Site) -> Vec<Value> {
    let found = site.by("officer").get("registers/asset/records").await.ok();
    found["records"].as_array().unwrap().clone()
}

const LIST: &str = "資產編號,資產名稱,資產類別,擁有者\nHW-1,主機甲,實體,歲計科\nHW-2,主機乙,實體,秘書室\n";

#[tokio::test]
async fn a_list_goes_in_and_comes_out_the_same() {
    let site = Site::new().await;
    let before = site.position().await;
    let report = read(&site, LIST).await;
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    assert_eq!(site.position().await, before, "a preview writes no record");
    let done = commit(&site, &report, json!({})).await.ok();
    assert_eq!(
        (&done["state"], &done["written"]),
        (&json!("committed"), &json!(2))
    );
    commit(&site, &report, json!({})).await.refused(409);
    for format in ["ods", "xlsx", "csv"] {
        let file = site
            .by("officer")
            .get(&format!("registers/asset/export/{format}"))
            .await;
        assert_eq!(file.status, 200);
        let name = format!("清冊.{format}");
        let again = preview(&site, "asset", &name, &file.bytes).await.ok();
        assert_eq!(counts(&again), [0, 0, 2, 0], "{format}: {again}");
        let template = site
            .by("officer")
            .get(&format!("registers/asset/template/{format}"))
            .await;
        preview(&site, "asset", &name, &template.bytes).await.refused(422);
        // It says which register it is of.
        if format != "csv" {
            preview(&site, "system", &name, &file.bytes).await.refused(422);
        }
    }
    assert_eq!(undo(&site, &report).await.ok()["state"], "undone");
    assert!(assets(&site).await.is_empty());
    undo(&site, &report).await.refused(409);
    site.sound().await;
}

#[tokio::test]
async fn a_preview_is_put_aside_by_whoever_could_commit_it() {
    let site = Site::new().await;
    let report = read(&site, LIST).await;
    let path = format!("imports/{}", report["id"].as_str().unwrap());
    let at = site.position().await;
    // The right is that of importing.
    let (_, reader) = site
        .token_row(&site.agency, &site.member_id("officer"), &["read", "write"])
        .await;
    let blind = site.with(Some(&reader));
    blind.send("DELETE", &path, &[], vec![]).await.refused(403);
    assert_eq!(site.by("officer").get(&path).await.ok()["state"], "preview");
    for _ in 0..2 {
        let done = site.by("officer").send("DELETE", &path, &[], vec![]).await.ok();
        assert_eq!(done["state"], "discarded");
    }
    let refused = commit(&site, &report, json!({})).await.refused(409);
    assert!(
        refused["next"].as_str().unwrap().contains("重新上傳"),
        "{refused}"
    );
    undo(&site, &report).await.refused(409);
    assert_eq!(site.by("officer").get(&path).await.ok()["state"], "discarded");
    assert!(assets(&site).await.is_empty());
    // A token's own row is all that the ledger got.
    assert!(site.position().await <= at + 1);
    let written = read(&site, LIST).await;
    commit(&site, &written, json!({})).await.ok();
    let path = format!("imports/{}", written["id"].as_str().unwrap());
    site.by("officer")
        .send("DELETE", &path, &[], vec![])
        .await
        .refused(409);
}

#[tokio::test]
async fn two_commits_at_once_write_once() {
    let site = Site::new().await;
    let report = read(&site, LIST).await;
    let (a, b) = tokio::join!(
        commit(&site, &report, json!({})),
        commit(&site, &report, json!({}))
    );
    let (won, lost) = if a.status == 200 { (&a, &b) } else { (&b, &a) };
    won.ok();
    lost.refused(409);
    assert_eq!(assets(&site).await.len(), 2);
}

#[tokio::test]
async fn wrong_lines_are_told_apart_and_passed_over() {
    let site = Site::new().await;
    let text = "資產清冊,,,\n資產編號,資產名稱,資產類別,取得日期\n\
        HW-1,主機甲,實體,111/5/1\nHW-2,主機乙,實體,民國111年5月1日\nHW-3,主機丙,實體,2022-05-01\n\
        HW-4,主機丁,實體,1110501\nHW-5,主機戊,實體,115/2/30\nHW-6,主機己,家具,2022/5/1\nHW-1,主機甲,實體,111/5/1\n";
    let report = read(&site, text).await;
    assert_eq!(counts(&report), [4, 0, 0, 3], "{report:#}");
    commit(&site, &report, json!({})).await.refused(422);
    let wrong = format!("imports/{}/wrong.ods", report["id"].as_str().unwrap());
    let wrong = site.by("officer").get(&wrong).await;
    assert!(wrong.status == 200 && wrong.bytes.starts_with(b"PK"));
    let done = commit(&site, &report, json!({ "skip_wrong": true })).await.ok();
    assert_eq!(done["written"], 4);
    for asset in assets(&site).await {
        assert_eq!(asset["body"]["acquired_on"], "2022-05-01");
    }
    let one = read(&site, &LIST.replace("HW-", "NB-")).await;
    let done = commit(&site, &one, json!({ "but": [2] })).await.ok();
    assert_eq!(done["written"], 1);
}

#[tokio::test]
async fn what_changed_since_is_noticed() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let report = read(&site, LIST).await;
    commit(&site, &report, json!({})).await.ok();
    let file = officer.get("registers/asset/export/csv").await.bytes;
    let changed = String::from_utf8(file).unwrap().replace("歲計科", "主計科");
    let later = read(&site, &changed).await;
    assert_eq!(counts(&later), [0, 1, 1, 0], "{later:#}");
    let row = assets(&site).await[0]["id"].as_str().unwrap().to_owned();
    officer
        .patch("asset", &row, 1, &json!({ "location": "三樓" }))
        .await
        .ok();
    commit(&site, &later, json!({})).await.refused(409);
    undo(&site, &report).await.refused(409);
    assert_eq!(assets(&site).await.len(), 2, "nothing was taken back");
    let again = read(&site, &changed).await;
    assert_eq!(
        counts(&again)[3],
        1,
        "the file is of an earlier version: {again:#}"
    );
}

#[tokio::test]
async fn files_of_all_sorts() {
    let site = Site::new().await;
    // Big5, as older systems write it.
    let big5 = b"\xb8\xea\xb2\xa3\xbds\xb8\xb9,\xb8\xea\xb2\xa3\xa6W\xba\xd9,\xb8\xea\xb2\xa3\xc3\xfe\xa7O\x0aHW-1,\xa5D\xbe\xf7\xa5\xd2,\xb9\xea\xc5\xe9\x0a";
    let report = preview(&site, "asset", "x.csv", big5).await.ok();
    assert_eq!(counts(&report), [1, 0, 0, 0], "{report:#}");
    assert_eq!(report["lines"][0]["name"], "主機甲");
    // Two rows of headings below a title.
    let text = "資訊資產清冊,,\n基本資料,,\n資產編號,資產名稱,資產類別\nHW-1,主機甲,實體\n";
    assert_eq!(counts(&read(&site, text).await), [1, 0, 0, 0]);
    for bytes in [
        sample("sheets/old.fail.xls"),
        sample("sheets/packed.fail.zip"),
        vec![],
    ] {
        preview(&site, "asset", "x.xls", &bytes).await.refused(422);
    }
    // An id of nobody's, and of another register's row.
    let system = site
        .by("officer")
        .create("system", &json!({ "name": "甲" }))
        .await
        .id();
    for id in ["azzz-r1", system.as_str()] {
        let text = format!("系統編號,資產名稱,資產類別\n{id},主機,實體\n");
        assert_eq!(counts(&read(&site, &text).await), [0, 0, 0, 1]);
    }
    // A heading that nobody uses is asked once and remembered.
    let text = "編號,物品,資產類別\nHW-1,主機甲,實體\n";
    let options = json!({ "columns": { "物品": "name" }, "remember": true }).to_string();
    let file = [("file", "x.csv", text.as_bytes())];
    let path = "registers/asset/imports";
    let report = site
        .by("officer")
        .form(path, &[], &[("options", &options)], &file)
        .await
        .ok();
    assert_eq!(counts(&report), [1, 0, 0, 0], "{report:#}");
    commit(&site, &report, json!({})).await.ok();
    let again = read(&site, "編號,物品,資產類別\nHW-2,主機乙,實體\n").await;
    assert_eq!(counts(&again), [1, 0, 0, 0], "{again:#}");
}

#[tokio::test]
async fn that_formulas_are_not_computed_is_said_once() {
    let site = Site::new().await;
    let bytes = sample("sheets/formulas.pass.ods");
    let report = preview(&site, "asset", "清冊.ods", &bytes).await.ok();
    assert_eq!(counts(&report), [2, 0, 0, 0], "{report:#}");
    let notices = report["notices"].as_array().unwrap();
    let said: Vec<_> = notices
        .iter()
        .filter(|n| n.as_str().unwrap().contains("公式"))
        .collect();
    assert_eq!(said.len(), 1, "{notices:?}");
}

#[tokio::test]
async fn a_revoked_token_commits_nothing() {
    let site = Site::new().await;
    let (row, secret) = site
        .token_row(&site.agency, &site.member_id("officer"), &["read", "import"])
        .await;
    let who = site.with(Some(&secret));
    let file = [("file", "x.csv", LIST.as_bytes())];
    let report = who.form("registers/asset/imports", &[], &[], &file).await.ok();
    site.revoke(&row).await;
    let at = site.position().await;
    let path = format!("imports/{}/commit", report["id"].as_str().unwrap());
    who.post(&path, &json!({})).await.refused(401);
    assert_eq!(site.position().await, at);
    days_pass(1);
    assert!(assets(&site).await.is_empty());
}
