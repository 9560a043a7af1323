//! The clocks that one incident sets off, under the law of one day.
//!
//! Statutory clocks and those of a contract run beside each other: they start at different
//! moments and bind different people, so none takes the other's place. Why the edition is an
//! argument: an incident is judged by the law in force when it happened. What it can't know:
//! moments that nobody gave; a clock without its start says so and shows no end.

use crate::assessment::{Otherwise, ReadingUsed, StepUsed};
use crate::ends::{self, End};
use crate::why;
use facts::{ContractFacts, Fact, FactValue, INCIDENT_LEVEL, Snapshot, Source, Subject, trigger_label};
use law::{Clause, Corpus, Rank, Resolved, Shape, Standing, resolve};
use period::{Counting, Date, DateTime, Moment, PartOfDay, Span, end_of};
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

/// Moments of the vendor.
const VENDOR: &str = "vendor.";
const KNOWN: &str = "incident.known";
const CHANGED: &str = "incident.level_changed";

/// Moments of the vendor that come at the earliest when the agency knows: what is only done on
/// request, such as forensics, has no start until somebody asks.
const HEARD: [&str; 2] = ["vendor.known", "vendor.received"];

/// Moments of the ministry that answers for a body outside the government: it is a public agency itself.
const MINISTRY: &str = "ministry.";
const PUBLIC: &str = "public_agency";

/// Every clock of an incident, law first, the earliest end first.
pub fn clocks(corpus: &Corpus, incident: &Incident<'_>) -> Vec<Clock> {
    let of = |body: &str, ministry: bool| -> Vec<Clock> {
        let snapshot = snapshot(&Incident {
            body,
            ..incident.clone()
        });
        let resolved = resolve(corpus, &[], &snapshot, incident.edition);
        let binding = resolved
            .iter()
            .filter(|r| !matches!(r.standing, Standing::NotApplicable { .. }))
            .filter(|r| is_of_ministry(r) == ministry);
        let clocks = binding.filter_map(|r| clock(corpus, incident, &snapshot, r));
        clocks.collect()
    };
    let mut clocks = of(incident.body, false);
    if incident.body != PUBLIC {
        clocks.extend(of(PUBLIC, true));
    }
    clocks.sort_by_key(|c| (c.side, c.due.is_none(), c.due.map(at), c.duty.clone()));
    clocks
}

fn is_of_ministry(r: &Resolved<'_>) -> bool {
    matches!(&r.duty.shape, Shape::OnEvent { trigger, .. } if trigger.starts_with(MINISTRY))
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
        counted: Vec::new(),
        exempt: Vec::new(),
        delegated: Vec::new(),
        altered: Vec::new(),
        checked: Vec::new(),
        declared: Vec::new(),
    }
}

fn clock(corpus: &Corpus, incident: &Incident<'_>, snapshot: &Snapshot, r: &Resolved<'_>) -> Option<Clock> {
    let Shape::OnEvent {
        trigger, counting, ..
    } = &r.duty.shape
    else {
        return None;
    };
    let of_incident = ["incident.", VENDOR, MINISTRY]
        .iter()
        .any(|of| trigger.starts_with(of));
    if !of_incident && !incident.moments.contains_key(trigger.as_str()) {
        return None;
    }
    let period = r.period();
    let given = incident.moments.get(trigger.as_str()).copied();
    // A vendor hears of it no earlier than somebody knows; the earliest start is the strictest.
    let stand_in = HEARD
        .contains(&trigger.as_str())
        .then(|| incident.moments.get(KNOWN).copied());
    let from = given.or(stand_in.flatten());
    let case = why::Case {
        corpus,
        snapshot,
        plans: &[],
        resolved: r,
        day: incident.edition,
        now: end_of(incident.edition),
    };
    let mut blank = case.blank();
    let decided = period
        .zip(from)
        .and_then(|(period, from)| ends::decide(corpus, period, Moment::Instant(from), *counting));
    if let Some(decided) = &decided {
        ends::tell(&mut blank, decided);
    }
    let mut clock = Clock {
        duty: r.duty.key.clone(),
        title: r.duty.title.clone(),
        explain: r.duty.explain.clone(),
        side: side(&blank.binding),
        trigger: trigger.clone(),
        trigger_label: trigger_label(trigger).to_owned(),
        from,
        assumed: given.is_none() && from.is_some(),
        within: match (&decided, period) {
            (Some(decided), _) => decided.words.clone(),
            (None, period) => period.map(|p| p.words.clone()).unwrap_or_default(),
        },
        limit_unknown: period.is_none() && r.duty.period_key().is_some(),
        span: match &decided {
            Some(decided) => Some(decided.span),
            None => period.and_then(|p| ends::span(corpus, &p.key, &p.value)),
        },
        counting: *counting,
        due: None,
        part_of_day: None,
        steps: Vec::new(),
        clauses: blank.binding,
        otherwise: None,
        readings: blank.readings,
    };
    if let (Some(from), Some(span)) = (from, clock.span)
        && let Some(end) = End::of(corpus, Moment::Instant(from), span, *counting).known()
    {
        clock.due = Some(end.end);
        clock.part_of_day = Some(end.part_of_day);
        clock.steps = ends::steps(&case, *counting, &end.steps);
    }
    let changed = incident.moments.get(CHANGED).copied();
    clock.otherwise = changed.and_then(|at| otherwise(corpus, r, at.into()));
    Some(clock)
}

/// A limit that hangs on the level may also be counted from when the level changed.
pub(crate) fn otherwise(corpus: &Corpus, r: &Resolved<'_>, changed: Moment) -> Option<Otherwise> {
    let Shape::OnEvent {
        trigger, counting, ..
    } = &r.duty.shape
    else {
        return None;
    };
    let period = r.period()?;
    let values = &corpus.parameters.get(&period.key)?.values;
    let by_level = values.iter().any(|v| v.applies.0.contains_key(INCIDENT_LEVEL));
    if trigger != KNOWN || !by_level {
        return None;
    }
    let span = ends::decide(corpus, period, changed, *counting)?.span;
    Some(Otherwise {
        trigger_label: trigger_label(CHANGED).to_owned(),
        from: changed,
        due: End::of(corpus, changed, span, *counting)
            .known()
            .map(|end| end.end),
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
