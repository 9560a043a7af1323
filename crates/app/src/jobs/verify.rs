//! Full verification: every entry, row, file and table, against what was kept outside.
//!
//! May be done twice: it only reads. Why what it finds stops all writing: a system that proves
//! compliance must not go on writing over damage. What it can't know: which side of a mismatch is
//! the true one.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::outside::Folder;
use super::queue::StoreQueue;
use super::runner::Job;
use super::trust::examine;
use super::work::blocking;
use crate::Clock;
use serde_json::json;
use store::Store;

/// The job.
#[derive(Debug, Clone)]
pub struct Verify {
    /// What is verified.
    pub store: Store,
    /// By which a verdict is dated.
    pub clock: Clock,
    /// What it must agree with, where something is kept.
    pub outside: Option<Folder>,
}

/// How many damages are told; the command tells all.
const TOLD: usize = 20;

impl Job<StoreQueue> for Verify {
    const KIND: &'static str = "verify";
    const ATTEMPTS: u32 = 3;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        context.progress(0, 0, "驗證帳本、資料列、檔案與資料結構");
        let kept = match self.outside.clone() {
            Some(outside) => blocking(move || outside.latest()).await?,
            None => Vec::new(),
        };
        let found = examine(&self.store, &kept, (self.clock)()).await;
        let found = found.map_err(|e| Failure::Later(e.to_string()))?;
        if let Some(first) = found.damages().into_iter().next() {
            // The result is told in vain then: nothing is written any more. The banner tells.
            return Err(Failure::Never(first));
        }
        let notices: Vec<String> = found.notices().into_iter().take(TOLD).collect();
        Ok(Done::with(
            json!({ "sound": true, "entries": found.entries(), "notices": notices }).to_string(),
        ))
    }
}
