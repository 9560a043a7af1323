//! A case told to the engine: the agency it describes, and what comes of it.

use super::agency::{self, AgencyBuilder};
use super::days::{Days, Wrong};
use super::expect::{differences, known_duty};
use super::form::{RawAdoption, RawCase, RawContract, RawFact};
use facts::{Counted, Declared, Delegation, Event, Exemption, FactKind, FactValue, Settled, Subject};
use law::{Corpus, Overlay, PlanParameter};
use period::Moment;
use std::ops::Range;

fn subject(contract: Option<&String>, system: Option<&String>) -> Subject {
    match (contract, system) {
        (Some(name), _) => Subject::Contract(name.clone()),
        (None, Some(name)) => Subject::System(name.clone()),
        (None, None) => Subject::Agency,
    }
}

/// The value of a fact, where it is of the fact's kind.
fn value(key: &str, value: &toml::Value) -> Result<FactValue, String> {
    let spec = facts::fact_spec(key).ok_or_else(|| format!("`{key}` 不在事實詞彙表中"))?;
    let fits = match (spec.kind, value) {
        (FactKind::Flag, toml::Value::Boolean(is)) => Some(FactValue::Flag(*is)),
        (FactKind::Choice(words), toml::Value::String(word)) => words
            .contains(&word.as_str())
            .then(|| FactValue::Choice(word.clone())),
        (FactKind::Name, toml::Value::String(name)) => Some(FactValue::Choice(name.clone())),
        (FactKind::Date, toml::Value::Datetime(day)) => day.to_string().parse().ok().map(FactValue::Date),
        _ => None,
    };
    fits.ok_or_else(|| format!("`{key}`（{}）不能是 {value}", spec.label))
}

/// Everything of a case that isn't as it says, or can't be told to the engine.
pub(super) fn run(corpus: &Corpus, case: &RawCase) -> Vec<Wrong> {
    let head = case.name.span().start;
    let mut days = Days {
        at: head,
        wrong: Vec::new(),
    };
    let Some(agency) = described(corpus, case, &mut days) else {
        return days.wrong;
    };
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
            core: p.core,
            per: p.per.clone(),
        })
        .collect();
    let (overlay, left) = Overlay::new(corpus, "test", "測試機關維護計畫", "1", (None, None), &promises);
    let weighed = left
        .iter()
        .map(|p| (head, format!("計畫所載 `{}` 無法與法規比較", p.key)));
    days.wrong.extend(weighed);
    let plans = if promises.is_empty() {
        Vec::new()
    } else {
        vec![overlay]
    };
    let now = match days.moment(&case.at) {
        Some(Moment::Day(day)) => period::end_of(day),
        Some(Moment::Instant(at)) => at,
        None => return days.wrong,
    };
    if case.expect.is_empty() {
        days.wrong.push((head, "沒有寫預期的判定（expect）".into()));
    }
    let result = crate::assess_at(&agency.build(), corpus, &plans, now);
    for expect in &case.expect {
        let found = differences(corpus, &result, expect, &mut days);
        let at = expect.duty.span().start;
        days.wrong.extend(found.into_iter().map(|message| (at, message)));
    }
    days.wrong
}

