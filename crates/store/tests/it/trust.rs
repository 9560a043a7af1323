//! A database that one process finds damaged is written to by none, until it is found whole again.

use super::place::{Place, everywhere};
use super::{commit, filled, is_sound, open, row};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use store::{AnyForms, OpenMode, Store, StoreError, Verdict};

everywhere!(
    what_one_process_finds_all_of_them_heed,
    what_is_found_meanwhile_is_not_lifted,
    an_older_schema_is_brought_up_to_date,
);

async fn is_refused(store: &Store, id: &str) -> bool {
    match store
        .commit(commit("a", vec![row("system", id, 0, json!({}))]))
        .await
    {
        Ok(_) => false,
        Err(StoreError::Distrusted { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

async fn what_one_process_finds_all_of_them_heed(place: &Place) {
    let (finder, other) = (filled(place).await, open(place).await);
    for store in [&finder, &other] {
        assert_eq!(store.share_trust(5).await.unwrap(), None);
        assert_eq!(store.distrusted(), None);
    }
    finder.distrust("第一處");
    assert!(is_refused(&finder, "x").await);
    // Nobody was told yet.
    assert!(!is_refused(&other, "y").await);
    let verdict = Verdict {
        why: "第一處".into(),
        at: 7,
    };
    assert_eq!(finder.share_trust(7).await.unwrap(), Some(verdict.clone()));
    assert_eq!(other.share_trust(8).await.unwrap(), Some(verdict.clone()));
    for store in [&finder, &other] {
        assert_eq!(store.distrusted().as_deref(), Some("第一處"));
        assert!(is_refused(store, "z").await);
    }
    // Whoever comes later knows of it from the start; and what is found later doesn't cover it up.
    let late = open(place).await;
    assert_eq!(late.distrusted().as_deref(), Some("第一處"));
    assert!(is_refused(&late, "w").await);
    late.distrust("第二處");
    assert_eq!(late.share_trust(9).await.unwrap(), Some(verdict.clone()));
    assert_eq!(late.distrusted().as_deref(), Some("第一處"));
    // The third one verified everything: all of them write again.
    late.acquit(&verdict).await.unwrap();
    assert!(!is_refused(&late, "l").await);
    for (n, store) in [&finder, &other].into_iter().enumerate() {
        assert!(is_refused(store, "z").await);
        assert_eq!(store.share_trust(10).await.unwrap(), None);
        assert!(!is_refused(store, &format!("m{n}")).await);
    }
    assert!(is_sound(&other, &[]).await);
}

async fn what_is_found_meanwhile_is_not_lifted(place: &Place) {
    let (finder, other) = (filled(place).await, open(place).await);
    finder.distrust("甲");
    let seen = finder.share_trust(1).await.unwrap().unwrap();
    other.acquit(&seen).await.unwrap();
    finder.share_trust(2).await.unwrap();
    finder.distrust("乙");
    let again = finder.share_trust(3).await.unwrap().unwrap();
    // It was verified for the first one's sake.
    other.acquit(&seen).await.unwrap();
    assert_eq!(other.distrusted().as_deref(), Some("乙"));
    assert_eq!(finder.share_trust(4).await.unwrap(), Some(again.clone()));
    // What this process found itself and could not tell is not lifted by others.
    other.distrust("丙");
    finder.acquit(&again).await.unwrap();
    assert_eq!(other.distrusted().as_deref(), Some("丙"));
    assert_eq!(other.share_trust(5).await.unwrap().unwrap().why, "丙");
}

/// What the schema was before it said of what it trusts.
const BEFORE: &str = "DROP TABLE kept; DROP TABLE unfinished_copy; DROP INDEX job_by_key; DROP TABLE verdict; ALTER TABLE chain_head DROP COLUMN derived;";

async fn an_older_schema_is_brought_up_to_date(place: &Place) {
    filled(place).await.close().await;
    let versions = if place.is_sqlite() {
        "schema_version"
    } else {
        "fazun_schema"
    };
    place
        .tamper(&format!("{BEFORE} DELETE FROM {versions} WHERE version > 11"))
        .await;
    let store = open(place).await;
    // Nobody knows by which forms its values were derived.
    assert_eq!(store.underived().await.unwrap(), ["a"]);
    assert!(is_sound(&store, &[]).await);
    let done = store.derive_anew("a", ("", ""), 100).await.unwrap().last.unwrap();
    store.derive_anew("a", (&done.0, &done.1), 100).await.unwrap();
    assert!(!is_refused(&store, "later").await);
    assert!(is_sound(&store, &[]).await);
}

#[tokio::test]
async fn a_backup_of_an_older_schema_can_be_restored() {
    let place = Place::sqlite();
    let store = filled(&place).await;
    let to = place.dir().join("monday.db");
    let heads = store.backup(&to).await.unwrap().heads;
    store.close().await;
    let mut c = SqliteConnection::connect(&format!("sqlite:{}", to.display()))
        .await
        .unwrap();
    for sql in BEFORE
        .split(';')
        .chain(["DELETE FROM schema_version WHERE version > 11"])
    {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(&mut c)
            .await
            .unwrap();
    }
    c.close().await.unwrap();
    let back = place.dir().join("back");
    let restored = Store::restore(&to, &back, &heads, &AnyForms).await.unwrap();
    assert_eq!(restored, heads);
    let store = super::open_as(&back, OpenMode::MustExist).await.unwrap();
    assert_eq!(store.underived().await.unwrap(), ["a"]);
}
