//! Twelve agencies on ten days, from the first law to the time beyond the calendars: what is said of
//! each duty, recorded as text and read line by line. A line stands where something changed since
//! the day before it in the list.
#![allow(clippy::expect_used, clippy::panic)]

use assess::{DutyAssessment, assess};
use facts::{Event, Exemption, FactValue, Settled, Snapshot, Source, Subject};
use law::{Overlay, PlanParameter};
use period::{Date, Moment};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use testkit::{AgencyBuilder, day};

/// Before and after each amendment, and beyond the last calendar.
const DAYS: [&str; 10] = [
    "2019-12-31",
    "2021-08-22",
    "2021-08-23",
    "2024-06-30",
    "2025-11-30",
    "2025-12-01",
    "2026-01-06",
    "2026-01-07",
    "2027-01-08",
    "2029-06-30",
];

fn source(row: &str) -> Source {
    Source {
        register: "incident".to_owned(),
        row: row.to_owned(),
        version: 1,
        line: None,
    }
}

fn incident(duty: &str, at: &str, level: Option<&str>, settled: Option<&str>) -> Event {
    let moment = |text: &str| Moment::Instant(text.parse().expect("an instant"));
    Event {
        subject: Subject::Agency,
        duty: duty.to_owned(),
        at: moment(at),
        title: format!("事件 {at}"),
        settled: settled.map(|at| Settled {
            at: moment(at),
            by: "完成時間".to_owned(),
        }),
        level: level.map(str::to_owned),
        level_changed: None,
        evidence: usize::from(settled.is_some()),
        says: Vec::new(),
        source: source(at),
    }
}

fn every_year(mut agency: AgencyBuilder, duty: &str, years: std::ops::RangeInclusive<i16>) -> AgencyBuilder {
    for year in years {
        agency = agency.done(duty, Date::new(year, 5, 20).expect("a day"));
    }
    agency
}

fn c() -> AgencyBuilder {
    AgencyBuilder::level("C")
        .approved(day("2019-08-01"))
        .records_from(day("2020-01-01"))
}

fn raised() -> Snapshot {
    let mut agency = every_year(c().core_system("公文系統"), "audit.internal", 2021..=2025).build();
    // The decision that raised the level is dated too.
    let turn = day("2024-03-01");
    let decided = |key: &str, value: FactValue| (key.to_owned(), value);
    for (key, value) in [
        decided("responsibility_level", FactValue::Choice("B".to_owned())),
        decided("level_approved_on", FactValue::Date(turn)),
    ] {
        let before = agency.facts.iter_mut().find(|f| f.key == key).expect("a fact");
        let after = facts::Fact {
            value,
            from: Some(turn),
            ..before.clone()
        };
        before.until = Some(turn);
        agency.facts.push(after);
    }
    agency
}

fn agencies() -> Vec<(&'static str, Snapshot)> {
    let flag = |agency: AgencyBuilder, key: &str| agency.fact(key, FactValue::Flag(true));
    let vendor = ["vendor-security-requirements".to_owned()];
    let kept = [
        "audit.internal",
        "health_check",
        "management_review",
        "protection.antivirus",
    ];
    let kept = kept.into_iter().fold(c().no_core_system(), |agency, duty| {
        every_year(agency, duty, 2020..=2027)
    });
    let relieved = c().no_core_system().exempt(Exemption {
        duty: "protection.antivirus".to_owned(),
        subject: Subject::Agency,
        from: day("2024-01-01"),
        until: day("2026-12-31"),
        agreed_on: Some(day("2023-12-01")),
        filed_on: Some(day("2023-12-15")),
        decided: true,
        source: source("e1"),
    });
    let mut hit = c().no_core_system();
    for event in [
        incident(
            "incident.report",
            "2021-08-22T22:30",
            Some("1"),
            Some("2021-08-22T23:30"),
        ),
        incident(
            "incident.report",
            "2025-11-30T23:30",
            Some("3"),
            Some("2025-12-01T00:31"),
        ),
        incident("incident.contain", "2026-01-05T09:00", Some("3"), None),
        incident("incident.contain", "2026-01-06T09:00", None, None),
        incident("incident.contain", "2026-01-05T10:00", Some("1"), None),
        incident("incident.improvement_report", "2026-01-06T09:00", Some("2"), None),
        incident("incident.improvement_report", "2026-01-05T08:00", None, None),
        incident(
            "incident.improvement_report",
            "2025-11-20T08:00",
            Some("2"),
            Some("2025-12-20T08:00"),
        ),
    ] {
        hit = hit.event(event);
    }
    vec![
        (
            "a-core",
            flag(
                AgencyBuilder::level("A").approved(day("2019-08-01")),
                "develops_systems",
            )
            .records_from(day("2020-01-01"))
            .core_system("甲系統")
            .build(),
        ),
        (
            "b-approved-2022",
            AgencyBuilder::level("B")
                .approved(day("2022-03-02"))
                .no_core_system()
                .build(),
        ),
        ("c-no-date", AgencyBuilder::level("C").no_core_system().build()),
        ("c-kept", kept.build()),
        ("c-raised-to-b", raised()),
        ("c-incidents", hit.build()),
        ("c-relieved", relieved.build()),
        (
            "c-taipei",
            flag(
                flag(c().of_city("臺北市"), "outsources_systems"),
                "supervises_agencies",
            )
            .core_system("甲")
            .other_system("乙")
            .contract("維護案", &vendor)
            .build(),
        ),
        (
            "c-taoyuan-plan",
            c().of_city("桃園市")
                .no_core_system()
                .adopts("accounting-office-plan")
                .build(),
        ),
        (
            "d-kaohsiung",
            AgencyBuilder::level("D")
                .approved(day("2021-08-22"))
                .of_city("高雄市")
                .build(),
        ),
        ("e", AgencyBuilder::level("E").approved(day("2022-03-02")).build()),
        (
            "b-not-of-the-government",
            AgencyBuilder::level("B")
                .fact("body", FactValue::Choice("specific_non_government".into()))
                .approved(day("2021-08-22"))
                .build(),
        ),
    ]
}

