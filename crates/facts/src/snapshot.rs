//! Dated facts, things done, and the snapshot that is assessed.

use crate::vocabulary::FactValue;
use period::{Date, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// About whom or what a fact or a duty speaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// The agency as a whole.
    Agency,
    /// One information system, by register id.
    System(String),
    /// One person, by register id.
    Person(String),
    /// One contract, by register id.
    Contract(String),
}

/// Where a fact was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Register key.
    pub register: String,
    /// Row id.
    pub row: String,
    /// Row version.
    pub version: u32,
    /// Line of the uploaded plan, where it came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// A statement about a subject, in force over `[from, until)`. A missing end is open:
/// an undated fact holds throughout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// About whom.
    pub subject: Subject,
    /// A key of the vocabulary.
    pub key: String,
    /// Its value.
    pub value: FactValue,
    /// First day on which it holds.
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// Where it was taken from.
    pub source: Source,
}

impl Fact {
    /// Whether the fact holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        runs(self.from, self.until, day)
    }
}

/// Something done on a day that may prove a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// For whom it was done.
    pub subject: Subject,
    /// The duty it serves, by key.
    pub duty: String,
    /// The day it was done.
    pub on: Date,
    /// What was done, in a line.
    pub title: String,
    /// How many pieces of evidence are attached. Nothing is met without one.
    pub evidence: usize,
    /// The last day for which it says itself that it holds, such as that of a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The edition of the law against which it was done, where the record names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Which parts of the duty it answers, by the ids of their clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Who states it by name. For the parts that are named a statement is a proof of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<String>,
    /// The record of the event that it belongs to, where an event sets the duty off: register and row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<(String, String)>,
    /// What the row says of itself that a part may ask for: fields, or fields with a word of theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// Where it was taken from.
    pub source: Source,
}

/// A change on a day, after which a period may be counted anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Altered {
    /// What: a key of [`ALTERATIONS`](crate::ALTERATIONS).
    pub what: String,
    /// About whom.
    pub subject: Subject,
    /// The day.
    pub on: Date,
    /// What changed, in a line.
    pub title: String,
    /// Where it was taken from.
    pub source: Source,
}

/// What a row of a register says of itself to one check, in force over `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The check, by key.
    pub check: String,
    /// About whom.
    pub subject: Subject,
    /// The row's name.
    pub title: String,
    /// First day; a missing one is open.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// Whether it tells of its first day only, and is too old one day as any proof of that day.
    pub ages: bool,
    /// Whether it is as it must be; none where the row doesn't say.
    pub holds: Option<bool>,
    /// Where it was taken from.
    pub source: Source,
}

/// One thing that a duty counts, in force over `[from, until)`: a person in post, a paper that a
/// person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// What it is: a key of [`COUNTED`](crate::COUNTED).
    pub what: String,
    /// Row id of the person who is it or holds it.
    pub of: String,
    /// First day; a missing one is open.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// Whether a file shows it; none where a list is all there is to show.
    pub shown: Option<bool>,
    /// Where it was taken from.
    pub source: Source,
}

/// Something that happened and that a duty waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// About whom.
    pub subject: Subject,
    /// The duty it sets off, by key.
    pub duty: String,
    /// When it happened: the instant where the record knows it, else the day.
    pub at: Moment,
    /// What happened, in a line.
    pub title: String,
    /// What settled it; none while it is open.
    pub settled: Option<Settled>,
    /// The level of the incident, a word of the vocabulary; none where it isn't graded, or is no incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// When that level was set in place of another, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_changed: Option<Moment>,
    /// How many pieces of evidence are attached.
    pub evidence: usize,
    /// What the row says of itself that a part may ask for: fields, or fields with a word of theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// Where it was taken from.
    pub source: Source,
}

/// What ended an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    pub at: Moment,
    /// By what, as the record calls it: 通報時間, 改善報告送出日.
    pub by: String,
}

/// A system as far as the law asks about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemFacts {
    /// Register id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is a core system (核心資通系統); `None` where nobody said.
    pub core: Option<bool>,
    /// Where it was taken from.
    pub source: Source,
}

/// An instrument that an agency took on by its own decision, in force over `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The instrument's slug.
    pub instrument: String,
    /// First day; a missing one is open.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// Where it was taken from.
    pub source: Source,
}

/// A duty that an agency asked to be relieved of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// The duty, by key.
    pub duty: String,
    /// For whom; the agency for all that the duty is about.
    pub subject: Subject,
    /// First day asked for.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// When the authority consented; none while it hasn't.
    pub agreed_on: Option<Date>,
    /// When it was filed with the competent authority; none while it wasn't.
    pub filed_on: Option<Date>,
    /// Whether the agency itself has decided to ask for it, where it decides on such records.
    pub decided: bool,
    /// Where it was taken from.
    pub source: Source,
}

impl Exemption {
    /// The first day on which it has effect: consent and filing are both there.
    pub fn begins(&self) -> Option<Date> {
        let begins = self.from.max(self.agreed_on?).max(self.filed_on?);
        self.decided.then_some(begins)
    }

