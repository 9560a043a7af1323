//! Duties due each month by a day of it, for the month before.
//!
//! Why apart from what is due again and again: the month that is told of is over when it is told, and
//! the day lies inside the next. What it can't know: for which month a record was sent; what is sent in
//! a month tells of the one before.

use crate::assessment::{DutyAssessment, PeriodVerdict, Verdict};
use crate::why::Case;
use law::{Shape, Value};
use period::{Date, Lateness, Moment, PartOfDay};

/// How many months back are told.
const TOLD: i32 = 5;

/// A month, counted from year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Month(i32);

impl Month {
    fn of(day: Date) -> Self {
        Self(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    fn first(self) -> Option<Date> {
        let (year, month) = (self.0.div_euclid(12), self.0.rem_euclid(12));
        Date::new(i16::try_from(year).ok()?, i8::try_from(month + 1).ok()?, 1).ok()
    }

    fn last(self) -> Option<Date> {
        self.plus(1).first()?.yesterday().ok()
    }

    /// A day of it; the last where it is shorter.
    fn day(self, n: i8) -> Option<Date> {
        let (first, last) = (self.first()?, self.last()?);
        Date::new(first.year(), first.month(), n.min(last.day())).ok()
    }

    fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    fn label(self) -> String {
        self.first().map_or_else(String::new, |day| {
            format!("{}年{}月", i32::from(day.year()) - 1911, day.month())
        })
    }
}

pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    let Shape::Monthly { after, .. } = &case.resolved.duty.shape else {
        return;
    };
    let by = case.resolved.period().and_then(|r| match r.value {
        Value::Number(n) => format!("{n}").parse::<i8>().ok(),
        _ => None,
    });
    let Some(by) = by else {
        result.verdict = Verdict::Unknown;
        "missing day".clone_into(&mut result.reason_code);
        "這一天的規定沒有定每月之期限，無法判定。".clone_into(&mut result.reason);
        return;
    };
    result.due_basis = format!("每月 {by} 日前，就上月之情形");
    let Some(begun) = begun(case, after.as_deref()) else {
        let title = after
            .as_deref()
            .and_then(|key| case.corpus.duty(key))
            .map_or("", |d| &d.title);
        result.verdict = Verdict::NotApplicable;
        "not begun".clone_into(&mut result.reason_code);
        result.reason = format!("尚無「{title}」完成之紀錄，自完成之次月起辦理。");
        return;
    };
    let months = Months {
        case,
        by,
        begun,
        proven: proven(result),
    };
    months.tell(result);
    months.say(result);
}

/// The first month in which it is due: the one after that in which it came to be asked for and what it
/// tells of came to be there.
fn begun(case: &Case<'_>, after: Option<&str>) -> Option<Month> {
    let law = case.known_from(None);
    let there = match after {
        Some(key) => {
            let shown = |d: &&facts::Done| d.duty == key && d.evidence > 0 && d.on <= case.day;
            Some(case.snapshot.done.iter().filter(shown).map(|d| d.on).min()?)
        }
        None => None,
    };
    Some(law.max(there).map_or(Month(0), |day| Month::of(day).plus(1)))
}

fn proven(result: &DutyAssessment) -> Vec<Date> {
    let shown = result.done.iter().filter(|d| d.evidence > 0);
    shown.map(|d| d.on).collect()
}

struct Months<'a> {
    case: &'a Case<'a>,
    by: i8,
    begun: Month,
    proven: Vec<Date>,
}

