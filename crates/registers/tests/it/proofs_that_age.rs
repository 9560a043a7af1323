//! Until when what a row proves holds, what renews it, and what is counted.

use crate::facts::taken;
use facts::{Counted, Done, Snapshot};
use period::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn day(s: &str) -> Date {
    s.parse().unwrap()
}

/// The snapshot of these rows beside the agency's own, where registers ask for approval.
fn with(rows: &[(&str, &str, Value)], asking: &[&str]) -> Snapshot {
    let mut all = vec![("agency", "a", json!({"name": "示範處", "body": "public_agency"}))];
    all.extend(rows.iter().cloned());
    let asking: BTreeSet<&str> = asking.iter().copied().collect();
    taken(&all, &asking).unwrap()
}

fn file() -> Value {
    json!([{"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "name": "a.pdf", "size": 1, "media_type": "application/pdf"}])
}

fn of<'s>(s: &'s Snapshot, duty: &str) -> Vec<&'s Done> {
    s.done.iter().filter(|d| d.duty == duty).collect()
}

#[test]
fn a_paper_holds_as_long_as_it_says() {
    let contract = |more: &str, on: &str| {
        let mut body = json!({"name": "維護案", "vendor": "示範公司", "signed_on": "2025-12-20", "from": "2026-01-01",
            "until": "2026-12-31", "security_clauses": ["audit"]});
        if !more.is_empty() {
            body[more] = on.into();
        }
        body
    };
    let until = |body: Value| {
        let s = with(&[("contract", "k", body)], &[]);
        let done = of(&s, "outsourcing.contract");
        assert_eq!(done.len(), 1, "{done:?}");
        done[0].until
    };
    // From the day that it names on it holds no more.
    assert_eq!(until(contract("", "")), Some(day("2026-12-30")));
    assert_eq!(until(contract("ended_on", "2026-06-30")), Some(day("2026-06-29")));

    let activity = |until: Value| {
        let body = json!({"duty": "isms.verify", "subject": {"kind": "agency"}, "on": "2025-06-30",
            "title": "驗證", "evidence": file(), "valid_until": until});
        with(&[("activity", "x", body)], &[]).done[0].until
    };
    assert_eq!(activity("2028-06-29".into()), Some(day("2028-06-29")));
    assert_eq!(activity(Value::Null), None);

    let paper = json!({"title": "證書", "evidence": file(), "effective_on": "2025-06-30",
        "duties": ["isms.verify"], "class": "general", "valid_until": "2028-06-29"});
    let s = with(&[("evidence", "e", paper)], &[]);
    assert_eq!(s.done[0].until, Some(day("2028-06-29")));
}

#[test]
fn a_review_shows_anew_what_the_reviewed_paper_shows() {
    let paper = json!({"number": "ISMS-01", "title": "應變計畫", "tier": "2", "kind": "response_plan", "version": "1",
        "approved_on": "2023-02-01", "secrecy": "limited", "evidence": file()});
    let review = |conclusion: &str, held_on: &str| {
        json!({"title": "檢視", "kind": "document", "document": "d", "held_on": held_on,
            "conclusion": conclusion, "changes": "x", "evidence": file()})
    };
    let days = |review: Value, asking: &[&str]| -> Vec<(Date, String)> {
        let s = with(
            &[("document", "d", paper.clone()), ("document_review", "r", review)],
            asking,
        );
        let done = of(&s, "incident.response_plan").into_iter();
        done.map(|d| (d.on, d.source.register.clone())).collect()
    };
    let first = [(day("2023-02-01"), "document".to_owned())];
    let anew = [(day("2026-02-01"), "document_review".to_owned())];
    assert_eq!(
        days(review("keep", "2026-02-01"), &[]),
        [first.clone(), anew].concat()
    );
    // What is to be revised is not done before that is approved; what is abolished shows nothing.
    assert_eq!(days(review("revise", "2026-02-01"), &[]), first);
    assert_eq!(days(review("abolish", "2026-02-01"), &[]), first);
    // A review from before the paper that it names.
    assert_eq!(days(review("keep", "2023-01-31"), &[]), first);
    // A draft of a review shows nothing, and a review of a draft neither.
    assert_eq!(days(review("keep", "2026-02-01"), &["document_review"]), first);
    assert!(days(review("keep", "2026-02-01"), &["document"]).is_empty());
}

#[test]
fn persons_in_post_and_their_papers_are_counted() {
    let s = with(
        &[
            (
                "person",
                "p1",
                json!({"name": "甲", "dedicated": true, "joined_on": "2024-02-01", "left_on": "2026-07-01"}),
            ),
            (
                "person",
                "p2",
                json!({"name": "乙", "dedicated": false, "joined_on": "2024-02-01"}),
            ),
            (
                "certificate",
                "c1",
                json!({"person": "p1", "class": "license", "name": "x", "issued_on": "2025-03-01",
                "expires_on": "2028-02-29", "evidence": file()}),
            ),
            (
                "certificate",
                "c2",
                json!({"person": "p1", "class": "competence", "name": "y", "issued_on": "2025-03-01"}),
            ),
        ],
        &[],
    );
    let told = |c: &Counted| (c.what.clone(), c.of.clone(), c.from, c.until, c.shown);
    let mut all: Vec<_> = s.counted.iter().map(told).collect();
    all.sort();
    let issued = Some(day("2025-03-01"));
    assert_eq!(
        all,
        [
            (
                "competence".to_owned(),
                "p1".to_owned(),
                issued,
                None,
                Some(false)
            ),
            (
                "dedicated_person".to_owned(),
                "p1".to_owned(),
                Some(day("2024-02-01")),
                Some(day("2026-07-01")),
                None
            ),
            // The day that a paper names is its last.
            (
                "license".to_owned(),
                "p1".to_owned(),
                issued,
                Some(day("2028-03-01")),
                Some(true)
            ),
            // Where either is enough, both are one of it.
            ("paper".to_owned(), "p1".to_owned(), issued, None, Some(false)),
            (
                "paper".to_owned(),
                "p1".to_owned(),
                issued,
                Some(day("2028-03-01")),
                Some(true)
            ),
        ]
    );
}

#[test]
fn what_the_superior_does_is_told_for_each_duty() {
    let record = |what: &str| {
        json!({"number": "1", "what": what, "kind": "superior", "by": "示範市政府", "applied_on": "2026-01-10",
            "agreed_by": "示範市政府", "agreed_on": "2026-01-20", "agreed_no": "府資字第1號",
            "from": "2026-02-01", "confirmed_on": "2027-01-15", "evidence": file()})
    };
    let told = |what: &str, asking: &[&str]| {
        let s = with(&[("delegation", "d1", record(what))], asking);
        let one = |d: &facts::Delegation| (d.duty.clone(), d.evidence, d.decided);
        s.delegated.iter().map(one).collect::<Vec<_>>()
    };
    let (plan, report) = (
        "plan.establish".to_owned(),
        "implementation_report.submit".to_owned(),
    );
    assert_eq!(
        told("both", &[]),
        [(plan.clone(), 1, true), (report.clone(), 1, true)]
    );
    assert_eq!(told("plan", &[]), [(plan, 1, true)]);
    // Where the agency decides on such records, a draft is no decision.
    assert_eq!(told("report", &["delegation"]), [(report, 1, false)]);
    let s = with(&[("delegation", "d1", record("plan"))], &[]);
    let one = s.delegated.first().unwrap();
    assert_eq!(one.shown_on(day("2026-01-19")), None);
    assert_eq!(one.shown_on(day("2027-01-14")), Some(day("2026-01-20")));
    assert_eq!(one.shown_on(day("2027-01-15")), Some(day("2027-01-15")));
}
