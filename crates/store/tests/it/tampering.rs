//! What somebody changes who has every right over the database is found, on every database.

use super::place::{Place, everywhere};
use super::{filled, head, is_sound, open, open_as, open_broken, read};
use ledger::ProblemKind;
use std::collections::BTreeSet;
use store::{OpenMode, StorageProblemKind, StoreError, Verification};

everywhere!(
    a_changed_body,
    a_removed_body,
    a_removed_entry,
    two_entries_that_changed_places,
    a_changed_actor,
    a_row_that_was_smuggled_in,
    a_row_given_to_another_agency,
    a_tail_that_was_cut_shows_against_a_checkpoint,
    a_head_that_points_to_an_old_version,
    a_head_that_is_gone,
    a_file_whose_bytes_were_changed,
    a_file_that_was_removed,
    a_listed_file_that_is_unlisted,
    a_listed_file_given_to_another_agency,
    a_file_listed_where_it_is_not_named,
    a_value_that_no_body_says,
    a_chain_s_end_that_is_not_its_last_entry,
    the_schema,
);

async fn refused(place: &Place) -> StoreError {
    match open_as(place, OpenMode::Create).await {
        Err(error) => error,
        Ok(_) => panic!("it was opened"),
    }
}

/// Tampers with a filled database, and gives what opening and full verification say.
async fn after(place: &Place, sql: &str) -> (StoreError, Verification) {
    let store = filled(place).await;
    let end = head(&store, "a").await;
    store.close().await;
    place.tamper(sql).await;
    let error = refused(place).await;
    let examined = open_broken(place).await;
    (error, examined.verify(&[end]).await.unwrap())
}

/// The same, of what full verification alone finds.
async fn found_after(place: &Place, sql: &str) -> Verification {
    filled(place).await.close().await;
    place.tamper(sql).await;
    let store = open_broken(place).await;
    let found = store.verify(&[]).await.unwrap();
    store.close().await;
    found
}

fn storage(v: &Verification) -> Vec<StorageProblemKind> {
    let kinds: BTreeSet<_> = v.storage.iter().map(|p| p.kind).collect();
    kinds.into_iter().collect()
}

fn kinds(v: &Verification) -> Vec<(u64, ProblemKind)> {
    v.chains
        .iter()
        .flat_map(|c| &c.problems)
        .map(|p| (p.seq, p.kind))
        .collect()
}

