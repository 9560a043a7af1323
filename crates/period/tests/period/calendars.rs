//! The calendars under `law/calendars/tw`, and the calendar the worked cases count by.
#![expect(
    clippy::disallowed_methods,
    reason = "the shipped calendars are read from their files"
)]

use std::path::Path;

use period::{Calendar, CalendarYear, Certainty, Date};

/// The files of `law/calendars/tw`, with their names.
fn files() -> Vec<(String, CalendarYear)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/calendars/tw");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let year = toml::from_str(&std::fs::read_to_string(&path).unwrap());
            let year = year.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (path.file_name().unwrap().to_string_lossy().into_owned(), year)
        })
        .collect();
    files.sort_by_key(|(name, _)| name.clone());
    files
}

/// The shipped calendar.
pub fn shipped() -> Calendar {
    Calendar::new(files().into_iter().map(|(_, year)| year)).unwrap()
}

#[test]
fn eleven_years_are_shipped_each_in_its_file() {
    let files = files();
    for (name, year) in &files {
        assert_eq!(*name, format!("{}.toml", year.year));
        assert!(year.source.contains("政府行政機關辦公日曆表"), "{name}");
    }
    assert_eq!(
        shipped().years().collect::<Vec<_>>(),
        (2017..=2027).collect::<Vec<_>>()
    );
}

#[test]
fn days_off_agree_with_the_published_totals() {
    let calendar = shipped();
    let totals: Vec<_> = calendar
        .years()
        .map(|year| calendar.days_off(year).unwrap())
        .collect();
    assert_eq!(totals, [116, 115, 115, 115, 116, 115, 116, 115, 118, 120, 121]);
}

#[test]
fn a_year_that_was_not_compared_with_the_official_table_says_so() {
    let calendar = shipped();
    assert_eq!(calendar.certainty(2026), Ok(Certainty::High));
    assert_eq!(calendar.certainty(2027), Ok(Certainty::Medium));
}

#[test]
fn known_days_are_right() {
    let calendar = shipped();
    for (day, working) in [
        ("2020-02-15", true),  // make-up Saturday
        ("2023-01-07", true),  // make-up Saturday
        ("2023-01-20", false), // day before Lunar New Year's Eve
        ("2023-06-17", true),  // make-up Saturday
        ("2025-02-08", true),  // the last make-up Saturday
        ("2025-12-25", false), // Constitution Day, off since 2025
        ("2026-02-13", true),
        ("2026-02-16", false),
        ("2026-02-23", true),
        ("2026-05-01", false), // Labour Day, off for everyone since 2025
    ] {
        assert_eq!(
            calendar.is_working(day.parse::<Date>().unwrap()),
            Ok(working),
            "{day}"
        );
    }
    assert_eq!(calendar.name("2023-06-17".parse().unwrap()), Some("補行上班"));
}
