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

/// A reward that is approved on paper, with a remark; gives its id and the scan's path.
async fn reward_on_paper(people: &People) -> (String, String) {
    let officer = people.by("officer");
    let route = json!({ "register": "reward", "steps": ["officer:reviews", "ciso:approves"] });
    people.by("administrator").create("route", &route).await.ok();
    let reward = json!({
        "number": "1", "person_name": "陳示範", "kind": "reward", "fact_on": "2026-05-04", "facts": "絕不外流",
        "decided_on": "2026-06-01", "result": "嘉獎一次",
    });
    let id = officer.create("reward", &reward).await.id();
    let remark = json!({ "kind": "comment", "text": "絕不外流" });
    officer.act("reward", &id, "comments", &remark).await;
    let fields = [("signed_by", "ciso"), ("on", "115/11/20"), ("version", "1")];
    let bytes = b"%PDF-1.7 scan";
    let scan = [("scan", "簽名頁.pdf", &bytes[..])];
    let path = format!("registers/reward/records/{id}/paper");
    officer.form(&path, &[], &fields, &scan).await.ok();
    let hash = ledger::hex(&ledger::sha256(bytes));
    (id, format!("files/{hash}"))
}

async fn officer_permit_on_paper(people: &People) -> String {
    let officer = people.by("officer");
    let id = officer.create("remote_permit", &permit("115-P-9")).await.id();
    let fields = [
        ("signed_by", "second officer"),
        ("on", "115/11/20"),
        ("version", "1"),
    ];
    let scan = [("scan", "簽名頁.pdf", &b"%PDF-1.7"[..])];
    let path = format!("registers/remote_permit/records/{id}/paper");
    officer.form(&path, &[], &fields, &scan).await.ok();
    id
}

#[tokio::test]
async fn what_is_about_a_record_is_as_closed_as_the_record() {
    let people = People::new().await;
    let (id, scan) = reward_on_paper(&people).await;
    assert_eq!(people.by("officer").get(&scan).await.status, 200);
    assert_eq!(people.by("ciso").get(&scan).await.status, 200);
    let late = json!({
        "name": "late auditor", "role": "auditor", "audit": people.audit, "from": "2020-01-01", "until": "2027-01-01",
    });
    people
        .site
        .member(&people.site.agency, "late auditor", late)
        .await;
    for who in ["supervisor", "auditor", "late auditor", "head", "staff"] {
        let who = people.by(who);
        who.get(&scan).await.refused(404);
        who.record("reward", &id).await.refused(403);
        for register in ["approval", "comment"] {
            who.get(&format!("registers/{register}/records"))
                .await
                .refused(403);
        }
    }
    // Whoever signed is named to those who may see names.
    let path = "registers/remote_permit/records";
    let permit = officer_permit_on_paper(&people).await;
    let history = people
        .by("supervisor")
        .get(&format!("{path}/{permit}/history"))
        .await
        .text();
    assert!(history.contains("登錄紙本核定：s○○，115/11/20"), "{history}");
    let history = people
        .by("officer")
        .get(&format!("{path}/{permit}/history"))
        .await
        .text();
    assert!(
        history.contains("登錄紙本核定：second officer，115/11/20"),
        "{history}"
    );
    // A later version doesn't take the scan of the earlier one away.
    let officer = people.by("officer");
    officer
        .patch("reward", &id, 1, &json!({ "note": "x" }))
        .await
        .ok();
    officer.submit("reward", &id, 2).await.ok();
    assert_eq!(officer.get(&scan).await.status, 200);
}

#[tokio::test]
async fn who_did_what_is_told_without_names_to_who_may_not_see_them() {
    let people = People::new().await;
    let officer = people.by("officer");
    let id = officer
        .create(
            "scan",
            &json!({
                "number": "1", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01",
            }),
        )
        .await
        .id();
    let remark = json!({ "kind": "comment", "text": "請補充" });
    people
        .by("second officer")
        .act("scan", &id, "comments", &remark)
        .await;
    let path = format!("registers/scan/records/{id}/history");
    let full = officer.get(&path).await.text();
    assert!(full.contains("second officer"), "{full}");
    let seen = people.by("supervisor").get(&path).await;
    assert_eq!(seen.status, 200);
    assert!(
        !seen.text().contains("officer") && seen.text().contains("○"),
        "{}",
        seen.text()
    );
}

