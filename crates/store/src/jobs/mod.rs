//! Work to be done later, by whichever process has time, and messages to be delivered.
//!
//! Why in the database: what was acknowledged and the work that follows from it are written in one
//! transaction, and a process that dies leaves its work where another one finds it. Why a number
//! with each lease: a worker that was given up for dead may still live; what it says with an
//! earlier number is refused, so that nothing is done twice. Why `now` is always handed in: a
//! lease is tested without waiting. What it can't know: what a job means and how long it takes;
//! and whether a message arrived whose sender died before saying so: its receiver is told its id
//! and gets it once more.

mod backoff;
mod cancel;
mod claim;
mod clean;
mod enqueue;
mod everybody;
mod lease;
mod look;
mod outbox;
mod record;
mod request;
mod step;

pub use backoff::Backoff;
pub use clean::{Cleaned, Keeping};
pub use enqueue::Enqueued;
pub use everybody::JobLine;
pub use lease::{ClaimedJob, Finished, Lease, Step, Then};
pub use look::WorkCount;
pub use outbox::{ClaimedMessage, MessageRecord};
pub use record::{JobProgress, JobRecord, WorkState};
pub use request::{NewJob, NewMessage};

pub(crate) use enqueue::enqueue_all;
pub(crate) use outbox::post_all;
pub(crate) use request::all_complete;
pub(crate) use step::carry_out;
