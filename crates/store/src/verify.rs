//! Comparing what is stored with what the ledger says was stored.
//!
//! Why page by page in one read transaction: a ledger of any length is verified in
//! constant memory while others go on writing. What it can't know: which side of a
//! mismatch is the true one, and what no checkpoint vouches for (`docs/LEDGER.md`).

use crate::read::{signed, stored_entry, unsigned};
use crate::write::{has_blob, head, named_blobs};
use crate::{Store, StoreError};
use ledger::{Body, Checkpoint, Report, Verifier};
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Error, Row};
use std::collections::BTreeSet;
use std::path::Path;

/// How many entries, counted from the end, are verified when a database is opened.
pub const VERIFIED_AT_OPEN: u64 = 20_000;

const PAGE: u32 = 500;

/// What is wrong in the tables beside the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageProblemKind {
    /// A row version that no ledger entry vouches for.
    UnrecordedRow,
    /// What is taken for a row's latest version is not.
    WrongHead,
    /// A file's bytes are not the ones that were stored.
    AlteredBlob,
    /// A file that a row names is not there.
    MissingBlob,
    /// Where a file is named is not what the rows say.
    WrongFile,
}

/// One thing that is wrong in the tables beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageProblem {
    /// What.
    pub kind: StorageProblemKind,
    /// In words (zh-TW).
    pub message: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The chain and the bodies.
    pub ledger: Report,
    /// The entry with which the verification began.
    pub from: u64,
    /// Whether files were compared too.
    pub blobs: bool,
    /// The tables beside the ledger.
    pub storage: Vec<StorageProblem>,
}

impl Verification {
    /// Whether nothing is damaged.
    pub fn is_sound(&self) -> bool {
        self.ledger.is_sound() && self.storage.is_empty()
    }

    /// Everything that is damaged, in words (zh-TW), without the notices.
    pub fn damages(&self) -> impl Iterator<Item = &str> {
        let ledger = self.ledger.problems.iter().filter(|p| !p.kind.is_notice());
        ledger
            .map(|p| p.message.as_str())
            .chain(self.storage.iter().map(|p| p.message.as_str()))
    }

    /// The first three damages and how many more there are.
    pub(crate) fn summary(&self) -> String {
        let all: Vec<&str> = self.damages().collect();
        let first = all.get(..3).unwrap_or(&all).join("；");
        match all.len().saturating_sub(3) {
            0 => first,
            more => format!("{first}；另有 {more} 項"),
        }
    }
}

impl Store {
    /// Verifies the whole ledger, every body, every file; against a checkpoint if one is given.
    pub async fn verify(&self, expected: Option<Checkpoint>) -> Result<Verification, StoreError> {
        let failed = |e| StoreError::from_sqlx("驗證帳本", &self.path, e);
        let mut tx = self.read.begin().await.map_err(failed)?;
        full(&mut tx, &self.path, expected).await
    }

    /// What opening verifies: the last [`VERIFIED_AT_OPEN`] entries, no files.
    pub(crate) async fn verify_recent(&self) -> Result<Verification, StoreError> {
        let failed = |e| StoreError::from_sqlx("驗證帳本", &self.path, e);
        let mut tx = self.read.begin().await.map_err(failed)?;
        recent(&mut tx, VERIFIED_AT_OPEN).await.map_err(failed)
    }
}

/// Verifies everything.
pub(crate) async fn full(
    c: &mut SqliteConnection,
    path: &Path,
    expected: Option<Checkpoint>,
) -> Result<Verification, StoreError> {
    let failed = |e| StoreError::from_sqlx("驗證帳本", path, e);
    let mut verifier = Verifier::new();
    if let Some(checkpoint) = expected {
        verifier = verifier.expecting(checkpoint);
    }
    let mut missing = BTreeSet::new();
    let ledger = chain(c, verifier, 0, Some(&mut missing)).await.map_err(failed)?;
    let mut storage = tables(c).await.map_err(failed)?;
    storage.extend(missing.into_iter().map(gone));
    storage.extend(wrong_files(c).await.map_err(failed)?);
    storage.extend(altered_blobs(c).await.map_err(failed)?);
    Ok(Verification {
        ledger,
        from: 1,
        blobs: true,
        storage,
    })
}

fn gone((sha256, place): (String, String)) -> StorageProblem {
    StorageProblem {
        kind: StorageProblemKind::MissingBlob,
        message: format!("{place}引用的檔案 {sha256} 不見了"),
    }
}

