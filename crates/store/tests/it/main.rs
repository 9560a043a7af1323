//! The store against conflicts, crashes, tampering and damaged files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod backup;
mod damage;
mod kill;
mod rows;

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use store::{Blob, Commit, DATABASE, NewRow, OpenMode, Store};

async fn open(dir: &Path) -> Store {
    Store::open(dir, OpenMode::Create).await.unwrap()
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
        blobs: vec![],
        receipt: None,
        holds: store::Holds::default(),
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

/// Makes a closed database what the second schema's program left.
async fn to_schema_2(dir: &Path) {
    let mut c = raw(dir).await;
    sqlx::raw_sql(
        "DROP TABLE row_file; DROP INDEX receipt_by_time;
         DELETE FROM schema_version WHERE version > 2;
         CREATE INDEX row_head_by_register ON row_head (register, agency, row_id);",
    )
    .execute(&mut c)
    .await
    .unwrap();
    c.close().await.unwrap();
}

async fn raw(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(dir.join(DATABASE))
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// What someone with write access to the file would do.
async fn tamper(dir: &Path, sql: &str) {
    let mut c = raw(dir).await;
    let triggers: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .fetch_all(&mut c)
        .await
        .unwrap();
    for name in triggers {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TRIGGER {name}")))
            .execute(&mut c)
            .await
            .unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut c)
        .await
        .unwrap();
    c.close().await.unwrap();
}
