//! Who may do what: every role against the matrix, and what each of them sees as a whole.

use crate::people::{People, permit, total};
use crate::setup::{Answer, Caller, IT, Site, approve};
use app::{Action, Allowed, Role};
use serde_json::json;

const REGISTERS: &[&str] = &[
    "agency",
    "activity",
    "system",
    "grading",
    "asset",
    "inventory",
    "need",
    "document",
    "risk",
    "account",
    "remote_permit",
    "drill",
    "person",
    "training",
    "reward",
    "contract",
    "undertaking",
    "acceptance",
    "audit",
    "audit_item",
    "corrective",
    "incident",
    "incident_report",
    "evidence",
    "member",
    "deputy",
    "route",
    "token",
    "approval",
    "comment",
    "disclosure",
    "mapping",
    "plan",
];

/// Asks for an action with a record that isn't there: whoever may is told so, or what is
/// wrong with what was sent; whoever may not is forbidden.
async fn ask(who: &Caller<'_>, register: &str, action: Action) -> Answer {
    let at = |rest: &str| format!("registers/{register}/{rest}");
    match action {
        Action::Read => who.get(&at("records")).await,
        Action::Create => who.create(register, &json!({})).await,
        Action::Amend => who.patch(register, "x", 1, &json!({})).await,
        Action::Withdraw => who.withdraw(register, "x", 1, "誤登").await,
        Action::Import => who.get(&at("template/csv")).await,
        Action::Export => who.get(&at("export/csv")).await,
        Action::Submit => who.submit(register, "x", 1).await,
        Action::Decide => who.decide(register, "x", 1, "agree").await,
        Action::Comment => who.act(register, "x", "comments", &json!({ "text": "x" })).await,
    }
}

#[tokio::test]
async fn every_role_does_what_the_matrix_says() {
    let people = People::new().await;
    let mut written = people.site.position().await;
    for (name, role) in [
        ("officer", Role::Officer),
        ("ciso", Role::Ciso),
        ("head", Role::UnitHead),
        ("staff", Role::Staff),
        ("admin", Role::SystemAdmin),
        ("auditor", Role::Auditor),
        ("vendor", Role::Vendor),
        ("supervisor", Role::Supervisor),
        ("administrator", Role::Administrator),
    ] {
        for register in REGISTERS {
            let spec = registers::register(register).unwrap();
            for action in Action::ALL {
                let answer = ask(&people.by(name), register, action).await;
                let may = app::allowed(role, action, spec) != Allowed::No;
                let at = format!("{name} {action:?} {register}: {}", answer.text());
                if may {
                    assert!([200, 404, 422].contains(&answer.status.as_u16()), "{at}");
                    // That somebody took it away is all that any of this writes.
                    let leaves = action == Action::Export && spec.is_sensitive() && answer.status == 200;
                    written += u64::from(leaves);
                } else {
                    assert_eq!(answer.status, 403, "{at}");
                    answer.refused(403);
                }
            }
        }
    }
    assert_eq!(people.site.position().await, written);
}

