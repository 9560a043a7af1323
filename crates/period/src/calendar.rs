//! The working-day calendar of Taiwan's government offices (政府行政機關辦公日曆表).
//!
//! What: per year, the weekdays that are off and the Saturdays that are worked (補行上班);
//! every other weekday is worked, every other weekend day is off.
//! Why a missing year is an error and not "no holidays": a deadline must then be
//! *unknown*. The data lives in `law/calendars/tw/<year>.toml`; this crate reads no file.
//! What it can't know: days on which a county stopped work for a typhoon, and which
//! weekend days are national holidays as well.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// How far a year's table can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The official table, or one that agrees with it.
    High,
    /// Agrees with a table made from the official one; not compared with the official one itself.
    Medium,
    /// Worked out from the rules before the official table was there.
    Low,
}

/// One year's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    /// The year (CE).
    pub year: i16,
    /// Which notice or data set it follows.
    pub source: String,
    /// How far it can be relied on.
    pub certainty: Certainty,
    /// Weekdays on which offices are closed.
    #[serde(default)]
    pub off: Vec<NamedDay>,
    /// Saturdays on which offices work.
    #[serde(default)]
    pub work: Vec<NamedDay>,
}

/// A day that deviates from its weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDay {
    /// The day.
    pub date: Date,
    /// What it is called (國慶日, 補假); empty where the source gives no name.
    #[serde(default)]
    pub name: String,
}

/// The calendar does not hold a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("辦公日曆表沒有 {} 年（西元 {year} 年）的資料", i32::from(*year) - 1911)]
pub struct UnknownYear {
    /// The year (CE).
    pub year: i16,
}

/// Which list of a year's file a problem is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayList {
    /// `off`
    Off,
    /// `work`
    Work,
}

impl std::fmt::Display for DayList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Work => "work",
        })
    }
}

/// A year's file contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Two files for one year.
    #[error("{year} 年的辦公日曆出現兩次。請只留一份")]
    RepeatedYear {
        /// The year (CE).
        year: i16,
    },
    /// An entry of a year's file is wrong.
    #[error("{year} 年的辦公日曆，{list} 第 {position} 項 {date}：{problem}")]
    Entry {
        /// The year (CE) of the file.
        year: i16,
        /// The list.
        list: DayList,
        /// The position in the list, from 1.
        position: usize,
        /// The day as listed.
        date: Date,
        /// What is wrong with it.
        problem: DayProblem,
    },
}

/// What is wrong with one entry of a year's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DayProblem {
    /// The day is of another year.
    #[error("不是這一年的日期。請移到該年的檔案")]
    OtherYear,
    /// The day is listed already, in this list or the other one.
    #[error("這一天已經列過。請刪除重複的一項")]
    Duplicate,
    /// A Saturday or Sunday listed off: it is off anyway.
    #[error("週末本來就放假，不必列入。請刪除，或改列補假的日期")]
    WeekendOff,
    /// A weekday listed as worked: it is worked anyway.
    #[error("平日本來就上班，不必列入。請刪除，或改列補行上班的星期六")]
    WeekdayWork,
    /// A Sunday listed as worked: make-up days are Saturdays, and the counting rules rely on it.
    #[error("補行上班日只會是星期六，星期日不能列為上班日。請核對日期")]
    SundayWork,
}

/// What is known of the holidays of a year whose table isn't published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedHolidays {
    /// Holidays of fixed dates.
    pub days: Vec<MonthDay>,
    /// For how many days in a row offices are closed at most.
    pub longest_rest: u32,
    /// On how many weekdays of a year at most offices are closed beside those days.
    pub most_unfixed: u32,
    /// Where it is taken from.
    pub source: String,
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl TryFrom<String> for MonthDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed = text.split_once('-').and_then(|(month, day)| {
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            // A day of a year that has all days.
            Date::new(2000, month, day).ok().map(|_| Self { month, day })
        });
        parsed.ok_or_else(|| format!("「{text}」不是月日，請寫如 10-10"))
    }
}

impl From<MonthDay> for String {
    fn from(of: MonthDay) -> Self {
        format!("{:02}-{:02}", of.month, of.day)
    }
}

