//! The clocks of an incident, in both editions, with the contract's beside the law's.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use assess::{Clock, Incident, Side, clocks};
use law::Corpus;
use period::{Moment, parse_instant};
use testkit::day;

const VENDOR: &str = "vendor-security-requirements";

struct Case<'a> {
    level: &'a str,
    edition: &'a str,
    contract: bool,
    moments: &'a [(&'a str, &'a str)],
}

fn run(corpus: &Corpus, case: &Case<'_>) -> Vec<Clock> {
    let incident = Incident {
        level: case.level,
        body: "public_agency",
        jurisdiction: "",
        contract: case.contract.then_some(VENDOR),
        edition: day(case.edition),
        moments: case
            .moments
            .iter()
            .map(|(key, at)| (*key, parse_instant(at).expect("an instant")))
            .collect(),
    };
    clocks(corpus, &incident)
}

fn due(clocks: &[Clock], duty: &str) -> Option<String> {
    let clock = clocks.iter().find(|c| c.duty == duty);
    let clock = clock.unwrap_or_else(|| panic!("{duty} is not there"));
    clock.due.map(|d| match d {
        Moment::Day(day) => day.to_string(),
        Moment::Instant(at) => at.strftime("%Y-%m-%dT%H:%M").to_string(),
    })
}

const KNOWN: (&str, &str) = ("incident.known", "2026-02-13T17:40");

