//! Deriving anew what an agency's lists filter by and searches look in, after a form has changed.
//!
//! May be done twice, and goes on where it stopped: each row's values follow from its body. What
//! it can't know: which rows were right already.

use super::attempt::{Done, Failure};
use super::context::Context;
use super::queue::StoreQueue;
use super::runner::Job;
use serde_json::json;
use store::Store;

/// The job.
#[derive(Debug, Clone)]
pub struct DeriveAnew {
    /// Whose rows.
    pub store: Store,
}

/// How many rows are derived in one transaction.
const AT_ONCE: u32 = 500;

/// How far it is, between two attempts.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Kept {
    /// By which forms.
    forms: String,
    register: String,
    row: String,
    rows: u64,
}

impl Job<StoreQueue> for DeriveAnew {
    const KIND: &'static str = "derive-anew";
    const ATTEMPTS: u32 = 8;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        let later = |e: store::StoreError| Failure::Later(e.to_string());
        let mut reading = self.store.reading(context.agency()).await.map_err(later)?;
        if reading.derived().is_ok() {
            // Asked for by two processes at once, and done.
            return Ok(Done::with(json!({ "rows": 0 }).to_string()));
        }
        let total: u64 = reading.counts().await.map_err(later)?.values().sum();
        drop(reading);
        let forms = self.store.forms_name();
        // What can't be read, or was begun by another version of the program, begins anew.
        let kept: Option<Kept> = serde_json::from_str(context.kept()).ok();
        let mut kept = kept.filter(|kept| kept.forms == forms).unwrap_or_else(|| Kept {
            forms,
            ..Kept::default()
        });
        loop {
            let done = self
                .store
                .derive_anew(context.agency(), (&kept.register, &kept.row), AT_ONCE)
                .await
                .map_err(later)?;
            let Some((register, row)) = done.last else {
                break;
            };
            kept = Kept {
                forms: kept.forms,
                register,
                row,
                rows: kept.rows.saturating_add(done.rows),
            };
            context.progress(kept.rows, total, "重新推導清單與搜尋的索引");
            context.keep(&json!(kept).to_string()).await?;
            if context.is_stopping() {
                return Ok(Done::Stopped);
            }
        }
        Ok(Done::with(json!({ "rows": kept.rows }).to_string()))
    }
}
