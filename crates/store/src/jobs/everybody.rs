//! Jobs of every agency, for whoever runs the installation.
//!
//! Why without what they are about: which agency imports or exports what is that agency's; whoever
//! runs the machine needs to know what stands still, and why. What it can't know: whether a reason
//! names what it is about; reasons are told to the operator, who can read the database anyway.

use super::record::WorkState;
use crate::compiled::compiled_once;
use crate::postgres::Across;
use crate::value::{Cells, args};
use crate::{Store, StoreError};
use sqlx::Error;

/// A job as whoever runs the installation sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// Whose.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// What kind of job.
    pub kind: String,
    /// Where it stands.
    pub state: WorkState,
    /// How often it was taken up.
    pub attempts: u32,
    /// How often it may be.
    pub most_attempts: u32,
    /// Not before; of a running one, until when its worker is believed to live.
    pub due_at: i64,
    /// Why the last attempt failed; empty where none did.
    pub error: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was done or given up; 0 before.
    pub finished_at: i64,
}

impl Store {
    /// Jobs of all agencies: those that were given up, or whichever isn't finished; the latest
    /// first.
    #[compiled_once]
    pub async fn jobs_of_all(&self, dead: bool, limit: u32) -> Result<Vec<JobLine>, StoreError> {
        let which = if dead {
            "'dead'"
        } else {
            "'queued', 'running', 'dead'"
        };
        let sql = format!(
            "SELECT agency, id, kind, state, attempts, most_attempts, due_at, error, created_at, finished_at
             FROM job WHERE state IN ({which}) ORDER BY created_at DESC, agency, id LIMIT $1"
        );
        self.job_lines(&sql, args![limit]).await
    }

    /// The jobs of an id, which is an agency's own: several agencies may have one.
    #[compiled_once]
    pub async fn jobs_called(&self, id: &str) -> Result<Vec<JobLine>, StoreError> {
        let sql =
            "SELECT agency, id, kind, state, attempts, most_attempts, due_at, error, created_at, finished_at
                   FROM job WHERE id = $1 ORDER BY agency";
        self.job_lines(sql, args![id]).await
    }

    async fn job_lines(&self, sql: &str, args: Vec<crate::value::Arg>) -> Result<Vec<JobLine>, StoreError> {
        let failed = |e| self.failed("讀取工作", e);
        let mut tx = self.begin_across(Across::Queue).await?;
        let cells = tx.link().rows(sql, args).await.map_err(failed)?;
        cells
            .iter()
            .map(line)
            .collect::<Result<_, Error>>()
            .map_err(failed)
    }
}

fn line(cells: &Cells) -> Result<JobLine, Error> {
    Ok(JobLine {
        agency: cells.owned(0)?,
        id: cells.owned(1)?,
        kind: cells.owned(2)?,
        state: WorkState::of(cells.text(3)?)?,
        attempts: cells.version(4)?,
        most_attempts: cells.version(5)?,
        due_at: cells.int(6)?,
        error: cells.owned(7)?,
        created_at: cells.int(8)?,
        finished_at: cells.int(9)?,
    })
}
