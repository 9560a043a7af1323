//! Has a checkpoint stamped by a time-stamping authority, and keeps the token beside it.
//!
//! May be done twice: the second token says a later time, and the first one is kept; whoever has the
//! token already asks for none. Why apart from the checkpoint: one that can't be stamped today is kept
//! all the same, and is stamped when the authority answers again. What it can't know: whether the
//! signer is one that a reader trusts; `fazun ledger verify --tsa-ca` tells.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::outside::Folder;
use super::queue::StoreQueue;
use super::runner::Job;
use super::tsa::Tsa;
use super::work::{blocking, read};
use ledger::{TimestampAnswer, TimestampError, TimestampRequest};
use serde::{Deserialize, Serialize};
use store::NewJob;

/// The job.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Where checkpoints lie.
    pub outside: Folder,
    /// Who stamps them.
    pub authority: Tsa,
}

/// Which checkpoint.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    /// When it was made, by which its file is called.
    at: i64,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stamped {
    /// When, as the authority says, in microseconds since 1970.
    pub at: i64,
    /// Its number of the token.
    pub serial: String,
    /// Under which policy.
    pub policy: String,
}

/// The stamping of a checkpoint, as a job: of one checkpoint there is one.
pub(super) fn stamp_job(at: i64, now: i64) -> Result<NewJob, String> {
    Ok(NewJob {
        id: format!("{}-{at}", Stamp::KIND),
        kind: Stamp::KIND.to_owned(),
        key: at.to_string(),
        actor: "system".to_owned(),
        payload: serde_json::to_string(&Payload { at }).map_err(|e| e.to_string())?,
        due_at: now,
        most_attempts: Stamp::ATTEMPTS,
        ..NewJob::default()
    })
}

fn random() -> Result<[u8; 16], String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| format!("作業系統沒有提供亂數（{e}）"))?;
    Ok(bytes)
}

impl Stamp {
    /// Asks for a token and keeps it, unless there is one.
    pub(super) fn stamp(&self, at: i64) -> Result<Stamped, String> {
        let line = self.outside.line(at)?;
        let imprint = ledger::sha256(line.as_bytes());
        let told = |e: TimestampError| e.to_string();
        let stamp = if let Some(bytes) = self.outside.token(at)? {
            // An attempt before kept it and died before it could say so.
            let stamp = TimestampAnswer::read(&bytes).and_then(|answer| answer.timestamp());
            let stamp = stamp.map_err(told)?;
            if stamp.imprint.as_slice() != imprint {
                return Err(told(TimestampError::OtherImprint));
            }
            stamp
        } else {
            let request = TimestampRequest::new(imprint, random()?);
            let bytes = self.authority.ask(&request.to_der().map_err(told)?)?;
            let answer = TimestampAnswer::read(&bytes).map_err(told)?;
            let stamp = request.check(&answer).map_err(told)?;
            self.outside.put_token(at, &bytes)?;
            stamp
        };
        Ok(Stamped {
            at: stamp.at,
            serial: stamp.serial,
            policy: stamp.policy,
        })
    }
}

impl Job<StoreQueue> for Stamp {
    const KIND: &'static str = "timestamp";
    const ATTEMPTS: u32 = 20;

    async fn run(&self, context: &Context<StoreQueue>, payload: &str) -> Result<Done, Failure> {
        let Payload { at } = read(payload)?;
        context.progress(0, 0, "向時戳服務要求檢查點的時戳");
        let own = self.clone();
        let stamped = blocking(move || own.stamp(at)).await?;
        let result = serde_json::to_string(&stamped).map_err(|e| Failure::Never(e.to_string()))?;
        Ok(Done::with(result))
    }
}
