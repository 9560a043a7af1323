//! What waits for a second person, and what nobody does for themselves.

use crate::people::People;
use crate::setup::{IT, Site};
use serde_json::{Value, json};

#[tokio::test]
async fn nobody_changes_the_own_rights() {
    let site = Site::new().await;
    let administrator = site.by("administrator");
    let own = site.member_id("administrator");
    let at = site.position().await;
    administrator
        .patch("member", &own, 1, &json!({ "role": "officer" }))
        .await
        .refused(403);
    administrator
        .patch("member", &own, 1, &json!({ "note": "x" }))
        .await
        .refused(403);
    administrator
        .withdraw("member", &own, 1, "離職")
        .await
        .refused(403);
    for stood_for in ["officer", "ciso", "staff"] {
        let deputy = json!({
            "member": site.member_id(stood_for), "deputy": own, "from": "2026-11-01", "until": "2027-01-01",
        });
        administrator.create("deputy", &deputy).await.refused(403);
    }
    assert_eq!(site.position().await, at, "nothing was written");
    administrator.get("registers/system/records").await.refused(403);
}

#[tokio::test]
async fn an_officer_is_made_by_two_persons() {
    let site = Site::new().await;
    let administrator = site.by("administrator");
    let member = json!({ "name": "新任", "role": "officer", "unit": IT, "from": "2026-11-01" });
    let asked = administrator.create("member", &member).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let record = asked.ok();
    assert_eq!(record["standing"]["state"], "pending");
    let id = record["id"].as_str().unwrap().to_owned();
    administrator.record("member", &id).await.refused(404);
    // Not by who asked, nor by who keeps no accounts, nor another version than the one that waits.
    administrator.decide("member", &id, 0, "agree").await.refused(403);
    site.by("officer")
        .decide("member", &id, 0, "agree")
        .await
        .refused(403);
    let second = json!({ "name": "第二管理者", "role": "administrator", "from": "2026-11-01" });
    site.member(&site.agency.clone(), "second administrator", second)
        .await;
    let second = site.by("second administrator");
    let waiting = second.get("approvals").await.text();
    assert!(
        waiting.contains(&id) && waiting.contains("待第二人確認"),
        "{waiting}"
    );
    assert!(!administrator.get("approvals").await.text().contains(&id));
    second.decide("member", &id, 1, "agree").await.refused(409);
    second.decide("member", &id, 0, "opinion").await.refused(422);
    second.decide("member", &id, 0, "agree").await.ok();
    let made = administrator.record("member", &id).await.ok();
    assert_eq!(made["body"]["role"], "officer");
    let history = administrator
        .get(&format!("registers/member/records/{id}/history"))
        .await;
    assert!(history.text().contains("經第二人確認"), "{}", history.text());
    second.decide("member", &id, 0, "agree").await.refused(403);
    // What only takes rights away needs nobody else, and what gives none neither.
    administrator
        .patch("member", &id, 1, &json!({ "until": "2026-12-01" }))
        .await
        .ok();
    assert_eq!(
        administrator.record("member", &id).await.ok()["body"]["until"],
        "2026-12-01"
    );
    let staff = site.member_id("staff");
    let risen = administrator
        .patch("member", &staff, 1, &json!({ "role": "ciso" }))
        .await;
    assert_eq!(risen.status, 202, "{}", risen.text());
    assert_eq!(
        administrator.record("member", &staff).await.ok()["body"]["role"],
        "staff"
    );
    second.decide("member", &staff, 1, "return").await.ok();
    assert_eq!(
        administrator.record("member", &staff).await.ok()["body"]["role"],
        "staff"
    );
    site.sound().await;
}

/// Who lost the answer and asks again is told what was decided, and nothing is done twice.
#[tokio::test]
async fn a_confirmation_that_comes_twice_is_told_the_same() {
    let site = Site::new().await;
    let second = json!({ "name": "第二管理者", "role": "administrator", "from": "2026-11-01" });
    site.member(&site.agency.clone(), "second administrator", second)
        .await;
    for (verdict, state) in [("agree", "none"), ("return", "returned")] {
        let member = json!({ "name": verdict, "role": "officer", "unit": IT, "from": "2026-11-01" });
        let id = site.by("administrator").create("member", &member).await.id();
        let path = format!("registers/member/records/{id}/decision");
        let body = json!({ "verdict": verdict, "reason": "人事令", "version": 0 });
        let key = format!("settled-{verdict}");
        let decide = || async {
            let caller = site.by("second administrator");
            caller
                .json("POST", &path, &[("idempotency-key", &key)], &body)
                .await
                .ok()
        };
        let (first, at) = (decide().await, site.position().await);
        assert_eq!(first["state"], state, "{first}");
        assert_eq!(decide().await, first);
        assert_eq!(site.position().await, at);
    }
}

