//! What can be wrong with a PostgreSQL, each said in a sentence that says what to do.

use super::place::{Place, SERVER, everywhere_on_postgres};
use super::{commit, filled, open, open_as, row};
use serde_json::json;
use std::time::{Duration, Instant};
use store::{Location, OpenMode, Store, StoreError};

everywhere_on_postgres!(
    a_wrong_password_is_never_repeated,
    a_database_that_is_not_there,
    tables_of_another_program,
    an_empty_database_that_must_not_be,
    a_schema_that_is_newer_or_earlier_or_altered,
    rights_that_are_missing,
    connections_that_are_all_taken,
    an_account_that_no_wall_stops,
    a_statement_that_waits_too_long,
    connections_that_the_server_cut,
    several_processes_make_the_tables_at_once,
);

async fn refused_at(text: &str) -> StoreError {
    let location = Location::parse(text).unwrap();
    assert!(!format!("{location:?}{}", location.place()).contains("secret"));
    let error = open_as(&location, OpenMode::Create).await.unwrap_err();
    let (said, whole) = (error.to_string(), format!("{error:?}"));
    assert!(!said.contains("secret") && !whole.contains("secret"), "{whole}");
    println!("{said}");
    error
}

async fn refused(place: &Place) -> StoreError {
    refused_at(&place.text).await
}

async fn a_wrong_password_is_never_repeated(place: &Place) {
    let error = refused_at(&place.text.replace(":secret@", ":secret-wrong@")).await;
    assert!(matches!(error, StoreError::WrongPassword { .. }), "{error:?}");
}

async fn a_database_that_is_not_there(place: &Place) {
    let (before, after) = place.text.split_once('?').unwrap();
    let error = refused_at(&format!("{before}_not?{after}")).await;
    assert!(matches!(error, StoreError::NoDatabase { .. }), "{error:?}");
    assert!(error.to_string().contains("CREATE DATABASE"));
}

async fn tables_of_another_program(place: &Place) {
    place.asked("CREATE TABLE invoices (id int)").await.unwrap();
    let error = refused(place).await;
    assert!(
        matches!(error, StoreError::Foreign { ref table, .. } if table == "invoices"),
        "{error:?}"
    );
}

