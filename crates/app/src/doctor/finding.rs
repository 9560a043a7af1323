//! What was found of one thing that was looked at.
//!
//! What it can't know: how it was looked at.

use crate::error::{because, what_and_next};
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it must be.
    Sound,
    /// Should be seen to.
    Notice,
    /// Wrong.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at; stable, for programs.
    pub check: &'static str,
    /// What an operator calls it.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How it is.
    pub message: String,
    /// How to mend it; empty where nothing is to be mended.
    pub remedy: String,
}

impl Finding {
    /// As it must be.
    pub fn sound((check, title): (&'static str, &'static str), message: impl Into<String>) -> Self {
        Self {
            check,
            title,
            severity: Severity::Sound,
            message: message.into(),
            remedy: String::new(),
        }
    }

    /// Wrong.
    pub fn problem(
        (check, title): (&'static str, &'static str),
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            check,
            title,
            severity: Severity::Problem,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Worth a look.
    pub(super) fn notice(mut self) -> Self {
        self.severity = Severity::Notice;
        self
    }
}

/// That something of an open database can't be read.
pub(super) fn unread(check: (&'static str, &'static str), error: &store::StoreError) -> Finding {
    let (what, _) = what_and_next(error);
    Finding::problem(check, because(what, error), "請執行 fazun ledger verify")
}

pub(super) const LEDGER: (&str, &str) = ("ledger", "帳本");

/// How many of the last entries, jobs and messages are looked at.
pub(super) const LAST: u32 = 1_000;

pub(super) const MB: u64 = 1024 * 1024;

/// Clocks of machines differ a little; more than this is a clock that was set back.
pub(super) const SLACK_MICROS: i64 = 5 * 60 * 1_000_000;
