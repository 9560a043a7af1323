//! What rows state, alone and together.

use facts::{FactKind, FactValue, Snapshot, Subject, fact_spec};
use period::{Date, Moment};
use registers::{Problem, RowRef, catalogue, snapshot};
use serde_json::{Value, json};

fn day(s: &str) -> Date {
    s.parse().unwrap()
}

fn asking() -> std::collections::BTreeSet<&'static str> {
    ["corrective", "remote_permit"].into()
}

fn agency() -> Value {
    json!({"name": "示範處", "body": "public_agency"})
}

fn take(rows: &[(&str, &str, Value)]) -> Result<Snapshot, Vec<Problem>> {
    taken(rows, &asking())
}

/// The snapshot of rows, where these registers ask for approval.
pub fn taken(
    rows: &[(&str, &str, Value)],
    asking: &std::collections::BTreeSet<&str>,
) -> Result<Snapshot, Vec<Problem>> {
    let refs: Vec<RowRef<'_>> = rows
        .iter()
        .map(|(register, row, body)| RowRef {
            register,
            row,
            version: 1,
            body,
        })
        .collect();
    snapshot("a", &refs, 7, asking)
}

/// The snapshot of an agency with these rows beside its own.
fn with(rows: &[(&'static str, &'static str, Value)]) -> Snapshot {
    let mut all = vec![("agency", "a", agency())];
    all.extend(rows.iter().cloned());
    take(&all).unwrap()
}

fn word(s: &Snapshot, key: &str, on: &str) -> Option<String> {
    s.fact(&Subject::Agency, key, day(on)).map(|f| f.value.as_word())
}

#[test]
fn every_fact_is_in_the_vocabulary_with_its_kind_and_register() {
    let bodies: Vec<(&str, Value)> = catalogue().iter().map(|s| (s.key, s.example())).collect();
    let refs: Vec<RowRef<'_>> = bodies
        .iter()
        .map(|(key, body)| RowRef {
            register: key,
            row: "a",
            version: 3,
            body,
        })
        .collect();
    let s = snapshot("a", &refs, 9, &asking()).unwrap();
    let mut stated: Vec<&str> = s.facts.iter().map(|f| f.key.as_str()).collect();
    stated.sort_unstable();
    // What only an event can say, no register of the agency states.
    let keys = facts::VOCABULARY.iter().map(|v| v.key);
    let mut vocabulary: Vec<&str> = keys.filter(|k| !facts::is_of_event(k)).collect();
    vocabulary.sort_unstable();
    assert_eq!(stated, vocabulary, "the examples state every fact once");
    for fact in &s.facts {
        let spec = fact_spec(&fact.key).unwrap();
        let fits = match (&fact.value, spec.kind) {
            (FactValue::Choice(word), FactKind::Choice(words)) => words.contains(&word.as_str()),
            (FactValue::Choice(_), FactKind::Name)
            | (FactValue::Flag(_), FactKind::Flag)
            | (FactValue::Date(_), FactKind::Date)
            | (FactValue::Number(_), FactKind::Number) => true,
            _ => false,
        };
        assert!(fits, "{fact:?}");
        assert_eq!(fact.source.register, spec.register, "{}", fact.key);
        assert_eq!(fact.source.version, 3);
        // A snapshot survives its JSON.
        let back: facts::Fact = serde_json::from_value(serde_json::to_value(fact).unwrap()).unwrap();
        assert_eq!(&back, fact);
    }
    assert_eq!((s.position, s.name.as_str()), (9, "示範市政府某某處"));
    assert_eq!(s.done[0].evidence, 1);
    assert_eq!(s.systems[0].source.line, Some(131));
}

