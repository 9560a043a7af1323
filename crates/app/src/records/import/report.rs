//! What an import would do, or did: the words of its preview.

use crate::AppError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;

/// What an officer says beside the file.
#[derive(Debug, Clone, Default, JsonSchema, Serialize, Deserialize)]
pub struct ImportOptions {
    /// The sheet; the first visible one where none.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Headings as written, and the field each is; an empty field passes the column over.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Whether to remember the headings for the next import.
    #[serde(default)]
    pub remember: bool,
    /// Given when nobody waits for the preview any more; the reading then ends.
    #[serde(skip)]
    pub stop: collectors::Stop,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    /// Can't be taken.
    Wrong,
    /// A new record.
    New,
    /// Changes a record.
    Changed,
    /// Says what the record says already.
    Same,
}

impl LineStatus {
    /// In the officer's words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wrong => "有誤",
            Self::New => "新增",
            Self::Changed => "更新",
            Self::Same => "不變",
        }
    }
}

/// A line of the file as the preview shows it.
#[derive(Debug, Clone, JsonSchema, Serialize, Deserialize)]
pub struct ImportLine {
    /// The row's number in the officer's own file.
    pub row: u32,
    /// What becomes of it.
    pub status: LineStatus,
    /// What names it.
    pub name: String,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// What would change: label, from, to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<(String, String, String)>,
}

/// How many lines of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct ImportCounts {
    /// New records.
    pub new: u64,
    /// Changed ones.
    pub changed: u64,
    /// Lines that change nothing.
    pub same: u64,
    /// Lines that can't be taken.
    pub wrong: u64,
}

impl ImportCounts {
    /// Counts one more line.
    pub(super) fn add(&mut self, status: LineStatus) {
        *match status {
            LineStatus::Wrong => &mut self.wrong,
            LineStatus::New => &mut self.new,
            LineStatus::Changed => &mut self.changed,
            LineStatus::Same => &mut self.same,
        } += 1;
    }
}

/// An import as it would be, or as it was.
#[derive(Debug, Clone, JsonSchema, Serialize, Deserialize)]
pub struct ImportReport {
    /// The import's id.
    pub id: String,
    /// The register.
    pub register: String,
    /// `preview`, `committed` or `undone`.
    pub state: String,
    /// The file's name.
    pub file: String,
    /// The file's hash.
    pub sha256: String,
    /// The sheet that was read.
    pub sheet: String,
    /// Every sheet that can be chosen.
    pub sheets: Vec<String>,
    /// The encoding of a text file.
    pub encoding: String,
    /// Rows of the header, first and last.
    pub header: (u32, u32),
    /// Headings as written with the field each was taken for; empty where for none.
    pub columns: Vec<(String, String)>,
    /// What an officer should know.
    pub notices: Vec<String>,
    /// How many lines of each kind.
    pub counts: ImportCounts,
    /// What the lines would write, and upon which versions, as one hash.
    #[serde(default)]
    pub digest: String,
    /// The first lines of each kind, the wrong ones first.
    pub lines: Vec<ImportLine>,
    /// What was said beside the file.
    pub options: ImportOptions,
    /// What was written, once it was.
    #[serde(default)]
    pub written: u64,
}

/// Which lines a commit takes.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Take the rest where lines are wrong; else nothing is taken.
    pub skip_wrong: bool,
    /// Only these rows; all where empty.
    pub only: BTreeSet<u32>,
    /// All but these rows.
    pub but: BTreeSet<u32>,
    /// Given when nobody waits for it any more; the reading then ends, and nothing is written.
    pub stop: collectors::Stop,
}

impl Chosen {
    pub(super) fn takes(&self, row: u32) -> bool {
        (self.only.is_empty() || self.only.contains(&row)) && !self.but.contains(&row)
    }
}

/// What is called now and then with how many lines are done.
pub type Progress<'p> = &'p mut (dyn FnMut(u64) + Send);

/// What a reading or writing of a file comes to: [`compiled_once`](crate::compiled), by hand, since the
/// macro can't tell how long a [`Progress`] lives.
pub type Imported<'a> = Pin<Box<dyn Future<Output = Result<ImportReport, AppError>> + Send + 'a>>;
