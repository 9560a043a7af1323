//! The package in which one chain is handed over: entries, bodies, files, and what vouches
//! for them.
//!
//! Why a format of our own and not an archive: it is read in one pass with bounded memory,
//! a stranger implements it from `docs/LEDGER.md` in an afternoon, and the same chain gives
//! the same bytes. What it can't know: what was cut off before it was written, unless the
//! reader kept a line; and what bodies say, so the caller tells which files they name.

mod check;
mod format;
mod read;
mod vouched;
mod write;

pub use check::{Checked, PackageCheck, verify_package};
pub use format::{FileMeta, MAX_BODY, MAX_FILES, PACKAGE, PackageError};
pub use read::{PackageReader, Record};
pub use vouched::Vouched;
pub use write::PackageWriter;
