//! What a visit reads: one agency's rows in one transaction, each statement counted.
//!
//! Why a facade: nothing above it names the store, and none of its questions can leave the
//! agency it was opened for; other agencies are seen by [`directory`] and by [`Reads::superiors`]
//! only. Why rows are kept: what was seen once is the same for the rest of the visit, and is
//! what a commit holds. What it can't know: who asks; the visit decides that before.

use crate::{App, AppError};
use ledger::Head;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use store::{Job, JobRecord, Query, Reading, Receipt, Recorded, StoredBlob, StoredRow, WrittenHead};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// Rows by register and id; none where there is no such row.
type Seen = HashMap<(String, String), Option<StoredRow>>;

/// A reading whose statements are added to those of the application when it ends.
struct Counting {
    reading: Reading,
    total: Arc<AtomicU64>,
}

impl Counting {
    async fn open(app: &App, chain: &str) -> Result<Self, AppError> {
        let reading = app.store.reading(chain).await?;
        // Lists, searches, what narrows rights and what refers to what go by derived values: none of
        // them must miss a row without saying so.
        reading.derived()?;
        Ok(Self {
            reading,
            total: Arc::clone(&app.statements),
        })
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        let made = self.reading.statements();
        self.total.fetch_add(made.into(), Ordering::Relaxed);
    }
}

/// Reading of one chain at one position.
pub(crate) struct Reads<'a> {
    app: &'a App,
    head: Head,
    /// None once it was ended.
    reading: Mutex<Option<Counting>>,
    /// How many statements were made by the ones that were ended.
    before: AtomicU32,
    seen: Mutex<Seen>,
}

/// A reading that was begun to find out who asks, for what they ask for: a request reads once.
pub struct Begun(Counting);

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun")
    }
}

impl<'a> Reads<'a> {
    /// Goes on with a reading where it is of that chain; opens one where it is not.
    pub(crate) async fn go_on(app: &'a App, chain: &str, begun: Option<Begun>) -> Result<Self, AppError> {
        match begun {
            Some(Begun(counting)) if counting.reading.agency() == chain => Ok(Self::of(app, counting)),
            other => {
                // Whoever holds one connection doesn't wait for another.
                drop(other);
                Self::open(app, chain).await
            }
        }
    }

    /// Ends here, so that it can be gone on with.
    pub(crate) fn begun(self) -> Option<Begun> {
        self.reading.into_inner().map(Begun)
    }

    fn of(app: &'a App, counting: Counting) -> Self {
        Self {
            app,
            head: counting.reading.head().clone(),
            reading: Mutex::new(Some(counting)),
            before: AtomicU32::new(0),
            seen: Mutex::default(),
        }
    }

    /// Gives the connection back: whoever writes, or begins anew, has seen what it needed and must
    /// not hold one connection while it waits for another. What is asked for after that is read as
    /// it stands then.
    pub(crate) async fn end(&self) {
        if let Some(ended) = self.reading.lock().await.take() {
            self.before
                .fetch_add(ended.reading.statements(), Ordering::Relaxed);
        }
    }

    /// Opens a reading of a chain: an agency's, by its id, or one of the installation.
    pub(crate) async fn open(app: &'a App, chain: &str) -> Result<Self, AppError> {
        Ok(Self::of(app, Counting::open(app, chain).await?))
    }

