//! How long writing, opening and the hot read take: `cargo run --release -p store
//! --example measure -- <entries>`. Not a gate; a figure to look at before and after a change.
#![allow(clippy::print_stdout)]

use serde_json::json;
use std::sync::Arc;
use std::time::Instant;
use store::{AnyForms, Commit, Location, NewRow, OpenMode, Select, Store, StoreError, Text};

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let entries: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(25_000);
    let dir = std::env::temp_dir().join(format!("fazun-measure-{}", std::process::id()));
    // A folder of its own, or what is named: `postgres://…`.
    let location = match std::env::args().nth(2) {
        Some(text) => Location::parse(&text)?,
        None => Location::Sqlite(dir.clone()),
    };
    let store = Store::open_at(&location, OpenMode::Create, Arc::new(AnyForms)).await?;
    let per_agency = 250;
    let clock = Instant::now();
    for first in (0..entries).step_by(per_agency) {
        let agency = format!("agency-{first}");
        let rows = (0..per_agency)
            .map(|n| NewRow {
                register: "asset".to_owned(),
                row: format!("{first}-{n}"),
                expected_version: 0,
                body: json!({"v": 1, "name": format!("資產 {n}"), "category": "physical", "owner": "歲計科",
                             "location": "三樓機房", "brand": "示範牌", "model": "X-100"}),
            })
            .collect();
        store.commit(commit(&agency, rows)).await?;
    }
    println!("{entries} entries, {per_agency} a commit: {:?}", clock.elapsed());

    let clock = Instant::now();
    for n in 0..100 {
        let row = NewRow {
            register: "system".to_owned(),
            row: format!("s{n}"),
            expected_version: 0,
            body: json!({"v": 1, "name": "系統"}),
        };
        store.commit(commit("agency-0", vec![row])).await?;
    }
    println!("a commit of one row: {:?}", clock.elapsed() / 100);

    let clock = Instant::now();
    let mut rows = 0;
    for _ in 0..100 {
        rows = store.reading("agency-0").await?.latest().await?.len();
    }
    println!("latest of {rows} rows: {:?}", clock.elapsed() / 100);

    let clock = Instant::now();
    rows = store
        .reading("agency-0")
        .await?
        .rows_at(u64::from(entries))
        .await?
        .len();
    println!("{rows} rows at a past position: {:?}", clock.elapsed());

    let clock = Instant::now();
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..20 {
                    let row = NewRow {
                        register: "system".to_owned(),
                        row: format!("t{task}-{n}"),
                        expected_version: 0,
                        body: json!({"v": 1, "name": "系統"}),
                    };
                    let agency = format!("agency-{}", task % 50);
                    store.commit(commit(&agency, vec![row])).await?;
                }
                Ok::<(), StoreError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await
            .map_err(|_| StoreError::Incomplete { what: "task" })??;
    }
    let each = clock.elapsed() / (64 * 20);
    println!("a commit of one row, 64 writers to 50 agencies: {each:?}");

    let clock = Instant::now();
    let rows = (0..entries)
        .map(|n| NewRow {
            register: "asset".to_owned(),
            row: format!("b{n:06}"),
            expected_version: 0,
            body: json!({"v": 1, "number": format!("A-{n:06}"), "name": format!("桌上型電腦 {n}"),
                         "category": "physical", "owner": "歲計科", "location": "三樓機房", "brand": "示範牌",
                         "model": "X-100", "value": n % 7, "serial": format!("SN{:08x}", n * 7919)}),
        })
        .collect();
    store.commit(commit("large", rows)).await?;
    println!("{entries} rows in one commit: {:?}", clock.elapsed());

    for (what, part) in [
        ("two characters", "機房"),
        ("a number", "A-000077"),
        ("nothing", "無此"),
    ] {
        let select = Select {
            contains: Text {
                part: part.to_owned(),
                ..Text::default()
            },
            ..Select::default()
        };
        let clock = Instant::now();
        let mut reading = store.reading("large").await?;
        let found = reading.list("asset", &select, 50).await?.len();
        let total = reading.count("asset", &select).await?;
        println!("search for {what}: {found} of {total}: {:?}", clock.elapsed());
    }
    let select = Select {
        equal: vec![("value".to_owned(), "3".to_owned())],
        ..Select::default()
    };
    let clock = Instant::now();
    let mut reading = store.reading("large").await?;
    let found = reading.list("asset", &select, 50).await?.len();
    let total = reading.count("asset", &select).await?;
    println!("filter: {found} of {total}: {:?}", clock.elapsed());
    drop(reading);

    let clock = Instant::now();
    let sound = store.verify(&[]).await?.is_sound();
    println!("full verification (sound: {sound}): {:?}", clock.elapsed());
    store.close().await;

    let clock = Instant::now();
    let store = Store::open_at(&location, OpenMode::MustExist, Arc::new(AnyForms)).await?;
    println!("opening: {:?}", clock.elapsed());
    store.close().await;
    let _ = std::fs::remove_dir_all(&dir);
    Ok(())
}

fn commit(agency: &str, rows: Vec<NewRow>) -> Commit {
    Commit {
        actor: "measure".to_owned(),
        at_micros: 1_767_225_600_000_000,
        action: "import".to_owned(),
        agency: agency.to_owned(),
        rows,
        ..Commit::default()
    }
}
