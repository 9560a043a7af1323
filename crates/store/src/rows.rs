//! Rows, entries and files as they are stored.

use crate::StoreError;
use crate::value::Cells;
use ledger::{Entry, Hash};
use serde_json::Value;
use sqlx::Error;

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
    /// The entry of the agency's chain that recorded it.
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

/// A version of a row with the entry that recorded it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The version.
    pub row: StoredRow,
    /// Its entry.
    pub entry: StoredEntry,
}

/// A row that an action wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenHead {
    /// Row id.
    pub row: String,
    /// The version that the action wrote.
    pub version: u32,
    /// The latest version.
    pub latest: u32,
}

/// The columns of a row version, for [`stored`].
pub(crate) const ROW: &str = "v.agency, v.register, v.row_id, v.version, v.seq, v.body";

/// The columns of an entry, for [`stored_entry`].
pub(crate) const ENTRY: &str = "e.seq, e.prev, e.at, e.actor, e.action, e.agency, e.register, e.row_id, \
                                e.version, e.body_hash, e.hash";

/// How many rows are read at once, where all of a table are.
pub(crate) const PAGE: u32 = 500;

/// What can go wrong with a row that was read: the database, or the body.
pub(crate) enum Unread {
    Database(Error),
    Body(StoreError),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// A row version from the columns of [`ROW`].
pub(crate) fn stored(cells: &Cells) -> Result<StoredRow, Unread> {
    let (register, row, version) = (cells.owned(1)?, cells.owned(2)?, cells.version(3)?);
    let Ok(body) = cells
        .text(5)
        .map_or(Err(()), |t| serde_json::from_str(t).map_err(|_| ()))
    else {
        return Err(Unread::Body(StoreError::UnreadableBody {
            register,
            row,
            version,
        }));
    };
    Ok(StoredRow {
        agency: cells.owned(0)?,
        register,
        row,
        version,
        seq: cells.unsigned(4)?,
        body,
    })
}

/// An entry from the columns of [`ENTRY`].
pub(crate) fn stored_entry(cells: &Cells) -> Result<StoredEntry, Error> {
    Ok(StoredEntry {
        entry: Entry {
            seq: cells.unsigned(0)?,
            prev: cells.hash(1)?,
            at: cells.int(2)?,
            actor: cells.owned(3)?,
            action: cells.owned(4)?,
            agency: cells.owned(5)?,
            register: cells.owned(6)?,
            row: cells.owned(7)?,
            version: cells.version(8)?,
            body_hash: cells.hash(9)?,
        },
        hash: cells.hash(10)?,
    })
}