    /// Whether it has effect on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.begins().is_some_and(|from| from <= day) && day <= self.until
    }

    /// Whether it would have effect on a day, were consent and filing there.
    pub fn is_asked_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// A duty that another body does for the agency, with the consent of the agency's superior.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// The duty, by key.
    pub duty: String,
    /// Who does it, by name.
    pub by: String,
    /// First day.
    pub from: Date,
    /// Last day; none where the consent names none.
    pub until: Option<Date>,
    /// Who consented, by name.
    pub agreed_by: String,
    /// When; none while it hasn't.
    pub agreed_on: Option<Date>,
    /// The number of the consent.
    pub agreed_no: String,
    /// When it was confirmed last that the consent goes on.
    pub confirmed_on: Option<Date>,
    /// How many pieces of evidence show the consent.
    pub evidence: usize,
    /// Whether the agency itself has decided so, where it decides on such records.
    pub decided: bool,
    /// Where it was taken from.
    pub source: Source,
}

impl Delegation {
    /// The day that the consent tells of last, on a day: that of the consent, or of its confirmation.
    pub fn shown_on(&self, day: Date) -> Option<Date> {
        let confirmed = self.confirmed_on.filter(|on| *on <= day);
        let agreed = self.agreed_on.filter(|on| *on <= day)?;
        Some(confirmed.map_or(agreed, |on| on.max(agreed)))
    }

    /// Whether its time is on a day, consent or not.
    pub fn is_asked_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A contract as far as the law asks about it, in force over `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFacts {
    /// Register id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Slugs of the contract baselines that it names.
    pub baselines: Vec<String>,
    /// First day; a missing one is open.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// Where it was taken from.
    pub source: Source,
}

fn runs(from: Option<Date>, until: Option<Date>, day: Date) -> bool {
    from.is_none_or(|f| f <= day) && until.is_none_or(|u| day < u)
}

impl Adopted {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        runs(self.from, self.until, day)
    }
}

impl Checked {
    /// Whether the row stands on a day.
    pub fn stands_on(&self, day: Date) -> bool {
        runs(self.from, self.until, day)
    }
}

impl Counted {
    /// Whether it counts on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        runs(self.from, self.until, day)
    }
}

impl ContractFacts {
    /// Whether it runs on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        runs(self.from, self.until, day)
    }
}

/// How an agency says a duty stands, when it begins to keep its records here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclaredAs {
    /// It was done; the proof follows.
    Done,
    /// A part of it was done.
    Part,
    /// It was not done.
    NotDone,
    /// Nobody here knows.
    NotKnown,
    /// A superior agency did it for this one; the proof follows.
    BySuperior,
}

impl DeclaredAs {
    /// Whether a proof can follow.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::BySuperior)
    }
}

/// What an agency says of a duty without a file to show it. It proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// About whom.
    pub subject: Subject,
    /// The duty, by key.
    pub duty: String,
    /// How it stands.
    pub state: DeclaredAs,
    /// When it was done, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// Under which document number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document_no: String,
    /// The day on which it was said.
    pub said_on: Date,
    /// The last day by which the proof is to be brought; none where no calendar reaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove_by: Option<Date>,
    /// Where it was taken from.
    pub source: Source,
}

/// Everything known about one agency at one ledger position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The agency's id.
    pub agency: String,
    /// The agency's name.
    pub name: String,
    /// Ledger position at which the snapshot was taken.
    pub position: u64,
    /// The records are complete from this day on; earlier periods can't be judged.
    pub records_from: Option<Date>,
    /// Facts, undated or dated.
    pub facts: Vec<Fact>,
    /// Things done.
    pub done: Vec<Done>,
    /// Events that duties wait for.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Systems.
    pub systems: Vec<SystemFacts>,
    /// Instruments taken on by the agency's own decision.
    #[serde(default)]
    pub adopted: Vec<Adopted>,
    /// Contracts.
    #[serde(default)]
    pub contracts: Vec<ContractFacts>,
    /// What duties count.
    #[serde(default)]
    pub counted: Vec<Counted>,
    /// What the agency asked to be relieved of.
    #[serde(default)]
    pub exempt: Vec<Exemption>,
    /// What others do for the agency.
    #[serde(default)]
    pub delegated: Vec<Delegation>,
    /// Changes after which periods may be counted anew.
    #[serde(default)]
    pub altered: Vec<Altered>,
    /// What rows say to checks.
    #[serde(default)]
    pub checked: Vec<Checked>,
    /// What the agency says of duties without a file to show it.
    #[serde(default)]
    pub declared: Vec<Declared>,
}

impl Snapshot {
    /// The fact about a subject that holds on a day: the one that began last.
    pub fn fact(&self, subject: &Subject, key: &str, day: Date) -> Option<&Fact> {
        self.facts
            .iter()
            .filter(|f| f.key == key && &f.subject == subject && f.holds_on(day))
            .max_by_key(|f| f.from)
    }
}