impl Months<'_> {
    fn met(&self, month: Month) -> bool {
        self.proven.iter().any(|day| Month::of(*day) == month)
    }

    fn reached(&self, month: Month) -> bool {
        let records = self.case.snapshot.records_from;
        records
            .zip(month.first())
            .is_some_and(|(from, first)| from <= first)
    }

    fn missed(&self, month: Month) -> bool {
        month >= self.begun && self.reached(month) && !self.met(month)
    }

    /// The months before this one, the latest first.
    fn tell(&self, result: &mut DutyAssessment) {
        let now = Month::of(self.case.day);
        for month in (1..=TOLD)
            .map(|back| now.plus(-back))
            .filter(|m| *m >= self.begun)
        {
            let (Some(from), Some(to)) = (month.first(), month.day(self.by)) else {
                continue;
            };
            let verdict = if self.met(month) {
                Verdict::Met
            } else if self.reached(month) {
                Verdict::NotMet
            } else {
                Verdict::Unknown
            };
            result.periods.push(PeriodVerdict {
                label: format!("{}之情形", month.plus(-1).label()),
                from,
                to,
                verdict,
            });
        }
    }

    fn say(&self, result: &mut DutyAssessment) {
        let now = Month::of(self.case.day);
        if now < self.begun {
            self.due(result, self.begun);
            let told = self.begun.plus(-1).label();
            say(
                result,
                Verdict::NotYetDue,
                "not yet due",
                format!("自{told}之情形起辦理。"),
            );
            return;
        }
        let told = now.plus(-1).label();
        if self.met(now) {
            let first = self.proven.iter().filter(|d| Month::of(**d) == now).min();
            let late = first
                .zip(now.day(self.by))
                .and_then(|(done, due)| late(due, *done));
            let words = late.map_or_else(String::new, |late| format!("，逾期限 {}", late.words()));
            let when = first.map_or_else(String::new, |d| period::roc_short(*d));
            result.late_by = late;
            self.due(result, now.plus(1));
            let code = if late.is_some() { "done late" } else { "done" };
            say(
                result,
                Verdict::Met,
                code,
                format!("{told}之情形已於 {when} 辦理{words}，並有佐證。"),
            );
            return;
        }
        let due = now.day(self.by);
        if self.missed(now.plus(-1)) {
            let mut earliest = now.plus(-1);
            while self.missed(earliest.plus(-1)) {
                earliest = earliest.plus(-1);
            }
            self.due(result, earliest);
            let told = earliest.plus(-1).label();
            say(
                result,
                Verdict::NotMet,
                "overdue",
                format!("自{told}之情形起應辦理而無佐證，已逾期。"),
            );
        } else if due.is_some_and(|due| self.case.day > due) {
            self.due(result, now);
            let end = due.map_or_else(String::new, period::roc_short);
            say(
                result,
                Verdict::NotMet,
                "overdue",
                format!("{told}之情形，期限 {end} 已過，尚無辦理紀錄與佐證。"),
            );
        } else {
            self.due(result, now);
            let end = due.map_or_else(String::new, period::roc_short);
            say(
                result,
                Verdict::NotYetDue,
                "not yet due",
                format!("{told}之情形，應於 {end} 前辦理。"),
            );
        }
    }

    fn due(&self, result: &mut DutyAssessment, month: Month) {
        result.due = month.day(self.by);
        result.part_of_day = result.due.map(|_| PartOfDay::WholeDay);
        if let Some(day) = result.due {
            result.steps.push(crate::assessment::StepUsed {
                rule: None,
                to: Some(Moment::Day(day)),
                note: format!("{}；{}。", result.due_basis, period::roc_short(day)),
                cite: None,
                cite_label: None,
            });
        }
    }
}

/// By how many days of a month something came after another.
fn late(due: Date, done: Date) -> Option<Lateness> {
    let days = u32::try_from(done.day() - due.day()).ok()?;
    (days > 0).then_some(Lateness::Days(days))
}

fn say(result: &mut DutyAssessment, verdict: Verdict, code: &str, reason: String) {
    result.verdict = verdict;
    code.clone_into(&mut result.reason_code);
    result.reason = reason;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_told_by_the_year_of_the_republic_and_ends_with_its_last_day() {
        let month = Month::of(Date::constant(2027, 12, 31));
        assert_eq!(month.label(), "116年12月");
        assert_eq!(month.plus(2).label(), "117年2月");
        assert_eq!(month.plus(2).day(31), Some(Date::constant(2028, 2, 29)));
        assert_eq!(month.plus(1).first(), Some(Date::constant(2028, 1, 1)));
    }
}
