//! What a register is to the rest of the system: its table, what it proves, what limits it.
//!
//! Why plain constants: every list, form, import, rule and page follows from them, and a
//! reader sees all of a register in one file. What it can't know: the limits' values;
//! those the law resolves for an agency and a day, and the application hands them in.

use super::examine::Check;
use super::field::{Field, FieldProblem, Kind, Sensitivity};
use super::place::{Flow, Group, Hand, Page, Reach};
use super::record::{Book, Grade, Record, Table};
use period::{Calendar, Counting, Date, Lateness, Moment, Outcome, Punctuality, Span, Unit, deadline};
use serde_json::{Map, Value};

/// Something that a row of a register proves.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// The duty, by key.
    pub duty: &'static str,
    /// The field with the day it was done.
    pub on: &'static str,
    /// The fields that end it, the earliest of those that are filled in.
    pub until: &'static [Ends],
    /// The field with the system or contract for which it was done; the agency where none.
    pub about: Option<&'static str>,
    /// Whether this row proves it.
    pub when: fn(&Record<'_>) -> bool,
}

/// Another record that a row of a register confirms: what that one proves is shown anew.
#[derive(Debug, Clone, Copy)]
pub struct Renewal {
    /// The field that names the other record.
    pub of: &'static str,
    /// The field with the day on which it was confirmed.
    pub on: &'static str,
    /// Whether this row confirms it.
    pub when: fn(&Record<'_>) -> bool,
}

/// Something that a row of a register is one of, and that a duty counts.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    /// What: a key of `facts::COUNTED`.
    pub what: &'static str,
    /// The field with the person who holds it; the row is the person where none.
    pub of: Option<&'static str>,
    /// The field with its first day; from ever where it is blank.
    pub from: &'static str,
    /// The field that ends it; for good where it is blank.
    pub ends: Ends,
    /// Whether a file of the row has to show it.
    pub by_file: bool,
    /// Whether this row is one.
    pub when: fn(&Record<'_>) -> bool,
}

/// A change that a row tells of, after which the law may count a period of a system anew.
#[derive(Debug, Clone, Copy)]
pub struct Alter {
    /// What: a key of `facts::ALTERATIONS`.
    pub what: &'static str,
    /// The field with the system; the row is the system where none.
    pub about: Option<&'static str>,
    /// The field with the day.
    pub on: &'static str,
    /// Whether this row tells of one.
    pub when: fn(&Record<'_>) -> bool,
}

/// What the field says that ends something.
#[derive(Debug, Clone, Copy)]
pub enum Ends {
    /// Its last day.
    After(&'static str),
    /// The first day on which it is no more.
    On(&'static str),
}

impl Ends {
    /// The first day on which it is no more, where the field is filled in.
    pub fn end(self, record: &Record<'_>) -> Option<Date> {
        match self {
            Self::On(field) => record.date(field),
            Self::After(field) => record.date(field)?.tomorrow().ok(),
        }
    }
}

/// An event that a row of a register reports, and that a duty waits for.
#[derive(Debug, Clone, Copy)]
pub struct Raise {
    /// The duty that it sets off, by key.
    pub duty: &'static str,
    /// The field with the day or the moment of the event.
    pub on: &'static str,
    /// The field with the day or the moment at which the duty was done; blank while it is open.
    pub settled_on: &'static str,
    /// The field with the system or contract concerned; the agency where none.
    pub about: Option<&'static str>,
    /// Whether this row reports such an event.
    pub when: fn(&Record<'_>) -> bool,
}

/// A limit as the law resolves it for one agency on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The value, where it is a number, in the parameter's own unit.
    pub number: Option<f64>,
    /// The value in days, where it is a span or an interval.
    pub days: Option<f64>,
    /// The time that it leaves, where it is one.
    pub span: Option<Span>,
    /// The value, where it is a word.
    pub word: Option<String>,
    /// The value in words.
    pub words: String,
}

impl Bound {
    /// By how much something was done too late that had so many hours from an instant on; none where
    /// it was in time, or hours don't decide.
    pub fn late(&self, from: Moment, done: Moment) -> Option<Lateness> {
        let span = self.span.filter(|span| span.unit == Unit::Hour)?;
        let counted = deadline(from.into(), span, Counting::Hours, &Calendar::default());
        let Ok(Outcome::Known(end)) = counted else {
            return None;
        };
        match end.punctuality(done) {
            Punctuality::Late(by) => Some(by),
            _ => None,
        }
    }
}

/// A limit that the law sets to rows of a register.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The law's parameter, by key.
    pub parameter: &'static str,
    /// What is wrong with a row under the limit; the application adds the clause.
    pub judge: fn(&Record<'_>, &Bound, &Book<'_>) -> Option<FieldProblem>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something contradicts something else, or is overdue.
    Wrong,
    /// Something that is needed is missing.
    Missing,
    /// Worth a look.
    Hint,
}

/// Something missing or inconsistent in a stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// How bad it is.
    pub severity: Severity,
    /// The field that mends it; empty for the row as a whole.
    pub field: &'static str,
    /// What is wrong and what to do (zh-TW).
    pub message: String,
}

impl Gap {
    /// Contradicts something else, or is overdue.
    pub fn wrong(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Wrong, field, message)
    }

