//! From draft to a numbered version that stays: who takes which step, and of which version.

use crate::setup::{IT, OTHER, Site, approve};
use serde_json::{Value, json};

fn inventory(number: &str) -> Value {
    json!({
        "number": number, "year": 115, "reason": "regular", "scope": "全機關各單位", "on": "2026-09-01",
        "by": "林示範", "total": 2, "matched": 2, "missing": 0, "confirmed_by": "張示範",
        "confirmed_on": "2026-09-30", "list_updated_on": "2026-09-28",
    })
}

/// What was approved proves, with its own files, while a draft goes on.
#[tokio::test]
async fn a_duty_shows_the_files_of_the_version_that_proves_it() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let mut checked = inventory("115-IV-1");
    checked["restricted_checked"] = json!(true);
    checked["restricted_found"] = json!(0);
    let made = officer.prove("inventory", &checked).await.ok();
    let (id, file) = (made["id"].as_str().unwrap(), made["body"]["evidence"][0].clone());
    approve(&site, "inventory", id, 1, &["head", "officer"]).await;
    let files = async || {
        let duty = officer.get("duties/product.ban").await.ok();
        duty["duties"][0]["done"][0]["files"].clone()
    };
    let proof = json!([[file["name"], file["sha256"]]]);
    assert_eq!(files().await, proof);
    let draft = json!({ "evidence": [], "note": "草稿" });
    officer.patch("inventory", id, 1, &draft).await.ok();
    assert_eq!(files().await, proof);
    let download = format!("files/{}", file["sha256"].as_str().unwrap());
    assert_eq!(officer.get(&download).await.status, 200);
}

async fn draft(site: &Site, number: &str) -> String {
    site.by("officer")
        .create("inventory", &inventory(number))
        .await
        .id()
}

async fn duty(site: &Site, key: &str) -> String {
    let answer = site.by("officer").get(&format!("duties/{key}")).await.ok();
    answer["duties"][0]["verdict"].as_str().unwrap().to_owned()
}

async fn standing(site: &Site, register: &str, id: &str) -> Value {
    site.by("officer").record(register, id).await.ok()["standing"].clone()
}

/// What happened to a record, in the officer's words: who, and what.
async fn timeline(site: &Site, register: &str, id: &str) -> Vec<String> {
    let path = format!("registers/{register}/records/{id}/history");
    let history = site.by("officer").get(&path).await.ok();
    let entries = history["history"].as_array().unwrap();
    let word = |e: &Value, key: &str| e[key].as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|e| format!("{}：{}", word(e, "by"), word(e, "words")))
        .collect()
}

#[tokio::test]
async fn the_whole_path() {
    let site = Site::new().await;
    let id = draft(&site, "115-IV-1").await;
    assert_eq!(standing(&site, "inventory", &id).await["state"], "draft");
    let sent = site.by("officer").submit("inventory", &id, 1).await.ok();
    assert_eq!(
        (&sent["state"], &sent["waits_for"]),
        (&json!("submitted"), &json!("單位主管"))
    );
    let waits = async |who: &str| {
        let waiting = site.by(who).get("approvals").await.ok();
        waiting["records"].as_array().unwrap().len()
    };
    assert_eq!(
        (
            waits("head").await,
            waits("second officer").await,
            waits("ciso").await
        ),
        (1, 0, 0)
    );
    let sent = site.by("head").decide("inventory", &id, 1, "agree").await.ok();
    assert_eq!(sent["waits_for"], "資安專責人員");
    assert_eq!((waits("head").await, waits("second officer").await), (0, 1));
    let done = site
        .by("second officer")
        .decide("inventory", &id, 1, "agree")
        .await
        .ok();
    assert_eq!(
        (&done["state"], &done["number"]),
        (&json!("final"), &json!("115-IV-001"))
    );
    assert_eq!(done["approved_version"], 1);
    assert_eq!(
        timeline(&site, "inventory", &id).await,
        [
            "officer：登錄",
            "officer：送簽",
            "head：單位主管同意",
            "second officer：資安專責人員同意"
        ]
    );
    let twice = site.by("officer").submit("inventory", &id, 1).await;
    twice.refused(409);
    site.by("second officer")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(409);
    site.sound().await;
}

