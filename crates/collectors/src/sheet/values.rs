//! Values as spreadsheets store them.
//!
//! What: serial days of both date systems, number formats that mean a date, decimals without
//! exponent, text without what can't be seen. Why: the same day is 46347 in one file, 44885 in
//! another and text in a third. What it can't know: in which zone a time was meant.

use period::{Date, DateTime};

use super::model::Cell;

/// The digits that spreadsheet programs keep.
const DIGITS: usize = 15;
const SECONDS_OF_DAY: u32 = 86_400;
/// The last day that the programs know, 9999-12-31, as a serial number.
const LAST_SERIAL: f64 = 2_958_466.0;

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    Day,
    Moment,
    Time,
}

/// How a built-in format of Excel shows a number; 27 to 58 are the East Asian ones.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57..=58 => Shown::Day,
        22 => Shown::Moment,
        18..=21 | 32..=35 | 45 | 47 | 55..=56 => Shown::Time,
        _ => Shown::Number,
    }
}

/// How a format code of the file's own shows a number.
pub(super) fn by_code(code: &str) -> Shown {
    let first = code.split(';').next().unwrap_or_default();
    if first.eq_ignore_ascii_case("general") {
        return Shown::Number;
    }
    let (mut day, mut clock, mut elapsed) = (false, false, false);
    let mut chars = first.chars().peekable();
    while let Some(c) = chars.next() {
        match c.to_ascii_lowercase() {
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                elapsed |= matches!(
                    inner.to_ascii_lowercase().as_str(),
                    "h" | "hh" | "m" | "mm" | "s" | "ss"
                );
            }
            'e' if matches!(chars.peek(), Some('+' | '-')) => return Shown::Number,
            'y' | 'd' | 'e' | 'g' | 'r' => day = true,
            'h' | 's' => clock = true,
            // Minutes stand only beside hours or seconds.
            'm' => day |= !clock && !first.contains(['h', 'H', 's', 'S']),
            '0' | '#' | '?' if !day && !clock => return if elapsed { Shown::Time } else { Shown::Number },
            _ => {}
        }
    }
    match (day, clock) {
        _ if elapsed => Shown::Number,
        (true, true) => Shown::Moment,
        (true, false) => Shown::Day,
        (false, true) => Shown::Time,
        (false, false) => Shown::Number,
    }
}

/// A serial number as the cell that its format shows.
pub(super) fn serial(text: &str, shown: Shown, from_1904: bool) -> Cell {
    let plain = || decimal(text).map_or_else(|| Cell::Text(text.to_owned()), Cell::Number);
    if shown == Shown::Number {
        return plain();
    }
    let Some(value) = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|v| (0.0..LAST_SERIAL).contains(v))
    else {
        return plain();
    };
    let (days, seconds) = split(value);
    if shown == Shown::Time && days == 0 {
        return Cell::Text(clock(seconds));
    }
    let Some(date) = day(days, from_1904) else {
        return plain();
    };
    match shown {
        Shown::Day => Cell::Day(date),
        _ => Cell::Moment(moment(date, seconds)),
    }
}

/// Whole days and seconds of a serial number.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded by LAST_SERIAL.
fn split(value: f64) -> (u32, u32) {
    let days = value.floor();
    let seconds = ((value - days) * f64::from(SECONDS_OF_DAY)).round() as u32;
    if seconds >= SECONDS_OF_DAY {
        (days as u32 + 1, 0)
    } else {
        (days as u32, seconds)
    }
}

/// The day of a serial number. Excel's first system has a 29 February 1900 that never was.
fn day(days: u32, from_1904: bool) -> Option<Date> {
    // Days from 1 March of the year 0, the first day of the 400 year cycles, to each system's day 0.
    const TO_1904: u32 = 695_361;
    const TO_1900: u32 = 693_899;
    let days = match days {
        _ if from_1904 => days + TO_1904,
        0 | 60 => return None,
        1..60 => days + TO_1900 + 1,
        _ => days + TO_1900,
    };
    // Years from March to February: the leap day is the last of its year.
    let (cycle, of_cycle) = (days / 146_097, days % 146_097);
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    Date::new(
        i16::try_from(cycle * 400 + year + later).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(of_month).ok()?,
    )
    .ok()
}

fn clock(seconds: u32) -> String {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    }
}

fn moment(date: Date, seconds: u32) -> String {
    format!(
        "{:04}-{:02}-{:02}T{}",
        date.year(),
        date.month(),
        date.day(),
        clock(seconds)
    )
}

/// A date as XML writes it, with or without a time.
pub(super) fn iso(text: &str) -> Option<Cell> {
    let text = text.trim();
    if !text.contains('T') {
        return text.parse::<Date>().ok().map(Cell::Day);
    }
    let at: DateTime = text.trim_end_matches('Z').parse().ok()?;
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let seconds = [i32::from(hour) * 3600, i32::from(minute) * 60, i32::from(second)]
        .iter()
        .sum::<i32>();
    let seconds = u32::try_from(seconds).unwrap_or(0) + u32::from(at.subsec_nanosecond() >= 500_000_000);
    if seconds < SECONDS_OF_DAY {
        return Some(Cell::Moment(moment(at.date(), seconds)));
    }
    Some(Cell::Moment(moment(at.date().tomorrow().ok()?, 0)))
}

