//! What is wrong in a plan.

use crate::AgencyHead;
use period::Date;
use serde::Serialize;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanIssue {
    /// `outdated_citation`…
    pub kind: String,
    /// Line of the uploaded text.
    pub line: u64,
    /// What is wrong and what to do.
    pub message: String,
    /// The clause that says so, printed, and where its page is.
    pub clauses: Vec<(String, String)>,
}

/// Issues of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanIssueGroup {
    /// Kind.
    pub kind: String,
    /// Its name.
    pub title: String,
    /// What it means and what to do about it.
    pub help: String,
    /// The issues.
    pub issues: Vec<PlanIssue>,
}

/// The page 計畫健檢.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanHealthView {
    /// The agency.
    pub agency: AgencyHead,
    /// The day by which it is judged.
    pub day: Date,
    /// File name.
    pub file_name: String,
    /// Its hash.
    pub sha256: String,
    /// Editions by which it is judged.
    pub editions: Vec<String>,
    /// What is wrong, worst first.
    pub groups: Vec<PlanIssueGroup>,
    /// What was read: label and value with line.
    pub read: Vec<(String, String, u64)>,
}

impl PlanHealthView {
    /// How many issues there are.
    pub fn total(&self) -> usize {
        self.groups.iter().map(|g| g.issues.len()).sum()
    }
}
