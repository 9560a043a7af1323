//! The one list of migrations, and what of it a database has already seen.
//!
//! Why own code: the list is embedded, each step is one transaction with its record, and
//! a database that is newer or was built from another text is refused, not guessed at.
//! What it can't know: whether someone altered a table by hand afterwards.

use super::connection::Connection;
use crate::link::Link;
use crate::value::args;
use crate::{StorageProblem, StorageProblemKind, StoreError};
use sqlx::Error;
use std::collections::BTreeMap;
use std::path::Path;

struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

/// In order; a migration that was ever released is never edited.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 10,
        name: "chains",
        sql: include_str!("schema.sql"),
    },
    Migration {
        version: 11,
        name: "jobs",
        sql: include_str!("jobs.sql"),
    },
    Migration {
        version: 12,
        name: "trust",
        sql: include_str!("trust.sql"),
    },
    Migration {
        version: 13,
        name: "copy",
        sql: include_str!("copy.sql"),
    },
    Migration {
        version: 14,
        name: "kept",
        sql: include_str!("kept.sql"),
    },
];

/// The first form of which a database can be opened; those before were never released.
const FIRST: u32 = 10;

/// Whose a file is, as SQLite keeps it.
pub(crate) const APPLICATION_ID: i64 = 1_178_688_085; // 'FAZU', as the first migration sets it

/// The newest schema this program knows.
pub(crate) fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// Refuses a database that isn't ours, is newer, or differs; gives its version.
pub(crate) fn check(c: &Connection, path: &Path) -> Result<u32, StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料結構", &path.to_string_lossy(), e);
    let asked = |sql| c.rows(sql, Vec::new(), false).map_err(failed);
    let ours = asked("PRAGMA application_id")?;
    let is_ours = ours
        .iter()
        .any(|cells| cells.int(0).is_ok_and(|id| id == APPLICATION_ID));
    if !is_ours || asked(TABLE)?.is_empty() {
        return Err(StoreError::NotOurs {
            path: path.to_owned(),
        });
    }
    let mut reached = 0;
    for cells in asked("SELECT version, checksum FROM schema_version ORDER BY version")? {
        let version = cells.version(0).map_err(failed)?;
        let checksum = cells.bytes(1).map_err(failed)?;
        if version > known() {
            return Err(StoreError::NewerSchema {
                path: path.to_owned(),
                found: version,
                known: known(),
            });
        }
        if version < FIRST {
            return Err(StoreError::EarlierForm {
                place: path.display().to_string(),
            });
        }
        let ours = MIGRATIONS.iter().find(|m| m.version == version);
        if ours.is_none_or(|m| ledger::sha256(m.sql.as_bytes()).as_slice() != checksum) {
            return Err(StoreError::AlteredSchema {
                path: path.to_owned(),
                version,
            });
        }
        reached = version;
    }
    Ok(reached)
}

/// Applies what a database that reached `from` still lacks, each step in one transaction.
pub(crate) fn migrate(c: &Connection, path: &Path, from: u32) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlx("升級資料結構", &path.to_string_lossy(), e);
    for migration in MIGRATIONS.iter().filter(|m| m.version > from) {
        c.bracket("BEGIN IMMEDIATE").map_err(failed)?;
        // Another process may have applied it while this one waited for the lock.
        let applied = match reached(c) {
            Ok(version) if version >= migration.version => Ok(()),
            Ok(_) => apply(c, migration),
            Err(error) => Err(error),
        };
        let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
        c.bracket(end).map_err(failed)?;
        applied.map_err(|e| StoreError::unmigrated(&path.to_string_lossy(), migration.version, e))?;
    }
    Ok(())
}

