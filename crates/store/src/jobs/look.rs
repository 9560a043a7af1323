//! How jobs stand, for whoever asked for them and for whoever runs the installation.

use super::lease::{ClaimedJob, Lease, Table};
use super::record::{JobProgress, JobRecord, WorkState};
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::postgres::Across;
use crate::value::{Cells, args};
use crate::{Reading, Store, StoreError};
use sqlx::Error;

/// How many jobs or messages of all agencies stand alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCount {
    /// Whether they are messages; jobs otherwise.
    pub messages: bool,
    /// What kind.
    pub kind: String,
    /// How they stand.
    pub state: WorkState,
    /// How many.
    pub count: u64,
    /// When the first of them is or was due.
    pub due_at: i64,
    /// The same of the last one: of what is under way, until when some worker is believed to live.
    pub last_due_at: i64,
}

const JOB: &str = "j.agency, j.id, j.kind, j.job_key, j.actor, j.payload, j.state, j.attempts, \
    j.most_attempts, j.due_at, j.worker, j.heartbeat, j.steps, j.steps_total, j.words, j.result, j.error, \
    j.created_at, j.finished_at, COALESCE((SELECT length(f.bytes) FROM job_file f \
    WHERE f.agency = j.agency AND f.job = j.id AND f.part = 'output'), 0)";

fn record(cells: &Cells) -> Result<JobRecord, Error> {
    Ok(JobRecord {
        agency: cells.owned(0)?,
        id: cells.owned(1)?,
        kind: cells.owned(2)?,
        key: cells.owned(3)?,
        actor: cells.owned(4)?,
        payload: cells.owned(5)?,
        state: WorkState::of(cells.text(6)?)?,
        attempts: cells.version(7)?,
        most_attempts: cells.version(8)?,
        due_at: cells.int(9)?,
        worker: cells.owned(10)?,
        heartbeat: cells.int(11)?,
        progress: JobProgress {
            done: cells.unsigned(12)?,
            total: cells.unsigned(13)?,
            words: cells.owned(14)?,
        },
        result: cells.owned(15)?,
        error: cells.owned(16)?,
        created_at: cells.int(17)?,
        finished_at: cells.int(18)?,
        output_len: cells.unsigned(19)?,
    })
}

impl Reading {
    async fn job_records(
        &mut self,
        which: &str,
        args: Vec<crate::value::Arg>,
    ) -> Result<Vec<JobRecord>, StoreError> {
        let sql = format!("SELECT {JOB} FROM job j WHERE j.agency = $1 {which}");
        let cells = self.cells(&sql, args).await?;
        cells
            .iter()
            .map(record)
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// The agency's jobs, the latest first.
    #[compiled_once]
    pub async fn jobs(&mut self, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        let args = args![self.agency(), limit];
        self.job_records("ORDER BY j.created_at DESC, j.id LIMIT $2", args)
            .await
    }

    /// How a job stands.
    #[compiled_once]
    pub async fn job_status(&mut self, id: &str) -> Result<Option<JobRecord>, StoreError> {
        let args = args![self.agency(), id];
        Ok(self.job_records("AND j.id = $2", args).await?.pop())
    }

    /// The latest job of a kind about one thing, by its key.
    #[compiled_once]
    pub async fn job_about(&mut self, kind: &str, key: &str) -> Result<Option<JobRecord>, StoreError> {
        let args = args![self.agency(), kind, key];
        let which = "AND j.kind = $2 AND j.job_key = $3 ORDER BY j.created_at DESC, j.id DESC LIMIT 1";
        Ok(self.job_records(which, args).await?.pop())
    }

    /// The agency's jobs of one person, the latest first.
    #[compiled_once]
    pub async fn jobs_of(&mut self, actor: &str, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        let args = args![self.agency(), actor, limit];
        let which = "AND j.actor = $2 ORDER BY j.created_at DESC, j.id LIMIT $3";
        self.job_records(which, args).await
    }

    /// The agency's jobs that were given up, the latest first.
    #[compiled_once]
    pub async fn dead_letters(&mut self, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        let args = args![self.agency(), limit];
        self.job_records(
            "AND j.state = 'dead' ORDER BY j.created_at DESC, j.id LIMIT $2",
            args,
        )
        .await
    }

    /// What a job was given to work on; nothing where it was given nothing, or is done.
    #[compiled_once]
    pub async fn job_input(&mut self, id: &str) -> Result<Vec<u8>, StoreError> {
        self.job_file(id, "input").await
    }

    /// What a job made; nothing where it made nothing or isn't done.
    #[compiled_once]
    pub async fn job_output(&mut self, id: &str) -> Result<Vec<u8>, StoreError> {
        self.job_file(id, "output").await
    }

    async fn job_file(&mut self, id: &str, part: &str) -> Result<Vec<u8>, StoreError> {
        let args = args![self.agency(), id, part];
        let sql = "SELECT bytes FROM job_file WHERE agency = $1 AND job = $2 AND part = $3";
        let cells = self.cells(sql, args).await?;
        let bytes = cells.first().map(|c| c.bytes(0).map(<[u8]>::to_vec)).transpose();
        Ok(bytes.map_err(|e| self.failed(e))?.unwrap_or_default())
    }

    /// What a worker must know of what it has just taken; none where it was taken from it already.
    pub(super) async fn claimed_job(&mut self, lease: Lease) -> Result<Option<ClaimedJob>, StoreError> {
        let args = args![self.agency(), lease.id(), lease.taken];
        let sql = "SELECT kind, actor, payload, kept, attempts, most_attempts, created_at FROM job
                   WHERE agency = $1 AND id = $2 AND taken = $3";
        let cells = self.cells(sql, args).await?;
        let Some(cells) = cells.first() else {
            return Ok(None);
        };
        let job = |c: &Cells| {
            Ok(ClaimedJob {
                lease,
                kind: c.owned(0)?,
                actor: c.owned(1)?,
                payload: c.owned(2)?,
                kept: c.owned(3)?,
                attempt: c.version(4)?,
                most_attempts: c.version(5)?,
                created_at: c.int(6)?,
            })
        };
        job(cells).map(Some).map_err(|e: Error| self.failed(e))
    }
}

impl Store {
    /// An agency's jobs, the latest first.
    #[compiled_once]
    pub async fn jobs(&self, agency: &str, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        self.reading(agency).await?.jobs(limit).await
    }