    async fn reading(&self) -> Result<MappedMutexGuard<'_, Reading>, AppError> {
        let mut guard = self.reading.lock().await;
        if guard.is_none() {
            *guard = Some(Counting::open(self.app, self.agency()).await?);
        }
        MutexGuard::try_map(guard, |r| r.as_mut().map(|counting| &mut counting.reading))
            .map_err(|_| AppError::failed("讀取已結束", "請再試一次"))
    }

    /// Whose rows are read.
    pub(crate) fn agency(&self) -> &str {
        &self.head.agency
    }

    /// The position of the reading.
    pub(crate) fn position(&self) -> u64 {
        self.head.seq
    }

    /// How many statements it has made.
    pub(crate) fn statements(&self) -> u32 {
        // While one is under way nobody asks.
        let now = self.reading.try_lock().map_or(0, |reading| {
            reading
                .as_ref()
                .map_or(0, |counting| counting.reading.statements())
        });
        now.saturating_add(self.before.load(Ordering::Relaxed))
    }

    /// The agencies above, nearest first: by the agency id that each names as its parent.
    pub(crate) async fn superiors(&self) -> Result<Vec<String>, AppError> {
        Ok(self.reading().await?.superiors().await?)
    }

    /// What stands for a while beside the rows.
    pub(crate) async fn kept(&self, kind: &str, id: &str) -> Result<Option<store::Kept>, AppError> {
        Ok(self.reading().await?.kept(kind, id).await?)
    }

    /// The latest version of every row but those of some registers.
    pub(crate) async fn latest_but(&self, without: &[&str]) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.latest_but(without).await?)
    }

    /// The latest version of every row of a register.
    pub(crate) async fn latest_of(&self, register: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.latest_of(register).await?)
    }

    /// The rows as they were at a position.
    pub(crate) async fn rows_at(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.rows_at(position).await?)
    }

    /// The latest versions of the rows that were written after a position.
    pub(crate) async fn since(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.since(position).await?)
    }

    /// The latest version of a row; the same one whenever it is asked for.
    pub(crate) async fn row(&self, register: &str, id: &str) -> Result<Option<StoredRow>, AppError> {
        let mut seen = self.seen.lock().await;
        let key = (register.to_owned(), id.to_owned());
        if let Some(row) = seen.get(&key) {
            return Ok(row.clone());
        }
        let row = self.reading().await?.row(register, id).await?;
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
        let mut rows = self.reading().await?.rows(&wanted).await?;
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
        Ok(self.reading().await?.version(register, id, version).await?)
    }

    /// Every version of a row with its entry, oldest first.
    pub(crate) async fn recorded(&self, register: &str, id: &str) -> Result<Vec<Recorded>, AppError> {
        Ok(self.reading().await?.recorded(register, id).await?)
    }

    /// Entries of the chain from a position on, oldest first.
    pub(crate) async fn entries(&self, from: u64, limit: u32) -> Result<Vec<ledger::Entry>, AppError> {
        let entries = self.reading().await?.entries(from, limit).await?;
        Ok(entries.into_iter().map(|e| e.entry).collect())
    }

    /// One page of a register's rows.
    pub(crate) async fn list(
        &self,
        register: &str,
        query: impl Into<Query>,
        limit: u32,
    ) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.list(register, query, limit).await?)
    }

    /// How a job stands.
    pub(crate) async fn job_status(&self, id: &str) -> Result<Option<JobRecord>, AppError> {
        Ok(self.reading().await?.job_status(id).await?)
    }

    /// The latest job of a kind about one thing.
    pub(crate) async fn job_about(&self, kind: &str, key: &str) -> Result<Option<JobRecord>, AppError> {
        Ok(self.reading().await?.job_about(kind, key).await?)
    }

    /// The latest jobs: of everybody, or of one person.
    pub(crate) async fn jobs(&self, of: Option<&str>, limit: u32) -> Result<Vec<JobRecord>, AppError> {
        let mut reading = self.reading().await?;
        Ok(match of {
            Some(actor) => reading.jobs_of(actor, limit).await?,
            None => reading.jobs(limit).await?,
        })
    }

    /// What a job made.
    pub(crate) async fn job_output(&self, id: &str) -> Result<Vec<u8>, AppError> {
        Ok(self.reading().await?.job_output(id).await?)
    }

    /// What a job was given to work on.
    pub(crate) async fn job_input(&self, id: &str) -> Result<Vec<u8>, AppError> {
        Ok(self.reading().await?.job_input(id).await?)
    }

    /// How many rows a list has.
    pub(crate) async fn count(&self, register: &str, query: impl Into<Query>) -> Result<u64, AppError> {
        Ok(self.reading().await?.count(register, query).await?)
    }

    /// How many rows each register holds.
    pub(crate) async fn counts(&self) -> Result<BTreeMap<String, u64>, AppError> {
        Ok(self.reading().await?.counts().await?)
    }

    /// The versions that name a file.
    pub(crate) async fn versions_naming(&self, sha256: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.reading().await?.versions_naming(sha256).await?)
    }

    /// Every file that some version names, with the row: hash, register, id, first entry.
    pub(crate) async fn named_files(&self) -> Result<Vec<(String, String, String, u64)>, AppError> {
        Ok(self.reading().await?.named_files().await?)
    }

    /// The rows of a register that one action wrote.
    pub(crate) async fn heads_written_by(
        &self,
        action: &str,
        register: &str,
    ) -> Result<Vec<WrittenHead>, AppError> {
        Ok(self.reading().await?.heads_written_by(action, register).await?)
    }

    /// A kept file.
    pub(crate) async fn blob(&self, sha256: &str) -> Result<Option<StoredBlob>, AppError> {
        Ok(self.reading().await?.blob(sha256).await?)
    }

    /// Where the chain ends, as one line to keep elsewhere.
    pub(crate) fn head(&self) -> String {
        self.head.to_string()
    }

    /// An import under way.
    pub(crate) async fn job(&self, id: &str) -> Result<Option<Job>, AppError> {
        Ok(self.reading().await?.job(id).await?)
    }

    /// The answer that was given to somebody under a key.
    pub(crate) async fn receipt(&self, principal: &str, key: &str) -> Result<Option<Receipt>, AppError> {
        Ok(self.reading().await?.receipt(principal, key).await?)
    }
}

/// Rows of `agency` and `designation` of all agencies: the only reading across agencies.
pub(crate) async fn directory(app: &App) -> Result<Vec<StoredRow>, AppError> {
    app.statements.fetch_add(1, Ordering::Relaxed);
    Ok(app.store.directory().await?)
}
