//! Dated numbers of the law, each with its direction of strictness.

use crate::applies::Applies;
use crate::citation::Citation;
use crate::instrument::Certainty;
use period::{Date, Span, Unit};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// So often within so long: every two years, twice a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// How many units long.
    pub every: u32,
    /// Unit: week, month or year (a day counts by the calendar).
    pub unit: Unit,
    /// How many times within it.
    pub times: u32,
}

impl Interval {
    /// Length in days per time, to compare intervals of different units.
    pub fn days_per_time(self) -> f64 {
        let days = match self.unit {
            Unit::Hour => 1.0 / 24.0,
            Unit::CalendarDay => 1.0,
            Unit::WorkingDay => 365.25 / 249.0,
            Unit::Week => 7.0,
            Unit::Month => 365.25 / 12.0,
            Unit::Year => 365.25,
        };
        days * f64::from(self.every) / f64::from(self.times.max(1))
    }

    /// In words: 每2年, 每6個月, 每年2次.
    pub fn words(self) -> String {
        let unit = span_unit(self.unit);
        let base = match (self.every, self.unit) {
            (1, Unit::Year) => "每年".to_owned(),
            (1, Unit::Month) => "每月".to_owned(),
            (1, Unit::Week) => "每週".to_owned(),
            (3, Unit::Month) => "每季".to_owned(),
            (6, Unit::Month) => "每半年".to_owned(),
            (n, _) => format!("每{n}{unit}"),
        };
        if self.times > 1 {
            format!("{base}{}次", self.times)
        } else {
            format!("{base}1次")
        }
    }
}

/// What kind of value a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// A plain number in the parameter's unit.
    Number,
    /// A word of the parameter's order.
    Word,
    /// So often.
    Interval,
    /// Within so long.
    Span,
    /// Items required.
    Set,
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A plain number in the parameter's unit.
    Number(f64),
    /// A word of the parameter's order.
    Word(String),
    /// So often.
    Interval(Interval),
    /// Within so long.
    Span(Span),
    /// Items required.
    Set(BTreeSet<String>),
}

impl Value {
    /// The least whole number that satisfies it, from 1 to 9,999; none for what is no such number.
    pub fn at_least(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        let whole = number.ceil();
        if !(1.0..=9999.0).contains(&whole) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range"
        )]
        Some(whole as u32)
    }
}

/// Which way a value is stricter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "order")]
pub enum Direction {
    /// The smaller number, the shorter interval, the earlier end.
    Lower,
    /// The greater number.
    Higher,
    /// More items.
    Superset,
    /// The later word of this order.
    Order(Vec<String>),
}

