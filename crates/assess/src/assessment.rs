//! What an assessment says.

use facts::{DeclaredAs, Done, Settled, Source, Subject};
use law::{Certainty, Citation, Clause, Loser, Requirement};
use period::{Date, DateTime, Lateness, Moment, PartOfDay, Rule};
use serde::Serialize;

/// Version of the rules in this crate; recorded so that a past screen can be replayed.
pub const ENGINE: &str = "1";

/// A verdict on a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proven.
    Met,
    /// Due and not proven.
    NotMet,
    /// The deadline lies ahead.
    NotYetDue,
    /// A missing fact prevents the decision.
    Unknown,
    /// It does not bind this agency.
    NotApplicable,
}

/// Everything said about an agency on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// Agency id.
    pub agency: String,
    /// The day: law time and fact time.
    pub day: Date,
    /// It says the same until this instant of the day, the instant included; none where nothing turns
    /// before the day is over.
    #[serde(skip)]
    pub holds_until: Option<DateTime>,
    /// Hash of the corpus.
    pub corpus: String,
    /// Ledger position of the snapshot.
    pub position: u64,
    /// Version of the rules.
    pub engine: &'static str,
    /// Every duty, in the order of the corpus.
    pub duties: Vec<DutyAssessment>,
    /// What is wrong beyond a single verdict.
    pub findings: Vec<Finding>,
}

/// One duty of one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DutyAssessment {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// 管理面, 技術面…
    pub aspect: String,
    /// What to do.
    pub explain: String,
    /// About whom.
    pub subject: Subject,
    /// The system's name; empty for the agency.
    pub subject_name: String,
    /// Verdict.
    pub verdict: Verdict,
    /// A few fixed words for machines: `no core system`, `overdue`…
    pub reason_code: String,
    /// The reason in plain zh-TW.
    pub reason: String,
    /// Last day; none where it is unknown or where there is none.
    pub due: Option<Date>,
    /// The instant, where the period ends at one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime>,
    /// Until which part of that day.
    pub part_of_day: Option<PartOfDay>,
    /// By how much it was done too late, where it is met all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_by: Option<Lateness>,
    /// Where the last day is unknown: it can't be before this day.
    pub due_not_before: Option<Date>,
    /// Whether the last day is an estimate, which the calendar of a year not yet published decides.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// The last day that the proof shows, where what must be kept was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_until: Option<Date>,
    /// From what the due day follows, in words.
    pub due_basis: String,
    /// Shape of the duty.
    pub shape: &'static str,
    /// Clauses that bind.
    pub binding: Vec<Clause>,
    /// Clauses that do not, and why.
    pub losers: Vec<Loser>,
    /// Parameters with their values.
    pub requirements: Vec<Requirement>,
    /// What only an event decides, such as a limit by level of incident.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<law::CaseValue>,
    /// Facts read.
    pub facts: Vec<FactUsed>,
    /// Steps to the deadline.
    pub steps: Vec<StepUsed>,
    /// Readings relied on.
    pub readings: Vec<ReadingUsed>,
    /// Earlier periods, the latest first.
    pub periods: Vec<PeriodVerdict>,
    /// What counts as done.
    pub proof: Vec<String>,
    /// What was done up to that day, the latest first.
    pub done: Vec<Done>,
    /// The events that set it off, the worst first; of those that are over the latest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventVerdict>,
    /// How many of what it asks for, and how many are on record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<CountVerdict>,
    /// Its parts, where it carries several clauses or records answer one; it is met when all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartVerdict>,
    /// What the agency says of it without a file to show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredVerdict>,
    /// The first day of the agency's records, where its end lies before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_records: Option<Date>,
}

/// What an agency says of a duty without a file to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclaredVerdict {
    /// How it stands.
    pub state: DeclaredAs,
    /// When it was done.
    pub on: Option<Date>,
    /// Under which document number.
    pub document_no: String,
    /// The last day by which the proof is to be brought.
    pub prove_by: Option<Date>,
    /// Where it was taken from.
    pub source: Source,
}

/// One part of a duty that carries several clauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartVerdict {
    /// Id of its clause, by which records name it.
    pub key: String,
    /// Where it stands, printed.
    pub label: String,
    /// What it asks, in our own words.
    pub asks: String,
    /// Verdict.
    pub verdict: Verdict,
    /// A few fixed words for machines: those of a duty, or `checked`, `check failed`.
    pub reason_code: String,
    /// What answers it; none where nothing does.
    pub shown_by: Option<ShownBy>,
    /// That, in words.
    pub shown: String,
    /// The last day that it shows.
    pub until: Option<Date>,
    /// Checks over records that look at it.
    pub checks: Vec<String>,
    /// Rows that are otherwise than it asks: name and source.
    pub wrong: Vec<(String, Source)>,
}

