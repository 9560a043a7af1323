//! Full verification by a role that owns nothing: it may read and write the tables, and that is all.

use super::place::{Place, everywhere_on_postgres};
use super::{commit, filled, open_as, row};
use serde_json::json;
use store::{Location, OpenMode, StorageProblemKind, Store};

everywhere_on_postgres!(
    it_verifies_all_and_finds_what_was_altered,
    without_a_place_to_compare_in_it_says_so_and_a_schema_of_its_own_does_too,
);

/// What an administrator grants to the program's account, where another one owns the tables.
async fn store_of_an_ordinary_role(place: &Place) -> (Store, String) {
    filled(place).await.close().await;
    let owner = place.text.split("//").nth(1).unwrap().split(':').next().unwrap();
    let role = format!("{owner}_plain");
    for sql in [
        format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"),
        format!("GRANT USAGE ON SCHEMA public TO {role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"),
    ] {
        place.asked(&sql).await.unwrap();
    }
    let text = place.text.replace(&format!("//{owner}:"), &format!("//{role}:"));
    let store = open_as(&Location::parse(&text).unwrap(), OpenMode::MustExist)
        .await
        .unwrap();
    (store, role)
}

async fn forgotten(place: &Place, store: Store, role: &str) {
    store.close().await;
    place.asked(&format!("DROP OWNED BY {role}")).await.unwrap();
    place.asked(&format!("DROP ROLE {role}")).await.unwrap();
}

async fn altered(store: &Store) -> Vec<String> {
    let found = store.verify(&[]).await.unwrap();
    assert!(found.chains.iter().all(|chain| chain.entries > 0), "{found:?}");
    let schema = |p: &&store::StorageProblem| p.kind == StorageProblemKind::AlteredSchema;
    assert_eq!(found.storage.iter().filter(schema).count(), found.storage.len());
    found.storage.into_iter().map(|p| p.message).collect()
}

async fn it_verifies_all_and_finds_what_was_altered(place: &Place) {
    let (store, role) = store_of_an_ordinary_role(place).await;
    let may_make = format!(
        "SELECT (has_database_privilege('{role}', current_database(), 'CREATE')
             OR has_schema_privilege('{role}', 'public', 'CREATE'))::text"
    );
    assert_eq!(place.asked(&may_make).await.unwrap(), ["false"]);
    let more = commit("a", vec![row("system", "by-the-ordinary-role", 0, json!({}))]);
    store.commit(more).await.unwrap();
    assert_eq!(altered(&store).await, [""; 0]);
    for (change, back, what) in [
        ("CREATE TABLE alien (x int)", "DROP TABLE alien", "table alien"),
        (
            "CREATE TRIGGER alien AFTER INSERT ON row_head FOR EACH ROW EXECUTE FUNCTION append_only('x')",
            "DROP TRIGGER alien ON row_head",
            "trigger row_head.alien",
        ),
        (
            "ALTER TABLE row_head NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE row_head FORCE ROW LEVEL SECURITY",
            "table row_head",
        ),
        (
            "ALTER TABLE receipt ALTER COLUMN answer DROP NOT NULL",
            "ALTER TABLE receipt ALTER COLUMN answer SET NOT NULL",
            "column receipt.answer",
        ),
        (
            "ALTER TABLE row_version DISABLE TRIGGER row_version_keeps",
            "ALTER TABLE row_version ENABLE TRIGGER row_version_keeps",
            "trigger row_version.row_version_keeps",
        ),
    ] {
        place.asked(change).await.unwrap();
        let found = altered(&store).await;
        assert!(found.iter().any(|m| m.contains(what)), "{change}: {found:?}");
        place.asked(back).await.unwrap();
        assert_eq!(altered(&store).await, [""; 0], "{back}");
    }
    // What is made to compare with is in nobody's way afterwards.
    let left = "SELECT nspname::text FROM pg_namespace n WHERE nspname LIKE 'fazun%'
                OR nspname LIKE 'pg_temp%' AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = n.oid)";
    assert_eq!(place.asked(left).await.unwrap(), [""; 0]);
    forgotten(place, store, &role).await;
}

async fn without_a_place_to_compare_in_it_says_so_and_a_schema_of_its_own_does_too(place: &Place) {
    let (store, role) = store_of_an_ordinary_role(place).await;
    let name = place
        .asked("SELECT current_database()::text")
        .await
        .unwrap()
        .remove(0);
    place
        .asked(&format!("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"))
        .await
        .unwrap();
    let found = altered(&store).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("GRANT TEMPORARY ON DATABASE"), "{found:?}");
    place
        .asked(&format!("GRANT CREATE ON DATABASE {name} TO {role}"))
        .await
        .unwrap();
    assert_eq!(altered(&store).await, [""; 0]);
    place.asked("CREATE TABLE alien (x int)").await.unwrap();
    assert_eq!(altered(&store).await.len(), 2);
    forgotten(place, store, &role).await;
}