/// A plan of the agency's own, which one of them has.
fn plan() -> Overlay {
    let promise = |key: &str, number: f64, unit: &str| PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "拾伍、二".into(),
        line: 120,
        levels: Vec::new(),
        core: false,
        per: None,
    };
    let promises = [
        promise("audit.interval", 1.0, "year"),
        promise("scan.interval", 3.0, "month"),
    ];
    let from = Some(day("2025-03-01"));
    Overlay::new(
        &testkit::corpus(),
        "test",
        "測試計畫",
        "1",
        (from, None),
        &promises,
    )
    .0
}

/// What is said of a duty on a day, but for the day itself.
fn told(d: &DutyAssessment) -> String {
    let mut text = format!("{} ({})", word(&d.verdict), d.reason_code);
    if let Some(due) = d.due {
        let _ = write!(text, " due {due}");
    }
    if d.provisional {
        text.push_str(" provisional");
    }
    if let Some(until) = d.proof_until {
        let _ = write!(text, " shown until {until}");
    }
    let rows = d.binding.iter().map(|c| {
        let value = c.value.as_ref().map_or_else(String::new, |v| format!(" = {v}"));
        format!("{}@{}/{}{value}", c.instrument, c.version, c.article)
    });
    let _ = write!(text, "\n        by {}", rows.collect::<Vec<_>>().join("; "));
    if !d.losers.is_empty() {
        let lost = d.losers.iter().map(|l| {
            let reason = word(&l.reason);
            format!(
                "{}@{}/{} ({reason}: {})",
                l.clause.instrument, l.clause.version, l.clause.article, l.outcome
            )
        });
        let _ = write!(text, "\n        not by {}", lost.collect::<Vec<_>>().join("; "));
    }
    let _ = write!(text, "\n        {}", d.reason);
    for event in &d.events {
        let due = event
            .due
            .map_or_else(|| "no end".to_owned(), |due| format!("due {due:?}"));
        let by = event
            .clauses
            .iter()
            .map(|c| format!("{}/{}", c.version, c.article));
        let by = format!(" by {} ({})", by.collect::<Vec<_>>().join(" "), event.within);
        let late = event
            .late_by
            .map_or_else(String::new, |by| format!(", late by {}", by.words()));
        let _ = write!(
            text,
            "\n        - {}: {}, {due}{late}{by}",
            event.title,
            word(&event.verdict)
        );
    }
    text
}

fn word<T: serde::Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).expect("a word");
    word.as_str().unwrap_or_default().to_owned()
}

fn page(agency: &Snapshot, plans: &[Overlay]) -> String {
    let corpus = testkit::corpus();
    let mut duties: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    for at in DAYS {
        let found = assess(agency, &corpus, plans, day(at));
        let today: BTreeMap<String, String> = found
            .duties
            .iter()
            .map(|d| (format!("{} [{}]", d.key, d.subject_name), told(d)))
            .collect();
        for (name, said) in &today {
            let lines = duties.entry(name.clone()).or_default();
            if lines.last().is_none_or(|(_, last)| last != said) {
                lines.push((at, said.clone()));
            }
        }
        for (name, lines) in &mut duties {
            if !today.contains_key(name) && lines.last().is_some_and(|(_, last)| last != "absent") {
                lines.push((at, "absent".to_owned()));
            }
        }
    }
    let mut text = String::new();
    for (name, lines) in duties {
        let _ = writeln!(text, "{name}");
        for (at, said) in lines {
            let _ = writeln!(text, "    {at} {said}");
        }
    }
    text
}

#[test]
fn what_is_said_of_twelve_agencies_on_ten_days() {
    let folder = testkit::root().join("crates/assess/tests/ages");
    let all = agencies();
    assert_eq!(all.len(), 12);
    for (name, agency) in all {
        let plans = if name == "c-kept" {
            vec![plan()]
        } else {
            Vec::new()
        };
        testkit::recorded(&folder.join(format!("{name}.txt")), &page(&agency, &plans));
    }
}