#[tokio::test]
async fn an_import_shows_no_more_than_the_list() {
    let people = People::new().await;
    let (officer, admin) = (people.by("officer"), people.by("admin"));
    let person = officer
        .create("person", &json!({ "name": "司馬小華", "unit": IT }))
        .await
        .id();
    let entry = json!({
        "area": "機房", "name": "令狐沖天", "entered": "2026-11-20T09:00", "reason": "維護",
    });
    officer.create("entry_log", &entry).await.ok();
    let asset = officer
        .create("asset", &json!({ "name": "筆電", "category": "實體" }))
        .await
        .id();
    let moved = json!({
        "number": "1", "kind": "authorise", "asset": asset, "person": person, "from": "2026-11-20",
    });
    officer.create("movement", &moved).await.ok();
    for register in ["entry_log", "movement"] {
        let export = admin.get(&format!("registers/{register}/export/csv")).await;
        assert_eq!(export.status, 200);
        let text = export.text();
        assert!(!text.contains("沖天") && !text.contains("小華"), "{text}");
        let files = [("file", "a.csv", export.bytes.as_slice())];
        let path = format!("registers/{register}/imports");
        let report = admin.form(&path, &[], &[], &files).await.ok();
        assert_eq!(report["counts"]["same"], json!(1), "{report}");
        let text = report.to_string();
        assert!(!text.contains("沖天") && !text.contains("小華"), "{text}");
        // What somebody else's preview tells is told to who sees all of it.
        let report = officer.form(&path, &[], &[], &files).await.ok();
        let job = format!("imports/{}", report["id"].as_str().unwrap());
        admin.get(&job).await.refused(403);
        admin.get(&format!("{job}/wrong.ods")).await.refused(403);
    }
}

#[tokio::test]
async fn a_refusal_names_no_record_that_is_closed() {
    let people = People::new().await;
    let (officer, admin) = (people.by("officer"), people.by("admin"));
    let system = officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .id();
    let evidence = json!({
        "title": "極機密調查報告", "effective_on": "2026-01-01", "class": "confidential", "system": system,
    });
    officer.prove("evidence", &evidence).await.ok();
    let refused = admin
        .withdraw("system", &system, 1, "誤登")
        .await
        .refused(409)
        .to_string();
    assert!(
        refused.contains("佐證") && !refused.contains("極機密"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_vendor_reads_its_own_time_of_a_record() {
    let people = People::new().await;
    let officer = people.by("officer");
    let paper = json!({
        "kind": "vendor_person", "person_name": "黃前任", "contract": people.other_contract,
        "signed_on": "2026-01-05",
    });
    let made = officer.prove("undertaking", &paper).await.ok();
    let id = made["id"].as_str().unwrap();
    let file = made["body"]["evidence"][0]["sha256"].as_str().unwrap();
    let remark = json!({ "kind": "comment", "text": "前約意見" });
    officer.act("undertaking", id, "comments", &remark).await;
    officer.submit("undertaking", id, 1).await.ok();
    let returned = json!({ "verdict": "return", "reason": "前約退回", "version": 1 });
    people
        .by("second officer")
        .act("undertaking", id, "decision", &returned)
        .await
        .ok();
    let corrected = json!({ "contract": people.contract, "person_name": "黃示範", "evidence": [] });
    officer.patch("undertaking", id, 1, &corrected).await.ok();
    let path = format!("registers/undertaking/records/{id}/history");
    let all = officer.get(&path).await.text();
    for word in ["前約意見", "前約退回"] {
        assert!(all.contains(word), "{all}");
    }
    let vendor = people.by("vendor");
    let history = vendor.get(&path).await;
    assert_eq!(history.status, 200);
    for word in ["黃前任", "前約"] {
        assert!(!history.text().contains(word), "{}", history.text());
    }
    assert!(history.text().contains("\"version\":2"), "{}", history.text());
    vendor.get(&format!("files/{file}")).await.refused(404);
    assert_eq!(officer.get(&format!("files/{file}")).await.status, 200);
}

/// The same bytes, kept by two agencies under two names.
#[tokio::test]
async fn a_file_has_the_name_that_the_own_record_gives_it() {
    let people = People::new().await;
    let body =
        json!({ "number": "1", "kind": "antivirus", "scope": "全部", "by": "own", "on": "2026-05-01" });
    let keep = async |agency: &str, who: &str, name: &str| {
        let caller = people.by(who).at(agency);
        let files = [("evidence", name, &b"same bytes"[..])];
        let made = caller
            .form(
                "registers/scan/uploads",
                &[],
                &[("record", &body.to_string())],
                &files,
            )
            .await
            .ok();
        let hash = made["body"]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
        caller
            .get(&format!("files/{hash}"))
            .await
            .header("content-disposition")
            .to_owned()
    };
    let stranger = json!({ "name": "parent officer", "role": "officer", "from": "2020-01-01" });
    people
        .site
        .member(&people.parent, "parent officer", stranger)
        .await;
    let first = keep(&people.site.agency, "officer", "secret.txt").await;
    let second = keep(&people.parent, "parent officer", "public.txt").await;
    assert!(
        first.contains("secret.txt") && second.contains("public.txt"),
        "{first} {second}"
    );
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
