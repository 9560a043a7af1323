//! How many statements a request makes to read, whatever the number of registers.

use crate::people::People;
use crate::setup::{Answer, Site};
use serde_json::json;

/// Statements of a page, of a change, and of the X-ray.
const PAGE: u64 = 12;
const CHANGE: u64 = 15;
const XRAY: u64 = 40;

/// What a request was answered, and how many statements it made.
async fn counted(site: &Site, request: impl Future<Output = Answer>) -> (Answer, u64) {
    let before = site.app.statements();
    let answer = request.await;
    (answer, site.app.statements() - before)
}

#[tokio::test]
async fn a_page_a_change_and_the_xray_make_few_statements() {
    let people = People::new().await;
    let site = &people.site;
    let officer = people.by("officer");
    let system = officer
        .create("system", &json!({ "name": "公文系統二" }))
        .await
        .id();
    let proof = json!({ "name": "佐證", "number": "x" });
    let _ = officer.prove("evidence", &proof).await;
    let pages = [
        "^today",
        "^duties",
        "^agency",
        "^plan",
        "^registers",
        "^registers/system",
        "^registers/asset",
        "^registers/member",
        "^registers/asset/new",
        "^registers/activity/new",
        "^approvals",
        "^/laws",
        "^/",
        "^/healthz",
        "registers",
        "registers/system/records",
        "registers/asset/records?q=x",
        "duties",
        "approvals",
        "~/agencies",
        "~/me",
    ];
    let record = format!("^registers/system/records/{system}");
    let history = format!("registers/system/records/{system}/history");
    for path in pages.into_iter().chain([record.as_str(), history.as_str()]) {
        for who in ["officer", "supervisor", "auditor"] {
            let (answer, made) = counted(site, people.by(who).get(path)).await;
            println!("{who} {path}: {made} ({})", answer.status);
            assert!(
                !answer.status.is_server_error() && made <= PAGE,
                "{who} {path}: {made} statements, {}",
                answer.status
            );
        }
    }
    for who in ["officer", "supervisor", "auditor"] {
        let (answer, made) = counted(site, people.by(who).get("xray")).await;
        answer.ok();
        println!("{who} xray: {made}");
        assert!(made <= XRAY, "{who}: {made}");
    }
    let body = json!({ "name": "公文系統三" });
    let (made, statements) = counted(site, officer.create("system", &body)).await;
    println!("a new record: {statements}");
    assert!(statements <= CHANGE, "a new record: {statements}");
    let id = made.id();
    let (answer, statements) = counted(site, officer.patch("system", &id, 1, &json!({ "note": "x" }))).await;
    assert!(statements <= CHANGE, "a change: {statements} {}", answer.text());
    let (answer, statements) = counted(site, officer.withdraw("system", &id, answer.version(), "重複")).await;
    answer.ok();
    assert!(statements <= CHANGE, "taking back: {statements}");
}

#[tokio::test]
async fn pages_of_no_agency_make_as_many_statements_whatever_agencies_there_are() {
    let site = Site::new().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        site.plan("level-b-core-systems.pass.txt").await;
        site.by("officer").get("^/laws").await;
        let mut each = Vec::new();
        for path in ["^/laws", "^/healthz"] {
            let (answer, statements) = counted(&site, site.by("officer").get(path)).await;
            assert_eq!(answer.status, 200, "{path}");
            each.push(statements);
        }
        made.push(each);
    }
    assert_eq!(made[0], made[2], "{made:?}");
    assert!(made[0].iter().all(|n| *n <= 4), "{made:?}");
}
