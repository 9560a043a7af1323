//! The ledger, backups and restoring.

use crate::{App, AppError};
use ledger::Checkpoint;
use std::path::Path;
use store::{OpenMode, Store};

/// What a verification found.
#[derive(Debug, Clone)]
pub struct LedgerReport {
    /// Whether nothing is damaged.
    pub sound: bool,
    /// How many entries there are.
    pub entries: u64,
    /// Where the ledger ends: keep this line elsewhere.
    pub head: String,
    /// What is damaged, in words.
    pub damages: Vec<String>,
}

/// Verifies the ledger, every row and every file of a data directory; changes nothing.
///
/// # Errors
/// Where there is no database or it can't be read at all.
pub async fn verify_ledger(dir: &Path, expected: Option<Checkpoint>) -> Result<LedgerReport, AppError> {
    let store = Store::open_unverified(dir, OpenMode::MustExist).await?;
    let verification = store.verify(expected).await;
    store.close().await;
    let verification = verification?;
    Ok(LedgerReport {
        sound: verification.is_sound(),
        entries: verification.ledger.entries,
        head: verification.ledger.head.to_string(),
        damages: verification.damages().map(str::to_owned).collect(),
    })
}

/// Puts a checked backup into a data directory that has no database.
///
/// # Errors
/// Where the backup is unsound or the directory has a database.
pub async fn restore(backup: &Path, dir: &Path, expected: Option<Checkpoint>) -> Result<String, AppError> {
    Ok(Store::restore(backup, dir, expected).await?.to_string())
}

impl App {
    /// Where the ledger ends, as one line to keep elsewhere.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn ledger_head(&self) -> Result<String, AppError> {
        Ok(self.store.head().await?.to_string())
    }

    /// Writes a verified copy to a new file; gives its size and where its ledger ends.
    ///
    /// # Errors
    /// Where the file is there already or can't be written.
    pub async fn backup(&self, to: &Path) -> Result<(u64, String), AppError> {
        let made = self.store.backup(to).await?;
        Ok((made.bytes, made.head.to_string()))
    }
}
