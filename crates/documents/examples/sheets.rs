//! How long 100,000 rows of 12 columns take to write and to read back, and in how much memory.
//!
//! Run with `cargo run --release -p documents --example sheets -- ods` (or `xlsx`, `csv`; one at
//! a time, since the peak of memory is that of the process). Behind it may stand another number
//! of rows and a path where the file is kept; `read` and a path read a file that is there.

use std::ops::ControlFlow;
use std::time::Instant;

use collectors::sheet::{Limits, SheetError, read};
use documents::sheet::{Column, Table, Value, csv, ods, xlsx};
use period::Date;

const ROWS: u32 = 100_000;

#[allow(clippy::print_stdout, clippy::disallowed_methods)] // Measuring is what this is for.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let format = args.next().unwrap_or_else(|| "ods".to_owned());
    if format == "read" {
        let bytes = std::fs::read(args.next().unwrap_or_default())?;
        return Ok(back(&format, &bytes)?);
    }
    let table = Table {
        title: "資產清冊".to_owned(),
        columns: (0..12)
            .map(|n| Column {
                key: format!("k{n}"),
                label: format!("欄位{n}"),
                width_chars: 14,
                choices: if n == 5 {
                    ["普", "中", "高"].map(str::to_owned).to_vec()
                } else {
                    Vec::new()
                },
                note: if n == 0 {
                    "此欄必填".to_owned()
                } else {
                    String::new()
                },
            })
            .collect(),
        meta: vec![("key".to_owned(), "asset".to_owned())],
    };
    let day = Date::new(2026, 11, 21)?;
    let count: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(ROWS);
    let mut rows = (0..count).map(|n| {
        let mut row = vec![
            Value::Text(format!("A-{n:06}")),
            Value::Text(format!("資通系統主機第{n}號")),
            Value::Number(n.to_string()),
            Value::Day(day),
            Value::Moment("2026-11-21T14:05".to_owned()),
            Value::Text("普".to_owned()),
            Value::Flag(n % 2 == 0),
        ];
        row.extend((7..12).map(|c| Value::Text(format!("內容 {} 之 {c}", n * 7 % 977))));
        row
    });
    let start = Instant::now();
    let bytes = match format.as_str() {
        "xlsx" => xlsx(&table, &mut rows)?,
        "csv" => csv(&table, &mut rows)?,
        _ => ods(&table, &mut rows)?,
    };
    println!(
        "{format}: written in {:.2?}, {} KiB, peak {}",
        start.elapsed(),
        bytes.len() / 1024,
        peak()
    );
    if let Some(path) = args.next() {
        std::fs::write(path, &bytes)?;
    }
    Ok(back(&format, &bytes)?)
}

#[allow(clippy::print_stdout, clippy::disallowed_methods)] // Measuring is what this is for.
fn back(format: &str, bytes: &[u8]) -> Result<(), SheetError> {
    let (mut found, mut cells) = (0_u32, 0);
    let start = Instant::now();
    let opened = read("x", bytes, None, &Limits::default(), &mut |row| {
        found += 1;
        cells += row.cells.len();
        ControlFlow::Continue(())
    });
    println!(
        "{format}: {found} rows, {cells} cells read in {:.2?}, peak {}",
        start.elapsed(),
        peak()
    );
    opened.map(|_| ())
}

/// The most memory the process had, where the system tells.
#[allow(clippy::disallowed_methods)] // Measuring is what this is for.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or("unknown", |line| line.trim_start_matches("VmHWM:").trim())
        .to_owned()
}
