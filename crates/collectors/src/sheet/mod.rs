//! From an uploaded spreadsheet to rows of values.
//!
//! What: CSV, XLSX and ODS become the same shape, row by row, numbered as the officer's own
//! program numbers them; [`table`] then finds the row that holds the headings.
//! Why a stream with limits: a file is hostile until proven otherwise, and a register of many
//! rows must not be held in memory twice. Formulas are never evaluated: what the program that
//! saved the file had computed is taken, and the column is named.
//! What it can't know: what a column means, and whether a computed value was up to date.

mod csv;
mod ods;
mod package;
mod sink;
mod sniff;
pub mod table;
mod values;
mod xlsx;
mod xml;

use std::ops::ControlFlow;

use period::Date;
use thiserror::Error;

use sink::Sink;

/// What a file was recognised as, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with separators.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
    /// OpenDocument spreadsheet.
    Ods,
}

/// How much of a file is read before it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Rows of data; a few more are allowed for titles and headings ([`table::HEAD_ROWS`]).
    pub rows: usize,
    /// Columns with something in them.
    pub columns: usize,
    /// Characters of one cell.
    pub cell_chars: usize,
    /// Bytes that the parts of the file may unpack to, all together.
    pub unpacked: u64,
    /// Bytes of the file.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 200_000,
            columns: 256,
            cell_chars: 40_000,
            unpacked: 512 * 1024 * 1024,
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text; every cell of a CSV file is text. Lines are divided by `\n`.
    Text(String),
    /// A decimal without exponent, as the officer sees it at full precision: `3`, not `3.0`.
    /// A percentage is its plain number: 50% is `0.5`.
    Number(String),
    /// A day.
    Day(Date),
    /// A day with a time, `2026-11-21T14:05`; seconds only where there are any.
    Moment(String),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// Whether nothing can be seen in the cell.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A row that has something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// The number that the officer's program shows beside it.
    pub number: u32,
    /// From the first column to the last that has something in it.
    pub cells: Vec<Cell>,
    /// Whether merged cells touch the row; only their first cell has the value.
    pub merged: bool,
    /// Columns (from 0) whose value is what a formula had given.
    pub formulas: Vec<usize>,
}

/// What can be said of a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it is.
    pub format: Format,
    /// The encoding of a CSV file.
    pub encoding: Option<&'static str>,
    /// The sheets that the officer sees; none for CSV.
    pub sheets: Vec<String>,
    /// The sheet that was read.
    pub sheet: Option<String>,
    /// What an officer should know, in their words.
    pub notices: Vec<String>,
    /// The `key` that a file of ours carries: which table it was written from.
    pub hidden_key: Option<String>,
    /// All that a file of ours carries beside its rows, `key` included.
    pub meta: Vec<(String, String)>,
}

/// Why a file was not read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SheetError {
    /// Nothing was uploaded, or nothing is in it.
    #[error("檔案裡沒有資料；請確認選對檔案，並在存檔後再上傳")]
    Empty,
    /// The file itself is too large.
    #[error("檔案超過 {limit} MB；請刪去圖片與不用的工作表，或分成數個檔案上傳")]
    TooLarge {
        /// The limit in megabytes.
        limit: usize,
    },
    /// Something else.
    #[error("這是{what}，無法讀取；{remedy}")]
    NotSheet {
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Needs a password.
    #[error("檔案設有密碼，無法讀取；請取消密碼保護後另存新檔再上傳")]
    Protected,
    /// Broken.
    #[error("檔案已損壞或不完整（{reason}）；請用試算表軟體開啟，另存為 .ods 或 .xlsx 後再上傳")]
    Damaged {
        /// Where it broke.
        reason: String,
    },
    /// Unpacks to more than is read.
    #[error("檔案展開後過大（{reason}），不予讀取；請刪去圖片與不用的工作表，或分成數個檔案上傳")]
    Bomb {
        /// Which limit was met.
        reason: String,
    },
    /// Too many rows.
    #[error("資料超過 {limit} 列；請分成數個檔案，每個不超過 {limit} 列，再依序上傳")]
    TooManyRows {
        /// The limit.
        limit: usize,
    },
    /// Too many columns.
    #[error("第 {row} 列在第 {limit} 欄之後還有資料；請刪去不屬於這張表的欄位")]
    TooWide {
        /// The row.
        row: u32,
        /// The limit.
        limit: usize,
    },
    /// A cell with too much in it.
    #[error("第 {row} 列第 {column} 欄超過 {limit} 字；請縮短，或將全文另存為附件")]
    TooLong {
        /// The row.
        row: u32,
        /// The column, from 1.
        column: usize,
        /// The limit.
        limit: usize,
    },
    /// Bytes that are no text.
    #[error(
        "第 {row} 列有無法辨識的字元（不是 UTF-8、UTF-16，也不是 Big5）；請另存為「CSV UTF-8」，或另存為 .ods 或 .xlsx 後再上傳"
    )]
    Undecodable {
        /// The line of the text.
        row: u32,
    },
    /// The sheet that was asked for isn't there.
    #[error("沒有名為「{name}」的工作表；檔案裡有：{have}")]
    NoSuchSheet {
        /// What was asked for.
        name: String,
        /// What there is.
        have: String,
    },
}

/// Reads one sheet of a file, handing its rows to `each` until that breaks off.
///
/// Without `sheet` the first one is read that can be seen and has something in it. `name` is
/// only used to say that a file isn't what its name says.
pub fn read(
    name: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    limits: &Limits,
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
    let mut sink = Sink::new(limits, each);
    let mut opened = match sniff::kind(bytes)? {
        sniff::Kind::Text => csv::read(bytes, &mut sink)?,
        sniff::Kind::Zip => package::read(bytes, sheet, &mut sink)?,
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
