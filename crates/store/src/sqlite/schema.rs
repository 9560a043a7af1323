//! The one list of migrations, and what of it a database has already seen.
//!
//! Why own code: the list is embedded, each step is one transaction with its record, and
//! a database that is newer or was built from another text is refused, not guessed at.
//! What it can't know: whether someone altered a table by hand afterwards.

use crate::link::Link;
use crate::{StorageProblem, StorageProblemKind, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
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
];

/// The first form of which a database can be opened; those before were never released.
const FIRST: u32 = 10;

const APPLICATION_ID: i64 = 1_178_688_085; // 'FAZU', as the first migration sets it

/// The newest schema this program knows.
pub(crate) fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// Refuses a database that isn't ours, is newer, or differs; gives its version.
pub(crate) async fn check(c: &mut SqliteConnection, path: &Path) -> Result<u32, StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料結構", &path.to_string_lossy(), e);
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *c)
        .await
        .map_err(failed)?;
    let table: Option<i64> = sqlx::query_scalar("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'")
        .fetch_optional(&mut *c)
        .await
        .map_err(failed)?;
    if id != APPLICATION_ID || table.is_none() {
        return Err(StoreError::NotOurs {
            path: path.to_owned(),
        });
    }
    let rows = sqlx::query("SELECT version, checksum FROM schema_version ORDER BY version")
        .fetch_all(&mut *c)
        .await
        .map_err(failed)?;
    let mut reached = 0;
    for row in rows {
        let version: u32 = row.try_get(0).map_err(failed)?;
        let checksum: Vec<u8> = row.try_get(1).map_err(failed)?;
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
pub(crate) async fn migrate(c: &mut SqliteConnection, path: &Path, from: u32) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_sqlx("升級資料結構", &path.to_string_lossy(), e);
    for migration in MIGRATIONS.iter().filter(|m| m.version > from) {
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *c)
            .await
            .map_err(failed)?;
        // Another process may have applied it while this one waited for the lock.
        let applied = match reached(&mut Link::Sqlite(c)).await {
            Ok(version) if version >= migration.version => Ok(()),
            Ok(_) => apply(c, migration).await,
            Err(error) => Err(error),
        };
        let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
        sqlx::raw_sql(end).execute(&mut *c).await.map_err(failed)?;
        applied.map_err(failed)?;
    }
    Ok(())
}

/// The version that a database has reached; 0 for a new one.
async fn reached(link: &mut Link<'_>) -> Result<u32, sqlx::Error> {
    let table = "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'";
    if link.rows_once(table, Vec::new()).await?.is_empty() {
        return Ok(0);
    }
    let latest = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
    let latest = link.rows_once(latest, Vec::new()).await?;
    latest.first().map_or(Ok(0), |cells| cells.version(0))
}

async fn apply(c: &mut SqliteConnection, migration: &Migration) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS schema_version (
            version  INTEGER PRIMARY KEY,
            name     TEXT NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT",
    )
    .execute(&mut *c)
    .await?;
    sqlx::raw_sql(migration.sql).execute(&mut *c).await?;
    sqlx::query("INSERT INTO schema_version (version, name, checksum) VALUES (?, ?, ?)")
        .bind(migration.version)
        .bind(migration.name)
        .bind(ledger::sha256(migration.sql.as_bytes()).to_vec())
        .execute(&mut *c)
        .await?;
    Ok(())
}

/// What SQLite's own check finds, and what of the schema is missing, alien or another than the
/// migrations make it.
pub(crate) async fn differences(link: &mut Link<'_>) -> Result<Vec<StorageProblem>, sqlx::Error> {
    let mut found = Vec::new();
    let said = link.rows_once("PRAGMA integrity_check(20)", Vec::new()).await?;
    for line in &said {
        let line = line.text(0)?;
        if line == "ok" {
            continue;
        }
        found.push(StorageProblem::new(
            StorageProblemKind::DamagedPages,
            format!("資料庫檔的頁面或索引已損壞：{line}"),
        ));
    }
    let ours = parts(link).await?;
    // A backup may be of an earlier schema, and whole.
    let reached = reached(link).await?;
    let mut fresh = SqliteConnectOptions::new().in_memory(true).connect().await?;
    for migration in MIGRATIONS.iter().filter(|m| m.version <= reached) {
        apply(&mut fresh, migration).await?;
    }
    let made = parts(&mut Link::Sqlite(&mut fresh)).await?;
    fresh.close().await?;
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
async fn parts(link: &mut Link<'_>) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let sql = "SELECT type || ' ' || name, COALESCE(sql, '') FROM sqlite_schema
               WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1";
    let rows = link.rows_once(sql, Vec::new()).await?;
    rows.iter()
        .map(|cells| Ok((cells.owned(0)?, cells.owned(1)?)))
        .collect()
}
