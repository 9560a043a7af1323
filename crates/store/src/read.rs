//! Reading: the latest state of an agency in one query, any past state, and the ledger.
//!
//! Why latest rows carry their `seq`: the greatest among an agency's latest rows is the
//! agency's own position, at which the same rows can be had again ([`Store::rows_at`]);
//! another agency's writes don't move it. What it can't know: whether a body was changed
//! behind its back since opening; only verification compares bodies with the ledger.

use crate::{Store, StoreError, write};
use ledger::{Checkpoint, Entry, Hash};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row};

/// One version of one row as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRow {
    /// Whose it is.
    pub agency: String,
    /// Register key.
    pub register: String,
    /// Row id.
    pub row: String,
    /// Version, from 1.
    pub version: u32,
    /// The ledger entry that recorded it.
    pub seq: u64,
    /// The body; `null` where the row was withdrawn.
    pub body: Value,
}

/// A ledger entry with the hash kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The entry.
    pub entry: Entry,
    /// Its hash as stored.
    pub hash: Hash,
}

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its hash.
    pub sha256: String,
    /// Its bytes, which have this hash.
    pub bytes: Vec<u8>,
    /// Its media type, as far as known.
    pub media_type: String,
    /// The name it first came with.
    pub name: String,
}

const READING: &str = "讀取";

impl Store {
    fn reading(&self, error: Error) -> StoreError {
        StoreError::from_sqlx(READING, &self.path, error)
    }

    pub(crate) fn rows(&self, rows: &[SqliteRow]) -> Result<Vec<StoredRow>, StoreError> {
        rows.iter().map(|row| self.stored(row)).collect()
    }

    pub(crate) fn stored(&self, row: &SqliteRow) -> Result<StoredRow, StoreError> {
        let register: String = row.try_get(1).map_err(|e| self.reading(e))?;
        let row_id: String = row.try_get(2).map_err(|e| self.reading(e))?;
        let version: u32 = row.try_get(3).map_err(|e| self.reading(e))?;
        let body = row
            .try_get::<&str, _>(5)
            .ok()
            .and_then(|text| serde_json::from_str(text).ok());
        let Some(body) = body else {
            return Err(StoreError::UnreadableBody {
                register,
                row: row_id,
                version,
            });
        };
        Ok(StoredRow {
            agency: row.try_get(0).map_err(|e| self.reading(e))?,
            register,
            row: row_id,
            version,
            seq: unsigned(row.try_get(4).map_err(|e| self.reading(e))?),
            body,
        })
    }

