//! Worked cases: prose with TOML blocks between, run as tests.
//!
//! ```toml
//! name = "…"            # what the case shows
//! level = "C"           # facts
//! approved = 2019-08-01
//! core_system = false   # false, or the name of one
//! other_system = "…"    # the name of one that is not core
//! body = "public_agency"
//! jurisdiction = "臺北市"
//! adopts = [ "information-security-rules" ]
//! contract = { name = "…", baselines = [ "vendor-security-requirements" ] }
//! records_from = 2019-01-01
//! flags = { has_mail_server = true }
//! done = [ { duty = "…", on = 2025-03-01 } ]   # with system or contract, where it was for one; with
//!                       # until, where it says itself how long it holds
//! counted = [ { what = "license", of = "甲", from = 2025-03-01, until = 2028-03-01, file = true } ]
//!                       # until is the first day no longer; file only where one has to show it
//! events = [ { duty = "…", at = 2026-02-13T17:40:00, level = "3", settled = 2026-02-13T18:10:00 } ]
//!                       # a day alone where the hour isn't known; with changed, proof = false, system or contract
//! plan = [ { key = "audit.interval", number = 1, unit = "year", clause = "拾伍、二" } ]
//! at = 2026-11-21       # the end of that day; or an instant of it
//! expect = [ { duty = "…", verdict = "not_met", due = 2020-08-03, binding = "annex-5", losers = 1 } ]
//!                       # provisional = true where due is an estimate; due may be an instant; late = "2 小時 5 分鐘", code = "overdue", other = 2026-02-15T10:00:00
//! ```