#[tokio::test]
async fn a_vendor_knows_its_contract_and_nothing_else() {
    let people = People::new().await;
    let (officer, vendor) = (people.by("officer"), people.by("vendor"));
    let paper = |contract: &str, name: &str| json!({ "kind": "vendor_person", "person_name": name, "contract": contract, "signed_on": "2026-01-05" });
    let theirs = officer
        .create("undertaking", &paper(&people.other_contract, "乙員"))
        .await
        .id();
    officer
        .create("undertaking", &paper(&people.contract, "甲員"))
        .await
        .ok();
    assert_eq!(total(&vendor.get("registers/contract/records").await), 1);
    vendor.record("contract", &people.contract).await.ok();
    vendor
        .record("contract", &people.other_contract)
        .await
        .refused(404);
    let listed = vendor.get("registers/undertaking/records").await;
    assert_eq!(total(&listed), 1);
    assert!(!listed.text().contains("乙員"));
    vendor.record("undertaking", &theirs).await.refused(404);
    vendor
        .get(&format!("registers/undertaking/records/{theirs}/history"))
        .await
        .refused(404);
    vendor
        .patch("undertaking", &theirs, 1, &json!({ "note": "x" }))
        .await
        .refused(404);
    // By its id, by its name, or where nothing is said: its own; never the other's.
    for contract in [people.contract.as_str(), "公文系統維護案", ""] {
        let made = vendor.create("undertaking", &paper(contract, contract)).await;
        if contract.is_empty() {
            made.refused(422);
        } else {
            assert_eq!(made.ok()["body"]["contract"], people.contract.as_str());
        }
    }
    let mut silent = paper("", "丙員");
    silent.as_object_mut().unwrap().remove("contract");
    let mine = vendor.create("undertaking", &silent).await;
    assert_eq!(mine.ok()["body"]["contract"], people.contract.as_str());
    // Whose it is, or whether it is there at all, makes no difference to what is said.
    let mut said = std::collections::BTreeSet::new();
    for contract in [
        people.other_contract.as_str(),
        "網站維護案",
        "無此契約",
        "a-c-none",
    ] {
        let wrong = json!({ "kind": "vendor_person", "contract": contract, "signed_on": "明天" });
        let answers = [
            vendor.create("undertaking", &paper(contract, "丁員")).await,
            vendor.create("undertaking", &wrong).await,
            vendor
                .patch("undertaking", &mine.id(), 1, &json!({ "contract": contract }))
                .await,
        ];
        for answer in answers {
            let mut problem = answer.refused(403);
            problem["request"] = json!("");
            said.insert(problem.to_string());
        }
    }
    assert_eq!(said.len(), 1, "{said:#?}");
    vendor
        .withdraw("undertaking", &mine.id(), 1, "x")
        .await
        .refused(403);
    for closed in [
        "duties",
        "registers/system/records",
        "registers/person/records",
        "registers/audit/records",
    ] {
        vendor.get(closed).await.refused(403);
    }
    // What it reported it sees, and the other vendor doesn't.
    let told = json!({ "number": "1", "contract": people.contract, "matter": "主機遭入侵" });
    let told = vendor.create("vendor_response", &told).await.id();
    vendor.record("vendor_response", &told).await.ok();
    people
        .by("other vendor")
        .record("vendor_response", &told)
        .await
        .refused(404);
    vendor.get("registers/incident/records").await.refused(403);
    let xray = vendor.get("xray").await;
    assert!(
        !xray.text().contains("網站維護案") && !xray.text().contains("乙"),
        "{}",
        xray.text()
    );
}

#[tokio::test]
async fn staff_see_their_own() {
    let people = People::new().await;
    let (staff, other) = (people.by("staff"), people.by("other staff"));
    let mine = staff.create("remote_permit", &permit("1")).await.id();
    let theirs = other.create("remote_permit", &permit("2")).await.id();
    assert_eq!(total(&staff.get("registers/remote_permit/records").await), 1);
    assert_eq!(
        total(&people.by("officer").get("registers/remote_permit/records").await),
        2
    );
    staff.record("remote_permit", &theirs).await.refused(404);
    staff
        .patch("remote_permit", &theirs, 1, &json!({ "note": "x" }))
        .await
        .refused(404);
    staff.submit("remote_permit", &theirs, 1).await.refused(404);
    staff
        .patch("remote_permit", &mine, 1, &json!({ "note": "x" }))
        .await
        .ok();
    staff.submit("remote_permit", &mine, 2).await.ok();
    staff.withdraw("remote_permit", &mine, 2, "x").await.refused(403);
    let index = staff.get("registers").await.ok();
    assert!(!index.to_string().contains("\"reward\""), "{index}");
    // A filter or a search finds no more than the list shows.
    for query in ["q=115", "number=2", "q=2"] {
        let found = staff
            .get(&format!("registers/remote_permit/records?{query}"))
            .await;
        assert!(!found.text().contains(&theirs), "{query}");
    }
}

#[tokio::test]
async fn an_auditor_reads_what_stood_then_and_writes_the_own_audit() {
    let people = People::new().await;
    let (officer, auditor) = (people.by("officer"), people.by("auditor"));
    let later = officer
        .create("system", &json!({ "name": "後來的系統" }))
        .await
        .id();
    auditor.record("system", &later).await.refused(404);
    assert_eq!(total(&auditor.get("registers/system/records").await), 0);
    assert_eq!(total(&auditor.get("registers/contract/records").await), 2);
    let changed = json!({ "vendor": "丙公司" });
    officer
        .patch("contract", &people.contract, 1, &changed)
        .await
        .ok();
    let seen = auditor.record("contract", &people.contract).await.ok();
    assert_eq!(
        (&seen["body"]["vendor"], &seen["version"]),
        (&json!("甲公司"), &json!(1))
    );
    let history = auditor
        .get(&format!("registers/contract/records/{}/history", people.contract))
        .await;
    assert!(!history.text().contains("丙公司"), "{}", history.text());
    assert_eq!(history.ok()["history"].as_array().unwrap().len(), 1);
    approve(
        &people.site,
        "audit",
        &people.other_audit,
        1,
        &["officer", "ciso"],
    )
    .await;
    let seen = auditor.record("audit", &people.other_audit).await.ok();
    assert_eq!(seen["standing"]["state"], "draft", "it was approved later");

    let item = |audit: &str| json!({ "audit": audit, "number": "1", "item": "帳號", "unit": IT });
    let mine = auditor.create("audit_item", &item(&people.audit)).await.id();
    auditor.record("audit_item", &mine).await.ok();
    auditor
        .patch("audit_item", &mine, 1, &json!({ "sample": "五人" }))
        .await
        .ok();
    for other in [people.other_audit.as_str(), "稽核115-AU-02"] {
        auditor.create("audit_item", &item(other)).await.refused(403);
        auditor
            .patch("audit_item", &mine, 2, &json!({ "audit": other }))
            .await
            .refused(403);
    }
    let theirs = officer
        .create("audit_item", &item(&people.other_audit))
        .await
        .id();
    auditor
        .patch("audit_item", &theirs, 1, &json!({ "sample": "x" }))
        .await
        .refused(404);
    auditor
        .patch("contract", &people.contract, 1, &json!({ "note": "x" }))
        .await
        .refused(403);
}