/// Tries on a copy of the tables what a database that reached `from` still lacks. Their rows are not
/// copied: what only they would stop is not found.
pub(crate) fn rehearse(c: &Connection, path: &Path, from: u32) -> Result<(), StoreError> {
    if from >= known() {
        return Ok(());
    }
    let place = path.to_string_lossy();
    let failed = |e| StoreError::from_sqlx("檢視資料庫", &place, e);
    let copy = Connection::in_memory().map_err(failed)?;
    let tables_first = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                        ORDER BY type <> 'table', type <> 'view', rowid";
    for cells in c.rows(tables_first, Vec::new(), false).map_err(failed)? {
        copy.batch(cells.text(0).map_err(failed)?).map_err(failed)?;
    }
    for migration in MIGRATIONS.iter().filter(|m| m.version > from) {
        apply(&copy, migration).map_err(|e| StoreError::unmigrated(&place, migration.version, e))?;
    }
    Ok(())
}

const TABLE: &str = "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'";
const REACHED: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_version";

/// The version that a database has reached; 0 for a new one.
fn reached(c: &Connection) -> Result<u32, Error> {
    if c.rows(TABLE, Vec::new(), false)?.is_empty() {
        return Ok(0);
    }
    let latest = c.rows(REACHED, Vec::new(), false)?;
    latest.first().map_or(Ok(0), |cells| cells.version(0))
}

fn apply(c: &Connection, migration: &Migration) -> Result<(), Error> {
    c.batch(
        "CREATE TABLE IF NOT EXISTS schema_version (
            version  INTEGER PRIMARY KEY,
            name     TEXT NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT",
    )?;
    c.batch(migration.sql)?;
    let checksum = ledger::sha256(migration.sql.as_bytes());
    c.execute(
        "INSERT INTO schema_version (version, name, checksum) VALUES ($1, $2, $3)",
        args![migration.version, migration.name, checksum.as_slice()],
        false,
    )?;
    Ok(())
}

/// What SQLite's own check finds, and what of the schema is missing, alien or another than the
/// migrations make it.
pub(crate) async fn differences(link: &mut Link<'_>) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    let said = link.rows_once("PRAGMA integrity_check(20)", Vec::new()).await?;
    for cells in &said {
        let what = cells.text(0)?;
        if what == "ok" {
            continue;
        }
        found.push(StorageProblem::new(
            StorageProblemKind::DamagedPages,
            format!("資料庫檔的頁面或索引已損壞：{what}"),
        ));
    }
    let ours = parts(link).await?;
    // A backup may be of an earlier schema, and whole.
    let reached = link.one(REACHED, Vec::new()).await?;
    let reached = reached.map_or(Ok(0), |cells| cells.version(0))?;
    let mut fresh = Connection::in_memory()?;
    for migration in MIGRATIONS.iter().filter(|m| m.version <= reached) {
        apply(&fresh, migration)?;
    }
    let made = parts(&mut Link::Quick(&mut fresh)).await?;
    for (name, sql) in &made {
        let message = match ours.get(name) {
            Some(found) if found == sql => continue,
            Some(_) => format!("資料庫的「{name}」與程式所建的不同：有人改過資料結構"),
            None => format!("資料庫缺少「{name}」：有人刪過資料結構"),
        };
        found.push(StorageProblem::new(StorageProblemKind::AlteredSchema, message));
    }
    for name in ours.keys().filter(|name| !made.contains_key(*name)) {
        found.push(StorageProblem::new(
            StorageProblemKind::AlteredSchema,
            format!("資料庫多出「{name}」：不是本系統所建"),
        ));
    }
    Ok(found)
}

/// Tables, indexes, triggers and views by kind and name, with the text that makes them. What
/// SQLite keeps for itself has no text, or is its own business.
async fn parts(link: &mut Link<'_>) -> Result<BTreeMap<String, String>, Error> {
    let sql = "SELECT type || ' ' || name, COALESCE(sql, '') FROM sqlite_schema
               WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1";
    let rows = link.rows_once(sql, Vec::new()).await?;
    rows.iter()
        .map(|cells| Ok((cells.owned(0)?, cells.owned(1)?)))
        .collect()
}
