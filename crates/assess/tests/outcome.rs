//! Of times that differ in kind the one binds that ends first from the actual start.
#![allow(clippy::expect_used, clippy::panic)]

use assess::{DutyAssessment, Verdict, assess};
use facts::{Event, Settled, Source, Subject};
use law::{Certainty, Overlay, Promise, Rank, Value};
use period::{Moment, Span, Unit};
use testkit::{AgencyBuilder, day};

const REPORT: &str = "incident.improvement_report";

fn plan(key: &str, amount: u32, unit: Unit, said: &str) -> Overlay {
    Overlay {
        instrument: "plan:test".to_owned(),
        title: "測試計畫".to_owned(),
        version: "1".to_owned(),
        from: None,
        until: None,
        undertakings: Vec::new(),
        apart: Vec::new(),
        promises: vec![Promise {
            core: false,
            certainty: Certainty::Primary,
            key: key.to_owned(),
            value: Value::Span(Span { amount, unit }),
            said: said.to_owned(),
            clause: "拾".to_owned(),
            line: 1,
            levels: Vec::new(),
        }],
    }
}

fn contained(on: &str, settled: Option<&str>) -> Event {
    let source = Source {
        register: "incident".to_owned(),
        row: on.to_owned(),
        version: 1,
        line: None,
    };
    Event {
        subject: Subject::Agency,
        duty: REPORT.to_owned(),
        at: Moment::Day(day(on)),
        title: on.to_owned(),
        settled: settled.map(|on| Settled {
            at: Moment::Day(day(on)),
            by: "改善報告送出日".to_owned(),
        }),
        level: Some("1".to_owned()),
        level_changed: None,
        evidence: 1,
        says: Vec::new(),
        source,
    }
}

fn report(events: &[Event], plan: &[Overlay], at: &str) -> DutyAssessment {
    let mut agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .no_core_system();
    for event in events {
        agency = agency.event(event.clone());
    }
    let found = assess(&agency.build(), &testkit::corpus(), plan, day(at));
    let report = found.duties.into_iter().find(|d| d.key == REPORT);
    report.expect("the report's duty")
}

/// Days of the plan beside the month of the law.
fn days(amount: u32) -> [Overlay; 1] {
    [plan(
        "incident.improvement_report_limit",
        amount,
        Unit::CalendarDay,
        &format!("{amount} 日"),
    )]
}

#[test]
fn a_month_and_thirty_days_are_weighed_from_the_start() {
    // From 2026-02-02 a month ends on Monday 03-02, thirty days on 03-04.
    let february = report(&[contained("2026-02-02", None)], &days(30), "2026-03-02");
    let event = february.events.first().expect("an event");
    assert_eq!(event.due, Some(Moment::Day(day("2026-03-02"))));
    assert!(
        event.clauses.iter().all(|c| c.rank != Rank::Plan),
        "{:?}",
        event.clauses
    );
    assert_eq!(event.within, "1個月內");
    assert_eq!(february.verdict, Verdict::NotYetDue);
    let over = report(&[contained("2026-02-02", None)], &days(30), "2026-03-03");
    assert_eq!(over.verdict, Verdict::NotMet);
    // From 2026-03-02 thirty days end on 04-01 and a month on 04-02.
    let march = report(&[contained("2026-03-02", None)], &days(30), "2026-04-01");
    let event = march.events.first().expect("an event");
    assert_eq!(event.due, Some(Moment::Day(day("2026-04-01"))));
    assert!(
        event.clauses.iter().all(|c| c.rank == Rank::Plan),
        "{:?}",
        event.clauses
    );
    let late = report(
        &[contained("2026-03-02", Some("2026-04-02"))],
        &days(30),
        "2026-05-02",
    );
    assert!(
        late.late_by.is_some_and(|by| by.minutes() == 24 * 60),
        "{:?}",
        late.late_by
    );
    // From 2026-04-01 both end on the same day, and both bind.
    let april = report(&[contained("2026-04-01", None)], &days(30), "2026-04-02");
    let event = april.events.first().expect("an event");
    assert_eq!(event.clauses.len(), 2, "{:?}", event.clauses);
}

#[test]
fn without_a_start_both_stand_with_the_rule_that_will_decide() {
    let open = report(&[], &days(30), "2026-03-02");
    let period = open.requirements.first().expect("a period");
    assert_eq!(period.words, "1個月內或30日內（先屆至者為準）");
    assert_eq!((period.winners.len(), period.losers.len()), (2, 0));
    assert!(open.readings.iter().any(|r| r.key == "strictest_by_outcome"));
    // What is shorter whatever the start needs no such rule.
    for (amount, plan_wins) in [(28, true), (29, false), (31, false), (32, false)] {
        let one = report(&[], &days(amount), "2026-03-02");
        let period = one.requirements.first().expect("a period");
        let ruled = one.readings.iter().any(|r| r.key == "strictest_by_outcome");
        assert_eq!(ruled, (29..32).contains(&amount), "{amount} days");
        if !ruled {
            let by_plan = period.winners.iter().all(|c| c.rank == Rank::Plan);
            assert_eq!(by_plan, plan_wins, "{amount} days");
            assert_eq!(period.losers.len(), 1);
        }
    }
}

#[test]
fn what_is_due_once_is_weighed_too() {
    let due = |approved: &str, amount: u32| {
        let agency = AgencyBuilder::level("C")
            .approved(day(approved))
            .no_core_system()
            .build();
        let days = format!("{amount} 日");
        let plan = [plan("staff.dedicated.within", amount, Unit::CalendarDay, &days)];
        let found = assess(&agency, &testkit::corpus(), &plan, day("2026-11-20"));
        let staff = found.duties.into_iter().find(|d| d.key == "staff.dedicated");
        staff.expect("the duty")
    };
    // A year over 29 February is 366 days: the plan's 365 end a day earlier.
    let leap = due("2023-06-01", 365);
    assert_eq!(leap.due, Some(day("2024-05-31")));
    assert!(
        leap.binding.iter().any(|c| c.rank == Rank::Plan),
        "{:?}",
        leap.binding
    );
    let law = leap
        .losers
        .iter()
        .find(|l| l.clause.rank != Rank::Plan)
        .expect("the law");
    assert_eq!(law.outcome, "1年內（至 113/06/03）");
    assert!(!law.below_floor);
    let period = leap.requirements.first().expect("a period");
    assert_eq!(period.words, "365日內");
    assert_eq!(period.losers.len(), 1);
    // The plan's 366 days fall short of an ordinary year.
    let longer = due("2024-06-03", 366);
    assert_eq!(longer.due, Some(day("2025-06-03")));
    let own = longer
        .losers
        .iter()
        .find(|l| l.clause.rank == Rank::Plan)
        .expect("the plan");
    assert!(own.below_floor);
    assert_eq!(own.outcome, "366日內（至 114/06/04）");
}
