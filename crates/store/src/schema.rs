//! The one list of migrations, and what of it a database has already seen.
//!
//! Why own code: the list is embedded, each step is one transaction with its record, and
//! a database that is newer or was built from another text is refused, not guessed at.
//! What it can't know: whether someone altered a table by hand afterwards.

use crate::StoreError;
use sqlx::{Row, SqliteConnection};
use std::path::Path;

struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

/// In order; a migration that was ever released is never edited.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "rows_and_ledger",
        sql: include_str!("../migrations/0001_rows_and_ledger.sql"),
    },
    Migration {
        version: 2,
        name: "working_space",
        sql: include_str!("../migrations/0002_working_space.sql"),
    },
    Migration {
        version: 3,
        name: "files_and_answers",
        sql: include_str!("../migrations/0003_files_and_answers.sql"),
    },
];

const APPLICATION_ID: i64 = 1_178_688_085; // 'FAZU', as the first migration sets it

/// The newest schema this program knows.
fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// Refuses a database that isn't ours, is newer, or differs; gives its version.
pub(crate) async fn check(c: &mut SqliteConnection, path: &Path) -> Result<u32, StoreError> {
    let failed = |e| StoreError::from_sqlx("檢查資料結構", path, e);
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
    let failed = |e| StoreError::from_sqlx("升級資料結構", path, e);
    for migration in MIGRATIONS.iter().filter(|m| m.version > from) {
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *c)
            .await
            .map_err(failed)?;
        // Another process may have applied it while this one waited for the lock.
        let applied = match reached(c).await {
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
async fn reached(c: &mut SqliteConnection) -> Result<u32, sqlx::Error> {
    let table: Option<i64> = sqlx::query_scalar("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'")
        .fetch_optional(&mut *c)
        .await?;
    match table {
        None => Ok(0),
        Some(_) => {
            sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM schema_version")
                .fetch_one(c)
                .await
        }
    }
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
