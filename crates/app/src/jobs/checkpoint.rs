//! The daily checkpoint: where every chain ends, put where the database's own administrator
//! doesn't reach.
//!
//! May be done twice: a line more harms nobody. Why the last one is looked at first: of an
//! exchanged database none is made, and nothing is written any more. What it can't know: whether
//! the place is kept apart from the database; the operator says where.

use super::context::Context;
use super::outside::{Folder, differs};
use super::queue::StoreQueue;
use super::runner::{Done, Failure, Job};
use serde_json::json;
use store::Store;

/// The job.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// Of which database.
    pub store: Store,
    /// By which it is dated.
    pub clock: crate::Clock,
    /// To where.
    pub outside: Folder,
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
        let line = blocking(move || outside.put(now, heads)).await?;
        Ok(Done::with(json!({ "chains": chains, "line": line }).to_string()))
    }
}

/// Reads or writes files on a thread that may wait for them.
pub(super) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(act).await {
        Ok(done) => done.map_err(Failure::Later),
        Err(error) => Err(Failure::Later(format!(
            "存取檢查點時中斷（{error}）。請查看服務紀錄"
        ))),
    }
}
