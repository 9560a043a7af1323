//! The daily checkpoint: where every chain ends, put where the database's own administrator
//! doesn't reach.
//!
//! Once it lies in the folder it goes on from there: to a mailbox by the outbox, and to a
//! time-stamping authority by a job of its own, so that neither keeps it from being made.
//!
//! May be done twice: a line more harms nobody. Why the last one is looked at first: of an
//! exchanged database none is made, and nothing is written any more. What it can't know: whether
//! the place is kept apart from the database; the operator says where.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::mail::{Mail, MailAddress, MailFile};
use super::outside::{Folder, differs};
use super::queue::StoreQueue;
use super::runner::Job;
use super::timestamp::stamp_job;
use super::work::blocking;
use ledger::Kept;
use serde::Serialize;
use store::{INSTALLATION, Store};

/// The job.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// Of which database.
    pub store: Store,
    /// By which it is dated.
    pub clock: crate::Clock,
    /// To where.
    pub outside: Folder,
    /// To whom it is mailed.
    pub mail_to: Option<MailAddress>,
    /// Whether an authority stamps it.
    pub stamped: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Made {
    chains: usize,
    line: String,
}

impl Checkpoint {
    /// The mail with a checkpoint.
    fn mail(kept: &Kept) -> Mail {
        let at = crate::clock::taipei(kept.checkpoint.at);
        let at = at.parse::<period::DateTime>().ok();
        let at = at.map(period::roc_instant).unwrap_or_default();
        Mail {
            subject: format!("資安法遵帳本檢查點 {at}"),
            text: format!(
                "附件是 {at} 的帳本檢查點。請將這封信保存在資料庫管理者不能更改之處；\
                 日後以 fazun ledger verify --checkpoint 附件 比對，即知帳本在此之前的紀錄有無被更改或刪除。\r\n\r\n\
                 {}\r\n",
                kept.checkpoint
            ),
            files: vec![MailFile {
                name: format!("{:020}.checkpoint.txt", kept.checkpoint.at),
                media_type: "text/plain; charset=utf-8".to_owned(),
                text: kept.to_string(),
            }],
        }
    }

    /// Sends it on from the folder.
    async fn pass_on(&self, kept: &Kept, now: i64) -> Result<(), Failure> {
        let later = |e: store::StoreError| Failure::Later(e.to_string());
        let at = kept.checkpoint.at;
        if let Some(to) = &self.mail_to {
            let message = Self::mail(kept).message(format!("checkpoint-{at}"), to, now);
            let message = message.map_err(Failure::Never)?;
            self.store.post(INSTALLATION, message, now).await.map_err(later)?;
        }
        if self.stamped {
            let job = stamp_job(at, now).map_err(Failure::Never)?;
            self.store.enqueue(INSTALLATION, job, now).await.map_err(later)?;
        }
        Ok(())
    }
}

impl Job<StoreQueue> for Checkpoint {
    const KIND: &'static str = "checkpoint";
    const ATTEMPTS: u32 = 12;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        context.progress(0, 0, "將帳本的檢查點寫到資料庫之外");
        let later = |e: store::StoreError| Failure::Later(e.to_string());
        let outside = self.outside.clone();
        let kept = blocking(move || outside.latest()).await?;
        if let Some(why) = differs(&self.store, &kept).await.map_err(later)? {
            self.store.distrust(&why);
            return Err(Failure::Never(why));
        }
        let heads = self.store.heads().await.map_err(later)?;
        let (outside, now, chains) = (self.outside.clone(), (self.clock)(), heads.len());
        let kept = blocking(move || outside.put(now, heads)).await?;
        self.pass_on(&kept, now).await?;
        let made = Made {
            chains,
            line: kept.checkpoint.to_string(),
        };
        let result = serde_json::to_string(&made).map_err(|e| Failure::Never(e.to_string()))?;
        Ok(Done::with(result))
    }
}
