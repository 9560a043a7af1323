//! Work that goes on by itself: one file a kind of job, each registered where a worker is made.
//!
//! Why jobs: an import of ten thousand lines, a night's verification or a form that has changed
//! outlive a request, and a process that dies must not take them along. What is in no job's
//! power: to write twice. What a job writes is its end, in one transaction; or it may be done
//! twice without harm, and its file says so.

mod ask;
mod assess;
mod attempt;
mod checkpoint;
mod clean;
mod context;
mod courier;
mod derive;
mod desk;
mod export;
mod import;
mod mail;
mod nightly;
mod operator;
mod outside;
mod queue;
mod read;
mod runner;
mod start;
mod timestamp;
mod trust;
mod tsa;
mod undo;
mod verify;
mod view;
mod work;

#[cfg(test)]
mod tests;

pub use ask::{
    Asked, LARGE_BYTES, LARGE_ROWS, export_list, is_large_list, read_import, read_import_again,
    take_import_back, write_import,
};
pub use assess::Assess;
pub use attempt::{Done, Failure, Far, Queue, Taken, Trouble};
pub use checkpoint::Checkpoint;
pub use clean::CleanUp;
pub use context::{Context, Teller};
pub use courier::{Carrier, Courier};
pub use derive::DeriveAnew;
pub use desk::{cancel, file, list, of_import, retry, show, waits_for_nobody};
pub use export::ExportList;
pub use import::CommitImport;
pub use mail::{Mail, MailAddress, MailFile, MailServer, Post};
pub use nightly::{Nightly, next_night};
pub(crate) use operator::stands_still;
pub use operator::{JobLine, WorkCount, WorkState, job_title};
pub use outside::{Folder, differs, token_beside};
pub use queue::StoreQueue;
pub use read::ReadImport;
pub use runner::{Job, Report, Runner, Settings};
pub use start::Outside;
pub use timestamp::Stamp;
pub use trust::WATCH;
pub(crate) use trust::kept_by;
pub use tsa::Tsa;
pub use undo::UndoImport;
pub use verify::Verify;
