//! How often something is due changes: what lies before the change is judged by the law of its time.
#![allow(clippy::expect_used, clippy::panic)]

use assess::{DutyAssessment, Verdict, assess};
use facts::{Fact, FactValue, Snapshot};
use law::{Certainty, Corpus, Interval, Overlay, Promise, Value};
use period::{Date, Unit};
use testkit::{AgencyBuilder, day};

/// A made-up city asks once a year from 2025-07-01 and twice from 2026-07-01 for what the law of
/// level C asks every two years.
const CITY: &str = "示範市";

fn corpus() -> Corpus {
    let root = testkit::root();
    let mut files = testkit::law_files(&root.join("law"));
    files.extend(testkit::law_files(&root.join("crates/law/tests/city")));
    Corpus::load(files).unwrap_or_else(|e| panic!("{e:#?}"))
}

fn agency(level: &str, city: &str, audits: &[&str]) -> Snapshot {
    let mut agency = AgencyBuilder::level(level)
        .approved(day("2019-08-01"))
        .records_from(day("2021-01-01"))
        .no_core_system();
    if !city.is_empty() {
        agency = agency.of_city(city);
    }
    for audit in audits {
        agency = agency.done("audit.internal", day(audit));
    }
    agency.build()
}

fn audit(corpus: &Corpus, agency: &Snapshot, plans: &[Overlay], at: &str) -> DutyAssessment {
    let found = assess(agency, corpus, plans, day(at));
    let audit = found.duties.into_iter().find(|d| d.key == "audit.internal");
    audit.expect("an audit duty")
}

fn plan(from: &str, until: Option<&str>, interval: Interval) -> Overlay {
    Overlay {
        instrument: "plan:test".to_owned(),
        title: "測試計畫".to_owned(),
        version: from.to_owned(),
        from: Some(day(from)),
        until: until.map(day),
        undertakings: Vec::new(),
        apart: Vec::new(),
        promises: vec![Promise {
            core: false,
            certainty: Certainty::Primary,
            key: "audit.interval".to_owned(),
            value: Value::Interval(interval),
            said: interval.words(),
            clause: "拾".to_owned(),
            line: 1,
            levels: Vec::new(),
        }],
    }
}

fn every(every: u32, unit: Unit) -> Interval {
    Interval {
        every,
        unit,
        times: 1,
    }
}

type Row<'t> = (&'t str, Verdict, &'t str);

