//! The temporal grid: sample agencies on the first of every month and around every
//! day on which the law changes. What must hold for every verdict holds on all of them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use assess::{Assessment, Verdict, assess};
use facts::{FactValue, Snapshot};
use law::{Corpus, LosingReason, Overlay, PlanParameter};
use period::Date;
use std::collections::BTreeSet;
use testkit::{AgencyBuilder, day};

fn agencies() -> Vec<(&'static str, Snapshot)> {
    let c = || AgencyBuilder::level("C");
    vec![
        (
            "A",
            AgencyBuilder::level("A")
                .approved(day("2019-08-01"))
                .core_system("甲系統")
                .build(),
        ),
        (
            "B",
            AgencyBuilder::level("B")
                .approved(day("2022-03-02"))
                .no_core_system()
                .build(),
        ),
        (
            "C",
            c().approved(day("2019-08-01"))
                .no_core_system()
                .records_from(day("2020-01-01"))
                .build(),
        ),
        (
            "C, core system",
            c().approved(day("2020-02-29"))
                .core_system("甲")
                .core_system("乙")
                .build(),
        ),
        (
            "C, no date",
            c().no_core_system()
                .fact("has_mail_server", FactValue::Flag(true))
                .build(),
        ),
        ("C, new", c().approved(day("2026-03-02")).build()),
        ("D", AgencyBuilder::level("D").approved(day("2019-08-01")).build()),
        ("E", AgencyBuilder::level("E").build()),
        (
            "C of Taipei, outsourcing",
            c().approved(day("2019-08-01"))
                .of_city("臺北市")
                .core_system("甲")
                .other_system("乙")
                .fact("outsources_systems", FactValue::Flag(true))
                .fact("supervises_agencies", FactValue::Flag(true))
                .contract("維護案", &["vendor-security-requirements".to_owned()])
                .build(),
        ),
        (
            "D of Taoyuan with a plan of its own",
            AgencyBuilder::level("D")
                .approved(day("2022-03-02"))
                .of_city("桃園市")
                .no_core_system()
                .adopts("accounting-office-plan")
                .adopts("information-bureau-plan")
                .build(),
        ),
        (
            "a body outside the government",
            AgencyBuilder::level("B")
                .fact("body", FactValue::Choice("specific_non_government".into()))
                .approved(day("2019-08-01"))
                .build(),
        ),
    ]
}

fn days(corpus: &Corpus) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    for year in 2019..=2027 {
        for month in 1..=12 {
            days.insert(Date::new(year, month, 1).expect("a day"));
        }
    }
    for boundary in corpus.boundaries().into_iter().filter(|d| d.year() >= 2019) {
        days.insert(boundary.yesterday().expect("a day"));
        days.insert(boundary);
        days.insert(boundary.tomorrow().expect("a day"));
    }
    days
}

fn plan(corpus: &Corpus) -> Overlay {
    let promise = |key: &str, number: f64, unit: &str| PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "拾伍".into(),
        line: 1,
        levels: Vec::new(),
        core: false,
        per: None,
    };
    let promises = [
        promise("audit.interval", 1.0, "year"),
        promise("account.privileged_review_interval", 3.0, "month"),
    ];
    Overlay::new(corpus, "test", "測試計畫", "1", (None, None), &promises).0
}

fn check(corpus: &Corpus, who: &str, assessment: &Assessment) {
    let mut seen = BTreeSet::new();
    for d in &assessment.duties {
        let place = format!("{who}, {}, {}", assessment.day, d.key);
        assert!(seen.insert((d.key.clone(), d.subject.clone())), "{place}: twice");
        assert!(
            !d.reason.is_empty() && !d.reason_code.is_empty(),
            "{place}: no reason"
        );
        let level_missing = d
            .facts
            .iter()
            .any(|f| f.key == "responsibility_level" && f.value.is_none());
        assert!(!d.binding.is_empty() || level_missing, "{place}: no clause");
        for clause in d.binding.iter().filter(|c| !c.instrument.starts_with("plan:")) {
            let version = corpus
                .instrument(&clause.instrument)
                .and_then(|i| i.version(&clause.version));
            let version = version.unwrap_or_else(|| panic!("{place}: {} resolves to nothing", clause.label));
            // Only a clause that sets the time may be one of an earlier edition.
            let sets_time = d.shape == "once" && clause.value.is_some();
            assert!(
                version.in_force_on(assessment.day) || sets_time,
                "{place}: {} is not in force",
                clause.label
            );
            assert!(
                !d.losers
                    .iter()
                    .any(|l| l.reason == LosingReason::Displaced && l.clause.is_row_of(clause)),
                "{place}: {} binds and has lost",
                clause.label
            );
        }
        match d.verdict {
            Verdict::Met => {
                let flag = d.facts.iter().any(|f| f.value.as_deref() == Some("true"));
                assert!(
                    flag || d.done.iter().any(|x| x.evidence > 0),
                    "{place}: met without proof"
                );
            }
            Verdict::Unknown => {
                let named = d
                    .facts
                    .iter()
                    .any(|f| f.value.is_none() && f.supplied_by.is_some());
                // Or the rule itself leaves the period to the agency, and says so.
                let left = ["missing interval", "missing span"].contains(&d.reason_code.as_str());
                assert!(
                    named || left && d.reason.contains("專責人員"),
                    "{place}: unknown, but nobody is named who could tell ({})",
                    d.reason
                );
            }
            Verdict::NotMet if d.shape != "standing" => {
                assert!(
                    d.due.is_some_and(|due| due < assessment.day),
                    "{place}: not met before its day"
                );
            }
            Verdict::NotYetDue => {
                let ahead = d
                    .due
                    .or(d.due_not_before)
                    .is_some_and(|due| due >= assessment.day);
                assert!(ahead, "{place}: not yet due, but its day has passed");
            }
            _ => {}
        }
    }
}

#[test]
fn every_verdict_has_its_why_on_every_day() {
    let corpus = testkit::corpus();
    let plans = [plan(&corpus)];
    let days = days(&corpus);
    for (who, snapshot) in agencies() {
        for day in &days {
            check(&corpus, who, &assess(&snapshot, &corpus, &plans, *day));
        }
    }
}

#[test]
fn the_same_three_give_the_same_bytes() {
    let corpus = testkit::corpus();
    let again = testkit::corpus();
    let plans = [plan(&corpus)];
    for (who, snapshot) in agencies() {
        let one =
            serde_json::to_vec(&assess(&snapshot, &corpus, &plans, day("2026-11-21"))).expect("serialises");
        let two =
            serde_json::to_vec(&assess(&snapshot, &again, &plans, day("2026-11-21"))).expect("serialises");
        assert_eq!(one, two, "{who}");
    }
}

#[test]
fn a_level_that_nobody_knows_leaves_its_duties_unknown() {
    let corpus = testkit::corpus();
    let mut snapshot = AgencyBuilder::level("C").no_core_system().build();
    snapshot.facts.retain(|f| f.key != "responsibility_level");
    let result = assess(&snapshot, &corpus, &[], day("2026-11-21"));
    let audit = result
        .duties
        .iter()
        .find(|d| d.key == "audit.internal")
        .expect("is listed");
    assert_eq!(audit.verdict, Verdict::Unknown);
    assert!(result.duties.iter().all(|d| d.verdict != Verdict::Met));
}
