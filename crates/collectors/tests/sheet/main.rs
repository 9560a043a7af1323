//! Reading spreadsheets: our samples, hostile files, and finding the headings.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod budget;
mod headings;
mod hostile;
mod samples;

use std::ops::ControlFlow;
use std::path::PathBuf;

use collectors::sheet::{Cell, Limits, Opened, SheetError, SheetRow, read};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples/sheets")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn rows(bytes: &[u8], sheet: Option<&str>) -> Result<(Opened, Vec<SheetRow>), SheetError> {
    bounded(bytes, sheet, &Limits::default())
}

fn bounded(
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
) -> Result<(Opened, Vec<SheetRow>), SheetError> {
    let mut out = Vec::new();
    let opened = read("x", bytes, sheet, limits, &mut |row| {
        out.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((opened, out))
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(number: &str) -> Cell {
    Cell::Number(number.to_owned())
}

/// Rows as number and cells.
fn plain(rows: &[SheetRow]) -> Vec<(u32, Vec<Cell>)> {
    rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}
