//! The clocks that one incident sets off, under the law of one day.
//!
//! Statutory clocks and those of a contract run beside each other: they start at different
//! moments and bind different people, so none takes the other's place. Why the edition is an
//! argument: an incident is judged by the law in force when it happened. What it can't know:
//! moments that nobody gave; a clock without its start says so and shows no end.

use crate::assessment::{ReadingUsed, StepUsed};
use crate::why;
use facts::{ContractFacts, Fact, FactValue, INCIDENT_LEVEL, Snapshot, Source, Subject, trigger_label};
use law::{Clause, Corpus, Rank, Requirement, Resolved, Shape, Standing, Value, resolve};
use period::{Counting, Date, DateTime, Moment, Outcome, PartOfDay, Span, Start, Unit, deadline};
use serde::Serialize;
use std::collections::BTreeMap;

/// An incident as far as its clocks ask.
#[derive(Debug, Clone)]
pub struct Incident<'a> {
    /// Its level, a word of the vocabulary.
    pub level: &'a str,
    /// Nature of the body (the vocabulary's `body`).
    pub body: &'a str,
    /// City whose rules bind beside the national ones; empty for none.
    pub jurisdiction: &'a str,
    /// Slug of the contract baseline, where a vendor is bound by one.
    pub contract: Option<&'a str>,
    /// The law of this day.
    pub edition: Date,
    /// Moments by trigger key, as Taipei's civil time.
    pub moments: BTreeMap<&'a str, DateTime>,
}

/// Who is bound by a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// National law.
    Law,
    /// A city's or an agency's own rule.
    Local,
    /// A contract.
    Contract,
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clock {
    /// The duty's key.
    pub duty: String,
    /// Its title.
    pub title: String,
    /// What to do.
    pub explain: String,
    /// Whose clock it is.
    pub side: Side,
    /// What starts it: a key of the triggers, or plain words.
    pub trigger: String,
    /// The same in words.
    pub trigger_label: String,
    /// When it started, where that is known.
    pub from: Option<DateTime>,
    /// Whether that moment was not given, and the agency's own knowing stands in for it.
    pub assumed: bool,
    /// The span in words; empty where the clause names none, or where it isn't known.
    pub within: String,
    /// Whether the duty has a limit that the law data doesn't hold for this edition and level.
    pub limit_unknown: bool,
    /// The span itself.
    pub span: Option<Span>,
    /// The counting regime.
    pub counting: Counting,
    /// The end; empty where the start is not known or no span is named.
    pub due: Option<Moment>,
    /// Until which part of the last day.
    pub part_of_day: Option<PartOfDay>,
    /// Steps to the end.
    pub steps: Vec<StepUsed>,
    /// Clauses that bind.
    pub clauses: Vec<Clause>,
    /// Another start that the text allows: its words and where it would end.
    pub otherwise: Option<Otherwise>,
    /// Readings relied on.
    pub readings: Vec<ReadingUsed>,
}

/// The end under another reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Otherwise {
    /// What starts the clock under it.
    pub trigger_label: String,
    /// When.
    pub from: DateTime,
    /// The end.
    pub due: Option<Moment>,
}

/// Moments of the vendor.
const VENDOR: &str = "vendor.";
const KNOWN: &str = "incident.known";

/// Every clock of an incident, law first, the earliest end first.
pub fn clocks(corpus: &Corpus, incident: &Incident<'_>) -> Vec<Clock> {
    let snapshot = snapshot(incident);
    let mut clocks: Vec<Clock> = resolve(corpus, &[], &snapshot, incident.edition)
        .iter()
        .filter(|r| !matches!(r.standing, Standing::NotApplicable { .. }))
        .filter_map(|r| clock(corpus, incident, &snapshot, r))
        .collect();
    clocks.sort_by_key(|c| (c.side, c.due.is_none(), c.due.map(at), c.duty.clone()));
    clocks
}

fn at(moment: Moment) -> DateTime {
    match moment {
        Moment::Day(day) => day.at(23, 59, 59, 0),
        Moment::Instant(instant) => instant,
    }
}

/// An agency of which only the incident is known; who else has a duty is told as well.
fn snapshot(incident: &Incident<'_>) -> Snapshot {
    let source = Source {
        register: "incident".to_owned(),
        row: String::new(),
        version: 0,
        line: None,
    };
    let fact = |key: &str, value: FactValue| Fact {
        subject: Subject::Agency,
        key: key.to_owned(),
        value,
        from: None,
        until: None,
        source: source.clone(),
    };
    let word = |word: &str| FactValue::Choice(word.to_owned());
    let mut facts = vec![
        fact("body", word(incident.body)),
        fact(INCIDENT_LEVEL, word(incident.level)),
        fact("supervises_agencies", FactValue::Flag(true)),
        fact("outsources_systems", FactValue::Flag(true)),
    ];
    if !incident.jurisdiction.is_empty() {
        facts.push(fact("jurisdiction", word(incident.jurisdiction)));
    }
    let contracts = incident.contract.map(|slug| ContractFacts {
        id: slug.to_owned(),
        name: String::new(),
        baselines: vec![slug.to_owned()],
        from: None,
        until: None,
        source: source.clone(),
    });
    Snapshot {
        agency: String::new(),
        name: String::new(),
        position: 0,
        records_from: None,
        facts,
        done: Vec::new(),
        events: Vec::new(),
        systems: Vec::new(),
        adopted: Vec::new(),
        contracts: contracts.into_iter().collect(),
    }
}

