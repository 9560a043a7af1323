//! Readers of standards against our own samples, and against input that nobody meant to write.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod budget;
mod hostile;
mod samples;

use collectors::standards::{Standard, StandardError, parse};
use std::path::PathBuf;

/// The samples' folder.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

/// A sample of our own.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What a text is read as.
pub(crate) fn read(text: &str) -> Result<Standard, StandardError> {
    parse("t", text.as_bytes())
}

/// Why a text is refused: `line:column pointer message`.
pub(crate) fn refused(text: &[u8]) -> Vec<String> {
    let error = parse("t", text).expect_err("must be refused");
    assert!(!error.problems.is_empty());
    let all = error.problems.iter();
    all.map(|p| {
        assert!(p.line > 0 && p.column > 0 && !p.remedy.is_empty(), "{p}");
        format!("{}:{} {} {}", p.line, p.column, p.pointer, p.message)
    })
    .collect()
}