#[test]
fn a_reapproval_at_the_same_level_changes_nothing() {
    let s = with(&[
        (
            "designation",
            "1",
            json!({"level": "C", "approved_on": "2019-03-01"}),
        ),
        (
            "designation",
            "2",
            json!({"level": "C", "approved_on": "2021-03-01"}),
        ),
        (
            "designation",
            "3",
            json!({"level": "B", "approved_on": "2023-06-15"}),
        ),
        (
            "designation",
            "4",
            json!({"level": "C", "approved_on": "2025-02-01"}),
        ),
        (
            "designation",
            "5",
            json!({"level": "C", "approved_on": "2026-02-01"}),
        ),
    ]);
    for (on, level, t0) in [
        ("2019-02-28", None, None),
        ("2019-03-01", Some("C"), Some("2019-03-01")),
        ("2021-03-01", Some("C"), Some("2019-03-01")),
        ("2023-06-14", Some("C"), Some("2019-03-01")),
        ("2023-06-15", Some("B"), Some("2023-06-15")),
        ("2025-02-01", Some("C"), Some("2025-02-01")),
        ("2030-01-01", Some("C"), Some("2025-02-01")),
    ] {
        assert_eq!(word(&s, "responsibility_level", on).as_deref(), level, "{on}");
        assert_eq!(word(&s, "level_approved_on", on).as_deref(), t0, "{on}");
    }
    // The level's source is the decision in force, the day's source the first of its run.
    let at = |key| {
        s.fact(&Subject::Agency, key, day("2026-03-01"))
            .unwrap()
            .source
            .row
            .clone()
    };
    assert_eq!(
        (
            at("responsibility_level").as_str(),
            at("level_approved_on").as_str()
        ),
        ("5", "4")
    );
}

#[test]
fn an_undated_decision_gives_a_level_but_no_day() {
    let s = with(&[
        ("designation", "1", json!({"level": "D"})),
        (
            "designation",
            "2",
            json!({"level": "C", "approved_on": "2025-01-01"}),
        ),
    ]);
    assert_eq!(
        word(&s, "responsibility_level", "2024-12-31").as_deref(),
        Some("D")
    );
    assert_eq!(word(&s, "level_approved_on", "2024-12-31"), None);
    assert_eq!(
        word(&s, "responsibility_level", "2025-01-01").as_deref(),
        Some("C")
    );
    assert_eq!(
        word(&s, "level_approved_on", "2025-01-01").as_deref(),
        Some("2025-01-01")
    );
}

#[test]
fn contradicting_decisions_are_said() {
    for (a, b, says) in [
        (json!({"level": "C"}), json!({"level": "D"}), "補上核定日期"),
        (
            json!({"level": "C", "approved_on": "2025-01-01"}),
            json!({"level": "B", "approved_on": "2025-01-01"}),
            "114/01/01 這一天",
        ),
    ] {
        let problems = take(&[
            ("agency", "a", agency()),
            ("designation", "1", a),
            ("designation", "2", b),
        ])
        .unwrap_err();
        assert!(problems[0].message.contains(says), "{problems:?}");
    }
}

#[test]
fn a_core_system_is_known_only_from_what_was_said() {
    let core = |agency_says: Option<bool>, systems: &[Value]| {
        let mut own = agency();
        if let Some(b) = agency_says {
            own["has_core_system"] = b.into();
        }
        let mut rows = vec![("agency", "a", own)];
        let ids = ["s1", "s2"];
        for (id, body) in ids.iter().zip(systems) {
            rows.push(("system", id, body.clone()));
        }
        let s = take(&rows).unwrap();
        s.fact(&Subject::Agency, "has_core_system", day("2026-01-01"))
            .map(|f| (f.value.as_word(), f.source.register.clone()))
    };
    let yes = json!({"name": "x", "core": true});
    let no = json!({"name": "x", "core": false});
    let unsaid = json!({"name": "x"});
    let high = json!({"name": "x", "grade": "高"});
    let said = |word: &str, register: &str| Some((word.to_owned(), register.to_owned()));
    assert_eq!(core(None, &[]), None);
    assert_eq!(core(None, std::slice::from_ref(&unsaid)), None);
    assert_eq!(core(None, &[no.clone(), unsaid.clone()]), None);
    assert_eq!(core(None, &[no.clone(), no.clone()]), said("false", "system"));
    assert_eq!(core(None, &[unsaid.clone(), high]), said("true", "system"));
    assert_eq!(core(Some(false), &[no.clone(), yes]), said("true", "system"));
    assert_eq!(core(Some(true), &[no]), said("true", "agency"));
    assert_eq!(core(Some(false), &[unsaid]), said("false", "agency"));
}

