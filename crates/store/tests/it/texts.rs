//! SQLite's index of pairs of characters: when texts are listed, what it finds, and what of it is
//! found to be wrong.

use super::place::{Place, tamper_folder};
use super::{commit, open, open_broken, row};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::time::Duration;
use store::{Condition, DATABASE, Query, StorageProblemKind, Store, Text};

/// Writes rows `from..to` of a register at a version, each with a name of its own.
async fn fill(store: &Store, rows: std::ops::Range<u32>, version: u32, name: &str) {
    let rows = rows.map(|n| {
        row(
            "system",
            &format!("s{n:05}"),
            version,
            json!({"name": format!("{name}{n:05}")}),
        )
    });
    store.commit(commit("a", rows.collect())).await.unwrap();
}

async fn found(store: &Store, part: &str) -> Vec<String> {
    let query = Query {
        condition: Some(Condition::Text(Text {
            part: part.to_owned(),
            ..Text::default()
        })),
        ..Query::default()
    };
    let mut reading = store.reading("a").await.unwrap();
    let count = reading.count("system", query.clone()).await.unwrap();
    let rows = reading.list("system", query, 10_000).await.unwrap();
    assert_eq!(count, rows.len() as u64, "{part}");
    rows.into_iter().map(|row| row.row).collect()
}

/// A number that the database gives.
async fn number(place: &Place, sql: &str) -> i64 {
    let options = SqliteConnectOptions::new().filename(place.dir().join(DATABASE));
    let mut c = SqliteConnection::connect_with(&options).await.unwrap();
    let n = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut c)
        .await;
    c.close().await.unwrap();
    n.unwrap()
}

