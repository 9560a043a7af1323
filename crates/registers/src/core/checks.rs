//! Checks that many registers share: amounts, moments, what is overdue, what a row completes.
//!
//! Why apart from [`Record`]: they judge, it only reads. What they can't know: whether a day
//! that was entered is the true one.

use super::field::FieldProblem;
use super::record::{Book, Record};
use super::spec::Gap;
use period::{Date, DateTime};

/// 普、中、高, as stored and shown.
pub(crate) const GRADES: &[(&str, &str)] = &[("普", "普"), ("中", "中"), ("高", "高")];

/// Whether something holds personal data, and of which kind.
pub(crate) const PERSONAL_DATA: &[(&str, &str)] = &[
    ("none", "不含個資"),
    ("general", "一般個資"),
    ("special", "特種個資"),
];

/// Whether a row of 資通系統 is a core system: said so, or of grade 高, which makes it one
/// (as [`crate::system::System::is_core`]).
pub(crate) fn is_core(system: &Record<'_>) -> bool {
    system.says("core") || system.text("grade") == "高"
}

/// A port that there is not: what is written in digits is no more than 65535 (RFC 6335); 0, which
/// some write for all, is for the limits to judge.
pub(crate) fn port(row: &Record<'_>, key: &str) -> Option<FieldProblem> {
    let text = super::text::narrow(row.text(key));
    let mut digits = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|n| !n.is_empty());
    let none = digits.find(|n| n.parse::<u16>().is_err())?;
    Some(FieldProblem::new(
        key,
        format!(
            "「{}」沒有 {none} 這個埠，請填 1 至 65535，例如 443 或 8000-8080",
            row.label(key)
        ),
    ))
}

/// A share of a whole that is more than the whole.
pub(crate) fn share(row: &Record<'_>, key: &str) -> Option<FieldProblem> {
    let over = row.decimal(key).is_some_and(|n| n > 100.0);
    over.then(|| FieldProblem::new(key, format!("「{}」以百分比填寫，不可大於 100", row.label(key))))
}

/// A count that is more than the whole it is part of.
pub(crate) fn part(row: &Record<'_>, key: &str, whole: &str) -> Option<FieldProblem> {
    let (some, all) = (row.number(key)?, row.number(whole)?);
    (some > all).then(|| {
        let (label, other) = (row.label(key), row.label(whole));
        FieldProblem::new(
            key,
            format!("「{label}」{some} 多於「{other}」{all}，請更正其中之一"),
        )
    })
}

/// A moment that must lie after another.
pub(crate) fn later(row: &Record<'_>, key: &str, earlier: &str) -> Option<FieldProblem> {
    let (at, first) = (row.moment(key)?, row.moment(earlier)?);
    (at <= first).then(|| {
        let (label, other) = (row.label(key), row.label(earlier));
        FieldProblem::new(key, format!("「{label}」應晚於「{other}」，請更正其中之一"))
    })
}

/// A moment as a point of the civil clock.
pub(crate) fn at(row: &Record<'_>, key: &str) -> Option<DateTime> {
    row.moment(key)?.parse().ok()
}

/// Whether a day is given and has passed.
pub(crate) fn past(row: &Record<'_>, book: &Book<'_>, key: &str) -> bool {
    row.date(key).is_some_and(|day| day < book.today)
}

/// Whether something fell due and isn't done.
pub(crate) fn late(row: &Record<'_>, book: &Book<'_>, due: &str, done: &str) -> bool {
    past(row, book, due) && row.is_blank(done)
}

/// That something fell due and isn't done; the field that mends it is the day it was done.
pub(crate) fn overdue(row: &Record<'_>, book: &Book<'_>, due: &str, done: &'static str) -> Option<Gap> {
    late(row, book, due, done).then(|| {
        let (label, day) = (
            row.label(due),
            row.date(due).map(period::roc_short).unwrap_or_default(),
        );
        let fill = row.label(done);
        Gap::wrong(
            done,
            format!("已逾「{label}」（{day}），請儘速辦理並填「{fill}」，或敘明理由展延"),
        )
    })
}

/// The days from one to another, both included.
pub(crate) fn days(from: Date, until: Date) -> i64 {
    from.duration_until(until).as_hours() / 24 + 1
}

/// Whether a system is one that the agency develops or has developed, and still uses.
pub(crate) fn is_own_system(system: &Record<'_>) -> bool {
    !["superior", "shared"].contains(&system.text("operator")) && system.is_blank("retired_on")
}

/// Names for a message: the first few, and how many there are.
pub(crate) fn names(found: &[&str]) -> String {
    const SHOWN: usize = 5;
    let first: Vec<&str> = found.iter().copied().take(SHOWN).collect();
    if found.len() > SHOWN {
        format!("{}等 {} 項", first.join("、"), found.len())
    } else {
        first.join("、")
    }
}

/// An interval's end must lie after its beginning.
pub(crate) fn ends_after(
    from: Option<period::Date>,
    until: Option<period::Date>,
    field: &str,
    label: &str,
) -> Option<FieldProblem> {
    let (from, until) = (from?, until?);
    (until <= from).then(|| {
        let (from, until) = (period::roc_short(from), period::roc_short(until));
        FieldProblem::new(
            field,
            format!("「{label}」{until} 應晚於起日 {from}，請更正其中之一"),
        )
    })
}
