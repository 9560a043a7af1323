//! What is handed to a statement and what it gives, in values of our own.
//!
//! Why so few kinds: what both databases keep alike and hand back alike. What it can't know: which
//! column holds what; whoever reads a row says what it must be, and is refused where it isn't.

use sqlx::Error;

/// A value handed to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arg {
    Text(String),
    Int(i64),
    Bytes(Vec<u8>),
    /// Texts as one value: thousands may be asked for, and a statement takes only so many.
    Texts(Vec<String>),
    /// Numbers as one value.
    Ints(Vec<i64>),
    /// No text.
    Null,
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

/// Positions are counted up from 1: they don't reach what an `i64` can't hold.
impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&[u8]> for Arg {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// The values for a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Arg::from($value)),*] };
}
pub(crate) use args;

/// A value that a statement gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Int(i64),
    Bytes(Vec<u8>),
    Ints(Vec<i64>),
}

/// A row that a statement gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cells(pub(crate) Vec<Cell>);

fn unexpected(column: usize, wanted: &str) -> Error {
    Error::Decode(format!("column {column} is no {wanted}").into())
}

impl Cells {
    pub(crate) fn text(&self, column: usize) -> Result<&str, Error> {
        match self.0.get(column) {
            Some(Cell::Text(text)) => Ok(text),
            _ => Err(unexpected(column, "text")),
        }
    }

    pub(crate) fn owned(&self, column: usize) -> Result<String, Error> {
        self.text(column).map(str::to_owned)
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, Error> {
        match self.0.get(column) {
            Some(Cell::Int(number)) => Ok(*number),
            _ => Err(unexpected(column, "integer")),
        }
    }

    /// A position or a count; these are never negative.
    pub(crate) fn unsigned(&self, column: usize) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|_| unexpected(column, "position"))
    }

    pub(crate) fn version(&self, column: usize) -> Result<u32, Error> {
        u32::try_from(self.int(column)?).map_err(|_| unexpected(column, "version"))
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], Error> {
        match self.0.get(column) {
            Some(Cell::Bytes(bytes)) => Ok(bytes),
            _ => Err(unexpected(column, "bytes")),
        }
    }

    pub(crate) fn ints(&self, column: usize) -> Result<&[i64], Error> {
        match self.0.get(column) {
            Some(Cell::Ints(numbers)) => Ok(numbers),
            _ => Err(unexpected(column, "list of integers")),
        }
    }

    pub(crate) fn hash(&self, column: usize) -> Result<ledger::Hash, Error> {
        self.bytes(column)?
            .try_into()
            .map_err(|_| unexpected(column, "hash of 32 bytes"))
    }

    /// The same values, to be handed to another statement.
    pub(crate) fn into_args(self) -> Vec<Arg> {
        let values = self.0.into_iter().map(|cell| match cell {
            Cell::Null => Arg::Null,
            Cell::Text(text) => Arg::Text(text),
            Cell::Int(number) => Arg::Int(number),
            Cell::Bytes(bytes) => Arg::Bytes(bytes),
            Cell::Ints(numbers) => Arg::Ints(numbers),
        });
        values.collect()
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Cell::Null) | None)
    }
}

/// `($1, $2, $3), ($4, …)` for so many rows of so many columns.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text
}

/// A text that every database keeps.
pub(crate) fn kept_text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
