//! Many records from a file: preview, commit, and taking it back.
//!
//! Why the file is read again at the commit: nothing of a preview is trusted, and what
//! changed in between is noticed. Why one transaction: half an inventory is worse than
//! none. What it can't know: what an officer meant by a heading nobody uses; that is asked
//! once and remembered.

mod discard;
mod judge;
mod kept;
mod lines;
mod preview;
mod read;
mod report;
mod undo;
mod write;
mod wrong;

pub use discard::discard_import;
pub(crate) use judge::identity;
pub use kept::import_report;
pub(crate) use kept::{KEPT_MICROS as IMPORTS_KEPT, import_bytes};
pub use preview::preview_import;
pub(crate) use preview::{may_preview, preview_as};
pub use report::{
    Chosen, ImportCounts, ImportLine, ImportOptions, ImportReport, Imported, LineStatus, Progress,
};
pub use undo::undo_import;
pub use write::commit_import;
pub(crate) use write::commit_import_once;
pub use wrong::wrong_lines;