use crate::AgencyBuilder;
use facts::{Counted, Event, FactValue, Settled, Subject};
use law::{Corpus, Overlay, PlanParameter};
use period::{Date, Lateness, Moment};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: String,
    level: String,
    approved: Option<toml::value::Datetime>,
    core_system: Option<toml::Value>,
    other_system: Option<String>,
    body: Option<String>,
    jurisdiction: Option<String>,
    #[serde(default)]
    adopts: Vec<String>,
    contract: Option<RawContract>,
    records_from: Option<toml::value::Datetime>,
    #[serde(default)]
    flags: BTreeMap<String, bool>,
    #[serde(default)]
    done: Vec<RawDone>,
    #[serde(default)]
    counted: Vec<RawCounted>,
    #[serde(default)]
    events: Vec<RawEvent>,
    #[serde(default)]
    plan: Vec<RawPlan>,
    at: toml::value::Datetime,
    expect: Vec<RawExpect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContract {
    name: String,
    baselines: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDone {
    duty: String,
    on: toml::value::Datetime,
    /// The contract or the system it was done for; else the agency.
    contract: Option<String>,
    system: Option<String>,
    until: Option<toml::value::Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCounted {
    what: String,
    of: String,
    from: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    file: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEvent {
    duty: String,
    at: toml::value::Datetime,
    level: Option<String>,
    /// When that level took the place of another.
    changed: Option<toml::value::Datetime>,
    settled: Option<toml::value::Datetime>,
    /// False where what settled it is without evidence.
    proof: Option<bool>,
    contract: Option<String>,
    system: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    key: String,
    number: Option<f64>,
    word: Option<String>,
    #[serde(default)]
    unit: String,
    clause: String,
    #[serde(default)]
    levels: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpect {
    duty: String,
    /// A verdict, or `absent`.
    verdict: String,
    due: Option<toml::value::Datetime>,
    /// By how much it is met late, in words.
    late: Option<String>,
    /// The reason's code.
    code: Option<String>,
    /// Whether that day is an estimate.
    provisional: Option<bool>,
    /// The end of its worst event under the other reading.
    other: Option<toml::value::Datetime>,
    binding: Option<String>,
    losers: Option<usize>,
    findings: Option<usize>,
}

fn date(stamp: &toml::value::Datetime) -> Date {
    stamp.to_string().parse().expect("a date")
}

fn moment(stamp: &toml::value::Datetime) -> Moment {
    Moment::try_from(stamp.to_string()).expect("a day or an instant")
}

fn subject(contract: Option<&String>, system: Option<&String>) -> Subject {
    match (contract, system) {
        (Some(name), _) => Subject::Contract(name.clone()),
        (None, Some(name)) => Subject::System(name.clone()),
        (None, None) => Subject::Agency,
    }
}

/// Runs every case of a `cases.md`; returns how many, panics with all that differ.
pub fn run_cases(corpus: &Corpus, file: &str, text: &str) -> usize {
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in text.split("```toml\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let case: RawCase = toml::from_str(block).unwrap_or_else(|e| panic!("{file}: {e}\n{block}"));
        count += 1;
        for message in run(corpus, &case) {
            wrong.push(format!("{file}: {}: {message}", case.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    count
}

fn run(corpus: &Corpus, case: &RawCase) -> Vec<String> {
    let mut agency = AgencyBuilder::level(&case.level);
    if let Some(on) = &case.approved {
        agency = agency.approved(date(on));
    }
    match &case.core_system {
        Some(toml::Value::Boolean(false)) => agency = agency.no_core_system(),
        Some(toml::Value::String(name)) => agency = agency.core_system(name),
        _ => {}
    }
    if let Some(name) = &case.other_system {
        agency = agency.other_system(name);
    }
    if let Some(body) = &case.body {
        agency = agency.fact("body", FactValue::Choice(body.clone()));
    }
    if let Some(city) = &case.jurisdiction {
        agency = agency.of_city(city);
    }
    for slug in &case.adopts {
        agency = agency.adopts(slug);
    }
    if let Some(contract) = &case.contract {
        agency = agency.contract(&contract.name, &contract.baselines);
    }
    if let Some(from) = &case.records_from {
        agency = agency.records_from(date(from));
    }
    for (key, value) in &case.flags {
        agency = agency.fact(key, FactValue::Flag(*value));
    }
    for done in &case.done {
        let subject = subject(done.contract.as_ref(), done.system.as_ref());
        agency = agency.done_for(subject, &done.duty, date(&done.on));
        if let Some(until) = &done.until {
            agency = agency.shown_until(date(until));
        }
    }
    for counted in &case.counted {
        agency = agency.counted(Counted {
            what: counted.what.clone(),
            of: counted.of.clone(),
            from: counted.from.as_ref().map(date),
            until: counted.until.as_ref().map(date),
            shown: counted.file,
            source: crate::agency::source("person", &counted.of),
        });
    }
    for event in &case.events {
        let settled = event.settled.as_ref().map(moment);
        agency = agency.event(Event {
            subject: subject(event.contract.as_ref(), event.system.as_ref()),
            duty: event.duty.clone(),
            at: moment(&event.at),
            title: "事由".into(),
            settled: settled.map(|at| Settled {
                at,
                by: "辦結".into(),
            }),
            level: event.level.clone(),
            level_changed: event.changed.as_ref().map(moment),
            evidence: usize::from(event.proof != Some(false)),
            source: crate::agency::source("incident", &event.duty),
        });
    }
    let promises: Vec<PlanParameter> = case
        .plan
        .iter()
        .map(|p| PlanParameter {
            key: p.key.clone(),
            number: p.number,
            word: p.word.clone(),
            unit: p.unit.clone(),
            clause: p.clause.clone(),
            line: 1,
            levels: p.levels.clone(),
        })
        .collect();
    let (overlay, left) = Overlay::new(corpus, "test", "測試機關維護計畫", "1", (None, None), &promises);
    let mut wrong: Vec<String> = left
        .iter()
        .map(|p| format!("promise {} can't be weighed", p.key))
        .collect();
    let plans = if promises.is_empty() {
        Vec::new()
    } else {
        vec![overlay]
    };
    let now = match moment(&case.at) {
        Moment::Day(day) => period::end_of(day),
        Moment::Instant(at) => at,
    };
    let result = assess::assess_at(&agency.build(), corpus, &plans, now);
    for expect in &case.expect {
        let found = result.duties.iter().find(|d| d.key == expect.duty);
        let Some(found) = found else {
            if expect.verdict != "absent" {
                wrong.push(format!("{} is absent", expect.duty));
            }
            continue;
        };
        let verdict = match found.verdict {
            assess::Verdict::Met => "met",
            assess::Verdict::NotMet => "not_met",
            assess::Verdict::NotYetDue => "not_yet_due",
            assess::Verdict::Unknown => "unknown",
            assess::Verdict::NotApplicable => "not_applicable",
        };
        let key = &expect.duty;
        if verdict != expect.verdict {
            wrong.push(format!(
                "{key}: {verdict}, not {} ({})",
                expect.verdict, found.reason
            ));
        }
        let due_at = expect.due.as_ref().map(moment);
        if let Some(Moment::Instant(at)) = due_at
            && found.due_at != Some(at)
        {
            wrong.push(format!("{key}: due {:?}, not {at}", found.due_at));
        }
        let late = found.late_by.map(Lateness::words).unwrap_or_default();
        if let Some(is) = &expect.late
            && *is != late
        {
            wrong.push(format!("{key}: late by 「{late}」, not 「{is}」"));
        }
        if let Some(code) = &expect.code
            && *code != found.reason_code
        {
            wrong.push(format!("{key}: {}, not {code}", found.reason_code));
        }
        let other = found.events.first().and_then(|e| e.otherwise.as_ref()?.due);
        if let Some(is) = &expect.other
            && other != Some(moment(is))
        {
            wrong.push(format!("{key}: other reading {other:?}, not {is}"));
        }
        if let Some(due) = &expect.due
            && found.due != Some(date(due))
        {
            wrong.push(format!("{key}: due {:?}, not {due}", found.due));
        }
        if expect.provisional.is_some_and(|is| is != found.provisional) {
            wrong.push(format!("{key}: provisional {}", found.provisional));
        }
        if let Some(clause) = &expect.binding
            && !found
                .binding
                .iter()
                .any(|c| *c.article == **clause || c.label.contains(clause.as_str()))
        {
            wrong.push(format!("{key}: `{clause}` does not bind"));
        }
        if let Some(n) = expect.losers
            && found.losers.len() != n
        {
            wrong.push(format!("{key}: {} losers, not {n}", found.losers.len()));
        }
        if let Some(n) = expect.findings {
            let have = result.findings.iter().filter(|f| f.duty == *key).count();
            if have != n {
                wrong.push(format!("{key}: {have} findings, not {n}"));
            }
        }
    }
    wrong
}