    /// How a job stands.
    #[compiled_once]
    pub async fn job_status(&self, agency: &str, id: &str) -> Result<Option<JobRecord>, StoreError> {
        self.reading(agency).await?.job_status(id).await
    }

    /// An agency's jobs that were given up, the latest first.
    #[compiled_once]
    pub async fn dead_letters(&self, agency: &str, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        self.reading(agency).await?.dead_letters(limit).await
    }

    /// How many jobs and messages of all agencies stand how: for whoever runs the installation. It
    /// tells nothing of what they are about.
    #[compiled_once]
    pub async fn work_counts(&self) -> Result<Vec<WorkCount>, StoreError> {
        let mut tx = self.begin_across(Across::Queue).await?;
        let mut counts = Vec::new();
        for table in [Table::Job, Table::Outbox] {
            let sql = format!(
                "SELECT kind, state, COUNT(*), MIN(due_at), MAX(due_at) FROM {} GROUP BY kind, state ORDER BY kind, state",
                table.name()
            );
            let cells = tx.link().rows(&sql, Vec::new()).await;
            let cells = cells.map_err(|e| self.failed("計算工作", e))?;
            for c in &cells {
                let count = || {
                    Ok::<_, Error>(WorkCount {
                        messages: table == Table::Outbox,
                        kind: c.owned(0)?,
                        state: WorkState::of(c.text(1)?)?,
                        count: c.unsigned(2)?,
                        due_at: c.int(3)?,
                        last_due_at: c.int(4)?,
                    })
                };
                counts.push(count().map_err(|e| self.failed("計算工作", e))?);
            }
        }
        Ok(counts)
    }

    /// Has a job that was given up done anew, with all its attempts. False where there is none, or
    /// an unfinished one of the same kind and key.
    #[compiled_once]
    pub async fn requeue(&self, agency: &str, id: &str, now: i64) -> Result<bool, StoreError> {
        self.act(Requeue {
            table: Table::Job,
            agency: agency.to_owned(),
            id: id.to_owned(),
            now,
        })
        .await
    }
}

/// Has something that was given up done anew.
pub(super) struct Requeue {
    pub table: Table,
    pub agency: String,
    pub id: String,
    pub now: i64,
}

impl Act for Requeue {
    type Out = bool;

    const DOING: &'static str = "重新執行工作";

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        let (open, unless) = match self.table {
            Table::Job => (
                ", open_key = job_key",
                "AND NOT EXISTS (SELECT 1 FROM job o WHERE o.agency = $1 AND o.kind = job.kind
                     AND o.open_key = job.job_key)",
            ),
            Table::Outbox => ("", ""),
        };
        let sql = format!(
            "UPDATE {} SET state = 'queued', attempts = 0, due_at = $3, finished_at = 0{open}
             WHERE agency = $1 AND id = $2 AND state = 'dead' {unless}",
            self.table.name()
        );
        Ok(link.run(&sql, args![&self.agency, &self.id, self.now]).await? > 0)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        let sql = format!(
            "SELECT 1 FROM {} WHERE agency = $1 AND id = $2 AND state <> 'dead'",
            self.table.name()
        );
        Ok(*out && link.one(&sql, args![&self.agency, &self.id]).await?.is_some())
    }
}
