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

/// What a revised plan changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanRevisionView {
    /// The agency.
    pub agency: AgencyHead,
    /// The revised plan's file.
    pub file_name: String,
    /// The day from which it rules.
    pub from: Date,
    /// The former plan's file, and since when it rules; none where there was none.
    pub former: Option<(String, Option<Date>)>,
    /// Whether the former one rules from the very same day, so that it is corrected.
    pub corrects: bool,
    /// Duties that come.
    pub gained: Vec<PlanMove>,
    /// Duties that go.
    pub lost: Vec<PlanMove>,
    /// What is asked more strictly.
    pub stricter: Vec<PlanMove>,
    /// What is asked less strictly.
    pub looser: Vec<PlanMove>,
    /// What is asked otherwise, neither more nor less strictly.
    pub changed: Vec<PlanMove>,
    /// What the officer should look at.
    pub notices: Vec<String>,
    /// Whether it was written, or only shown.
    pub written: bool,
}

/// One thing that a revised plan changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanMove {
    /// The duty.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The system or contract, where it is about one.
    pub subject: String,
    /// The parameter, where it is about one.
    pub what: String,
    /// What bound before, in words.
    pub before: Option<String>,
    /// What binds from then on, in words.
    pub after: Option<String>,
    /// Where in the plan.
    pub clause: Option<String>,
}
