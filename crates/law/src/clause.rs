//! The clauses of the source documents, and what of the product carries each.
//!
//! Why beside the articles: an article may hold several demands, and a demand is only met if
//! something of the product answers for it. What it can't know: registers, pages and commands;
//! that those exist is checked by the crates that have them.

use crate::citation::Citation;
use serde::{Deserialize, Serialize};

/// What kind of demand a clause makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// Says whom or what the document is about.
    Scope,
    /// Something to do.
    Duty,
    /// A number, a span, an interval.
    Param,
    /// Says how other clauses work together.
    Rule,
    /// A list or record to keep.
    Register,
    /// Steps with approvals.
    Workflow,
    /// A state that can be checked.
    Check,
    /// A paper to have.
    Doc,
    /// A state that a person attests.
    Attest,
}

impl ClauseKind {
    /// Whether carrying it may be put off to a later part of the product.
    pub fn may_be_planned(self) -> bool {
        !matches!(self, Self::Scope | Self::Duty | Self::Param | Self::Rule)
    }
}

/// What becomes of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Fulfilment {
    /// These carry it: `duty:key`, `parameter:key`, `register:key`…
    Carried {
        /// Carriers.
        by: Vec<String>,
    },
    /// It asks nothing of the product.
    Scope {
        /// Why.
        why: String,
    },
    /// A later part will carry it.
    Planned {
        /// Part of the roadmap.
        part: u8,
        /// By what.
        what: String,
    },
}

/// One clause of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceClause {
    /// Id in the list of requirements, or our own.
    pub id: String,
    /// Instrument slug.
    pub instrument: String,
    /// Version id.
    pub version: String,
    /// Article id.
    pub article: String,
    /// Kind.
    pub kind: ClauseKind,
    /// What it asks, in our own words, where its article holds several demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// What becomes of it.
    pub fulfilment: Fulfilment,
}

/// One demand of a duty that carries several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Id of its clause, by which records name it.
    pub key: String,
    /// Slug of the instrument that asks for it.
    pub instrument: String,
    /// Where it stands, printed.
    pub label: String,
    /// What it asks, in our own words.
    pub asks: String,
    /// Its clause.
    #[serde(skip)]
    pub cite: Citation,
    /// Registers whose rows answer it, where they prove the duty: `key`, or `key/what/what` where a row
    /// answers it only if it says all of that.
    pub registers: Vec<String>,
    /// Checks over records that answer it, all of them together.
    pub checks: Vec<String>,
    /// Checks over records that can only tell that it is otherwise.
    pub against: Vec<String>,
}

impl Part {
    /// Whether a row of a register answers it, by what the row says of itself.
    pub fn is_answered_by(&self, register: &str, says: &[String]) -> bool {
        self.registers.iter().any(|asked| {
            let mut words = asked.split('/');
            words.next() == Some(register) && words.all(|word| says.iter().any(|said| said == word))
        })
    }

    /// Whether it asks something particular of the rows of a register.
    pub fn is_particular_of(&self, register: &str) -> bool {
        let of = |asked: &String| asked.split_once('/').is_some_and(|(key, _)| key == register);
        self.registers.iter().any(of)
    }

    /// Whether anything but a proof of the whole duty tells of it.
    pub fn is_told_apart(&self) -> bool {
        !self.checks.is_empty() || !self.against.is_empty() || self.registers.iter().any(|r| r.contains('/'))
    }
}
