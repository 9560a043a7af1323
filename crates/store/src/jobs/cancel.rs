//! A job that nobody wants any more, before anybody took it up or after it was given up.
//!
//! Why none that runs: it is half done, and what it does is done once anyway. Why it counts as done: it
//! is no failure that somebody must look at; why it was given up is kept. What it can't know: who may.

use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::value::{args, kept_text};
use crate::{Store, StoreError};
use sqlx::Error;

impl Store {
    /// Ends a job that waits or was given up, with a result that says so. False where it is no such job.
    #[compiled_once]
    pub async fn cancel(&self, agency: &str, id: &str, result: &str, now: i64) -> Result<bool, StoreError> {
        self.act(Cancel {
            agency: agency.to_owned(),
            id: id.to_owned(),
            result: kept_text(result),
            now,
        })
        .await
    }
}

struct Cancel {
    agency: String,
    id: String,
    result: String,
    now: i64,
}

impl Act for Cancel {
    type Out = bool;

    const DOING: &'static str = "取消工作";

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        let ended = link
            .run(
                "UPDATE job SET state = 'done', open_key = NULL, again = 0, kept = '',
                     error = CASE state WHEN 'dead' THEN error ELSE '' END, result = $3, finished_at = $4
                 WHERE agency = $1 AND id = $2 AND state IN ('queued', 'dead')",
                args![&self.agency, &self.id, &self.result, self.now],
            )
            .await?;
        if ended > 0 {
            link.run(
                "DELETE FROM job_file WHERE agency = $1 AND job = $2",
                args![&self.agency, &self.id],
            )
            .await?;
        }
        Ok(ended > 0)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM job WHERE agency = $1 AND id = $2 AND state = 'done'
                   AND result = $3 AND finished_at = $4";
        let args = args![&self.agency, &self.id, &self.result, self.now];
        Ok(*out && link.one(sql, args).await?.is_some())
    }
}
