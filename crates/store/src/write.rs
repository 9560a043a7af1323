//! The only way in: files, row versions and their ledger entries, in one transaction.
//!
//! Why `BEGIN IMMEDIATE`: a transaction that reads the head first and writes later would
//! fail at once when another process wrote in between. Why a body's files must be there:
//! evidence that is named but not kept proves nothing. What it can't know: whether the
//! actor was allowed to, and whether the body is a valid row; that is decided before.

use crate::working::{Receipt, insert_receipt};
use crate::{Store, StoreError, canonical};
use ledger::{Checkpoint, Draft, Entry};
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row};
use std::collections::{BTreeSet, HashMap, HashSet};

/// One version of one row to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRow {
    /// Register key.
    pub register: String,
    /// Row id, unique in its register across agencies.
    pub row: String,
    /// The version that the writer saw; 0 for a new row.
    pub expected_version: u32,
    /// The body; `null` withdraws the row.
    pub body: Value,
}

/// A file to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type, as far as known.
    pub media_type: String,
    /// The name it came with.
    pub name: String,
}

/// What a writer looked at, and what must therefore be so still when it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    /// Rows (register, id, version) at the version that was seen, 0 for none.
    pub rows: Vec<(String, String, u32)>,
    /// What of the agency's registers was looked at as a whole: nothing of it was written after `since`.
    pub unmoved: Vec<Unmoved>,
    /// The ledger's position when it was looked at.
    pub since: u64,
}

/// A part of a register; the whole, where nothing narrows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmoved {
    /// The register.
    pub register: String,
    /// Only rows whose id begins so.
    pub beginning: String,
    /// Only versions whose body holds this text.
    pub naming: String,
}

/// What is written at once, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Who, by account id.
    pub actor: String,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at_micros: i64,
    /// What was done, as a word.
    pub action: String,
    /// For which agency.
    pub agency: String,
    /// Row versions, at least one.
    pub rows: Vec<NewRow>,
    /// Files that the rows name.
    pub blobs: Vec<Blob>,
    /// The answer to be given again when the same request comes again.
    pub receipt: Option<Receipt>,
    /// What must stand as it was seen, or nothing is written.
    pub holds: Holds,
}

/// What was written; durable when this is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// One entry per row, in order; none where very many were written at once.
    pub entries: Vec<Entry>,
    /// The ledger's position after it.
    pub position: u64,
    /// The ledger's head after it.
    pub head: Checkpoint,
    /// The files' hashes in order.
    pub blobs: Vec<String>,
}

/// A row version ready to be written: its bytes are those that the ledger hashes.
///
/// Takes a fraction of the space of a parsed body; many at once are kept so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Register key.
    pub register: String,
    /// Row id.
    pub row: String,
    /// The version that the writer saw; 0 for a new row.
    pub expected_version: u32,
    bytes: Vec<u8>,
    files: Vec<String>,
}

impl Prepared {
    /// A row version with its bytes.
    pub fn of(row: &NewRow) -> Self {
        Self {
            register: row.register.clone(),
            row: row.row.clone(),
            expected_version: row.expected_version,
            bytes: canonical(&row.body),
            files: named_blobs(&row.body).into_iter().map(str::to_owned).collect(),
        }
    }

    /// The row version with its body parsed again.
    pub fn unpacked(&self) -> NewRow {
        NewRow {
            register: self.register.clone(),
            row: self.row.clone(),
            expected_version: self.expected_version,
            body: serde_json::from_slice(&self.bytes).unwrap_or_default(),
        }
    }
}

/// What all rows of a commit share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitHead {
    /// Who, by account id.
    pub actor: String,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at_micros: i64,
    /// What was done, as a word.
    pub action: String,
    /// For which agency.
    pub agency: String,
    /// The answer to be given again when the same request comes again.
    pub receipt: Option<Receipt>,
    /// What must stand as it was seen, or nothing is written.
    pub holds: Holds,
}

/// Rows that one statement writes; also how many lie between two signs of progress.
const BATCH: usize = 500;

