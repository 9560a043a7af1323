//! Dates as Taiwan's documents write them, both ways.
//!
//! What: every usual style of the ROC calendar and of ISO 8601 is read; two styles
//! (`民國115年11月21日` and `115/11/21`) are written. A year of four digits is CE,
//! one of up to three digits is ROC: nothing else about a text decides it.
//! Why so lenient: the same date reaches us by keyboard, paste, spreadsheet and scan.
//! What it can't know: a date before ROC 1 or after ROC 999 has no three-digit year;
//! it is written, and must be typed, as CE.

use jiff::civil::{Date, DateTime, Weekday};

use crate::error::{PeriodError, quoted};
use crate::numeral::{self, Numeral};
use crate::types::{Moment, Start};

/// ROC year 1 is CE 1912.
const EPOCH: i16 = 1911;

/// Reads a date in any of the usual styles.
pub fn parse_date(text: &str) -> Result<Date, PeriodError> {
    tokens(text)
        .and_then(|tokens| date(&tokens))
        .map_err(|problem| PeriodError::Date {
            text: quoted(text),
            problem,
        })
}

/// `民國115年11月21日`; outside ROC 1–999 `西元1895年4月17日`.
pub fn roc_long(date: Date) -> String {
    let (month, day) = (date.month(), date.day());
    match roc_year(date) {
        Some(year) => format!("民國{year}年{month}月{day}日"),
        None => format!("西元{:04}年{month}月{day}日", date.year()),
    }
}

/// `115/11/21`; outside ROC 1–999 `1895/04/17`.
pub fn roc_short(date: Date) -> String {
    let (month, day) = (date.month(), date.day());
    match roc_year(date) {
        Some(year) => format!("{year}/{month:02}/{day:02}"),
        None => format!("{:04}/{month:02}/{day:02}", date.year()),
    }
}

/// `民國115年11月21日（星期六）`.
pub fn roc_long_weekday(date: Date) -> String {
    format!("{}（{}）", roc_long(date), weekday(date))
}

/// `115/11/21（星期六）`.
pub fn roc_short_weekday(date: Date) -> String {
    format!("{}（{}）", roc_short(date), weekday(date))
}

/// `115/11/21 10:00`, with seconds only where there are any.
pub fn roc_instant(at: DateTime) -> String {
    let date = roc_short(at.date());
    match at.second() {
        0 => format!("{date} {:02}:{:02}", at.hour(), at.minute()),
        s => format!("{date} {:02}:{:02}:{s:02}", at.hour(), at.minute()),
    }
}

/// `星期六`.
pub fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

/// The ROC year of a date, where it has one of up to three digits.
pub fn roc_year(date: Date) -> Option<i16> {
    date.year()
        .checked_sub(EPOCH)
        .filter(|year| (1..=999).contains(year))
}

impl std::fmt::Display for Moment {
    /// The short form: `115/11/21` or `115/11/21 10:00`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(date) => f.write_str(&roc_short(*date)),
            Self::Instant(at) => f.write_str(&roc_instant(*at)),
        }
    }
}

impl std::fmt::Display for Start {
    /// The short form, which reads back.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.moment().fmt(f)
    }
}

/// Which years are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    Roc,
    Ce,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Era(Era),
    Number(Numeral),
    Sign(char),
}

/// What is wrong with a text, in words.
pub(crate) type Problem = String;

const ERAS: [(&str, Era); 4] = [
    ("中華民國", Era::Roc),
    ("民國", Era::Roc),
    ("西元", Era::Ce),
    ("公元", Era::Ce),
];

