//! The only crate that knows SQL: row versions and their ledger in one SQLite file.
//!
//! What: appends row versions together with their ledger entries, reads the latest or
//! any past state, keeps files by hash, verifies, backs up and restores. Why append-only:
//! an assessment must be replayable at any past position, and history is the proof that
//! an agency owes its auditors. What it can't know: what a body means (that is
//! `registers`), who may write (that is `app`), and whether the whole file was exchanged
//! for another consistent one, unless a checkpoint was kept outside.
//!
//! Cost of opening: the file's pages are checked, and the ledger is verified with its
//! bodies, whole up to [`VERIFIED_AT_OPEN`] entries and the last that many beyond; files
//! (blobs) are checked when read and by [`Store::verify`].

mod backup;
mod canonical;
mod error;
mod lists;
mod open;
mod read;
mod schema;
mod verify;
mod working;
mod write;

pub use backup::Backup;
pub use canonical::canonical;
pub use error::StoreError;
pub use lists::{Own, Recorded, Select, WrittenHead};
pub use open::{DATABASE, OpenMode, Store};
pub use read::{StoredBlob, StoredEntry, StoredRow};
pub use verify::{StorageProblem, StorageProblemKind, VERIFIED_AT_OPEN, Verification};
pub use working::{Job, Receipt};
pub use write::{Blob, Commit, CommitHead, Committed, Holds, NewRow, Prepared, Unmoved};
