//! What a document cites wrongly.

use period::Date;
use serde::Serialize;

/// One thing that is wrong, or can't be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// Line of the document; 1 for what is missing.
    pub line: u32,
    /// Character of the line, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// `old_number`, `nonexistent_article`…
    pub kind: String,
    /// As written.
    pub text: String,
    /// Title of the instrument on the day asked, or the name as written.
    pub instrument: Option<String>,
    /// The article as cited.
    pub article: Option<String>,
    /// How it is cited now, printed.
    pub now: Option<String>,
    /// Why it is listed.
    pub why: String,
    /// How sure: `high`, or `low` where only the words of the sentence decided.
    pub certainty: String,
    /// How sure the law data is that it was judged by.
    pub law_certainty: Option<String>,
    /// What to do.
    pub remedy: String,
    /// Whether a corrected copy changes it.
    pub fixable: bool,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintGroup {
    /// Kind.
    pub kind: String,
    /// Its name.
    pub title: String,
    /// The findings, by line.
    pub findings: Vec<LintFinding>,
}

/// What was found in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintView {
    /// File name.
    pub file_name: String,
    /// `plan`, `rule`, `contract`, `text`.
    pub kind: String,
    /// In words.
    pub kind_label: String,
    /// Body by which it is judged.
    pub body: String,
    /// In words.
    pub body_label: String,
    /// Level by which promises are weighed.
    pub level: Option<String>,
    /// Day by which it is judged.
    pub day: Date,
    /// Editions by which it is judged.
    pub editions: Vec<String>,
    /// Encoding, where it was not UTF-8.
    pub encoding: Option<String>,
    /// How many citations were read.
    pub citations: usize,
    /// How many of them speak of the past and were left alone.
    pub historic: usize,
    /// Instruments that are cited and not held.
    pub not_held: Vec<String>,
    /// How many findings a corrected copy changes.
    pub fixable: usize,
    /// What was found, worst first.
    pub groups: Vec<LintGroup>,
}

impl LintView {
    /// How many findings there are.
    pub fn total(&self) -> usize {
        self.groups.iter().map(|g| g.findings.len()).sum()
    }
}
