//! What is broken is named and refused, with the remedy, and never repaired silently.

use super::place::tamper_folder;
use super::{filled, is_sound, open, open_as, position};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::fs;
use std::path::Path;
use store::{DATABASE, OpenMode, StorageProblemKind, StoreError};

async fn refused(place: &Path) -> StoreError {
    match open_as(place, OpenMode::Create).await {
        Err(error) => error,
        Ok(_) => panic!("it was opened"),
    }
}

#[tokio::test]
async fn a_file_overwritten_in_the_middle() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await.close().await;
    let path = dir.path().join(DATABASE);
    let whole = fs::read(&path).unwrap();
    // Wherever a page is hit, the database is refused or (unused bytes) still verifies.
    let mut refusals = 0;
    for at in (4096..whole.len()).step_by(4096) {
        let mut bytes = whole.clone();
        bytes[at..at + 64].fill(0xA5);
        fs::write(&path, bytes).unwrap();
        let error = refused(dir.path()).await;
        let said = error.to_string();
        assert!(said.contains("還原"), "page {}: {said}", at / 4096);
        refusals += 1;
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(dir.path().join(format!("{DATABASE}{suffix}")));
        }
    }
    assert!(refusals > 5);
}

#[tokio::test]
async fn a_file_that_was_cut() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await.close().await;
    let path = dir.path().join(DATABASE);
    let whole = fs::read(&path).unwrap();
    for keep in [
        0,
        10,
        100,
        4096,
        whole.len() / 2,
        whole.len() - 4096,
        whole.len() - 7,
    ] {
        fs::write(&path, &whole[..keep]).unwrap();
        let error = refused(dir.path()).await;
        assert!(
            matches!(
                error,
                StoreError::NotADatabase { .. } | StoreError::Corrupt { .. } | StoreError::Broken { .. }
            ),
            "{keep}: {error:?}"
        );
        assert!(error.to_string().contains("還原"));
    }
}

#[tokio::test]
async fn files_that_are_no_database_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    fs::write(&path, "資通安全維護計畫".repeat(1000)).unwrap();
    assert!(matches!(
        refused(dir.path()).await,
        StoreError::NotADatabase { .. }
    ));
    fs::remove_file(&path).unwrap();
    let mut other = <sqlx::sqlite::SqliteConnectOptions as sqlx::ConnectOptions>::connect(
        &sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true),
    )
    .await
    .unwrap();
    sqlx::raw_sql("CREATE TABLE t (x)")
        .execute(&mut other)
        .await
        .unwrap();
    sqlx::Connection::close(other).await.unwrap();
    let before = fs::read(dir.path().join(DATABASE)).unwrap();
    assert!(matches!(refused(dir.path()).await, StoreError::NotOurs { .. }));
    // It is as it was, and nothing lies beside it.
    assert_eq!(fs::read(dir.path().join(DATABASE)).unwrap(), before);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_database_that_must_be_there_and_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let error = open_as(dir.path(), OpenMode::MustExist).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }));
    assert!(!dir.path().join(DATABASE).exists());
    fs::write(dir.path().join("fazun.db-wal"), b"left").unwrap();
    assert!(matches!(refused(dir.path()).await, StoreError::Leftover { .. }));
}

#[tokio::test]
async fn a_schema_that_is_newer_or_altered() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await.close().await;
    tamper_folder(
        dir.path(),
        "INSERT INTO schema_version VALUES (99, 'future', x'00')",
    )
    .await;
    let error = refused(dir.path()).await;
    assert!(
        matches!(error, StoreError::NewerSchema { found: 99, .. }),
        "{error:?}"
    );
    tamper_folder(
        dir.path(),
        "DELETE FROM schema_version WHERE version = 99; UPDATE schema_version SET checksum = x'00'",
    )
    .await;
    assert!(matches!(
        refused(dir.path()).await,
        StoreError::AlteredSchema { version: 10, .. }
    ));
}

#[tokio::test]
async fn a_log_that_was_cut_ends_at_a_whole_commit() {
    let dir = tempfile::tempdir().unwrap();
    let running = open(&dir.path().join("running")).await;
    for n in 0..4 {
        let rows = (0..5)
            .map(|i| {
                super::row(
                    "system",
                    &format!("{n}-{i}"),
                    0,
                    serde_json::json!({"f": "x".repeat(900)}),
                )
            })
            .collect();
        running.commit(super::commit("a", rows)).await.unwrap();
    }
    // As after a power cut: the file and a log whose last pages never reached the disk.
    let file = fs::read(dir.path().join("running").join(DATABASE)).unwrap();
    let log = fs::read(dir.path().join("running").join(format!("{DATABASE}-wal"))).unwrap();
    let mut positions = std::collections::BTreeSet::new();
    for (n, keep) in (0..=log.len()).step_by(1777).chain([log.len()]).enumerate() {
        let torn = dir.path().join(format!("torn-{n}"));
        fs::create_dir(&torn).unwrap();
        fs::write(torn.join(DATABASE), &file).unwrap();
        fs::write(torn.join(format!("{DATABASE}-wal")), &log[..keep]).unwrap();
        let store = open_as(&torn, OpenMode::MustExist).await.unwrap();
        assert!(is_sound(&store, &[]).await);
        positions.insert(position(&store, "a").await);
        store.close().await;
    }
    assert_eq!(positions.into_iter().collect::<Vec<_>>(), [0, 5, 10, 15, 20]);
}

/// Reading a large file through takes seconds, which every command would wait for.
#[tokio::test]
async fn a_large_file_is_opened_and_read_through_later() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await.close().await;
    let path = dir.path().join(DATABASE);
    let damage = async || {
        let mut c = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path))
            .await
            .unwrap();
        let page: i64 =
            sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'row_text_by_spot'")
                .fetch_one(&mut c)
                .await
                .unwrap();
        c.close().await.unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let at = usize::try_from(page - 1).unwrap() * 4096;
        bytes[at..at + 64].fill(0xA5);
        fs::write(&path, bytes).unwrap();
    };
    let small = fs::read(&path).unwrap();
    damage().await;
    assert!(matches!(refused(dir.path()).await, StoreError::Corrupt { .. }));

    fs::write(&path, small).unwrap();
    tamper_folder(
        dir.path(),
        "INSERT INTO import_job (agency, id, register, actor, at, state, detail, bytes)
         VALUES ('a', 'x', 'system', 'wang', 1, 'preview', '{}', zeroblob(67108864))",
    )
    .await;
    damage().await;
    let store = open(dir.path()).await;
    let found = store.verify(&[]).await.unwrap();
    let kinds: Vec<_> = found.storage.iter().map(|p| p.kind).collect();
    assert!(kinds.contains(&StorageProblemKind::DamagedPages), "{found:?}");
    store.close().await;
}
