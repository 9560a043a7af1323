//! From an uploaded file to numbered lines of text.
//!
//! What: `.txt` (UTF-8, UTF-16, Big5), `.html`, `.odt` and `.docx` become the same shape, one
//! line per paragraph and one line per table row with its cells divided by tabs.
//! Why: everything that reads documents reads this, so hostile input is met once.
//! What it can't know: text inside pictures, and the page on which a line stood.

mod assemble;
mod correct;
mod docx;
mod html;
mod model;
mod numbering;
mod odt;
mod plain;
mod read;

pub use correct::{Corrected, Edit, Spot, correct, edited};
pub(crate) use model::halted;
pub use model::{MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_LINES, PlanError, SourceKind, Text, TextLine};
pub(crate) use read::work_for;
pub use read::{extract, extract_within};

/// The encoding of a plain text that isn't UTF-8, where it is one that can be told.
pub fn encoding_of(bytes: &[u8]) -> Option<&'static str> {
    plain::decode("", bytes).ok().and_then(|(_, encoding)| encoding)
}
