//! What somebody names as a backup, before anything is done with it.
//!
//! Why before: the databases' own tools and checks speak of the database in use and of how they read,
//! while whoever restores has to name another file, or another place. What it can't know: whether the
//! backup is whole; that is found when it is restored.

use crate::sqlite::open::has_log;
use crate::sqlite::schema::APPLICATION_ID;
use crate::{Location, StoreError};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// How PostgreSQL's tool begins its files.
const DUMP: &[u8] = b"PGDMP";
const SQLITE: &[u8] = b"SQLite format 3\0";
/// Where a SQLite file says whose it is, and where what is looked at of it ends.
const WHOSE: usize = 68;
const LOOKED_AT: usize = 72;

/// Refuses a file that is no backup of ours, or one of the other kind of database.
pub(crate) fn check(backup: &Path, to: &Location) -> Result<(), StoreError> {
    let head = head(backup)?;
    let no_backup = StoreError::NoBackup {
        path: backup.to_owned(),
    };
    if head.is_empty() {
        return Err(StoreError::BadBackup {
            path: backup.to_owned(),
            detail: "檔案是空的".to_owned(),
        });
    }
    let is_dump = head.starts_with(DUMP);
    if !is_dump && !(head.starts_with(SQLITE) && (says_ours(&head) || has_log(backup))) {
        return Err(no_backup);
    }
    let (of, to, place) = match (is_dump, to) {
        (true, Location::Sqlite(_)) => ("PostgreSQL", "SQLite", "以 --database 指定"),
        (false, Location::Postgres(_)) => ("SQLite", "PostgreSQL", "以 --data 指定，不帶 --database"),
        _ => return Ok(()),
    };
    Err(StoreError::OtherBackup {
        path: backup.to_owned(),
        of,
        to,
        place,
    })
}

/// What was found of the file while it was restored, said of a backup and not of the database in use.
pub(crate) fn of_backup(backup: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::NotADatabase { path, detail } | StoreError::Corrupt { path, detail }
            if path == backup =>
        {
            StoreError::BadBackup { path, detail }
        }
        StoreError::NotOurs { path } if path == backup => StoreError::NoBackup { path },
        other => other,
    }
}

fn says_ours(head: &[u8]) -> bool {
    let id = head.get(WHOSE..LOOKED_AT).and_then(|id| id.try_into().ok());
    id.is_some_and(|id| i64::from(u32::from_be_bytes(id)) == APPLICATION_ID)
}

/// How a file begins.
fn head(backup: &Path) -> Result<Vec<u8>, StoreError> {
    let mut head = Vec::new();
    let read = fs::File::open(backup).and_then(|file| file.take(LOOKED_AT as u64).read_to_end(&mut head));
    match read {
        Ok(_) => Ok(head),
        Err(e) if e.kind() == ErrorKind::NotFound => Err(StoreError::MissingBackup {
            path: backup.to_owned(),
        }),
        Err(e) if e.kind() == ErrorKind::IsADirectory => Err(StoreError::NoBackup {
            path: backup.to_owned(),
        }),
        Err(e) => Err(StoreError::io("讀取備份", backup, e)),
    }
}