/// Verifies the last `count` entries, trusting the stored hash of the one before them.
async fn recent(c: &mut SqliteConnection, count: u64) -> Result<Verification, Error> {
    let last = head(&mut *c).await?.seq;
    let mut start = last.saturating_sub(count);
    let mut verifier = Verifier::new();
    if start > 0 {
        let anchor = sqlx::query("SELECT hash FROM ledger_entry WHERE seq = ?")
            .bind(signed(start))
            .fetch_optional(&mut *c)
            .await?;
        match anchor {
            Some(row) => {
                verifier = Verifier::after(Checkpoint {
                    seq: start,
                    head: crate::read::hash(&row, 0)?,
                });
            }
            None => start = 0,
        }
    }
    // That a file is there is looked at here too; whether its bytes are the same, by `verify` only.
    let mut missing = BTreeSet::new();
    let ledger = chain(c, verifier, start, Some(&mut missing)).await?;
    let mut storage = tables(c).await?;
    storage.extend(missing.into_iter().map(gone));
    Ok(Verification {
        ledger,
        from: start + 1,
        blobs: false,
        storage,
    })
}

async fn chain(
    c: &mut SqliteConnection,
    mut verifier: Verifier,
    after: u64,
    mut missing: Option<&mut BTreeSet<(String, String)>>,
) -> Result<Report, Error> {
    let mut after = signed(after);
    loop {
        let page = sqlx::query(
            "SELECT e.seq, e.prev, e.at, e.actor, e.action, e.agency, e.register, e.row_id, e.version,
                    e.body_hash, e.hash, CAST(v.body AS BLOB)
             FROM ledger_entry e LEFT JOIN row_version v
               ON v.register = e.register AND v.row_id = e.row_id AND v.version = e.version
             WHERE e.seq > ? ORDER BY e.seq LIMIT ?",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *c)
        .await?;
        if page.is_empty() {
            return Ok(verifier.finish());
        }
        for row in &page {
            let stored = stored_entry(row)?;
            let body: Option<&[u8]> = row.try_get(11)?;
            verifier.push(
                &stored.entry,
                Some(&stored.hash),
                body.map_or(Body::Missing, Body::Bytes),
            );
            after = signed(stored.entry.seq);
            let Some(missing) = missing.as_deref_mut() else {
                continue;
            };
            let value: Value = body
                .and_then(|b| serde_json::from_slice(b).ok())
                .unwrap_or(Value::Null);
            for sha256 in named_blobs(&value) {
                if !has_blob(&mut *c, sha256).await? {
                    let e = &stored.entry;
                    let place = format!("{} / {} 第 {} 版", e.register, e.row, e.version);
                    missing.insert((sha256.to_owned(), place));
                }
            }
        }
    }
}

async fn tables(c: &mut SqliteConnection) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    let unrecorded = sqlx::query(
        "SELECT v.register, v.row_id, v.version, v.seq
         FROM row_version v LEFT JOIN ledger_entry e
           ON e.seq = v.seq AND e.agency = v.agency AND e.register = v.register
              AND e.row_id = v.row_id AND e.version = v.version
         WHERE e.seq IS NULL ORDER BY v.seq LIMIT 100",
    )
    .fetch_all(&mut *c)
    .await?;
    for row in unrecorded {
        found.push(StorageProblem {
            kind: StorageProblemKind::UnrecordedRow,
            message: format!(
                "{} / {} 第 {} 版（第 {} 筆）在帳本上沒有記載：不是經由本系統寫入，或帳本被刪",
                row.try_get::<&str, _>(0)?,
                row.try_get::<&str, _>(1)?,
                row.try_get::<u32, _>(2)?,
                unsigned(row.try_get(3)?),
            ),
        });
    }
    // Each row's newest version must be its head, and each head a newest version.
    let heads = sqlx::query(
        "WITH newest AS (
             SELECT agency, register, row_id, MAX(version) AS version, MAX(seq) AS seq
             FROM row_version GROUP BY agency, register, row_id)
         SELECT register, row_id FROM (
             SELECT * FROM (SELECT agency, register, row_id, version, seq FROM newest
                            EXCEPT SELECT agency, register, row_id, version, seq FROM row_head)
             UNION
             SELECT * FROM (SELECT agency, register, row_id, version, seq FROM row_head
                            EXCEPT SELECT agency, register, row_id, version, seq FROM newest))
         GROUP BY register, row_id ORDER BY register, row_id LIMIT 100",
    )
    .fetch_all(&mut *c)
    .await?;
    for row in heads {
        found.push(StorageProblem {
            kind: StorageProblemKind::WrongHead,
            message: format!(
                "{} / {} 的現行版本指向錯誤，畫面上的不是最新一版",
                row.try_get::<&str, _>(0)?,
                row.try_get::<&str, _>(1)?,
            ),
        });
    }
    Ok(found)
}

