//! What a start, a moment and a deadline can be asked.
//!
//! What: their day, when a deadline closes, whether it is past.
//! Why here: every caller would otherwise decide for itself until when a whole day
//! or a morning runs.
//! What it can't know: an office's own hours. A whole day runs until midnight and a
//! morning until noon; what arrives after closing time is a matter of another rule.

use jiff::civil::{Date, DateTime, Time};

use crate::types::{Deadline, Moment, PartOfDay, Start};

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
