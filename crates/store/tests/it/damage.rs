//! What is broken is named and refused, with the remedy, and never repaired silently.

use super::{filled, head, is_sound, open, open_as, open_broken, position, read, tamper};
use ledger::ProblemKind;
use std::fs;
use std::path::Path;
use store::{DATABASE, OpenMode, StorageProblemKind, StoreError, Verification};

async fn refused(dir: &Path) -> StoreError {
    match open_as(dir, OpenMode::Create).await {
        Err(error) => error,
        Ok(_) => panic!("it was opened"),
    }
}

/// Tampers with a filled database, and gives what opening and full verification say.
async fn after(sql: &str) -> (StoreError, Verification) {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    let end = head(&store, "a").await;
    store.close().await;
    tamper(dir.path(), sql).await;
    let error = refused(dir.path()).await;
    let examined = open_broken(dir.path()).await;
    (error, examined.verify(&[end]).await.unwrap())
}

fn kinds(v: &Verification) -> Vec<(u64, ProblemKind)> {
    v.chains
        .iter()
        .flat_map(|c| &c.problems)
        .map(|p| (p.seq, p.kind))
        .collect()
}

#[tokio::test]
async fn a_changed_body() {
    let (error, v) = after("UPDATE row_version SET body = '{\"name\":\"x\"}' WHERE seq = 2").await;
    assert_eq!(kinds(&v), [(2, ProblemKind::BodyMismatch)]);
    let said = error.to_string();
    assert!(
        said.contains("第 2 筆所記的內容（system / s2 第 1 版）被改過"),
        "{said}"
    );
    assert!(
        said.contains("fazun ledger verify") && said.contains("還原"),
        "{said}"
    );
}

#[tokio::test]
async fn a_removed_body() {
    let (_, v) = after("DELETE FROM row_version WHERE seq = 4").await;
    assert_eq!(kinds(&v), [(4, ProblemKind::MissingBody)]);
    assert_eq!(v.storage[0].kind, StorageProblemKind::WrongHead);
}

#[tokio::test]
async fn a_removed_entry() {
    let (_, v) = after("DELETE FROM ledger_entry WHERE seq = 3").await;
    assert_eq!(kinds(&v), [(3, ProblemKind::Gap)]);
    assert_eq!(v.storage[0].kind, StorageProblemKind::UnrecordedRow);
}

#[tokio::test]
async fn two_entries_that_changed_places() {
    let (_, v) = after(
        "UPDATE ledger_entry SET seq = 99 WHERE seq = 2;
         UPDATE ledger_entry SET seq = 2 WHERE seq = 3;
         UPDATE ledger_entry SET seq = 3 WHERE seq = 99;",
    )
    .await;
    assert!(kinds(&v).contains(&(2, ProblemKind::BrokenLink)), "{v:?}");
    assert!(kinds(&v).contains(&(2, ProblemKind::WrongHash)));
    assert!(
        v.storage
            .iter()
            .any(|p| p.kind == StorageProblemKind::UnrecordedRow)
    );
}

#[tokio::test]
async fn a_changed_actor() {
    let (_, v) = after("UPDATE ledger_entry SET actor = 'nobody' WHERE seq = 5").await;
    assert_eq!(
        kinds(&v),
        [(5, ProblemKind::WrongHash), (5, ProblemKind::Rewritten)]
    );
}

#[tokio::test]
async fn a_row_that_was_smuggled_in() {
    let (_, v) = after(
        "INSERT INTO row_version VALUES ('a', 6, 'system', 's2', 2, '{}');
         UPDATE row_head SET version = 2, seq = 6, body_seq = 6 WHERE row_id = 's2';",
    )
    .await;
    assert_eq!(kinds(&v), []);
    assert_eq!(v.storage[0].kind, StorageProblemKind::UnrecordedRow);
}

