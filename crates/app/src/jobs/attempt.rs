//! An attempt at a job, as the place where it waits, the job and the worker speak of it.
//!
//! What it can't know: when a job is taken, tried again or given up; the worker decides.

use std::future::Future;
use std::time::Duration;

/// Where jobs wait. Its times are microseconds since 1970.
pub trait Queue: Send + Sync + 'static {
    /// The right to a job.
    type Lease: Clone + Send + Sync + 'static;

    /// Takes a job that is due.
    fn claim(
        &self,
        worker: &str,
        kinds: &[&str],
        lease: Duration,
    ) -> impl Future<Output = Result<Option<Taken<Self::Lease>>, Trouble>> + Send;

    /// The worker lives, and is so far.
    fn heartbeat(
        &self,
        lease: &Self::Lease,
        far: Option<&Far>,
        for_time: Duration,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// The job is so far; who takes it up next is told.
    fn keep(&self, lease: &Self::Lease, kept: &str) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// The job is done.
    fn finish(
        &self,
        lease: &Self::Lease,
        result: String,
        output: Vec<u8>,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// The attempt failed.
    fn fail(
        &self,
        lease: &Self::Lease,
        error: &str,
        again: bool,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// The job is left to somebody else.
    fn give_back(&self, lease: &Self::Lease) -> impl Future<Output = Result<(), Trouble>> + Send;
}

/// A job that was taken.
#[derive(Debug, Clone)]
pub struct Taken<L> {
    /// The right to it.
    pub lease: L,
    /// Whose.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// What kind.
    pub kind: String,
    /// For whom.
    pub actor: String,
    /// What is to be done, as JSON.
    pub payload: String,
    /// What an attempt before left; empty where none did.
    pub kept: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// Why the queue did not do as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The job is somebody else's by now, or over.
    Lost,
    /// The database says this.
    Failed(String),
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Far {
    /// Steps done.
    pub done: u64,
    /// Of how many; 0 where that isn't known.
    pub total: u64,
    /// What it is at.
    pub words: String,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It said its last word with what it wrote: there is nothing more to be noted.
    Written,
    /// It wrote nothing with its end.
    Result {
        /// What came of it, as JSON.
        result: String,
        /// What it made; may be empty.
        output: Vec<u8>,
    },
    /// It left off since the worker stops: somebody else goes on.
    Stopped,
}

impl Done {
    /// Done, with nothing made.
    pub fn with(result: impl Into<String>) -> Self {
        Self::Result {
            result: result.into(),
            output: Vec::new(),
        }
    }
}

/// Why a job failed, in words for whoever asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may go better later.
    Later(String),
    /// It never will: it is given up at once.
    Never(String),
}
