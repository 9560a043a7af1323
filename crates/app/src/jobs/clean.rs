//! Clean-up of one agency: previews nobody wrote, files of those put aside, old answers, jobs that
//! are over.
//!
//! May be done twice: what is gone is gone. What it can't know: how long an agency wants to see
//! what was done; a preview is kept as long as its page says.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use crate::Clock;
use serde_json::json;
use store::{Cleaned, Keeping, Store};

/// The job.
#[derive(Debug, Clone)]
pub struct CleanUp {
    /// Whose working space.
    pub store: Store,
    /// By which things are old.
    pub clock: Clock,
}

const DAY: i64 = 24 * 3600 * 1_000_000;
/// Jobs that are done, with what they made: long enough to fetch an export.
pub(super) const DONE: i64 = 14 * DAY;
/// Dead letters: long enough for somebody to come back from leave.
const DEAD: i64 = 90 * DAY;
/// Previews: as long as their page says.
const IMPORTS: i64 = 90 * DAY;
/// Answers to repeated requests: longer than a preview waits to be written.
const RECEIPTS: i64 = 120 * DAY;

impl Job<StoreQueue> for CleanUp {
    const KIND: &'static str = "clean-up";
    const ATTEMPTS: u32 = 5;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        let now = (self.clock)();
        let keeping = Keeping {
            done: now.saturating_sub(DONE),
            dead: now.saturating_sub(DEAD),
            imports: now.saturating_sub(IMPORTS),
            receipts: now.saturating_sub(RECEIPTS),
        };
        let mut all = Cleaned::default();
        loop {
            let some = self.store.clean_up(context.agency(), keeping).await;
            let some = some.map_err(|e| Failure::Later(e.to_string()))?;
            all.jobs += some.jobs;
            all.messages += some.messages;
            all.imports += some.imports;
            all.files += some.files;
            all.receipts += some.receipts;
            let gone = all.jobs + all.messages + all.imports + all.files + all.receipts;
            context.progress(gone, 0, "清理逾期的預覽與工作");
            if !some.more {
                break;
            }
            if context.is_stopping() {
                return Ok(Done::Stopped);
            }
        }
        Ok(Done::with(
            json!({
                "jobs": all.jobs,
                "messages": all.messages,
                "imports": all.imports,
                "files": all.files,
                "receipts": all.receipts,
            })
            .to_string(),
        ))
    }
}