async fn a_changed_body(place: &Place) {
    let (error, v) = after(
        place,
        "UPDATE row_version SET body = '{\"name\":\"x\"}' WHERE seq = 2",
    )
    .await;
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

async fn a_removed_body(place: &Place) {
    let (_, v) = after(place, "DELETE FROM row_version WHERE seq = 4").await;
    assert_eq!(kinds(&v), [(4, ProblemKind::MissingBody)]);
    assert_eq!(v.storage[0].kind, StorageProblemKind::WrongHead);
}

async fn a_removed_entry(place: &Place) {
    let (_, v) = after(place, "DELETE FROM ledger_entry WHERE seq = 3").await;
    assert_eq!(kinds(&v), [(3, ProblemKind::Gap)]);
    assert_eq!(v.storage[0].kind, StorageProblemKind::UnrecordedRow);
}

async fn two_entries_that_changed_places(place: &Place) {
    let (_, v) = after(
        place,
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

async fn a_changed_actor(place: &Place) {
    let (_, v) = after(place, "UPDATE ledger_entry SET actor = 'nobody' WHERE seq = 5").await;
    assert_eq!(
        kinds(&v),
        [(5, ProblemKind::WrongHash), (5, ProblemKind::Rewritten)]
    );
}

async fn a_row_that_was_smuggled_in(place: &Place) {
    let (_, v) = after(
        place,
        "INSERT INTO row_version VALUES ('a', 6, 'system', 's2', 2, '{}');
         UPDATE row_head SET version = 2, seq = 6, body_seq = 6 WHERE row_id = 's2';",
    )
    .await;
    assert_eq!(kinds(&v), []);
    assert_eq!(v.storage[0].kind, StorageProblemKind::UnrecordedRow);
}

async fn a_row_given_to_another_agency(place: &Place) {
    let (_, v) = after(
        place,
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

async fn a_tail_that_was_cut_shows_against_a_checkpoint(place: &Place) {
    let store = filled(place).await;
    let end = head(&store, "a").await;
    store.close().await;
    place
        .tamper(
            "DELETE FROM row_head WHERE seq = 5; DELETE FROM row_version WHERE seq = 5;
         DELETE FROM ledger_entry WHERE seq = 5; DELETE FROM row_file; DELETE FROM blob;
         DELETE FROM row_value WHERE row_id = 'd1'; DELETE FROM row_text WHERE row_id = 'd1';
         UPDATE chain_head SET seq = 4, hash = (SELECT hash FROM ledger_entry WHERE seq = 4);",
        )
        .await;
    let store = open(place).await;
    assert!(is_sound(&store, &[]).await);
    let v = store.verify(&[end]).await.unwrap();
    assert_eq!(kinds(&v), [(4, ProblemKind::Truncated)]);
}

async fn a_head_that_points_to_an_old_version(place: &Place) {
    let (_, v) = after(
        place,
        "UPDATE row_head SET version = 1, seq = 1 WHERE row_id = 's1'",
    )
    .await;
    assert_eq!(v.storage[0].kind, StorageProblemKind::WrongHead);
}

async fn a_head_that_is_gone(place: &Place) {
    let (_, v) = after(place, "DELETE FROM row_head WHERE row_id = 's3'").await;
    let kinds: Vec<_> = v.storage.iter().map(|p| p.kind).collect();
    assert_eq!(
        kinds,
        [StorageProblemKind::WrongHead, StorageProblemKind::WrongValue]
    );
}

async fn a_file_whose_bytes_were_changed(place: &Place) {
    let v = found_after(place, &format!("UPDATE blob SET bytes = {}", place.bytes("00"))).await;
    assert_eq!(storage(&v), [StorageProblemKind::AlteredBlob]);
    let store = open_broken(place).await;
    let read = read(&store, "a")
        .await
        .blob(&ledger::hex(&ledger::sha256(b"proof")))
        .await;
    assert!(matches!(read, Err(StoreError::AlteredBlob { .. })));
}

async fn a_file_that_was_removed(place: &Place) {
    let v = found_after(place, "DELETE FROM blob").await;
    assert_eq!(storage(&v), [StorageProblemKind::MissingBlob]);
    // That a file is gone is seen at opening already.
    assert!(matches!(refused(place).await, StoreError::Broken { .. }));
}

async fn a_listed_file_that_is_unlisted(place: &Place) {
    let v = found_after(place, "DELETE FROM row_file").await;
    assert_eq!(storage(&v), [StorageProblemKind::WrongFile]);
}

async fn a_listed_file_given_to_another_agency(place: &Place) {
    let v = found_after(place, "UPDATE row_file SET agency = 'b'").await;
    assert_eq!(storage(&v), [StorageProblemKind::WrongFile]);
}

async fn a_file_listed_where_it_is_not_named(place: &Place) {
    let sql = "INSERT INTO row_file SELECT agency, 'x', 'system', 's1', 1 FROM row_file";
    let v = found_after(place, sql).await;
    assert_eq!(storage(&v), [StorageProblemKind::WrongFile]);
}

async fn a_value_that_no_body_says(place: &Place) {
    let v = found_after(
        place,
        "UPDATE row_value SET value = 't系統四' WHERE row_id = 's3'",
    )
    .await;
    assert_eq!(storage(&v), [StorageProblemKind::WrongValue]);
    let v = found_after_more(
        place,
        "INSERT INTO row_value VALUES ('zzz', 'system', 'name', 't', 's1')",
    )
    .await;
    assert!(v.storage.iter().any(|p| p.message.starts_with("zzz：")), "{v:?}");
    let v = found_after_more(place, "UPDATE row_text SET open = 'x' WHERE row_id = 's3'").await;
    assert!(
        v.storage.iter().any(|p| p.message.contains("system / s3")),
        "{v:?}"
    );
}

/// What is found in a database that was filled before.
async fn found_after_more(place: &Place, sql: &str) -> Verification {
    place.tamper(sql).await;
    let store = open_broken(place).await;
    let found = store.verify(&[]).await.unwrap();
    store.close().await;
    found
}

async fn a_chain_s_end_that_is_not_its_last_entry(place: &Place) {
    let v = found_after(place, "UPDATE chain_head SET seq = 4").await;
    assert_eq!(storage(&v), [StorageProblemKind::WrongChainHead]);
}

/// Each change alone is found, and the database is whole again when it is taken back.
async fn the_schema(place: &Place) {
    filled(place).await.close().await;
    let store = open(place).await;
    assert!(is_sound(&store, &[]).await);
    let changes = if place.is_sqlite() {
        vec![
            ("CREATE TABLE alien (x)", "DROP TABLE alien"),
            (
                "CREATE TRIGGER alien AFTER INSERT ON row_head BEGIN SELECT 1; END",
                "DROP TRIGGER alien",
            ),
        ]
    } else {
        vec![
            ("CREATE TABLE alien (x int)", "DROP TABLE alien"),
            ("CREATE INDEX alien ON row_head (author)", "DROP INDEX alien"),
            ("CREATE VIEW alien AS SELECT 1", "DROP VIEW alien"),
            (
                "ALTER TABLE row_version DISABLE TRIGGER row_version_keeps",
                "ALTER TABLE row_version ENABLE TRIGGER row_version_keeps",
            ),
            (
                "CREATE TRIGGER alien AFTER INSERT ON row_head FOR EACH ROW EXECUTE FUNCTION append_only('x')",
                "DROP TRIGGER alien ON row_head",
            ),
            (
                "ALTER TABLE row_head NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE row_head FORCE ROW LEVEL SECURITY",
            ),
            (
                "CREATE POLICY alien ON row_head USING (true)",
                "DROP POLICY alien ON row_head",
            ),
            (
                "ALTER TABLE receipt ALTER COLUMN answer TYPE text COLLATE \"default\" USING answer",
                "ALTER TABLE receipt ALTER COLUMN answer TYPE text COLLATE \"C\" USING answer",
            ),
            (
                "ALTER TABLE receipt ALTER COLUMN answer DROP NOT NULL",
                "ALTER TABLE receipt ALTER COLUMN answer SET NOT NULL",
            ),
            (
                "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "",
            ),
        ]
    };
    for (change, back) in changes {
        place.asked(change).await.unwrap();
        let v = store.verify(&[]).await.unwrap();
        assert_eq!(storage(&v), [StorageProblemKind::AlteredSchema], "{change}");
        if !back.is_empty() {
            place.asked(back).await.unwrap();
            let v = store.verify(&[]).await.unwrap();
            assert!(v.is_sound(), "{back}: {v:?}");
        }
    }
    store.close().await;
}