async fn an_empty_database_that_must_not_be(place: &Place) {
    let error = open_as(place, OpenMode::MustExist).await.unwrap_err();
    assert!(matches!(error, StoreError::Empty { .. }), "{error:?}");
    // Nothing was made.
    let tables = place
        .asked("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        .await;
    assert_eq!(tables.unwrap(), [""; 0]);
}

async fn a_schema_that_is_newer_or_earlier_or_altered(place: &Place) {
    filled(place).await.close().await;
    for (change, back, expected) in [
        (
            "INSERT INTO fazun_schema VALUES (99, 'future', '\\x00', 0)",
            "DELETE FROM fazun_schema WHERE version = 99",
            "第 99 版",
        ),
        (
            "INSERT INTO fazun_schema VALUES (2, 'past', '\\x00', 0)",
            "DELETE FROM fazun_schema WHERE version = 2",
            "早期開發版",
        ),
        ("UPDATE fazun_schema SET checksum = '\\x00'", "", "檢核碼不符"),
    ] {
        place.asked(change).await.unwrap();
        let error = refused(place).await;
        assert!(error.to_string().contains(expected), "{error:?}");
        if !back.is_empty() {
            place.asked(back).await.unwrap();
            open(place).await.close().await;
        }
    }
}

async fn rights_that_are_missing(place: &Place) {
    place
        .asked("ALTER SCHEMA public OWNER TO CURRENT_USER")
        .await
        .unwrap();
    place
        .asked("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        .await
        .unwrap();
    let error = refused(place).await;
    assert!(matches!(error, StoreError::NoRights { .. }), "{error:?}");
    assert!(error.to_string().contains("OWNER TO"));
}

async fn connections_that_are_all_taken(place: &Place) {
    open(place).await.close().await;
    let role = place.text.split("//").nth(1).unwrap().split(':').next().unwrap();
    place
        .asked(&format!("ALTER ROLE {role} CONNECTION LIMIT 0"))
        .await
        .unwrap();
    let error = refused(place).await;
    assert!(matches!(error, StoreError::TooMany { .. }), "{error:?}");
}

async fn an_account_that_no_wall_stops(place: &Place) {
    let store = open(place).await;
    let walls = |store: &Store| {
        store
            .warnings()
            .iter()
            .filter(|w| w.contains("BYPASSRLS"))
            .count()
    };
    assert_eq!(walls(&store), 0);
    store.close().await;
    let role = place.text.split("//").nth(1).unwrap().split(':').next().unwrap();
    place
        .asked(&format!("ALTER ROLE {role} BYPASSRLS"))
        .await
        .unwrap();
    let store = open(place).await;
    assert_eq!(walls(&store), 1);
    store.close().await;
}

async fn a_statement_that_waits_too_long(place: &Place) {
    filled(place).await.close().await;
    let location = Location::parse(&format!("{}&statement_timeout=1", place.text)).unwrap();
    let store = open(&location).await;
    let mut c = place.outside().await;
    sqlx::raw_sql("BEGIN; SELECT 1 FROM chain_head WHERE agency = 'a' FOR UPDATE")
        .execute(&mut c)
        .await
        .unwrap();
    let start = Instant::now();
    let late = store
        .commit(commit("a", vec![row("system", "x", 0, json!({}))]))
        .await;
    assert!(matches!(late, Err(StoreError::Slow { .. })), "{late:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    // Others don't wait.
    store
        .commit(commit("b", vec![row("system", "x", 0, json!({}))]))
        .await
        .unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut c).await.unwrap();
    store
        .commit(commit("a", vec![row("system", "x", 0, json!({}))]))
        .await
        .unwrap();
    store.close().await;
}

async fn connections_that_the_server_cut(place: &Place) {
    let store = filled(place).await;
    for n in 0..3 {
        // Several connections of each pool, all of them cut while nobody uses them.
        let readings = [
            store.reading("a").await.unwrap(),
            store.reading("a").await.unwrap(),
        ];
        drop(readings);
        let cut = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                   WHERE application_name = 'fazun' AND datname = current_database()";
        assert!(!place.asked(cut).await.unwrap().is_empty());
        assert_eq!(
            store.reading("a").await.unwrap().latest().await.unwrap().len(),
            4 + n
        );
        let new = vec![row("system", &format!("after{n}"), 0, json!({}))];
        store.commit(commit("a", new)).await.unwrap();
    }
    assert!(store.verify(&[]).await.unwrap().is_sound());
    store.close().await;
}

async fn several_processes_make_the_tables_at_once(place: &Place) {
    let opened = tokio::join!(open(place), open(place), open(place), open(place));
    let stores: [Store; 4] = opened.into();
    for (n, store) in stores.iter().enumerate() {
        let rows = vec![row("system", &format!("s{n}"), 0, json!({}))];
        store.commit(commit("a", rows)).await.unwrap();
    }
    assert!(stores[0].verify(&[]).await.unwrap().is_sound());
    for store in stores {
        store.close().await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_never_answers() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let start = Instant::now();
    let error = refused_at(&format!(
        "postgres://u:secret@127.0.0.1:{port}/d?connect_timeout=1"
    ))
    .await;
    assert!(matches!(error, StoreError::Slow { .. }), "{error:?}");
    drop(silent);
    let error = refused_at(&format!(
        "postgres://u:secret@127.0.0.1:{port}/d?connect_timeout=1"
    ))
    .await;
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn a_server_without_encryption_is_not_spoken_to_where_it_is_asked_for() {
    let Some(place) = Place::postgres(0).await else {
        return;
    };
    if place.asked("SHOW ssl").await.unwrap() == ["off"] {
        for mode in ["require", "verify-full"] {
            let error = refused_at(&format!("{}&sslmode={mode}", place.text)).await;
            assert!(matches!(error, StoreError::Unencrypted { .. }), "{error:?}");
        }
    } else {
        println!("skipped: {SERVER} speaks TLS");
    }
    place.gone().await;
}

#[tokio::test]
async fn a_database_that_does_not_keep_every_text() {
    let Some(place) = Place::postgres(0).await else {
        return;
    };
    let role = place
        .text
        .split("//")
        .nth(1)
        .unwrap()
        .split(':')
        .next()
        .unwrap()
        .to_owned();
    let made = format!(
        "CREATE DATABASE {role}_latin OWNER {role} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    );
    place.asked(&made).await.unwrap();
    let (before, after) = place.text.split_once('?').unwrap();
    let error = refused_at(&format!("{before}_latin?{after}")).await;
    assert!(matches!(error, StoreError::WrongEncoding { .. }), "{error:?}");
    place
        .asked(&format!("DROP DATABASE {role}_latin WITH (FORCE)"))
        .await
        .unwrap();
    place.gone().await;
}