/// The agency that a case describes; none where its level is none.
fn described(corpus: &Corpus, case: &RawCase, days: &mut Days) -> Option<AgencyBuilder> {
    let head = days.at;
    let level = toml::Value::String(case.level.clone());
    if let Err(message) = value("responsibility_level", &level) {
        days.wrong.push((head, message));
        return None;
    }
    let mut agency = AgencyBuilder::level(&case.level);
    if let Some(on) = days.some(case.approved.as_ref()) {
        agency = agency.approved(on);
    }
    match &case.core_system {
        Some(toml::Value::Boolean(false)) => agency = agency.no_core_system(),
        Some(toml::Value::String(name)) => agency = agency.core_system(name),
        Some(other) => days
            .wrong
            .push((head, format!("core_system 請填 false 或系統名稱，不能是 {other}"))),
        None => {}
    }
    if let Some(name) = &case.other_system {
        agency = agency.other_system(name);
    }
    for system in &case.systems {
        agency = agency.system(&system.name, system.core);
    }
    if let Some(body) = &case.body {
        match value("body", &toml::Value::String(body.clone())) {
            Ok(body) => agency = agency.fact("body", body),
            Err(message) => days.wrong.push((head, message)),
        }
    }
    if let Some(city) = &case.jurisdiction {
        agency = agency.of_city(city);
    }
    for adopted in &case.adopts {
        let (slug, from, until) = match adopted {
            RawAdoption::Always(slug) => (slug, None, None),
            RawAdoption::Dated(dated) => (
                &dated.instrument,
                days.some(dated.from.as_ref()),
                days.some(dated.until.as_ref()),
            ),
        };
        if corpus.instrument(slug).is_none() {
            days.wrong.push((head, format!("法規資料未收錄 `{slug}`")));
        }
        agency = agency.adopts_over(slug, from, until);
    }
    for contract in case.contract.iter().chain(&case.contracts) {
        agency = under(corpus, contract, agency, days);
    }
    if let Some(from) = days.some(case.records_from.as_ref()) {
        agency = agency.records_from(from);
    }
    for (key, flag) in &case.flags {
        match value(key, &toml::Value::Boolean(*flag)) {
            Ok(flag) => agency = agency.fact(key, flag),
            Err(message) => days.wrong.push((head, message)),
        }
    }
    for fact in &case.facts {
        agency = with_fact(fact, agency, days);
    }
    for done in &case.done {
        known_duty(corpus, &done.duty, &mut days.wrong);
        let Some(on) = days.date(&done.on) else { continue };
        let subject = subject(done.contract.as_ref(), done.system.as_ref());
        agency = agency.done_for(subject, done.duty.get_ref(), on);
        if let Some(until) = days.some(done.until.as_ref()) {
            agency = agency.shown_until(until);
        }
        if let Some(files) = done.evidence {
            agency = agency.shown_by(files);
        }
        if let Some(edition) = &done.edition {
            agency = agency.of_edition(edition);
        }
        if !done.parts.is_empty() {
            let parts: Vec<&str> = done.parts.iter().map(String::as_str).collect();
            agency = agency.answering(&parts);
        }
    }
    for change in &case.changes {
        let what = change.what.get_ref();
        if facts::alteration_label(what).is_none() {
            let at = change.what.span().start;
            days.wrong
                .push((at, format!("`{what}` 不是使期限重新起算之異動")));
        }
        if let Some(on) = days.date(&change.on) {
            agency = agency.altered(what, &change.system, on);
        }
    }
    for said in &case.declared {
        known_duty(corpus, &said.duty, &mut days.wrong);
        let Some(said_on) = days.date(&said.said) else {
            continue;
        };
        agency = agency.declared(Declared {
            subject: subject(said.contract.as_ref(), said.system.as_ref()),
            duty: said.duty.get_ref().clone(),
            state: said.state,
            on: days.some(said.on.as_ref()),
            document_no: String::new(),
            said_on,
            prove_by: days.some(said.prove_by.as_ref()),
            source: agency::source("stocktake", said.duty.get_ref()),
        });
    }
    for counted in &case.counted {
        let what = counted.what.get_ref();
        if facts::counted_label(what).is_none() {
            let at = counted.what.span().start;
            days.wrong.push((at, format!("`{what}` 不是可計數的對象")));
        }
        agency = agency.counted(Counted {
            what: what.clone(),
            of: counted.of.clone(),
            from: days.some(counted.from.as_ref()),
            until: days.some(counted.until.as_ref()),
            shown: counted.file,
            source: agency::source("person", &counted.of),
        });
    }
    for (n, event) in case.events.iter().enumerate() {
        known_duty(corpus, &event.duty, &mut days.wrong);
        if let Some(level) = &event.level
            && let Err(message) = value(facts::INCIDENT_LEVEL, &toml::Value::String(level.clone()))
        {
            days.wrong.push((event.duty.span().start, message));
        }
        let Some(at) = days.moment(&event.at) else {
            continue;
        };
        let settled = event.settled.as_ref().and_then(|at| days.moment(at));
        agency = agency.event(Event {
            subject: subject(event.contract.as_ref(), event.system.as_ref()),
            duty: event.duty.get_ref().clone(),
            at,
            title: "事由".into(),
            settled: settled.map(|at| Settled {
                at,
                by: "辦結".into(),
            }),
            level: event.level.clone(),
            level_changed: event.changed.as_ref().and_then(|at| days.moment(at)),
            evidence: usize::from(event.proof != Some(false)),
            says: Vec::new(),
            source: agency::source("incident", &format!("{} {n}", event.duty.get_ref())),
        });
    }
    for (n, event) in case
        .events
        .iter()
        .enumerate()
        .filter(|(_, e)| !e.parts.is_empty())
    {
        let Some(at) = days.moment(&event.at) else {
            continue;
        };
        let duty = event.duty.get_ref();
        let parts: Vec<&str> = event.parts.iter().map(String::as_str).collect();
        let subject = subject(event.contract.as_ref(), event.system.as_ref());
        let shown = agency.done_for(subject, duty, at.date()).answering(&parts);
        agency = shown.of_event("incident", &format!("{duty} {n}"));
    }
    for asked in &case.exemptions {
        known_duty(corpus, &asked.duty, &mut days.wrong);
        let (Some(from), Some(until)) = (days.date(&asked.from), days.date(&asked.until)) else {
            continue;
        };
        agency = agency.exempt(Exemption {
            duty: asked.duty.get_ref().clone(),
            subject: subject(asked.contract.as_ref(), asked.system.as_ref()),
            from,
            until,
            agreed_on: days.some(asked.agreed.as_ref()),
            filed_on: days.some(asked.filed.as_ref()),
            decided: true,
            source: agency::source("exception", asked.duty.get_ref()),
        });
    }
    for given in &case.delegations {
        known_duty(corpus, &given.duty, &mut days.wrong);
        let Some(from) = days.date(&given.from) else {
            continue;
        };
        agency = agency.delegate(Delegation {
            duty: given.duty.get_ref().clone(),
            by: "上級機關".into(),
            from,
            until: days.some(given.until.as_ref()),
            agreed_by: "上級機關".into(),
            agreed_on: days.some(given.agreed.as_ref()),
            agreed_no: String::new(),
            confirmed_on: days.some(given.confirmed.as_ref()),
            evidence: given.evidence.unwrap_or(1),
            decided: true,
            source: agency::source("delegation", given.duty.get_ref()),
        });
    }
    Some(agency)
}

fn under(corpus: &Corpus, contract: &RawContract, agency: AgencyBuilder, days: &mut Days) -> AgencyBuilder {
    for slug in &contract.baselines {
        if corpus.instrument(slug).is_none() {
            days.wrong.push((days.at, format!("法規資料未收錄 `{slug}`")));
        }
    }
    let over = (
        days.some(contract.from.as_ref()),
        days.some(contract.until.as_ref()),
    );
    agency.contract_over(&contract.name, &contract.baselines, over)
}

fn with_fact(fact: &RawFact, agency: AgencyBuilder, days: &mut Days) -> AgencyBuilder {
    let Range { start, .. } = fact.key.span();
    match value(fact.key.get_ref(), &fact.value) {
        Ok(value) => {
            let subject = subject(fact.contract.as_ref(), fact.system.as_ref());
            let over = (days.some(fact.from.as_ref()), days.some(fact.until.as_ref()));
            agency.fact_over(subject, fact.key.get_ref(), value, over)
        }
        Err(message) => {
            days.wrong.push((start, message));
            agency
        }
    }
}