/// Waits until so many texts wait to be listed.
async fn waits_for(place: &Place, unlisted: i64) {
    for _ in 0..2_000 {
        if number(place, "SELECT COUNT(*) FROM row_text WHERE spot = 0").await == unlisted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let n = number(place, "SELECT COUNT(*) FROM row_text WHERE spot = 0").await;
    panic!("{n} texts wait, not {unlisted}");
}

#[tokio::test]
async fn texts_are_listed_by_the_writer_when_there_are_enough() {
    let place = Place::sqlite();
    let store = open(&place).await;
    fill(&store, 0..255, 0, "主機").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    waits_for(&place, 255).await;
    fill(&store, 255..256, 0, "主機").await;
    waits_for(&place, 0).await;
    assert_eq!(
        number(&place, "SELECT size * 1000 + live FROM text_block").await,
        256_256
    );
    // What is another text now waits, and is found as it is now.
    fill(&store, 0..1, 1, "路由器").await;
    waits_for(&place, 1).await;
    assert_eq!(number(&place, "SELECT live FROM text_block").await, 255);
    assert_eq!(found(&store, "路由").await, ["s00000"]);
    assert_eq!(found(&store, "機00000").await, Vec::<String>::new());
    assert_eq!(found(&store, "機00001").await, ["s00001"]);
    assert_eq!(found(&store, "機").await.len(), 255);
    // What is written again with the same text stays where it is.
    fill(&store, 1..2, 1, "主機").await;
    assert_eq!(number(&place, "SELECT live FROM text_block").await, 255);
    assert!(store.verify(&[]).await.unwrap().is_sound());
    store.close().await;
}

#[tokio::test]
async fn more_than_a_block_s_texts_are_listed_in_several() {
    let place = Place::sqlite();
    let store = open(&place).await;
    fill(&store, 0..5_000, 0, "主機").await;
    waits_for(&place, 0).await;
    assert_eq!(number(&place, "SELECT COUNT(*) FROM text_block").await, 2);
    assert_eq!(number(&place, "SELECT MIN(size) FROM text_block").await, 904);
    assert_eq!(found(&store, "機04999").await, ["s04999"]);
    assert_eq!(found(&store, "機049").await.len(), 100);
    assert_eq!(found(&store, "主機").await.len(), 5_000);
    // A register of 5,000 lists further ones when they are its sixteenth part.
    fill(&store, 5_000..5_311, 0, "主機").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    waits_for(&place, 311).await;
    assert_eq!(found(&store, "機05310").await, ["s05310"]);
    // It is looked at again after as many as a small register waits for.
    fill(&store, 5_311..5_566, 0, "主機").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    waits_for(&place, 566).await;
    fill(&store, 5_566..5_567, 0, "主機").await;
    waits_for(&place, 0).await;
    assert!(store.verify(&[]).await.unwrap().is_sound());
    store.close().await;
}

#[tokio::test]
async fn what_another_process_left_is_listed_after_the_first_write() {
    let place = Place::sqlite();
    let store = open(&place).await;
    fill(&store, 0..300, 0, "主機").await;
    waits_for(&place, 0).await;
    store.close().await;
    tamper_folder(
        place.dir(),
        "UPDATE row_text SET spot = 0; DELETE FROM text_block; DELETE FROM text_pair",
    )
    .await;
    let store = open(&place).await;
    assert_eq!(found(&store, "機00299").await, ["s00299"]);
    waits_for(&place, 300).await;
    fill(&store, 300..301, 0, "主機").await;
    waits_for(&place, 0).await;
    store.close().await;
}

#[tokio::test]
async fn a_block_of_which_most_is_gone_is_given_up() {
    let place = Place::sqlite();
    let store = open(&place).await;
    fill(&store, 0..40, 0, "主機").await;
    store.list_texts("a").await.unwrap();
    fill(&store, 40..80, 0, "主機").await;
    store.list_texts("a").await.unwrap();
    // Half of the first block stays; one less is too few.
    fill(&store, 0..20, 1, "路由器").await;
    store.list_texts("a").await.unwrap();
    assert_eq!(
        number(
            &place,
            "SELECT group_concat(block || ':' || live) = '1:20,2:40,3:20' FROM text_block"
        )
        .await,
        1
    );
    fill(&store, 20..21, 1, "路由器").await;
    store.list_texts("a").await.unwrap();
    assert_eq!(
        number(
            &place,
            "SELECT group_concat(block || ':' || live) = '2:40,3:20,4:20' FROM text_block"
        )
        .await,
        1
    );
    assert_eq!(
        number(&place, "SELECT COUNT(*) FROM text_pair WHERE block = 1").await,
        0
    );
    assert_eq!(found(&store, "路由").await.len(), 21);
    assert_eq!(found(&store, "主機").await.len(), 59);
    assert!(store.verify(&[]).await.unwrap().is_sound());
    store.close().await;
}

#[tokio::test]
async fn a_list_that_is_not_as_it_was_made_is_found() {
    let changes = [
        "UPDATE text_block SET live = live - 1",
        "UPDATE text_block SET size = size + 1",
        "UPDATE text_block SET digest = zeroblob(32)",
        "UPDATE text_block SET block = block + 1",
        "DELETE FROM text_block",
        "DELETE FROM text_pair WHERE pair = (SELECT MIN(pair) FROM text_pair)",
        "DELETE FROM text_pair",
        "UPDATE text_pair SET places = x'00' WHERE pair = (SELECT MIN(pair) FROM text_pair)",
        "UPDATE text_pair SET block = 9",
        "UPDATE row_text SET spot = 0 WHERE row_id = 's00003'",
        "UPDATE row_text SET spot = spot + 100 WHERE row_id = 's00003'",
        "UPDATE row_text SET spot = 82 WHERE row_id = 's00003'",
        "UPDATE row_text SET spot = spot + 40960 WHERE row_id = 's00003'",
        "UPDATE row_text SET spot = CASE spot WHEN 4099 THEN 9000 ELSE 4099 END WHERE spot IN (4099, 4100)",
    ];
    for sql in changes {
        let place = Place::sqlite();
        let store = open(&place).await;
        fill(&store, 0..20, 0, "主機").await;
        store.list_texts("a").await.unwrap();
        assert!(store.verify(&[]).await.unwrap().is_sound());
        store.close().await;
        tamper_folder(place.dir(), sql).await;
        let store = open_broken(&place).await;
        let verified = store.verify(&[]).await.unwrap();
        let kinds: Vec<_> = verified.storage.iter().map(|p| p.kind).collect();
        assert!(!kinds.is_empty(), "{sql}");
        assert!(
            kinds.iter().all(|k| *k == StorageProblemKind::WrongValue),
            "{sql}: {verified:?}"
        );
        store.close().await;
    }
}

/// A text that is listed is found by the list alone, so that the time of a search does not follow
/// the register's size.
#[tokio::test]
async fn what_no_list_leads_to_is_not_read() {
    let place = Place::sqlite();
    let store = open(&place).await;
    fill(&store, 0..20, 0, "主機").await;
    store.list_texts("a").await.unwrap();
    store.close().await;
    tamper_folder(place.dir(), "DELETE FROM text_pair").await;
    let store = open_broken(&place).await;
    assert_eq!(found(&store, "機00003").await, Vec::<String>::new());
    assert_eq!(found(&store, "機").await.len(), 20);
    store.close().await;
}
