//! From an uploaded spreadsheet to rows of values.
//!
//! What: CSV, XLSX and ODS become the same shape, row by row, numbered as the officer's own
//! program numbers them; [`table`] then finds the row that holds the headings.
//! Why a stream with limits: a file is hostile until proven otherwise, and a register of many
//! rows must not be held in memory twice. Formulas are never evaluated: what the program that
//! saved the file had computed is taken, and the column is named.
//! What it can't know: what a column means, and whether a computed value was up to date.

mod archived;
mod csv;
mod model;
mod ods;
mod sink;
mod sniff;
pub mod table;
mod values;
mod xlsx;

pub use model::{Cell, Format, Limits, Opened, SheetError, SheetRow};

use std::ops::ControlFlow;

use crate::work::{SHEET, Stop, Work};
use sink::Sink;

/// Reads one sheet of a file, handing its rows to `each` until that breaks off.
///
/// Without `sheet` the first one is read that can be seen and has something in it. `name` is
/// only used to say that a file isn't what its name says. The work is what the file's size
/// allows ([`SHEET`]), and nothing stops it but `each`.
pub fn read(
    name: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
    each: &mut dyn FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<Opened, SheetError> {
    let work = Work::new(&SHEET, bytes.len(), Stop::default());
    read_within(name, bytes, sheet, limits, &work, each)
}

/// As [`read`], within a budget that the caller may look at, and stop.
pub fn read_within(
    name: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
    work: &Work,
    each: &mut dyn FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<Opened, SheetError> {
    if bytes.is_empty() {
        return Err(SheetError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(SheetError::TooLarge {
            limit: limits.bytes / (1024 * 1024),
        });
    }
    let mut sink = Sink::new(limits, work, each);
    let mut opened = match sniff::kind(bytes)? {
        sniff::Kind::Text => csv::read(bytes, &mut sink)?,
        sniff::Kind::Zip => archived::read(bytes, sheet, &mut sink)?,
    };
    opened.notices.extend(misnamed(name, opened.format));
    Ok(opened)
}

fn misnamed(name: &str, format: Format) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    let (fits, what) = match format {
        Format::Csv => (matches!(ending.as_str(), "csv" | "txt" | "tsv" | "tab"), "CSV"),
        Format::Xlsx => (
            matches!(ending.as_str(), "xlsx" | "xlsm" | "xltx" | "xltm"),
            "XLSX",
        ),
        Format::Ods => (matches!(ending.as_str(), "ods" | "ots"), "ODS"),
    };
    (!fits).then(|| format!("檔名的副檔名是 .{ending}，內容其實是 {what}，已照內容讀取"))
}