impl Direction {
    /// How strict `a` is against `b`: `Greater` = stricter; `None` = can't be compared.
    pub fn compare(&self, a: &Value, b: &Value) -> Option<Ordering> {
        match (self, a, b) {
            (Self::Lower, Value::Number(a), Value::Number(b)) => b.partial_cmp(a),
            (Self::Higher, Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
            (Self::Lower, Value::Interval(a), Value::Interval(b)) => oftener(*a, *b),
            (Self::Lower, Value::Span(a), Value::Span(b)) => shorter(*a, *b),
            (Self::Superset, Value::Set(a), Value::Set(b)) => match (a.is_superset(b), b.is_superset(a)) {
                (true, true) => Some(Ordering::Equal),
                (true, false) => Some(Ordering::Greater),
                (false, true) => Some(Ordering::Less),
                (false, false) => None,
            },
            (Self::Order(order), Value::Word(a), Value::Word(b)) => {
                let place = |w: &String| order.iter().position(|o| o == w);
                Some(place(a)?.cmp(&place(b)?))
            }
            _ => None,
        }
    }
}

/// Whether one interval comes round before another: `None` where they differ in kind and only an
/// actual start can tell (half a year or 26 weeks).
fn oftener(a: Interval, b: Interval) -> Option<Ordering> {
    let whole = |interval: Interval| {
        let span = Span {
            amount: interval.every,
            unit: interval.unit,
        };
        let times = u64::from(interval.times.max(1));
        // How often is no deadline: twenty-four hours are a day.
        let exactly = match exact(span) {
            (hours, Unit::Hour) if hours % 24 == 0 => (hours / 24, Unit::CalendarDay),
            other => other,
        };
        (exactly, times, days_between(span))
    };
    let (((a_amount, a_unit), a_times, a_days), ((b_amount, b_unit), b_times, b_days)) = (whole(a), whole(b));
    if a_unit == b_unit {
        return Some((b_amount * a_times).cmp(&(a_amount * b_times)));
    }
    if [a_unit, b_unit]
        .iter()
        .any(|unit| matches!(unit, Unit::Hour | Unit::WorkingDay))
    {
        return b.days_per_time().partial_cmp(&a.days_per_time());
    }
    // The day on which it was done counts in neither.
    let per_time = |(least, most): (f64, f64), times: u64| {
        let times = f64::from(u32::try_from(times).unwrap_or(u32::MAX));
        ((least - 1.0) / times, (most - 1.0) / times)
    };
    let ((a_least, a_most), (b_least, b_most)) = (per_time(a_days, a_times), per_time(b_days, b_times));
    if a_most <= b_least {
        Some(Ordering::Greater)
    } else if b_most <= a_least {
        Some(Ordering::Less)
    } else {
        None
    }
}

/// Whether one span ends before another whatever the start: `Greater` where it surely does, `Equal`
/// where they are the same, `None` where only an actual start can tell (30 days or a month).
fn shorter(a: Span, b: Span) -> Option<Ordering> {
    let ((a_amount, a_unit), (b_amount, b_unit)) = (exact(a), exact(b));
    if a_unit == b_unit {
        return Some(b_amount.cmp(&a_amount));
    }
    let ((a_least, mut a_most), (b_least, mut b_most)) = (days_between(a), days_between(b));
    if (a.unit == Unit::Hour) != (b.unit == Unit::Hour) {
        // A last day that is a day of rest moves on; an hour doesn't. Two days move on together.
        let moved = |span: Span| if span.unit == Unit::Hour { 0.0 } else { HOLIDAYS };
        (a_most, b_most) = (a_most + moved(a), b_most + moved(b));
    }
    if a_most <= b_least {
        Some(Ordering::Greater)
    } else if b_most <= a_least {
        Some(Ordering::Less)
    } else {
        None
    }
}

/// A span in the smallest unit that it can be told in exactly.
fn exact(span: Span) -> (u64, Unit) {
    let amount = u64::from(span.amount);
    match span.unit {
        Unit::Week => (amount * 7, Unit::CalendarDay),
        Unit::Year => (amount * 12, Unit::Month),
        unit => (amount, unit),
    }
}

/// When a span ends at the earliest and at the latest, in days from the midnight before its start.
/// Hours run from their minute; days, and what is made of them, to the end of their last day; months
/// differ, holidays lengthen working days.
fn days_between(span: Span) -> (f64, f64) {
    let amount = f64::from(span.amount);
    let to_its_end = |least: f64, most: f64| (least + 1.0, most + 1.0);
    match span.unit {
        Unit::Hour => (amount / 24.0, amount / 24.0 + 1.0),
        Unit::CalendarDay => to_its_end(amount, amount),
        Unit::Week => to_its_end(amount * 7.0, amount * 7.0),
        // Five of seven days work.
        Unit::WorkingDay => to_its_end(amount, amount * 7.0 / 5.0 + HOLIDAYS),
        Unit::Month => months_between(amount),
        Unit::Year => months_between(amount * 12.0),
    }
}

/// So many months: by how much they differ from the average is bounded.
fn months_between(months: f64) -> (f64, f64) {
    const MOST: f64 = 2.44;
    let average = months * MONTH;
    ((average - MOST).ceil() + 1.0, (average + MOST).floor() + 1.0)
}

/// How many days a span lasts on average.
pub(crate) fn span_days(span: Span) -> f64 {
    let as_interval = Interval {
        every: span.amount,
        unit: span.unit,
        times: 1,
    };
    as_interval.days_per_time()
}

/// The longest holidays of a year last less, in days.
const HOLIDAYS: f64 = 14.0;

/// Days of a month, on average.
const MONTH: f64 = 365.25 / 12.0;

/// One dated value with its clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterValue {
    /// First day.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// The value.
    pub value: Value,
    /// Its clause.
    pub cite: Citation,
    /// For whom.
    pub applies: Applies,
    /// How sure.
    pub certainty: Certainty,
    /// As the clause says it, where it counts in another unit than the parameter.
    pub said: Option<String>,
}