fn holds(corpus: &Corpus, agency: &Snapshot, plans: &[Overlay], rows: &[Row<'_>]) {
    for (at, verdict, due) in rows {
        let found = audit(corpus, agency, plans, at);
        let seen = (found.verdict, found.due);
        assert_eq!(seen, (*verdict, Some(day(due))), "on {at}: {}", found.reason);
    }
}

#[test]
fn a_proof_of_the_longer_interval_holds_as_long_as_that_let_it() {
    let corpus = corpus();
    // In the last year of two: it covers no more than that year.
    let early = agency("C", CITY, &["2024-05-02"]);
    holds(
        &corpus,
        &early,
        &[],
        &[
            ("2025-06-30", Verdict::Met, "2026-12-31"),
            ("2025-07-01", Verdict::Met, "2026-12-31"),
            ("2025-12-31", Verdict::Met, "2026-12-31"),
            ("2026-01-01", Verdict::NotYetDue, "2026-12-31"),
            ("2026-07-01", Verdict::NotYetDue, "2026-12-31"),
            ("2026-12-31", Verdict::NotYetDue, "2026-12-31"),
            ("2027-01-01", Verdict::NotMet, "2026-12-31"),
        ],
    );
    // Two years from 2025 on last over both amendments.
    let late = agency("C", CITY, &["2025-03-02"]);
    holds(
        &corpus,
        &late,
        &[],
        &[
            ("2026-06-30", Verdict::Met, "2027-12-31"),
            ("2026-07-01", Verdict::Met, "2027-06-30"),
            ("2026-12-31", Verdict::Met, "2027-06-30"),
            ("2027-01-01", Verdict::NotYetDue, "2027-06-30"),
            ("2027-07-01", Verdict::NotMet, "2027-06-30"),
        ],
    );
    // Made under the yearly rule, it lasts for its year and not for two.
    let between = agency("C", CITY, &["2025-03-02", "2026-03-02"]);
    holds(
        &corpus,
        &between,
        &[],
        &[
            ("2026-06-30", Verdict::Met, "2027-12-31"),
            ("2026-12-31", Verdict::Met, "2027-06-30"),
            ("2027-01-01", Verdict::NotYetDue, "2027-06-30"),
        ],
    );
}

#[test]
fn what_was_missed_is_missed_by_the_law_of_its_time() {
    let corpus = corpus();
    // 2023 is the last: the law asked for another by the end of 2025.
    let agency = agency("C", CITY, &["2023-05-02"]);
    let before = audit(&corpus, &agency, &[], "2025-12-31");
    assert_eq!(before.verdict, Verdict::NotYetDue, "{}", before.reason);
    assert_eq!(before.due, Some(day("2025-12-31")));
    assert_eq!(before.due_basis, "每2年1次");
    let after = audit(&corpus, &agency, &[], "2026-08-01");
    assert_eq!(after.verdict, Verdict::NotMet, "{}", after.reason);
    assert_eq!(after.due, Some(day("2025-12-31")));
    assert_eq!(after.due_basis, "每2年1次");
    let told: Vec<_> = after
        .periods
        .iter()
        .map(|p| (p.label.as_str(), p.verdict))
        .collect();
    assert_eq!(
        told,
        [
            ("113年度至114年度", Verdict::NotMet),
            ("112年度至113年度", Verdict::Met),
            ("111年度至112年度", Verdict::Met),
            ("110年度至111年度", Verdict::NotMet),
            ("109年度至110年度", Verdict::Unknown),
        ]
    );
    // Where nobody tightened it, the same record says the same.
    let other = audit(
        &corpus,
        &self::agency("C", "", &["2023-05-02"]),
        &[],
        "2026-08-01",
    );
    assert_eq!(other.due, Some(day("2025-12-31")));
}

#[test]
fn a_shorter_interval_counts_from_the_first_whole_block_under_it() {
    let corpus = corpus();
    let agency = agency("C", "", &["2025-03-02", "2023-03-02"]);
    // A quarter has begun when the plan takes effect: the next is the first that it asks of.
    let quarterly = |from| plan(from, None, every(3, Unit::Month));
    let begun = [quarterly("2027-02-10")];
    holds(
        &corpus,
        &agency,
        &begun,
        &[
            ("2027-02-09", Verdict::NotYetDue, "2027-12-31"),
            ("2027-02-10", Verdict::NotYetDue, "2027-06-30"),
            ("2027-04-01", Verdict::NotYetDue, "2027-06-30"),
            ("2027-07-01", Verdict::NotMet, "2027-06-30"),
        ],
    );
    let whole = [quarterly("2027-04-01")];
    holds(
        &corpus,
        &agency,
        &whole,
        &[("2027-04-01", Verdict::NotYetDue, "2027-06-30")],
    );
}

#[test]
fn a_longer_interval_ends_what_the_shorter_one_left_open() {
    let corpus = corpus();
    let agency = agency("C", "", &["2023-03-02", "2026-02-02"]);
    // Half-yearly until the plan is replaced by one that asks once a year.
    let plans = [
        plan("2026-01-01", Some("2026-11-10"), every(6, Unit::Month)),
        plan("2026-11-10", None, every(1, Unit::Year)),
    ];
    holds(
        &corpus,
        &agency,
        &plans,
        &[
            ("2026-06-30", Verdict::Met, "2026-12-31"),
            ("2026-11-09", Verdict::NotYetDue, "2026-12-31"),
            ("2026-11-10", Verdict::Met, "2027-12-31"),
            ("2027-01-01", Verdict::NotYetDue, "2027-12-31"),
            ("2028-01-01", Verdict::NotMet, "2027-12-31"),
        ],
    );
    // What two years of the law let hold is no matter of either plan.
    let late = self::agency("C", "", &["2025-03-02"]);
    holds(
        &corpus,
        &late,
        &plans,
        &[
            ("2026-07-01", Verdict::Met, "2027-06-30"),
            ("2027-01-01", Verdict::NotYetDue, "2027-12-31"),
        ],
    );
    let never = self::agency("C", "", &["2024-03-02"]);
    // What the shorter one had let pass stays so, told in its own words, until it is done.
    for at in ["2026-11-09", "2026-11-10"] {
        let found = audit(&corpus, &never, &plans, at);
        assert_eq!(
            (found.verdict, found.due, found.due_basis.as_str()),
            (Verdict::NotMet, Some(day("2026-06-30")), "每半年1次"),
            "{}",
            found.reason
        );
    }
}

#[test]
fn an_interval_without_a_grid_follows_the_same_rule() {
    let corpus = corpus();
    let eighteen = every(18, Unit::Month);
    let five = every(5, Unit::Week);
    // Two years on the calendar, then eighteen months from the last time.
    let audited = agency("C", "", &["2024-05-02"]);
    let plans = [plan("2025-07-01", None, eighteen)];
    holds(
        &corpus,
        &audited,
        &plans,
        &[
            ("2025-07-01", Verdict::Met, "2025-12-31"),
            ("2025-12-31", Verdict::Met, "2025-12-31"),
            ("2026-01-01", Verdict::NotMet, "2025-12-31"),
        ],
    );
    let under_it = agency("C", "", &["2024-05-02", "2025-07-01"]);
    holds(
        &corpus,
        &under_it,
        &plans,
        &[("2025-07-02", Verdict::Met, "2027-01-01")],
    );
    // Nothing done yet: the shorter time runs from its own first day, unless the longer one ends before.
    let mut never = agency("C", "", &[]);
    never.records_from = Some(day("2023-01-01"));
    let soon = [
        plan("2023-01-01", Some("2023-06-01"), eighteen),
        plan("2023-06-01", None, five),
    ];
    holds(
        &corpus,
        &never,
        &soon,
        &[
            ("2023-05-31", Verdict::NotYetDue, "2024-07-01"),
            ("2023-06-01", Verdict::NotYetDue, "2023-07-06"),
            ("2023-07-06", Verdict::NotYetDue, "2023-07-06"),
            ("2023-07-07", Verdict::NotMet, "2023-07-06"),
        ],
    );
    let too_late = [
        plan("2023-01-01", Some("2023-06-01"), five),
        plan("2023-06-01", None, eighteen),
    ];
    holds(
        &corpus,
        &never,
        &too_late,
        &[
            ("2023-02-05", Verdict::NotYetDue, "2023-02-05"),
            ("2023-06-01", Verdict::NotMet, "2023-02-05"),
        ],
    );
    // A longer one that takes over in time is the one that counts.
    let in_time = [
        plan("2023-01-01", Some("2023-02-05"), five),
        plan("2023-02-05", None, eighteen),
    ];
    holds(
        &corpus,
        &never,
        &in_time,
        &[("2023-06-01", Verdict::NotYetDue, "2024-07-01")],
    );
}

#[test]
fn a_higher_level_asks_from_its_own_day_on() {
    let corpus = corpus();
    let mut agency = agency("B", "", &["2023-05-02", "2025-05-02"]);
    let level = |value: &str, from: Option<Date>, until: Option<Date>, like: &Fact| Fact {
        value: FactValue::Choice(value.to_owned()),
        from,
        until,
        ..like.clone()
    };
    let at = agency.facts.iter().position(|f| f.key == "responsibility_level");
    let like = agency.facts.remove(at.expect("a level"));
    let raised = day("2026-03-01");
    agency.facts.push(level("C", None, Some(raised), &like));
    agency.facts.push(level("B", Some(raised), None, &like));
    // Level C every two years: 2025 holds for 2026. Level B asks once a year from then on.
    holds(
        &corpus,
        &agency,
        &[],
        &[
            ("2026-02-28", Verdict::Met, "2027-12-31"),
            ("2026-03-01", Verdict::Met, "2027-12-31"),
            ("2027-01-01", Verdict::NotYetDue, "2027-12-31"),
            ("2028-01-01", Verdict::NotMet, "2027-12-31"),
        ],
    );
    // Level B throughout: 2024 was missed and 2026 is open.
    let always = self::agency("B", "", &["2023-05-02", "2025-05-02"]);
    holds(
        &corpus,
        &always,
        &[],
        &[("2026-03-01", Verdict::NotYetDue, "2026-12-31")],
    );
}

#[test]
fn months_that_make_years_are_years() {
    let corpus = corpus();
    let agency = agency("C", "", &["2025-03-02"]);
    for (months, due) in [
        (12, "2026-12-31"),
        (24, "2027-12-31"),
        (6, "2025-12-31"),
        (18, "2026-09-02"),
    ] {
        let plans = [plan("2021-01-01", None, every(months, Unit::Month))];
        let found = audit(&corpus, &agency, &plans, "2025-06-01");
        let verdict = (found.verdict, found.due);
        // The law's two years bind with a plan that asks for as much or less.
        assert_eq!(
            verdict,
            (Verdict::Met, Some(day(due))),
            "{months}: {}",
            found.reason
        );
    }
}

#[test]
fn a_transitional_clause_says_whose_place_it_takes() {
    let corpus = corpus();
    let agency = agency("C", "", &[]);
    let found = assess(&agency, &corpus, &[], day("2026-06-01"));
    let ips = found.duties.iter().find(|d| d.key == "protection.ips");
    let ips = ips.expect("the duty");
    let first = ips.binding.first().expect("a clause");
    assert_eq!((&*first.article, first.value.as_deref()), ("11/7", Some("1年內")));
    assert!(ips.losers.is_empty(), "{:?}", ips.losers);
    let note = &ips.steps.first().expect("a step").note;
    assert!(note.contains("取代") && note.ends_with("之1年內。"), "{note}");
    // The edition in force at approval goes on giving the date, and binds.
    let b = self::agency("B", "", &[]);
    let found = assess(&b, &corpus, &[], day("2026-06-01"));
    let edr = found.duties.iter().find(|d| d.key == "edr.introduce");
    let edr = edr.expect("the duty");
    let rows: Vec<_> = edr
        .binding
        .iter()
        .map(|c| (&*c.version, c.value.as_deref()))
        .collect();
    assert_eq!(rows, [("2021", Some("2年內")), ("2026", None)]);
}
