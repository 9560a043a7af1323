//! Who may do what: every role, deputies while they serve, and tokens for what they are for.

use crate::setup::{Answer, Caller, IT, OTHER, Site, approve, days_pass};
use app::{Action, Allowed, Role};
use serde_json::{Value, json};

/// The demo agency with everybody there can be: two contracts with a vendor each, an audit
/// with its auditor, a superior agency with its supervisor, staff of another unit.
struct People {
    site: Site,
    contract: String,
    other_contract: String,
    audit: String,
    other_audit: String,
    parent: String,
}

impl People {
    async fn new() -> Self {
        let site = Site::new().await;
        let officer = site.by("officer");
        let mut contracts = Vec::new();
        for (name, vendor) in [("公文系統維護案", "甲公司"), ("網站維護案", "乙公司")] {
            let body = json!({ "name": name, "vendor": vendor, "from": "2026-01-01", "until": "2027-01-01" });
            contracts.push(officer.create("contract", &body).await.id());
        }
        let mut audits = Vec::new();
        for number in ["115-AU-01", "115-AU-02"] {
            let body = json!({
                "number": number, "title": format!("稽核{number}"), "kind": "internal", "scope": "全機關",
                "from": "2026-11-16", "until": "2026-11-27",
            });
            audits.push(officer.create("audit", &body).await.id());
        }
        let parent = site.plan("level-b-core-systems.pass.txt").await;
        officer
            .patch("agency", &site.agency, 1, &json!({ "parent": parent }))
            .await
            .ok();
        let demo = site.agency.clone();
        let from = "2020-01-01";
        let vendor =
            |contract: &str| json!({ "name": "廠商", "role": "vendor", "contract": contract, "from": from });
        site.member(&demo, "vendor", vendor(&contracts[0])).await;
        site.member(&demo, "other vendor", vendor(&contracts[1])).await;
        let auditor = json!({
            "name": "auditor", "role": "auditor", "audit": audits[0], "from": from, "until": "2027-01-01",
        });
        site.member(&demo, "auditor", auditor).await;
        let staff = json!({ "name": "other staff", "role": "staff", "unit": OTHER, "from": from });
        site.member(&demo, "other staff", staff).await;
        let supervisor = json!({ "name": "supervisor", "role": "supervisor", "from": from });
        site.member(&parent, "supervisor", supervisor).await;
        let [contract, other_contract] = contracts.try_into().unwrap();
        let [audit, other_audit] = audits.try_into().unwrap();
        Self {
            site,
            contract,
            other_contract,
            audit,
            other_audit,
            parent,
        }
    }

    fn by(&self, name: &str) -> Caller<'_> {
        self.site.by(name)
    }
}

fn total(answer: &Answer) -> u64 {
    answer.ok()["total"].as_u64().unwrap()
}

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
    let before = people.site.position().await;
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
                } else {
                    assert_eq!(answer.status, 403, "{at}");
                    answer.refused(403);
                }
            }
        }
    }
    assert_eq!(people.site.position().await, before);
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
    for contract in [people.other_contract.as_str(), "網站維護案"] {
        vendor
            .create("undertaking", &paper(contract, "丁員"))
            .await
            .refused(403);
        vendor
            .patch("undertaking", &mine.id(), 1, &json!({ "contract": contract }))
            .await
            .refused(403);
    }
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

fn permit(number: &str) -> Value {
    json!({
        "number": number, "purpose": "緊急修復", "applicant": "陳示範", "source": "203.0.113.7",
        "destination": "192.0.2.10", "port": "3389", "protocol": "TCP", "from_outside": true,
        "to_database": false, "from": "2026-11-23", "until": "2026-11-24",
    })
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
async fn deputies_decide_while_they_serve_and_it_is_said() {
    let people = People::new().await;
    let site = &people.site;
    let officer = people.by("officer");
    let grading = async |number: &str| {
        let body = json!({
            "number": number, "system": "公文系統", "year": 115, "kind": "review", "graded_on": "2026-03-10",
            "confidentiality": "普", "integrity": "普", "availability": "普", "compliance": "普", "overall": "普",
        });
        let id = officer.create("grading", &body).await.id();
        officer.submit("grading", &id, 1).await.ok();
        people.by("head").decide("grading", &id, 1, "agree").await.ok();
        people
            .by("second officer")
            .decide("grading", &id, 1, "agree")
            .await
            .ok();
        id
    };
    officer
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .ok();
    let (first, second, third) = (grading("1").await, grading("2").await, grading("3").await);
    let head = people.by("head");
    head.decide("grading", &first, 1, "agree").await.refused(403);
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("admin"), "from": "2026-11-23",
        "until": "2026-11-25", "reason": "休假",
    });
    people.by("administrator").create("deputy", &deputy).await.ok();
    let outside = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("vendor"), "from": "2026-11-23",
        "until": "2026-11-25",
    });
    people
        .by("administrator")
        .create("deputy", &outside)
        .await
        .refused(422);
    let admin = people.by("admin");
    admin.decide("grading", &first, 1, "agree").await.refused(403); // Saturday: not yet
    days_pass(2);
    assert_eq!(
        admin.get("approvals").await.ok()["records"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let done = admin.decide("grading", &first, 1, "agree").await.ok();
    assert_eq!(done["state"], "final");
    let history = officer
        .get(&format!("registers/grading/records/{first}/history"))
        .await
        .text();
    assert!(history.contains("資通安全長同意（代理ciso）"), "{history}");
    people
        .by("ciso")
        .decide("grading", &second, 1, "agree")
        .await
        .ok();
    days_pass(2); // the day on which it no longer holds
    admin.decide("grading", &third, 1, "agree").await.refused(403);
    // Nobody approves as a deputy what they reviewed themselves.
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("head"), "from": "2026-11-25",
        "until": "2026-12-25", "reason": "休假",
    });
    people.by("administrator").create("deputy", &deputy).await.ok();
    head.decide("grading", &third, 1, "agree").await.refused(403);
    // Whoever stands for the decider still doesn't approve what is their own.
    let deputy = json!({
        "member": site.member_id("ciso"), "deputy": site.member_id("officer"), "from": "2026-11-25",
        "until": "2026-12-25",
    });
    people.by("administrator").create("deputy", &deputy).await.ok();
    officer.decide("grading", &third, 1, "agree").await.refused(403);
}

