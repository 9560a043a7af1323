//! Deadlines: a start, a period and a regime give an end and every step that led to it.
//!
//! What: hours run at once; in every other unit the first day does not count
//! (行政程序法 §48 I–III; 民法 §§119–121). What happens when the last day is a rest day
//! differs by regime and is in [`crate::roll`].
//! Why the steps are recorded while counting: an explanation written afterwards
//! could disagree with the answer.
//! What it can't know: which regime governs a duty, and whether an event at 23:59
//! happened on that day for the law. Both are the caller's to decide and to cite.
//! A period for a burden on persons (行政程序法 §48 V), where the first day counts, is not
//! a regime here.

use jiff::SignedDuration;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::calendar::{Calendar, FixedHolidays};
use crate::error::PeriodError;
use crate::roc::{roc_short, roc_short_weekday};
use crate::roll;
use crate::types::{
    Counting, Deadline, Likely, Moment, Outcome, PartOfDay, Rule, Span, Start, Step, Undetermined, Unit,
};

/// Counts `span` from `start` under a regime.
///
/// A period in hours is counted in hours under any regime, and needs an instant to
/// start at. A period in working days is counted by the calendar under any regime.
///
/// Where the calendar doesn't reach, the end is unknown; what weekends and the holidays of fixed dates
/// give is told with it.
pub fn deadline(
    start: Start,
    span: Span,
    counting: Counting,
    calendar: &Calendar,
) -> Result<Outcome, PeriodError> {
    let outcome = counted_by(start, span, counting, calendar)?;
    Ok(match (outcome, calendar.assumed()) {
        (Outcome::Unknown(unknown), Some((assumed, fixed))) => Outcome::Unknown(Undetermined {
            likely: likely(start, span, counting, (assumed, fixed)),
            ..unknown
        }),
        (outcome, _) => outcome,
    })
}

fn likely(
    start: Start,
    span: Span,
    counting: Counting,
    (assumed, fixed): (&Calendar, &FixedHolidays),
) -> Option<Likely> {
    let by = |span| match counted_by(start, span, counting, assumed) {
        Ok(Outcome::Known(deadline)) => Some(deadline),
        _ => None,
    };
    let deadline = by(span)?;
    // Of working days each holiday that isn't known costs one; of all others only the last may be one.
    let last = match span.unit {
        Unit::WorkingDay => by(Span {
            amount: span.amount.checked_add(fixed.most_unfixed)?,
            ..span
        })?,
        _ => deadline.clone(),
    };
    let rest = i64::from(fixed.longest_rest).days();
    Some(Likely {
        end: deadline.end.date(),
        part_of_day: deadline.part_of_day,
        not_after: last.end.date().checked_add(rest).ok()?,
    })
}

fn counted_by(
    start: Start,
    span: Span,
    counting: Counting,
    calendar: &Calendar,
) -> Result<Outcome, PeriodError> {
    let span = span.checked()?;
    match (span.unit, counting) {
        (Unit::Hour, _) => hours(start, span),
        (_, Counting::Hours) => Err(PeriodError::NotInHours { span: span.words() }),
        (Unit::WorkingDay, _) => working_days(start, span, calendar),
        (_, Counting::Apa48) => {
            last_day(start, span).map(|(end, steps)| roll::rest_day_and_saturday(end, steps, calendar))
        }
        (_, Counting::CivilCode) => {
            last_day(start, span).map(|(end, steps)| roll::rest_day(end, steps, calendar))
        }
        (_, Counting::AsStated) => {
            last_day(start, span).map(|(end, steps)| roll::as_stated(end, steps, calendar))
        }
    }
}

/// 行政程序法 §48 I: a period in hours starts at once.
fn hours(start: Start, span: Span) -> Result<Outcome, PeriodError> {
    let Start::Instant(from) = start else {
        return Err(PeriodError::TimeOfDayMissing {
            start: start.to_string(),
            span: span.words(),
        });
    };
    let to = from
        .checked_add(SignedDuration::from_hours(i64::from(span.amount)))
        .map_err(|_| out_of_range(start, span))?;
    let (from, end) = (Moment::Instant(from), Moment::Instant(to));
    let note = format!(
        "自 {from} 即時起算，連續計 {}（假日不扣除），至 {end}",
        span.words()
    );
    Ok(Outcome::Known(Deadline {
        end,
        part_of_day: PartOfDay::Instant,
        steps: vec![Step {
            rule: Rule::ImmediateStart,
            from,
            to: end,
            note,
        }],
        readings: Vec::new(),
    }))
}

