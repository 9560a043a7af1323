//! Dates with a time of day, and what a period may start at.
//!
//! What: a date in any style of [`crate::roc`], then `10:00`, `10:00:30` or `10時30分`, then
//! perhaps an offset; and [`Start`], which is either a date or such an instant.
//! Why an offset is converted and not kept: every civil time here is Taipei's (UTC+8,
//! no daylight saving), and the law counts by that clock.
//! What it can't know: whether a time without an offset was meant as Taipei's; it is taken so.

use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};

use crate::error::{PeriodError, quoted};
use crate::numeral::Numeral;
use crate::roc::{Problem, Token, date, parse_date, tokens};
use crate::types::Start;

const TAIPEI_MINUTES: i64 = 8 * 60;

/// Reads a date with a time of day; an offset (`Z`, `+08:00`) is converted to Taipei's civil time.
pub fn parse_instant(text: &str) -> Result<DateTime, PeriodError> {
    tokens(text)
        .and_then(|tokens| instant(&tokens))
        .map_err(|problem| PeriodError::Instant {
            text: quoted(text),
            problem,
        })
}

impl FromStr for Start {
    type Err = PeriodError;

    /// A date, or a date with a time of day.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let timed = tokens(text).is_ok_and(|t| t.iter().any(|t| matches!(t, Token::Sign(':' | '時' | 'T'))));
        if timed {
            parse_instant(text).map(Self::Instant)
        } else {
            parse_date(text).map(Self::Day)
        }
    }
}

fn instant(tokens: &[Token]) -> Result<DateTime, Problem> {
    let missing = || Problem::from("沒有時刻");
    let mark = tokens
        .iter()
        .position(|t| matches!(t, Token::Sign(':' | '時')))
        .ok_or_else(missing)?;
    let (day, clock) = tokens
        .split_at_checked(mark.saturating_sub(1))
        .ok_or_else(missing)?;
    let day = day.strip_suffix(&[Token::Sign('T')]).unwrap_or(day);
    let zone = clock
        .iter()
        .position(|t| matches!(t, Token::Sign('+' | '-' | 'Z')))
        .unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone).ok_or_else(missing)?;
    let local = date(day)?.to_datetime(time(clock)?);
    match offset_minutes(zone)? {
        None => Ok(local),
        Some(offset) => local
            .checked_add(SignedDuration::from_mins(TAIPEI_MINUTES - offset))
            .map_err(|_| "超出可表示的日期範圍".into()),
    }
}

fn time(tokens: &[Token]) -> Result<Time, Problem> {
    use Token::{Number, Sign};
    let none = Numeral {
        value: 0,
        digits: 0,
        arabic: true,
    };
    let (hour, minute, second, fraction) = match tokens {
        [Number(h), Sign(':'), Number(m)] | [Number(h), Sign('時'), Number(m), Sign('分')] => {
            (h, m, &none, &none)
        }
        [Number(h), Sign('時')] => (h, &none, &none, &none),
        [Number(h), Sign(':'), Number(m), Sign(':'), Number(s)]
        | [
            Number(h),
            Sign('時'),
            Number(m),
            Sign('分'),
            Number(s),
            Sign('秒'),
        ] => (h, m, s, &none),
        [
            Number(h),
            Sign(':'),
            Number(m),
            Sign(':'),
            Number(s),
            Sign('.'),
            Number(f),
        ] => (h, m, s, f),
        _ => return Err("時刻要寫成像 10:00 或 10:00:30 的樣子".into()),
    };
    let small = |n: &Numeral| i8::try_from(n.value).unwrap_or(i8::MAX);
    let nanoseconds = (fraction.digits..9).try_fold(fraction.value, |n, _| n.checked_mul(10));
    let nanoseconds = nanoseconds
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(i32::MAX);
    Time::new(small(hour), small(minute), small(second), nanoseconds).map_err(|_| {
        if hour.value == 24 {
            "沒有 24 時，一日之終請寫次日 00:00".into()
        } else {
            format!(
                "沒有 {:02}:{:02}:{:02} 這個時刻",
                hour.value, minute.value, second.value
            )
        }
    })
}