impl Store {
    /// Writes everything of a commit, or nothing.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        complete(&commit)?;
        // Hashing and serialising happen before the write lock is taken.
        let rows = commit.rows.iter().map(Prepared::of).collect();
        let head = CommitHead {
            actor: commit.actor,
            at_micros: commit.at_micros,
            action: commit.action,
            agency: commit.agency,
            receipt: commit.receipt,
            holds: commit.holds,
        };
        self.write_all(head, rows, commit.blobs, &mut |_| {}, true).await
    }

    /// Writes many rows at once, or nothing; says now and then how many are done. The entries
    /// are not given back.
    pub async fn commit_prepared(
        &self,
        head: CommitHead,
        rows: Vec<Prepared>,
        blobs: Vec<Blob>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Committed, StoreError> {
        if rows.is_empty() {
            return Err(StoreError::Incomplete {
                what: "沒有任何資料列",
            });
        }
        self.write_all(head, rows, blobs, progress, false).await
    }

    async fn write_all(
        &self,
        commit: CommitHead,
        rows: Vec<Prepared>,
        files: Vec<Blob>,
        progress: &mut (dyn FnMut(u64) + Send),
        keep_entries: bool,
    ) -> Result<Committed, StoreError> {
        let blobs: Vec<String> = files
            .iter()
            .map(|b| ledger::hex(&ledger::sha256(&b.bytes)))
            .collect();
        let failed = |e| StoreError::from_sqlx("寫入", &self.path, e);
        // Dropped without commit (an error, a cancelled request), it is rolled back.
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for part in &commit.holds.unmoved {
            let since = commit.holds.since;
            if moved(&mut tx, &commit.agency, part, since)
                .await
                .map_err(failed)?
            {
                return Err(StoreError::Moved {
                    register: part.register.clone(),
                });
            }
        }
        for (register, row, version) in &commit.holds.rows {
            let found = version_of(&mut tx, register, row).await.map_err(failed)?;
            // Version 0: that there is no such row.
            if found.unwrap_or(0) != *version {
                return Err(StoreError::Conflict {
                    register: register.clone(),
                    row: row.clone(),
                    expected: *version,
                    found: found.unwrap_or(0),
                });
            }
        }
        let mut head = head(&mut tx).await.map_err(failed)?;
        for (sha256, blob) in blobs.iter().zip(&files) {
            insert_blob(&mut tx, sha256, blob).await.map_err(failed)?;
        }
        let mut entries = Vec::new();
        let mut done = 0_u64;
        for batch in batches(&rows) {
            let standing = heads(&mut tx, batch).await.map_err(failed)?;
            let kept = kept_blobs(&mut tx, batch).await.map_err(failed)?;
            let mut written = Vec::with_capacity(batch.len());
            for row in batch {
                check_version(&standing, &commit.agency, row)?;
                for sha256 in &row.files {
                    if !kept.contains(sha256) {
                        return Err(StoreError::UnknownBlob {
                            register: row.register.clone(),
                            row: row.row.clone(),
                            sha256: sha256.clone(),
                        });
                    }
                }
                let entry = ledger::append(
                    &head,
                    Draft {
                        at: commit.at_micros,
                        actor: commit.actor.clone(),
                        action: commit.action.clone(),
                        agency: commit.agency.clone(),
                        register: row.register.clone(),
                        row: row.row.clone(),
                        version: row.expected_version.saturating_add(1),
                        body_hash: ledger::sha256(&row.bytes),
                    },
                );
                head = entry.checkpoint();
                written.push((entry, head, row));
            }
            insert(&mut tx, &written).await.map_err(failed)?;
            insert_files(&mut tx, &written).await.map_err(failed)?;
            done = done.saturating_add(u64::try_from(batch.len()).unwrap_or(0));
            progress(done);
            if keep_entries {
                entries.extend(written.into_iter().map(|(entry, _, _)| entry));
            }
        }
        if let Some(receipt) = &commit.receipt {
            insert_receipt(&mut tx, receipt, commit.at_micros)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        Ok(Committed {
            entries,
            position: head.seq,
            head,
            blobs,
        })
    }
}

/// Rows of one batch: as many as one statement writes, and no row twice, so that each finds
/// the version that stands before it.
fn batches(rows: &[Prepared]) -> Vec<&[Prepared]> {
    let mut batches = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let mut seen = HashSet::new();
        let fits = rest
            .iter()
            .take(BATCH)
            .take_while(|r| seen.insert((r.register.as_str(), r.row.as_str())))
            .count();
        let (batch, after) = rest.split_at(fits);
        batches.push(batch);
        rest = after;
    }
    batches
}

/// The standing version and owner of each row of a batch that is there, by register and id.
type Heads = HashMap<(String, String), (u32, String)>;

