//! What to do today, and the list of every duty.

use crate::{AgencyHead, DutyView, FirstStep, MonthView, QuestionView, Status};
use period::Date;
use serde::Serialize;

/// One line of the task list: what, who says so, when, what is missing, the next step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Task {
    /// Duty key.
    pub key: String,
    /// What.
    pub title: String,
    /// About what, with its kind: a system, a contract, an event; empty for the agency.
    pub subject: String,
    /// Where its page is.
    pub href: String,
    /// Who says so.
    pub clause: String,
    /// When, in words.
    pub due: String,
    /// How long still, or how long ago.
    pub left: String,
    /// What is missing.
    pub missing: String,
    /// The next step.
    pub next: String,
    /// Register and row of the record in which that step is taken, the register alone where one is
    /// to be added; elsewhere on the duty's page.
    pub record: Option<(String, String)>,
    /// Status.
    pub status: Status,
    /// Status in words.
    pub state: String,
    /// The name of its colour.
    pub tone: &'static str,
}

/// A group of tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Id for the heading.
    pub id: &'static str,
    /// 逾期, 30 天內…
    pub title: &'static str,
    /// What to read where it is empty.
    pub empty: &'static str,
    /// The tasks shown.
    pub tasks: Vec<Task>,
    /// How many there are in all.
    pub total: usize,
    /// Where the rest is.
    pub more: String,
}

/// Something that the officer should know beside the tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// Where to look.
    pub href: String,
    /// What the link says.
    pub link: String,
}

/// The page 今天.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TodayView {
    /// The agency.
    pub agency: AgencyHead,
    /// The day.
    pub day: Date,
    /// Whether it is the day asked for, not today.
    pub travelled: bool,
    /// The next steps, most urgent first.
    pub steps: Vec<Task>,
    /// What isn't known, as the few questions that settle most.
    pub questions: Vec<QuestionView>,
    /// The year in months.
    pub months: Vec<MonthView>,
    /// Groups, most urgent first.
    pub groups: Vec<Group>,
    /// How many duties have each status.
    pub counts: Vec<(Status, usize)>,
    /// Notices.
    pub notices: Vec<Notice>,
    /// The six steps of a new agency; none where all are done, or of another day.
    pub first_steps: Vec<FirstStep>,
}

impl TodayView {
    /// How many of the first steps are done.
    pub fn steps_done(&self) -> usize {
        self.first_steps.iter().filter(|s| s.is_done).count()
    }

    /// How many duties there are in all.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|(_, n)| n).sum()
    }
}

/// The page 應辦事項.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DutyListView {
    /// The agency.
    pub agency: AgencyHead,
    /// The day.
    pub day: Date,
    /// The filter in force.
    pub filter: Option<Status>,
    /// How many duties have each status.
    pub counts: Vec<(Status, usize)>,
    /// The duties, by aspect.
    pub groups: Vec<(String, Vec<DutyView>)>,
}
