//! What nobody will ask for any more is taken away, some at a time.
//!
//! Why some at a time: others write meanwhile, and a year's leavings are no reason to let them
//! wait. What it can't know: how long an agency wants to see what was done; it is told.

use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::args;
use crate::{Store, StoreError};
use sqlx::Error;

/// From when on things are kept, in microseconds since 1970; what ended before goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Jobs that are done, with what they made, and messages that were sent.
    pub done: i64,
    /// Jobs and messages that were given up.
    pub dead: i64,
    /// Imports, whatever became of them.
    pub imports: i64,
    /// Answers to repeated requests.
    pub receipts: i64,
}

/// What was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Jobs.
    pub jobs: u64,
    /// Messages.
    pub messages: u64,
    /// Imports.
    pub imports: u64,
    /// Files of imports that are closed.
    pub files: u64,
    /// Answers.
    pub receipts: u64,
    /// Whether there is more: it is asked for once more.
    pub more: bool,
}

/// How many of each are taken away at once.
const AT_ONCE: u32 = 500;

impl Store {
    /// Takes away what of an agency's working space ended before; of each kind, so many at once.
    #[compiled_once]
    pub async fn clean_up(&self, agency: &str, keeping: Keeping) -> Result<Cleaned, StoreError> {
        self.act(CleanUp {
            agency: agency.to_owned(),
            keeping,
        })
        .await
    }
}

struct CleanUp {
    agency: String,
    keeping: Keeping,
}

impl Act for CleanUp {
    type Out = Cleaned;

    const DOING: &'static str = "清理工作區";

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<Cleaned, Error> {
        let (agency, keeping) = (&self.agency, &self.keeping);
        let ended = |table: &str| {
            format!(
                "SELECT id FROM {table} WHERE agency = $1 AND ((state = 'done' AND finished_at < $2)
                     OR (state = 'dead' AND finished_at < $3)) ORDER BY created_at, id LIMIT $4"
            )
        };
        let bounds = || args![agency, keeping.done, keeping.dead, AT_ONCE];
        let files = format!(
            "DELETE FROM job_file WHERE agency = $1 AND job IN ({})",
            ended("job")
        );
        link.run(&files, bounds()).await?;
        let jobs = format!("DELETE FROM job WHERE agency = $1 AND id IN ({})", ended("job"));
        let jobs = link.run(&jobs, bounds()).await?;
        let messages = format!(
            "DELETE FROM outbox WHERE agency = $1 AND id IN ({})",
            ended("outbox")
        );
        let messages = link.run(&messages, bounds()).await?;
        let imports = link
            .run(
                "DELETE FROM import_job WHERE agency = $1 AND id IN (SELECT id FROM import_job
                     WHERE agency = $1 AND at < $2 ORDER BY at, id LIMIT $3)",
                args![agency, keeping.imports, AT_ONCE],
            )
            .await?;
        // Of an import that can't be written any more, its file is of no use.
        let files = link
            .run(
                "UPDATE import_job SET bytes = $2 WHERE agency = $1 AND id IN (SELECT id FROM import_job
                     WHERE agency = $1 AND state <> 'preview' AND length(bytes) > 0 ORDER BY at, id LIMIT $3)",
                args![agency, [0_u8; 0].as_slice(), AT_ONCE],
            )
            .await?;
        let receipts = link
            .run(
                "DELETE FROM receipt WHERE agency = $1 AND (principal, key) IN (SELECT principal, key
                     FROM receipt WHERE agency = $1 AND at < $2 ORDER BY at, principal, key LIMIT $3)",
                args![agency, keeping.receipts, AT_ONCE],
            )
            .await?;
        Ok(Cleaned {
            jobs,
            messages,
            imports,
            files,
            receipts,
            more: [jobs, messages, imports, files, receipts]
                .iter()
                .any(|n| *n >= u64::from(AT_ONCE)),
        })
    }
}