fn clock(corpus: &Corpus, incident: &Incident<'_>, snapshot: &Snapshot, r: &Resolved<'_>) -> Option<Clock> {
    let Shape::OnEvent {
        trigger, counting, ..
    } = &r.duty.shape
    else {
        return None;
    };
    let of_incident = trigger.starts_with("incident.") || trigger.starts_with(VENDOR);
    if !of_incident && !incident.moments.contains_key(trigger.as_str()) {
        return None;
    }
    let period = r.period();
    let given = incident.moments.get(trigger.as_str()).copied();
    // A vendor hears of it no earlier than somebody knows; the earliest start is the strictest.
    let stand_in = trigger
        .starts_with(VENDOR)
        .then(|| incident.moments.get(KNOWN).copied());
    let from = given.or(stand_in.flatten());
    let case = why::Case {
        corpus,
        snapshot,
        resolved: r,
        day: incident.edition,
    };
    let blank = case.blank();
    let mut clock = Clock {
        duty: r.duty.key.clone(),
        title: r.duty.title.clone(),
        explain: r.duty.explain.clone(),
        side: side(&blank.binding),
        trigger: trigger.clone(),
        trigger_label: trigger_label(trigger).to_owned(),
        from,
        assumed: given.is_none() && from.is_some(),
        within: period.map(|p| p.words.clone()).unwrap_or_default(),
        limit_unknown: period.is_none() && r.duty.period_key().is_some(),
        span: period.and_then(|p| span(corpus, p)),
        counting: *counting,
        due: None,
        part_of_day: None,
        steps: Vec::new(),
        clauses: blank.binding,
        otherwise: None,
        readings: blank.readings,
    };
    if let (Some(from), Some(span)) = (from, clock.span)
        && let Ok(Outcome::Known(end)) = deadline(Start::Instant(from), span, *counting, &corpus.calendar)
    {
        clock.due = Some(end.end);
        clock.part_of_day = Some(end.part_of_day);
        clock.steps = end.steps.iter().map(|s| case.step(*counting, s)).collect();
    }
    clock.otherwise = otherwise(corpus, incident, r, (trigger, *counting, clock.span));
    Some(clock)
}

/// A limit that hangs on the level may also be counted from the day the level changed.
fn otherwise(
    corpus: &Corpus,
    incident: &Incident<'_>,
    r: &Resolved<'_>,
    (trigger, counting, span): (&str, Counting, Option<Span>),
) -> Option<Otherwise> {
    const CHANGED: &str = "incident.level_changed";
    let from = *incident.moments.get(CHANGED)?;
    let by_level = r.duty.parameters().any(|key| {
        let parameter = corpus.parameters.get(key);
        parameter.is_some_and(|p| p.values.iter().any(|v| v.applies.0.contains_key(INCIDENT_LEVEL)))
    });
    if trigger != KNOWN || !by_level {
        return None;
    }
    let due = match deadline(Start::Instant(from), span?, counting, &corpus.calendar) {
        Ok(Outcome::Known(end)) => Some(end.end),
        _ => None,
    };
    Some(Otherwise {
        trigger_label: trigger_label(CHANGED).to_owned(),
        from,
        due,
    })
}

fn side(clauses: &[Clause]) -> Side {
    let highest = clauses.iter().map(|c| c.rank).min();
    match highest {
        Some(Rank::Contract) => Side::Contract,
        Some(Rank::Local | Rank::Plan) => Side::Local,
        _ => Side::Law,
    }
}

fn span(corpus: &Corpus, period: &Requirement) -> Option<Span> {
    match &period.value {
        Value::Span(span) => Some(*span),
        Value::Number(number) => {
            let unit = match corpus.parameters.get(&period.key)?.unit.as_str() {
                "hour" => Unit::Hour,
                "day" => Unit::CalendarDay,
                "working_day" => Unit::WorkingDay,
                "month" => Unit::Month,
                _ => return None,
            };
            if number.fract() != 0.0 || !(1.0..=9999.0).contains(number) {
                return None;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked whole and in range"
            )]
            let amount = *number as u32;
            Some(Span { amount, unit })
        }
        _ => None,
    }
}
