//! Whether something was in time, and by how much it was late.
//!
//! What it can't know: the hour at which something was done, where a record holds only its day. It
//! says that it can't tell where the end lies within that day.

use jiff::civil::{Date, DateTime};
use serde::Serialize;

use crate::types::{Deadline, Moment, PartOfDay};

/// By how much something came after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lateness {
    /// Whole days, where the end or what was done is known by its day.
    Days(u32),
    /// Minutes; one that has begun counts.
    Minutes(u32),
}

impl Lateness {
    /// In words: `3 日`, `2 小時 5 分鐘`.
    pub fn words(self) -> String {
        match self {
            Self::Days(days) => format!("{days} 日"),
            Self::Minutes(minutes) => {
                let parts = [
                    (minutes / 1440, "日"),
                    (minutes / 60 % 24, "小時"),
                    (minutes % 60, "分鐘"),
                ];
                let told: Vec<String> = parts
                    .into_iter()
                    .filter(|(n, _)| *n > 0)
                    .map(|(n, unit)| format!("{n} {unit}"))
                    .collect();
                told.join(" ")
            }
        }
    }

    /// In minutes; a day is 1,440 of them.
    pub fn minutes(self) -> u32 {
        match self {
            Self::Days(days) => days.saturating_mul(1440),
            Self::Minutes(minutes) => minutes,
        }
    }
}

/// Whether something was in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Punctuality {
    /// It was.
    InTime,
    /// It was not.
    Late(Lateness),
    /// Only its day is known, and the end lies within that day.
    CantTell,
}

impl Deadline {
    /// Whether something that was done then was in time.
    pub fn punctuality(&self, done: Moment) -> Punctuality {
        let (last, on) = (self.end.date(), done.date());
        match (self.part_of_day, done) {
            (PartOfDay::WholeDay, _) | (_, Moment::Day(_)) if on > last => {
                Punctuality::Late(Lateness::Days(days(last, on)))
            }
            (PartOfDay::Morning | PartOfDay::Instant, Moment::Day(_)) if on == last => Punctuality::CantTell,
            (PartOfDay::Morning | PartOfDay::Instant, Moment::Instant(at)) if self.is_past(at) => {
                Punctuality::Late(Lateness::Minutes(minutes(self.closes_at(), at)))
            }
            _ => Punctuality::InTime,
        }
    }
}

/// Days from one day to a later one.
fn days(from: Date, to: Date) -> u32 {
    let days = from.until(to).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}

/// Minutes from one instant to a later one; one that has begun counts.
fn minutes(from: DateTime, to: DateTime) -> u32 {
    let seconds = to.duration_since(from).as_secs().max(0);
    u32::try_from(seconds.saturating_add(59) / 60).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    fn deadline(end: Moment, part_of_day: PartOfDay) -> Deadline {
        Deadline {
            end,
            part_of_day,
            steps: Vec::new(),
            readings: Vec::new(),
        }
    }

    #[test]
    fn what_came_after_its_end_is_late_by_so_much() {
        let friday = date(2026, 3, 13);
        let at = |day: i8, hour: i8, minute: i8, second: i8| {
            Moment::Instant(datetime(2026, 3, day, hour, minute, second, 0))
        };
        let day = |day: i8| Moment::Day(date(2026, 3, day));
        let whole = deadline(Moment::Day(friday), PartOfDay::WholeDay);
        let morning = deadline(Moment::Day(friday), PartOfDay::Morning);
        let instant = deadline(at(13, 9, 30, 0), PartOfDay::Instant);
        let late_days = |n| Punctuality::Late(Lateness::Days(n));
        let late_minutes = |n| Punctuality::Late(Lateness::Minutes(n));
        let in_time = Punctuality::InTime;
        for (end, done, is) in [
            (&whole, day(12), in_time),
            (&whole, day(13), in_time),
            (&whole, at(13, 23, 59, 59), in_time),
            (&whole, at(14, 0, 0, 0), late_days(1)),
            (&whole, day(16), late_days(3)),
            (&morning, day(12), in_time),
            (&morning, at(13, 12, 0, 0), in_time),
            (&morning, at(13, 12, 0, 1), late_minutes(1)),
            (&morning, at(14, 12, 0, 0), late_minutes(1440)),
            (&morning, day(13), Punctuality::CantTell),
            (&morning, day(14), late_days(1)),
            (&instant, day(12), in_time),
            (&instant, at(13, 9, 30, 0), in_time),
            (&instant, at(13, 9, 30, 1), late_minutes(1)),
            (&instant, at(13, 9, 31, 0), late_minutes(1)),
            (&instant, at(13, 11, 35, 0), late_minutes(125)),
            (&instant, at(14, 9, 30, 0), late_minutes(1440)),
            (&instant, day(13), Punctuality::CantTell),
            (&instant, day(15), late_days(2)),
        ] {
            assert_eq!(end.punctuality(done), is, "{:?} {done:?}", end.part_of_day);
        }
        // Across the end of a month and of a year.
        let end = deadline(Moment::Day(date(2025, 12, 30)), PartOfDay::WholeDay);
        assert_eq!(end.punctuality(Moment::Day(date(2026, 2, 1))), late_days(33));
    }

    #[test]
    fn lateness_is_told_in_the_largest_units() {
        for (lateness, words, minutes) in [
            (Lateness::Days(3), "3 日", 4320),
            (Lateness::Minutes(5), "5 分鐘", 5),
            (Lateness::Minutes(60), "1 小時", 60),
            (Lateness::Minutes(125), "2 小時 5 分鐘", 125),
            (Lateness::Minutes(1440), "1 日", 1440),
            (Lateness::Minutes(1501), "1 日 1 小時 1 分鐘", 1501),
        ] {
            assert_eq!((lateness.words().as_str(), lateness.minutes()), (words, minutes));
        }
    }
}