    /// Every agency that has rows, by id.
    pub async fn agencies(&self) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("SELECT DISTINCT agency FROM row_head ORDER BY agency")
            .fetch_all(&self.read)
            .await
            .map_err(|e| self.reading(e))
    }

    /// The latest version of every row of an agency, by register and row. One query.
    pub async fn latest(&self, agency: &str) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_head h JOIN row_version v ON v.seq = h.seq
             WHERE h.agency = ? ORDER BY h.register, h.row_id",
        )
        .bind(agency)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        self.rows(&rows)
    }

    /// The latest version of every row of one register of an agency.
    pub async fn latest_of(&self, agency: &str, register: &str) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_head h JOIN row_version v ON v.seq = h.seq
             WHERE h.agency = ? AND h.register = ? ORDER BY h.row_id",
        )
        .bind(agency)
        .bind(register)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        self.rows(&rows)
    }

    /// The latest version of every row of one register, of all agencies.
    pub async fn latest_everywhere(&self, register: &str) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_head h JOIN row_version v ON v.seq = h.seq
             WHERE h.register = ? ORDER BY h.agency, h.row_id",
        )
        .bind(register)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        self.rows(&rows)
    }

    /// The latest version of a row.
    pub async fn row(&self, register: &str, row: &str) -> Result<Option<StoredRow>, StoreError> {
        let found = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_head h JOIN row_version v ON v.seq = h.seq
             WHERE h.register = ? AND h.row_id = ?",
        )
        .bind(register)
        .bind(row)
        .fetch_optional(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        found.map(|r| self.stored(&r)).transpose()
    }

    /// Every version of a row, oldest first.
    pub async fn history(&self, register: &str, row: &str) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT agency, register, row_id, version, seq, body FROM row_version
             WHERE register = ? AND row_id = ? ORDER BY version",
        )
        .bind(register)
        .bind(row)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        self.rows(&rows)
    }

    /// An agency's rows as they were at a ledger position.
    pub async fn rows_at(&self, agency: &str, position: u64) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM (SELECT MAX(seq) AS seq FROM row_version
                   WHERE agency = ? AND seq <= ? GROUP BY register, row_id) last
             JOIN row_version v ON v.seq = last.seq
             ORDER BY v.register, v.row_id",
        )
        .bind(agency)
        .bind(signed(position))
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        self.rows(&rows)
    }

    /// The ledger's position: how many entries there are.
    pub async fn position(&self) -> Result<u64, StoreError> {
        Ok(self.head().await?.seq)
    }

    /// The ledger's head, as a checkpoint that can be kept outside.
    pub async fn head(&self) -> Result<Checkpoint, StoreError> {
        let mut c = self.read.acquire().await.map_err(|e| self.reading(e))?;
        write::head(&mut c).await.map_err(|e| self.reading(e))
    }

    /// Ledger entries from a sequence number on, oldest first.
    pub async fn entries(&self, from: u64, limit: u32) -> Result<Vec<StoredEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, prev, at, actor, action, agency, register, row_id, version, body_hash, hash
             FROM ledger_entry WHERE seq >= ? ORDER BY seq LIMIT ?",
        )
        .bind(signed(from))
        .bind(limit)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.reading(e))?;
        rows.iter()
            .map(|r| stored_entry(r).map_err(|e| self.reading(e)))
            .collect()
    }

    /// A kept file, after its bytes were compared with its hash.
    pub async fn blob(&self, sha256: &str) -> Result<Option<StoredBlob>, StoreError> {
        let found = sqlx::query("SELECT sha256, bytes, media_type, name FROM blob WHERE sha256 = ?")
            .bind(sha256)
            .fetch_optional(&self.read)
            .await
            .map_err(|e| self.reading(e))?;
        let Some(row) = found else {
            return Ok(None);
        };
        let blob = stored_blob(&row).map_err(|e| self.reading(e))?;
        if ledger::hex(&ledger::sha256(&blob.bytes)) != blob.sha256 {
            return Err(StoreError::AlteredBlob { sha256: blob.sha256 });
        }
        Ok(Some(blob))
    }
}

fn stored_blob(row: &SqliteRow) -> Result<StoredBlob, Error> {
    Ok(StoredBlob {
        sha256: row.try_get(0)?,
        bytes: row.try_get(1)?,
        media_type: row.try_get(2)?,
        name: row.try_get(3)?,
    })
}

/// An entry from the eleven columns of `ledger_entry`, in their order.
pub(crate) fn stored_entry(row: &SqliteRow) -> Result<StoredEntry, Error> {
    Ok(StoredEntry {
        entry: Entry {
            seq: unsigned(row.try_get(0)?),
            prev: hash(row, 1)?,
            at: row.try_get(2)?,
            actor: row.try_get(3)?,
            action: row.try_get(4)?,
            agency: row.try_get(5)?,
            register: row.try_get(6)?,
            row: row.try_get(7)?,
            version: row.try_get(8)?,
            body_hash: hash(row, 9)?,
        },
        hash: hash(row, 10)?,
    })
}

pub(crate) fn hash(row: &SqliteRow, column: usize) -> Result<Hash, Error> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|_| Error::Decode("a hash is not 32 bytes long".into()))
}

/// Sequence numbers are never negative: the schema checks it.
pub(crate) fn unsigned(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

/// SQLite's integers end at 2^63 - 1, where no ledger will get.
pub(crate) fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
