//! What a visit reads: one agency's rows at one position, each statement counted.
//!
//! Why a facade: nothing above it names the store, and none of its questions can leave the
//! agency it was opened for; other agencies are seen by [`directory`] and by [`Reads::superiors`]
//! only. Why rows are kept: what was seen once is the same for the rest of the visit, and is
//! what a commit holds. What it can't know: who asks; the visit decides that before.

use crate::{App, AppError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Job, Receipt, Recorded, Select, Store, StoredBlob, StoredRow, WrittenHead};
use tokio::sync::Mutex;

/// Entries that are read at once while a cache follows the ledger.
const ENTRIES_AT_ONCE: u32 = 1_000;
/// Deeper than any administration; also ends a circle that somebody entered.
const DEEPEST: usize = 12;

/// Rows by register and id; none where there is no such row.
type Seen = HashMap<(String, String), Option<StoredRow>>;

/// Reading of one chain at one position.
pub(crate) struct Reads<'a> {
    app: &'a App,
    chain: String,
    position: u64,
    statements: AtomicU32,
    seen: Mutex<Seen>,
}

impl<'a> Reads<'a> {
    /// Opens a reading of a chain: an agency's, by its id, or one of the installation.
    pub(crate) async fn open(app: &'a App, chain: &str) -> Result<Self, AppError> {
        let reads = Self {
            app,
            chain: chain.to_owned(),
            position: app.store.position().await?,
            statements: AtomicU32::new(0),
            seen: Mutex::default(),
        };
        reads.store();
        Ok(reads)
    }

