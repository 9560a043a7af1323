//! How long writing, opening and the hot read take: `cargo run --release -p store
//! --example measure -- <entries>`. Not a gate; a figure to look at before and after a change.
#![allow(clippy::print_stdout)]

use serde_json::json;
use std::time::Instant;
use store::{Commit, NewRow, OpenMode, Store, StoreError};

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let entries: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(25_000);
    let dir = std::env::temp_dir().join(format!("fazun-measure-{}", std::process::id()));
    let store = Store::open(&dir, OpenMode::Create).await?;
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
        rows = store.latest("agency-0").await?.len();
    }
    println!("latest of {rows} rows: {:?}", clock.elapsed() / 100);

    let clock = Instant::now();
    rows = store.rows_at("agency-0", u64::from(entries)).await?.len();
    println!("{rows} rows at a past position: {:?}", clock.elapsed());

    let clock = Instant::now();
    let sound = store.verify(None).await?.is_sound();
    println!("full verification (sound: {sound}): {:?}", clock.elapsed());
    store.close().await;

    let clock = Instant::now();
    let store = Store::open(&dir, OpenMode::MustExist).await?;
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
        blobs: Vec::new(),
        receipt: None,
        holds: store::Holds::default(),
    }
}
