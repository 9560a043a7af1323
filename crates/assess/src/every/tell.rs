//! What is told of a result: its day with a step that says why, and what was proven.

use crate::assessment::{DutyAssessment, StepUsed};
use period::{Date, Moment};

/// The days on which it was done and proven, the latest first.
pub(super) fn proven(result: &DutyAssessment) -> Vec<Date> {
    result
        .done
        .iter()
        .filter(|d| d.evidence > 0)
        .map(|d| d.on)
        .collect()
}

/// The day on which it is due, with the step that says so.
pub(super) fn due(result: &mut DutyAssessment, day: Option<Date>, words: &str, what: &str) {
    result.due = day;
    result.part_of_day = day.map(|_| period::PartOfDay::WholeDay);
    result.due_basis = words.to_owned();
    if let Some(day) = day {
        result.steps.push(note(
            format!("{words}；{what} {}。", period::roc_short(day)),
            Some(day),
        ));
    }
}

/// A step that no rule of counting made.
pub(super) fn note(text: String, to: Option<Date>) -> StepUsed {
    StepUsed {
        rule: None,
        to: to.map(Moment::Day),
        note: text,
        cite: None,
        cite_label: None,
    }
}
