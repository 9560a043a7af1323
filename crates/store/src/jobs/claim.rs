//! Who does what: a job or a message is taken by one worker, over any number of processes.
//!
//! Why two steps: what is due is looked for across agencies without holding anything; one of it
//! is then taken in a transaction of its agency, where it still is due. Why agencies that have
//! something running come last: who asks for a thousand exports lets others through.

use super::lease::{ClaimedJob, Lease, Table};
use super::step::stands;
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::postgres::Across;
use crate::value::{Arg, args};
use crate::{Store, StoreError};
use sqlx::Error;

/// What is looked at in one go; several workers look at the same.
const LOOKED_AT: u32 = 16;

/// Why something is given up whose workers only ever vanished.
const VANISHED: &str = "執行這項工作的程式多次中斷而沒有回報。請查看服務紀錄（常見原因：記憶體不足、服務被強制終止），處理後再重新執行";

impl Store {
    /// Takes one job that is due, of some kinds, for so many microseconds; none where none is.
    /// One whose worker was not heard of in time is taken again, with a further attempt; one that
    /// was tried often enough is given up instead.
    #[compiled_once]
    pub async fn claim(
        &self,
        worker: &str,
        kinds: &[&str],
        now: i64,
        lease: i64,
    ) -> Result<Option<ClaimedJob>, StoreError> {
        let taken = self.claim_of(Table::Job, worker, kinds, now, lease).await?;
        let Some(lease) = taken else {
            return Ok(None);
        };
        let mut reading = self.reading(lease.agency()).await?;
        reading.claimed_job(lease).await
    }

    pub(super) async fn claim_of(
        &self,
        table: Table,
        worker: &str,
        kinds: &[&str],
        now: i64,
        lease: i64,
    ) -> Result<Option<Lease>, StoreError> {
        if worker.trim().is_empty() {
            return Err(StoreError::Incomplete {
                what: "未載明由誰執行工作",
            });
        }
        for others_first in [true, false] {
            for (agency, id) in self.due(table, kinds, now, others_first).await? {
                let take = Take {
                    lease: Lease {
                        agency,
                        id,
                        worker: worker.to_owned(),
                        taken: 0,
                        table,
                    },
                    now,
                    until: now.saturating_add(lease.max(1)),
                };
                if let Some(lease) = self.act(take).await? {
                    return Ok(Some(lease));
                }
            }
        }
        Ok(None)
    }

    /// What may be taken, the longest due first.
    async fn due(
        &self,
        table: Table,
        kinds: &[&str],
        now: i64,
        others_first: bool,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut tx = self.begin_across(Across::Queue).await?;
        let kinds = Arg::Texts(kinds.iter().map(|&kind| kind.to_owned()).collect());
        let (name, known) = (table.name(), tx.dialect().among("kind", "$2"));
        let idle = if others_first {
            format!(
                "AND agency NOT IN (SELECT r.agency FROM {name} r WHERE r.state = 'running' AND r.due_at > $1)"
            )
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT agency, id FROM {name}
             WHERE state IN ('queued', 'running') AND due_at <= $1 AND {known} {idle}
             ORDER BY due_at, agency, id LIMIT $3"
        );
        let cells = tx
            .link()
            .rows(&sql, vec![Arg::from(now), kinds, Arg::from(LOOKED_AT)])
            .await;
        let cells = cells.map_err(|e| self.failed("尋找工作", e))?;
        cells
            .iter()
            .map(|c| Ok((c.owned(0)?, c.owned(1)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed("尋找工作", e))
    }
}

struct Take {
    lease: Lease,
    now: i64,
    until: i64,
}

impl Act for Take {
    type Out = Option<Lease>;

    const DOING: &'static str = "領取工作";

    fn agency(&self) -> &str {
        &self.lease.agency
    }

    async fn act(
        &self,
        link: &mut Link<'_>,
        _refused: &mut Option<StoreError>,
    ) -> Result<Option<Lease>, Error> {
        let Lease {
            agency,
            id,
            worker,
            table,
            ..
        } = &self.lease;
        let name = table.name();
        // Whoever holds it is at it: it is passed by, not waited for.
        let lock = link.dialect().skip_locked();
        let sql = format!(
            "SELECT state, attempts, most_attempts, taken FROM {name}
             WHERE agency = $1 AND id = $2 AND state IN ('queued', 'running') AND due_at <= $3{lock}"
        );
        let Some(cells) = link.one(&sql, args![agency, id, self.now]).await? else {
            return Ok(None);
        };
        let (vanished, taken) = (cells.text(0)? == "running", cells.unsigned(3)?);
        if vanished && cells.int(1)? >= cells.int(2)? {
            let closing = table.closing();
            let sql = format!(
                "UPDATE {name} SET state = 'dead', error = $3, finished_at = $4{closing}
                 WHERE agency = $1 AND id = $2"
            );
            link.run(&sql, args![agency, id, VANISHED, self.now]).await?;
            return Ok(None);
        }
        let taken = taken.saturating_add(1);
        let sql = format!(
            "UPDATE {name} SET state = 'running', attempts = attempts + 1, taken = $3, worker = $4,
                 heartbeat = $5, due_at = $6 WHERE agency = $1 AND id = $2"
        );
        link.run(&sql, args![agency, id, taken, worker, self.now, self.until])
            .await?;
        Ok(Some(Lease {
            taken,
            ..self.lease.clone()
        }))
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &Option<Lease>) -> Result<bool, Error> {
        match out {
            Some(lease) => stands(link, lease, true).await,
            // Nothing was to be had, or something was given up: both are found again.
            None => Ok(false),
        }
    }
}