/// What answers a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownBy {
    /// A row of a register.
    Record,
    /// A file that names it.
    Evidence,
    /// A check over records.
    Check,
    /// A statement by a person.
    Statement,
}

/// How many of something a duty asks for, and how many are on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountVerdict {
    /// What is counted: a key of `facts::COUNTED`.
    pub what: String,
    /// What an officer calls it.
    pub label: String,
    /// Whose: each of these must have so many. None where so many are enough altogether.
    pub each: Option<String>,
    /// How many are asked for.
    pub needed: usize,
    /// How many there are; of several who must each have them, as many as who has the fewest.
    pub have: usize,
    /// Row ids of those who have too few.
    pub lacking: Vec<String>,
    /// The last day on which there are, or were, enough; none where that is not known to end.
    pub enough_until: Option<Date>,
    /// Whether each of them is shown by a file of its own.
    pub shown: bool,
}

impl CountVerdict {
    /// In words: 在職之資通安全專職人員應有 4 名，登錄 2 名.
    pub fn words(&self) -> String {
        let Self {
            label, needed, have, ..
        } = self;
        match &self.each {
            None => format!("{label}應有 {needed}，已登錄 {have}"),
            Some(each) if self.lacking.is_empty() && have < needed => {
                format!("每名{each}應有{label} {needed}，尚未登錄任何{each}")
            }
            Some(each) => match self.lacking.len() {
                0 => format!("每名{each}均有{label} {needed} 以上"),
                n => format!("每名{each}應有{label} {needed}，{n} 名不足"),
            },
        }
    }
}

impl DutyAssessment {
    /// The numbers that fall short.
    pub(crate) fn short(&self) -> impl Iterator<Item = &CountVerdict> {
        self.counts.iter().filter(|c| c.have < c.needed)
    }
}

/// One event that sets off a duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventVerdict {
    /// What happened.
    pub title: String,
    /// When: an instant, or a day where no more is known.
    pub at: Moment,
    /// Level of the incident, where it is one and graded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// A few fixed words for machines: `overdue`, `event open`, `done late`…
    pub reason_code: &'static str,
    /// The time that the law of its day leaves, in words; empty where it sets none.
    pub within: String,
    /// The end.
    pub due: Option<Moment>,
    /// Until which part of the last day.
    pub part_of_day: Option<PartOfDay>,
    /// Where the end isn't known: it can't be before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_not_before: Option<Moment>,
    /// Whether the end is an estimate, which the calendar of a year not yet published decides.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// What settled it.
    pub settled: Option<Settled>,
    /// By how much it was settled too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_by: Option<Lateness>,
    /// The end under another reading of the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Otherwise>,
    /// The clauses that set the time.
    pub clauses: Vec<Clause>,
    /// The parts of the duty, as this event was dealt with; it is met when all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartVerdict>,
    /// Where it was taken from.
    pub source: Source,
    /// When it closes at the latest.
    #[serde(skip)]
    pub(crate) closes: Option<DateTime>,
}

/// The end under another reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Otherwise {
    /// What starts the clock under it.
    pub trigger_label: String,
    /// When.
    pub from: Moment,
    /// The end, where it is known.
    pub due: Option<Moment>,
}

/// A fact that was read, or that is missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactUsed {
    /// Vocabulary key.
    pub key: String,
    /// What an officer calls it.
    pub label: String,
    /// Its value; none where it is missing.
    pub value: Option<String>,
    /// Where it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Who can supply it, where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplied_by: Option<String>,
}

/// One step to the deadline, with its clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepUsed {
    /// Counting rule; none for a step that is no counting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Where it led.
    pub to: Option<Moment>,
    /// In words.
    pub note: String,
    /// The clause it applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Citation>,
    /// That clause, printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite_label: Option<String>,
}

/// A reading relied on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadingUsed {
    /// Key.
    pub key: String,
    /// The reading taken.
    pub text: String,
    /// The other one.
    pub alternative: String,
    /// How sure.
    pub certainty: Certainty,
}

/// One earlier period of a recurring duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodVerdict {
    /// 114年度, 115年第3季…
    pub label: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Verdict.
    pub verdict: Verdict,
}

/// Something wrong beyond a single verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// `below_statutory_floor`…
    pub kind: &'static str,
    /// Duty it belongs to.
    pub duty: String,
    /// Parameter it is about.
    pub parameter: String,
    /// The clause that falls short.
    pub clause: Clause,
    /// What it promises, in words.
    pub promised: String,
    /// What is asked, in words.
    pub asked: String,
    /// The clauses that ask it.
    pub floor: Vec<Clause>,
}