#[tokio::test]
async fn tokens_are_for_what_they_are_for() {
    let people = People::new().await;
    let site = &people.site;
    let system = people
        .by("officer")
        .create("system", &json!({ "name": "公文系統" }))
        .await
        .id();
    let inventory = json!({
        "number": "1", "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01", "by": "林示範",
    });
    let paper = people.by("head").create("inventory", &inventory).await.id();
    people.by("head").submit("inventory", &paper, 1).await.ok();
    people
        .by("head")
        .decide("inventory", &paper, 1, "agree")
        .await
        .ok();
    let member = site.member_id("officer");
    let list = "系統名稱\n甲\n";
    for scope in ["read", "write", "import", "approve"] {
        let secret = site.token(&site.agency, &member, &[scope]).await;
        let who = site.with(Some(&secret));
        let reads = who.record("system", &system).await;
        let writes = who.create("person", &json!({ "name": scope })).await;
        let changes = who.patch("system", "x", 1, &json!({})).await;
        let file = [("file", "x.csv", list.as_bytes())];
        let imports = who.form("registers/system/imports", &[], &[], &file).await;
        let decides = who.decide("inventory", &paper, 1, "return").await;
        let signed = [("signed_by", "x"), ("on", "2026-11-20"), ("version", "1")];
        let path = format!("registers/inventory/records/{paper}/paper");
        let papers = who.form(&path, &[], &signed, &[("scan", "a.pdf", b"a")]).await;
        for (what, answer, needs) in [
            ("reading", reads, "read"),
            ("writing", writes, "write"),
            ("importing", imports, "import"),
            ("deciding", decides, "approve"),
        ] {
            let expected = if scope == needs {
                answer.status.is_success()
            } else {
                answer.status == 403
            };
            assert!(
                expected,
                "{what} with {scope}: {} {}",
                answer.status,
                answer.text()
            );
        }
        assert_eq!(changes.status, if scope == "write" { 404 } else { 403 });
        papers.refused(403);
        for path in ["xray", "duties", "~/agencies", "registers", "approvals"] {
            let answer = who.get(path).await;
            let reads = scope == "read" || (path == "approvals" && answer.status == 200);
            assert_eq!(
                answer.status == 200,
                reads,
                "{path} with {scope}: {}",
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn a_token_ends() {
    let people = People::new().await;
    let site = &people.site;
    let member = site.member_id("officer");
    let (row, secret) = site.token_row(&site.agency, &member, &["read", "write"]).await;
    let who = site.with(Some(&secret));
    who.get("~/me").await.ok();
    for wrong in [
        secret.replace("fazun_", ""),
        format!("{}0", &secret[..secret.len() - 1]),
        format!("{secret}0"),
        format!("fazun_{row}_"),
        secret.to_uppercase(),
    ] {
        if wrong != secret {
            site.with(Some(&wrong)).get("~/me").await.refused(401);
        }
    }
    site.app
        .revoke_token(&crate::setup::local(), &site.agency, &row)
        .await
        .unwrap();
    let at = site.position().await;
    who.get("~/me").await.refused(401);
    who.create("system", &json!({ "name": "x" })).await.refused(401);
    assert_eq!(site.position().await, at);
    // On the day on which it ends it no longer holds, nor does that of a member who left.
    let (_, year) = site.token_row(&site.agency, &member, &["read"]).await;
    let gone = json!({ "until": "2026-12-01" });
    let leaver = site.member_id("second officer");
    people
        .by("administrator")
        .patch("member", &leaver, 1, &gone)
        .await
        .ok();
    people.by("second officer").get("~/me").await.ok();
    days_pass(10);
    people.by("second officer").get("~/me").await.refused(401);
    days_pass(354);
    site.with(Some(&year)).get("~/me").await.ok();
    days_pass(1);
    site.with(Some(&year)).get("~/me").await.refused(401);
    site.sound().await;
}

#[tokio::test]
async fn a_token_says_who_it_is() {
    let people = People::new().await;
    let me = people.by("vendor").get("~/me").await.ok();
    assert_eq!(me["grants"][0]["contract"], people.contract.as_str());
    assert_eq!(me["grants"][0]["role"], "vendor");
    let mine = people.by("vendor").get("~/agencies").await.ok();
    assert_eq!(mine["agencies"].as_array().unwrap().len(), 1);
    assert_eq!(
        total(&people.by("officer").get("registers/member/records").await),
        12
    );
}
