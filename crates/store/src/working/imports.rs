//! An import is kept while it waits to be written, and closed.

use super::{Job, Receipt, insert_receipt, receipt};
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::args;
use crate::{Store, StoreError};
use sqlx::Error;

impl Store {
    /// Keeps an import, and forgets those of the agency made before `forget_before`.
    #[compiled_once]
    pub async fn put_job(&self, job: &Job, forget_before: i64) -> Result<(), StoreError> {
        self.act(PutJob {
            job: job.clone(),
            forget_before,
        })
        .await
    }

    /// Closes an import that nothing was written of: its new state and detail, its file dropped.
    /// The receipt is the one that writing it would leave, so that of the two only one happens;
    /// false where it was written, or closed, before.
    #[compiled_once]
    pub async fn close_job(&self, job: &Job, receipt: &Receipt) -> Result<bool, StoreError> {
        self.act(CloseJob {
            job: job.clone(),
            receipt: receipt.clone(),
        })
        .await
    }
}

struct PutJob {
    job: Job,
    forget_before: i64,
}

const DOING: &str = "存取工作區";

impl Act for PutJob {
    type Out = ();

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.job.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        let job = &self.job;
        link.run(
            "DELETE FROM import_job WHERE agency = $1 AND at < $2",
            args![&job.agency, self.forget_before],
        )
        .await?;
        link.run(
            "INSERT INTO import_job (agency, id, register, actor, at, state, detail, bytes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (agency, id) DO UPDATE SET state = excluded.state, detail = excluded.detail",
            args![
                &job.agency,
                &job.id,
                &job.register,
                &job.actor,
                job.at,
                &job.state,
                &job.detail,
                job.bytes.as_slice()
            ],
        )
        .await?;
        Ok(())
    }
}

struct CloseJob {
    job: Job,
    receipt: Receipt,
}

impl Act for CloseJob {
    type Out = bool;

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.job.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        let (job, receipt) = (&self.job, &self.receipt);
        if !insert_receipt(link, &job.agency, receipt, job.at).await? {
            return Ok(false);
        }
        link.run(
            "UPDATE import_job SET state = $3, detail = $4, bytes = $5 WHERE agency = $1 AND id = $2",
            args![
                &job.agency,
                &job.id,
                &job.state,
                &job.detail,
                [0_u8; 0].as_slice()
            ],
        )
        .await?;
        Ok(true)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        // The receipt is there now either way; whose closing it was, the state tells.
        let (job, receipt) = (&self.job, &self.receipt);
        let kept = self::receipt(link, args![&job.agency, &receipt.principal, &receipt.key]).await?;
        Ok(*out && kept.is_some_and(|kept| kept.request == receipt.request && kept.answer == receipt.answer))
    }
}