/// Each row version must be listed under the files that it names, and under no other.
async fn wrong_files(c: &mut SqliteConnection) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    // A backup of an earlier schema has no such list; it gets one when it is next opened.
    let listed: Option<i64> = sqlx::query_scalar("SELECT 1 FROM sqlite_schema WHERE name = 'row_file'")
        .fetch_optional(&mut *c)
        .await?;
    if listed.is_none() {
        return Ok(found);
    }
    let mut after = 0_i64;
    loop {
        let page = sqlx::query(
            "SELECT v.seq, v.register, v.row_id, v.version, CAST(v.body AS BLOB),
                    (SELECT json_group_array(CASE WHEN f.agency = v.agency AND f.register = v.register
                         AND f.row_id = v.row_id THEN f.sha256 ELSE '' END)
                     FROM row_file f WHERE f.seq = v.seq)
             FROM row_version v
             WHERE v.seq > ? AND (v.seq IN (SELECT seq FROM row_file) OR instr(v.body, '\"sha256\"') > 0)
             ORDER BY v.seq LIMIT ?",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *c)
        .await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.try_get(0)?;
        for row in &page {
            let body: Value = serde_json::from_slice(row.try_get(4)?).unwrap_or_default();
            let listed: Vec<String> = serde_json::from_str(row.try_get(5)?).unwrap_or_default();
            let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
            if listed != named_blobs(&body).into_iter().collect() {
                found.push(StorageProblem {
                    kind: StorageProblemKind::WrongFile,
                    message: format!(
                        "{} / {} 第 {} 版的檔案索引與內容不符，該檔案可能開不起來",
                        row.try_get::<&str, _>(1)?,
                        row.try_get::<&str, _>(2)?,
                        row.try_get::<u32, _>(3)?,
                    ),
                });
            }
        }
    }
}

/// Files are compared one at a time, as they may be large.
async fn altered_blobs(c: &mut SqliteConnection) -> Result<Vec<StorageProblem>, Error> {
    let keys: Vec<String> = sqlx::query_scalar("SELECT sha256 FROM blob ORDER BY sha256")
        .fetch_all(&mut *c)
        .await?;
    let mut found = Vec::new();
    for sha256 in keys {
        let bytes: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM blob WHERE sha256 = ?")
            .bind(&sha256)
            .fetch_one(&mut *c)
            .await?;
        if ledger::hex(&ledger::sha256(&bytes)) != sha256 {
            found.push(StorageProblem {
                kind: StorageProblemKind::AlteredBlob,
                message: format!("檔案 {sha256} 的內容被改過"),
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Commit, NewRow, OpenMode};

    /// What opening does with a ledger longer than it verifies, at a smaller scale.
    #[tokio::test]
    async fn a_part_of_the_ledger_is_verified_from_the_entry_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), OpenMode::Create).await.unwrap();
        let rows = (0..7)
            .map(|n| NewRow {
                register: "system".into(),
                row: format!("s{n}"),
                expected_version: 0,
                body: Value::Null,
            })
            .collect();
        let commit = Commit {
            actor: "wang".into(),
            at_micros: 1,
            action: "create".into(),
            agency: "a".into(),
            rows,
            blobs: vec![],
            receipt: None,
            holds: crate::Holds::default(),
        };
        store.commit(commit).await.unwrap();
        let mut c = store.write.acquire().await.unwrap();
        for (count, from, entries) in [(3, 5, 3), (7, 1, 7), (100, 1, 7)] {
            let v = recent(&mut c, count).await.unwrap();
            assert!(v.is_sound());
            assert_eq!((v.from, v.ledger.entries), (from, entries));
        }
        sqlx::raw_sql(
            "DROP TRIGGER row_version_keeps; DROP TRIGGER ledger_entry_stays; PRAGMA foreign_keys = OFF;
             UPDATE row_version SET body = '1' WHERE seq IN (2, 6)",
        )
        .execute(&mut *c)
        .await
        .unwrap();
        let seqs = |v: Verification| v.ledger.problems.iter().map(|p| p.seq).collect::<Vec<_>>();
        assert_eq!(seqs(recent(&mut c, 3).await.unwrap()), [6]);
        assert_eq!(seqs(recent(&mut c, 6).await.unwrap()), [2, 6]);
        // Where the entry to start from is gone, everything is verified.
        sqlx::raw_sql("DELETE FROM ledger_entry WHERE seq = 4")
            .execute(&mut *c)
            .await
            .unwrap();
        assert_eq!(seqs(recent(&mut c, 3).await.unwrap()), [2, 4, 6]);
    }
}
