//! What a start, a moment and a deadline can be asked.
//!
//! What: their day, when a deadline closes, whether it is past.
//! Why here: every caller would otherwise decide for itself until when a whole day
//! or a morning runs.
//! What it can't know: an office's own hours. A whole day runs until midnight and a
//! morning until noon; what arrives after closing time is a matter of another rule.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use crate::types::{Deadline, Moment, PartOfDay, Start};

/// The last instant of a day.
pub fn end_of(day: Date) -> DateTime {
    day.at(23, 59, 59, 999_999_999)
}

/// The last instant that lies before one; the first of all where none does.
pub fn just_before(at: DateTime) -> DateTime {
    at.checked_sub(Span::new().nanoseconds(1))
        .unwrap_or(DateTime::MIN)
}

impl Start {
    /// The day.
    pub fn date(self) -> Date {
        self.moment().date()
    }

    /// The start as a point that a step can name.
    pub fn moment(self) -> Moment {
        match self {
            Self::Day(date) => Moment::Day(date),
            Self::Instant(at) => Moment::Instant(at),
        }
    }
}

impl From<Date> for Start {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

impl From<DateTime> for Start {
    fn from(at: DateTime) -> Self {
        Self::Instant(at)
    }
}

impl Moment {
    /// The day.
    pub fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Instant(at) => at.date(),
        }
    }
}

impl From<Date> for Moment {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

impl From<DateTime> for Moment {
    fn from(at: DateTime) -> Self {
        Self::Instant(at)
    }
}

impl From<Moment> for Start {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Day(date) => Self::Day(date),
            Moment::Instant(at) => Self::Instant(at),
        }
    }
}

/// Reads what [`Moment`] is written as: a day, or a day with its time.
impl TryFrom<String> for Moment {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        // A day alone could be read as its midnight, and an instant as its day.
        if text.contains('T') {
            text.parse().map(Self::Instant)
        } else {
            text.parse().map(Self::Day)
        }
    }
}

impl PartOfDay {
    /// When a period closes that runs until this part of `end`: midnight after the day,
    /// noon, or the instant itself. Sorts deadlines of different kinds.
    pub fn closes_at(self, end: Moment) -> DateTime {
        match (self, end) {
            (Self::Instant, Moment::Instant(at)) => at,
            (Self::Morning, end) => end.date().to_datetime(NOON),
            (_, end) => end
                .date()
                .tomorrow()
                .map_or(DateTime::MAX, |tomorrow| tomorrow.to_datetime(Time::midnight())),
        }
    }
}

const NOON: Time = Time::constant(12, 0, 0, 0);

impl Deadline {
    /// When the period closes (see [`PartOfDay::closes_at`]).
    pub fn closes_at(&self) -> DateTime {
        self.part_of_day.closes_at(self.end)
    }

    /// Whether the deadline has passed at `now` (Taipei's civil time). The very instant,
    /// and noon itself, are still in time; midnight already belongs to the next day.
    pub fn is_past(&self, now: DateTime) -> bool {
        match self.part_of_day {
            PartOfDay::WholeDay => now.date() > self.end.date(),
            PartOfDay::Morning | PartOfDay::Instant => now > self.closes_at(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn a_day_ends_just_before_the_next() {
        let next = datetime(2026, 3, 1, 0, 0, 0, 0);
        assert_eq!(end_of(date(2026, 2, 28)), just_before(next));
        assert!(just_before(next) < next);
        assert_eq!(just_before(DateTime::MIN), DateTime::MIN);
    }

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        let instant = datetime(2026, 3, 13, 0, 0, 0, 0);
        for moment in [Moment::Day(date(2026, 3, 13)), Moment::Instant(instant)] {
            let text = serde_json::to_string(&moment).unwrap();
            assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), moment, "{text}");
            assert_eq!(Start::from(moment).moment(), moment);
            assert_eq!(moment.date(), date(2026, 3, 13));
        }
        assert_eq!(Moment::from(instant), Moment::Instant(instant));
        assert_eq!(Moment::from(instant.date()), Moment::Day(instant.date()));
        for wrong in ["", "T", "2026-02-30", "2026-03-13T25:00"] {
            assert!(Moment::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_deadline_closes_with_its_part_of_the_day() {
        let day = Moment::Day(date(2026, 3, 13));
        let instant = Moment::Instant(datetime(2026, 3, 13, 9, 30, 0, 0));
        for (end, part_of_day, last_in_time, first_late) in [
            (
                day,
                PartOfDay::WholeDay,
                datetime(2026, 3, 13, 23, 59, 59, 0),
                datetime(2026, 3, 14, 0, 0, 0, 0),
            ),
            (
                day,
                PartOfDay::Morning,
                datetime(2026, 3, 13, 12, 0, 0, 0),
                datetime(2026, 3, 13, 12, 0, 1, 0),
            ),
            (
                instant,
                PartOfDay::Instant,
                datetime(2026, 3, 13, 9, 30, 0, 0),
                datetime(2026, 3, 13, 9, 30, 1, 0),
            ),
        ] {
            let deadline = Deadline {
                end,
                part_of_day,
                steps: Vec::new(),
                readings: Vec::new(),
            };
            assert!(!deadline.is_past(last_in_time), "{part_of_day:?}");
            assert!(deadline.is_past(first_late), "{part_of_day:?}");
        }
    }
}
