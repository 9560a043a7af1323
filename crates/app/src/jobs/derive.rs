//! Deriving anew what an agency's lists filter by and searches look in, after a form has changed.
//!
//! May be done twice, and goes on where it stopped: each row's values follow from its body. What
//! it can't know: which rows were right already.

use super::context::Context;
use super::queue::StoreQueue;
use super::runner::{Done, Failure, Job};
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
    register: String,
    row: String,
    rows: u64,
}

impl Job<StoreQueue> for DeriveAnew {
    const KIND: &'static str = "derive-anew";
    const ATTEMPTS: u32 = 8;

    async fn run(&self, context: &Context<StoreQueue>, _payload: &str) -> Result<Done, Failure> {
        // What can't be read begins anew, which does no harm.
        let mut kept: Kept = serde_json::from_str(context.kept()).unwrap_or_default();
        loop {
            let done = self
                .store
                .derive_anew(context.agency(), (&kept.register, &kept.row), AT_ONCE)
                .await
                .map_err(|e| Failure::Later(e.to_string()))?;
            let Some((register, row)) = done.last else {
                break;
            };
            kept = Kept {
                register,
                row,
                rows: kept.rows.saturating_add(done.rows),
            };
            context.progress(kept.rows, 0, "重新推導清單與搜尋的索引");
            context.keep(&json!(kept).to_string()).await?;
            if context.is_stopping() {
                return Ok(Done::Stopped);
            }
        }
        Ok(Done::with(json!({ "rows": kept.rows }).to_string()))
    }
}
