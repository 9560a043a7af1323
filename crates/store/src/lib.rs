//! The only crate that knows SQL: row versions and their ledger, in one database.
//!
//! What: appends row versions together with their ledger entries, a chain for each agency; reads
//! an agency as it stands or stood, in one transaction; keeps files by hash, verifies, backs up
//! and restores. Why append-only: an assessment must be replayable at any past position, and
//! history is the proof that an agency owes its auditors. Everything is said once, in words of
//! records ([`Query`]) and in SQL that every database reads (`link`); what only one of them does
//! lies in its own folder (`sqlite`, `postgres`). What it can't know: what a body means (that is `registers`;
//! [`Forms`] tells what of it is filtered by), who may write (that is `app`), and whether the
//! whole database was exchanged for another consistent one, unless heads were kept outside.
//!
//! Cost of opening: the file's pages are checked, and each chain is verified with its bodies, the
//! last [`VERIFIED_AT_OPEN`] entries in all; everything is verified by [`Store::verify`].

mod act;
mod candidate;
mod canonical;
mod chain;
mod commit;
mod compiled;
mod copy;
mod derive;
mod differing;
mod distrust;
mod error;
mod forms;
mod inspect;
mod jobs;
mod link;
mod listing;
mod location;
mod postgres;
mod query;
mod reading;
mod retry;
mod rows;
mod sorting;
mod sqlite;
mod statement;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
mod trust;
mod unfinished;
mod value;
mod verification;
mod verify;
mod working;
mod write;

pub use canonical::canonical;
pub use chain::{INSTALLATION, STANDARDS};
pub use commit::{Blob, Commit, CommitHead, Committed, Holds, NewRow, Prepared, Unmoved, files_named};
pub use copy::Copied;
pub use derive::DerivedAnew;
pub use distrust::Verdict;
pub use error::StoreError;
pub use forms::{AnyForms, Derived, Forms, Scalar};
pub use inspect::{InspectedChain, Inspection};
pub use jobs::{
    Backoff, ClaimedJob, ClaimedMessage, Cleaned, Enqueued, Finished, JobLine, JobProgress, JobRecord,
    Keeping, Lease, MessageRecord, NewJob, NewMessage, Step, Then, WorkCount, WorkState,
};
pub use link::statements_made;
pub use location::{DATABASE, Location, OpenMode};
pub use postgres::address::Address;
pub use postgres::look::{ServerState, StandbyState, server_state};
pub use query::{Condition, Order, Own, Query, Select, Text};
pub use reading::Reading;
pub use rows::{Recorded, StoredBlob, StoredEntry, StoredRow, WrittenHead};
pub use sqlite::backup::Backup;
pub use store::Store;
pub use verification::{StorageProblem, StorageProblemKind, Verification};
pub use verify::VERIFIED_AT_OPEN;
pub use working::{Job, Kept, Receipt};
pub use write::Progress;
