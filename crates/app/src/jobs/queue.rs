//! The store as the place where jobs wait.

use super::attempt::{Far, Queue, Taken, Trouble};
use crate::Clock;
use std::time::Duration;
use store::{Backoff, Finished, JobProgress, Lease, Store, StoreError};

/// The jobs of a database, by a clock.
#[derive(Debug, Clone)]
pub struct StoreQueue {
    store: Store,
    clock: Clock,
}

impl StoreQueue {
    /// Over a store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// What a store's refusal is to a worker.
pub(super) fn trouble(error: &StoreError) -> Trouble {
    match error {
        StoreError::LeaseLost { .. } => Trouble::Lost,
        other => Trouble::Failed(other.to_string()),
    }
}

impl Queue for StoreQueue {
    type Lease = Lease;

    async fn claim(
        &self,
        worker: &str,
        kinds: &[&str],
        lease: Duration,
    ) -> Result<Option<Taken<Lease>>, Trouble> {
        let claimed = self
            .store
            .claim(worker, kinds, (self.clock)(), micros(lease))
            .await;
        let claimed = claimed.map_err(|e| trouble(&e))?;
        Ok(claimed.map(|job| Taken {
            agency: job.lease.agency().to_owned(),
            id: job.lease.id().to_owned(),
            lease: job.lease,
            kind: job.kind,
            actor: job.actor,
            payload: job.payload,
            kept: job.kept,
            attempt: job.attempt,
        }))
    }

    async fn heartbeat(&self, lease: &Lease, far: Option<&Far>, for_time: Duration) -> Result<(), Trouble> {
        let progress = far.map(|far| JobProgress {
            done: far.done,
            total: far.total,
            words: far.words.clone(),
        });
        self.store
            .heartbeat(lease, progress.as_ref(), (self.clock)(), micros(for_time))
            .await
            .map_err(|e| trouble(&e))
    }

    async fn keep(&self, lease: &Lease, kept: &str) -> Result<(), Trouble> {
        let said = self.store.keep(lease, kept, (self.clock)()).await;
        said.map_err(|e| trouble(&e))
    }

    async fn finish(&self, lease: &Lease, result: String, output: Vec<u8>) -> Result<(), Trouble> {
        let finished = Finished { result, output };
        let said = self.store.finish(lease, finished, (self.clock)()).await;
        said.map_err(|e| trouble(&e))
    }

    async fn fail(&self, lease: &Lease, error: &str, again: bool) -> Result<(), Trouble> {
        let again = again.then(Backoff::default);
        let said = self.store.fail(lease, error, again, (self.clock)()).await;
        said.map_err(|e| trouble(&e))
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), Trouble> {
        let said = self.store.give_back(lease, (self.clock)()).await;
        said.map_err(|e| trouble(&e))
    }
}
