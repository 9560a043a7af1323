//! From a value of the law to an end: the only place where one becomes the other, for duties and for
//! the clocks of an incident and of a contract.
//!
//! What it can't know: an hour, where a record holds only the day; then the end lies between two.

use crate::assessment::{DutyAssessment, StepUsed};
use crate::why::Case;
use law::{Clause, Corpus, Loser, LosingReason, Requirement, Rival, Value};
use period::{
    Counting, Date, DateTime, Deadline, Likely, Moment, Outcome, Punctuality, Span, Start, Step, Unit,
    deadline, end_of,
};

/// The time within which a value of a parameter asks for something; none where it names no time.
pub(crate) fn span(corpus: &Corpus, parameter: &str, value: &Value) -> Option<Span> {
    corpus.parameters.get(parameter)?.span(value)
}

/// What a period asks for from an actual start.
pub(crate) struct Decided {
    /// The time that binds.
    pub span: Span,
    /// In words.
    pub words: String,
    /// The clauses that set it.
    pub winners: Vec<Clause>,
    /// Those whose time would have ended later.
    pub losers: Vec<Loser>,
}

/// A clause with its time, and when that ends from a start: the instant, and the day that is told.
type Timed<'r> = (&'r Rival, Span, (DateTime, Date));

/// Which of a period's times ends first from this start. None where it names no time.
pub(crate) fn decide(
    corpus: &Corpus,
    period: &Requirement,
    start: Moment,
    counting: Counting,
) -> Option<Decided> {
    let all = period.rivals.iter().filter_map(|rival| {
        let span = span(corpus, &period.key, &rival.value)?;
        Some((rival, span, End::of(corpus, start, span, counting).comes()?))
    });
    let all: Vec<Timed<'_>> = all.collect();
    let Some((first, binding, end)) = all.iter().min_by_key(|(.., end)| *end) else {
        return Some(Decided {
            span: span(corpus, &period.key, &period.value)?,
            words: period.words.clone(),
            winners: period.winners.clone(),
            losers: Vec::new(),
        });
    };
    let (winners, later): (Vec<&Timed<'_>>, Vec<&Timed<'_>>) =
        all.iter().partition(|(.., other)| other == end);
    let highest = winners.iter().map(|(rival, ..)| rival.clause.rank).min();
    Some(Decided {
        span: *binding,
        words: first.words.clone(),
        losers: later
            .iter()
            .map(|(rival, _, end)| Loser {
                clause: rival.clause.clone(),
                outcome: format!("{}（至 {}）", rival.words, period::roc_short(end.1)),
                reason: LosingReason::Weaker,
                below_floor: highest.is_some_and(|rank| rank < rival.clause.rank),
            })
            .collect(),
        winners: winners
            .into_iter()
            .map(|(rival, ..)| rival.clause.clone())
            .collect(),
    })
}

/// What an actual start decided, told where the duty tells what binds.
pub(crate) fn tell(result: &mut DutyAssessment, decided: &Decided) {
    let binds = (Value::Span(decided.span), decided.words.as_str());
    tell_of(result, binds, &decided.winners, &decided.losers);
}

/// The same of any value, with its words, the clauses that set it and those that lost.
pub(crate) fn tell_of(
    result: &mut DutyAssessment,
    (value, words): (Value, &str),
    winners: &[Clause],
    losers: &[Loser],
) {
    if losers.is_empty() {
        return;
    }
    let lost = |clause: &Clause| losers.iter().any(|l| l.clause == *clause);
    result.binding.retain(|clause| !lost(clause));
    result.losers.extend(losers.iter().cloned());
    if let Some(period) = result.requirements.first_mut() {
        period.value = value;
        words.clone_into(&mut period.words);
        period.winners = winners.to_vec();
        period.losers.extend(losers.iter().cloned());
        period.rivals.clear();
    }
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

    /// When it comes at the earliest, as far as that is known.
    fn comes(&self) -> Option<(DateTime, Date)> {
        match self {
            Self::Between(first, _) => Some((first.closes_at(), first.end.date())),
            Self::NotBefore(day, likely) => {
                let day = likely.map_or(*day, |likely| likely.end);
                Some((end_of(day), day))
            }
            Self::Open => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: i8) -> Date {
        Date::constant(2030, 5, day)
    }

    fn likely(end: i8, not_after: i8) -> Likely {
        Likely {
            end: on(end),
            part_of_day: period::PartOfDay::WholeDay,
            not_after: on(not_after),
        }
    }

    #[test]
    fn of_two_likely_ends_the_earlier_is_told_and_surely_over_is_what_both_are() {
        let (early, late) = (likely(3, 20), likely(9, 12));
        let between = |a, b| End::NotBefore(on(4), a).or(End::NotBefore(on(2), b));
        let told = End::NotBefore(on(2), Some(likely(3, 20)));
        assert_eq!(between(Some(early), Some(late)), told);
        assert_eq!(between(Some(late), Some(early)), told);
        // Where one can't be told, neither can what lies between.
        assert_eq!(between(Some(early), None), End::NotBefore(on(2), None));
        assert_eq!(between(None, Some(late)), End::NotBefore(on(2), None));
    }

    #[test]
    fn done_by_the_day_before_which_it_cannot_end_is_in_time_and_after_it_cannot_be_told() {
        let end = End::NotBefore(on(4), Some(likely(9, 12)));
        let done = |at: Moment| end.punctuality(at);
        assert_eq!(done(Moment::Day(on(4))), Punctuality::InTime);
        assert_eq!(done(Moment::Instant(on(4).at(23, 59, 0, 0))), Punctuality::InTime);
        assert_eq!(done(Moment::Day(on(5))), Punctuality::CantTell);
        assert_eq!(done(Moment::Instant(on(5).at(0, 0, 0, 0))), Punctuality::CantTell);
    }
}
