//! A file that is moved away or replaced under whoever has it open takes nothing until it is back.

use super::{commit, filled, is_sound, open, position, read, row};
use serde_json::json;
use std::fs;
use std::path::Path;
use store::{Committed, DATABASE, Store, StoreError};

async fn write(store: &Store, name: &str) -> Result<Committed, StoreError> {
    let rows = vec![row("system", name, 0, json!({"name": name}))];
    store.commit(commit("a", rows)).await
}

/// Neither one nor several at once, and nothing is read.
async fn is_away(store: &Store) {
    let (one, two, three) = tokio::join!(write(store, "x"), write(store, "y"), write(store, "z"));
    for refused in [one, two, three] {
        assert!(matches!(refused, Err(StoreError::FileAway { .. })), "{refused:?}");
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains("未寫入任何資料") && said.contains("放回原處"),
            "{said}"
        );
    }
    let refused = store.reading("a").await.map(|_| ());
    assert!(matches!(refused, Err(StoreError::FileAway { .. })), "{refused:?}");
    let to = tempfile::tempdir().unwrap();
    let refused = store.backup(&to.path().join("b.db")).await;
    assert!(matches!(refused, Err(StoreError::FileAway { .. })), "{refused:?}");
}

/// Moves the database from one folder to another, with what lies beside it.
fn moved(from: &Path, to: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let name = format!("{DATABASE}{ending}");
        fs::rename(from.join(&name), to.join(&name)).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_was_moved_away_takes_nothing_until_it_is_back() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(dir.path()).await;
    let backup = elsewhere.path().join("monday.db");
    store.backup(&backup).await.unwrap();
    let (path, away) = (dir.path().join(DATABASE), elsewhere.path().join(DATABASE));
    // The file alone.
    fs::rename(&path, &away).unwrap();
    is_away(&store).await;
    fs::rename(&away, &path).unwrap();
    write(&store, "back").await.unwrap();
    assert_eq!(position(&store, "a").await, 6);
    // With everything, and another one in its place.
    moved(dir.path(), elsewhere.path());
    is_away(&store).await;
    Store::restore(&backup, dir.path(), &[], &store::AnyForms)
        .await
        .unwrap();
    is_away(&store).await;
    // Whoever opens it anew has the other one.
    let other = open(dir.path()).await;
    assert_eq!(position(&other, "a").await, 5);
    write(&other, "other").await.unwrap();
    is_away(&store).await;
    other.close().await;
    fs::remove_file(&path).unwrap();
    moved(elsewhere.path(), dir.path());
    write(&store, "again").await.unwrap();
    assert_eq!(position(&store, "a").await, 7);
    assert!(is_sound(&store, &[]).await);
    store.close().await;
    let store = open(dir.path()).await;
    let names: Vec<String> = read(&store, "a")
        .await
        .latest_of("system")
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.row)
        .collect();
    assert_eq!(names, ["again", "back", "s1", "s2", "s3"]);
    store.close().await;
}