/// The years' working days, validated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
    /// What is taken to be so in other years; only of a calendar that is an assumption.
    fixed: Option<FixedHolidays>,
    /// The same with what is assumed of other years.
    assumed: Option<Arc<Calendar>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    source: String,
    certainty: Certainty,
    /// Days that deviate from their weekday, with the name.
    deviating: BTreeMap<Date, String>,
}

impl Calendar {
    /// Builds the calendar from its years, in any order; gives every problem it finds.
    pub fn new(years: impl IntoIterator<Item = CalendarYear>) -> Result<Self, Vec<CalendarError>> {
        let mut calendar = Self::default();
        let mut problems = Vec::new();
        for file in years {
            let year = file.year;
            let checked = check(file, &mut problems);
            if calendar.years.insert(year, checked).is_some() {
                problems.push(CalendarError::RepeatedYear { year });
            }
        }
        if problems.is_empty() {
            Ok(calendar)
        } else {
            Err(problems)
        }
    }

    /// With what is known of the holidays of all other years.
    #[must_use]
    pub fn with_fixed(mut self, fixed: FixedHolidays) -> Self {
        self.assumed = Some(Arc::new(Self {
            years: self.years.clone(),
            fixed: Some(fixed),
            assumed: None,
        }));
        self
    }

    /// The calendar that assumes those holidays, where they are known.
    pub(crate) fn assumed(&self) -> Option<(&Self, &FixedHolidays)> {
        let assumed = self.assumed.as_deref()?;
        Some((assumed, assumed.fixed.as_ref()?))
    }

    /// The years held, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        self.years.keys().copied()
    }

    /// Whether offices work on a day.
    pub fn is_working(&self, date: Date) -> Result<bool, UnknownYear> {
        let of = |d: &MonthDay| (d.month, d.day) == (date.month(), date.day());
        match (self.year(date.year()), &self.fixed) {
            (Ok(year), _) => Ok(is_weekend(date) == year.deviating.contains_key(&date)),
            (Err(_), Some(fixed)) => Ok(!is_weekend(date) && !fixed.days.iter().any(of)),
            (Err(unknown), None) => Err(unknown),
        }
    }

    /// The first working day after a day.
    pub fn next_working(&self, date: Date) -> Result<Date, UnknownYear> {
        let mut day = date;
        loop {
            day = day.tomorrow().map_err(|_| UnknownYear {
                year: day.year().saturating_add(1),
            })?;
            if self.is_working(day)? {
                return Ok(day);
            }
        }
    }

    /// What a day that deviates from its weekday is called (國慶日, 補行上班), where the source names it.
    pub fn name(&self, date: Date) -> Option<&str> {
        let name = self.years.get(&date.year())?.deviating.get(&date)?;
        Some(name.as_str()).filter(|name| !name.is_empty())
    }

    /// What a day off is called, in words (zh-TW); 放假日 where it has no name of its own.
    pub(crate) fn day_off_words(&self, date: Date) -> &str {
        self.name(date).unwrap_or("放假日")
    }

    /// How many days of a year offices are closed, weekends included.
    pub fn days_off(&self, year: i16) -> Result<usize, UnknownYear> {
        self.year(year)?;
        let first = Date::new(year, 1, 1).map_err(|_| UnknownYear { year })?;
        let days = first
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() == year);
        Ok(days.filter(|day| self.is_working(*day) == Ok(false)).count())
    }

    /// Which notice or data set a year follows.
    pub fn source(&self, year: i16) -> Result<&str, UnknownYear> {
        self.year(year).map(|y| y.source.as_str())
    }

    /// How far a year can be relied on.
    pub fn certainty(&self, year: i16) -> Result<Certainty, UnknownYear> {
        self.year(year).map(|y| y.certainty)
    }

    fn year(&self, year: i16) -> Result<&Year, UnknownYear> {
        self.years.get(&year).ok_or(UnknownYear { year })
    }
}