#[test]
fn the_law_s_clocks_run_from_knowing_in_both_editions() {
    let corpus = testkit::corpus();
    for edition in ["2021-08-23", "2026-01-04", "2026-01-05", "2026-11-21"] {
        for (level, contain) in [
            ("1", "2026-02-16T17:40"),
            ("2", "2026-02-16T17:40"),
            ("3", "2026-02-15T05:40"),
            ("4", "2026-02-15T05:40"),
        ] {
            let case = Case {
                level,
                edition,
                contract: false,
                moments: &[
                    KNOWN,
                    ("incident.received", "2026-02-13T18:00"),
                    ("incident.contained", "2026-02-15T04:00"),
                ],
            };
            let found = run(&corpus, &case);
            assert_eq!(
                due(&found, "incident.report").as_deref(),
                Some("2026-02-13T18:40"),
                "{edition} {level}"
            );
            assert_eq!(
                due(&found, "incident.contain").as_deref(),
                Some(contain),
                "{edition} {level}"
            );
            let review = if level < "3" {
                "2026-02-14T02:00"
            } else {
                "2026-02-13T20:00"
            };
            assert_eq!(
                due(&found, "incident.review").as_deref(),
                Some(review),
                "{edition} {level}"
            );
            // One month from the day of containment, first day excluded.
            let report = due(&found, "incident.improvement_report").expect("an end");
            assert!(report.starts_with("2026-03-1"), "{report}");
            assert!(found.iter().all(|c| c.side == Side::Law));
            let meeting = found.iter().any(|c| c.duty == "incident.ciso_meeting");
            assert_eq!(
                meeting,
                level >= "3",
                "{edition} {level}: {:?}",
                found.iter().map(|c| &c.duty).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn a_contract_s_clocks_run_from_their_own_moments() {
    let corpus = testkit::corpus();
    let case = Case {
        level: "3",
        edition: "2026-11-21",
        contract: true,
        moments: &[
            KNOWN,
            ("incident.occurred", "2026-02-13T08:00"),
            ("vendor.known", "2026-02-13T18:10"),
            ("vendor.received", "2026-02-13T18:30"),
            ("vendor.forensics_notified", "2026-02-14T09:00"),
            ("incident.handled", "2026-02-24T12:00"),
            ("scan.done", "2026-03-02T10:00"),
            ("scan.findings_notified", "2026-03-02T10:00"),
            ("pentest.reported", "2026-03-02T10:00"),
        ],
    };
    let found = run(&corpus, &case);
    for (duty, end) in [
        ("contract.incident.notify", "2026-02-13T19:10"),
        ("contract.incident.onsite", "2026-02-14T02:30"),
        ("contract.incident.team", "2026-02-14T02:30"),
        ("contract.incident.first_response", "2026-02-14T18:30"),
        // 36 hours from when it happened, not from when anyone knew.
        ("contract.incident.contain", "2026-02-14T20:00"),
        ("contract.incident.forensics", "2026-03-06"),
        // Five working days after 24 February, over the holiday of 27 February.
        ("contract.incident.report", "2026-03-04"),
        ("contract.scan.report", "2026-03-16"),
        ("contract.scan.fix", "2026-04-01"),
        ("contract.pentest.fix", "2026-03-16"),
    ] {
        let clock = found.iter().find(|c| c.duty == duty);
        let clock = clock
            .unwrap_or_else(|| panic!("{duty}: {:?}", found.iter().map(|c| &c.duty).collect::<Vec<_>>()));
        assert_eq!(clock.side, Side::Contract, "{duty}");
        assert_eq!(due(&found, duty).as_deref(), Some(end), "{duty}");
        assert!(!clock.assumed, "{duty}");
    }
    // The law's own clock is unmoved by the contract.
    assert_eq!(
        due(&found, "incident.contain").as_deref(),
        Some("2026-02-15T05:40")
    );
}

#[test]
fn a_start_that_nobody_gave_is_not_invented() {
    let corpus = testkit::corpus();
    let case = Case {
        level: "1",
        edition: "2026-11-21",
        contract: true,
        moments: &[KNOWN],
    };
    let found = run(&corpus, &case);
    for duty in [
        "incident.review",
        "incident.improvement_report",
        "contract.incident.contain",
        "contract.incident.report",
        // Nobody asked for forensics.
        "contract.incident.forensics",
    ] {
        assert_eq!(due(&found, duty), None, "{duty}");
    }
    // A vendor's own moments are taken at the earliest, and said to be.
    let onsite = found
        .iter()
        .find(|c| c.duty == "contract.incident.onsite")
        .expect("a clock");
    assert!(onsite.assumed && onsite.due.is_some());
    let cited = |duty: &str| -> Vec<String> {
        let clock = found.iter().find(|c| c.duty == duty).expect("a clock");
        clock.steps.iter().filter_map(|s| s.cite_label.clone()).collect()
    };
    // What a contract sets is counted as contracts are, what the law sets as administration counts.
    assert_eq!(cited("contract.incident.onsite"), ["民法第120條第1項"]);
    assert_eq!(cited("incident.report"), ["行政程序法第48條第1項"]);
}

#[test]
fn a_level_that_rose_leaves_two_readings() {
    let corpus = testkit::corpus();
    let case = Case {
        level: "3",
        edition: "2026-11-21",
        contract: false,
        moments: &[KNOWN, ("incident.level_changed", "2026-02-14T09:00")],
    };
    let found = run(&corpus, &case);
    let contain = found
        .iter()
        .find(|c| c.duty == "incident.contain")
        .expect("a clock");
    let other = contain.otherwise.as_ref().expect("the other reading");
    assert_eq!(
        due(&found, "incident.contain").as_deref(),
        Some("2026-02-15T05:40")
    );
    assert!(matches!(other.due, Some(Moment::Instant(at)) if at.to_string().starts_with("2026-02-15T21:00")));
}

#[test]
fn whoever_reviews_has_clocks_of_its_own_by_whom_the_report_came_from() {
    let corpus = testkit::corpus();
    let of = |body: &str, edition: &str, moments: &[(&'static str, &str)]| -> Vec<(String, Option<Moment>)> {
        let incident = Incident {
            level: "2",
            body,
            jurisdiction: "",
            contract: None,
            edition: day(edition),
            moments: moments
                .iter()
                .map(|(k, at)| (*k, at.parse().expect("an instant")))
                .collect(),
        };
        let reviews = [
            "incident.review",
            "incident.review_result",
            "incident.ministry_review",
            "incident.ministry_result",
        ];
        let all = clocks(&corpus, &incident).into_iter();
        all.filter(|c| reviews.contains(&c.duty.as_str()))
            .map(|c| (c.duty, c.due))
            .collect()
    };
    let at = |text: &str| Some(Moment::Instant(text.parse().expect("an instant")));
    let public = of(
        "public_agency",
        "2026-11-21",
        &[("incident.received", "2026-11-21T10:00")],
    );
    assert_eq!(
        public,
        [
            ("incident.review".to_owned(), at("2026-11-21T18:00")),
            ("incident.review_result".to_owned(), None),
        ]
    );
    let moments = [
        ("ministry.received", "2026-11-21T10:00"),
        ("ministry.reviewed", "2026-11-21T12:00"),
    ];
    let special = of("specific_non_government", "2026-11-21", &moments);
    assert_eq!(
        special,
        [
            ("incident.ministry_result".to_owned(), at("2026-11-21T13:00")),
            ("incident.ministry_review".to_owned(), at("2026-11-21T18:00")),
        ]
    );
    // Before 2026 results of the lower levels went together, without an hour.
    let earlier = of("specific_non_government", "2025-06-30", &moments);
    assert!(
        earlier.contains(&("incident.ministry_result".to_owned(), None)),
        "{earlier:?}"
    );
}
