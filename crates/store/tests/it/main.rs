//! The store against conflicts, crashes, tampering and damaged files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod alike;
mod backup;
mod copies;
mod damage;
mod derive;
mod doors;
mod dumps;
mod inspect;
mod jobs;
mod kept;
mod kill;
mod moved;
mod ordinary;
mod place;
mod rows;
mod shaken;
mod tampering;
mod texts;
mod trust;
mod walls;

use ledger::Head;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use store::{AnyForms, Blob, Commit, Location, NewRow, OpenMode, Reading, Store, StoreError};

/// Where a database is.
trait Somewhere {
    fn location(&self) -> Location;
}

impl Somewhere for place::Place {
    fn location(&self) -> Location {
        self.location.clone()
    }
}

impl Somewhere for Path {
    fn location(&self) -> Location {
        Location::Sqlite(self.to_owned())
    }
}

impl Somewhere for std::path::PathBuf {
    fn location(&self) -> Location {
        self.as_path().location()
    }
}

impl Somewhere for Location {
    fn location(&self) -> Location {
        self.clone()
    }
}

async fn open<P: Somewhere + ?Sized>(place: &P) -> Store {
    open_as(place, OpenMode::Create).await.unwrap()
}

async fn open_as<P: Somewhere + ?Sized>(place: &P, mode: OpenMode) -> Result<Store, StoreError> {
    Store::open_at(&place.location(), mode, Arc::new(AnyForms)).await
}

async fn open_broken<P: Somewhere + ?Sized>(place: &P) -> Store {
    Store::open_at_unverified(&place.location(), OpenMode::MustExist, Arc::new(AnyForms))
        .await
        .unwrap()
}

/// Everything is sound, and ends where some kept heads say.
async fn is_sound(store: &Store, kept: &[Head]) -> bool {
    store.verify(kept).await.unwrap().is_sound()
}

async fn read(store: &Store, agency: &str) -> Reading {
    store.reading(agency).await.unwrap()
}

async fn head(store: &Store, agency: &str) -> Head {
    read(store, agency).await.head().clone()
}

async fn position(store: &Store, agency: &str) -> u64 {
    read(store, agency).await.position()
}

fn row(register: &str, id: &str, expected_version: u32, body: Value) -> NewRow {
    NewRow {
        register: register.into(),
        row: id.into(),
        expected_version,
        body,
    }
}

fn commit(agency: &str, rows: Vec<NewRow>) -> Commit {
    Commit {
        actor: "wang".into(),
        at_micros: 1_767_225_600_000_000,
        action: "create".into(),
        agency: agency.into(),
        rows,
        ..Commit::default()
    }
}

fn blob(bytes: &[u8]) -> Blob {
    Blob {
        bytes: bytes.to_vec(),
        media_type: "text/plain".into(),
        name: "a.txt".into(),
    }
}

/// Five entries: four rows, one of which has two versions, and a file.
async fn filled<P: Somewhere + ?Sized>(place: &P) -> Store {
    let store = open(place).await;
    for n in 1..=3 {
        let body = json!({"name": format!("系統{n}"), "filler": "x".repeat(3000)});
        let rows = vec![row("system", &format!("s{n}"), 0, body)];
        store.commit(commit("a", rows)).await.unwrap();
    }
    let rows = vec![row("system", "s1", 1, json!({"name": "系統一"}))];
    store.commit(commit("a", rows)).await.unwrap();
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    let rows = vec![row(
        "activity",
        "d1",
        0,
        json!({"evidence": [{"sha256": sha256}]}),
    )];
    let mut last = commit("a", rows);
    last.blobs.push(blob(b"proof"));
    store.commit(last).await.unwrap();
    store
}
