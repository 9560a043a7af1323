//! From a value of the law to an end: the only place where one becomes the other, for duties and for
//! the clocks of an incident and of a contract.
//!
//! What it can't know: an hour, where a record holds only the day; then the end lies between two.

use crate::assessment::StepUsed;
use crate::why::Case;
use law::{Corpus, Value};
use period::{
    Counting, Date, DateTime, Deadline, Likely, Moment, Outcome, Punctuality, Span, Start, Step, Unit,
    deadline,
};

/// The time within which a value of a parameter asks for something; none where it names no time.
pub(crate) fn span(corpus: &Corpus, parameter: &str, value: &Value) -> Option<Span> {
    corpus.parameters.get(parameter)?.span(value)
}

/// Between which ends something is due. They differ where something that decides isn't known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// No time is set.
    Open,
    /// From the earliest end that there may be to the latest.
    Between(Deadline, Deadline),
    /// A calendar that isn't there decides; it is not before this day, and likely on another.
    NotBefore(Date, Option<Likely>),
}

impl End {
    /// The end of a span that runs from a moment. Hours run from an instant: where only its day is
    /// known, they began with that day or as late as its last minute.
    pub(crate) fn of(corpus: &Corpus, start: Moment, span: Span, counting: Counting) -> Self {
        let from = |start: Start| deadline(start, span, counting, &corpus.calendar);
        let (first, last) = if let (Moment::Day(day), Unit::Hour) = (start, span.unit) {
            (
                from(Start::Instant(day.at(0, 0, 0, 0))),
                from(Start::Instant(day.at(23, 59, 0, 0))),
            )
        } else {
            let only = from(start.into());
            (only.clone(), only)
        };
        match (first, last) {
            (Ok(Outcome::Known(first)), Ok(Outcome::Known(last))) => Self::Between(first, last),
            (Ok(Outcome::Unknown(u)), _) | (_, Ok(Outcome::Unknown(u))) => {
                Self::NotBefore(u.not_before, u.likely)
            }
            // The end lies beyond all calendars, or the law data counts days by the hour.
            _ => Self::Open,
        }
    }

    /// The end that lies between both, whichever of the two is the true one.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Between(a, b), Self::Between(c, d)) => {
                let first = if c.closes_at() < a.closes_at() { c } else { a };
                let last = if d.closes_at() > b.closes_at() { d } else { b };
                Self::Between(first, last)
            }
            (Self::NotBefore(a, x), Self::NotBefore(b, y)) => Self::NotBefore(a.min(b), earlier(x, y)),
            (Self::Between(a, _), Self::NotBefore(b, likely))
            | (Self::NotBefore(b, likely), Self::Between(a, _)) => {
                Self::NotBefore(b.min(a.end.date()), likely)
            }
            (Self::Open, _) | (_, Self::Open) => Self::Open,
        }
    }

    /// The end, where it is known.
    pub(crate) fn known(&self) -> Option<&Deadline> {
        match self {
            Self::Between(first, last) if first.end == last.end => Some(first),
            _ => None,
        }
    }

    /// Whether it has surely passed.
    pub(crate) fn is_past(&self, now: DateTime) -> bool {
        match self {
            Self::Between(_, last) => last.is_past(now),
            Self::NotBefore(_, likely) => likely.is_some_and(|likely| now.date() > likely.not_after),
            Self::Open => false,
        }
    }

    /// Whether it has passed, unless something that isn't known puts it off.
    pub(crate) fn may_be_past(&self, now: DateTime) -> bool {
        match self {
            Self::Between(first, _) => first.is_past(now),
            Self::NotBefore(day, _) => now.date() > *day,
            Self::Open => false,
        }
    }

    /// Whether something that was done then was in time.
    pub(crate) fn punctuality(&self, done: Moment) -> Punctuality {
        match self {
            Self::Open => Punctuality::InTime,
            Self::Between(first, last) => match (first.punctuality(done), last.punctuality(done)) {
                (Punctuality::InTime, _) => Punctuality::InTime,
                (_, late @ Punctuality::Late(_)) => late,
                _ => Punctuality::CantTell,
            },
            Self::NotBefore(day, _) if done.date() <= *day => Punctuality::InTime,
            Self::NotBefore(..) => Punctuality::CantTell,
        }
    }
}

/// The earlier of two, surely over when both are.
fn earlier(a: Option<Likely>, b: Option<Likely>) -> Option<Likely> {
    let (a, b) = (a?, b?);
    Some(Likely {
        not_after: a.not_after.max(b.not_after),
        ..if b.end < a.end { b } else { a }
    })
}

/// What is said of an end that a calendar not yet published may move.
pub(crate) fn provisional(likely: Likely) -> String {
    let year = likely.end.year() - 1911;
    format!(
        "預估 {}（{year} 年辦公日曆公布後確定）",
        period::roc_short(likely.end)
    )
}

/// Steps of the counting, each with the clause that it applies.
pub(crate) fn steps(case: &Case<'_>, counting: Counting, steps: &[Step]) -> Vec<StepUsed> {
    steps.iter().map(|s| case.step(counting, s)).collect()
}
