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
mod look;
mod outbox;
mod step;

use crate::StoreError;

pub use backoff::Backoff;
pub use clean::{Cleaned, Keeping};
pub use enqueue::Enqueued;
pub use everybody::JobLine;
pub use look::WorkCount;
pub use outbox::{ClaimedMessage, MessageRecord, NewMessage};
pub use step::{Finished, Step, Then};

pub(crate) use enqueue::enqueue_all;
pub(crate) use outbox::post_all;
pub(crate) use step::carry_out;

/// A job to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, unique among the jobs of its agency.
    pub id: String,
    /// What kind of job.
    pub kind: String,
    /// Of unfinished jobs of one kind and key there is only one; empty: this one stands for itself.
    pub key: String,
    /// Whether one of the same kind and key that has begun is done once more after it, since it
    /// may have looked before what this one is about was written.
    pub again: bool,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// What is to be worked on; may be empty.
    pub input: Vec<u8>,
    /// Not before, in microseconds since 1970.
    pub due_at: i64,
    /// How often it is tried; at least once.
    pub most_attempts: u32,
}

/// In which of the two lists something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    Job,
    Outbox,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Outbox => "outbox",
        }
    }

    /// What else is set where something is finished for good.
    pub(crate) fn closing(self) -> &'static str {
        match self {
            Self::Job => ", open_key = NULL",
            Self::Outbox => "",
        }
    }
}

/// The right to one job or message, until it ends or is taken by somebody else. Only a claim gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    agency: String,
    id: String,
    worker: String,
    taken: u64,
    table: Table,
}

impl Lease {
    /// Whose job or message.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which worker has it.
    pub fn worker(&self) -> &str {
        &self.worker
    }
}

/// A job that a worker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The right to it.
    pub lease: Lease,
    /// What kind of job.
    pub kind: String,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// What an attempt before told this one; empty where none did.
    pub kept: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many there may be.
    pub most_attempts: u32,
    /// When it was asked for, in microseconds since 1970.
    pub created_at: i64,
}

/// Where a job or a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkState {
    /// Waits to be taken up.
    Queued,
    /// A worker has it.
    Running,
    /// Done, or delivered.
    Done,
    /// Given up: somebody must look at it.
    Dead,
}

impl WorkState {
    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self, sqlx::Error> {
        [Self::Queued, Self::Running, Self::Done, Self::Dead]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| sqlx::Error::Decode(format!("no state is called {word}").into()))
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// Steps done.
    pub done: u64,
    /// Of how many; 0 where that isn't known.
    pub total: u64,
    /// What it is at, in words.
    pub words: String,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Whose.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// What kind of job.
    pub kind: String,
    /// By which it is known; its id where none was given.
    pub key: String,
    /// For whom, by account id.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: WorkState,
    /// How often it was taken up since it was asked for.
    pub attempts: u32,
    /// How often it may be.
    pub most_attempts: u32,
    /// Not before; of a running one, until when its worker is believed to live.
    pub due_at: i64,
    /// Who has it, or had it last; empty where nobody did.
    pub worker: String,
    /// When its worker was last heard of; 0 for never.
    pub heartbeat: i64,
    /// How far it is.
    pub progress: JobProgress,
    /// What came of it, as JSON; empty before.
    pub result: String,
    /// Why the last attempt failed; empty where none did.
    pub error: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was done or given up; 0 before.
    pub finished_at: i64,
    /// How many bytes it made.
    pub output_len: u64,
}

/// Refuses what nobody could do or deliver, before anything of its transaction is written.
pub(crate) fn all_complete(jobs: &[NewJob], messages: &[NewMessage]) -> Result<(), StoreError> {
    jobs.iter().try_for_each(enqueue::complete)?;
    messages.iter().try_for_each(outbox::complete)
}

/// A text that every database keeps.
pub(crate) fn kept_text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