impl ParameterValue {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day < u)
    }
}

/// A parameter of the law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Stable key; a plan's promise with the same key is measured against it.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// What kind of value it takes.
    pub kind: ValueKind,
    /// Unit of a number: `hour`, `day`, `month`, `person`, …; empty for other kinds.
    pub unit: String,
    /// Which way is stricter.
    pub stricter: Direction,
    /// Words shown for the values of an order.
    pub words: Vec<(String, String)>,
    /// What reads it where no duty asks for it, in an officer's words.
    pub read_by: Option<String>,
    /// Dated values of every instrument.
    pub values: Vec<ParameterValue>,
}

impl Parameter {
    /// A dated value in words: as its clause says it, or in the parameter's unit.
    pub fn words(&self, value: &ParameterValue) -> String {
        value.said.clone().unwrap_or_else(|| self.words_of(&value.value))
    }

    /// A value in words, with its unit.
    pub fn words_of(&self, value: &Value) -> String {
        match value {
            Value::Number(n) => format!("{} {}", number_words(*n), unit_label(&self.unit))
                .trim_end()
                .to_owned(),
            Value::Word(w) => self.word(w).to_owned(),
            Value::Interval(i) => i.words(),
            Value::Span(s) => {
                format!("{}{}內", s.amount, span_unit(s.unit))
            }
            Value::Set(items) => {
                // In the order in which the law names them.
                let known = self.words.iter().filter(|(key, _)| items.contains(key));
                let named = known.map(|(_, label)| label.as_str());
                let rest = items
                    .iter()
                    .filter(|w| !self.words.iter().any(|(key, _)| key == *w));
                named
                    .chain(rest.map(String::as_str))
                    .collect::<Vec<_>>()
                    .join("、")
            }
        }
    }

    /// The time that a value is: a span as it stands, or a whole number of the parameter's unit.
    /// None where the value is no time, or no period is counted in its unit.
    pub fn span(&self, value: &Value) -> Option<Span> {
        match value {
            Value::Span(span) => Some(*span),
            Value::Number(number) => {
                let unit = span_unit_of(&self.unit)?;
                let amount = value.at_least().filter(|_| number.fract() == 0.0)?;
                Some(Span { amount, unit })
            }
            Value::Word(_) | Value::Interval(_) | Value::Set(_) => None,
        }
    }

    /// How a word of the data is shown; the word itself where it has no other name.
    fn word<'w>(&'w self, word: &'w str) -> &'w str {
        let named = self.words.iter().find(|(key, _)| key == word);
        named.map_or(word, |(_, label)| label.as_str())
    }
}

fn span_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "小時",
        Unit::CalendarDay => "日",
        Unit::WorkingDay => "工作天",
        Unit::Week => "週",
        Unit::Month => "個月",
        Unit::Year => "年",
    }
}

/// How an officer writes a unit of the data; the unit itself where it has no other name.
pub fn unit_label(unit: &str) -> &str {
    match unit {
        "minute" => "分鐘",
        "hour" => "小時",
        "day" => "日",
        "working_day" => "工作天",
        "week" => "週",
        "month" => "個月",
        "year" => "年",
        "person" => "人",
        "count" => "次",
        "character" => "碼",
        "class" => "種",
        "certificate" => "張",
        "percent" => "%",
        "month_of_year" => "月",
        "day_of_month" => "日（每月）",
        other => other,
    }
}

/// The unit of a period that a unit of the data is, where it is one.
fn span_unit_of(unit: &str) -> Option<Unit> {
    Some(match unit {
        "hour" => Unit::Hour,
        "day" => Unit::CalendarDay,
        "working_day" => Unit::WorkingDay,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    })
}

/// Length of a time unit in days, to compare numbers written in different units.
pub(crate) fn unit_days(unit: &str) -> Option<f64> {
    Some(match unit {
        "minute" => 1.0 / 1440.0,
        "hour" => 1.0 / 24.0,
        "day" => 1.0,
        "working_day" => 365.25 / 249.0,
        "week" => 7.0,
        "month" => 365.25 / 12.0,
        "year" => 365.25,
        _ => return None,
    })
}

