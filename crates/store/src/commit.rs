//! What is written at once: row versions, files and what they were judged by.
//!
//! Why what was looked at is part of it: between looking and writing others write; what must stand
//! as it was seen is asked again in the same transaction. Why jobs and messages are part of it:
//! what was acknowledged and what follows from it are there together, or neither is. What it can't know: whether the actor was
//! allowed to, and whether the body is a valid row; that is decided before.

use crate::jobs::{NewJob, NewMessage, Step};
use crate::working::Receipt;
use crate::{StoreError, canonical};
use ledger::{Entry, Head};
use serde_json::Value;

/// One version of one row to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRow {
    /// Register key.
    pub register: String,
    /// Row id, unique in its register of the agency.
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
    /// Where the agency's chain stood when it was looked at.
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
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Jobs that follow from it; they are there as soon as it is.
    pub jobs: Vec<NewJob>,
    /// Messages that tell of it.
    pub outbox: Vec<NewMessage>,
    /// The job that writes it, if one does: only who still has it.
    pub step: Option<Step>,
}

/// What was written; durable when this is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// One entry per row, in order; none where very many were written at once.
    pub entries: Vec<Entry>,
    /// The position of the agency's chain after it.
    pub position: u64,
    /// Where the agency's chain ends after it.
    pub head: Head,
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
    pub(crate) bytes: Vec<u8>,
    pub(crate) files: Vec<String>,
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// Jobs that follow from it; they are there as soon as it is.
    pub jobs: Vec<NewJob>,
    /// Messages that tell of it.
    pub outbox: Vec<NewMessage>,
    /// The job that writes it, if one does: only who still has it.
    pub step: Option<Step>,
}

/// Rows that one statement writes; also how many lie between two signs of progress.
pub(crate) const BATCH: usize = 500;

pub(crate) fn complete(commit: &Commit) -> Result<(), StoreError> {
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

/// How long, in bytes, an id may be: every database must be able to index it.
const ID: usize = 800;
/// How long what stands before it in an index may be: an agency, a register.
const KEY: usize = 200;

/// Whether every database can keep and find what is written.
pub(crate) fn keepable(head: &CommitHead, rows: &[Prepared], blobs: &[Blob]) -> Result<(), StoreError> {
    // Not every database keeps NUL, and nobody can type it.
    let nul = |s: &str| s.contains('\0');
    let receipt = head.receipt.iter().flat_map(|r| [&r.principal, &r.key]);
    let mut words = [&head.actor, &head.action].into_iter().chain(receipt);
    let mut keys = std::iter::once(&head.agency).chain(rows.iter().map(|r| &r.register));
    let what = if nul(&head.agency)
        || words.clone().any(|s| nul(s))
        || rows.iter().any(|r| nul(&r.register) || nul(&r.row))
        || blobs.iter().any(|b| nul(&b.name) || nul(&b.media_type))
    {
        "文字含有空字元（NUL）"
    } else if keys.any(|s| s.len() > KEY)
        || words.any(|s| s.len() > ID)
        || rows.iter().any(|r| r.row.len() > ID)
    {
        "機關、登錄簿、識別碼或動作的名稱過長"
    } else {
        return Ok(());
    };
    Err(StoreError::Incomplete { what })
}

/// The files that a body names, by their hashes: see `docs/LEDGER.md`.
pub fn files_named(body: &Value) -> Vec<String> {
    named_blobs(body).into_iter().map(str::to_owned).collect()
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
