//! The store against conflicts, crashes, tampering and damaged files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod backup;
mod damage;
mod derive;
mod jobs;
mod kill;
mod rows;

use ledger::Head;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use std::sync::Arc;
use store::{AnyForms, Blob, Commit, DATABASE, NewRow, OpenMode, Reading, Store, StoreError};

async fn open(dir: &Path) -> Store {
    open_as(dir, OpenMode::Create).await.unwrap()
}

async fn open_as(dir: &Path, mode: OpenMode) -> Result<Store, StoreError> {
    Store::open(dir, mode, Arc::new(AnyForms)).await
}

async fn open_broken(dir: &Path) -> Store {
    Store::open_unverified(dir, OpenMode::MustExist, Arc::new(AnyForms))
        .await
        .unwrap()
}

/// Everything is sound, and ends where some kept heads say.
async fn is_sound(store: &Store, kept: &[Head]) -> bool {
    store.verify(kept).await.unwrap().is_sound()
}

async fn read(store: &Store, agency: &str) -> Reading {
    store.reading(agency).await.unwrap()
}

async fn head(store: &Store, agency: &str) -> Head {
    read(store, agency).await.head().clone()
}

async fn position(store: &Store, agency: &str) -> u64 {
    read(store, agency).await.position()
}

fn row(register: &str, id: &str, expected_version: u32, body: Value) -> NewRow {
    NewRow {
        register: register.into(),
        row: id.into(),
        expected_version,
        body,
    }
}

fn commit(agency: &str, rows: Vec<NewRow>) -> Commit {
    Commit {
        actor: "wang".into(),
        at_micros: 1_767_225_600_000_000,
        action: "create".into(),
        agency: agency.into(),
        rows,
        ..Commit::default()
    }
}

fn blob(bytes: &[u8]) -> Blob {
    Blob {
        bytes: bytes.to_vec(),
        media_type: "text/plain".into(),
        name: "a.txt".into(),
    }
}

/// Five entries: four rows, one of which has two versions, and a file.
async fn filled(dir: &Path) -> Store {
    let store = open(dir).await;
    for n in 1..=3 {
        let body = json!({"name": format!("系統{n}"), "filler": "x".repeat(3000)});
        let rows = vec![row("system", &format!("s{n}"), 0, body)];
        store.commit(commit("a", rows)).await.unwrap();
    }
    let rows = vec![row("system", "s1", 1, json!({"name": "系統一"}))];
    store.commit(commit("a", rows)).await.unwrap();
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    let rows = vec![row(
        "activity",
        "d1",
        0,
        json!({"evidence": [{"sha256": sha256}]}),
    )];
    let mut last = commit("a", rows);
    last.blobs.push(blob(b"proof"));
    store.commit(last).await.unwrap();
    store
}

async fn raw(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(dir.join(DATABASE))
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// What someone with write access to the file would do, and then hide that it was done.
async fn tamper(dir: &Path, sql: &str) {
    let mut c = raw(dir).await;
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut c)
            .await
            .unwrap();
    let dropped = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name}"));
    let made_again = triggers.iter().map(|(_, made)| made.clone());
    for sql in dropped.chain([sql.to_owned()]).chain(made_again) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
    }
    c.close().await.unwrap();
}
