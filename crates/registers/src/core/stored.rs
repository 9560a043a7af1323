//! A stored row as whoever holds the rows hands it in, and what is said where it can't be read.
//!
//! Why references: an agency's rows are read by many questions and kept by one. What it can't
//! know: where they are kept.

use super::form::ReadError;
use super::spec::RegisterSpec;
use serde_json::Value;

/// A stored row, as the caller holds it.
#[derive(Debug, Clone, Copy)]
pub struct RowRef<'a> {
    /// Register key.
    pub register: &'a str,
    /// Row id.
    pub row: &'a str,
    /// Row version.
    pub version: u32,
    /// Its body.
    pub body: &'a Value,
}

/// Why there is no snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{register} / {row}：{message}")]
pub struct Problem {
    /// Register key.
    pub register: String,
    /// Row id.
    pub row: String,
    /// What is wrong and what to do (zh-TW).
    pub message: String,
}

impl Problem {
    /// Of a row that can't be read.
    pub(crate) fn of(row: &RowRef<'_>, error: &ReadError) -> Self {
        Self {
            register: row.register.to_owned(),
            row: row.row.to_owned(),
            message: error.to_string(),
        }
    }
}

/// Finds a register by its key.
pub type Finds = fn(&str) -> Option<&'static RegisterSpec>;
