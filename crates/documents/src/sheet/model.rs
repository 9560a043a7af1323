//! What a table is to those who write one: columns, values, refusals, and what every format asks
//! of a text, a number and a name.
//!
//! Why apart from the writers: every format writes the same table, and none knows another.
//! What it can't know: what is in a table.

use period::{Date, DateTime};
use thiserror::Error;

/// The last row that spreadsheet programs have, the row of headings included.
pub(super) const LAST_ROW: u32 = 1_048_576;
/// The digits that spreadsheet programs keep of a number.
const DIGITS: usize = 15;
/// The characters that a sheet's name may have.
const NAME_CHARS: usize = 31;
/// The name where a title leaves none.
const NAMELESS: &str = "資料";
/// The sheet that carries what an officer needn't see.
pub(super) const META: &str = "_meta";
/// Empty rows below the data that offer the choices too.
pub(super) const SPARE_ROWS: u32 = 500;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text, written as text whatever it looks like.
    Text(String),
    /// A decimal without exponent; of more digits than programs keep, it is written as text.
    Number(String),
    /// A day.
    Day(Date),
    /// A day with a time, `2026-11-21T14:05`.
    Moment(String),
    /// 是 or 否.
    Flag(bool),
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its key. It is not written; a caller that wants it back says so in [`Table::meta`].
    pub key: String,
    /// Its heading.
    pub label: String,
    /// Its width in characters of half width.
    pub width_chars: u16,
    /// What may be chosen; empty where anything may be written.
    pub choices: Vec<String>,
    /// A remark at the heading; may be empty.
    pub note: String,
}

/// A table without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Title of the file; the sheet's name is made from it.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// What the file carries hidden; `key` tells which table it is.
    pub meta: Vec<(String, String)>,
}

/// Why a table can't be written, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// More text than a cell of this format holds.
    #[error("第 {row} 列「{column}」超過 {limit} 字，XLSX 的儲存格放不下；請改用 ODS")]
    TooLong {
        /// The row in the file.
        row: u32,
        /// The column's heading.
        column: String,
        /// The limit.
        limit: usize,
    },
    /// More rows than programs open.
    #[error("資料超過 {limit} 列，試算表軟體無法開啟；請縮小範圍，分次匯出")]
    TooManyRows {
        /// The limit.
        limit: u32,
    },
    /// A row that isn't of this table.
    #[error("第 {row} 列有 {found} 格，表只有 {columns} 欄；請回報此問題")]
    Shape {
        /// The row in the file.
        row: u32,
        /// Its cells.
        found: usize,
        /// The table's columns.
        columns: usize,
    },
    /// The format's writer refused.
    #[error("無法產生檔案（{reason}）；請回報此問題，並先改用另一種格式")]
    Write {
        /// What it said.
        reason: String,
    },
}

pub(super) fn failed(error: &impl ToString) -> DocumentError {
    DocumentError::Write {
        reason: error.to_string(),
    }
}

/// A cell with text cleaned and what can't be written in its type made text.
pub(super) enum Ready {
    Empty,
    Text(String),
    Number(String),
    Day(Date),
    Moment(DateTime),
}

pub(super) fn ready(value: Value) -> Ready {
    match value {
        Value::Empty => Ready::Empty,
        Value::Number(number) if is_number(&number) => Ready::Number(number),
        Value::Text(text) | Value::Number(text) => text_or_empty(&text),
        Value::Day(day) => Ready::Day(day),
        Value::Moment(text) => match text.parse::<DateTime>() {
            Ok(at) if at.subsec_nanosecond() == 0 => Ready::Moment(at),
            _ => text_or_empty(&text),
        },
        Value::Flag(flag) => Ready::Text(if flag { "是" } else { "否" }.to_owned()),
    }
}

fn text_or_empty(text: &str) -> Ready {
    let text = clean(text);
    if text.is_empty() {
        Ready::Empty
    } else {
        Ready::Text(text)
    }
}

/// A decimal that a program gives back as it is written here.
fn is_number(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = body.split_once('.').unwrap_or((body, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && body.bytes().filter(u8::is_ascii_digit).count() <= DIGITS
}

/// Text with one kind of line end and without what XML can't carry.
pub(super) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| (*c >= ' ' || matches!(c, '\n' | '\t')) && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

/// A name that every program takes for a sheet.
pub(super) fn sheet_name(title: &str) -> String {
    let mut name = String::new();
    let mut units = 0;
    for c in clean(title).chars() {
        let c = if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'' | '\n' | '\t') {
            ' '
        } else {
            c
        };
        units += c.len_utf16();
        if units > NAME_CHARS {
            break;
        }
        name.push(c);
    }
    let name = name.trim();
    if name.is_empty() || name.starts_with('_') || name.eq_ignore_ascii_case("history") {
        NAMELESS.to_owned()
    } else {
        name.to_owned()
    }
}

/// The number of the next row, after the check that the row is one of the table.
pub(super) fn next_row(row: u32, found: usize, columns: usize) -> Result<u32, DocumentError> {
    if row >= LAST_ROW {
        return Err(DocumentError::TooManyRows { limit: LAST_ROW - 1 });
    }
    if found > columns {
        return Err(DocumentError::Shape {
            row: row + 1,
            found,
            columns,
        });
    }
    Ok(row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_legal() {
        for (title, name) in [
            ("資產清冊", "資產清冊"),
            ("a/b:c*d", "a b c d"),
            ("", NAMELESS),
            ("'''", NAMELESS),
            ("_meta", NAMELESS),
            ("History", NAMELESS),
        ] {
            assert_eq!(sheet_name(title), name);
        }
        assert_eq!(sheet_name(&"𠮷".repeat(40)).encode_utf16().count(), 30);
    }

    #[test]
    fn only_decimals_are_numbers() {
        for yes in ["0", "-1.50", "123456789012345"] {
            assert!(is_number(yes), "{yes}");
        }
        for no in ["", "-", "1.", ".5", "1e3", "1234567890123456", "１", "+1", "0x1"] {
            assert!(!is_number(no), "{no}");
        }
    }
}