#[tokio::test]
async fn the_keeper_of_the_machine_counts_as_one_person() {
    let site = Site::new().await;
    let member = json!({ "name": "新任", "role": "ciso", "from": "2026-11-01" });
    let put = app::PutRecord {
        body: member,
        ..app::PutRecord::default()
    };
    let visit = site.visit(&site.agency).await;
    let spec = app::register("member").unwrap();
    let saved = app::records::put(&visit, spec, put).await.unwrap();
    assert_eq!(
        saved.record.standing.state, "pending",
        "an administrator is there to look"
    );
    let id = app::RowId::parse(&saved.record.id).unwrap();
    let decision = app::Decision {
        verdict: app::Verdict::Agree,
        reason: String::new(),
        seen: 0,
    };
    let own = app::records::decide(&visit.again().await.unwrap(), spec, &id, decision).await;
    assert_eq!(own.unwrap_err().kind(), app::Kind::Forbidden);
    site.by("administrator")
        .decide("member", id.as_str(), 0, "agree")
        .await
        .ok();
}

#[tokio::test]
async fn an_officer_does_not_exchange_the_own_superior() {
    let people = People::new().await;
    let site = &people.site;
    let (officer, supervisor) = (people.by("officer"), people.by("supervisor"));
    let other = site.plan("level-b-core-systems.pass.txt").await;
    let asked = officer
        .patch("agency", &site.agency, 2, &json!({ "parent": other }))
        .await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    supervisor.get("duties").await.ok();
    officer
        .decide("agency", &site.agency, 2, "agree")
        .await
        .refused(403);
    people
        .by("head")
        .decide("agency", &site.agency, 2, "agree")
        .await
        .refused(403);
    // Whatever else is changed meanwhile, what was asked was asked of the version that was seen.
    let cell = format!("_id,上級機關\n{},{other}\n", site.agency);
    let file = [("file", "x.csv", cell.as_bytes())];
    let report = officer.form("registers/agency/imports", &[], &[], &file).await;
    if report.status.is_success() {
        let report: Value = report.json();
        assert_eq!(report["counts"]["changed"], 0, "{report}");
    }
    people
        .by("ciso")
        .decide("agency", &site.agency, 2, "agree")
        .await
        .ok();
    supervisor.get("duties").await.refused(404);
}

#[tokio::test]
async fn duties_name_no_record_of_a_register_that_is_closed() {
    let people = People::new().await;
    let reward = json!({
        "number": "115-RD-777", "person_name": "陳示範", "kind": "獎勵", "fact_on": "2026-11-04",
        "facts": "及時發現釣魚網站。",
    });
    people.by("officer").create("reward", &reward).await.id();
    let officer = people.by("officer").get("duties").await.text();
    assert!(officer.contains("115-RD-777"), "{officer}");
    let auditor = json!({
        "name": "now auditor", "role": "auditor", "audit": people.audit, "from": "2020-01-01", "until": "2027-01-01",
    });
    people
        .site
        .member(&people.site.agency, "now auditor", auditor)
        .await;
    for who in ["supervisor", "now auditor"] {
        let duties = people.by(who).get("duties").await;
        duties.ok();
        assert!(!duties.text().contains("115-RD-777"), "{who}: {}", duties.text());
    }
}

#[tokio::test]
async fn an_auditor_is_told_nothing_of_what_came_after_the_audit_began() {
    let people = People::new().await;
    let officer = people.by("officer");
    let before = people.by("auditor").get("xray").await.ok();
    // Something inconsistent comes later: seen by who sees now, not by the auditor.
    let late = json!({ "name": "晚到契約", "vendor": "丙公司", "from": "2026-01-01", "until": "2027-01-01" });
    officer.create("contract", &late).await.id();
    let now = officer.get("xray").await.text();
    assert!(now.contains("晚到契約"), "{now}");
    let after = people.by("auditor").get("xray").await.ok();
    assert_eq!(before, after);
}
