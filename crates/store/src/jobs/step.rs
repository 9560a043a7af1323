//! What a worker says of what it has: that it lives, how far it is, that it is done or failed.
//!
//! Why each of these asks for the lease again: between two words of a worker it may have been
//! given up for dead, and somebody else is at it. What it can't know: what the worker did outside
//! the database.

use super::backoff::Backoff;
use super::enqueue::{error_text, put_file};
use super::lease::{Finished, Lease, Step, Table, Then};
use super::record::JobProgress;
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::{Arg, args, kept_text};
use crate::{Commit, Committed, Store, StoreError};
use sqlx::Error;

impl Store {
    /// A worker lives: it has its job or message until then. Says how far a job is.
    #[compiled_once]
    pub async fn heartbeat(
        &self,
        lease: &Lease,
        progress: Option<&JobProgress>,
        now: i64,
        for_micros: i64,
    ) -> Result<(), StoreError> {
        self.word(
            lease,
            Word::Alive {
                until: now.saturating_add(for_micros.max(1)),
                progress: progress.cloned().filter(|_| lease.table == Table::Job),
            },
            now,
        )
        .await
    }

    /// A job has got so far, and whoever takes it up after this worker is told so.
    #[compiled_once]
    pub async fn keep(&self, lease: &Lease, kept: &str, now: i64) -> Result<(), StoreError> {
        let kept = kept.to_owned();
        self.word(lease, Word::Step(Then::GoOn { kept }), now).await
    }

    /// A job is done, and wrote no record.
    #[compiled_once]
    pub async fn finish(&self, lease: &Lease, finished: Finished, now: i64) -> Result<(), StoreError> {
        self.word(lease, Word::Step(Then::Finish(finished)), now).await
    }

    /// A job is done by what it writes: both, or neither where somebody else has it by now.
    #[compiled_once]
    pub async fn finish_with(
        &self,
        lease: &Lease,
        finished: Finished,
        mut commit: Commit,
    ) -> Result<Committed, StoreError> {
        commit.step = Some(Step {
            lease: lease.clone(),
            then: Then::Finish(finished),
        });
        self.commit(commit).await
    }

    /// An attempt failed. It is tried again after a wait, unless it was the last one or trying
    /// again is of no use.
    #[compiled_once]
    pub async fn fail(
        &self,
        lease: &Lease,
        error: &str,
        again: Option<Backoff>,
        now: i64,
    ) -> Result<(), StoreError> {
        let error = error_text(error);
        self.word(lease, Word::Failed { error, again }, now).await
    }

    /// A worker stops before it is done, and lets another one do it: the attempt doesn't count.
    #[compiled_once]
    pub async fn give_back(&self, lease: &Lease, now: i64) -> Result<(), StoreError> {
        self.word(lease, Word::GivenBack, now).await
    }

    pub(super) async fn word(&self, lease: &Lease, word: Word, now: i64) -> Result<(), StoreError> {
        self.act(Said {
            lease: lease.clone(),
            word,
            now,
        })
        .await
    }
}

/// What a worker says.
pub(super) enum Word {
    Alive {
        until: i64,
        progress: Option<JobProgress>,
    },
    Step(Then),
    Sent,
    Failed {
        error: String,
        again: Option<Backoff>,
    },
    GivenBack,
}

struct Said {
    lease: Lease,
    word: Word,
    now: i64,
}

impl Act for Said {
    type Out = ();

    const DOING: &'static str = "回報工作";

    fn agency(&self) -> &str {
        &self.lease.agency
    }

    async fn act(&self, link: &mut Link<'_>, refused: &mut Option<StoreError>) -> Result<(), Error> {
        let (lease, now) = (&self.lease, self.now);
        let heard = match &self.word {
            Word::Alive { until, progress } => alive(link, lease, progress.as_ref(), now, *until).await?,
            Word::Step(then) => step(link, lease, then, now).await?,
            Word::Sent => {
                let set = "state = 'done', error = '', finished_at = $5, heartbeat = $5";
                update(link, lease, set, args![now]).await?
            }
            Word::Failed { error, again } => failed(link, lease, error, *again, now).await?,
            Word::GivenBack => {
                let set = "state = 'queued', attempts = attempts - 1, due_at = $5, heartbeat = $5";
                update(link, lease, set, args![now]).await?
            }
        };
        if !heard {
            *refused = Some(lost(lease));
        }
        Ok(())
    }

    async fn was_kept(&self, link: &mut Link<'_>, _out: &()) -> Result<bool, Error> {
        match &self.word {
            // These may be said twice.
            Word::Alive { .. } | Word::Step(Then::GoOn { .. }) => Ok(false),
            // Nobody else ends what this worker took.
            Word::Step(Then::Finish(_)) | Word::Sent | Word::Failed { .. } | Word::GivenBack => {
                stands(link, &self.lease, false).await
            }
        }
    }
}

/// What a commit is to a job, in its transaction; why it is nothing.
pub(crate) async fn carry_out(
    link: &mut Link<'_>,
    agency: &str,
    step_of: &Step,
    now: i64,
) -> Result<Option<StoreError>, Error> {
    if step_of.lease.agency != agency {
        return Ok(Some(StoreError::Incomplete {
            what: "工作屬於另一個機關",
        }));
    }
    let heard = step(link, &step_of.lease, &step_of.then, now).await?;
    Ok((!heard).then(|| lost(&step_of.lease)))
}

