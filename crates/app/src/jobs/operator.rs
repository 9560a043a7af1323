//! Jobs of all agencies, for whoever runs the installation.
//!
//! What it can't know: what a job is about; that is its agency's.

use super::view::title;
use crate::{App, AppError};
pub use store::{JobLine, WorkCount, WorkState};

impl App {
    /// Jobs of all agencies that were given up, or of all that aren't finished; the latest first.
    ///
    /// # Errors
    /// Where the database can't be read.
    pub async fn jobs_of_all(&self, dead: bool, limit: u32) -> Result<Vec<JobLine>, AppError> {
        Ok(self.store.jobs_of_all(dead, limit).await?)
    }

    /// The jobs of an id; several agencies may have one.
    ///
    /// # Errors
    /// Where the database can't be read.
    pub async fn jobs_called(&self, id: &str) -> Result<Vec<JobLine>, AppError> {
        Ok(self.store.jobs_called(id).await?)
    }

    /// Has a job that was given up done anew.
    ///
    /// # Errors
    /// Where it wasn't given up, or the database can't be written.
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
    pub async fn work_counts(&self) -> Result<Vec<WorkCount>, AppError> {
        Ok(self.store.work_counts().await?)
    }
}

/// What a kind of job does, in words.
pub fn job_title(kind: &str) -> &'static str {
    title(kind)
}