#[test]
fn offices_and_plans_hold_over_their_intervals() {
    let s = with(&[
        (
            "appointment",
            "1",
            json!({"role": "ciso", "person_name": "王", "from": "2025-01-16", "until": "2026-01-16"}),
        ),
        ("appointment", "2", json!({"role": "audit", "person_name": "林"})),
        (
            "plan",
            "p",
            json!({"file_name": "p.odt", "sha256": "ab".repeat(32), "effective_from": "2026-01-01"}),
        ),
    ]);
    for (key, on, expected) in [
        ("has_ciso", "2025-01-15", None),
        ("has_ciso", "2025-01-16", Some("true")),
        ("has_ciso", "2026-01-15", Some("true")),
        ("has_ciso", "2026-01-16", None),
        ("has_plan", "2025-12-31", None),
        ("has_plan", "2026-01-01", Some("true")),
    ] {
        assert_eq!(word(&s, key, on).as_deref(), expected, "{key} {on}");
    }
}

#[test]
fn evidence_counts_once() {
    let file = |c: &str| json!({"sha256": c.repeat(64), "name": "f"});
    let s = with(&[(
        "activity",
        "1",
        json!({"duty": "audit.internal", "subject": {"kind": "system", "id": "s1"}, "on": "2026-05-01",
               "title": "稽核", "evidence": [file("a"), file("a"), file("b")]}),
    )]);
    assert_eq!(s.done[0].evidence, 2);
    assert_eq!(s.done[0].subject, Subject::System("s1".into()));
}

#[test]
fn order_withdrawn_rows_and_other_registers_do_not_matter() {
    let rows = vec![
        ("agency", "a", agency()),
        ("system", "s1", json!({"name": "x"})),
        ("system", "s2", json!({"name": "y"})),
    ];
    let mut other = rows.clone();
    other.reverse();
    other.push(("system", "s3", Value::Null));
    other.push(("software", "x", json!({"password": "…"})));
    assert_eq!(take(&rows).unwrap(), take(&other).unwrap());
}

#[test]
fn rows_that_can_not_be_read_are_all_named() {
    let problems = take(&[
        ("agency", "a", agency()),
        ("system", "s1", json!({"name": "x", "colour": "red"})),
        ("plan", "p1", json!({"v": 9})),
    ])
    .unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|p| (p.register.as_str(), p.row.as_str()))
        .collect();
    assert_eq!(places, [("plan", "p1"), ("system", "s1")]);
    let problems = take(&[]).unwrap_err();
    assert!(problems[0].message.contains("請先填寫"), "{problems:?}");
}

