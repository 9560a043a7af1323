//! Changes that rows tell of, after which the law counts periods anew.

use crate::facts::taken;
use facts::{Altered, Subject};
use serde_json::{Value, json};

fn altered(rows: &[(&str, &str, Value)], asking: &[&str]) -> Vec<Altered> {
    let agency = ("agency", "a", json!({"name": "示範處", "body": "public_agency"}));
    let all: Vec<(&str, &str, Value)> = std::iter::once(agency).chain(rows.iter().cloned()).collect();
    let asking = asking.iter().copied().collect();
    taken(&all, &asking).unwrap().altered
}

fn grading(previous: &str, overall: &str) -> Value {
    let mut body = json!({"number": "115-GR-001", "system": "s", "year": 115, "kind": "change",
        "graded_on": "2026-05-11", "confidentiality": overall, "integrity": "普", "availability": "普",
        "compliance": "普", "overall": overall});
    if !previous.is_empty() {
        body["previous"] = previous.into();
        body["change_reason"] = "新增申辦功能".into();
    }
    body
}

#[test]
fn a_system_of_its_own_is_new_on_the_day_it_goes_live() {
    let own = json!({"name": "申辦系統", "operator": "own", "go_live": "2026-05-11"});
    let found = altered(&[("system", "s", own)], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].what.as_str(), &found[0].subject, found[0].on.to_string()),
        ("system.added", &Subject::System("s".into()), "2026-05-11".into())
    );
    assert_eq!(found[0].title, "資通系統：申辦系統");
    for other in [
        json!({"name": "申辦系統", "operator": "superior", "go_live": "2026-05-11"}),
        json!({"name": "申辦系統", "operator": "shared", "go_live": "2026-05-11"}),
        json!({"name": "申辦系統", "operator": "own"}),
    ] {
        assert!(altered(&[("system", "s", other)], &[]).is_empty());
    }
}

#[test]
fn another_grade_is_a_change_and_the_highest_makes_it_core() {
    let what = |previous: &str, overall: &str| -> Vec<String> {
        let found = altered(&[("grading", "g", grading(previous, overall))], &[]);
        found
            .into_iter()
            .inspect(|a| assert_eq!(a.subject, Subject::System("s".into())))
            .map(|a| a.what)
            .collect()
    };
    assert_eq!(what("普", "中"), ["system.regraded"]);
    assert_eq!(what("中", "高"), ["system.regraded", "system.core"]);
    assert_eq!(what("高", "中"), ["system.regraded"]);
    assert!(what("中", "中").is_empty());
    assert!(what("", "高").is_empty(), "the first grading changes nothing");
}

#[test]
fn a_draft_changes_nothing_where_approval_is_asked_for() {
    let rows = [("grading", "g", grading("普", "中"))];
    assert_eq!(altered(&rows, &[]).len(), 1);
    assert!(altered(&rows, &["grading"]).is_empty());
}