/// The offset from UTC in minutes; `None` where the text gives none (then it is Taipei's time).
fn offset_minutes(tokens: &[Token]) -> Result<Option<i64>, Problem> {
    use Token::{Number, Sign};
    let (sign, hours, minutes) = match tokens {
        [] => return Ok(None),
        [Sign('Z')] => return Ok(Some(0)),
        [Sign(s), Number(h), Sign(':'), Number(m)] => (s, h.value, m.value),
        [Sign(s), Number(n)] if n.digits == 4 => (s, n.value / 100, n.value % 100),
        [Sign(s), Number(h)] if h.digits == 2 => (s, h.value, 0),
        _ => return Err("時區要寫成像 +08:00 或 Z 的樣子".into()),
    };
    if hours > 14 || minutes > 59 {
        return Err("時區要在 -14:00 到 +14:00 之間".into());
    }
    let size = i64::from(hours * 60 + minutes);
    Ok(Some(if *sign == '-' { -size } else { size }))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date as day, datetime};

    use super::*;

    #[test]
    fn instants_are_read_as_taipei_time() {
        let ten = datetime(2026, 11, 21, 10, 0, 0, 0);
        for (text, expected) in [
            ("2026-11-21T10:00", ten),
            ("2026-11-21 10:00", ten),
            ("2026-11-21 10:00:00", ten),
            ("2026-11-21T10:00:30", datetime(2026, 11, 21, 10, 0, 30, 0)),
            (
                "2026-11-21T10:00:30.25",
                datetime(2026, 11, 21, 10, 0, 30, 250_000_000),
            ),
            ("115/11/21 10:00", ten),
            ("1151121 10:00", ten),
            ("115年11月21日 10時", ten),
            ("115年11月21日10時00分", ten),
            ("１１５／１１／２１　１０：００", ten),
            ("2026-11-21T10:00+08:00", ten),
            ("2026-11-21T10:00:00+0800", ten),
            ("2026-11-21T02:00Z", ten),
            ("2026-11-21t02:00:00z", ten),
            ("2026-11-20T21:00-05:00", ten),
            ("2026-11-21T07:30+05:30", ten),
            ("2026-12-31T23:00Z", datetime(2027, 1, 1, 7, 0, 0, 0)),
        ] {
            assert_eq!(parse_instant(text), Ok(expected), "{text}");
            assert_eq!(text.parse(), Ok(Start::Instant(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_says_why() {
        for (text, problem) in [
            ("115/11/21 24:00", "次日 00:00"),
            ("115/11/21 10:60", "沒有 10:60:00 這個時刻"),
            ("115/11/21 10:", "時刻要寫成像"),
            ("10:00", "要有年、月、日三個部分"),
            (":00", "要有年、月、日三個部分"),
            ("115/02/30 10:00", "只有 28 日"),
            ("2026-11-21T10:00+25:00", "時區要在"),
            ("2026-11-21T10:00+8", "時區要寫成像"),
            ("9999-12-31T23:00-08:00", "超出可表示的日期範圍"),
        ] {
            let message = text.parse::<Start>().unwrap_err().to_string();
            assert!(message.contains(problem), "{text}: {message}");
        }
        assert!(
            parse_instant("115/11/21")
                .unwrap_err()
                .to_string()
                .contains("沒有時刻")
        );
    }

    #[test]
    fn a_start_without_a_time_is_a_day() {
        assert_eq!("115/11/21".parse(), Ok(Start::Day(day(2026, 11, 21))));
        assert!(matches!("115/11".parse::<Start>(), Err(PeriodError::Date { .. })));
    }

    #[test]
    fn an_offset_has_its_own_form_and_bounds() {
        let nine = day(2026, 11, 21).at(9, 0, 0, 0);
        for (text, expected) in [
            ("2026-11-21T01:00Z", nine),
            ("2026-11-21T09:00+08", nine),
            ("2026-11-21T09:00+0800", nine),
            ("2026-11-21T09:00+08:00", nine),
            ("2026-11-20T19:00-06:00", nine),
            ("2026-11-21T15:00+14:00", nine),
            ("2026-11-21T10:59+09:59", nine),
        ] {
            assert_eq!(parse_instant(text), Ok(expected), "{text}");
        }
        for text in [
            "2026-11-21T09:00+8",
            "2026-11-21T09:00+080",
            "2026-11-21T09:00+15:00",
            "2026-11-21T09:00+08:60",
        ] {
            assert!(parse_instant(text).is_err(), "{text}");
        }
    }
}
