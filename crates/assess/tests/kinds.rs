//! Intervals of different kinds for what comes again and again, and what a relief leaves in force.

#![allow(
    clippy::expect_used,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

use assess::{DutyAssessment, Verdict, assess};
use facts::{Exemption, Source, Subject};
use law::{Certainty, Interval, Overlay, Promise, Value};
use period::Unit;
use testkit::{AgencyBuilder, day};

const AUDIT: &str = "audit.internal";

fn source(row: &str) -> Source {
    Source {
        register: "audit".to_owned(),
        row: row.to_owned(),
        version: 1,
        line: None,
    }
}

/// A plan that promises an internal audit so often.
fn plan(every: u32, unit: Unit) -> Overlay {
    let interval = Interval {
        every,
        unit,
        times: 1,
    };
    Overlay {
        instrument: "plan:test".to_owned(),
        title: "測試計畫".to_owned(),
        version: "1".to_owned(),
        from: None,
        until: None,
        apart: Vec::new(),
        undertakings: Vec::new(),
        promises: vec![Promise {
            core: false,
            certainty: Certainty::Primary,
            key: "audit.interval".to_owned(),
            value: Value::Interval(interval),
            said: interval.words(),
            clause: "拾伍".to_owned(),
            line: 1,
            levels: Vec::new(),
        }],
    }
}

fn agency(level: &str) -> AgencyBuilder {
    AgencyBuilder::level(level)
        .approved(day("2019-08-01"))
        .no_core_system()
}

fn audit(agency: AgencyBuilder, plans: &[Overlay], at: &str) -> DutyAssessment {
    let corpus = testkit::corpus();
    let all = assess(&agency.build(), &corpus, plans, day(at)).duties;
    all.into_iter().find(|d| d.key == AUDIT).expect("the audit")
}

fn binds(audit: &DutyAssessment) -> Vec<&str> {
    audit.binding.iter().map(|c| &*c.instrument).collect()
}

#[test]
fn the_earliest_end_from_the_actual_start_binds_in_either_order() {
    // Level B: once a year by the calendar; the plan: every 365 days from the last time.
    let done = |on: &str| agency("B").records_from(day("2025-01-01")).done(AUDIT, day(on));
    let days = [plan(365, Unit::CalendarDay)];
    // Done early in the year: the year's next block would leave until the end of the next year.
    let early = audit(done("2026-01-10"), &days, "2026-06-01");
    assert_eq!(early.due, Some(day("2027-01-10")));
    assert_eq!(early.verdict, Verdict::Met);
    assert_eq!(binds(&early).first(), Some(&"plan:test"), "{:?}", early.binding);
    let lost: Vec<&str> = early.losers.iter().map(|l| l.outcome.as_str()).collect();
    assert_eq!(lost, ["每年1次（至 116/12/31）"]);
    assert!(
        early.losers.iter().all(|l| !l.below_floor),
        "the law asked no less"
    );
    // 370 days are surely longer than a year: the law's year binds and the plan is below it.
    let longer = audit(done("2026-01-10"), &[plan(370, Unit::CalendarDay)], "2026-06-01");
    assert_eq!(longer.due, Some(day("2027-12-31")));
    assert!(longer.losers.iter().any(|l| l.below_floor), "{:?}", longer.losers);
    // 366 days from the last day of a year end in the year after the next block.
    let days = [plan(366, Unit::CalendarDay)];
    let late = audit(done("2025-12-31"), &days, "2026-06-01");
    assert_eq!(
        late.due,
        Some(day("2026-12-31")),
        "the calendar's year ends first"
    );
    assert_eq!(binds(&late).first(), Some(&"classification-regulation"));
    let lost: Vec<(&str, bool)> = late
        .losers
        .iter()
        .map(|l| (l.outcome.as_str(), l.below_floor))
        .collect();
    assert_eq!(lost, [("每366日1次（至 116/01/01）", true)]);
    // Twelve months are a year: both bind together.
    let same = audit(done("2026-01-10"), &[plan(12, Unit::Month)], "2026-06-01");
    assert_eq!(same.due, Some(day("2027-12-31")));
    assert!(same.losers.is_empty() && binds(&same).contains(&"plan:test"));
}

#[test]
fn without_a_start_both_intervals_stand_with_the_rule_that_will_decide() {
    let nothing = audit(agency("B"), &[plan(52, Unit::Week)], "2026-06-01");
    assert_eq!(nothing.requirements.first().expect("how often").rivals.len(), 2);
    assert!(
        nothing.due_basis.contains("先屆至者為準"),
        "{}",
        nothing.due_basis
    );
    assert!(nothing.readings.iter().any(|r| r.key == "strictest_by_outcome"));
    assert_eq!(nothing.verdict, Verdict::NotYetDue);
    assert_eq!(
        nothing.due,
        Some(day("2026-12-31")),
        "no later than the earlier of both"
    );
}

fn relief(from: &str, until: &str) -> Exemption {
    Exemption {
        duty: AUDIT.to_owned(),
        subject: Subject::Agency,
        from: day(from),
        until: day(until),
        agreed_on: Some(day(from)),
        filed_on: Some(day(from)),
        decided: true,
        source: source("e1"),
    }
}

#[test]
fn a_relief_lifts_the_law_and_not_the_agency_s_own_promise() {
    let relieved = || {
        agency("C")
            .records_from(day("2021-01-01"))
            .done(AUDIT, day("2022-05-01"))
            .exempt(relief("2024-01-01", "2026-12-31"))
    };
    // Without a plan nothing is left of it.
    let alone = audit(relieved(), &[], "2026-06-01");
    assert_eq!(
        (alone.verdict, alone.reason_code.as_str()),
        (Verdict::NotApplicable, "exempt")
    );
    // What the plan promises goes on, by the plan's own year.
    let own = [plan(1, Unit::Year)];
    let kept = audit(relieved(), &own, "2026-06-01");
    assert_eq!(kept.verdict, Verdict::NotMet, "{}", kept.reason);
    assert!(binds(&kept).contains(&"plan:test"), "{:?}", kept.binding);
    assert!(
        kept.losers
            .iter()
            .any(|l| l.reason == law::LosingReason::Relieved)
    );
    // Years within the relief are judged by the plan, also once it is over.
    let after = audit(relieved(), &own, "2028-06-01");
    let missed = |audit: &DutyAssessment, label: &str| {
        let period = audit.periods.iter().find(|p| p.label == label);
        period.map(|p| p.verdict)
    };
    for year in ["113年度", "114年度", "115年度"] {
        assert_eq!(
            missed(&after, year),
            Some(Verdict::NotMet),
            "{year} {:?}",
            after.periods
        );
    }
    // Without a plan those years were nobody's.
    let alone = audit(relieved(), &[], "2028-06-01");
    assert!(
        alone
            .periods
            .iter()
            .all(|p| p.to < day("2024-01-01") || p.to > day("2026-12-31")),
        "{:?}",
        alone.periods
    );
}