#[tokio::test]
async fn a_superior_looks_says_and_returns() {
    let people = People::new().await;
    let (officer, supervisor) = (people.by("officer"), people.by("supervisor"));
    let id = officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .id();
    supervisor.get("duties").await.ok();
    supervisor.record("system", &id).await.ok();
    supervisor
        .patch("system", &id, 1, &json!({ "unit": "x" }))
        .await
        .refused(403);
    supervisor
        .create("system", &json!({ "name": "x" }))
        .await
        .refused(403);
    let say = async |who: &str, kind: &str| {
        let body = json!({ "kind": kind, "text": "請補充" });
        people.by(who).act("system", &id, "comments", &body).await
    };
    say("supervisor", "comment").await.ok();
    say("supervisor", "return").await.ok();
    say("officer", "return").await.refused(403);
    say("officer", "answer").await.ok();
    say("officer", "praise").await.refused(422);
    let history = officer
        .get(&format!("registers/system/records/{id}/history"))
        .await
        .text();
    assert!(
        history.contains("退回補正：請補充") && history.contains("supervisor"),
        "{history}"
    );
    supervisor.get("registers/reward/records").await.refused(403);
    // Its own agency is not below itself, and an agency that isn't below is none of its business.
    supervisor.at(&people.parent).get("duties").await.refused(404);
    let listed = supervisor.get("~/agencies").await.text();
    assert!(listed.contains(&people.site.agency), "{listed}");
    officer
        .patch("agency", &people.site.agency, 2, &json!({ "parent": "" }))
        .await
        .ok();
    supervisor.get("duties").await.ok();
    let second = people.by("second officer");
    second
        .decide("agency", &people.site.agency, 2, "agree")
        .await
        .ok();
    supervisor.get("duties").await.refused(404);
    supervisor.record("system", &id).await.refused(404);
}

#[tokio::test]
async fn an_administrator_keeps_accounts_and_sees_no_content() {
    let people = People::new().await;
    let who = people.by("administrator");
    let member = json!({ "name": "新人", "role": "staff", "unit": IT, "from": "2026-11-01" });
    let id = who.create("member", &member).await.id();
    who.patch("member", &id, 1, &json!({ "until": "2027-01-01" }))
        .await
        .ok();
    who.get("duties").await.refused(403);
    for spec in registers::catalogue() {
        let answer = who.get(&format!("registers/{}/records", spec.key)).await;
        let keeps = ["member", "deputy", "route", "token"].contains(&spec.key);
        assert_eq!(answer.status, if keeps { 200 } else { 403 }, "{}", answer.asked);
    }
    let tokens = who.get("registers/token/records").await;
    assert!(
        !tokens.text().contains("secret_hash"),
        "a hash is no use to anybody"
    );
    assert!(
        who.get("xray").await.ok()["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|i| i["register"] == "member")
    );
}

#[tokio::test]
async fn an_officer_is_not_sent_to_the_officer() {
    let site = Site::new().await;
    for (role, path, says) in [
        (
            "officer",
            "registers/disclosure/export/csv",
            "此登記簿不提供這項操作",
        ),
        ("staff", "registers/system/export/csv", "請洽本機關資安專責人員"),
    ] {
        let problem = site.by(role).get(path).await.refused(403);
        assert!(problem["next"].as_str().unwrap().contains(says), "{problem}");
    }
    let own = json!({ "person": "x", "role": "officer", "from": "2026-01-01" });
    let problem = site.by("officer").create("member", &own).await.refused(403);
    assert_eq!(problem["next"], "請洽平臺管理者辦理");
}
