//! What a visit reads: one agency's rows in one transaction, each statement counted.
//!
//! Why a facade: nothing above it names the store, and none of its questions can leave the
//! agency it was opened for; other agencies are seen by [`directory`] and by [`Reads::superiors`]
//! only. Why rows are kept: what was seen once is the same for the rest of the visit, and is
//! what a commit holds. What it can't know: who asks; the visit decides that before.

use crate::{App, AppError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use store::{Job, JobRecord, Reading, Receipt, Recorded, Select, StoredBlob, StoredRow, WrittenHead};
use tokio::sync::{Mutex, MutexGuard};

/// Rows by register and id; none where there is no such row.
type Seen = HashMap<(String, String), Option<StoredRow>>;

/// Reading of one chain at one position.
pub(crate) struct Reads<'a> {
    app: &'a App,
    chain: String,
    position: u64,
    reading: Mutex<Reading>,
    seen: Mutex<Seen>,
}

impl Drop for Reads<'_> {
    fn drop(&mut self) {
        let made = self.reading.get_mut().statements();
        self.app.statements.fetch_add(made.into(), Ordering::Relaxed);
    }
}

impl<'a> Reads<'a> {
    /// Opens a reading of a chain: an agency's, by its id, or one of the installation.
    pub(crate) async fn open(app: &'a App, chain: &str) -> Result<Self, AppError> {
        let reading = app.store.reading(chain).await?;
        // Lists, searches, what narrows rights and what refers to what go by derived values: none of
        // them must miss a row without saying so.
        reading.derived()?;
        Ok(Self {
            app,
            chain: chain.to_owned(),
            position: reading.position(),
            reading: Mutex::new(reading),
            seen: Mutex::default(),
        })
    }