#[tokio::test]
async fn what_is_returned_is_mended_and_sent_again() {
    let site = Site::new().await;
    let (officer, head) = (site.by("officer"), site.by("head"));
    let id = draft(&site, "115-IV-1").await;
    officer.submit("inventory", &id, 1).await.ok();
    let silent = json!({ "verdict": "return", "reason": "  ", "version": 1 });
    head.act("inventory", &id, "decision", &silent).await.refused(422);
    let back = head.decide("inventory", &id, 1, "return").await.ok();
    assert_eq!(back["state"], "returned");
    head.decide("inventory", &id, 1, "agree").await.refused(409);
    assert_ne!(duty(&site, "inventory.review").await, "met");
    officer
        .patch("inventory", &id, 1, &json!({ "note": "已補充" }))
        .await
        .ok();
    assert_eq!(standing(&site, "inventory", &id).await["state"], "draft");
    approve(&site, "inventory", &id, 2, &["head", "officer"]).await;
    let said = timeline(&site, "inventory", &id).await;
    assert!(
        said.contains(&"head：單位主管退回：請補充理由".to_owned()),
        "{said:?}"
    );
    // Returned as it is, it may also be sent again as it is.
    let id = draft(&site, "115-IV-2").await;
    officer.submit("inventory", &id, 1).await.ok();
    head.decide("inventory", &id, 1, "return").await.ok();
    officer.submit("inventory", &id, 1).await.ok();
    assert_eq!(standing(&site, "inventory", &id).await["state"], "submitted");
}

#[tokio::test]
async fn a_step_back_later_begins_anew() {
    let site = Site::new().await;
    let id = draft(&site, "115-IV-1").await;
    site.by("second officer").submit("inventory", &id, 1).await.ok();
    site.by("head").decide("inventory", &id, 1, "agree").await.ok();
    site.by("officer")
        .decide("inventory", &id, 1, "return")
        .await
        .ok();
    site.by("second officer").submit("inventory", &id, 1).await.ok();
    site.by("officer")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(403);
    assert_eq!(standing(&site, "inventory", &id).await["waits_for"], "單位主管");
}

#[tokio::test]
async fn a_submitted_record_is_called_back_or_stays_as_it_is() {
    let site = Site::new().await;
    let (officer, head) = (site.by("officer"), site.by("head"));
    let id = head.create("inventory", &inventory("115-IV-1")).await.id();
    head.submit("inventory", &id, 1).await.ok();
    let change = json!({ "note": "x" });
    officer.patch("inventory", &id, 1, &change).await.refused(409);
    officer.withdraw("inventory", &id, 1, "誤登").await.refused(409);
    officer.submit("inventory", &id, 1).await.refused(409);
    let recall = async |who: &str| site.by(who).act("inventory", &id, "recall", &json!({})).await;
    // It is not the other unit's, nor anybody's who only decides.
    recall("other head").await.refused(404);
    recall("ciso").await.refused(403);
    recall("staff").await.refused(403);
    assert_eq!(recall("head").await.ok()["state"], "withdrawn");
    recall("head").await.refused(409);
    head.decide("inventory", &id, 1, "agree").await.refused(409);
    officer.patch("inventory", &id, 1, &change).await.ok();
    head.submit("inventory", &id, 2).await.ok();
    assert_eq!(
        recall("officer").await.ok()["state"],
        "withdrawn",
        "the officer may, too"
    );
}

