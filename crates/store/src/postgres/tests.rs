//! That what is asked every day touches one part of a table that is spread by agency, whatever the
//! number of agencies: the statements are those that the store itself prepared.

use super::schema::run;
use crate::store::Database;
use crate::{
    Address, AnyForms, Blob, Commit, Condition, Holds, Job, Location, NewRow, OpenMode, Order, Query,
    Receipt, Scalar, Store, StoreError, Text, Unmoved,
};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

fn commit(id: &str, version: u32) -> Commit {
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    Commit {
        actor: "wang".into(),
        at_micros: 1,
        action: "create".into(),
        agency: "a".into(),
        rows: vec![NewRow {
            register: "system".into(),
            row: id.into(),
            expected_version: version,
            body: json!({"name": format!("系統{version}"), "n": 1, "sha256": sha256}),
        }],
        blobs: vec![Blob {
            bytes: b"proof".to_vec(),
            media_type: "text/plain".into(),
            name: "a.txt".into(),
        }],
        receipt: Some(Receipt {
            principal: "wang".into(),
            key: format!("{id}{version}"),
            request: [1; 32],
            answer: "{}".into(),
        }),
        holds: Holds {
            rows: vec![("system".into(), id.into(), version)],
            unmoved: vec![Unmoved {
                register: "vendor".into(),
                ..Unmoved::default()
            }],
            since: 0,
        },
        ..Commit::default()
    }
}

/// Everything that a page, a list or a write asks.
async fn a_day(store: &Store) {
    for version in 0..2 {
        store.commit(commit("s1", version)).await.unwrap();
    }
    let job = Job {
        id: "j".into(),
        agency: "a".into(),
        register: "system".into(),
        actor: "wang".into(),
        at: 5,
        state: "preview".into(),
        detail: "{}".into(),
        bytes: vec![1],
    };
    store.put_job(&job, 0).await.unwrap();
    let receipt = commit("j", 0).receipt.unwrap();
    assert!(store.close_job(&job, &receipt).await.unwrap());

    let mut reading = store.reading("a").await.unwrap();
    let key = ("system".to_owned(), "s1".to_owned());
    let of = |field: &str| (field.to_owned(), Scalar::Text("系統1".into()));
    let ((a, x), (b, y)) = (of("name"), of("name"));
    let everything = Condition::And(vec![
        Condition::Equals(a, x),
        Condition::Not(Box::new(Condition::Before(b, y))),
        Condition::Names("owner".into(), vec!["x".into(), "y".into()]),
        Condition::Rows(vec!["s1".into(), "s2".into()]),
        Condition::Blank("owner".into()),
        Condition::Author("wang".into()),
        Condition::Text(Text {
            part: "系統".into(),
            personal: true,
            confidential: true,
        }),
    ]);
    for order in [
        Order::Row,
        Order::Field {
            field: "name".into(),
            descending: true,
        },
    ] {
        let query = Query {
            condition: Some(everything.clone()),
            order,
            after: "r".into(),
            skip: 1,
            ..Query::default()
        };
        reading.list("system", query.clone(), 100).await.unwrap();
        reading.count("system", query).await.unwrap();
    }
    let past = Query {
        at: Some(1),
        ..Query::default()
    };
    reading.list("system", past, 10).await.unwrap();
    assert_eq!(reading.latest().await.unwrap().len(), 1);
    reading.latest_of("system").await.unwrap();
    reading.since(1).await.unwrap();
    reading.row("system", "s1").await.unwrap();
    reading.rows(&[key]).await.unwrap();
    assert_eq!(reading.history("system", "s1").await.unwrap().len(), 2);
    reading.version("system", "s1", 1).await.unwrap();
    reading.rows_at(1).await.unwrap();
    reading.recorded("system", "s1").await.unwrap();
    reading.entries(1, 10).await.unwrap();
    reading.counts().await.unwrap();
    reading.authors("system").await.unwrap();
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    reading.versions_naming(&sha256).await.unwrap();
    reading.named_files().await.unwrap();
    reading.heads_written_by("create", "system").await.unwrap();
    reading.blob(&sha256).await.unwrap();
    reading.job("j").await.unwrap();
    reading.receipt("wang", "s10").await.unwrap();
}

/// The plans of what a connection prepared, with the statements.
async fn plans(c: &mut PgConnection) -> Vec<(String, String)> {
    let prepared = sqlx::query(
        "SELECT name, statement, parameter_types::text[]::text FROM pg_prepared_statements WHERE NOT from_sql",
    )
    .fetch_all(&mut *c)
    .await
    .unwrap();
    run(
        c,
        "SET plan_cache_mode = force_custom_plan; SET fazun.agency = 'a'",
    )
    .await
    .unwrap();
    let mut plans = Vec::new();
    for row in &prepared {
        let (name, sql, types): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let values: Vec<&str> = types
            .trim_matches(['{', '}'])
            .split(',')
            .filter(|of| !of.is_empty())
            .map(|of| match of.trim_matches('"') {
                "bigint" => "1",
                "bytea" => "'\\x00'",
                "text[]" => "'{a,b}'",
                "bigint[]" => "'{1}'",
                _ => "'a'",
            })
            .collect();
        let values = if values.is_empty() {
            String::new()
        } else {
            format!("({})", values.join(", "))
        };
        let explain = format!("EXPLAIN (COSTS OFF) EXECUTE \"{name}\"{values}");
        let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
            .fetch_all(&mut *c)
            .await
            .unwrap();
        plans.push((sql, lines.join("\n")));
    }
    plans
}

