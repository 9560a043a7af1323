//! A calendar as other programs read it (RFC 5545), pure.
//!
//! Why written here: a feed needs six properties of one component; the libraries at hand bring a second
//! clock with them. What it can't know: when a program fetches it again.

use period::{Date, DateTime};
use std::fmt::Write as _;

/// The most octets of a line, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The whole day.
    Day(Date),
    /// An instant, as Taipei's civil time.
    At(DateTime),
}

/// Something in the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The same whenever the same thing is told again.
    pub uid: String,
    /// When.
    pub when: When,
    /// What.
    pub summary: String,
    /// More.
    pub description: String,
}

/// A text as a value: what has a meaning of its own is escaped, what can't be in a text is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded between characters so that none is longer than may be.
fn line(out: &mut String, text: &str) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

fn day(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn instant(at: DateTime) -> String {
    let time = format!("{:02}{:02}{:02}", at.hour(), at.minute(), at.second());
    format!("{}T{time}", day(at.date()))
}

/// The calendar, as it stands at an instant of universal time (`20261121T020000Z`).
pub fn calendar(name: &str, stamp: &str, items: &[Item]) -> String {
    let mut out = String::new();
    let mut put = |text: &str| line(&mut out, text);
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fazun//Duties//ZH-TW",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ] {
        put(text);
    }
    put(&format!("NAME:{}", escaped(name)));
    put(&format!("X-WR-CALNAME:{}", escaped(name)));
    for text in [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Taipei",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    ] {
        put(text);
    }
    for item in items {
        put("BEGIN:VEVENT");
        put(&format!("UID:{}", escaped(&item.uid)));
        put(&format!("DTSTAMP:{stamp}"));
        let mut starts = String::new();
        let _ = match item.when {
            When::Day(on) => write!(starts, "DTSTART;VALUE=DATE:{}", day(on)),
            When::At(at) => write!(starts, "DTSTART;TZID=Asia/Taipei:{}", instant(at)),
        };
        put(&starts);
        put(&format!("SUMMARY:{}", escaped(&item.summary)));
        if !item.description.is_empty() {
            put(&format!("DESCRIPTION:{}", escaped(&item.description)));
        }
        put("TRANSP:TRANSPARENT");
        put("END:VEVENT");
    }
    put("END:VCALENDAR");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    fn one(summary: &str, when: When) -> String {
        let item = Item {
            uid: "a@fazun".to_owned(),
            when,
            summary: summary.to_owned(),
            description: String::new(),
        };
        calendar("示範", "20261121T020000Z", &[item])
    }

    #[test]
    fn no_line_is_too_long_and_no_character_is_cut() {
        let on = When::Day(Date::constant(2026, 12, 31));
        for summary in [
            "資".repeat(100),
            "ü".repeat(99),
            "a".repeat(200),
            "🗓字ü".repeat(40),
        ] {
            let text = one(&summary, on);
            assert!(text.ends_with("END:VCALENDAR\r\n"));
            for line in text.split("\r\n") {
                assert!(line.len() <= LINE && !line.contains(['\n', '\r']), "{line}");
            }
            assert!(unfolded(&text).contains(&format!("SUMMARY:{summary}\r\n")));
        }
        // A line of exactly so many octets is not folded.
        let exact = "x".repeat(LINE - "SUMMARY:".len());
        assert!(one(&exact, on).contains(&format!("SUMMARY:{exact}\r\n")));
    }

    #[test]
    fn what_has_a_meaning_is_escaped_and_nothing_is_smuggled_in() {
        let text = one(
            "一,二;三\\四\r\nEND:VEVENT\u{7}",
            When::Day(Date::constant(2026, 3, 1)),
        );
        assert!(
            text.contains("SUMMARY:一\\,二\\;三\\\\四\\nEND:VEVENT\r\n"),
            "{text}"
        );
        assert_eq!(text.matches("\r\nEND:VEVENT\r\n").count(), 1);
    }

    #[test]
    fn days_are_days_and_instants_are_taipei_s_in_summer_too() {
        let text = one("甲", When::Day(Date::constant(2026, 7, 5)));
        assert!(text.contains("DTSTART;VALUE=DATE:20260705\r\n"));
        let text = one("甲", When::At(Date::constant(2026, 7, 5).at(9, 3, 0, 0)));
        assert!(text.contains("DTSTART;TZID=Asia/Taipei:20260705T090300\r\n"));
        assert!(!text.contains("DAYLIGHT") && text.contains("TZOFFSETTO:+0800\r\n"));
    }
}