async fn heads(c: &mut SqliteConnection, batch: &[Prepared]) -> Result<Heads, sqlx::Error> {
    let mut query = QueryBuilder::new(
        "SELECT register, row_id, version, agency FROM row_head WHERE (register, row_id) IN (",
    );
    query.push_values(batch, |mut row, r| {
        row.push_bind(&r.register).push_bind(&r.row);
    });
    query.push(")");
    let rows = query.build().persistent(false).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            let key = (r.try_get(0)?, r.try_get(1)?);
            Ok((key, (r.try_get(2)?, r.try_get(3)?)))
        })
        .collect()
}

fn check_version(standing: &Heads, agency: &str, row: &Prepared) -> Result<(), StoreError> {
    let there = standing.get(&(row.register.clone(), row.row.clone()));
    let (found, owner) = there.map_or((0, agency), |(version, owner)| (*version, owner.as_str()));
    if owner != agency {
        return Err(StoreError::OtherAgency {
            register: row.register.clone(),
            row: row.row.clone(),
            found: owner.to_owned(),
            given: agency.to_owned(),
        });
    }
    if found != row.expected_version {
        return Err(StoreError::Conflict {
            register: row.register.clone(),
            row: row.row.clone(),
            expected: row.expected_version,
            found,
        });
    }
    Ok(())
}

/// Whether something was written to a part of an agency's register after a position.
async fn moved(
    c: &mut SqliteConnection,
    agency: &str,
    part: &Unmoved,
    since: u64,
) -> Result<bool, sqlx::Error> {
    // Over the few entries since, not over the register: the signs keep the other indexes away.
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM row_version WHERE seq > ?1 AND +agency = ?2 AND +register = ?3
         AND substr(row_id, 1, length(?4)) = ?4 AND (?5 = '' OR instr(body, ?5) > 0) LIMIT 1",
    )
    .bind(crate::read::signed(since))
    .bind(agency)
    .bind(&part.register)
    .bind(&part.beginning)
    .bind(&part.naming)
    .fetch_optional(c)
    .await?;
    Ok(found.is_some())
}

async fn version_of(c: &mut SqliteConnection, register: &str, row: &str) -> Result<Option<u32>, sqlx::Error> {
    sqlx::query_scalar("SELECT version FROM row_head WHERE register = ? AND row_id = ?")
        .bind(register)
        .bind(row)
        .fetch_optional(c)
        .await
}

fn complete(commit: &Commit) -> Result<(), StoreError> {
    let blank = |s: &str| s.trim().is_empty();
    let what = if commit.rows.is_empty() {
        "沒有任何資料列"
    } else if blank(&commit.actor) {
        "未載明何人"
    } else if blank(&commit.action) {
        "未載明動作"
    } else if blank(&commit.agency) {
        "未載明機關"
    } else if commit.rows.iter().any(|r| blank(&r.register) || blank(&r.row)) {
        "資料列沒有登錄簿或識別碼"
    } else if commit.rows.iter().any(|r| r.expected_version == u32::MAX) {
        "版本號已用盡"
    } else {
        return Ok(());
    };
    Err(StoreError::Incomplete { what })
}

/// The files that a body names: its member `sha256`, and those of the items of its
/// member `evidence` (see `docs/LEDGER.md`, "Blobs"). Empty strings name none.
pub(crate) fn named_blobs(body: &Value) -> Vec<&str> {
    let own = body.get("sha256").into_iter();
    let evidence = body.get("evidence").and_then(Value::as_array);
    own.chain(evidence.into_iter().flatten().filter_map(|e| e.get("sha256")))
        .filter_map(Value::as_str)
        .filter(|s| !s.is_empty())
        .collect()
}

pub(crate) async fn head(c: &mut SqliteConnection) -> Result<Checkpoint, sqlx::Error> {
    let last = sqlx::query("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")
        .fetch_optional(c)
        .await?;
    match last {
        None => Ok(Checkpoint::empty()),
        Some(row) => Ok(Checkpoint {
            seq: crate::read::unsigned(row.try_get(0)?),
            head: crate::read::hash(&row, 1)?,
        }),
    }
}

pub(crate) async fn has_blob(c: &mut SqliteConnection, sha256: &str) -> Result<bool, sqlx::Error> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM blob WHERE sha256 = ?")
        .bind(sha256)
        .fetch_optional(c)
        .await?;
    Ok(found.is_some())
}

