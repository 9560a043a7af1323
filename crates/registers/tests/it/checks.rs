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

#[test]
fn a_self_assessment_says_so_by_control_and_system_until_the_next_one() {
    let row = |edition: &str, on: &str, result: &str| {
        json!({"system": "s1", "edition": edition, "control": "IA2-1", "result": result,
               "checked_on": on, "explanation": "無預設密碼"})
    };
    let rows = [
        ("system", "s1", json!({"name": "公文系統"})),
        ("control_check", "c1", row("2021", "2025-04-01", "partial")),
        ("control_check", "c2", row("2026", "2026-04-01", "met")),
        (
            "control_check",
            "c3",
            json!({"system": "s1", "edition": "2026", "control": "AC1-7", "result": "not_applicable",
                   "checked_on": "2026-04-01", "explanation": "等級為普"}),
        ),
    ];
    let all = taken(&rows, &[]);
    assert_eq!(
        told(&all, "control_check/IA2-1"),
        [
            span(Some("2025-04-01"), Some("2026-04-01"), Some(false)),
            span(Some("2026-04-01"), None, Some(true)),
        ]
    );
    assert_eq!(
        told(&all, "control_check/AC1-7"),
        [span(Some("2026-04-01"), None, Some(true))]
    );
    let one = all.checked.iter().find(|c| c.source.row == "c1").expect("a row");
    assert_eq!(one.title, "公文系統：IA2-1");
    assert_eq!(one.subject, facts::Subject::System("s1".into()));
    assert!(one.ages);
}

#[test]
fn a_log_is_asked_for_personal_data_only_of_systems_that_hold_some() {
    let of = |held: &str, events: &[&str]| {
        let rows = [
            ("system", "s1", json!({"name": "公文系統", "personal_data": held})),
            (
                "log_source",
                "l1",
                json!({"name": "日誌", "kind": "system", "system": "s1", "retention": 1,
                       "retention_unit": "year", "events": events}),
            ),
        ];
        told(&taken(&rows, &[]), "log_source.personal")
    };
    assert_eq!(of("general", &["login"]), [span(None, None, Some(false))]);
    assert_eq!(of("general", &["personal_data"]), [span(None, None, Some(true))]);
    assert_eq!(of("general", &[]), [span(None, None, None)]);
    assert_eq!(of("none", &["login"]), []);
}

#[test]
fn what_is_past_its_day_is_wrong_from_the_next_one() {
    let one = |register: &'static str, body: Value, check: &str| {
        told(&taken(&[(register, "r1", body)], &[]), check)
    };
    let vendor = |measures: &str| {
        let body = json!({"name": "示範資訊", "measures": measures, "iso27001": true,
                          "certificate_until": "2026-06-30"});
        one("vendor", body, "vendor.managed")
    };
    assert_eq!(
        vendor(""),
        [
            span(None, Some("2026-07-01"), Some(true)),
            span(Some("2026-07-01"), None, Some(false)),
        ]
    );
    // Whoever has measures of its own needs no certificate.
    assert_eq!(vendor("訂有資安政策"), [span(None, None, Some(true))]);
    let software = json!({"name": "文書軟體", "licence": "perpetual", "support_until": "2025-10-14"});
    assert_eq!(
        one("software", software, "software.supported").last(),
        Some(&span(Some("2025-10-15"), None, Some(false)))
    );
    let bare = json!({"name": "文書軟體", "licence": "perpetual"});
    assert_eq!(one("software", bare, "software.supported"), []);
    let account = |stopped: Option<&str>| {
        let body = json!({"target": "公文系統", "name": "chen01", "kind": "general", "until": "2026-06-30",
                          "stopped_on": stopped});
        one("account", body, "account.expired").last().and_then(|t| t.2)
    };
    assert_eq!(
        (account(None), account(Some("2026-07-01"))),
        (Some(false), Some(true))
    );
    let over = json!({"number": "1", "contract": "k1", "reason": "expired", "ended_on": "2026-06-30",
                      "due": "2026-07-15"});
    assert_eq!(
        one("data_return", over, "data_return.disposed"),
        [
            span(Some("2026-06-30"), Some("2026-07-16"), None),
            span(Some("2026-07-16"), None, Some(false)),
        ]
    );
    let portal = |domain: &str| {
        let body = json!({"name": "官網", "url": "https://x/", "unit": "秘書室", "kind": "portal",
                          "domain": domain, "launched_on": "2026-03-01"});
        one("website", body, "website.government")[0].2
    };
    assert_eq!(portal("demo.example.gov.tw"), Some(true));
    assert_eq!(portal("gov.tw.example.com"), Some(false));
    assert_eq!(portal("notgov.tw"), Some(false));
    assert_eq!(portal(""), None);
}

#[test]
fn a_row_says_of_itself_what_parts_may_ask() {
    let app = |more: Value| {
        let mut body =
            json!({"name": "市民通", "version": "1", "platforms": ["ios"], "released_on": "2026-08-01"});
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        taken(&[("mobile_app", "m1", body)], &[]).events[0].says.clone()
    };
    assert_eq!(app(json!({})), Vec::<String>::new());
    assert_eq!(
        app(json!({"permissions": "定位", "sensitive_data": false, "tested_on": "2026-07-20"})),
        ["permissions", "sensitive_data=false", "tested_on"]
    );
    assert_eq!(
        app(json!({"sensitive_data": true, "encrypted": true})),
        ["encrypted"]
    );
}

#[test]
fn a_proof_of_a_part_says_of_which_event() {
    let body = json!({"duty": "mobile_app.secure", "subject": {"kind": "agency"}, "on": "2026-05-01",
                      "title": "檢核", "parts": ["TPE-28.5"], "stated_by": "林示範", "event": "mobile_app/m1"});
    let named = taken(&[("activity", "1", body)], &[]);
    assert_eq!(
        named.done[0].event,
        Some(("mobile_app".to_owned(), "m1".to_owned()))
    );
    for text in ["", "m1", "/m1", "mobile_app/"] {
        assert_eq!(registers::activity::event_named(text), None);
    }
}
