//! A subject's page: a system, a person or a contract with all that is about it.

use crate::{SearchHit, SearchTarget};
use serde::Serialize;

/// One register's rows about the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectRegister {
    /// Its key.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// The field by which its rows name the subject.
    pub field: String,
    /// The newest ones.
    pub rows: Vec<SearchHit>,
    /// How many there are.
    pub total: u64,
    /// Whether there are more than were counted.
    pub more: bool,
    /// Whether a list can be narrowed to them.
    pub listed: bool,
    /// Whether the one who asks may add one.
    pub create: bool,
}

/// How much of something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectBar {
    /// Of what.
    pub label: String,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// What is told first of a subject of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SubjectHead {
    /// Heading.
    pub title: String,
    /// Labels and what stands there.
    pub lines: Vec<(String, String)>,
    /// How far things are, the worst first.
    pub bars: Vec<SubjectBar>,
}

/// The next step: what to do, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectStep {
    /// What the button says.
    pub words: String,
    /// Why: the duty that asks for it, or what is missing.
    pub why: String,
    /// The register of the new record; empty where the subject itself is mended.
    pub register: String,
    /// The field that names the subject.
    pub field: String,
    /// The duty's page, where no record of these registers answers it.
    pub duty: Option<SearchTarget>,
}

/// A subject's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectView {
    /// Its register.
    pub register: String,
    /// What the register is called.
    pub title: String,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its own fields with something in them: label and words.
    pub facts: Vec<(String, String)>,
    /// Where it stands, in words.
    pub standing: String,
    /// Whether the one who asks may change it.
    pub amend: bool,
    /// What is missing or inconsistent in it.
    pub gaps: Vec<String>,
    /// The next step.
    pub next: Option<SubjectStep>,
    /// What is told first.
    pub heads: Vec<SubjectHead>,
    /// Duties about it, the worst first.
    pub duties: Vec<SearchHit>,
    /// Registers with rows about it.
    pub registers: Vec<SubjectRegister>,
    /// Registers without one, where a first one may be added.
    pub empty: Vec<SubjectRegister>,
}
