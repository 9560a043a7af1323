//! The calendar as blocks of whole months.

use law::Interval;
use period::{Date, Unit};

/// Blocks of whole months, counted from year 0; a window is `window` blocks long.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub months: i32,
    pub window: i32,
}

impl Grid {
    pub fn of(interval: Interval) -> Option<Self> {
        let every = i32::try_from(interval.every).ok()?;
        match interval.unit {
            Unit::Year => Some(Self {
                months: 12,
                window: every,
            }),
            Unit::Month if every > 0 && every % 12 == 0 => Some(Self {
                months: 12,
                window: every / 12,
            }),
            Unit::Month if every > 0 && 12 % every == 0 => Some(Self {
                months: every,
                window: 1,
            }),
            _ => None,
        }
    }

    pub fn block(self, day: Date) -> i32 {
        (i32::from(day.year()) * 12 + i32::from(day.month()) - 1) / self.months
    }

    pub fn first(self, block: i32) -> Option<Date> {
        let month = block * self.months;
        Date::new(
            i16::try_from(month / 12).ok()?,
            i8::try_from(month % 12 + 1).ok()?,
            1,
        )
        .ok()
    }

    pub fn last(self, block: i32) -> Option<Date> {
        self.first(block + 1)?.yesterday().ok()
    }

    pub fn label(self, block: i32) -> String {
        let Some(first) = self.first(block) else {
            return String::new();
        };
        let year = i32::from(first.year()) - 1911;
        let part = i32::from(first.month() - 1) / self.months + 1;
        match self.months {
            12 => format!("{year}年度"),
            6 => format!("{year}年{}半年", if part == 1 { "上" } else { "下" }),
            3 => format!("{year}年第{part}季"),
            1 => format!("{year}年{part}月"),
            n => format!("{year}年第{part}期（{n}個月）"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(every: u32, unit: Unit) -> Option<(i32, i32)> {
        let times = 1;
        Grid::of(Interval { every, unit, times }).map(|grid| (grid.months, grid.window))
    }

    #[test]
    fn what_fills_the_year_or_whole_years_lies_on_the_calendar() {
        for (every, unit, expected) in [
            (1, Unit::Year, (12, 1)),
            (2, Unit::Year, (12, 2)),
            (12, Unit::Month, (12, 1)),
            (24, Unit::Month, (12, 2)),
            (6, Unit::Month, (6, 1)),
            (3, Unit::Month, (3, 1)),
            (1, Unit::Month, (1, 1)),
        ] {
            assert_eq!(grid(every, unit), Some(expected), "{every} {unit:?}");
        }
        // Neither a part of a year nor years; and no interval at all.
        for (every, unit) in [
            (5, Unit::Month),
            (18, Unit::Month),
            (0, Unit::Month),
            (30, Unit::CalendarDay),
            (u32::MAX, Unit::Year),
        ] {
            assert_eq!(grid(every, unit), None, "{every} {unit:?}");
        }
    }
}
