//! Backups by PostgreSQL's own tools, and what came back of them.
//!
//! Why a snapshot is handed to the tool: the heads that are told beside a backup are then those that
//! are in it, whoever writes meanwhile. Why restoring ends with a verification of everything: a dump
//! is read back by nobody else. What it can't know: whether the backup is the latest one.

use super::address::Address;
use super::open::{Across, Postgres};
use super::schema;
use crate::link::Link;
use crate::location::Location;
use crate::{Forms, OpenMode, StorageProblem, Store, StoreError, chain};
use ledger::Head;
use sqlx::Connection;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";

impl Postgres {
    /// Dumps the database into a file that is there and empty; gives where its chains end in it.
    pub(crate) async fn dump(&self, to: &Path) -> Result<Vec<Head>, StoreError> {
        const DOING: &str = "備份";
        let place = self.address.to_string();
        let failed = |e| StoreError::from_sqlx(DOING, &place, e);
        let mut tx = match self.begin_across(Across::Whole).await {
            Ok(tx) => tx,
            Err(error) => return Err(self.unreached(DOING, error).await),
        };
        // It waits for the tool.
        let snapshot: String = {
            schema::run(&mut tx, "SET LOCAL idle_in_transaction_session_timeout = 0")
                .await
                .map_err(failed)?;
            let exported = sqlx::query_scalar("SELECT pg_export_snapshot()")
                .fetch_one(&mut *tx)
                .await;
            exported.map_err(failed)?
        };
        let heads = chain::heads(&mut Link::Postgres(&mut tx)).await.map_err(failed)?;
        let Some(file) = to.to_str() else {
            let source = std::io::Error::from(std::io::ErrorKind::InvalidFilename);
            return Err(StoreError::io("備份（檔名須為 UTF-8）", to, source));
        };
        // Behind the wall there is nothing unless it is said that the whole is read.
        let whole = "-c fazun.across=whole -c statement_timeout=0";
        let snapshot = format!("--snapshot={snapshot}");
        let arguments = [
            "--format=custom",
            "--enable-row-security",
            "--no-owner",
            "--no-privileges",
            &snapshot,
            "--file",
            file,
        ];
        tool(&self.address, DUMP, &arguments, whole).await?;
        drop(tx);
        // All of it is read back by the tool; what it means is verified when it is restored.
        tool(&self.address, RESTORE, &["--file=/dev/null", file], "").await?;
        Ok(heads)
    }

    /// How the tables differ from those that the migrations make, in a transaction that is taken back.
    pub(crate) async fn differences(&self) -> Result<Vec<StorageProblem>, StoreError> {
        let place = self.address.to_string();
        let failed = |e| StoreError::from_sqlx("檢查資料結構", &place, e);
        let mut c = self.connection().await?;
        schema::run(&mut c, "BEGIN").await.map_err(failed)?;
        let found = schema::differences(&mut c).await.map_err(failed);
        schema::run(&mut c, "ROLLBACK").await.map_err(failed)?;
        c.close().await.map_err(failed)?;
        found
    }
}

impl Store {
    /// Puts a backup into a place that has no database, verifies all of it, and gives where its
    /// chains end. Open it afterwards as usual.
    pub async fn restore_at(
        backup: &Path,
        to: &Location,
        kept: &[Head],
        forms: Arc<dyn Forms>,
    ) -> Result<Vec<Head>, StoreError> {
        let address = match to {
            Location::Sqlite(dir) => return Self::restore(backup, dir, kept, &*forms).await,
            Location::Postgres(address) => address,
        };
        if !backup.exists() {
            return Err(StoreError::NotFound {
                path: backup.to_owned(),
            });
        }
        let Some(file) = backup.to_str() else {
            let source = std::io::Error::from(std::io::ErrorKind::InvalidFilename);
            return Err(StoreError::io("還原（檔名須為 UTF-8）", backup, source));
        };
        if !Postgres::is_empty(address).await? {
            return Err(StoreError::NotEmpty {
                place: address.to_string(),
            });
        }
        // Nothing stays of a backup that ends half-way.
        let arguments = [
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--dbname",
            address.database_name(),
            file,
        ];
        tool(address, RESTORE, &arguments, "-c statement_timeout=0").await?;
        let store = Self::open_at_unverified(to, OpenMode::MustExist, forms).await?;
        let verification = store.verify(kept).await;
        store.close().await;
        let verification = verification?;
        if verification.is_sound() {
            Ok(verification.heads())
        } else {
            Err(crate::sqlite::open::broken(
                Path::new(&address.to_string()),
                verification,
            ))
        }
    }
}

/// Runs one of PostgreSQL's tools; what it says on an error is told, without what it was told.
async fn tool(
    address: &Address,
    name: &'static str,
    arguments: &[&str],
    options: &str,
) -> Result<(), StoreError> {
    let run = tokio::process::Command::new(name)
        .args(arguments)
        .envs(address.environment())
        .env("PGOPTIONS", options)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output()
        .await;
    let done = match run {
        Ok(done) => done,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::MissingTool { tool: name });
        }
        Err(error) => {
            return Err(StoreError::FailedTool {
                tool: name,
                detail: error.to_string(),
            });
        }
    };
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let first: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(3)
        .collect();
    Err(StoreError::FailedTool {
        tool: name,
        detail: first.join("；"),
    })
}