/// A duration as XML writes it (`PT14H05M00S`) as a time of day or a count of hours.
pub(super) fn duration(text: &str) -> Option<Cell> {
    let rest = text.trim().strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S').unwrap_or(rest);
    let seconds = seconds.split(['.', ',']).next().unwrap_or_default();
    let number = |s: &str| s.parse::<u32>().ok().filter(|n| *n < 1_000_000);
    let seconds = if seconds.is_empty() { 0 } else { number(seconds)? };
    let total = number(hours)? * 3600 + number(minutes)?.min(59) * 60 + seconds.min(59);
    Some(Cell::Text(clock(total)))
}

/// A decimal without exponent and without needless zeros, of as many digits as programs keep.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())?;
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let plain = body.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let (whole, part) = if plain && digits <= DIGITS {
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        (whole.to_owned(), part.to_owned())
    } else {
        let science = format!("{:.*e}", DIGITS - 1, value.abs());
        let (mantissa, exponent) = science.split_once('e')?;
        let digits = mantissa.replace('.', "");
        let point = exponent.parse::<i32>().ok()? + 1;
        match usize::try_from(point) {
            Ok(point) if point >= digits.len() => (format!("{digits:0<point$}"), String::new()),
            Ok(point) => {
                let (whole, part) = digits.split_at_checked(point)?;
                (whole.to_owned(), part.to_owned())
            }
            Err(_) => {
                let zeros = usize::try_from(point.unsigned_abs()).ok()?;
                (String::new(), format!("{}{digits}", "0".repeat(zeros)))
            }
        }
    };
    let whole = whole.trim_start_matches('0');
    let part = part.trim_end_matches('0');
    Some(match (whole, part) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", part) => format!("{sign}0.{part}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    })
}

/// Text with one kind of line end and without control characters.
pub(super) fn clean(text: &str) -> String {
    if !text.bytes().any(|b| b < b' ' && b != b'\n' && b != b'\t') {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| *c >= ' ' || matches!(c, '\n' | '\t'))
        .collect()
}

/// A text cell; nothing where there is no text.
pub(super) fn text(text: &str) -> Cell {
    let text = clean(text);
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_exponent() {
        for (given, shown) in [
            ("3.0", "3"),
            ("-0", "0"),
            ("007.50", "7.5"),
            ("1E3", "1000"),
            ("1.5e-7", "0.00000015"),
            ("0.1", "0.1"),
            ("1.2000000000000002", "1.2"),
            ("123456789012345678", "123456789012346000"),
            (".5", "0.5"),
            ("+5", "5"),
        ] {
            assert_eq!(decimal(given).as_deref(), Some(shown), "{given}");
        }
        for none in ["", "x", "NaN", "inf", "1e999"] {
            assert_eq!(decimal(none), None, "{none}");
        }
    }

    #[test]
    fn format_codes_tell_dates() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("[$-404]e/mm/dd;@", Shown::Day),
            ("yyyy/m/d h:mm", Shown::Moment),
            ("[Red]0.0", Shown::Number),
            ("\"日\"0", Shown::Number),
            ("h:mm AM/PM", Shown::Time),
            ("mmm", Shown::Day),
            ("[h]:mm", Shown::Number),
            ("#,##0\\d", Shown::Number),
        ] {
            assert_eq!(by_code(code), shown, "{code}");
        }
    }

    #[test]
    fn both_date_systems_are_known() {
        let day = |text: &str, old| serial(text, Shown::Day, old);
        let on = |y, m, d| Cell::Day(Date::new(y, m, d).unwrap());
        assert_eq!(day("46347", false), on(2026, 11, 21));
        assert_eq!(day("44885", true), on(2026, 11, 21));
        assert_eq!(day("1", false), on(1900, 1, 1));
        assert_eq!(day("59", false), on(1900, 2, 28));
        assert_eq!(day("61", false), on(1900, 3, 1));
        assert_eq!(day("36585", false), on(2000, 2, 29));
        assert_eq!(day("2958465", false), on(9999, 12, 31));
        assert_eq!(day("0", true), on(1904, 1, 1));
        assert_eq!(day("60", false), Cell::Number("60".to_owned()));
        assert_eq!(day("-4", false), Cell::Number("-4".to_owned()));
        assert_eq!(day("1e300", false), Cell::Number(decimal("1e300").unwrap()));
        assert_eq!(
            serial("46347.586805555555", Shown::Moment, false),
            Cell::Moment("2026-11-21T14:05".to_owned())
        );
        assert_eq!(serial("0.5", Shown::Time, false), Cell::Text("12:00".to_owned()));
    }

    #[test]
    fn xml_dates_and_times() {
        assert_eq!(
            iso("2026-11-21T14:04:59.9999"),
            Some(Cell::Moment("2026-11-21T14:05".to_owned()))
        );
        assert_eq!(iso("2026-13-01"), None);
        assert_eq!(duration("PT14H05M00S"), Some(Cell::Text("14:05".to_owned())));
        assert_eq!(duration("P1D"), None);
    }
}
