//! A backup is consistent, verified, and can be put back.

use super::place::tamper_folder;
use super::{commit, filled, head, open, open_as, read, row};
use serde_json::json;
use std::fs;
use std::sync::Arc;
use store::AnyForms;
use store::{DATABASE, Location, OpenMode, Store, StoreError};

#[tokio::test]
async fn a_backup_taken_while_others_write_can_be_restored() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir.path().join("data")).await;
    let to = dir.path().join("monday.db");
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for n in 0..20 {
            let rows = vec![row("system", &format!("w{n}"), 0, json!({}))];
            writer.commit(commit("a", rows)).await.unwrap();
        }
    });
    let backup = store.backup(&to).await.unwrap();
    writing.await.unwrap();
    assert!(backup.heads[0].seq >= 5 && backup.bytes > 0);
    assert!(matches!(store.backup(&to).await, Err(StoreError::Exists { .. })));

    let back = dir.path().join("restored");
    let heads = Store::restore(&to, &back, &backup.heads, &AnyForms)
        .await
        .unwrap();
    assert_eq!(heads, backup.heads);
    let restored = open_as(&back, OpenMode::MustExist).await.unwrap();
    assert_eq!(head(&restored, "a").await, backup.heads[0]);
    assert_eq!(
        read(&restored, "a").await.latest().await.unwrap(),
        read(&store, "a").await.rows_at(heads[0].seq).await.unwrap()
    );
    restored
        .commit(commit("a", vec![row("system", "later", 0, json!({}))]))
        .await
        .unwrap();
    // Nothing unfinished is left behind.
    let mut names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["data", "monday.db", "restored"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("b.db");
    filled(&dir.path().join("data")).await.backup(&to).await.unwrap();
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_backup_that_is_damaged_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = filled(&data).await;
    let old = dir.path().join("old.db");
    store.backup(&old).await.unwrap();
    store
        .commit(commit("a", vec![row("system", "s9", 0, json!({}))]))
        .await
        .unwrap();
    let end = head(&store, "a").await;
    store.close().await;

    let target = dir.path().join("target");
    // Older than the checkpoint: said, not silently accepted.
    let stale = Store::restore(&old, &target, &[end], &AnyForms)
        .await
        .unwrap_err();
    assert!(stale.to_string().contains("較舊的備份"), "{stale}");

    let bad = dir.path().join("bad.db");
    let mut bytes = fs::read(&old).unwrap();
    let at = bytes.len() / 2 / 4096 * 4096;
    bytes[at..at + 512].fill(0);
    fs::write(&bad, bytes).unwrap();
    assert!(Store::restore(&bad, &target, &[], &AnyForms).await.is_err());

    let forged = dir.path().join("forged");
    Store::restore(&old, &forged, &[], &AnyForms).await.unwrap();
    tamper_folder(&forged, "UPDATE row_version SET body = '{}' WHERE seq = 1").await;
    let refused = Store::restore(&forged.join(DATABASE), &target, &[], &AnyForms).await;
    assert!(matches!(refused, Err(StoreError::Broken { .. })), "{refused:?}");

    assert!(!target.join(DATABASE).exists());
    let over = Store::restore(&old, &data, &[], &AnyForms).await;
    assert!(matches!(over, Err(StoreError::Occupied { .. })), "{over:?}");
    assert!(over.unwrap_err().to_string().contains("先停止服務"));
    let missing = Store::restore(&dir.path().join("none.db"), &target, &[], &AnyForms).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_raw_copy_of_arunning_database_is_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let running = open(&data).await;
    let rows = vec![row("system", "s1", 0, json!({}))];
    running.commit(commit("a", rows)).await.unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(
            data.join(format!("{DATABASE}{suffix}")),
            dir.path().join(format!("copy.db{suffix}")),
        )
        .unwrap();
    }
    let refused = Store::check_backup(&dir.path().join("copy.db"), &[], &AnyForms).await;
    assert!(matches!(refused, Err(StoreError::RawCopy { .. })));
}

#[tokio::test]
async fn what_is_no_backup_for_the_place_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = filled(&data).await;
    let good = dir.path().join("good.db");
    store.backup(&good).await.unwrap();
    store.close().await;
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let alien = dir.path().join("alien.db");
    store::testing::alter_file(&alien, "CREATE TABLE invoices (id int)");
    let cut = fs::read(&good).unwrap();
    let to = dir.path().join("target");
    let sqlite = Location::Sqlite(to.clone());
    // Never asked: the file is looked at before.
    let server = Location::parse("postgres://127.0.0.1:1/none").unwrap();
    for (backup, to, says) in [
        (dir.path().join("none.db"), &sqlite, "找不到備份檔"),
        (dir.path().join("none.db"), &server, "找不到備份檔"),
        (dir.path().to_owned(), &sqlite, "不是本系統的備份"),
        (file("text.db", b"something else"), &sqlite, "不是本系統的備份"),
        (file("text.db", b"something else"), &server, "不是本系統的備份"),
        (alien.clone(), &sqlite, "不是本系統的備份"),
        (alien, &server, "不是本系統的備份"),
        (file("empty.db", b""), &sqlite, "檔案是空的"),
        (file("cut.db", &cut[..5_000]), &sqlite, "不完整或已損壞"),
        (
            file("a.dump", b"PGDMP and more"),
            &sqlite,
            "fazun store copy 轉到 SQLite",
        ),
        (good, &server, "fazun store copy 轉到 PostgreSQL"),
    ] {
        let refused = Store::restore_at(&backup, to, &[], Arc::new(AnyForms)).await;
        let said = refused.unwrap_err().to_string();
        assert!(said.contains(says) && said.contains("。請"), "{says}: {said}");
        assert!(!said.contains("移到他處") && !said.contains("fazun.db"), "{said}");
    }
    assert!(!to.exists());
}