#[tokio::test]
async fn nobody_approves_their_own_and_nobody_anothers_step() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = draft(&site, "115-IV-1").await;
    officer.submit("inventory", &id, 1).await.ok();
    for wrong in ["ciso", "admin", "officer"] {
        site.by(wrong)
            .decide("inventory", &id, 1, "agree")
            .await
            .refused(403);
    }
    for stranger in ["staff", "administrator"] {
        site.by(stranger)
            .decide("inventory", &id, 1, "agree")
            .await
            .refused(403);
    }
    site.by("head").decide("inventory", &id, 1, "agree").await.ok();
    let own = officer.decide("inventory", &id, 1, "agree").await.refused(403);
    assert!(own["detail"].as_str().unwrap().contains("自己"), "{own}");
    site.by("head")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(403);
    for verdict in ["opinion", "approve", ""] {
        let body = json!({ "verdict": verdict, "reason": "x", "version": 1 });
        site.by("second officer")
            .act("inventory", &id, "decision", &body)
            .await
            .refused(422);
    }
    site.by("second officer")
        .decide("inventory", &id, 1, "agree")
        .await
        .ok();
}

#[tokio::test]
async fn a_head_decides_on_the_own_unit() {
    let site = Site::new().await;
    let open = json!({
        "number": "115-CA-001", "origin": "internal_audit", "found_on": "2026-10-13", "unit": OTHER,
        "class": "nonconformity", "finding": "帳號未停用。",
    });
    let id = site.by("officer").create("corrective", &open).await.id();
    site.by("officer").submit("corrective", &id, 1).await.ok();
    let strange = site
        .by("head")
        .decide("corrective", &id, 1, "agree")
        .await
        .refused(403);
    assert!(
        strange["detail"].as_str().unwrap().contains(OTHER),
        "{strange} {IT}"
    );
    site.by("other head")
        .decide("corrective", &id, 1, "agree")
        .await
        .ok();
}

#[tokio::test]
async fn a_decision_is_about_the_version_that_was_seen() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = draft(&site, "115-IV-1").await;
    officer
        .patch("inventory", &id, 1, &json!({ "note": "x" }))
        .await
        .ok();
    let stale = officer.submit("inventory", &id, 1).await.refused(409);
    assert_eq!(stale["code"], "stale");
    officer.submit("inventory", &id, 2).await.ok();
    let stale = site
        .by("head")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(409);
    assert_eq!(stale["code"], "stale");
    let ahead = site.by("head").decide("inventory", &id, 3, "agree").await;
    ahead.refused(409);
    site.by("head").decide("inventory", &id, 2, "agree").await.ok();
}

#[tokio::test]
async fn numbers_follow_each_other_and_stay_with_their_paper() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let deciders = ["head", "officer"];
    let (first, second) = (draft(&site, "a").await, draft(&site, "b").await);
    approve(&site, "inventory", &second, 1, &deciders).await;
    approve(&site, "inventory", &first, 1, &deciders).await;
    assert_eq!(
        standing(&site, "inventory", &second).await["number"],
        "115-IV-001"
    );
    assert_eq!(standing(&site, "inventory", &first).await["number"], "115-IV-002");
    // Another register counts for itself.
    officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .ok();
    let review = json!({
        "number": "1", "system": "公文系統", "edition": "2026", "checked_on": "2026-06-19", "met": 1,
        "partial": 0, "not_met": 0, "not_applicable": 0,
    });
    let review = officer.create("control_review", &review).await.id();
    approve(&site, "control_review", &review, 1, &["admin", "officer"]).await;
    assert_eq!(
        standing(&site, "control_review", &review).await["number"],
        "115-CR-001"
    );

    // A later draft takes nothing back: the approved version still proves.
    assert_eq!(duty(&site, "inventory.review").await, "met");
    for id in [&first, &second] {
        officer
            .patch("inventory", id, 1, &json!({ "confirmed_on": null }))
            .await
            .ok();
    }
    let now = standing(&site, "inventory", &first).await;
    assert_eq!(
        (&now["state"], &now["approved_version"]),
        (&json!("draft"), &json!(1))
    );
    assert_eq!(duty(&site, "inventory.review").await, "met");
    officer
        .withdraw("inventory", &first, 2, "誤登")
        .await
        .refused(409);
    // The new version keeps the number, and what it no longer says it no longer proves.
    for id in [&first, &second] {
        approve(&site, "inventory", id, 2, &deciders).await;
    }
    let now = standing(&site, "inventory", &first).await;
    assert_eq!(
        (&now["number"], &now["approved_version"]),
        (&json!("115-IV-002"), &json!(2))
    );
    assert_ne!(duty(&site, "inventory.review").await, "met");
    let third = draft(&site, "c").await;
    approve(&site, "inventory", &third, 1, &deciders).await;
    assert_eq!(standing(&site, "inventory", &third).await["number"], "115-IV-003");
}