    async fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().await
    }

    /// Whose rows are read.
    pub(crate) fn agency(&self) -> &str {
        &self.chain
    }

    /// The position of the reading.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// How many statements it has made.
    pub(crate) fn statements(&self) -> u32 {
        // While one is under way nobody asks.
        self.reading.try_lock().map_or(0, |reading| reading.statements())
    }

    /// The agencies above, nearest first: by the agency id that each names as its parent.
    pub(crate) async fn superiors(&self) -> Result<Vec<String>, AppError> {
        Ok(self.reading().await.superiors().await?)
    }

    /// The latest version of every row but those of some registers.
    pub(crate) async fn latest_but(&self, without: &[&str]) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.latest_but(without).await?)
    }

    /// The latest version of every row of a register.
    pub(crate) async fn latest_of(&self, register: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.latest_of(register).await?)
    }

    /// The rows as they were at a position.
    pub(crate) async fn rows_at(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.rows_at(position).await?)
    }

    /// The latest versions of the rows that were written after a position.
    pub(crate) async fn since(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.since(position).await?)
    }

    /// The latest version of a row; the same one whenever it is asked for.
    pub(crate) async fn row(&self, register: &str, id: &str) -> Result<Option<StoredRow>, AppError> {
        let mut seen = self.seen.lock().await;
        let key = (register.to_owned(), id.to_owned());
        if let Some(row) = seen.get(&key) {
            return Ok(row.clone());
        }
        let row = self.reading().await.row(register, id).await?;
        seen.insert(key, row.clone());
        Ok(row)
    }

    /// Several rows at once, withdrawn ones left out.
    pub(crate) async fn rows(
        &self,
        register: &str,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<StoredRow>, AppError> {
        let wanted: Vec<(String, String)> = ids.iter().map(|id| (register.to_owned(), id.clone())).collect();
        let mut rows = self.reading().await.rows(&wanted).await?;
        rows.retain(|row| !row.body.is_null());
        Ok(rows)
    }

    /// Remembers rows as they were seen in a list.
    pub(crate) async fn keep(&self, rows: &[StoredRow]) {
        let mut seen = self.seen.lock().await;
        for row in rows {
            let key = (row.register.clone(), row.row.clone());
            seen.entry(key).or_insert_with(|| Some(row.clone()));
        }
    }

    /// One version of a row.
    pub(crate) async fn version(
        &self,
        register: &str,
        id: &str,
        version: u32,
    ) -> Result<Option<StoredRow>, AppError> {
        Ok(self.reading().await.version(register, id, version).await?)
    }

    /// Every version of a row with its entry, oldest first.
    pub(crate) async fn recorded(&self, register: &str, id: &str) -> Result<Vec<Recorded>, AppError> {
        Ok(self.reading().await.recorded(register, id).await?)
    }

    /// One page of a register's rows.
    pub(crate) async fn list(
        &self,
        register: &str,
        select: &Select,
        limit: u32,
    ) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.list(register, select, limit).await?)
    }

    /// How a job stands.
    pub(crate) async fn job_status(&self, id: &str) -> Result<Option<JobRecord>, AppError> {
        Ok(self.reading().await.job_status(id).await?)
    }

    /// The latest job of a kind about one thing.
    pub(crate) async fn job_about(&self, kind: &str, key: &str) -> Result<Option<JobRecord>, AppError> {
        Ok(self.reading().await.job_about(kind, key).await?)
    }

    /// The latest jobs: of everybody, or of one person.
    pub(crate) async fn jobs(&self, of: Option<&str>, limit: u32) -> Result<Vec<JobRecord>, AppError> {
        let mut reading = self.reading().await;
        Ok(match of {
            Some(actor) => reading.jobs_of(actor, limit).await?,
            None => reading.jobs(limit).await?,
        })
    }

    /// What a job made.
    pub(crate) async fn job_output(&self, id: &str) -> Result<Vec<u8>, AppError> {
        Ok(self.reading().await.job_output(id).await?)
    }

    /// What a job was given to work on.
    pub(crate) async fn job_input(&self, id: &str) -> Result<Vec<u8>, AppError> {
        Ok(self.reading().await.job_input(id).await?)
    }

    /// How many rows of a register are listed.
    pub(crate) async fn count(&self, register: &str, select: &Select) -> Result<u64, AppError> {
        Ok(self.reading().await.count(register, select).await?)
    }

    /// How many rows each register holds.
    pub(crate) async fn counts(&self) -> Result<BTreeMap<String, u64>, AppError> {
        Ok(self.reading().await.counts().await?)
    }

    /// The versions that name a file.
    pub(crate) async fn versions_naming(&self, sha256: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await.versions_naming(sha256).await?)
    }

    /// Every file that some version names, with the row: hash, register, id, first entry.
    pub(crate) async fn named_files(&self) -> Result<Vec<(String, String, String, u64)>, AppError> {
        Ok(self.reading().await.named_files().await?)
    }

    /// The rows of a register that one action wrote.
    pub(crate) async fn heads_written_by(
        &self,
        action: &str,
        register: &str,
    ) -> Result<Vec<WrittenHead>, AppError> {
        Ok(self.reading().await.heads_written_by(action, register).await?)
    }

    /// A kept file.
    pub(crate) async fn blob(&self, sha256: &str) -> Result<Option<StoredBlob>, AppError> {
        Ok(self.reading().await.blob(sha256).await?)
    }

    /// Where the chain ends, as one line to keep elsewhere.
    pub(crate) async fn head(&self) -> String {
        self.reading().await.head().to_string()
    }

    /// An import under way.
    pub(crate) async fn job(&self, id: &str) -> Result<Option<Job>, AppError> {
        Ok(self.reading().await.job(id).await?)
    }

    /// The answer that was given to somebody under a key.
    pub(crate) async fn receipt(&self, principal: &str, key: &str) -> Result<Option<Receipt>, AppError> {
        Ok(self.reading().await.receipt(principal, key).await?)
    }
}

/// Rows of `agency` and `designation` of all agencies: the only reading across agencies.
pub(crate) async fn directory(app: &App) -> Result<Vec<StoredRow>, AppError> {
    app.statements.fetch_add(1, Ordering::Relaxed);
    Ok(app.store.directory().await?)
}