    /// Needed and missing.
    pub fn missing(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Missing, field, message)
    }

    /// Worth a look.
    pub fn hint(field: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, field, message)
    }

    fn new(severity: Severity, field: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            field,
            message: message.into(),
        }
    }
}

/// A check by a row's own type: the normal form, or what is wrong.
pub type Typed = fn(&Value) -> Result<Value, Vec<FieldProblem>>;

/// One step of a form: turns the members of a body of one version into those of the next.
///
/// It only moves and renames what is there, and is a function of the body alone; what a person
/// must add is asked for when the record is changed.
pub type Upcast = fn(Map<String, Value>) -> Map<String, Value>;

/// What is wrong between a row and other rows of the agency.
pub type Rules = fn(&Record<'_>, &Book<'_>) -> Vec<FieldProblem>;

/// What is missing or inconsistent in a row that stands.
pub type Gaps = fn(&Record<'_>, &Book<'_>) -> Vec<Gap>;

/// A register, as the rest of the system sees it.
#[derive(Clone, Copy)]
pub struct RegisterSpec {
    /// The key, as stored.
    pub key: &'static str,
    /// What an officer calls it.
    pub title: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Where a menu lists it.
    pub group: Group,
    /// Who may see it at all.
    pub reach: Reach,
    /// In whose hands it is, beside those of its reach.
    pub hands: &'static [Hand],
    /// How its records become final.
    pub flow: Flow,
    /// On which page its records are seen.
    pub page: Page,
    /// The version of its bodies (their member `v`), from 1.
    pub v: u32,
    /// The way of a body from version 1 to `v`: the n-th step leads from version n to n + 1.
    pub upcasts: &'static [Upcast],
    /// The field that names a row in a list.
    pub names_row: &'static str,
    /// Fields that together tell rows apart: an import finds the row that a line changes.
    pub identity: &'static [&'static str],
    /// A field that tells a row apart by itself where it is filled in: an inventory number stays
    /// when the thing is renamed.
    pub own_number: Option<&'static str>,
    /// A field without which a line of a file says nothing yet: an import passes over it.
    pub answered_by: Option<&'static str>,
    /// Its fields, in the order of a form.
    pub fields: &'static [Field],
    /// Checks a body by the row's own type, where it has one.
    pub typed: Option<Typed>,
    /// What is wrong between the fields of a row (of a register without a type).
    pub validate: Option<fn(&Record<'_>) -> Vec<FieldProblem>>,
    /// Registers whose rows `rules`, `gaps` and `limits` look at.
    pub looks_at: &'static [&'static str],
    /// What is wrong between a row and other rows of the agency; refuses the row.
    pub rules: Option<Rules>,
    /// What is missing or inconsistent in a row that stands.
    pub gaps: Option<Gaps>,
    /// Limits that the law sets.
    pub limits: &'static [Limit],
    /// The fields with the days whose law limits a row: what is refused on any of them is refused.
    /// Today's, where the row stands for how things are or leaves them all blank.
    pub limits_on: &'static [&'static str],
    /// What its rows prove.
    pub proves: &'static [Proof],
    /// What its rows say about states that the law asks for.
    pub checks: &'static [Check],
    /// What of a row a part of a duty may ask for beside its being there: a field that is filled in
    /// or says yes, or a field with a word of its choices (`content=config`, `sensitive_data=false`).
    pub tells: &'static [&'static str],
    /// What its rows confirm.
    pub renews: Option<Renewal>,
    /// What its rows are that duties count.
    pub tallies: &'static [Tally],
    /// Changes that its rows tell of.
    pub alters: &'static [Alter],
    /// Events that its rows report.
    pub raises: &'static [Raise],
    /// What grades its events, where they tell of incidents.
    pub grade: Option<Grade>,
    /// Fields that tell of an approval by somebody else than who approves the record; all other
    /// `…approved_on` and `…approved_by` say, where they are blank, what its approval says.
    pub approved_elsewhere: &'static [&'static str],
    /// Duties set off by its events that are done by doing, not by leave: where the register
    /// asks for approval, the latest version with its file settles them, approved or not.
    pub settled_by_file: &'static [&'static str],
    /// Whether it may hold very many rows; those are not read for an assessment.
    pub bulk: bool,
}

