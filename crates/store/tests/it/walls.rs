//! The second wall: what a statement sees and writes that forgets its filter.

use super::place::{Place, everywhere_on_postgres};
use super::{blob, commit, open, row};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::str::FromStr;
use store::{Receipt, Store};

everywhere_on_postgres!(
    a_statement_without_a_filter_sees_its_own_agency,
    what_is_another_agency_s_is_not_written,
    what_is_asked_of_all_agencies_is_no_more_than_that,
    a_part_of_a_table_is_not_reached_beside_it,
    the_index_of_pairs_serves_behind_the_wall,
);

/// Two agencies with something in every table, `b` below `a`.
async fn two(place: &Place) -> Store {
    let store = open(place).await;
    for (agency, parent) in [("a", ""), ("b", "a"), ("c", "b")] {
        let sha256 = ledger::hex(&ledger::sha256(b"proof"));
        let mut all = commit(
            agency,
            vec![
                row("agency", agency, 0, json!({"name": agency, "parent": parent})),
                row("designation", "d", 0, json!({"level": "A"})),
                row("system", "s1", 0, json!({"name": "系統", "sha256": sha256})),
            ],
        );
        all.blobs.push(blob(b"proof"));
        all.receipt = Some(Receipt {
            principal: "wang".into(),
            key: "k".into(),
            request: [1; 32],
            answer: "{}".into(),
        });
        store.commit(all).await.unwrap();
        let job = store::Job {
            id: "j".into(),
            agency: agency.into(),
            register: "system".into(),
            actor: "wang".into(),
            at: 1,
            state: "preview".into(),
            detail: "{}".into(),
            bytes: vec![1],
        };
        store.put_job(&job, 0).await.unwrap();
        let job = store::NewJob {
            id: "w".into(),
            kind: "count".into(),
            most_attempts: 1,
            input: vec![1],
            ..store::NewJob::default()
        };
        store.enqueue(agency, job, 1).await.unwrap();
        let message = store::NewMessage {
            id: "m".into(),
            kind: "mail".into(),
            most_attempts: 1,
            ..store::NewMessage::default()
        };
        store.post(agency, message, 1).await.unwrap();
    }
    // Of agencies there are none; the wall is around every table.
    place
        .tamper(
            "INSERT INTO kept (agency, kind, id, holder, version, until, body)
             VALUES ('a', 'k', 'i', '', 1, 1, ''), ('b', 'k', 'i', '', 1, 1, '')",
        )
        .await;
    place
        .tamper("INSERT INTO verdict (agency, why, at) VALUES ('a', '', 1), ('b', '', 1)")
        .await;
    place
        .tamper("INSERT INTO unfinished_copy (agency, origin) VALUES ('a', ''), ('b', '')")
        .await;
    store
}

/// The store's own account, without the store.
async fn as_the_store(place: &Place) -> PgConnection {
    let text = place.text.split('?').next().unwrap();
    PgConnectOptions::from_str(text).unwrap().connect().await.unwrap()
}

async fn run(c: &mut PgConnection, sql: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(c).await?;
    Ok(done.rows_affected())
}

/// The tables that have agencies.
async fn tables(c: &mut PgConnection) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency'
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         ORDER BY 1",
    )
    .fetch_all(c)
    .await
    .unwrap();
    assert!(tables.len() >= 9, "{tables:?}");
    tables
}

async fn agencies(c: &mut PgConnection, table: &str) -> Vec<String> {
    let sql = format!("SELECT DISTINCT agency FROM {table} ORDER BY 1");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(c).await.unwrap()
}

async fn a_statement_without_a_filter_sees_its_own_agency(place: &Place) {
    let store = two(place).await;
    let mut c = as_the_store(place).await;
    for table in tables(&mut c).await {
        // Which agency is above which is everybody's to know.
        let of_all = match table.as_str() {
            "row_value" => " WHERE field <> 'parent'",
            _ => "",
        };
        run(&mut c, "RESET fazun.agency").await.unwrap();
        let asked = format!("{table}{of_all}");
        assert_eq!(agencies(&mut c, &asked).await, [""; 0], "{table}");
        for agency in ["a", "b"] {
            run(&mut c, &format!("SET fazun.agency = '{agency}'"))
                .await
                .unwrap();
            assert_eq!(agencies(&mut c, &asked).await, [agency], "{table}");
        }
    }
    c.close().await.unwrap();
    let mut reading = store.reading("c").await.unwrap();
    assert_eq!(reading.superiors().await.unwrap(), ["b", "a"]);
}

