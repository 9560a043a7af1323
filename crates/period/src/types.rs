//! The words of statutory time. All civil times are Taipei's (UTC+8, no daylight saving).

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// The regime by which a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Hours, running at once and through every holiday.
    Hours,
    /// 行政程序法 §48: first day excluded, rest-day ends move, Saturday ends move to Monday morning.
    #[serde(rename = "apa_48")]
    Apa48,
    /// 民法 §§119–123: first day excluded, rest-day ends move to the next day that is none.
    CivilCode,
    /// As the paper says it (contracts, plans): calendar or working days, no roll.
    AsStated,
}

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Sixty minutes.
    Hour,
    /// A day of the calendar.
    CalendarDay,
    /// A day on which government offices work.
    WorkingDay,
    /// Seven days.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

/// A length of statutory time: an amount (1 to 9,999) of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// When a period starts: a day, or an instant of that day (Taipei).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Start {
    /// A day.
    Day(Date),
    /// An instant, as Taipei's civil time.
    Instant(DateTime),
}

/// A point that a step or a deadline names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, try_from = "String")]
pub enum Moment {
    /// A day.
    Day(Date),
    /// An instant, as Taipei's civil time.
    Instant(DateTime),
}

/// Until which part of the last day a period runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartOfDay {
    /// Until the day is over.
    WholeDay,
    /// Until noon (行政程序法 §48: a Saturday's end moves to Monday *morning*).
    Morning,
    /// Until the very instant (periods in hours).
    Instant,
}

/// The rule that one step of the counting applied. `law/counting.toml` gives its citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Hours run at once.
    ImmediateStart,
    /// The day of the event does not count.
    FirstDayExcluded,
    /// Days were counted.
    DaysCounted,
    /// Working days were counted.
    WorkingDaysCounted,
    /// The end is the day before the corresponding day of the last week, month or year.
    DayBeforeCorresponding,
    /// The last month has no corresponding day: the end is that month's last day.
    MonthEnd,
    /// The end was a Sunday, a holiday or another rest day: it moves to the next working day.
    RestDayMoves,
    /// The end was a Saturday: it moves to Monday morning.
    SaturdayMoves,
    /// The end is a Saturday on which offices work (a make-up day).
    MakeUpSaturday,
    /// The end is a working day: nothing moves.
    NoMove,
    /// As the paper states it: a rest day does not move the end.
    AsStated,
    /// The calendar does not hold the year that would decide.
    CalendarUnknown,
}

/// One step from the start to the deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The rule applied.
    pub rule: Rule,
    /// Where the step began.
    pub from: Moment,
    /// Where it led.
    pub to: Moment,
    /// The step in words (zh-TW), with the dates.
    pub note: String,
}

/// One way to read the law where it leaves more than one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Stable key, e.g. `saturday_then_holiday`.
    pub key: String,
    /// Where this reading ends; `None` where the calendar can't tell.
    pub end: Option<Moment>,
    /// Until which part of that day.
    pub part_of_day: Option<PartOfDay>,
    /// Whether the deadline follows this reading (the stricter one is taken).
    pub taken: bool,
    /// The reading in words (zh-TW).
    pub note: String,
}

/// A deadline that could be determined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The last day or instant.
    pub end: Moment,
    /// Until which part of the last day.
    pub part_of_day: PartOfDay,
    /// How it was found, in order.
    pub steps: Vec<Step>,
    /// Other readings; empty where the law leaves one.
    pub readings: Vec<Reading>,
}

/// A deadline that could not be determined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undetermined {
    /// The period can't end before this day.
    pub not_before: Date,
    /// The year that the calendar does not hold.
    pub missing_year: i16,
    /// The steps as far as they went.
    pub steps: Vec<Step>,
    /// The end that weekends and the holidays of fixed dates give; none where nobody says which those are.
    pub likely: Option<Likely>,
}

/// An end that the table of a year, once it is there, may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Likely {
    /// The last day.
    pub end: Date,
    /// Until which part of it.
    pub part_of_day: PartOfDay,
    /// No holidays that there may be put the end off beyond this day.
    pub not_after: Date,
}

/// What counting a period gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// A deadline.
    Known(Deadline),
    /// Unknown: the calendar does not reach that far.
    Unknown(Undetermined),
}
