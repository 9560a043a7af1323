//! Instants and days: the only clock the product has, and how it is told.
//!
//! Why handed on as a function: tests and the demonstration have a clock of their own. What it
//! can't know: whether the machine's clock is right.

use period::{Date, DateTime};

/// Microseconds since 1970-01-01T00:00:00Z: the only clock the product has.
pub type Clock = fn() -> i64;

/// The system's clock.
pub fn system_clock() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// An instant as logs write it: RFC 3339, in UTC.
pub fn utc(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// Taipei's civil time of an instant.
pub fn taipei_time(micros: i64) -> DateTime {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone)
        .datetime()
}

/// Taipei's civil day of an instant.
pub fn taipei_day(micros: i64) -> Date {
    taipei_time(micros).date()
}

/// An instant in Taipei, to the minute.
pub(crate) fn taipei(micros: i64) -> String {
    taipei_time(micros).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