    /// The store, for one more statement.
    fn store(&self) -> &'a Store {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.app.statements.fetch_add(1, Ordering::Relaxed);
        &self.app.store
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
        self.statements.load(Ordering::Relaxed)
    }

    /// The agencies above, nearest first: by the agency id that each names as its parent.
    pub(crate) async fn superiors(&self) -> Result<Vec<String>, AppError> {
        let mut above: Vec<String> = Vec::new();
        let mut at = self.chain.clone();
        for _ in 0..DEEPEST {
            let row = self.store().row("agency", &at).await?;
            let parent = row.as_ref().and_then(|r| r.body.get("parent"));
            let parent = parent.and_then(serde_json::Value::as_str).unwrap_or_default();
            if parent.is_empty() || parent == self.chain || above.iter().any(|a| a == parent) {
                break;
            }
            parent.clone_into(&mut at);
            above.push(at.clone());
        }
        Ok(above)
    }

    /// The latest version of every row but those of some registers.
    pub(crate) async fn latest_but(&self, without: &[&str]) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.store().latest_but(&self.chain, without).await?)
    }

    /// The latest version of every row of a register.
    pub(crate) async fn latest_of(&self, register: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.store().latest_of(&self.chain, register).await?)
    }

    /// The rows as they were at a position.
    pub(crate) async fn rows_at(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.store().rows_at(&self.chain, position).await?)
    }

    /// The latest versions of the rows that were written after a position.
    pub(crate) async fn since(&self, position: u64) -> Result<Vec<StoredRow>, AppError> {
        let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut from = position.saturating_add(1);
        loop {
            let entries = self.store().entries(from, ENTRIES_AT_ONCE).await?;
            let Some(last) = entries.last() else {
                break;
            };
            from = last.entry.seq.saturating_add(1);
            let all = entries.len() < ENTRIES_AT_ONCE as usize;
            for stored in entries.into_iter().filter(|e| e.entry.agency == self.chain) {
                written
                    .entry(stored.entry.register)
                    .or_default()
                    .insert(stored.entry.row);
            }
            if all {
                break;
            }
        }
        let mut rows = Vec::new();
        for (register, ids) in written {
            let few = ids.len() <= 4;
            if few {
                for id in ids {
                    let row = self.store().row(&register, &id).await?;
                    rows.extend(row.filter(|r| r.agency == self.chain));
                }
            } else {
                let all = self.latest_of(&register).await?;
                rows.extend(all.into_iter().filter(|r| ids.contains(&r.row)));
            }
        }
        Ok(rows)
    }

    /// The latest version of a row; the same one whenever it is asked for.
    pub(crate) async fn row(&self, register: &str, id: &str) -> Result<Option<StoredRow>, AppError> {
        let mut seen = self.seen.lock().await;
        let key = (register.to_owned(), id.to_owned());
        if let Some(row) = seen.get(&key) {
            return Ok(row.clone());
        }
        let row = self.store().row(register, id).await?;
        let row = row.filter(|r| r.agency == self.chain);
        seen.insert(key, row.clone());
        Ok(row)
    }

    /// Several rows at once.
    pub(crate) async fn rows(
        &self,
        register: &str,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<StoredRow>, AppError> {
        let select = Select {
            among: Some(ids.iter().cloned().collect()),
            ..Select::default()
        };
        self.list(register, &select, u32::MAX).await
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
        let store = self.store();
        Ok(store.version(&self.chain, register, id, version).await?)
    }

    /// Every version of a row with its entry, oldest first.
    pub(crate) async fn recorded(&self, register: &str, id: &str) -> Result<Vec<Recorded>, AppError> {
        Ok(self.store().recorded(&self.chain, register, id).await?)
    }

    /// One page of a register's rows.
    pub(crate) async fn list(
        &self,
        register: &str,
        select: &Select,
        limit: u32,
    ) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.store().list(&self.chain, register, select, limit).await?)
    }

    /// How many rows a list has.
    pub(crate) async fn count(&self, register: &str, select: &Select) -> Result<u64, AppError> {
        Ok(self.store().count(&self.chain, register, select).await?)
    }

    /// How many rows each register holds.
    pub(crate) async fn counts(&self) -> Result<Vec<(String, u64)>, AppError> {
        Ok(self.store().counts(&self.chain).await?)
    }

    /// The versions that name a file.
    pub(crate) async fn versions_naming(&self, sha256: &str) -> Result<Vec<StoredRow>, AppError> {
        Ok(self.store().versions_naming(&self.chain, sha256).await?)
    }

    /// Every file that some version names, with the row: hash, register, id, first entry.
    pub(crate) async fn named_files(&self) -> Result<Vec<(String, String, String, i64)>, AppError> {
        Ok(self.store().named_files(&self.chain).await?)
    }

    /// The rows of a register that one action wrote.
    pub(crate) async fn heads_written_by(
        &self,
        action: &str,
        register: &str,
    ) -> Result<Vec<WrittenHead>, AppError> {
        let store = self.store();
        Ok(store.heads_written_by(&self.chain, action, register).await?)
    }

    /// A kept file.
    pub(crate) async fn blob(&self, sha256: &str) -> Result<Option<StoredBlob>, AppError> {
        Ok(self.store().blob(sha256).await?)
    }

    /// Where the chain ends, as one line to keep elsewhere.
    pub(crate) async fn head(&self) -> Result<String, AppError> {
        Ok(self.store().head().await?.to_string())
    }

    /// An import under way.
    pub(crate) async fn job(&self, id: &str) -> Result<Option<Job>, AppError> {
        Ok(self.store().job(&self.chain, id).await?)
    }

    /// The answer that was given to somebody under a key.
    pub(crate) async fn receipt(&self, principal: &str, key: &str) -> Result<Option<Receipt>, AppError> {
        Ok(self.store().receipt(principal, key).await?)
    }
}

/// Rows of `agency` and `designation` of all agencies: the only reading across agencies.
pub(crate) async fn directory(app: &App) -> Result<Vec<StoredRow>, AppError> {
    let mut rows = Vec::new();
    for register in ["agency", "designation"] {
        app.statements.fetch_add(1, Ordering::Relaxed);
        rows.extend(app.store.latest_everywhere(register).await?);
    }
    Ok(rows)
}
