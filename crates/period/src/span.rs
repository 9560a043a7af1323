//! Periods as text: `72 hours` in law data, `14日` or `一個月` from an officer.
//!
//! What: reads both, writes the English form (which reads back) and the zh-TW words.
//! Why a day without more is a calendar day: so the law and the procurement rules
//! count a bare 日; a working day must be named as one.
//! What it can't know: a bare `3月` (March, or three months?), `半個月` and `半日`
//! have no certain length and are refused.

use std::fmt;
use std::str::FromStr;

use crate::error::{PeriodError, quoted};
use crate::numeral;
use crate::types::{Span, Unit};

/// The amounts a span may have.
const AMOUNTS: std::ops::RangeInclusive<u32> = 1..=9999;
const MONTHS_IN_HALF_YEAR: u32 = 6;
const MONTHS_IN_QUARTER: u32 = 3;

impl Span {
    /// A span, if the amount is within 1 to 9,999.
    pub fn new(amount: u32, unit: Unit) -> Result<Self, PeriodError> {
        Self { amount, unit }.checked()
    }

    /// The span itself, if its amount is within 1 to 9,999.
    pub(crate) fn checked(self) -> Result<Self, PeriodError> {
        if AMOUNTS.contains(&self.amount) {
            Ok(self)
        } else {
            Err(PeriodError::Amount { amount: self.amount })
        }
    }

    /// The span in words (zh-TW): `72小時`, `14日`, `5工作天`, `2週`, `1個月`, `1年`.
    pub fn words(self) -> String {
        format!("{}{}", self.amount, self.unit.words())
    }
}

impl Unit {
    /// Every unit, from the smallest.
    pub const ALL: [Self; 6] = [
        Self::Hour,
        Self::CalendarDay,
        Self::WorkingDay,
        Self::Week,
        Self::Month,
        Self::Year,
    ];

    /// The unit in words (zh-TW), as it follows a number.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "小時",
            Self::CalendarDay => "日",
            Self::WorkingDay => "工作天",
            Self::Week => "週",
            Self::Month => "個月",
            Self::Year => "年",
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::CalendarDay => "calendar day",
            Self::WorkingDay => "working day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl fmt::Display for Span {
    /// `1 month`, `14 calendar days`: the form law data uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.amount, self.unit.english())
    }
}

impl FromStr for Span {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|problem| PeriodError::Span {
            text: quoted(text),
            problem,
        })
    }
}

fn parse(text: &str) -> Result<Span, String> {
    let plain = numeral::narrow(text);
    let plain = plain.trim();
    if plain.is_empty() {
        return Err("沒有內容".into());
    }
    if plain == "半年" {
        return Ok(Span {
            amount: MONTHS_IN_HALF_YEAR,
            unit: Unit::Month,
        });
    }
    let (number, unit) = numeral::take(plain).ok_or("要以數量開頭")?;
    let amount = number.ok_or("其中的數量太長或寫法有誤")?.value;
    let (times, unit) = unit_of(unit.trim())?;
    amount
        .checked_mul(times)
        .filter(|amount| AMOUNTS.contains(amount))
        .map(|amount| Span { amount, unit })
        .ok_or_else(|| "數量要在 1 到 9999 之間".into())
}

/// The unit a word names, and how many of it.
fn unit_of(word: &str) -> Result<(u32, Unit), String> {
    let lower = word.to_lowercase().replace('_', " ");
    let english = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let unit = match english.as_str() {
        "hour" | "hours" | "小時" | "個小時" => Unit::Hour,
        "day" | "days" | "calendar day" | "calendar days" | "日" | "天" | "日曆天" | "個日曆天" => {
            Unit::CalendarDay
        }
        "working day" | "working days" | "工作天" | "工作日" | "個工作天" | "個工作日" => {
            Unit::WorkingDay
        }
        "week" | "weeks" | "週" | "周" | "星期" | "個星期" => Unit::Week,
        "month" | "months" | "個月" => Unit::Month,
        "year" | "years" | "年" => Unit::Year,
        "季" => return Ok((MONTHS_IN_QUARTER, Unit::Month)),
        "" => return Err("只有數量，沒有單位".into()),
        "月" => return Err("「月」可能是月份也可能是期間，期間請寫「個月」".into()),
        _ => return Err(format!("不認得單位「{}」", quoted(word))),
    };
    Ok((1, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        use Unit::{CalendarDay, Hour, Month, Week, WorkingDay, Year};
        for (text, amount, unit) in [
            ("72 hours", 72, Hour),
            ("1 hour", 1, Hour),
            ("1 Hours", 1, Hour),
            ("14 days", 14, CalendarDay),
            ("14 Calendar  Days", 14, CalendarDay),
            ("5 working days", 5, WorkingDay),
            ("5 working_days", 5, WorkingDay),
            ("2 weeks", 2, Week),
            ("1 MONTH", 1, Month),
            ("3 years", 3, Year),
            ("9999 days", 9999, CalendarDay),
            ("72小時", 72, Hour),
            ("７２小時", 72, Hour),
            ("14日", 14, CalendarDay),
            ("14天", 14, CalendarDay),
            ("14 天", 14, CalendarDay),
            ("14日曆天", 14, CalendarDay),
            ("5工作天", 5, WorkingDay),
            ("5個工作日", 5, WorkingDay),
            ("五個工作天", 5, WorkingDay),
            ("2週", 2, Week),
            ("兩週", 2, Week),
            ("1個月", 1, Month),
            ("一個月", 1, Month),
            ("十八個月", 18, Month),
            ("2年", 2, Year),
            ("二年", 2, Year),
            ("半年", 6, Month),
            ("一季", 3, Month),
            ("2季", 6, Month),
        ] {
            assert_eq!(text.parse(), Ok(Span { amount, unit }), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_says_why_and_what_to_type() {
        for (text, problem) in [
            ("", "沒有內容"),
            ("days", "要以數量開頭"),
            ("一個半月", "不認得單位「個半月」"),
            ("半個月", "要以數量開頭"),
            ("14", "只有數量，沒有單位"),
            ("3月", "期間請寫「個月」"),
            ("0 days", "1 到 9999"),
            ("10000 days", "1 到 9999"),
            ("9999季", "1 到 9999"),
            ("99999999999 days", "數量太長"),
            ("-5 days", "要以數量開頭"),
            ("5 fortnights", "不認得單位「fortnights」"),
        ] {
            let message = text.parse::<Span>().unwrap_err().to_string();
            assert!(message.contains(problem), "{text}: {message}");
            assert!(message.contains("請輸入像 72小時"), "{text}: {message}");
        }
        assert!(Span::new(0, Unit::Week).is_err());
        assert!(Span::new(10_000, Unit::Week).is_err());
    }

    #[test]
    fn spans_are_written() {
        let show = |amount, unit| {
            let span = Span { amount, unit };
            (span.to_string(), span.words())
        };
        assert_eq!(show(1, Unit::Month), ("1 month".into(), "1個月".into()));
        assert_eq!(
            show(14, Unit::CalendarDay),
            ("14 calendar days".into(), "14日".into())
        );
        assert_eq!(
            show(5, Unit::WorkingDay),
            ("5 working days".into(), "5工作天".into())
        );
    }
}
