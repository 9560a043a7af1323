//! Jobs come in: alone, or in the transaction of what they follow from.

use super::request::{NewJob, job_complete};
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::{args, kept_text};
use crate::{Store, StoreError};
use sqlx::Error;

/// What came of asking for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// The id of the job that will do it.
    pub id: String,
    /// Whether it is this one; otherwise an unfinished one of the same kind and key.
    pub fresh: bool,
}

impl Store {
    /// Asks for a job of an agency. Where an unfinished one of the same kind and key is there, or
    /// the job itself, that one will do.
    #[compiled_once]
    pub async fn enqueue(&self, agency: &str, job: NewJob, now: i64) -> Result<Enqueued, StoreError> {
        job_complete(&job)?;
        self.act(Enqueue {
            agency: agency.to_owned(),
            job,
            now,
        })
        .await
    }
}

struct Enqueue {
    agency: String,
    job: NewJob,
    now: i64,
}

impl Act for Enqueue {
    type Out = Enqueued;

    const DOING: &'static str = "排入工作";

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<Enqueued, Error> {
        enqueue(link, &self.agency, &self.job, self.now).await
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &Enqueued) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM job WHERE agency = $1 AND id = $2";
        Ok(out.fresh && link.one(sql, args![&self.agency, &out.id]).await?.is_some())
    }
}

/// Asks for jobs in the transaction of something else.
pub(crate) async fn enqueue_all(
    link: &mut Link<'_>,
    agency: &str,
    jobs: &[NewJob],
    now: i64,
) -> Result<(), Error> {
    for job in jobs {
        enqueue(link, agency, job, now).await?;
    }
    Ok(())
}

/// How often one looks for the job that was in the way and has just been finished.
const TRIES: u32 = 3;

async fn enqueue(link: &mut Link<'_>, agency: &str, job: &NewJob, now: i64) -> Result<Enqueued, Error> {
    let key = if job.key.is_empty() { &job.id } else { &job.key };
    for _ in 0..TRIES {
        if insert(link, agency, job, key, now).await? {
            return Ok(Enqueued {
                id: job.id.clone(),
                fresh: true,
            });
        }
        if let Some(id) = standing(link, agency, job, key).await? {
            return Ok(Enqueued { id, fresh: false });
        }
    }
    Err(Error::Protocol(format!(
        "job {} can be neither written nor found",
        job.id
    )))
}

async fn insert(link: &mut Link<'_>, agency: &str, job: &NewJob, key: &str, now: i64) -> Result<bool, Error> {
    let written = link
        .run(
            "INSERT INTO job (agency, id, kind, job_key, open_key, actor, payload, most_attempts, due_at,
                 created_at, state, again, attempts, taken, worker, heartbeat, steps, steps_total, words,
                 kept, result, error, finished_at)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9,
                 'queued', 0, 0, 0, '', 0, 0, 0, '', '', '', '', 0)
             ON CONFLICT DO NOTHING",
            args![
                agency,
                &job.id,
                &job.kind,
                key,
                &job.actor,
                &job.payload,
                job.most_attempts,
                job.due_at,
                now
            ],
        )
        .await?;
    if written == 0 {
        return Ok(false);
    }
    put_file(link, (agency, &job.id), "input", &job.input).await?;
    Ok(true)
}

/// The job that stands in the way of another: it is done earlier, or once more, where that is asked.
async fn standing(
    link: &mut Link<'_>,
    agency: &str,
    job: &NewJob,
    key: &str,
) -> Result<Option<String>, Error> {
    // One that has begun looked at things as they were; one that waits after a failure keeps its wait.
    link.run(
        "UPDATE job SET
             again = CASE WHEN $4 = 1 AND (attempts > 0 OR kept <> '') THEN 1 ELSE again END,
             due_at = CASE WHEN state = 'queued' AND attempts = 0 AND due_at > $5 THEN $5 ELSE due_at END
         WHERE agency = $1 AND kind = $2 AND open_key = $3 AND id <> $6",
        args![agency, &job.kind, key, i64::from(job.again), job.due_at, &job.id],
    )
    .await?;
    let found = link
        .one(
            "SELECT id FROM job WHERE agency = $1 AND ((kind = $2 AND open_key = $3) OR id = $4)
             ORDER BY CASE WHEN id = $4 THEN 0 ELSE 1 END LIMIT 1",
            args![agency, &job.kind, key, &job.id],
        )
        .await?;
    found.map(|cells| cells.owned(0)).transpose()
}

/// Keeps a file of a job; none where it is empty.
pub(super) async fn put_file(
    link: &mut Link<'_>,
    (agency, job): (&str, &str),
    part: &str,
    bytes: &[u8],
) -> Result<(), Error> {
    if bytes.is_empty() {
        return Ok(());
    }
    link.run(
        "INSERT INTO job_file (agency, job, part, bytes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (agency, job, part) DO UPDATE SET bytes = excluded.bytes",
        args![agency, job, part, bytes],
    )
    .await?;
    Ok(())
}

/// An error as it is kept: not a book.
pub(super) fn error_text(error: &str) -> String {
    kept_text(error).chars().take(2_000).collect()
}