/// A product is removed by removing it: the leave that its register asks for is to go on using it.
#[test]
fn a_removal_needs_no_leave_and_leave_needs_approval() {
    let found = json!({"v": 1, "number": "1", "product": "x", "brand": "x", "notified_on": "2026-02-01"});
    let file = json!([{"sha256": "0".repeat(64), "name": "x", "size": 1, "media_type": ""}]);
    let settled = |rows: &[(&str, &str, Value)]| {
        let s = taken(rows, &["restricted_product"].into()).unwrap();
        let removal = s.events.iter().find(|e| e.duty == "product.remove").cloned();
        removal.map(|e| (e.settled.is_some(), e.evidence))
    };
    let agency = (
        "agency",
        "a",
        json!({"v": 1, "name": "x", "body": "public_agency"}),
    );
    let with = |more: Value| {
        let mut body = found.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let row = |body: &Value| ("restricted_product", "p", body.clone());
    assert_eq!(settled(&[agency.clone(), row(&found)]), Some((false, 0)));
    let removed = with(json!({"removed_on": "2026-02-03", "evidence": file}));
    assert_eq!(settled(&[agency.clone(), row(&removed)]), Some((true, 1)));
    // Leave that was approved ends the duty; leave that a draft claims after that does not.
    let approval = |body: &Value| {
        let approved = json!({"version": 1, "number": "n", "on": "2026-02-20", "hash": "", "body": body});
        let body = json!({"v": 1, "register": "restricted_product", "row": "p", "version": 1, "state": "final",
            "decisions": [], "approved": approved});
        ("approval", "restricted_product:p", body)
    };
    let leave = with(json!({"reason": "x", "ciso_approved_on": "2026-02-05",
        "superior_approved_on": "2026-02-15", "approved_on": "2026-03-01"}));
    assert_eq!(settled(&[agency.clone(), row(&leave), approval(&leave)]), None);
    assert_eq!(
        settled(&[agency.clone(), row(&leave), approval(&found)]),
        Some((false, 0))
    );
    // Nor does a draft that leaves the day blank.
    let mut blank = found.clone();
    blank["notified_on"] = Value::Null;
    assert_eq!(
        settled(&[agency.clone(), row(&blank), approval(&found)]),
        Some((false, 0))
    );
    assert_eq!(
        settled(&[agency, row(&removed), approval(&found)]),
        Some((true, 1))
    );
}

/// What a record knows to the minute its events know too, and how grave the incident is that it names.
#[test]
fn events_carry_their_instants_what_settled_them_and_the_level_of_the_incident() {
    let moment = |text: &str| Moment::try_from(text.to_owned()).unwrap();
    let incident = json!({"v": 1, "number": "1", "title": "官網遭入侵", "situation": "x", "level": "3",
        "known_at": "2026-06-01T09:10", "reported_at": "2026-06-01T09:55", "level_changed_at": "2026-06-01T13:20"});
    let answer = json!({"v": 1, "number": "1", "contract": "k", "incident": "i", "matter": "x",
        "occurred_at": "2026-06-01T02:10"});
    let s = with(&[
        ("incident", "i", incident),
        ("vendor_response", "v", answer.clone()),
    ]);
    let event = |s: &Snapshot, duty: &str| s.events.iter().find(|e| e.duty == duty).cloned().unwrap();
    let report = event(&s, "incident.report");
    assert_eq!(report.at, moment("2026-06-01T09:10"));
    assert_eq!(
        report.settled.map(|s| (s.at, s.by)),
        Some((moment("2026-06-01T09:55"), "通報時間".to_owned()))
    );
    assert_eq!(
        (report.level.as_deref(), report.level_changed),
        (Some("3"), Some(moment("2026-06-01T13:20")))
    );
    assert_eq!(event(&s, "incident.contain").settled, None);
    let again = event(&s, "incident.report_again");
    assert_eq!((again.at, again.settled), (moment("2026-06-01T13:20"), None));
    let vendor = event(&s, "contract.incident.contain");
    assert_eq!(vendor.subject, Subject::Contract("k".into()));
    assert_eq!(vendor.at, moment("2026-06-01T02:10"));
    assert_eq!(
        (vendor.level.as_deref(), vendor.level_changed),
        (Some("3"), Some(moment("2026-06-01T13:20")))
    );
    // An incident that isn't there grades nothing.
    let s = with(&[("vendor_response", "v", answer)]);
    assert_eq!(event(&s, "contract.incident.contain").level, None);
    let ungraded = json!({"v": 1, "number": "1", "title": "官網遭入侵", "situation": "x", "known_at": "2026-06-01T09:10"});
    let s = with(&[("incident", "i", ungraded)]);
    assert_eq!(event(&s, "incident.contain").level, None);
}
