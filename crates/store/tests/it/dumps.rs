//! A backup of PostgreSQL is made by its own tools while others write, and verified when it is put back.

use super::place::{Place, everywhere_on_postgres};
use super::{commit, filled, head, open_as, read, row};
use serde_json::json;
use std::sync::Arc;
use store::{AnyForms, OpenMode, Store, StoreError};

everywhere_on_postgres!(
    a_dump_taken_while_others_write_can_be_restored,
    a_dump_that_is_damaged_or_older_is_not_taken_for_whole,
);

/// A place of the same kind as another.
async fn another(place: &Place) -> Place {
    let spread = place.text.contains("partitions");
    Place::postgres(if spread { 4 } else { 0 }).await.unwrap()
}

async fn a_dump_taken_while_others_write_can_be_restored(place: &Place) {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(place).await;
    store
        .commit(commit("b", vec![row("system", "s1", 0, json!({"name": "乙"}))]))
        .await
        .unwrap();
    let to = dir.path().join("monday.dump");
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for n in 0..200 {
            let rows = vec![row("system", &format!("w{n}"), 0, json!({}))];
            writer.commit(commit("a", rows)).await.unwrap();
        }
    });
    let backup = store.backup(&to).await.unwrap();
    writing.await.unwrap();
    assert_eq!(backup.heads.len(), 2);
    assert!(backup.heads[0].seq >= 5 && backup.bytes > 0);
    assert!(matches!(store.backup(&to).await, Err(StoreError::Exists { .. })));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Nothing is put over what is there.
    let over = Store::restore_at(&to, &place.location, &[], Arc::new(AnyForms)).await;
    assert!(matches!(over, Err(StoreError::NotEmpty { .. })), "{over:?}");

    let back = another(place).await;
    let heads = Store::restore_at(&to, &back.location, &backup.heads, Arc::new(AnyForms))
        .await
        .unwrap();
    assert_eq!(heads, backup.heads);
    let restored = open_as(&back, OpenMode::MustExist).await.unwrap();
    assert_eq!(
        read(&restored, "a").await.latest().await.unwrap(),
        read(&store, "a").await.rows_at(heads[0].seq).await.unwrap()
    );
    // The wall stands there too, and work goes on.
    restored
        .commit(commit("a", vec![row("system", "later", 0, json!({}))]))
        .await
        .unwrap();
    assert!(restored.verify(&heads).await.unwrap().is_sound());
    restored.close().await;
    store.close().await;
    back.gone().await;
    let names: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["monday.dump"]);
}

async fn a_dump_that_is_damaged_or_older_is_not_taken_for_whole(place: &Place) {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(place).await;
    let old = dir.path().join("old.dump");
    store.backup(&old).await.unwrap();
    store
        .commit(commit("a", vec![row("system", "s9", 0, json!({}))]))
        .await
        .unwrap();
    let end = head(&store, "a").await;

    let target = another(place).await;
    let stale = Store::restore_at(&old, &target.location, &[end], Arc::new(AnyForms))
        .await
        .unwrap_err();
    assert!(stale.to_string().contains("較舊的備份"), "{stale}");
    target.gone().await;

    let bytes = std::fs::read(&old).unwrap();
    let cut = dir.path().join("cut.dump");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let target = another(place).await;
    let refused = Store::restore_at(&cut, &target.location, &[], Arc::new(AnyForms))
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::FailedTool {
                tool: "pg_restore",
                ..
            }
        ),
        "{refused:?}"
    );
    // Nothing of it stays.
    let refused = open_as(&target, OpenMode::MustExist).await.unwrap_err();
    assert!(matches!(refused, StoreError::Empty { .. }), "{refused:?}");
    target.gone().await;

    // What was changed before it was dumped is found when it is restored.
    place
        .tamper("UPDATE row_version SET body = '{}' WHERE seq = 1")
        .await;
    let forged = dir.path().join("forged.dump");
    store.backup(&forged).await.unwrap();
    let target = another(place).await;
    let refused = Store::restore_at(&forged, &target.location, &[], Arc::new(AnyForms))
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Broken { .. }), "{refused:?}");
    target.gone().await;
    let missing = dir.path().join("none.dump");
    let missing = Store::restore_at(&missing, &place.location, &[], Arc::new(AnyForms)).await;
    assert!(matches!(missing, Err(StoreError::MissingBackup { .. })));
    store.close().await;
}
