//! What resolving gives: clauses that bind, those that lost and why, and for whom.

use crate::citation::Citation;
use crate::corpus::Corpus;
use crate::duty::{Basis, Duty, Transitional};
use crate::instrument::{Certainty, Rank};
use crate::parameter::Value;
use facts::{Delegation, Exemption, Subject};
use period::Date;
use serde::Serialize;
use std::sync::Arc;

/// A clause as results show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clause {
    /// Instrument slug, or `plan:<agency>`.
    pub instrument: Arc<str>,
    /// Version id.
    pub version: Arc<str>,
    /// Article id, or the plan's own numbering.
    pub article: Arc<str>,
    /// Printed in the official way.
    pub label: Arc<str>,
    /// Rank.
    pub rank: Rank,
    /// What it says, in our own words.
    pub gist: Arc<str>,
    /// How sure.
    pub certainty: Certainty,
    /// The value it sets, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Line of the uploaded plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// A plan's first day in force, where it is dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
}

impl Clause {
    /// A clause of the law, with the value that it sets.
    pub fn of(corpus: &Corpus, cite: &Citation, certainty: Certainty, value: Option<String>) -> Self {
        let printed = corpus.printed(cite);
        Self {
            instrument: printed.instrument,
            version: printed.version,
            article: printed.article,
            label: printed.label,
            rank: printed.rank,
            gist: printed.gist,
            certainty,
            value,
            line: None,
            since: None,
        }
    }

    /// Whether both are the same place of the same edition.
    pub fn is_row_of(&self, other: &Self) -> bool {
        let place = |c: &Self| (c.instrument.clone(), c.version.clone(), c.article.clone());
        place(self) == place(other)
    }

    /// Whether it is a promise of a plan that the plan reader read.
    pub fn is_promise(&self) -> bool {
        self.instrument.starts_with("plan:")
    }
}

/// Why a clause does not bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LosingReason {
    /// Another clause is stricter.
    Weaker,
    /// A transitional clause takes its place.
    Displaced,
    /// The agency is relieved of it.
    Relieved,
}

/// A clause that does not bind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loser {
    /// The clause.
    #[serde(flatten)]
    pub clause: Clause,
    /// What it would have asked.
    pub outcome: String,
    /// Why it lost.
    pub reason: LosingReason,
    /// Whether a lower rank promises less than a higher one asks.
    pub below_floor: bool,
}

/// One parameter of a duty, resolved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Requirement {
    /// Parameter key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// The binding value.
    pub value: Value,
    /// In words.
    pub words: String,
    /// Clauses that bind.
    pub winners: Vec<Clause>,
    /// Clauses that do not.
    pub losers: Vec<Loser>,
    /// The winners with their own times, where only an actual start tells which of them ends first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Rival>,
}

/// A clause whose time may end before that of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rival {
    /// The clause.
    pub clause: Clause,
    /// Its time.
    pub value: Value,
    /// In words.
    pub words: String,
}

/// What a parameter asks in one case of an event, such as a level of incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseValue {
    /// Parameter key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// Levels of the event for which it holds.
    pub case: Vec<String>,
    /// The value.
    pub value: Value,
    /// The value in words.
    pub words: String,
    /// Its clause.
    pub clause: Clause,
}

/// Whether a duty binds a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It binds.
    Applies,
    /// It does not, because of these facts.
    NotApplicable {
        /// Keys of the facts.
        because: Vec<String>,
    },
    /// These facts would decide and are missing.
    Unknown {
        /// Keys of the facts.
        missing: Vec<String>,
    },
    /// It would bind, but the agency is relieved of it.
    Relieved,
}

/// What an agency asked to be relieved of, and what came of it.
#[derive(Debug, Clone)]
pub struct Relief {
    /// What was asked, and what was consented and filed.
    pub exemption: Exemption,
    /// Whether it has effect that day.
    pub holds: bool,
    /// The clauses that let it have effect.
    pub by: Vec<Clause>,
    /// Those that don't bind for its time.
    pub instead_of: Vec<Clause>,
}

/// Who does a duty for the agency, and by which clauses they may.
#[derive(Debug, Clone)]
pub struct Delegated {
    /// What is on record.
    pub delegation: Delegation,
    /// The clauses that let another do it.
    pub by: Vec<Clause>,
    /// Readings of these clauses.
    pub readings: Vec<String>,
}

/// Since when what ruled how often a duty comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// First day; none for the rule before which no other is known.
    pub from: Option<Date>,
    /// The interval with its clauses; none while no interval ruled.
    pub period: Option<Requirement>,
    /// Since when it binds, where a decision of the agency set that day.
    pub since: Option<Date>,
}

/// A duty resolved for one subject on one day.
#[derive(Debug, Clone)]
pub struct Resolved<'c> {
    /// The duty.
    pub duty: &'c Duty,
    /// About whom.
    pub subject: Subject,
    /// Its name: the system's, or empty for the agency.
    pub subject_name: String,
    /// Whether it binds.
    pub standing: Standing,
    /// The clauses it rests on that day.
    pub bases: Vec<Clause>,
    /// Its parameters, the period first where it has one.
    pub requirements: Vec<Requirement>,
    /// The earliest clause of each instrument that binds this subject.
    pub first: Vec<&'c Basis>,
    /// What ruled how often it comes, the earliest rule first and the one of the day last; empty
    /// for duties of another shape.
    pub ruled: Vec<Ruled>,
    /// What only an event decides.
    pub cases: Vec<CaseValue>,
    /// The transitional clause that displaces the ordinary period, if one does.
    pub transitional: Option<&'c Transitional>,
    /// What the agency asked to be relieved of, where its time has come.
    pub relief: Option<Relief>,
    /// Who does it for the agency, where that is on record.
    pub delegated: Option<Delegated>,
    /// Facts that were read.
    pub facts: Vec<String>,
}

impl Resolved<'_> {
    /// The requirement that holds the duty's period.
    pub fn period(&self) -> Option<&Requirement> {
        let key = self.duty.period_key()?;
        self.requirements.iter().find(|r| r.key == key)
    }
}