#[tokio::test]
async fn a_head_that_points_to_an_old_version() {
    let (_, v) = after("UPDATE row_head SET version = 1, seq = 1 WHERE row_id = 's1'").await;
    assert_eq!(v.storage[0].kind, StorageProblemKind::WrongHead);
    let (_, v) = after("DELETE FROM row_head WHERE row_id = 's3'").await;
    let kinds: Vec<_> = v.storage.iter().map(|p| p.kind).collect();
    assert_eq!(
        kinds,
        [StorageProblemKind::WrongHead, StorageProblemKind::WrongValue]
    );
}

#[tokio::test]
async fn a_row_given_to_another_agency() {
    let (_, v) = after(
        "UPDATE row_version SET agency = 'b' WHERE seq = 2;
         UPDATE row_head SET agency = 'b' WHERE row_id = 's2';",
    )
    .await;
    assert!(
        v.storage
            .iter()
            .any(|p| p.kind == StorageProblemKind::UnrecordedRow && p.message.starts_with("b："))
    );
}

#[tokio::test]
async fn a_tail_that_was_cut_shows_against_a_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    let end = head(&store, "a").await;
    store.close().await;
    tamper(
        dir.path(),
        "DELETE FROM row_head WHERE seq = 5; DELETE FROM row_version WHERE seq = 5;
         DELETE FROM ledger_entry WHERE seq = 5; DELETE FROM row_file; DELETE FROM blob;
         DELETE FROM row_value WHERE row_id = 'd1'; DELETE FROM row_text WHERE row_id = 'd1';
         UPDATE chain_head SET seq = 4, hash = (SELECT hash FROM ledger_entry WHERE seq = 4);",
    )
    .await;
    let store = open(dir.path()).await;
    assert!(is_sound(&store, &[]).await);
    let v = store.verify(&[end]).await.unwrap();
    assert_eq!(kinds(&v), [(4, ProblemKind::Truncated)]);
}

#[tokio::test]
async fn files_that_were_changed_or_removed() {
    for (sql, kind) in [
        ("UPDATE blob SET bytes = x'00'", StorageProblemKind::AlteredBlob),
        ("DELETE FROM blob", StorageProblemKind::MissingBlob),
    ] {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path()).await.close().await;
        tamper(dir.path(), sql).await;
        if kind == StorageProblemKind::MissingBlob {
            // That a file is gone is seen at opening already.
            assert!(matches!(refused(dir.path()).await, StoreError::Broken { .. }));
        }
        let store = open_broken(dir.path()).await;
        let v = store.verify(&[]).await.unwrap();
        assert_eq!(v.storage[0].kind, kind);
        if kind == StorageProblemKind::AlteredBlob {
            let read = read(&store, "a")
                .await
                .blob(&ledger::hex(&ledger::sha256(b"proof")))
                .await;
            assert!(matches!(read, Err(StoreError::AlteredBlob { .. })));
        }
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
    assert!(matches!(refused(dir.path()).await, StoreError::NotOurs { .. }));
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
    tamper(
        dir.path(),
        "INSERT INTO schema_version VALUES (99, 'future', x'00')",
    )
    .await;
    let error = refused(dir.path()).await;
    assert!(
        matches!(error, StoreError::NewerSchema { found: 99, .. }),
        "{error:?}"
    );
    tamper(
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

#[tokio::test]
async fn a_file_listed_where_it_is_not_named() {
    for sql in [
        "DELETE FROM row_file",
        "UPDATE row_file SET agency = 'b'",
        "INSERT INTO row_file SELECT agency, 'x', 'system', 's1', 1 FROM row_file",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let store = filled(dir.path()).await;
        store.close().await;
        tamper(dir.path(), sql).await;
        let v = open(dir.path()).await.verify(&[]).await.unwrap();
        let kinds: std::collections::BTreeSet<_> = v.storage.iter().map(|p| p.kind).collect();
        assert_eq!(Vec::from_iter(kinds), [StorageProblemKind::WrongFile], "{sql}");
    }
}
