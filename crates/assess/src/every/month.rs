//! A month of the year that is promised: the year's block ends with it.
//!
//! What it can't know: whether a plan means the month, or only that it comes about then.

use super::grid::Grid;
use super::tell::{due, proven};
use crate::assessment::{DutyAssessment, Verdict};
use crate::why::Case;
use period::{Date, Lateness};

/// The unit of a month named by its number.
const MONTH: &str = "month_of_year";

/// Moves what was judged by whole years to the month that a parameter of the duty names.
pub(super) fn narrow(case: &Case<'_>, result: &mut DutyAssessment, grid: Grid) {
    let Some(month) = promised(case).filter(|_| grid.months == 12) else {
        return;
    };
    let Some(until) = result.due else { return };
    let last = |year_of: Date| Some(Date::new(year_of.year(), month, 1).ok()?.last_of_month());
    // A plan that came after its month asks nothing of that year's.
    let since = case.resolved.requirements.iter().flat_map(|r| &r.winners);
    let since = since.filter_map(|c| c.since).max();
    let Some(end) = last(until).filter(|end| since.is_none_or(|since| since <= *end)) else {
        return;
    };
    match result.verdict {
        Verdict::Met => {
            result.late_by = late(grid, month, &proven(result));
            if let Some(by) = result.late_by {
                result.reason_code = "done late".to_owned();
                let reason = result.reason.trim_end_matches('。');
                result.reason = format!("{reason}；逾所定月份 {}。", by.words());
            }
            tell(result, end, "下次期限");
        }
        Verdict::NotMet => tell(result, end, "逾期之期限"),
        Verdict::NotYetDue if end >= case.day => {
            let before = period::roc_short(until);
            result.reason = result.reason.replace(&before, &period::roc_short(end));
            tell(result, end, "所定月份末日");
        }
        Verdict::NotYetDue => {
            let begins = Date::new(end.year(), month, 1).ok();
            let records = case.snapshot.records_from.zip(begins);
            if records.is_some_and(|(records, begins)| records <= begins) {
                result.verdict = Verdict::NotMet;
                result.reason_code = "overdue".to_owned();
                result.reason = format!("{}所定月份已過而無佐證，已逾期。", grid.label(grid.block(end)));
                tell(result, end, "逾期之期限");
            }
        }
        Verdict::Unknown | Verdict::NotApplicable => {}
    }
}

/// The month of the year by which it must be done, where a parameter of the duty names one.
fn promised(case: &Case<'_>) -> Option<i8> {
    case.resolved.requirements.iter().find_map(|r| {
        let parameter = case.corpus.parameters.get(&r.key)?;
        let month = r.value.at_least().filter(|_| parameter.unit == MONTH)?;
        i8::try_from(month).ok().filter(|m| *m <= 12)
    })
}

/// By how much all that was done in the last year with a proof came after its month.
fn late(grid: Grid, month: i8, proven: &[Date]) -> Option<Lateness> {
    let block = proven.iter().map(|d| grid.block(*d)).max()?;
    let first = proven.iter().filter(|d| grid.block(**d) == block).min()?;
    let last = Date::new(first.year(), month, 1).ok()?.last_of_month();
    let days = (*first - last).get_days();
    u32::try_from(days).ok().filter(|d| *d > 0).map(Lateness::Days)
}

/// The same step with another day.
fn tell(result: &mut DutyAssessment, day: Date, what: &str) {
    result.steps.pop();
    let words = std::mem::take(&mut result.due_basis);
    due(result, Some(day), &words, what);
}
