//! Jobs of all agencies, for whoever runs the installation.
//!
//! What it can't know: what a job is about; that is its agency's.

use super::view::title;
use crate::compiled::compiled_once;
use crate::{App, AppError};
pub use store::{JobLine, WorkCount, WorkState};

impl App {
    /// Jobs of all agencies that were given up, or of all that aren't finished; the latest first.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn jobs_of_all(&self, dead: bool, limit: u32) -> Result<Vec<JobLine>, AppError> {
        Ok(self.store.jobs_of_all(dead, limit).await?)
    }

    /// The jobs of an id; several agencies may have one.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn jobs_called(&self, id: &str) -> Result<Vec<JobLine>, AppError> {
        Ok(self.store.jobs_called(id).await?)
    }

    /// Has a job that was given up done anew.
    ///
    /// # Errors
    /// Where it wasn't given up, or the database can't be written.
    #[compiled_once]
    pub async fn retry_job(&self, job: &JobLine) -> Result<(), AppError> {
        if self.store.requeue(&job.agency, &job.id, self.now()).await? {
            self.bell.notify_one();
            return Ok(());
        }
        Err(AppError::conflict(
            format!("工作 {} 不在待處理之列，或同一件事已另有工作在等候", job.id),
            "請執行 fazun jobs 查看目前的情形",
        ))
    }

    /// How many jobs and messages of all agencies stand how.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn work_counts(&self) -> Result<Vec<WorkCount>, AppError> {
        Ok(self.store.work_counts().await?)
    }
}

/// How long a job that is due may wait before one asks whether anybody works: microseconds.
const PATIENCE: i64 = 60 * 1_000_000;

/// Whether work waits and nobody does any: a worker that is busy with other work makes nobody wonder.
pub(crate) fn stands_still(counts: &[WorkCount], now: i64) -> bool {
    let jobs = |state| counts.iter().filter(move |c| !c.messages && c.state == state);
    let waits = jobs(WorkState::Queued).any(|c| is_overdue(c.due_at, now));
    waits && !jobs(WorkState::Running).any(|c| c.last_due_at > now)
}

/// Whether a job that was due then should have been taken up by now.
pub(super) fn is_overdue(due_at: i64, now: i64) -> bool {
    due_at.saturating_add(PATIENCE) <= now
}

/// What a kind of job does, in words.
pub fn job_title(kind: &str) -> &'static str {
    title(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_stands_still_where_it_waits_and_nobody_lives() {
        let now = 1_795_226_400_000_000;
        let count = |state, messages, due_at: i64, last_due_at: i64| WorkCount {
            messages,
            kind: "import".to_owned(),
            state,
            count: 2,
            due_at,
            last_due_at,
        };
        let waits = count(WorkState::Queued, false, now - PATIENCE, now);
        assert!(stands_still(std::slice::from_ref(&waits), now));
        for (other, still) in [
            // Somebody works, if on something else; one that died works no more.
            (count(WorkState::Running, false, now - PATIENCE, now + 1), false),
            (count(WorkState::Running, false, now - PATIENCE, now), true),
            (count(WorkState::Running, true, now, now + 1), true),
            (count(WorkState::Dead, false, now, now + 1), true),
        ] {
            assert_eq!(
                stands_still(&[waits.clone(), other.clone()], now),
                still,
                "{other:?}"
            );
        }
        // What is not due, or has only just become so, waits for nobody; mail is another's.
        for due_at in [now + 1, now, now - PATIENCE + 1] {
            assert!(!stands_still(
                &[count(WorkState::Queued, false, due_at, due_at)],
                now
            ));
        }
        assert!(!stands_still(&[count(WorkState::Queued, true, 0, 0)], now));
    }
}
