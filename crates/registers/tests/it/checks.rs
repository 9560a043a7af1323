//! What rows say to the checks over records.

use facts::{Checked, Snapshot};
use registers::{RowRef, snapshot};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn taken(rows: &[(&str, &str, Value)], asking: &[&str]) -> Snapshot {
    let agency = json!({"name": "示範處", "body": "public_agency"});
    let mut all = vec![RowRef {
        register: "agency",
        row: "a",
        version: 1,
        body: &agency,
    }];
    all.extend(rows.iter().map(|(register, row, body)| RowRef {
        register,
        row,
        version: 1,
        body,
    }));
    let asking: BTreeSet<&str> = asking.iter().copied().collect();
    snapshot("a", &all, 1, &asking).unwrap()
}

type Told = (Option<String>, Option<String>, Option<bool>);

fn told(s: &Snapshot, check: &str) -> Vec<Told> {
    let day = |d: Option<period::Date>| d.map(|d| d.to_string());
    let of = |c: &&Checked| c.check == check;
    let one = |c: &Checked| (day(c.from), day(c.until), c.holds);
    s.checked.iter().filter(of).map(one).collect()
}

fn span(from: Option<&str>, until: Option<&str>, holds: Option<bool>) -> Told {
    (from.map(str::to_owned), until.map(str::to_owned), holds)
}

#[test]
fn a_website_is_looked_at_while_it_is_open() {
    let site = |more: Value| {
        let mut body = json!({"name": "官網", "url": "https://www.demo.example.gov.tw/", "unit": "秘書室"});
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        taken(&[("website", "w1", body)], &[])
    };
    let open =
        site(json!({"launched_on": "2026-03-01", "no_directory_listing": false, "tested_on": "2026-02-20"}));
    assert_eq!(
        told(&open, "website.no_listing"),
        [span(Some("2026-03-01"), None, Some(false))]
    );
    assert_eq!(
        told(&open, "website.tested"),
        [span(Some("2026-03-01"), None, Some(true))]
    );
    assert_eq!(
        told(&open, "website.accessible"),
        [span(Some("2026-03-01"), None, None)]
    );
    // What isn't launched is nothing to look at.
    assert_eq!(
        told(&site(json!({"no_directory_listing": true})), "website.no_listing"),
        []
    );
    let over = site(json!({"launched_on": "2026-03-01", "retired_on": "2026-09-01",
                           "accessibility": "aa", "accessibility_until": "2026-06-30"}));
    assert_eq!(
        told(&over, "website.accessible"),
        [
            span(Some("2026-03-01"), Some("2026-07-01"), Some(true)),
            span(Some("2026-07-01"), Some("2026-09-01"), Some(false)),
        ]
    );
}

#[test]
fn an_account_of_who_left_is_wrong_from_that_day_on() {
    let rows = |stopped: Option<&str>| {
        let mut account = json!({"target": "公文系統", "name": "chen01", "kind": "general", "holder": "p1"});
        account["stopped_on"] = json!(stopped);
        let person = json!({"name": "陳示範", "left_on": "2026-06-30"});
        taken(&[("account", "c1", account), ("person", "p1", person)], &[])
    };
    assert_eq!(
        told(&rows(None), "account.leavers"),
        [
            span(None, Some("2026-06-30"), Some(true)),
            span(Some("2026-06-30"), None, Some(false))
        ]
    );
    // Stopped on the day itself, or before: never otherwise.
    for stopped in ["2026-06-30", "2026-06-01"] {
        assert_eq!(
            told(&rows(Some(stopped)), "account.leavers"),
            [span(None, Some(stopped), Some(true))]
        );
    }
    let late = rows(Some("2026-07-02"));
    assert_eq!(
        told(&late, "account.leavers").last(),
        Some(&span(Some("2026-06-30"), Some("2026-07-02"), Some(false)))
    );
}

#[test]
fn a_draft_says_nothing_where_approval_is_asked_for() {
    let source = json!({"name": "日誌", "kind": "system", "retention": 1, "retention_unit": "year",
                        "events": ["login"], "protection": "唯讀", "copied": true});
    let rows = [("log_source", "l1", source)];
    let free = taken(&rows, &[]);
    assert_eq!(told(&free, "log_source.access"), [span(None, None, Some(false))]);
    assert_eq!(
        told(&free, "log_source.protected"),
        [span(None, None, Some(true))]
    );
    assert_eq!(told(&free, "log_source.copied"), [span(None, None, Some(true))]);
    assert_eq!(taken(&rows, &["log_source"]).checked, []);
}

#[test]
fn a_permit_that_opens_everything_is_otherwise_than_it_must_be() {
    let permit = |port: &str, database: bool| {
        let body = json!({"number": "1", "purpose": "修復", "applicant": "陳示範", "source": "203.0.113.7",
            "destination": "192.0.2.10", "port": port, "protocol": "TCP", "from_outside": true,
            "to_database": database, "from": "2026-03-02", "until": "2026-03-06", "opened_on": "2026-03-02"});
        taken(&[("remote_permit", "r1", body)], &[])
    };
    let narrow = |s: &Snapshot| told(s, "remote_permit.narrow")[0].2;
    assert_eq!(narrow(&permit("3389", false)), Some(true));
    assert_eq!(narrow(&permit("ANY", false)), Some(false));
    assert_eq!(narrow(&permit("", false)), None);
    let open = |s: &Snapshot| told(s, "remote_permit.no_database")[0].2;
    assert_eq!(
        (open(&permit("1433", true)), open(&permit("1433", false))),
        (Some(false), Some(true))
    );
}

#[test]
fn a_named_statement_carries_its_parts_and_its_name() {
    let body = json!({"duty": "website.secure", "subject": {"kind": "agency"}, "on": "2026-05-01",
                      "title": "自我檢查", "parts": ["TPE-19.1"], "stated_by": " "});
    let blank = taken(&[("activity", "1", body.clone())], &[]);
    assert_eq!(
        (blank.done[0].parts.as_slice(), &blank.done[0].stated_by),
        (&["TPE-19.1".to_owned()][..], &None)
    );
    let mut named = body;
    named["stated_by"] = json!("林示範");
    let named = taken(&[("activity", "1", named)], &[]);
    assert_eq!(
        (named.done[0].stated_by.as_deref(), named.done[0].evidence),
        (Some("林示範"), 0)
    );
}
