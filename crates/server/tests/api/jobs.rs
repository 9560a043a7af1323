//! Jobs over the API: asked for, seen by whom, fetched with the rights of the day.

use crate::setup::{Answer, OTHER, Site, days_pass};
use serde_json::{Value, json};
use std::fmt::Write as _;

const ROWS: usize = 2_001;

async fn previewed(site: &Site) -> Value {
    let mut csv = "資產編號,資產名稱,資產類別\n".to_owned();
    for n in 0..ROWS {
        let _ = writeln!(csv, "HW-{n},主機{n},實體");
    }
    let files = [("file", "清冊.csv", csv.as_bytes())];
    let sent = site.by("officer");
    sent.form("registers/asset/imports", &[], &[], &files).await.ok()
}

async fn imported(site: &Site) -> Value {
    let report = previewed(site).await;
    let officer = site.by("officer");
    let path = format!("imports/{}/commit", report["id"].as_str().unwrap());
    let asked = officer.post(&path, &json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let job = asked.ok();
    let target = asked.header("location").to_owned();
    assert!(
        target.ends_with(&format!("/jobs/{}", job["id"].as_str().unwrap())),
        "{target}"
    );
    let target = format!("~{}", target.strip_prefix("/api/v1").unwrap());
    assert_eq!(officer.get(&target).await.ok()["state"], "queued");
    site.work().await;
    let done = officer.get(&target).await.ok();
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["made"]["id"], report["id"]);
    let report = officer
        .get(&format!("imports/{}", report["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(
        (&report["state"], &report["written"]),
        (&json!("committed"), &json!(ROWS))
    );
    done
}

#[tokio::test]
async fn an_import_that_waits_is_not_chosen_anew_without_a_word() {
    let site = Site::new().await;
    let report = previewed(&site).await;
    let officer = site.by("officer");
    let path = format!("imports/{}/commit", report["id"].as_str().unwrap());
    let choice = json!({ "but": [5, 3] });
    let first = officer.post(&path, &choice).await;
    assert_eq!(first.status, 202, "{}", first.text());
    let first = first.id();
    for other in [
        json!({}),
        json!({ "but": [5] }),
        json!({ "but": [3, 5], "skip_wrong": true }),
    ] {
        let problem = officer.post(&path, &other).await.refused(409);
        assert!(
            problem["detail"].as_str().unwrap().contains("另一種選擇"),
            "{problem}"
        );
    }
    // The same choice is the same job.
    for same in [choice, json!({ "but": [3, 5], "only": [] })] {
        assert_eq!(officer.post(&path, &same).await.id(), first);
    }
    // Called off, it makes room.
    officer
        .post(&format!("jobs/{first}/cancel"), &json!({}))
        .await
        .ok();
    let anew = officer.post(&path, &json!({})).await;
    assert_eq!(anew.status, 202, "{}", anew.text());
    assert_ne!(anew.id(), first);
}

#[tokio::test]
async fn that_nobody_does_any_work_is_told_to_whoever_waits() {
    let site = Site::new().await;
    let report = previewed(&site).await;
    let officer = site.by("officer");
    let path = format!("imports/{}/commit", report["id"].as_str().unwrap());
    let job = officer.post(&path, &json!({})).await.id();
    let still = "目前沒有程式在執行工作";
    let told = async || {
        let pages = ["^jobs".to_owned(), format!("^jobs/{job}")];
        let mut told = vec![officer.get("jobs").await.ok()["stands_still"] == true];
        for page in pages {
            told.push(site.with(None).get(&page).await.text().contains(still));
        }
        told
    };
    // What was only just asked for is taken up soon.
    assert_eq!(told().await, [false; 3]);
    days_pass(1);
    site.sign_in_again().await;
    assert_eq!(told().await, [true; 3]);
    // Whom none of it concerns is told nothing.
    assert_eq!(site.by("staff").get("jobs").await.ok()["stands_still"], false);
    site.work().await;
    assert_eq!(told().await, [false; 3]);
}

fn ids(list: &Value, part: &str) -> Vec<String> {
    let jobs = list[part].as_array().unwrap().iter();
    jobs.map(|j| j["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_large_import_and_a_large_export_are_jobs() {
    let site = Site::new().await;
    let import = imported(&site).await;
    let officer = site.by("officer");
    let list = officer.get("jobs").await.ok();
    assert_eq!(ids(&list, "done"), [import["id"].as_str().unwrap()]);
    assert_eq!(list["everybodys"], true);

    let asked = officer.get("registers/asset/export/csv").await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let id = asked.ok()["id"].as_str().unwrap().to_owned();
    // Asked for twice while it waits, it is one.
    assert_eq!(
        officer.get("registers/asset/export/csv").await.ok()["id"],
        id.as_str()
    );
    let file = format!("jobs/{id}/file");
    officer.get(&file).await.refused(404);
    site.work().await;
    let made: Answer = officer.get(&file).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(made.text().contains("HW-2000") && made.header("content-type").starts_with("text/csv"));

    // The other officer sees that it was made; it is not hers to fetch. Nor do others learn of it.
    let second = site.by("second officer");
    let seen = second.get(&format!("jobs/{id}")).await.ok();
    assert_eq!(
        (&seen["state"], &seen["may_fetch"]),
        (&json!("done"), &json!(false))
    );
    second.get(&file).await.refused(403);
    for name in ["staff", "head", "ciso"] {
        let who = site.by(name);
        who.get(&format!("jobs/{id}")).await.refused(404);
        who.get(&file).await.refused(404);
        who.post(&format!("jobs/{id}/cancel"), &json!({}))
            .await
            .refused(404);
        who.post(&format!("jobs/{id}/retry"), &json!({}))
            .await
            .refused(404);
        let list = who.get("jobs").await.ok();
        assert!(
            ids(&list, "done").is_empty() && list["everybodys"] == false,
            "{list}"
        );
    }
    // An administrator sees accounts and work, not what stands in files.
    let keeper = site.by("administrator").get(&format!("jobs/{id}")).await.ok();
    assert!(keeper["made"].is_null(), "{keeper}");
    site.by("administrator").get(&file).await.refused(403);
    officer
        .post(&format!("jobs/{id}/cancel"), &json!({}))
        .await
        .refused(409);
    officer
        .post(&format!("jobs/{id}/retry"), &json!({}))
        .await
        .refused(409);
    let (_, blind) = site
        .token_row(&site.agency, &site.member_id("officer"), &["write", "import"])
        .await;
    site.with(Some(&blind)).get(&file).await.refused(403);
    rights_of_the_day(&site).await;
    site.sound().await;
}

async fn rights_of_the_day(site: &Site) {
    let admin = site.by("admin");
    let id = admin.get("registers/asset/export/csv").await.id();
    site.work().await;
    let file = format!("jobs/{id}/file");
    assert_eq!(admin.get(&file).await.status, 200);
    // She comes to another unit, and somebody else stands for her.
    let member = site.member_id("admin");
    let record = site.by("administrator").record("member", &member).await;
    let version = record.version();
    let moved = json!({ "unit": OTHER });
    site.by("administrator")
        .patch("member", &member, version, &moved)
        .await
        .ok();
    let refused = admin.get(&file).await.refused(403);
    assert!(
        refused["detail"].as_str().unwrap().contains("已有變動"),
        "{refused}"
    );
    let anew = admin.get("registers/asset/export/csv").await.id();
    assert_ne!(anew, id);
    // Whoever asked may call off what waits; another one not with a token that only reads.
    let (_, reads) = site
        .token_row(&site.agency, &site.member_id("second officer"), &["read"])
        .await;
    site.with(Some(&reads))
        .post(&format!("jobs/{anew}/cancel"), &json!({}))
        .await
        .refused(403);
    let off = admin.post(&format!("jobs/{anew}/cancel"), &json!({})).await.ok();
    assert_eq!(off["state"], "cancelled");
    assert_eq!(
        admin.get(&format!("jobs/{anew}")).await.ok()["state"],
        "cancelled"
    );
}
