//! What rows prove and report: only what they say was really done.

use registers::{Record, register};
use serde_json::{Value, json};

/// The duties that a row proves, and those that it sets off, of which the day is given.
fn duties(key: &str, body: &Value) -> (Vec<&'static str>, Vec<&'static str>) {
    let spec = register(key).unwrap();
    let body = spec.check(body).unwrap_or_else(|e| panic!("{key} {body}: {e:?}"));
    let row = Record::new(spec, "a", &body);
    let proofs = spec.proves.iter().filter(|p| (p.when)(&row));
    let raises = spec.raises.iter().filter(|r| (r.when)(&row));
    (
        proofs.filter(|p| !row.is_blank(p.on)).map(|p| p.duty).collect(),
        raises.filter(|r| !row.is_blank(r.on)).map(|r| r.duty).collect(),
    )
}

/// A row with more members.
fn with(base: &Value, more: &Value) -> Value {
    let mut row = base.clone();
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

#[test]
fn a_scan_counts_once_what_is_grave_is_mended_and_tested_again() {
    let base = json!({"number": "1", "kind": "vulnerability", "scope": "x", "by": "own", "on": "2026-04-06", "system": "s1"});
    let reported = with(
        &base,
        &json!({"report_on": "2026-04-15", "high": 1, "medium": 0, "low": 0}),
    );
    let mended = with(
        &reported,
        &json!({"fixed_on": "2026-05-01", "retest_on": "2026-05-02", "retest": "passed"}),
    );
    assert!(duties("scan", &base).0.is_empty());
    assert!(duties("scan", &reported).0.is_empty());
    assert_eq!(
        duties("scan", &with(&reported, &json!({"high": 0}))).0,
        ["scan.vulnerability", "scan.system"]
    );
    assert_eq!(duties("scan", &mended).0, ["scan.vulnerability", "scan.system"]);
    assert!(
        duties("scan", &with(&mended, &json!({"system": null})))
            .0
            .is_empty()
    );
    let vendor = with(&mended, &json!({"by": "vendor", "contract": "k1"}));
    assert!(duties("scan", &vendor).0.contains(&"contract.scan.yearly"));
    assert_eq!(duties("scan", &vendor).1, ["contract.scan.report"]);
    let told = with(&mended, &json!({"contract": "k1", "notified_on": "2026-04-16"}));
    assert!(duties("scan", &told).0.contains(&"contract.scan.agency"));
    assert_eq!(duties("scan", &told).1, ["contract.scan.fix"]);
    let penetration = with(&mended, &json!({"kind": "penetration", "contract": "k1"}));
    assert_eq!(
        duties("scan", &penetration),
        (vec!["scan.penetration"], vec!["contract.pentest.fix"])
    );
}

#[test]
fn a_review_counts_once_a_superior_confirmed_it() {
    let base = json!({"number": "1", "kind": "privileged", "period": "x", "on": "2026-09-30", "reviewer": "x", "total": 3});
    assert!(duties("access_review", &base).0.is_empty());
    let confirmed = with(&base, &json!({"confirmed_by": "y", "confirmed_on": "2026-10-01"}));
    assert_eq!(
        duties("access_review", &confirmed).0,
        ["account.privileged_review"]
    );
    let traced = with(&confirmed, &json!({"trail_checked": true, "shared": 0}));
    assert!(
        duties("access_review", &traced)
            .0
            .contains(&"account.privileged_use")
    );
    for (kind, duty) in [
        ("general", "account.review"),
        ("vendor", "account.vendor"),
        ("remote", "remote_access.review"),
    ] {
        assert_eq!(
            duties("access_review", &with(&confirmed, &json!({"kind": kind}))).0,
            [duty]
        );
    }
    let log = json!({"number": "1", "on": "2026-10-02", "by": "x", "abnormal": false});
    assert!(duties("log_review", &log).0.is_empty());
    let seen = with(&log, &json!({"checked_by": "y", "checked_on": "2026-10-03"}));
    assert_eq!(duties("log_review", &seen).0, ["log.review"]);
}

#[test]
fn an_agency_wide_duty_is_proven_by_who_says_that_all_is_done() {
    let grading = json!({"number": "1", "system": "s1", "year": 115, "kind": "review", "graded_on": "2026-03-10",
        "confidentiality": "普", "integrity": "普", "availability": "普", "compliance": "普", "overall": "普"});
    assert!(duties("grading", &grading).0.is_empty());
    let all = with(&grading, &json!({"completes": true}));
    assert_eq!(
        duties("grading", &all).0,
        ["classification.complete", "classification.review"]
    );
    assert_eq!(
        duties("grading", &with(&all, &json!({"kind": "initial"}))).0,
        ["classification.complete"]
    );
    let count =
        json!({"number": "1", "year": 115, "reason": "regular", "scope": "x", "on": "2026-09-01", "by": "x"});
    assert!(duties("inventory", &count).0.is_empty());
    let confirmed = with(
        &count,
        &json!({"total": 1, "matched": 1, "missing": 0, "confirmed_by": "y", "confirmed_on": "2026-09-30",
                "restricted_checked": true, "restricted_found": 1}),
    );
    assert_eq!(duties("inventory", &confirmed).0, ["inventory.review"]);
    let clean = with(&confirmed, &json!({"restricted_found": 0}));
    assert_eq!(duties("inventory", &clean).0, ["inventory.review", "product.ban"]);
}

#[test]
fn tests_of_backups_drills_and_checks_count_once_they_ended_well() {
    let test = json!({"number": "1", "backup": "b1", "on": "2026-03-20", "by": "x", "result": "success"});
    assert!(duties("restore_test", &test).0.is_empty());
    let verified = with(&test, &json!({"verified": "x"}));
    assert_eq!(duties("restore_test", &verified).0, ["backup.test"]);
    let failed = with(&verified, &json!({"result": "failed", "improvement": "x"}));
    assert!(duties("restore_test", &failed).0.is_empty());

    let drill = json!({"number": "1", "kind": "continuity", "role": "own", "scope": "x", "on": "2026-06-12", "system": "s1"});
    assert!(duties("drill", &drill).0.is_empty());
    let reviewed = with(&drill, &json!({"result": "met", "review": "x"}));
    assert_eq!(duties("drill", &reviewed).0, ["continuity.drill"]);
    let above = with(
        &reviewed,
        &json!({"kind": "notification", "role": "superior", "system": null}),
    );
    assert_eq!(
        duties("drill", &above),
        (
            vec!["incident.drill", "drill.hold_incident"],
            vec!["drill.result_report"]
        )
    );

    let check = json!({"number": "1", "contract": "k1", "reason": "incident", "known_on": "2026-08-01", "on": "2026-08-12",
        "method": "paper", "checkers": "x", "result": "improve", "shortcomings": "x", "due": "2026-09-12"});
    assert_eq!(
        duties("vendor_check", &check),
        (vec![], vec!["outsourcing.check"])
    );
    let mended = with(&check, &json!({"recheck_on": "2026-09-15", "recheck": "done"}));
    assert_eq!(
        duties("vendor_check", &mended).0,
        [
            "outsourcing.verify",
            "outsourcing.supervise",
            "contract.audit.cooperate"
        ]
    );
}

#[test]
fn a_retention_that_is_short_proves_nothing_until_it_is_mended() {
    let source = json!({"name": "x", "kind": "system", "retention": 1, "retention_unit": "month", "events": ["login"],
        "protection": "x", "last_review": "2026-11-02", "shortfall": "x", "shortfall_due": "2026-12-31"});
    assert_eq!(duties("log_source", &source).0, ["log.record"]);
    let mended = with(&source, &json!({"improved_on": "2026-12-01"}));
    assert_eq!(duties("log_source", &mended).0, ["log.record", "log.retain"]);
}

#[test]
fn a_product_that_may_be_used_need_not_be_removed() {
    let found = json!({"number": "1", "product": "x", "brand": "x", "doubt_on": "2026-01-05", "notified_on": "2026-02-01"});
    assert_eq!(
        duties("restricted_product", &found).1,
        ["product.refer", "product.remove"]
    );
    let allowed = with(
        &found,
        &json!({"asked_on": "2026-02-02", "reason": "x", "ciso_approved_on": "2026-02-05",
                "superior_approved_on": "2026-02-15", "approved_on": "2026-03-01", "from": "2026-03-02",
                "measures": ["area_persons", "search"], "users": "x", "searched_on": "2026-09-01"}),
    );
    assert_eq!(
        duties("restricted_product", &allowed),
        (
            vec!["product.project_use"],
            vec!["product.refer", "product.approve"]
        )
    );
}
