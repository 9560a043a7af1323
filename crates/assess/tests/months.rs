//! A month that a plan promises: by its end, not by the end of the year.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use assess::{DutyAssessment, Verdict, assess};
use facts::FactValue;
use law::{Overlay, PlanParameter};
use period::{Date, Lateness};
use testkit::{AgencyBuilder, day};

fn review(month: f64, from: Option<&str>, held: &[&str], records: &str, at: &str) -> DutyAssessment {
    let corpus = testkit::corpus();
    let promise = |key: &str, number: f64, unit: &str| PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "拾伍、三".into(),
        line: 1,
        levels: Vec::new(),
        core: false,
        per: None,
    };
    let promises = [
        promise("management_review.interval", 1.0, "year"),
        promise("management_review.month", month, "month_of_year"),
    ];
    let days = (from.map(day), None);
    let (plan, left) = Overlay::new(&corpus, "test", "計畫", "1", days, &promises);
    assert!(left.is_empty(), "{left:?}");
    let mut agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .records_from(day(records))
        .no_core_system();
    for on in held {
        agency = agency.done("management_review.hold", day(on));
    }
    let found = assess(&agency.build(), &corpus, &[plan], day(at));
    let of = found
        .duties
        .into_iter()
        .find(|d| d.key == "management_review.hold");
    of.expect("the plan promises it")
}

fn told(d: &DutyAssessment) -> (Verdict, Option<Date>) {
    (d.verdict, d.due)
}

#[test]
fn it_is_due_at_the_end_of_the_month_and_overdue_the_day_after() {
    let at = |at: &str| told(&review(11.0, None, &["2025-11-03"], "2025-01-01", at));
    let end = Some(day("2026-11-30"));
    assert_eq!(at("2026-01-01"), (Verdict::NotYetDue, end));
    assert_eq!(at("2026-11-30"), (Verdict::NotYetDue, end));
    assert_eq!(at("2026-12-01"), (Verdict::NotMet, end));
    // In the year after the missed one it is still that month that was missed.
    assert_eq!(at("2027-03-01"), (Verdict::NotMet, end));
    let leap = review(2.0, None, &["2027-02-01"], "2025-01-01", "2028-01-05");
    assert_eq!(leap.due, Some(day("2028-02-29")));
}

#[test]
fn what_is_held_after_the_month_is_late_by_its_days() {
    let held = |on: &str| review(11.0, None, &["2025-11-03", on], "2025-01-01", "2026-12-20");
    let next = Some(day("2027-11-30"));
    let in_time = held("2026-11-30");
    assert_eq!((told(&in_time), in_time.late_by), ((Verdict::Met, next), None));
    let late = held("2026-12-01");
    assert_eq!(
        (told(&late), late.late_by),
        ((Verdict::Met, next), Some(Lateness::Days(1)))
    );
    assert!(late.reason.contains("1 日"), "{}", late.reason);
    let early = held("2026-03-01");
    assert_eq!(early.late_by, None);
}

#[test]
fn a_plan_that_begins_after_its_month_asks_nothing_of_it_yet() {
    let from = |from: &str| told(&review(11.0, Some(from), &[], "2026-01-01", "2026-12-15"));
    assert_eq!(from("2026-12-01"), (Verdict::NotYetDue, Some(day("2026-12-31"))));
    assert_eq!(from("2026-11-30"), (Verdict::NotMet, Some(day("2026-11-30"))));
}

#[test]
fn before_the_records_begin_nothing_is_missed() {
    let records = |records: &str| review(11.0, None, &[], records, "2026-12-15").verdict;
    assert_eq!(records("2026-11-02"), Verdict::NotYetDue);
    assert_eq!(records("2026-11-01"), Verdict::NotMet);
}

#[test]
fn a_monthly_return_begins_with_what_is_proven_to_be_there() {
    let corpus = testkit::corpus();
    let built = |files: usize| {
        let agency = AgencyBuilder::level("A")
            .approved(day("2019-08-01"))
            .records_from(day("2025-01-01"))
            .no_core_system()
            .done("monitoring.soc", day("2026-10-05"))
            .shown_by(files);
        let found = assess(&agency.build(), &corpus, &[], day("2026-11-21"));
        let of = found
            .duties
            .into_iter()
            .find(|d| d.key == "monitoring.status_return");
        of.expect("it is asked of level A")
    };
    assert_eq!(built(0).verdict, Verdict::NotApplicable);
    assert_eq!(built(0).reason_code, "not begun");
    assert_ne!(built(1).verdict, Verdict::NotApplicable);
}

#[test]
fn a_plan_on_record_is_told_to_be_a_kept_file_and_other_records_are_not() {
    let corpus = testkit::corpus();
    let agency = AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .no_core_system()
        .fact("has_plan", FactValue::Flag(true))
        .fact("has_ciso", FactValue::Flag(true));
    let found = assess(&agency.build(), &corpus, &[], day("2026-11-21"));
    let reasons = found.duties.iter().filter(|d| d.reason_code == "on record");
    let kept: Vec<&str> = reasons
        .filter(|d| d.verdict == Verdict::Met && d.reason.contains("以雜湊保存"))
        .map(|d| d.key.as_str())
        .collect();
    assert_eq!(kept, ["plan.establish"]);
}
