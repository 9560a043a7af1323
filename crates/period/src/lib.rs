//! Statutory time for Taiwan's administration.
//!
//! What: ROC dates both ways, the working-day calendar, the regimes by which a
//! period is counted, and deadlines that come with every step that led to them.
//! Why a crate: nothing here may know a register, a screen or a statute's number;
//! a [`Rule`] is named here and cited in `law/counting.toml`.
//! What it can't know: days on which a county stopped work for a typhoon, and any
//! year the calendar does not hold; those make a result *unknown*, never a guess.

mod calendar;
mod count;
mod error;
mod instant;
mod late;
mod moment;
mod numeral;
mod roc;
mod roll;
mod span;
mod types;

pub use calendar::{
    Calendar, CalendarError, CalendarYear, Certainty, DayList, DayProblem, FixedHolidays, MonthDay, NamedDay,
    UnknownYear,
};
pub use count::{deadline, later};
pub use error::PeriodError;
pub use instant::parse_instant;
pub use jiff::civil::{Date, DateTime};
pub use late::{Lateness, Punctuality};
pub use moment::{end_of, just_before};

/// So many days, to be added to a date.
pub fn days(n: i64) -> jiff::Span {
    jiff::Span::new().try_days(n).unwrap_or_default()
}

pub use roc::{
    parse_date, roc_instant, roc_long, roc_long_weekday, roc_short, roc_short_weekday, roc_year, weekday,
};
pub use types::*;
