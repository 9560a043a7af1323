//! A database is looked at without a byte of it, or beside it, being changed.

use super::place::{Place, everywhere};
use super::{commit, filled, open, read, row};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use store::{AnyForms, Derived, Forms, InspectedChain, OpenMode, Store, StoreError};

everywhere!(
    an_older_schema_is_told_and_its_bodies_are_read,
    what_cannot_be_opened_is_refused_in_the_same_words,
    a_migration_that_the_database_does_not_take_is_told_in_one_line,
);

/// Forms of another name.
#[derive(Debug)]
struct Other;

impl Forms for Other {
    fn name(&self) -> String {
        "other".to_owned()
    }

    fn derive(&self, _: &str, _: &serde_json::Value) -> Derived {
        Derived::default()
    }
}

/// Every file of a folder with its bytes and when it was changed.
fn files(place: &Place) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    if !place.is_sqlite() {
        return BTreeMap::new();
    }
    let entries = fs::read_dir(place.dir()).unwrap().map(Result::unwrap);
    entries
        .map(|e| {
            let changed = e.metadata().unwrap().modified().unwrap();
            let name = e.file_name().into_string().unwrap();
            (name, (fs::read(e.path()).unwrap(), changed))
        })
        .collect()
}

async fn an_older_schema_is_told_and_its_bodies_are_read(place: &Place) {
    let store = filled(place).await;
    store
        .commit(commit("b", vec![row("zone", "z", 0, json!({"name": "機房"}))]))
        .await
        .unwrap();
    store.close().await;
    let looked = Store::inspect(&place.location, Arc::new(AnyForms)).await.unwrap();
    assert_eq!((looked.reached, looked.newest), (14, 14));
    drop(looked);
    let versions = if place.is_sqlite() {
        "schema_version"
    } else {
        "fazun_schema"
    };
    place
        .tamper(&format!(
            "DROP TABLE kept; DROP TABLE unfinished_copy; DROP INDEX job_by_key; DROP TABLE verdict; ALTER TABLE chain_head DROP COLUMN derived;
             DELETE FROM {versions} WHERE version > 11"
        ))
        .await;
    let before = files(place);
    let mut looked = Store::inspect(&place.location, Arc::new(AnyForms)).await.unwrap();
    assert_eq!((looked.reached, looked.newest), (11, 14));
    let chains = looked.chains().await.unwrap();
    let of = |agency: &str, rows| InspectedChain {
        agency: agency.to_owned(),
        rows,
        is_derived: false,
    };
    assert_eq!(chains, [of("a", 4), of("b", 1)]);
    let mut after = (String::new(), String::new());
    let mut seen = Vec::new();
    loop {
        let page = looked.bodies("a", (&after.0, &after.1), 3).await.unwrap();
        let Some(last) = page.last() else {
            break;
        };
        after = (last.register.clone(), last.row.clone());
        seen.extend(page);
    }
    assert_eq!(seen.len(), 4);
    assert!(looked.bodies("b", ("zone", "z"), 3).await.unwrap().is_empty());
    drop(looked);
    assert_eq!(files(place), before);
    // By opening it the same rows are there, and derived they are told so.
    let store = open(place).await;
    assert_eq!(read(&store, "a").await.latest().await.unwrap(), seen);
    for agency in ["a", "b"] {
        let mut after = (String::new(), String::new());
        while let Some(last) = store
            .derive_anew(agency, (&after.0, &after.1), 9)
            .await
            .unwrap()
            .last
        {
            after = last;
        }
    }
    // While others have it open it is looked at as well.
    for (forms, is_derived) in [
        (Arc::new(AnyForms) as Arc<dyn Forms>, true),
        (Arc::new(Other), false),
    ] {
        let mut looked = Store::inspect(&place.location, forms).await.unwrap();
        let chains = looked.chains().await.unwrap();
        assert!(chains.iter().all(|c| c.is_derived == is_derived), "{chains:?}");
    }
    store.close().await;
}

async fn what_cannot_be_opened_is_refused_in_the_same_words(place: &Place) {
    let refused = Store::inspect(&place.location, Arc::new(AnyForms)).await;
    match (place.is_sqlite(), refused.err()) {
        (true, Some(StoreError::NotFound { .. })) | (false, Some(StoreError::Empty { .. })) => {}
        (_, other) => panic!("{other:?}"),
    }
    filled(place).await.close().await;
    let versions = if place.is_sqlite() {
        "INSERT INTO schema_version VALUES (99, 'future', x'00')"
    } else {
        "INSERT INTO fazun_schema VALUES (99, 'future', '\\x00'::bytea, 0)"
    };
    place.tamper(versions).await;
    let refused = Store::inspect(&place.location, Arc::new(AnyForms)).await.err();
    assert!(
        matches!(refused, Some(StoreError::NewerSchema { found: 99, .. })),
        "{refused:?}"
    );
}

async fn a_migration_that_the_database_does_not_take_is_told_in_one_line(place: &Place) {
    filled(place).await.close().await;
    let (versions, says) = if place.is_sqlite() {
        ("schema_version", "table job already exists")
    } else {
        ("fazun_schema", "relation \"job\" already exists")
    };
    place
        .tamper(&format!("DELETE FROM {versions} WHERE version > 10"))
        .await;
    let before = files(place);
    // What the rows would stop, or PostgreSQL, is found when it is done, and taken back.
    if place.is_sqlite() {
        let refused = Store::inspect(&place.location, Arc::new(AnyForms)).await.err();
        assert!(
            matches!(refused, Some(StoreError::Unmigrated { version: 11, .. })),
            "{refused:?}"
        );
        assert_eq!(files(place), before);
    }
    let refused = super::open_as(place, OpenMode::MustExist).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unmigrated { .. }), "{refused:?}");
    assert_eq!(refused.said().as_deref(), Some(says));
    assert!(!refused.to_string().contains("CREATE"), "{refused}");
}
