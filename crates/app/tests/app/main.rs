//! Commands and queries of the product, end to end below HTTP.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod accounts;
mod aging;
mod beyond;
mod commands;
mod coverage;
mod day;
mod demo;
mod doclint;
mod docs;
mod door;
mod effects;
mod health;
mod impact;
mod imports;
mod incidents;
mod jobs;
mod lastgood;
mod lawuse;
mod layouts;
mod leveltrial;
mod limits;
mod oscal;
mod plans;
mod reach;
mod registers;
mod relief;
mod resolved;
mod search;
mod standards;
mod subjects;
mod times;
mod trestle;
mod upgrades;
mod uploads;
mod ways;

use app::{App, InitOptions};
use std::sync::Arc;
use store::testing::Place;
use ways::Ways as _;

/// 2026-11-21 10:00 in Taipei.
fn clock() -> i64 {
    1_795_226_400_000_000
}

/// An empty product on a database of its own.
async fn product() -> (Place, App) {
    let place = Place::new().await;
    let app = App::open_at(place.location(), true, corpus(), clock)
        .await
        .expect("opens");
    (place, app)
}

fn corpus() -> Arc<law::Corpus> {
    app::load_law(None).expect("the embedded law loads")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(testkit::root().join("samples/plan").join(name)).expect("the sample is there")
}

/// An agency made from a plan, and its id.
async fn agency(app: &App, name: &str, bytes: Vec<u8>, approved_on: Option<&str>) -> String {
    let options = InitOptions {
        approved_on: approved_on.map(testkit::day),
        ..InitOptions::default()
    };
    app.init_from_plan("test", name, bytes, options)
        .await
        .expect("the plan can be read")
        .id
}

#[test]
fn the_clock_of_these_tests_is_what_it_says() {
    assert_eq!(app::taipei_day(clock()).to_string(), "2026-11-21");
}

#[test]
fn the_embedded_law_is_that_of_the_repository() {
    assert_eq!(corpus().hash, testkit::corpus().hash);
}
