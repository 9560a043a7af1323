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
//! done = [ { duty = "…", on = 2025-03-01 } ]   # with system or contract, where it was for one
//! plan = [ { key = "audit.interval", number = 1, unit = "year", clause = "拾伍、二" } ]
//! at = 2026-11-21
//! expect = [ { duty = "…", verdict = "not_met", due = 2020-08-03, binding = "annex-5", losers = 1 } ]
//! ```

use crate::AgencyBuilder;
use facts::{FactValue, Subject};
use law::{Corpus, Overlay, PlanParameter};
use period::Date;
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
    binding: Option<String>,
    losers: Option<usize>,
    findings: Option<usize>,
}

fn date(stamp: &toml::value::Datetime) -> Date {
    stamp.to_string().parse().expect("a date")
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
        let subject = match (&done.contract, &done.system) {
            (Some(name), _) => Subject::Contract(name.clone()),
            (None, Some(name)) => Subject::System(name.clone()),
            (None, None) => Subject::Agency,
        };
        agency = agency.done_for(subject, &done.duty, date(&done.on));
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
    let result = assess::assess(&agency.build(), corpus, &plans, date(&case.at));
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
        if let Some(due) = &expect.due
            && found.due != Some(date(due))
        {
            wrong.push(format!("{key}: due {:?}, not {due}", found.due));
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
