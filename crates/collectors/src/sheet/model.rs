//! What a spreadsheet is to those who read one: cells, rows, limits and refusals.
//!
//! Why apart from the readers: every format gives the same shape, and none knows another.
//! What it can't know: what a column means.

use period::Date;
use thiserror::Error;

use crate::archive::{Reason, Refusal};
use crate::work::Halt;

/// The rows in which headings are looked for.
pub const HEAD_ROWS: usize = 15;

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

    /// The bytes of its text, by which the work is counted.
    pub(super) fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Moment(text) => text.len(),
            Self::Empty | Self::Day(_) | Self::Flag(_) => 0,
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
        /// Where it broke, in the officer's words.
        reason: String,
        /// What the library said, for the log; empty where that is nothing more.
        cause: String,
    },
    /// Unpacks to more than is read.
    #[error("檔案展開後過大（{reason}），不予讀取；請刪去圖片與不用的工作表，或分成數個檔案上傳")]
    Bomb {
        /// Which limit was met.
        reason: String,
    },
    /// Nobody waits for it any more.
    #[error("讀取已取消，沒有寫入任何資料；請重新上傳")]
    Stopped,
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

impl SheetError {
    /// Broken, by what we found ourselves.
    pub(super) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged {
            reason: reason.into(),
            cause: String::new(),
        }
    }

    /// What a library said of it, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Damaged { cause, .. } => Some(cause.as_str()).filter(|cause| !cause.is_empty()),
            _ => None,
        }
    }
}

impl From<Halt> for SheetError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Stopped => Self::Stopped,
            over => Self::Bomb { reason: over.words() },
        }
    }
}

impl From<Refusal> for SheetError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Protected => Self::Protected,
            Refusal::Archive(Reason { words, cause }) => Self::Damaged {
                reason: format!("壓縮結構：{words}"),
                cause,
            },
            Refusal::Part { part, reason } => Self::Damaged {
                reason: format!("{part}：{}", reason.words),
                cause: reason.cause,
            },
            Refusal::Bomb(reason) => Self::Bomb { reason },
            Refusal::Halted(halt) => halt.into(),
        }
    }
}
