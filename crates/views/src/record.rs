//! Registers and their records, as lists, pages and forms show them.
//!
//! Why values as texts: every surface shows the same words, and what a form shows can be
//! sent back unchanged. What it can't know: how a page lays them out.

use schemars::JsonSchema;
use serde::Serialize;

/// What the one who looks may do with a register.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each button")]
pub struct May {
    /// New records.
    pub create: bool,
    /// Changes.
    pub amend: bool,
    /// Taking back.
    pub withdraw: bool,
    /// Files in.
    pub import: bool,
    /// Files out.
    pub export: bool,
    /// Sending on for approval.
    pub submit: bool,
    /// Remarks.
    pub comment: bool,
}

/// A register in the index.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct RegisterHead {
    /// Its key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// What it is for.
    pub help: String,
    /// The group it belongs to.
    pub group: String,
    /// How many records it holds.
    pub count: u64,
}

/// How a field is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldInput {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// One of these: as stored, as shown.
    Choice {
        /// The choices.
        options: Vec<(String, String)>,
    },
    /// Any of these: as stored, as shown.
    Choices {
        /// The choices.
        options: Vec<(String, String)>,
    },
    /// Yes, no, or nobody said.
    Flag,
    /// A day.
    Date,
    /// A day with a time.
    Moment,
    /// A number.
    Number,
    /// One item a line.
    Lines,
    /// A row of another register: id and name; too many to list where none.
    Reference {
        /// The other register.
        register: String,
        /// Its rows.
        options: Vec<(String, String)>,
    },
    /// Rows of another register: id and name.
    References {
        /// The other register.
        register: String,
        /// Its rows.
        options: Vec<(String, String)>,
    },
    /// Files; those already attached stay unless they are unticked.
    Files,
    /// Not entered by hand.
    Shown,
}

/// A file attached to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its hash.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The line that a form sends back to keep it.
    pub line: String,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// Its key.
    pub key: String,
    /// What an officer calls it.
    pub label: String,
    /// What to enter.
    pub help: String,
    /// Whether a record without it is refused.
    pub required: bool,
    /// How it is entered.
    pub input: FieldInput,
    /// As stored, in a form's text: ids for references, words for choices.
    pub value: String,
    /// As people read it.
    pub shown: String,
    /// Files, where it holds some.
    pub files: Vec<FileView>,
    /// Where the record that it refers to is, if it refers to one: register and id.
    pub link: Option<(String, String)>,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordLine {
    /// Its id.
    pub id: String,
    /// What names it.
    pub name: String,
    /// The listed fields, as people read them.
    pub cells: Vec<String>,
    /// Where it stands, in words; empty where no approval is asked for.
    pub standing: String,
    /// The state's word for style sheets.
    pub state: String,
}

/// One page of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordList {
    /// The register.
    pub register: RegisterHead,
    /// Labels of the listed fields.
    pub columns: Vec<String>,
    /// Fields by which the list can be narrowed.
    pub filters: Vec<FieldView>,
    /// The rows.
    pub rows: Vec<RecordLine>,
    /// How many there are in all, narrowed as asked.
    pub total: u64,
    /// After which id the next page begins.
    pub next: Option<String>,
    /// Whether records need an approval.
    pub asks: bool,
    /// What may be done.
    pub may: May,
}

/// One entry of a record's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When, by ROC year.
    pub at: String,
    /// Who.
    pub by: String,
    /// What happened.
    pub words: String,
    /// The version concerned.
    pub version: u32,
    /// What changed: label, from, to.
    pub changed: Vec<(String, String, String)>,
}

/// What a record proves or reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvesView {
    /// The duty's key.
    pub duty: String,
    /// The duty's title.
    pub title: String,
    /// Whether it proves it now.
    pub now: bool,
    /// In words: since when, or what is missing.
    pub words: String,
}

/// One record's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordDetail {
    /// The register.
    pub register: RegisterHead,
    /// Its id; empty for a new one.
    pub id: String,
    /// Its version; 0 for a new one.
    pub version: u32,
    /// What names it.
    pub name: String,
    /// Its fields, in the order of the form.
    pub fields: Vec<FieldView>,
    /// Where it stands, in words.
    pub standing: String,
    /// The state's word.
    pub state: String,
    /// The steps of its approval, in words, with whether each is done.
    pub steps: Vec<(String, bool)>,
    /// What happened to it, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Duties that records of this register prove or report.
    pub proves: Vec<ProvesView>,
    /// What is missing or inconsistent.
    pub gaps: Vec<String>,
    /// What may be done.
    pub may: May,
    /// Whether the one who looks may decide the present step.
    pub decides: bool,
}

/// One finding of the X-ray.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema, Serialize)]
pub struct XrayItem {
    /// 0 wrong, 1 missing, 2 hint: the worst first.
    pub rank: u8,
    /// In words.
    pub severity: String,
    /// Register key.
    pub register: String,
    /// Register title.
    pub title: String,
    /// The record; empty where none is there yet.
    pub id: String,
    /// What names it.
    pub name: String,
    /// The field that mends it; empty for the record as a whole.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The clause that asks for it, where the law does.
    pub clause: String,
}

/// Everything missing or inconsistent in an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Xray {
    /// Findings, the worst first.
    pub items: Vec<XrayItem>,
    /// How many wrong, missing, hints.
    pub counts: (usize, usize, usize),
    /// How many records were looked at.
    pub looked_at: u64,
}
