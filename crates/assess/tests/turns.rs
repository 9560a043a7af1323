//! Until when of a day its verdicts hold.
#![allow(clippy::expect_used)]

use facts::{Event, Settled, Source, Subject};
use period::{DateTime, Moment, just_before};
use testkit::AgencyBuilder;

fn at(text: &str) -> DateTime {
    format!("2026-02-13T{text}").parse().expect("an instant")
}

fn event(settled: Option<Moment>) -> Event {
    Event {
        subject: Subject::Agency,
        duty: "incident.report".into(),
        at: at("17:40:00").into(),
        title: "x".into(),
        settled: settled.map(|at| Settled { at, by: "x".into() }),
        level: Some("3".into()),
        level_changed: None,
        evidence: 1,
        says: Vec::new(),
        source: Source {
            register: "incident".into(),
            row: "i".into(),
            version: 1,
            line: None,
        },
    }
}

#[test]
fn a_day_is_told_anew_when_an_hour_of_it_changes_what_is_said() {
    let corpus = testkit::corpus();
    let until = |event: Event, now: DateTime| {
        let agency = AgencyBuilder::level("C").no_core_system().event(event).build();
        assess::assess_at(&agency, &corpus, &[], now).holds_until
    };
    let settled = || Some(Moment::Instant(at("20:00:00")));
    for (now, is) in [
        // It hasn't happened yet; it has; the very end is in time; nothing ends later that day.
        ("17:39:59", Some(just_before(at("17:40:00")))),
        ("17:40:00", Some(at("18:40:00"))),
        ("18:40:00", Some(at("18:40:00"))),
        ("18:40:01", None),
    ] {
        assert_eq!(until(event(None), at(now)), is, "{now}");
    }
    assert_eq!(
        until(event(settled()), at("18:41:00")),
        Some(just_before(at("20:00:00")))
    );
    assert_eq!(until(event(settled()), at("20:00:00")), None);
    // What is recorded by its day changes nothing within it, nor does what ends on another day.
    let by_day = Event {
        at: at("00:00:00").date().into(),
        duty: "incident.ciso_meeting".into(),
        ..event(None)
    };
    assert_eq!(until(by_day, at("12:00:00")), None);
    let contain = Event {
        duty: "incident.contain".into(),
        ..event(None)
    };
    assert_eq!(until(contain, at("18:00:00")), None);
}
