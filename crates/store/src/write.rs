//! The only way in: files, row versions and their ledger entries, in one transaction.
//!
//! Why `BEGIN IMMEDIATE`: a transaction that reads the head first and writes later would
//! fail at once when another process wrote in between. Why a body's files must be there:
//! evidence that is named but not kept proves nothing. What it can't know: whether the
//! actor was allowed to, and whether the body is a valid row; that is decided before.

use crate::{Store, StoreError, canonical};
use ledger::{Checkpoint, Draft, Entry};
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

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
}

/// What was written; durable when this is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// One entry per row, in order.
    pub entries: Vec<Entry>,
    /// The ledger's position after it.
    pub position: u64,
    /// The ledger's head after it.
    pub head: Checkpoint,
    /// The files' hashes in order.
    pub blobs: Vec<String>,
}

impl Store {
    /// Writes everything of a commit, or nothing.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        complete(&commit)?;
        // Hashing and serialising happen before the write lock is taken.
        let bodies: Vec<Vec<u8>> = commit.rows.iter().map(|r| canonical(&r.body)).collect();
        let blobs: Vec<String> = commit
            .blobs
            .iter()
            .map(|b| ledger::hex(&ledger::sha256(&b.bytes)))
            .collect();
        let failed = |e| StoreError::from_sqlx("寫入", &self.path, e);
        // Dropped without commit (an error, a cancelled request), it is rolled back.
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let mut head = head(&mut tx).await.map_err(failed)?;
        for (sha256, blob) in blobs.iter().zip(&commit.blobs) {
            insert_blob(&mut tx, sha256, blob).await.map_err(failed)?;
        }
        let mut entries = Vec::with_capacity(commit.rows.len());
        for (row, body) in commit.rows.iter().zip(&bodies) {
            self.check_version(&mut tx, &commit.agency, row).await?;
            for sha256 in named_blobs(&row.body) {
                if !has_blob(&mut tx, sha256).await.map_err(failed)? {
                    return Err(StoreError::UnknownBlob {
                        register: row.register.clone(),
                        row: row.row.clone(),
                        sha256: sha256.to_owned(),
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
                    body_hash: ledger::sha256(body),
                },
            );
            head = entry.checkpoint();
            insert(&mut tx, &entry, &head, body).await.map_err(failed)?;
            entries.push(entry);
        }
        tx.commit().await.map_err(failed)?;
        Ok(Committed {
            entries,
            position: head.seq,
            head,
            blobs,
        })
    }

    async fn check_version(
        &self,
        c: &mut SqliteConnection,
        agency: &str,
        row: &NewRow,
    ) -> Result<(), StoreError> {
        let failed = |e| StoreError::from_sqlx("寫入", &self.path, e);
        let there = sqlx::query("SELECT version, agency FROM row_head WHERE register = ? AND row_id = ?")
            .bind(&row.register)
            .bind(&row.row)
            .fetch_optional(c)
            .await
            .map_err(failed)?;
        let (found, owner) = match there {
            Some(r) => (
                r.try_get::<u32, _>(0).map_err(failed)?,
                r.try_get::<String, _>(1).map_err(failed)?,
            ),
            None => (0, agency.to_owned()),
        };
        if owner != agency {
            return Err(StoreError::OtherAgency {
                register: row.register.clone(),
                row: row.row.clone(),
                found: owner,
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

async fn insert(
    c: &mut SqliteConnection,
    entry: &Entry,
    own: &Checkpoint,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    let seq = crate::read::signed(entry.seq);
    sqlx::query(
        "INSERT INTO ledger_entry
            (seq, prev, at, actor, action, agency, register, row_id, version, body_hash, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(seq)
    .bind(entry.prev.as_slice())
    .bind(entry.at)
    .bind(&entry.actor)
    .bind(&entry.action)
    .bind(&entry.agency)
    .bind(&entry.register)
    .bind(&entry.row)
    .bind(entry.version)
    .bind(entry.body_hash.as_slice())
    .bind(own.head.as_slice())
    .execute(&mut *c)
    .await?;
    sqlx::query(
        "INSERT INTO row_version (seq, agency, register, row_id, version, body)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(seq)
    .bind(&entry.agency)
    .bind(&entry.register)
    .bind(&entry.row)
    .bind(entry.version)
    .bind(String::from_utf8_lossy(body).into_owned())
    .execute(&mut *c)
    .await?;
    sqlx::query(
        "INSERT INTO row_head (agency, register, row_id, version, seq) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (agency, register, row_id) DO UPDATE SET version = excluded.version, seq = excluded.seq",
    )
    .bind(&entry.agency)
    .bind(&entry.register)
    .bind(&entry.row)
    .bind(entry.version)
    .bind(seq)
    .execute(&mut *c)
    .await?;
    Ok(())
}