async fn what_is_another_agency_s_is_not_written(place: &Place) {
    let store = two(place).await;
    let mut c = as_the_store(place).await;
    let tables = tables(&mut c).await;
    run(&mut c, "SET fazun.agency = 'a'").await.unwrap();
    for table in &tables {
        // The same row for another agency, whatever else is wrong with it.
        let refused = run(
            &mut c,
            &format!(
                "CREATE TEMP TABLE t AS SELECT * FROM {table} LIMIT 1; UPDATE t SET agency = 'b';
                 INSERT INTO {table} SELECT * FROM t"
            ),
        )
        .await
        .unwrap_err();
        let code = refused
            .as_database_error()
            .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{table}: {refused}");
    }
    for sql in [
        "UPDATE chain_head SET seq = 99 WHERE agency = 'b'",
        "UPDATE row_head SET seq = 1 WHERE agency = 'b'",
        "DELETE FROM row_value WHERE agency = 'b'",
        "DELETE FROM receipt WHERE agency = 'b'",
        "UPDATE import_job SET detail = 'x' WHERE agency = 'b'",
    ] {
        assert_eq!(run(&mut c, sql).await.unwrap(), 0, "{sql}");
    }
    // Without a filter only what is its own goes.
    assert_eq!(run(&mut c, "DELETE FROM receipt").await.unwrap(), 1);
    assert_eq!(
        run(&mut c, "UPDATE import_job SET detail = 'x'").await.unwrap(),
        1
    );
    c.close().await.unwrap();
    let mut reading = store.reading("b").await.unwrap();
    assert!(reading.receipt("wang", "k").await.unwrap().is_some());
    assert_eq!(reading.job("j").await.unwrap().unwrap().detail, "{}");
    assert!(store.verify(&[]).await.unwrap().is_sound());
}

async fn what_is_asked_of_all_agencies_is_no_more_than_that(place: &Place) {
    let store = two(place).await;
    assert_eq!(store.heads().await.unwrap().len(), 3);
    let directory = store.directory().await.unwrap();
    let rows: Vec<_> = directory
        .iter()
        .map(|r| (r.agency.as_str(), r.register.as_str()))
        .collect();
    let both = ["agency", "designation"];
    let expected: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .flat_map(|a| both.map(|r| (a, r)))
        .collect();
    assert_eq!(rows, expected);

    let mut c = as_the_store(place).await;
    run(&mut c, "SET fazun.across = 'directory'").await.unwrap();
    for table in tables(&mut c).await {
        let seen = agencies(&mut c, &table).await;
        match table.as_str() {
            "chain_head" => assert_eq!(seen, ["a", "b", "c"]),
            "row_head" | "row_version" => {
                let others = format!("{table} WHERE register NOT IN ('agency', 'designation')");
                assert_eq!(agencies(&mut c, &others).await, [""; 0]);
                assert_eq!(seen, ["a", "b", "c"]);
            }
            "row_value" => assert_eq!(
                agencies(&mut c, "row_value WHERE field <> 'parent'").await,
                [""; 0]
            ),
            _ => assert_eq!(seen, [""; 0], "{table}"),
        }
    }
    // Nobody writes across.
    for across in ["directory", "whole"] {
        run(&mut c, &format!("SET fazun.across = '{across}'"))
            .await
            .unwrap();
        for sql in [
            "UPDATE chain_head SET seq = 99",
            "UPDATE row_head SET seq = 1",
            "DELETE FROM row_value",
            "DELETE FROM receipt",
        ] {
            assert_eq!(run(&mut c, sql).await.unwrap(), 0, "{across}: {sql}");
        }
    }
    c.close().await.unwrap();
    assert!(store.verify(&[]).await.unwrap().is_sound());
}

async fn a_part_of_a_table_is_not_reached_beside_it(place: &Place) {
    two(place).await.close().await;
    let mut c = as_the_store(place).await;
    run(&mut c, "SET fazun.agency = 'a'; SET fazun.across = 'directory'")
        .await
        .unwrap();
    let parts: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    for part in &parts {
        assert_eq!(agencies(&mut c, part).await, [""; 0], "{part}");
    }
    let tables = tables(&mut c).await.len();
    assert!(parts.is_empty() || parts.len() == tables * 4, "{parts:?}");
    c.close().await.unwrap();
}

/// A search must not read all pairs of an agency: the wall itself asks the index for them.
async fn the_index_of_pairs_serves_behind_the_wall(place: &Place) {
    two(place).await.close().await;
    place
        .tamper(
            "INSERT INTO row_gram SELECT agency, 1000 + n, ARRAY(SELECT n * 30 + i FROM generate_series(0, 39) i)
             FROM generate_series(1, 20000) n, (VALUES ('a'), ('b')) of (agency)",
        )
        .await;
    place.asked("VACUUM ANALYZE row_gram").await.unwrap();
    let mut c = as_the_store(place).await;
    run(&mut c, "SET fazun.agency = 'a'; SET fazun.pairs = '{305,306}'")
        .await
        .unwrap();
    let sql = "SELECT id FROM row_gram WHERE agency = 'a' ORDER BY id";
    let found: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&mut c).await.unwrap();
    assert_eq!(found, [1009, 1010]);
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {sql}")))
        .fetch_all(&mut c)
        .await
        .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("Index Cond: (grams @>"), "{plan}");
    // Of another agency there is nothing, whoever asks.
    let others = "SELECT id FROM row_gram WHERE agency = 'b'";
    let found: Vec<i64> = sqlx::query_scalar(others).fetch_all(&mut c).await.unwrap();
    assert_eq!(found, [0_i64; 0]);
    c.close().await.unwrap();
}