/// A number of one unit of time in another; `None` where one of them is none.
pub(crate) fn convert(number: f64, have: &str, want: &str) -> Option<f64> {
    if have == want {
        return Some(number);
    }
    let (have, want) = (unit_days(have)?, unit_days(want)?);
    Some((number * have / want * 100.0).round() / 100.0)
}

/// A number without a needless fraction.
pub(crate) fn number_words(n: f64) -> String {
    if n.fract() == 0.0 {
        format!("{n:.0}")
    } else {
        format!("{n}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(every: u32, unit: Unit, times: u32) -> Value {
        Value::Interval(Interval { every, unit, times })
    }

    #[test]
    fn strictness_has_a_direction() {
        use Ordering::{Equal, Greater, Less};
        let lower = Direction::Lower;
        assert_eq!(
            lower.compare(&every(1, Unit::Year, 1), &every(2, Unit::Year, 1)),
            Some(Greater)
        );
        assert_eq!(
            lower.compare(&every(12, Unit::Month, 1), &every(1, Unit::Year, 1)),
            Some(Equal)
        );
        assert_eq!(
            lower.compare(&every(1, Unit::Year, 2), &every(6, Unit::Month, 1)),
            Some(Equal)
        );
        assert_eq!(
            Direction::Higher.compare(&Value::Number(2.0), &Value::Number(3.0)),
            Some(Less)
        );
        let order = Direction::Order(vec!["one".into(), "each".into()]);
        assert_eq!(
            order.compare(&Value::Word("each".into()), &Value::Word("one".into())),
            Some(Greater)
        );
        assert_eq!(
            order.compare(&Value::Word("each".into()), &Value::Word("other".into())),
            None
        );
        assert_eq!(lower.compare(&Value::Number(1.0), &every(1, Unit::Year, 1)), None);
    }

    #[test]
    fn intervals_of_other_kinds_are_ordered_where_no_start_matters() {
        use Ordering::{Equal, Greater, Less};
        let half = every(6, Unit::Month, 1);
        let year = every(1, Unit::Year, 1);
        for (a, b, expected) in [
            (every(12, Unit::Month, 1), &year, Some(Equal)),
            (every(2, Unit::Year, 4), &half, Some(Equal)),
            (every(5, Unit::Month, 1), &half, Some(Greater)),
            // 180 days are less than any half-year, 26 weeks less than some.
            (every(180, Unit::CalendarDay, 1), &half, Some(Greater)),
            (every(26, Unit::Week, 1), &half, None),
            (every(184, Unit::CalendarDay, 1), &half, None),
            (every(186, Unit::CalendarDay, 1), &half, Some(Less)),
            (every(365, Unit::CalendarDay, 1), &year, None),
            (every(52, Unit::Week, 1), &year, None),
            (every(51, Unit::Week, 1), &year, Some(Greater)),
            (every(400, Unit::CalendarDay, 1), &year, Some(Less)),
            (every(13, Unit::Month, 1), &year, Some(Less)),
        ] {
            assert_eq!(Direction::Lower.compare(&a, b), expected, "{a:?} {b:?}");
            let other = expected.map(Ordering::reverse);
            assert_eq!(Direction::Lower.compare(b, &a), other, "{b:?} {a:?}");
        }
    }

    #[test]
    fn spans_of_other_units_are_ordered_where_no_start_matters() {
        let span = |amount, unit| Value::Span(Span { amount, unit });
        let days = |n| span(n, Unit::CalendarDay);
        let of = |a: &Value, b: &Value| Direction::Lower.compare(a, b);
        let month = span(1, Unit::Month);
        let (shorter, longer) = (Some(Ordering::Greater), Some(Ordering::Less));
        for (n, expected) in [(27, shorter), (28, shorter), (29, None), (31, None), (32, longer)] {
            assert_eq!(of(&days(n), &month), expected, "{n} days and a month");
            assert_eq!(
                of(&month, &days(n)),
                expected.map(Ordering::reverse),
                "a month and {n} days"
            );
        }
        let year = span(1, Unit::Year);
        assert_eq!(of(&span(12, Unit::Month), &year), Some(Ordering::Equal));
        assert_eq!(of(&span(11, Unit::Month), &year), shorter);
        assert_eq!(of(&span(2, Unit::Week), &days(14)), Some(Ordering::Equal));
        assert_eq!(of(&span(2, Unit::Week), &days(13)), longer);
        for (n, expected) in [(362, shorter), (365, None), (368, longer)] {
            assert_eq!(of(&days(n), &year), expected, "{n} days and a year");
        }
        // A day ends with its midnight, twenty-four hours with their minute.
        assert_eq!(of(&span(24, Unit::Hour), &days(1)), shorter);
        assert_eq!(of(&span(72, Unit::Hour), &days(2)), None);
        assert_eq!(of(&span(72, Unit::Hour), &days(3)), shorter);
        // Two days may move on over a holiday of twelve.
        assert_eq!(of(&span(17 * 24, Unit::Hour), &days(2)), longer);
        assert_eq!(of(&days(2), &span(17 * 24, Unit::Hour)), shorter);
        assert_eq!(of(&days(2), &span(17 * 24 - 1, Unit::Hour)), None);
        let five = span(5, Unit::WorkingDay);
        for (n, expected) in [(5, shorter), (6, None), (20, None), (21, longer)] {
            assert_eq!(of(&days(n), &five), expected, "{n} days and five of work");
        }
        assert_eq!(of(&span(6, Unit::WorkingDay), &five), longer);
    }

    #[test]
    fn a_number_of_a_unit_of_time_is_a_span() {
        let of = |unit: &str, value: Value| {
            let parameter = Parameter {
                key: "p".into(),
                title: "p".into(),
                kind: ValueKind::Number,
                unit: unit.into(),
                stricter: Direction::Lower,
                words: Vec::new(),
                read_by: None,
                values: Vec::new(),
            };
            parameter.span(&value).map(|span| (span.amount, span.unit))
        };
        for (unit, is) in [
            ("hour", Unit::Hour),
            ("day", Unit::CalendarDay),
            ("working_day", Unit::WorkingDay),
            ("week", Unit::Week),
            ("month", Unit::Month),
            ("year", Unit::Year),
        ] {
            assert_eq!(of(unit, Value::Number(36.0)), Some((36, is)), "{unit}");
        }
        // No period is counted in minutes, and persons are no time.
        for unit in ["minute", "person", "", "month_of_year"] {
            assert_eq!(of(unit, Value::Number(36.0)), None, "{unit}");
        }
        for (number, whole) in [
            (1.0, Some(1)),
            (9999.0, Some(9999)),
            (0.0, None),
            (10_000.0, None),
            (1.5, None),
        ] {
            let amount = of("hour", Value::Number(number)).map(|(amount, _)| amount);
            assert_eq!(amount, whole, "{number}");
        }
        let month = Span {
            amount: 1,
            unit: Unit::Month,
        };
        assert_eq!(of("hour", Value::Span(month)), Some((1, Unit::Month)));
        assert_eq!(of("hour", every(1, Unit::Month, 1)), None);
    }

    #[test]
    fn a_number_is_told_in_another_unit_of_time_only() {
        for (number, have, want, expected) in [
            (1.0, "hour", "minute", 60.0),
            (2.0, "day", "hour", 48.0),
            (2.0, "week", "day", 14.0),
            (2.0, "year", "month", 24.0),
            (249.0, "working_day", "year", 1.0),
            (3.0, "person", "person", 3.0),
        ] {
            let found = convert(number, have, want).unwrap_or(f64::NAN);
            assert!((found - expected).abs() < 1e-9, "{number} {have}: {found} {want}");
        }
        assert_eq!(convert(1.0, "person", "year"), None);
        assert_eq!(convert(1.0, "year", "person"), None);
    }

    /// However they are written: so many times a month are twelve times as many a year.
    #[test]
    fn what_is_as_often_is_as_strict() {
        for n in 1..=60 {
            let (month, year) = (every(1, Unit::Month, n), every(1, Unit::Year, 12 * n));
            assert_eq!(
                Direction::Lower.compare(&month, &year),
                Some(Ordering::Equal),
                "{n} a month"
            );
        }
    }
}
