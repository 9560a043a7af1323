//! What a row proves, and which events it leaves open: exactly that and nothing more.

use registers::{Record, register};
use serde_json::{Value, json};

/// The duties that a row proves.
fn proven(key: &str, body: &Value) -> Vec<&'static str> {
    let spec = register(key).unwrap();
    let body = spec.check(body).unwrap_or_else(|e| panic!("{key} {body}: {e:?}"));
    let row = Record::new(spec, "this", &body);
    let done = spec
        .proves
        .iter()
        .filter(|p| (p.when)(&row) && row.day_of(p.on).is_some());
    done.map(|p| p.duty).collect()
}

/// The duties that a row sets off and that aren't settled.
fn open(key: &str, body: &Value) -> Vec<&'static str> {
    let spec = register(key).unwrap();
    let body = spec.check(body).unwrap_or_else(|e| panic!("{key} {body}: {e:?}"));
    let row = Record::new(spec, "this", &body);
    let waiting = spec
        .raises
        .iter()
        .filter(|r| (r.when)(&row) && row.day_of(r.on).is_some() && row.day_of(r.settled_on).is_none());
    waiting.map(|r| r.duty).collect()
}

fn with(base: &Value, more: &Value) -> Value {
    let mut body = base.clone();
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[test]
fn the_organisation_is_proven_by_papers_not_by_names() {
    let member = json!({"role": "convener", "person_name": "王示範", "unit": "秘書室", "from": "2026-01-01"});
    assert!(proven("task_force", &member).is_empty());
    let named = with(&member, &json!({"document_no": "府資字第1150000000號"}));
    assert_eq!(proven("task_force", &named), ["organization.task_force"]);
    let duties = with(&named, &json!({"role": "member", "duties": "x"}));
    assert_eq!(proven("task_force", &duties), ["organization.assign"]);
    let gone = with(&named, &json!({"until": "2026-06-01"}));
    assert!(proven("task_force", &gone).is_empty());

    let plan = json!({"title": "x", "year": 115, "items": "x", "goals": "x"});
    assert!(proven("work_plan", &plan).is_empty());
    let approved = with(&plan, &json!({"ciso_approved_on": "2025-12-26"}));
    assert_eq!(proven("work_plan", &approved), ["work_plan.make"]);

    let review = json!({"title": "x", "held_on": "2026-11-10", "staff_needed": 1, "staff_actual": 0,
        "people": "x", "money": "x", "suggestion": "x", "conclusion": "x"});
    assert_eq!(proven("resource_review", &review), ["resources.review"]);
    let staffed = with(&review, &json!({"staff_actual": 1}));
    assert_eq!(
        proven("resource_review", &staffed),
        ["resources.review", "staff.dedicated"]
    );

    let budget = json!({"year": 116, "item": "x", "kind": "build", "amount": "9", "prepared_on": "2026-03-20",
        "analysis": "x", "security_amount": "1", "objectives": "x"});
    assert!(proven("budget", &budget).is_empty());
    assert_eq!(open("budget", &budget), ["budget.security"]);
    let approved = with(&budget, &json!({"approved_on": "2026-04-15"}));
    assert_eq!(proven("budget", &approved), ["resources.allocate"]);
    assert!(open("budget", &approved).is_empty());
    assert!(open("budget", &with(&budget, &json!({"kind": "training"}))).is_empty());

    let fault = json!({"number": "1", "person_name": "陳示範", "kind": "discipline", "fact_on": "2026-05-04",
        "facts": "x", "proposed_on": "2026-05-20"});
    assert_eq!(
        open("reward", &fault),
        ["personnel.reward", "personnel.statement"]
    );
    assert_eq!(
        open("reward", &with(&fault, &json!({"kind": "reward"}))),
        ["personnel.reward"]
    );
}

#[test]
fn a_paper_proves_its_own_duty_while_it_is_in_force() {
    let paper =
        json!({"number": "1", "title": "x", "tier": "1", "version": "1", "approved_on": "2026-02-01"});
    for (kind, duty) in [
        ("policy", "policy.establish"),
        ("plan", "plan.establish"),
        ("response_plan", "incident.response_plan"),
        ("notification_rules", "incident.notification_rules"),
        ("response_rules", "incident.response_rules"),
        ("personal_data", "personal_data.safeguards"),
    ] {
        let of_kind = with(&paper, &json!({"kind": kind}));
        assert_eq!(proven("document", &of_kind), [duty]);
        let draft = with(&of_kind, &json!({"approved_on": null}));
        assert!(proven("document", &draft).is_empty());
        let over = with(&of_kind, &json!({"withdrawn_on": "2026-03-01"}));
        assert!(proven("document", &over).is_empty());
    }
    let form = with(&paper, &json!({"kind": "form", "tier": "4"}));
    assert!(proven("document", &form).is_empty());
    let kept = with(
        &form,
        &json!({"retention": 5, "keeper": "資訊科", "location": "檔案室"}),
    );
    assert_eq!(proven("document", &kept), ["record.retain"]);
}

#[test]
fn reviews_and_reports_count_when_they_are_done() {
    let review = json!({"title": "x", "kind": "policy", "held_on": "2026-11-10", "conclusion": "revise", "changes": "x"});
    assert!(proven("document_review", &review).is_empty());
    let approved = with(&review, &json!({"approved_on": "2026-11-20"}));
    assert_eq!(proven("document_review", &approved), ["policy.review"]);
    let plan = with(&approved, &json!({"kind": "plan"}));
    assert_eq!(proven("document_review", &plan), ["plan.review"]);

    let told = json!({"topic": "x", "held_on": "2026-03-10", "covers": ["policy", "objectives"],
        "method": "mail", "audience": ["staff"]});
    assert_eq!(proven("promotion", &told), ["policy.promote"]);
    assert!(proven("promotion", &with(&told, &json!({"audience": ["public"]}))).is_empty());
    assert!(proven("promotion", &with(&told, &json!({"covers": ["policy"]}))).is_empty());
    let event = with(&told, &json!({"covers": ["activity"]}));
    assert_eq!(proven("promotion", &event), ["training.activity"]);

    let count = json!({"objective": "o1", "period": "115年度", "measured_on": "2026-11-05", "reached": true});
    assert!(proven("measurement", &count).is_empty());
    let counted = with(&count, &json!({"value": "99.98"}));
    assert_eq!(proven("measurement", &counted), ["objective.measure"]);

    let asked = json!({"number": "1", "title": "x", "asked_by": "示範市政府", "asked_on": "2026-05-04", "kind": "maturity"});
    assert!(proven("campaign", &asked).is_empty());
    let answered = with(&asked, &json!({"answer": "x", "answered_on": "2026-05-25"}));
    assert_eq!(
        proven("campaign", &answered),
        ["maturity.assess", "maturity.assess_provider"]
    );
    assert!(open("campaign", &asked).is_empty());
    let audit = with(&asked, &json!({"kind": "audit_result"}));
    assert_eq!(open("campaign", &audit), ["audit.improvement_report"]);

    let deviation = json!({"number": "1", "applied_on": "2026-03-01", "unit": "x", "kind": "level_duty", "rule": "x",
        "reason": "x", "substitute": "x", "from": "2026-03-20", "until": "2026-12-31", "agreed_on": "2026-03-10"});
    assert_eq!(open("exception", &deviation), ["level_duties.exempt"]);
    let filed = with(&deviation, &json!({"filed_on": "2026-03-12"}));
    assert!(open("exception", &filed).is_empty());

    // Who sends people settles it by what they wrote down, who is helped by what it told them.
    let called = json!({"notice_no": "1", "side": "sends", "notified_on": "2026-05-04", "about": "x", "people": "x",
        "from": "2026-05-05", "until": "2026-05-11"});
    assert_eq!(open("dispatch", &called), ["dispatch.support"]);
    let recorded = with(&called, &json!({"recorded_on": "2026-05-11"}));
    assert!(open("dispatch", &recorded).is_empty());
    let helped = with(
        &recorded,
        &json!({"side": "receives", "incident": "i1", "recorded_on": "2026-05-11"}),
    );
    assert_eq!(open("dispatch", &helped), ["dispatch.support"]);
    let told = with(&helped, &json!({"provided_on": "2026-05-05"}));
    assert!(open("dispatch", &told).is_empty());

    let asked = json!({"number": "1", "what": "both", "kind": "superior", "by": "示範市政府",
        "applied_on": "2026-01-10", "from": "2026-02-01"});
    assert_eq!(open("delegation", &asked), ["plan.delegate"]);
    let agreed = with(
        &asked,
        &json!({"agreed_by": "示範市政府", "agreed_on": "2026-01-20"}),
    );
    assert!(open("delegation", &agreed).is_empty());
}

#[test]
fn training_counts_when_it_is_settled() {
    let result = json!({"title": "x", "kind": "general", "from": "2026-01-01", "until": "2026-10-31"});
    for (kind, duty) in [
        ("general", "training.general"),
        ("it", "training.it_staff"),
        ("dedicated", "training.dedicated"),
        ("certificate", "certificate.dedicated"),
    ] {
        let of_kind = with(&result, &json!({"kind": kind}));
        assert!(proven("training_result", &of_kind).is_empty());
        let closed = with(&of_kind, &json!({"closed_on": "2026-11-05", "people": 3}));
        assert_eq!(proven("training_result", &closed), [duty]);
    }
    let one = json!({"person": "p1", "class": "license", "name": "x", "issued_on": "2025-03-01"});
    assert!(proven("certificate", &one).is_empty());

    let promise =
        json!({"kind": "vendor", "person_name": "吳示範", "contract": "k1", "signed_on": "2026-01-05"});
    assert!(proven("undertaking", &promise).is_empty());
    let all = with(&promise, &json!({"all_signed": true}));
    assert_eq!(proven("undertaking", &all), ["contract.confidentiality"]);

    let vendor = json!({"number": "1", "person_name": "吳示範", "kind": "vendor", "work": "x", "contract": "k1",
        "proposed_on": "2026-05-01"});
    assert_eq!(open("vetting", &vendor), ["outsourcing.vetting"]);
    let staff = json!({"number": "1", "person_name": "陳示範", "kind": "staff", "work": "x",
        "proposed_on": "2026-05-01", "replied_on": "2026-06-01", "found": true});
    assert_eq!(open("vetting", &staff), ["vetting.conduct", "vetting.notify"]);
}

#[test]
fn an_audit_counts_when_the_ciso_has_its_result() {
    let audit = json!({"number": "1", "title": "x", "kind": "internal", "scope": "x", "from": "2026-11-10",
        "until": "2026-11-11", "done_on": "2026-11-11", "result": "x"});
    assert!(proven("audit", &audit).is_empty());
    assert_eq!(open("audit", &audit), ["audit.report"]);
    let told = with(&audit, &json!({"reported_to_ciso_on": "2026-11-15"}));
    assert_eq!(proven("audit", &told), ["audit.internal"]);
    let other = with(
        &audit,
        &json!({"kind": "subordinate", "reported_on": "2026-11-15"}),
    );
    assert_eq!(proven("audit", &other), ["audit.subordinates", "audit.oversee"]);
    assert_eq!(open("audit", &other), ["audit.result_report"]);

    let held =
        json!({"title": "x", "held_on": "2026-11-10", "chair": "王示範", "supervised_on": "2026-11-01"});
    assert!(proven("management_review", &held).is_empty());
    let all = json!(["responsibilities", "protection", "incidents", "performance"]);
    let supervised = with(&held, &json!({"supervision": "x", "supervised": all}));
    let some = json!({"supervised": ["responsibilities", "protection", "incidents"]});
    assert!(proven("management_review", &with(&supervised, &some)).is_empty());
    assert_eq!(proven("management_review", &supervised), ["ciso.supervise"]);
    let mut closed = with(
        &held,
        &json!({"present": "x", "decisions": "無", "closed_on": "2026-11-15"}),
    );
    for topic in [
        "past_actions",
        "issues",
        "plan_fitness",
        "performance",
        "risk",
        "incidents",
        "feedback",
        "improvement",
    ] {
        closed[topic] = json!("無");
    }
    assert_eq!(proven("management_review", &closed), ["management_review.hold"]);
    closed["corrective_review"] = json!("x");
    assert_eq!(
        proven("management_review", &closed),
        ["management_review.hold", "improvement.review"]
    );
}

#[test]
fn an_incident_keeps_its_clocks_open_until_each_is_met() {
    let known = json!({"number": "1", "title": "x", "known_at": "2026-06-01T09:10", "situation": "x"});
    let always = [
        "incident.report",
        "incident.contain",
        "incident.contain_notice",
        "incident.city_report",
    ];
    assert_eq!(open("incident", &known), always);
    let major = with(&known, &json!({"level": "3", "major": true}));
    assert!(open("incident", &major).contains(&"incident.ciso_meeting"));
    let contained = with(&known, &json!({"contained_at": "2026-06-01T15:40"}));
    assert_eq!(
        open("incident", &contained),
        [
            "incident.report",
            "incident.contain_notice",
            "incident.improvement_report",
            "incident.city_report"
        ]
    );
    let leak = with(
        &known,
        &json!({"personal_data": true, "leak_found_on": "2026-06-02"}),
    );
    assert!(open("incident", &leak).contains(&"personal_data.notify"));

    let received = json!({"number": "1", "reporter": "x", "reporter_kind": "public", "title": "x", "received_at": "2026-06-01T09:55", "level": "1"});
    assert_eq!(open("incident_review", &received), ["incident.review"]);
    let reviewed = with(
        &received,
        &json!({"reviewed_at": "2026-06-01T13:20", "reviewed_level": "1"}),
    );
    assert_eq!(open("incident_review", &reviewed), ["incident.review_result"]);
    let sent = with(&reviewed, &json!({"sent_at": "2026-06-01T13:50"}));
    assert!(open("incident_review", &sent).is_empty());
    let special = |row: &serde_json::Value| with(row, &json!({"reporter_kind": "special"}));
    assert_eq!(
        open("incident_review", &special(&received)),
        ["incident.ministry_review"]
    );
    assert_eq!(
        open("incident_review", &special(&reviewed)),
        ["incident.ministry_result"]
    );

    let vendor =
        json!({"number": "1", "contract": "k1", "matter": "x", "told_vendor_at": "2026-06-01T09:30"});
    let clocks = ["contract.incident.first_response", "contract.incident.team"];
    assert_eq!(open("vendor_response", &vendor), clocks);
    let onsite = with(&vendor, &json!({"onsite": true}));
    assert!(open("vendor_response", &onsite).contains(&"contract.incident.onsite"));

    let news = json!({"number": "1", "title": "x", "source": "x", "received_at": "2026-04-20T10:05"});
    assert_eq!(
        open("intelligence", &news),
        ["intelligence.analyse", "intelligence.protect"]
    );
}

/// Every duty that a row proves or reports is one that the law files know.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the law files are read from their folder"
)]
fn duties_are_known_to_the_law() {
    fn texts(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, into);
            } else if path.ends_with("duties.toml") {
                into.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut law = String::new();
    texts(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../law")),
        &mut law,
    );
    for spec in registers::catalogue() {
        let proofs = spec.proves.iter().map(|p| p.duty);
        let raises = spec.raises.iter().map(|r| r.duty);
        let limits = spec.limits.iter().map(|l| l.parameter);
        for key in proofs.chain(raises).chain(limits) {
            assert!(law.contains(&format!("key = \"{key}\"")), "{}: {key}", spec.key);
        }
    }
}
