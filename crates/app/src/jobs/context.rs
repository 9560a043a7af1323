//! What a job is told, and what it can say while it runs.

use super::attempt::{Failure, Far, Queue, Taken, Trouble};
use crate::compiled::compiled_once;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// What the job and the worker that runs it share.
pub(super) struct Shared<L> {
    pub taken: Taken<L>,
    far: Mutex<Option<Far>>,
    stopping: watch::Receiver<bool>,
}

impl<L> Shared<L> {
    pub(super) fn new(taken: Taken<L>, stopping: watch::Receiver<bool>) -> Self {
        Self {
            taken,
            far: Mutex::default(),
            stopping,
        }
    }

    pub(super) fn far(&self) -> Option<Far> {
        self.far.lock().ok().and_then(|far| far.clone())
    }

    fn progress(&self, done: u64, total: u64, words: &str) {
        if let Ok(mut far) = self.far.lock() {
            *far = Some(Far {
                done,
                total,
                words: words.to_owned(),
            });
        }
    }
}

/// Says how far a job is, from whichever thread does it.
pub struct Teller<L>(Arc<Shared<L>>);

impl<L> Teller<L> {
    /// As [`Context::progress`].
    pub fn progress(&self, done: u64, total: u64, words: &str) {
        self.0.progress(done, total, words);
    }
}

/// A job's surroundings.
pub struct Context<Q: Queue> {
    queue: Arc<Q>,
    shared: Arc<Shared<Q::Lease>>,
}

impl<Q: Queue> Context<Q> {
    pub(super) fn new(queue: Arc<Q>, shared: Arc<Shared<Q::Lease>>) -> Self {
        Self { queue, shared }
    }

    /// The right to the job: what writes its end asks for it.
    pub fn lease(&self) -> &Q::Lease {
        &self.shared.taken.lease
    }

    /// Whose job.
    pub fn agency(&self) -> &str {
        &self.shared.taken.agency
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.shared.taken.id
    }

    /// Who asked for it.
    pub fn actor(&self) -> &str {
        &self.shared.taken.actor
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.shared.taken.attempt
    }

    /// What an attempt before left for this one; empty where none did.
    pub fn kept(&self) -> &str {
        &self.shared.taken.kept
    }

    pub(super) fn payload(&self) -> &str {
        &self.shared.taken.payload
    }

    /// Says how far it is; told with the next sign of life, so it may be said often.
    pub fn progress(&self, done: u64, total: u64, words: &str) {
        self.shared.progress(done, total, words);
    }

    /// What says how far it is from another thread.
    pub fn teller(&self) -> Teller<Q::Lease> {
        Teller(Arc::clone(&self.shared))
    }

    /// Whether the worker is about to stop: a long job leaves off at the next good place, with
    /// [`super::Done::Stopped`].
    pub fn is_stopping(&self) -> bool {
        *self.shared.stopping.borrow()
    }

    /// Leaves a word for whoever takes the job up next.
    ///
    /// # Errors
    /// Where the job is somebody else's by now, or the database can't be written to.
    #[compiled_once]
    pub async fn keep(&self, kept: &str) -> Result<(), Failure> {
        let said = self.queue.keep(self.lease(), kept).await;
        said.map_err(|trouble| match trouble {
            Trouble::Lost => Failure::Later("工作已由別的程式接手".to_owned()),
            Trouble::Failed(error) => Failure::Later(error),
        })
    }
}