/// Whether what a lease is for was last taken by it, and is being worked on or no more.
pub(super) async fn stands(link: &mut Link<'_>, lease: &Lease, running: bool) -> Result<bool, Error> {
    let (name, is) = (lease.table.name(), if running { "=" } else { "<>" });
    let sql = format!(
        "SELECT 1 FROM {name}
         WHERE agency = $1 AND id = $2 AND taken = $3 AND worker = $4 AND state {is} 'running'"
    );
    let args = args![&lease.agency, &lease.id, lease.taken, &lease.worker];
    Ok(link.one(&sql, args).await?.is_some())
}

fn lost(lease: &Lease) -> StoreError {
    StoreError::LeaseLost { id: lease.id.clone() }
}

/// Changes what a lease is for, if it still holds. `$5` is the first of the values.
async fn update(link: &mut Link<'_>, lease: &Lease, set: &str, values: Vec<Arg>) -> Result<bool, Error> {
    let name = lease.table.name();
    let sql = format!(
        "UPDATE {name} SET {set}
         WHERE agency = $1 AND id = $2 AND state = 'running' AND taken = $3 AND worker = $4"
    );
    let mut args = args![&lease.agency, &lease.id, lease.taken, &lease.worker];
    args.extend(values);
    Ok(link.run(&sql, args).await? > 0)
}

async fn alive(
    link: &mut Link<'_>,
    lease: &Lease,
    progress: Option<&JobProgress>,
    now: i64,
    until: i64,
) -> Result<bool, Error> {
    let mut set = "heartbeat = $5, due_at = $6".to_owned();
    let mut values = args![now, until];
    if let Some(progress) = progress {
        set.push_str(", steps = $7, steps_total = $8, words = $9");
        values.extend(args![progress.done, progress.total, kept_text(&progress.words)]);
    }
    update(link, lease, &set, values).await
}

/// As what a job is finished or asked for once more, set where it was asked for again meanwhile.
const ONCE_MORE: &str = "again = 0, kept = '',
    open_key = CASE WHEN again = 1 THEN open_key END,
    attempts = CASE WHEN again = 1 THEN 0 ELSE attempts END,
    due_at = $5, finished_at = CASE WHEN again = 1 THEN 0 ELSE $5 END";

async fn step(link: &mut Link<'_>, lease: &Lease, then: &Then, now: i64) -> Result<bool, Error> {
    // A message has no steps.
    if lease.table != Table::Job {
        return Ok(false);
    }
    match then {
        Then::GoOn { kept } => {
            let set = "kept = $6, heartbeat = $5";
            update(link, lease, set, args![now, kept_text(kept)]).await
        }
        Then::Finish(finished) => {
            let set = format!(
                "{ONCE_MORE}, state = CASE WHEN again = 1 THEN 'queued' ELSE 'done' END,
                 heartbeat = $5, result = $6, error = ''"
            );
            let heard = update(link, lease, &set, args![now, kept_text(&finished.result)]).await?;
            if heard {
                put_file(link, (&lease.agency, &lease.id), "output", &finished.output).await?;
                drop_input(link, lease).await?;
            }
            Ok(heard)
        }
    }
}

/// What a job worked on is of no use once it is done.
async fn drop_input(link: &mut Link<'_>, lease: &Lease) -> Result<(), Error> {
    link.run(
        "DELETE FROM job_file WHERE agency = $1 AND job = $2 AND part = 'input'
         AND EXISTS (SELECT 1 FROM job WHERE agency = $1 AND id = $2 AND state = 'done')",
        args![&lease.agency, &lease.id],
    )
    .await?;
    Ok(())
}

async fn failed(
    link: &mut Link<'_>,
    lease: &Lease,
    error: &str,
    again: Option<Backoff>,
    now: i64,
) -> Result<bool, Error> {
    let name = lease.table.name();
    let sql = format!(
        "SELECT attempts, most_attempts FROM {name}
         WHERE agency = $1 AND id = $2 AND state = 'running' AND taken = $3 AND worker = $4"
    );
    let args = args![&lease.agency, &lease.id, lease.taken, &lease.worker];
    let Some(cells) = link.one(&sql, args).await? else {
        return Ok(false);
    };
    let (attempt, most) = (cells.version(0)?, cells.version(1)?);
    let set = match again {
        Some(backoff) if attempt < most => {
            let due = now.saturating_add(backoff.wait(&lease.agency, &lease.id, attempt));
            let set = "state = 'queued', heartbeat = $5, error = $6, due_at = $7";
            return update(link, lease, set, args![now, error, due]).await;
        }
        // What was asked for meanwhile is a request of its own.
        _ if lease.table == Table::Job => {
            format!(
                "{ONCE_MORE}, state = CASE WHEN again = 1 THEN 'queued' ELSE 'dead' END,
                 heartbeat = $5, error = $6"
            )
        }
        _ => "state = 'dead', finished_at = $5, heartbeat = $5, error = $6".to_owned(),
    };
    update(link, lease, &set, args![now, error]).await
}

#[cfg(test)]
mod tests;