fn check(file: CalendarYear, problems: &mut Vec<CalendarError>) -> Year {
    let mut deviating = BTreeMap::new();
    for (list, days) in [(DayList::Off, file.off), (DayList::Work, file.work)] {
        for (index, NamedDay { date, name }) in days.into_iter().enumerate() {
            let problem = match (list, date.weekday()) {
                _ if date.year() != file.year => Some(DayProblem::OtherYear),
                (DayList::Off, Weekday::Saturday | Weekday::Sunday) => Some(DayProblem::WeekendOff),
                (DayList::Work, Weekday::Sunday) => Some(DayProblem::SundayWork),
                (DayList::Work, day) if day != Weekday::Saturday => Some(DayProblem::WeekdayWork),
                _ => None,
            };
            let repeated = deviating.insert(date, name).is_some();
            if let Some(problem) = problem.or(repeated.then_some(DayProblem::Duplicate)) {
                problems.push(CalendarError::Entry {
                    year: file.year,
                    list,
                    position: index + 1,
                    date,
                    problem,
                });
            }
        }
    }
    Year {
        source: file.source,
        certainty: file.certainty,
        deviating,
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn year(year: i16, off: &[Date], work: &[Date]) -> CalendarYear {
        let named = |days: &[Date]| {
            days.iter()
                .map(|date| NamedDay {
                    date: *date,
                    name: String::new(),
                })
                .collect::<Vec<_>>()
        };
        CalendarYear {
            year,
            source: "test".into(),
            certainty: Certainty::High,
            off: named(off),
            work: named(work),
        }
    }

    #[test]
    fn days_are_told_apart() {
        let calendar = Calendar::new([year(
            2023,
            &[date(2023, 6, 22), date(2023, 6, 23)],
            &[date(2023, 6, 17)],
        )])
        .unwrap();
        for (day, working) in [
            (date(2023, 6, 16), true),
            (date(2023, 6, 17), true),
            (date(2023, 6, 18), false),
            (date(2023, 6, 22), false),
            (date(2023, 6, 24), false),
        ] {
            assert_eq!(calendar.is_working(day), Ok(working), "{day}");
            assert_eq!(calendar.source(day.year()), Ok("test"));
        }
        assert_eq!(calendar.next_working(date(2023, 6, 21)), Ok(date(2023, 6, 26)));
        assert_eq!(calendar.next_working(date(2023, 6, 16)), Ok(date(2023, 6, 17)));
        assert_eq!(calendar.days_off(2023), Ok(105 + 2 - 1));
        assert_eq!(
            calendar.is_working(date(2024, 1, 1)),
            Err(UnknownYear { year: 2024 })
        );
        assert_eq!(
            calendar.next_working(date(2023, 12, 29)),
            Err(UnknownYear { year: 2024 })
        );
    }

    #[test]
    fn the_end_of_time_is_an_unknown_year() {
        let calendar = Calendar::new([year(9999, &[date(9999, 12, 31)], &[])]).unwrap();
        assert_eq!(
            calendar.next_working(date(9999, 12, 30)),
            Err(UnknownYear { year: 10_000 })
        );
    }

    #[test]
    fn a_contradiction_is_reported_with_its_place() {
        let thursday = date(2023, 6, 22);
        for (file, problem, position) in [
            (
                year(2023, &[thursday, date(2024, 1, 1)], &[]),
                DayProblem::OtherYear,
                2,
            ),
            (year(2023, &[thursday, thursday], &[]), DayProblem::Duplicate, 2),
            (year(2023, &[date(2023, 6, 24)], &[]), DayProblem::WeekendOff, 1),
            (year(2023, &[], &[thursday]), DayProblem::WeekdayWork, 1),
            (year(2023, &[], &[date(2023, 6, 18)]), DayProblem::SundayWork, 1),
        ] {
            let problems = Calendar::new([file]).unwrap_err();
            let [
                CalendarError::Entry {
                    problem: found,
                    position: at,
                    ..
                },
            ] = problems.as_slice()
            else {
                panic!("{problems:?}")
            };
            assert_eq!((*found, *at), (problem, position));
        }
        let twice = Calendar::new([year(2023, &[], &[]), year(2023, &[], &[])]).unwrap_err();
        assert_eq!(twice, [CalendarError::RepeatedYear { year: 2023 }]);
        let message = Calendar::new([year(2023, &[date(2023, 6, 24)], &[])]).unwrap_err()[0].to_string();
        assert!(
            message.starts_with("2023 年的辦公日曆，off 第 1 項 2023-06-24：週末"),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let json = r#"{"year":2023,"source":"","certainty":"high","of":[]}"#;
        assert!(serde_json::from_str::<CalendarYear>(json).is_err());
    }
}
