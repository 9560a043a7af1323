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
