//! Whether the database is trusted: found out by one process, and heeded by all of them.
//!
//! Why a watch beside the jobs: of a database that isn't trusted no job is taken up, and a server
//! without a worker must learn of it too. Why a verification lifts only what was found before it
//! began: what was found meanwhile is about something else. What it can't know: who mends the
//! database; whichever process verifies it whole afterwards, at its start, says so to all.

use super::outside::Folder;
use super::runner::Report;
use crate::compiled::compiled_once;
use crate::{App, AppError};
use std::future::Future;
use std::time::Duration;
use store::{Store, StoreError, Verification};

/// How often each process looks whether another one found something.
pub const WATCH: Duration = Duration::from_secs(2);

/// Verifies everything, against what was kept outside. Of a damaged database nothing is written
/// from then on, by nobody; one that was found damaged before, and is whole, is written to again.
pub(super) async fn examine(
    store: &Store,
    kept: &[ledger::Head],
    now: i64,
) -> Result<Verification, StoreError> {
    let seen = store.share_trust(now).await?;
    let found = store.verify(kept).await?;
    let damages = found.damages();
    match (damages.first(), seen) {
        (Some(first), _) => {
            store.distrust(match damages.len().saturating_sub(1) {
                0 => first.clone(),
                more => format!("{first}（另有 {more} 處）"),
            });
            // Where the database takes no word, this process still writes nothing.
            let _ = store.share_trust(now).await;
        }
        (None, Some(seen)) => store.acquit(&seen).await?,
        (None, None) => {}
    }
    Ok(found)
}

impl App {
    /// Learns whether another process found the database damaged.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn learn_trust(&self) -> Result<(), AppError> {
        self.store.share_trust(self.now()).await?;
        Ok(())
    }

    /// Verifies everything once, beside the pages; where something is damaged, nothing is written
    /// from then on. Gives what was found, in words.
    ///
    /// # Errors
    /// Where the database, or what was kept of it outside, can't be read.
    #[compiled_once]
    pub async fn look_through(&self, outside: Option<&Folder>) -> Result<Vec<String>, AppError> {
        let kept = kept_by(outside)?;
        Ok(examine(&self.store, &kept, self.now()).await?.damages())
    }

    /// Tells the other processes what this one finds, and learns what they find, every `pause`
    /// until `stop` ends.
    pub async fn watch_trust(&self, pause: Duration, report: Report, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut said = None;
        loop {
            let shared = self.store.share_trust(self.now()).await;
            let now = match shared {
                Ok(None) => None,
                Ok(Some(verdict)) => Some(format!("資料庫驗證不通過，已停止寫入：{}", verdict.why)),
                Err(error) => Some(format!("無法查詢資料庫是否可信：{error}")),
            };
            // Said when it changes, not every two seconds.
            if now != said {
                report(now.as_deref().unwrap_or("資料庫驗證無誤，已恢復寫入"));
                said = now;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = &mut stop => break,
            }
        }
        // What was found last is not lost with this process.
        let _ = self.store.share_trust(self.now()).await;
    }
}

/// What is kept outside; nothing where nothing is kept.
pub(crate) fn kept_by(outside: Option<&Folder>) -> Result<Vec<ledger::Head>, AppError> {
    let kept = outside.map_or_else(|| Ok(Vec::new()), Folder::latest);
    kept.map_err(|e| {
        AppError::failed(
            e,
            "請修復檢查點資料夾，或以 --checkpoints 指定另一個資料夾後重新啟動",
        )
    })
}