/// Which of the files that a batch names are kept.
async fn kept_blobs(c: &mut SqliteConnection, batch: &[Prepared]) -> Result<HashSet<String>, sqlx::Error> {
    let named: BTreeSet<&str> = batch
        .iter()
        .flat_map(|r| r.files.iter().map(String::as_str))
        .collect();
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    // As one value: a statement takes only so many.
    let named = Value::from(named.into_iter().collect::<Vec<_>>()).to_string();
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT sha256 FROM blob WHERE sha256 IN (SELECT value FROM json_each(?))")
            .bind(named)
            .fetch_all(c)
            .await?;
    Ok(kept.into_iter().collect())
}

async fn insert_blob(c: &mut SqliteConnection, sha256: &str, blob: &Blob) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO blob (sha256, media_type, name, bytes) VALUES (?, ?, ?, ?)
         ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(sha256)
    .bind(&blob.media_type)
    .bind(&blob.name)
    .bind(blob.bytes.as_slice())
    .execute(c)
    .await?;
    Ok(())
}

/// An entry, the chain's head after it, and the row version it vouches for.
type Written<'r> = (Entry, Checkpoint, &'r Prepared);

/// Which files the rows name; a row may name one twice.
async fn insert_files(c: &mut SqliteConnection, written: &[Written<'_>]) -> Result<(), sqlx::Error> {
    let named: BTreeSet<_> = written
        .iter()
        .flat_map(|(entry, _, row)| row.files.iter().map(move |sha256| (entry.seq, sha256, entry)))
        .map(|(seq, sha256, entry)| (seq, sha256, &entry.agency, &entry.register, &entry.row))
        .collect();
    // A row may name many files, so what one statement takes is counted here anew.
    for some in named.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let mut query = QueryBuilder::new("INSERT INTO row_file (seq, sha256, agency, register, row_id) ");
        query.push_values(some, |mut row, (seq, sha256, agency, register, id)| {
            row.push_bind(crate::read::signed(*seq))
                .push_bind(*sha256)
                .push_bind(*agency)
                .push_bind(*register)
                .push_bind(*id);
        });
        query.build().persistent(false).execute(&mut *c).await?;
    }
    Ok(())
}

/// Writes entries with their rows, several a statement: each statement is a turn of the thread
/// that owns the database, and a large import would otherwise wait for most of its time.
async fn insert(c: &mut SqliteConnection, written: &[Written<'_>]) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::new(
        "INSERT INTO ledger_entry
            (seq, prev, at, actor, action, agency, register, row_id, version, body_hash, hash) ",
    );
    query.push_values(written, |mut row, (entry, own, _)| {
        row.push_bind(crate::read::signed(entry.seq))
            .push_bind(entry.prev.as_slice())
            .push_bind(entry.at)
            .push_bind(&entry.actor)
            .push_bind(&entry.action)
            .push_bind(&entry.agency)
            .push_bind(&entry.register)
            .push_bind(&entry.row)
            .push_bind(entry.version)
            .push_bind(entry.body_hash.as_slice())
            .push_bind(own.head.as_slice());
    });
    query.build().persistent(false).execute(&mut *c).await?;
    let mut query =
        QueryBuilder::new("INSERT INTO row_version (seq, agency, register, row_id, version, body) ");
    query.push_values(written, |mut row, (entry, _, prepared)| {
        row.push_bind(crate::read::signed(entry.seq))
            .push_bind(&entry.agency)
            .push_bind(&entry.register)
            .push_bind(&entry.row)
            .push_bind(entry.version)
            .push_bind(String::from_utf8_lossy(&prepared.bytes).into_owned());
    });
    query.build().persistent(false).execute(&mut *c).await?;
    let mut query = QueryBuilder::new("INSERT INTO row_head (agency, register, row_id, version, seq) ");
    query.push_values(written, |mut row, (entry, _, _)| {
        row.push_bind(&entry.agency)
            .push_bind(&entry.register)
            .push_bind(&entry.row)
            .push_bind(entry.version)
            .push_bind(crate::read::signed(entry.seq));
    });
    query.push(
        " ON CONFLICT (agency, register, row_id) DO UPDATE SET version = excluded.version, seq = excluded.seq",
    );
    query.build().persistent(false).execute(c).await?;
    Ok(())
}