#[tokio::test]
async fn what_was_signed_on_paper_is_final_with_its_scan() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let id = draft(&site, "a").await;
    let path = format!("registers/inventory/records/{id}/paper");
    let good = [
        ("signed_by", "second officer"),
        ("on", "115/11/20"),
        ("version", "1"),
    ];
    let scan = [("scan", "簽名頁.pdf", &b"%PDF-1.7"[..])];
    officer.form(&path, &[], &good, &[]).await.refused(422);
    for (field, value) in [
        ("signed_by", " "),
        ("on", "115/11/30"),
        ("on", ""),
        ("version", "x"),
    ] {
        let texts = good.map(|(f, v)| if f == field { (f, value) } else { (f, v) });
        officer.form(&path, &[], &texts, &scan).await.refused(422);
    }
    let texts = good.map(|(f, v)| if f == "version" { (f, "2") } else { (f, v) });
    officer.form(&path, &[], &texts, &scan).await.refused(409);
    for other in ["head", "ciso", "admin"] {
        site.by(other).form(&path, &[], &good, &scan).await.refused(403);
    }
    assert_ne!(duty(&site, "inventory.review").await, "met");
    let done = officer.form(&path, &[], &good, &scan).await.ok();
    assert_eq!(
        (&done["state"], &done["number"]),
        (&json!("final"), &json!("115-IV-001"))
    );
    assert_eq!(duty(&site, "inventory.review").await, "met");
    let said = timeline(&site, "inventory", &id).await;
    assert!(said.last().unwrap().contains("second officer"), "{said:?}");
    officer.form(&path, &[], &good, &scan).await.refused(409);
    let hash = ledger::hex(&ledger::sha256(b"%PDF-1.7"));
    assert_eq!(officer.get(&format!("files/{hash}")).await.text(), "%PDF-1.7");
    // Where it is on its way already, paper may overtake it.
    let id = draft(&site, "b").await;
    officer.submit("inventory", &id, 1).await.ok();
    let path = format!("registers/inventory/records/{id}/paper");
    let done = officer.form(&path, &[], &good, &scan).await.ok();
    assert_eq!(done["number"], "115-IV-002");
    site.by("head")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(409);
}