impl std::fmt::Debug for RegisterSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterSpec")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl RegisterSpec {
    /// What a register is unless it says otherwise.
    pub const TABLE: Self = Self {
        key: "",
        title: "",
        help: "",
        group: Group::Basics,
        reach: Reach::Agency,
        hands: &[],
        flow: Flow::Approval,
        page: Page::Generic,
        v: 1,
        upcasts: &[],
        names_row: "",
        identity: &[],
        own_number: None,
        answered_by: None,
        fields: &[],
        typed: None,
        validate: None,
        looks_at: &[],
        rules: None,
        gaps: None,
        limits: &[],
        limits_on: &[],
        proves: &[],
        checks: &[],
        tells: &[],
        renews: None,
        tallies: &[],
        alters: &[],
        raises: &[],
        grade: None,
        approved_elsewhere: &[],
        settled_by_file: &[],
        bulk: false,
    };

    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// Whether a field says when, or by whom, the record itself was approved.
    pub fn tells_approval(&self, field: &Field) -> bool {
        let named = match field.kind {
            Kind::Date => field.key.ends_with("approved_on"),
            Kind::Text => field.key.ends_with("approved_by"),
            _ => false,
        };
        named && !self.approved_elsewhere.contains(&field.key)
    }

    /// Whether it is in those hands.
    pub fn is_in(&self, hand: Hand) -> bool {
        self.hands.contains(&hand)
    }

    /// Whether it holds personal data or what not everybody may see: what of it is taken away is
    /// recorded.
    pub fn is_sensitive(&self) -> bool {
        let kept = |f: &Field| matches!(f.sensitivity, Sensitivity::Personal | Sensitivity::Confidential);
        self.reach == Reach::Restricted || self.fields.iter().any(kept)
    }

    /// Whether people fill it in by a form, an import or a program: not where its records only
    /// tell of what was done elsewhere.
    pub fn is_written(&self) -> bool {
        self.flow != Flow::Own
    }

    /// What is wrong between a row and other rows of the agency.
    pub fn rules(&self, record: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
        self.rules.map_or_else(Vec::new, |rules| rules(record, book))
    }

    /// What is missing or inconsistent in a row that stands.
    pub fn gaps(&self, record: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
        let mut found = self.gaps.map_or_else(Vec::new, |gaps| gaps(record, book));
        found.extend(self.ahead(record, book.today));
        found
    }

    /// What a row would prove lies ahead: until then it proves nothing.
    fn ahead(&self, record: &Record<'_>, today: Date) -> Option<Gap> {
        let lies_ahead = |p: &&Proof| {
            let day = record.date(p.on).or_else(|| record.day_of(p.on));
            day.is_some_and(|day| day > today) && (p.when)(record)
        };
        let proof = self.proves.iter().find(lies_ahead)?;
        let label = record.label(proof.on);
        let message = format!("「{label}」在今天之後，屆日前不作為佐證；已辦理者請更正日期");
        Some(Gap::hint(proof.on, message))
    }

    /// A row made of the fields' examples.
    pub fn example(&self) -> Value {
        let members = self.fields.iter().map(|f| (f.key.to_owned(), f.example_value()));
        Value::Object(members.collect())
    }
}

impl From<&RegisterSpec> for Table {
    fn from(spec: &RegisterSpec) -> Self {
        Self {
            key: spec.key,
            title: spec.title,
            names_row: spec.names_row,
            fields: spec.fields,
            grade: spec.grade,
        }
    }
}
