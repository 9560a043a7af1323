//! Work that goes on by itself: one file a kind of job, each registered where a worker is made.
//!
//! Why jobs: an import of ten thousand lines, a night's verification or a form that has changed
//! outlive a request, and a process that dies must not take them along. What is in no job's
//! power: to write twice. What a job writes is its end, in one transaction; or it may be done
//! twice without harm, and its file says so.

mod assess;
mod checkpoint;
mod clean;
mod context;
mod courier;
mod derive;
mod export;
mod import;
mod mail;
mod nightly;
mod outside;
mod queue;
mod runner;
mod start;
mod timestamp;
mod tsa;
mod verify;
mod work;

#[cfg(test)]
mod tests;

pub use assess::Assess;
pub use checkpoint::Checkpoint;
pub use clean::CleanUp;
pub use context::Context;
pub use courier::{Carrier, Courier};
pub use derive::DeriveAnew;
pub use export::{ExportList, export_job};
pub use import::{CommitImport, import_job};
pub use mail::{Mail, MailAddress, MailFile, MailServer, Post};
pub use nightly::{Nightly, next_night};
pub use outside::{Folder, differs, token_beside};
pub use queue::StoreQueue;
pub use runner::{Done, Failure, Far, Job, Queue, Report, Runner, Settings, Taken, Trouble};
pub use start::Outside;
pub use timestamp::Stamp;
pub use tsa::Tsa;
pub use verify::Verify;