#[tokio::test]
async fn an_agency_sets_its_own_way() {
    let site = Site::new().await;
    let officer = site.by("officer");
    for steps in [
        json!(["officer:approves", "ciso:reviews"]),
        json!(["officer:approves", "ciso:approves"]),
        json!(["mayor:approves"]),
        json!([]),
    ] {
        let route = json!({ "register": "inventory", "steps": steps });
        site.by("administrator")
            .create("route", &route)
            .await
            .refused(422);
    }
    let route = json!({ "register": "inventory", "prefix": "XX", "steps": ["admin:consults"] });
    site.by("administrator")
        .create("route", &route)
        .await
        .refused(422);
    for register in ["inventories", "", "approval"] {
        let route = json!({ "register": register, "steps": ["ciso:approves"] });
        site.by("administrator")
            .create("route", &route)
            .await
            .refused(422);
    }
    // Heads don't read rewards and discipline: their step would wait for ever.
    let route = json!({ "register": "reward", "steps": ["unit_head:reviews", "ciso:approves"] });
    let problem = site
        .by("administrator")
        .create("route", &route)
        .await
        .refused(422);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("單位主管不能閱覽「資安獎懲」"),
        "{problem}"
    );
    // Nor evidence of others; and an auditor reads as of the audit's moment.
    for (register, step) in [
        ("evidence", "unit_head:approves"),
        ("incident", "unit_head:approves"),
        ("promotion", "auditor:approves"),
    ] {
        let route = json!({ "register": register, "steps": [step] });
        site.by("administrator")
            .create("route", &route)
            .await
            .refused(422);
    }
    let steps = ["unit_head:consults", "officer:reviews", "ciso:approves"];
    let route = json!({ "register": "inventory", "prefix": "XX", "steps": steps });
    site.by("administrator").create("route", &route).await.ok();
    site.by("administrator")
        .create("route", &route)
        .await
        .refused(422);

    let id = draft(&site, "a").await;
    officer.submit("inventory", &id, 1).await.ok();
    site.by("head")
        .decide("inventory", &id, 1, "agree")
        .await
        .refused(422);
    site.by("head").decide("inventory", &id, 1, "opinion").await.ok();
    officer.decide("inventory", &id, 1, "agree").await.ok();
    let done = site.by("ciso").decide("inventory", &id, 1, "agree").await.ok();
    assert_eq!(done["number"], "115-XX-001");
    // Nobody waits for an opinion.
    let id = draft(&site, "b").await;
    officer.submit("inventory", &id, 1).await.ok();
    officer.decide("inventory", &id, 1, "agree").await.ok();
    let done = site.by("ciso").decide("inventory", &id, 1, "agree").await.ok();
    assert_eq!(done["number"], "115-XX-002");
}

#[tokio::test]
async fn where_approval_is_asked_a_file_alone_is_not_enough() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let drill = json!({
        "number": "1", "kind": "notification", "role": "own", "scope": "通報", "on": "2026-09-12",
        "result": "met", "review": "無",
    });
    let id = officer.prove("drill", &drill).await.id();
    officer.submit("drill", &id, 1).await.refused(422);
    assert_eq!(duty(&site, "incident.drill").await, "met");
    let route = json!({ "register": "drill", "prefix": "DR", "steps": ["ciso:approves"] });
    site.by("administrator").create("route", &route).await.ok();
    assert_ne!(duty(&site, "incident.drill").await, "met");
    approve(&site, "drill", &id, 1, &["ciso"]).await;
    assert_eq!(duty(&site, "incident.drill").await, "met");
    assert_eq!(standing(&site, "drill", &id).await["number"], "115-DR-001");
}

#[tokio::test]
async fn whoever_takes_a_step_may_read_what_it_is_about() {
    let site = Site::new().await;
    for route in &testkit::corpus().routes {
        let spec = registers::register(&route.register).unwrap();
        for step in &route.steps {
            let role = app::Role::ALL
                .into_iter()
                .find(|r| r.takes(app::step_of(*step).role))
                .unwrap();
            for action in [app::Action::Read, app::Action::Decide] {
                let allowed = app::allowed(role, action, spec);
                assert_eq!(allowed, app::Allowed::Yes, "{role:?} {action:?} {}", spec.key);
            }
        }
    }
    // And whoever may not read a register decides nothing about it.
    for spec in registers::catalogue() {
        for role in app::Role::ALL {
            if app::allowed(role, app::Action::Read, spec) == app::Allowed::No {
                for action in [app::Action::Decide, app::Action::Comment, app::Action::Export] {
                    let allowed = app::allowed(role, action, spec);
                    assert_eq!(allowed, app::Allowed::No, "{role:?} {action:?} {}", spec.key);
                }
            }
        }
    }
    site.sound().await;
}