/// The numbers, eras and signs of a text; blanks only part them.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let text = numeral::narrow(text);
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("沒有內容".into());
    }
    let mut found = Vec::new();
    while let Some(c) = rest.chars().next() {
        if let Some((number, after)) = numeral::take(rest) {
            found.push(Token::Number(number.ok_or("其中的數字太長或寫法有誤")?));
            rest = after;
        } else if let Some((after, era)) = ERAS
            .iter()
            .find_map(|(word, era)| rest.strip_prefix(word).map(|after| (after, *era)))
        {
            found.push(Token::Era(era));
            rest = after;
        } else {
            match c.to_ascii_uppercase() {
                '號' => found.push(Token::Sign('日')),
                c @ ('年' | '月' | '日' | '時' | '分' | '秒' | '/' | '.' | '-' | ':' | '+' | 'T' | 'Z') =>
                {
                    found.push(Token::Sign(c));
                }
                c if c.is_whitespace() => {}
                c => return Err(format!("不認得其中的「{c}」")),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(found)
}

/// The date that tokens state.
pub(crate) fn date(tokens: &[Token]) -> Result<Date, Problem> {
    use Token::{Number, Sign};
    let (era, parts) = match tokens {
        [Token::Era(era), parts @ ..] => (Some(*era), parts),
        parts => (None, parts),
    };
    match parts {
        [
            Number(y),
            Sign('年'),
            Number(m),
            Sign('月'),
            Number(d),
            Sign('日'),
        ] => civil(era, *y, *m, *d),
        [
            Number(y),
            Sign(sign @ ('/' | '.' | '-')),
            Number(m),
            Sign(again),
            Number(d),
        ] if sign == again => civil(era, *y, *m, *d),
        [Number(compact)] if compact.arabic && (6..=8).contains(&compact.digits) => {
            let part = |value, digits| Numeral {
                value,
                digits,
                arabic: true,
            };
            civil(
                era,
                part(compact.value / 10_000, compact.digits - 4),
                part(compact.value / 100 % 100, 2),
                part(compact.value % 100, 2),
            )
        }
        _ => Err("要有年、月、日三個部分".into()),
    }
}

fn civil(era: Option<Era>, year: Numeral, month: Numeral, day: Numeral) -> Result<Date, Problem> {
    let ce = ce_year(era, year)?;
    let month = i8::try_from(month.value)
        .ok()
        .filter(|m| (1..=12).contains(m))
        .ok_or_else(|| format!("沒有 {} 月", month.value))?;
    let first = Date::new(ce, month, 1).map_err(|_| format!("沒有 {} 年", year.value))?;
    let wrong_day = || match day.value {
        0 => "沒有 0 日".into(),
        d => format!(
            "{} 年 {month} 月只有 {} 日，沒有 {d} 日",
            year.value,
            first.days_in_month()
        ),
    };
    let day = i8::try_from(day.value).map_err(|_| wrong_day())?;
    Date::new(ce, month, day).map_err(|_| wrong_day())
}

fn ce_year(era: Option<Era>, year: Numeral) -> Result<i16, Problem> {
    let value = i16::try_from(year.value).unwrap_or(i16::MAX);
    match (era, year.digits) {
        (_, 1..=4) if value == 0 => Err("沒有 0 年".into()),
        (None | Some(Era::Roc), 1..=3) => Ok(value + EPOCH),
        (None | Some(Era::Ce), 4) if value >= 1000 => Ok(value),
        (Some(Era::Roc), _) => Err(format!("民國年最多三位數，「{}」不是民國年", year.value)),
        (Some(Era::Ce), _) => Err(format!("西元年要寫四位數，「{}」不是西元年", year.value)),
        (None, _) => Err(format!(
            "「{}」不是民國年（最多三位數）也不是西元年（四位數）",
            year.value
        )),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date as day, datetime};

    use super::*;

    #[test]
    fn every_style_of_a_date_is_read() {
        for (text, expected) in [
            ("民國115年11月21日", day(2026, 11, 21)),
            ("中華民國115年11月21日", day(2026, 11, 21)),
            ("115年11月21日", day(2026, 11, 21)),
            ("115年11月21號", day(2026, 11, 21)),
            ("115 年 11 月 21 日", day(2026, 11, 21)),
            ("  中華民國 115 年11月 21日　", day(2026, 11, 21)),
            ("115/11/21", day(2026, 11, 21)),
            ("115.11.21", day(2026, 11, 21)),
            ("115-11-21", day(2026, 11, 21)),
            ("115 / 11 / 21", day(2026, 11, 21)),
            ("1151121", day(2026, 11, 21)),
            ("民國1151121", day(2026, 11, 21)),
            ("991231", day(2010, 12, 31)),
            ("0991231", day(2010, 12, 31)),
            ("99/12/31", day(2010, 12, 31)),
            ("2026-11-21", day(2026, 11, 21)),
            ("2026/11/21", day(2026, 11, 21)),
            ("2026.1.5", day(2026, 1, 5)),
            ("2026年1月5日", day(2026, 1, 5)),
            ("西元2026年1月5日", day(2026, 1, 5)),
            ("20261121", day(2026, 11, 21)),
            ("１１５／１１／２１", day(2026, 11, 21)),
            ("１１５．１１．２１", day(2026, 11, 21)),
            ("１１５－１１－２１", day(2026, 11, 21)),
            ("１１５１１２１", day(2026, 11, 21)),
            ("中華民國一百十年八月二十三日", day(2021, 8, 23)),
            ("民國一百一十五年一月五日", day(2026, 1, 5)),
            ("中華民國元年一月一日", day(1912, 1, 1)),
            ("一一五年十一月廿一日", day(2026, 11, 21)),
            ("二〇二六年十一月二十一日", day(2026, 11, 21)),
            ("113/02/29", day(2024, 2, 29)),
        ] {
            assert_eq!(parse_date(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_says_why_and_what_to_type() {
        for (text, problem) in [
            ("", "沒有內容"),
            ("115/02/30", "115 年 2 月只有 28 日，沒有 30 日"),
            ("115/2/300", "115 年 2 月只有 28 日，沒有 300 日"),
            ("114/02/29", "只有 28 日"),
            ("115/13/01", "沒有 13 月"),
            ("115/00/01", "沒有 0 月"),
            ("115/01/00", "沒有 0 日"),
            ("0/01/01", "沒有 0 年"),
            ("民國2026年1月1日", "民國年最多三位數"),
            ("西元115年1月1日", "西元年要寫四位數"),
            ("20260/1/1", "不是民國年"),
            ("0115/1/1", "不是民國年"),
            ("115/11-21", "要有年、月、日三個部分"),
            ("115 11 21", "要有年、月、日三個部分"),
            ("115年11月", "要有年、月、日三個部分"),
            ("11521", "要有年、月、日三個部分"),
            ("明天", "不認得其中的「明」"),
            ("民國十百年一月一日", "數字太長或寫法有誤"),
            ("12345678901", "數字太長或寫法有誤"),
        ] {
            let message = parse_date(text).unwrap_err().to_string();
            assert!(message.contains(problem), "{text}: {message}");
            assert!(message.contains(&format!("「{text}」")), "{text}: {message}");
            assert!(message.contains("請輸入像 115/11/21"), "{text}: {message}");
        }
    }

    #[test]
    fn a_long_text_is_quoted_short() {
        let message = parse_date(&"x".repeat(5000)).unwrap_err().to_string();
        assert!(message.chars().count() < 150, "{message}");
    }

    #[test]
    fn dates_are_written() {
        let saturday = day(2026, 11, 21);
        assert_eq!(roc_long(saturday), "民國115年11月21日");
        assert_eq!(roc_short(day(2026, 1, 5)), "115/01/05");
        assert_eq!(roc_long_weekday(saturday), "民國115年11月21日（星期六）");
        assert_eq!(roc_short_weekday(saturday), "115/11/21（星期六）");
        assert_eq!(roc_instant(datetime(2026, 11, 21, 9, 5, 0, 0)), "115/11/21 09:05");
        assert_eq!(
            roc_instant(datetime(2026, 11, 21, 9, 5, 7, 0)),
            "115/11/21 09:05:07"
        );
        assert_eq!(roc_long(day(1895, 4, 17)), "西元1895年4月17日");
        assert_eq!(roc_short(day(1895, 4, 17)), "1895/04/17");
    }
}
