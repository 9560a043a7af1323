//! What is written is read back: the same rows, from ODS, XLSX and CSV.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod damage;
mod facts;
mod round;

use std::ops::ControlFlow;

use collectors::sheet::{self, Cell, Limits, Opened, SheetError, SheetRow};
use documents::sheet::{Column, Table, Value};
use period::Date;

fn column(key: &str, label: &str) -> Column {
    Column {
        key: key.to_owned(),
        label: label.to_owned(),
        width_chars: 14,
        choices: Vec::new(),
        note: String::new(),
    }
}

fn table(columns: usize) -> Table {
    Table {
        title: "資產/清冊".to_owned(),
        columns: (0..columns)
            .map(|i| column(&format!("k{i}"), &format!("欄位{i}")))
            .collect(),
        meta: vec![
            ("key".to_owned(), "asset".to_owned()),
            ("position".to_owned(), "17".to_owned()),
        ],
    }
}

fn all(bytes: &[u8]) -> Result<(Opened, Vec<SheetRow>), SheetError> {
    let mut rows = Vec::new();
    let opened = sheet::read("x.ods", bytes, None, &Limits::default(), &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((opened, rows))
}

type Writer =
    fn(&Table, &mut dyn Iterator<Item = Vec<Value>>) -> Result<Vec<u8>, documents::sheet::DocumentError>;

const WRITERS: [(&str, Writer); 3] = [
    ("ods", documents::sheet::ods),
    ("xlsx", documents::sheet::xlsx),
    ("csv", documents::sheet::csv),
];

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap()
}

/// What the reader must give for a value.
fn expected(format: &str, value: &Value) -> Cell {
    let typed = format != "csv";
    let text = |t: &str| {
        let t: String = t
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .chars()
            .filter(|c| (*c >= ' ' || *c == '\n' || *c == '\t') && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
            .collect();
        if t.is_empty() { Cell::Empty } else { Cell::Text(t) }
    };
    match value {
        Value::Empty => Cell::Empty,
        Value::Text(t) => text(t),
        Value::Number(n) if typed => Cell::Number(n.clone()),
        Value::Number(n) => text(n),
        Value::Day(d) if typed => Cell::Day(*d),
        Value::Day(d) => text(&period::roc_short(*d)),
        Value::Moment(m) if typed => Cell::Moment(m.clone()),
        Value::Moment(m) => text(&period::roc_instant(m.parse().unwrap())),
        Value::Flag(f) => text(if *f { "是" } else { "否" }),
    }
}