/// The last day before any move, with the steps to it.
fn last_day(start: Start, span: Span) -> Result<(Date, Vec<Step>), PeriodError> {
    let (first, excluded) = exclude_first_day(start, span)?;
    let days = |amount: u32| {
        first
            .checked_add((i64::from(amount) - 1).days())
            .map_err(|_| out_of_range(start, span))
    };
    let (rule, end) = match span.unit {
        Unit::Week => (Rule::DayBeforeCorresponding, days(span.amount * 7)?),
        Unit::Month => corresponding(first, span.amount).ok_or_else(|| out_of_range(start, span))?,
        Unit::Year => corresponding(first, span.amount * 12).ok_or_else(|| out_of_range(start, span))?,
        Unit::Hour | Unit::CalendarDay | Unit::WorkingDay => (Rule::DaysCounted, days(span.amount)?),
    };
    let (from, to, words) = (roc_short(first), roc_short_weekday(end), span.words());
    let note = match rule {
        Rule::DaysCounted => format!("自 {from} 起算 {words}，末日為 {to}"),
        Rule::MonthEnd => format!("自 {from} 起算 {words}，最後一月沒有相當日，以該月末日 {to}為末日"),
        _ => format!("自 {from} 起算 {words}，以相當日之前一日 {to}為末日"),
    };
    let counted = Step {
        rule,
        from: Moment::Day(first),
        to: Moment::Day(end),
        note,
    };
    Ok((end, vec![excluded, counted]))
}

/// 行政程序法 §48 III, 民法 §121 II: the end is the day before the day of the last month
/// that corresponds to the first day counted; where there is none, that month's last day.
fn corresponding(first: Date, months: u32) -> Option<(Rule, Date)> {
    let month = first
        .first_of_month()
        .checked_add(i64::from(months).months())
        .ok()?;
    match Date::new(month.year(), month.month(), first.day()) {
        Ok(day) => Some((Rule::DayBeforeCorresponding, day.yesterday().ok()?)),
        Err(_) => Some((Rule::MonthEnd, month.last_of_month())),
    }
}

/// 行政程序法 §48 II, 民法 §120 II: the first day does not count.
fn exclude_first_day(start: Start, span: Span) -> Result<(Date, Step), PeriodError> {
    let first = start.date().tomorrow().map_err(|_| out_of_range(start, span))?;
    let note = format!(
        "始日 {} 不計入，自 {} 起算",
        roc_short(start.date()),
        roc_short(first)
    );
    let step = Step {
        rule: Rule::FirstDayExcluded,
        from: start.moment(),
        to: Moment::Day(first),
        note,
    };
    Ok((first, step))
}

/// Working days after the first day, by the calendar. The last one is a working day, so nothing moves.
fn working_days(start: Start, span: Span, calendar: &Calendar) -> Result<Outcome, PeriodError> {
    let (first, excluded) = exclude_first_day(start, span)?;
    let mut steps = vec![excluded];
    let mut reached = start.date();
    let mut remaining = span.amount;
    let unknown = loop {
        let next = reached.tomorrow().map_err(|_| out_of_range(start, span))?;
        match calendar.is_working(next) {
            Err(unknown) => break unknown,
            Ok(true) => remaining -= 1,
            Ok(false) => {}
        }
        reached = next;
        if remaining == 0 {
            let note = format!(
                "自 {} 起算 {}（放假日不計），末日為 {}",
                roc_short(first),
                span.words(),
                roc_short_weekday(reached)
            );
            steps.push(counted(first, reached, note));
            return Ok(Outcome::Known(Deadline {
                end: Moment::Day(reached),
                part_of_day: PartOfDay::WholeDay,
                steps,
                readings: Vec::new(),
            }));
        }
    };
    let not_before = reached
        .checked_add(i64::from(remaining).days())
        .map_err(|_| out_of_range(start, span))?;
    let mut from = first;
    if reached >= first {
        let done = span.amount - remaining;
        let note = format!(
            "自 {} 起算至 {}，已計 {done} 個工作天",
            roc_short(first),
            roc_short(reached)
        );
        steps.push(counted(first, reached, note));
        from = reached;
    }
    steps.push(Step {
        rule: Rule::CalendarUnknown,
        from: Moment::Day(from),
        to: Moment::Day(not_before),
        note: format!(
            "{unknown}，還差 {remaining} 個工作天，末日最早為 {}",
            roc_short(not_before)
        ),
    });
    Ok(Outcome::Unknown(Undetermined {
        not_before,
        missing_year: unknown.year,
        steps,
        likely: None,
    }))
}

fn counted(first: Date, reached: Date, note: String) -> Step {
    Step {
        rule: Rule::WorkingDaysCounted,
        from: Moment::Day(first),
        to: Moment::Day(reached),
        note,
    }
}

fn out_of_range(start: Start, span: Span) -> PeriodError {
    PeriodError::OutOfRange {
        start: start.to_string(),
        span: span.words(),
    }
}

/// The day that corresponds to another so much later, the last of its month where it has none; none for
/// what is no whole number of days of any kind, or lies beyond all calendars.
pub fn later(from: Date, span: Span) -> Option<Date> {
    let (amount, none) = (i64::from(span.amount), jiff::Span::new());
    let by = match span.unit {
        Unit::Year => none.try_years(amount),
        Unit::Month => none.try_months(amount),
        Unit::Week => none.try_weeks(amount),
        Unit::CalendarDay => none.try_days(amount),
        Unit::Hour | Unit::WorkingDay => return None,
    };
    from.checked_add(by.ok()?).ok()
}
