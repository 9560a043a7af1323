//! What is not shown to somebody: names of others, and files of registers that are closed to them.

use crate::people::{People, permit, total};
use crate::setup::{IT, OTHER};
use serde_json::json;

#[tokio::test]
async fn who_has_no_business_with_a_name_sees_none() {
    let people = People::new().await;
    let person = json!({ "name": "王小明", "unit": OTHER, "email": "wang@example.gov.tw" });
    let id = people.by("officer").create("person", &person).await.id();
    people
        .by("officer")
        .patch("person", &id, 1, &json!({ "name": "王大明" }))
        .await
        .ok();
    let head = people.by("head");
    for path in [
        "registers/person/records".to_owned(),
        format!("registers/person/records/{id}"),
        format!("registers/person/records/{id}/history"),
    ] {
        let answer = head.get(&path).await;
        answer.ok();
        for personal in ["大明", "小明", "wang@"] {
            assert!(!answer.text().contains(personal), "{path}: {}", answer.text());
        }
        let full = people.by("officer").get(&path).await;
        assert!(full.text().contains("王大明"), "{path}");
    }
    // Nor by searching for it.
    let found = head
        .get("registers/person/records?email=wang@example.gov.tw")
        .await;
    assert!(
        [403, 422].contains(&found.status.as_u16()) || total(&found) == 0,
        "{}",
        found.text()
    );
    for query in ["q=%E5%A4%A7%E6%98%8E", "q=wang"] {
        let found = head.get(&format!("registers/person/records?{query}")).await;
        assert_eq!(total(&found), 0, "{query}");
    }
    let export = people.by("supervisor").get("registers/person/export/csv").await;
    assert_eq!(export.status, 200);
    assert!(!export.text().contains("大明"), "{}", export.text());
}

#[tokio::test]
async fn a_name_that_is_not_shown_is_not_shown_where_it_is_referred_to() {
    let people = People::new().await;
    let (officer, head) = (people.by("officer"), people.by("head"));
    let mut ids = Vec::new();
    for (name, unit) in [("王小明", OTHER), ("李小華", IT)] {
        let person = json!({ "name": name, "unit": unit });
        let person = officer.create("person", &person).await.id();
        let attended = json!({
            "course": "社交工程防範", "person": person, "held_on": "2026-04-16", "category": "general",
            "status": "present", "hours": "3",
        });
        head.create("attendance", &attended).await.id();
        ids.push(person);
    }
    for (who, shown, hidden) in [
        (&officer, vec!["王小明", "李小華"], "○"),
        (&people.by("supervisor"), vec!["王○○", "李○○"], "小"),
    ] {
        let export = who.get("registers/attendance/export/csv").await;
        assert_eq!(export.status, 200, "{}", export.text());
        for name in shown {
            assert!(export.text().contains(name), "{}", export.text());
        }
        assert!(!export.text().contains(hidden), "{}", export.text());
    }
    // A head knows those of the own unit; what a head exports can be imported again as it is.
    let export = head.get("registers/attendance/export/csv").await;
    assert!(export.text().contains("李小華"), "{}", export.text());
    assert!(
        export.text().contains(&format!("王○○〔{}〕", ids[0])),
        "{}",
        export.text()
    );
    let files = [("file", "簽到.csv", export.bytes.as_slice())];
    let report = officer
        .form("registers/attendance/imports", &[], &[], &files)
        .await
        .ok();
    assert_eq!(report["counts"]["same"], json!(2), "{report}");
}

#[tokio::test]
async fn duties_name_nobody_whom_the_register_does_not() {
    let people = People::new().await;
    let officer = people.by("officer");
    let adopted = json!({ "instrument": "information-bureau-plan" });
    officer.create("adoption", &adopted).await.ok();
    let person = json!({ "person_name": "王小明", "unit": OTHER, "kind": "new", "arrived_on": "2026-11-02" });
    officer.create("role_briefing", &person).await.ok();
    let all = officer.get("duties").await;
    assert!(all.text().contains("王小明"), "{}", all.text());
    let seen = people.by("supervisor").get("duties").await;
    assert_eq!(seen.status, 200);
    assert!(seen.text().contains("王○○") && !seen.text().contains("小明"));
}

#[tokio::test]
async fn a_file_of_a_closed_register_is_not_opened_by_its_hash() {
    let people = People::new().await;
    let (officer, head) = (people.by("officer"), people.by("head"));
    let reward = json!({
        "number": "1", "person_name": "陳示範", "kind": "reward", "fact_on": "2026-05-04", "facts": "x",
        "decided_on": "2026-06-01", "result": "嘉獎一次",
    });
    let made = officer.prove("reward", &reward).await.ok();
    let file = made["body"]["evidence"][0].clone();
    let download = format!("files/{}", file["sha256"].as_str().unwrap());
    head.get(&download).await.refused(404);
    let mut body = permit("115-P-1");
    body["evidence"] = json!([file]);
    head.create("remote_permit", &body).await.refused(422);
    let plain = head.create("remote_permit", &permit("115-P-1")).await.id();
    head.patch("remote_permit", &plain, 1, &json!({ "evidence": [file] }))
        .await
        .refused(422);
    head.get(&download).await.refused(404);
    // What a record named once, or named before it was withdrawn, stays open to its readers.
    let id = made["id"].as_str().unwrap();
    officer
        .patch("reward", id, 1, &json!({ "evidence": [] }))
        .await
        .ok();
    assert_eq!(officer.get(&download).await.status, 200);
    officer.withdraw("reward", id, 2, "誤登").await;
    assert_eq!(officer.get(&download).await.status, 200);
    head.get(&download).await.refused(404);
    // Who may open it may use it again; then whoever reads the second record may open it too.
    officer
        .patch("remote_permit", &plain, 1, &json!({ "evidence": [file] }))
        .await
        .ok();
    assert_eq!(head.get(&download).await.status, 200);
    // And it stays while the record is changed by somebody who could not have attached it.
    head.patch(
        "remote_permit",
        &plain,
        2,
        &json!({ "note": "x", "evidence": [file] }),
    )
    .await
    .ok();
}