/// The parts that a plan reads: `row_head_p3` is number 3.
fn parts(plan: &str) -> BTreeSet<&str> {
    plan.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter_map(|word| word.rsplit_once("_p"))
        .map(|(_, part)| part)
        .filter(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
        .collect()
}

#[test]
fn parts_are_read_from_a_plan() {
    let plan = "Seq Scan on row_head_p3 h\n  Index Scan using row_head_p12_pkey on row_head_p12";
    assert_eq!(parts(plan), BTreeSet::from(["3", "12"]));
}

/// A database of its own on the server of the tests, and who may work in it.
struct Own {
    admin: PgConnection,
    name: String,
    host: String,
    port: u16,
}

impl Own {
    /// None where the tests have no server.
    async fn new(what: &str) -> Option<Self> {
        let Ok(server) =
            std::env::var("FAZUN_TEST_POSTGRES_ADMIN").or_else(|_| std::env::var("FAZUN_TEST_POSTGRES"))
        else {
            println!("skipped: FAZUN_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("fazun_{what}_{}", std::process::id());
        let options = PgConnectOptions::from_str(&server).unwrap();
        let mut admin = options.connect().await.unwrap();
        for sql in [
            format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"),
            format!("CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE template0"),
        ] {
            run(&mut admin, &sql).await.unwrap();
        }
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string().replace('/', "%2F"),
            None => options.get_host().to_owned(),
        };
        Some(Self {
            admin,
            name,
            host,
            port: options.get_port(),
        })
    }

    /// Its address, with other hosts and settings.
    fn at(&self, others: &str, settings: &str) -> Location {
        let Self { name, host, port, .. } = self;
        let address = format!("postgres://{name}:secret@{host}:{port}{others}/{name}?{settings}");
        Location::Postgres(Address::parse(&address).unwrap())
    }

    async fn gone(mut self) {
        for sql in [
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
            format!("DROP ROLE {}", self.name),
        ] {
            run(&mut self.admin, &sql).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_the_server_says_is_sorted_by_what_has_to_be_done() {
    let Some(mut own) = Own::new("errors").await else {
        return;
    };
    for (code, kind) in [
        ("40001", "busy"),
        ("40P01", "busy"),
        ("55P03", "busy"),
        ("57014", "slow"),
        ("25P03", "slow"),
        ("28P01", "password"),
        ("3D000", "database"),
        ("42501", "rights"),
        ("53300", "too many"),
        ("53100", "full"),
        ("25006", "read only"),
        ("XX001", "corrupt"),
        ("XX002", "corrupt"),
        ("08006", "unreachable"),
        ("57P01", "unreachable"),
        ("22012", "ours"),
    ] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$");
        let error = run(&mut own.admin, &raise).await.unwrap_err();
        let sorted = match super::errors::sorted("讀取", "there", error) {
            Ok(StoreError::Busy { .. }) => "busy",
            Ok(StoreError::Slow { .. }) => "slow",
            Ok(StoreError::WrongPassword { .. }) => "password",
            Ok(StoreError::NoDatabase { .. }) => "database",
            Ok(StoreError::NoRights { .. }) => "rights",
            Ok(StoreError::TooMany { .. }) => "too many",
            Ok(StoreError::Full { .. }) => "full",
            Ok(StoreError::ReadOnly { .. }) => "read only",
            Ok(StoreError::Corrupt { .. }) => "corrupt",
            Ok(StoreError::Unreachable { .. }) => "unreachable",
            Ok(_) => "another",
            Err(_) => "ours",
        };
        assert_eq!(sorted, kind, "{code}");
    }
    own.gone().await;
}

#[tokio::test]
async fn who_waits_for_a_connection_waits_all_of_its_time() {
    let Some(own) = Own::new("turns").await else {
        return;
    };
    // Looks at the other one, where nobody is, five times in these ten seconds.
    let place = own.at(",127.0.0.1:1", "readers=1&writers=1&connect_timeout=10");
    let store = Store::open_at_unverified(&place, OpenMode::Create, Arc::new(AnyForms))
        .await
        .unwrap();
    let Database::Postgres(postgres) = &store.database else {
        panic!("another database");
    };
    let held = postgres.begin("a").await.unwrap();
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        drop(held);
    };
    let (begun, ()) = tokio::join!(postgres.begin("b"), let_go);
    assert!(begun.is_ok(), "{:?}", begun.err());
    drop(begun);
    store.close().await;
    own.gone().await;
}

#[tokio::test]
async fn statements_of_every_day_touch_one_part_of_a_table() {
    let Some(own) = Own::new("plans").await else {
        return;
    };
    let location = own.at("", "readers=1&writers=1&partitions=16");
    let store = Store::open_at_unverified(&location, OpenMode::Create, Arc::new(AnyForms))
        .await
        .unwrap();
    a_day(&store).await;
    let Database::Postgres(postgres) = &store.database else {
        panic!("another database");
    };
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for pool in [postgres.reading_pool(), &postgres.write] {
        let mut c = pool.acquire().await.unwrap();
        for (sql, plan) in plans(&mut c).await {
            // A change says which part when it is carried out; so do its values.
            let is_insert = plan.starts_with("Insert on ");
            let parts = parts(&plan);
            assert!(parts.len() <= 1, "{sql}\n{plan}");
            assert!(
                is_insert || parts.len() == 1 || !sql.contains("agency"),
                "{sql}\n{plan}"
            );
            assert!(!plan.contains("Seq Scan on row_version"), "{sql}\n{plan}");
            seen.extend(parts.into_iter().map(str::to_owned));
            count += 1;
        }
    }
    println!("{count} statements, parts {seen:?}");
    // All tables keep an agency in the part of the same number.
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(count > 35, "{count}");
    store.close().await;
    own.gone().await;
}
