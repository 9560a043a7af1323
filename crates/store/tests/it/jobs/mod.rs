//! Jobs are done once, whoever dies; messages are delivered at least once.

mod desk;
mod files;
mod kill;
mod life;
mod messages;
mod model;

use super::{commit, is_sound, open, open_as, read, row};
use serde_json::json;
use store::{ClaimedJob, Commit, NewJob, Store, StoreError, WorkState};

const SECOND: i64 = 1_000_000;

/// How long workers of these tests have a job.
const LEASE: i64 = 30 * SECOND;

fn job(id: &str) -> NewJob {
    NewJob {
        id: id.into(),
        kind: "count".into(),
        actor: "wang".into(),
        payload: "{}".into(),
        most_attempts: 3,
        ..NewJob::default()
    }
}

fn keyed(id: &str, key: &str) -> NewJob {
    NewJob {
        key: key.into(),
        ..job(id)
    }
}

async fn claim(store: &Store, worker: &str, now: i64) -> Option<ClaimedJob> {
    store.claim(worker, &["count"], now, LEASE).await.unwrap()
}

async fn state(store: &Store, id: &str) -> WorkState {
    store.job_status("a", id).await.unwrap().unwrap().state
}

/// What a job writes when it is done: a row that another attempt would not run into.
fn writes(agency: &str, id: &str) -> Commit {
    commit(agency, vec![row("done", id, 0, json!({}))])
}

fn is_lost<T: std::fmt::Debug>(said: Result<T, StoreError>) -> bool {
    match said {
        Err(StoreError::LeaseLost { .. }) => true,
        Ok(_) => false,
        other => panic!("{other:?}"),
    }
}
