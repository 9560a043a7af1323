//! What a country costs: `cargo bench -p app --bench country` prints it.
//!
//! The corpus should load in under 50 ms, and every duty of 8,000 agencies of mixed levels
//! resolve on one date in under 2 s on one core. The figures are printed beside these
//! bounds; nothing fails by chance here. Resolving is asked first, then whole assessments.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    missing_docs
)]

use facts::{FactValue, Snapshot};
use law::Corpus;
use std::time::Instant;
use testkit::{AgencyBuilder, day};

const AGENCIES: usize = 8_000;
const CITIES: [&str; 4] = ["臺北市", "桃園市", "高雄市", "中央"];

/// The n-th agency of a country: more small ones than great ones, over the cities.
fn agency(n: usize) -> Snapshot {
    let level = match n % 40 {
        0 => "A",
        1..=3 => "B",
        4..=17 => "C",
        18..=33 => "D",
        _ => "E",
    };
    let mut agency = AgencyBuilder::level(level)
        .of_city(CITIES[n % CITIES.len()])
        .approved(day(if n.is_multiple_of(3) {
            "2019-08-01"
        } else {
            "2023-05-02"
        }))
        .fact("develops_systems", FactValue::Flag(n.is_multiple_of(2)))
        .fact("supervises_agencies", FactValue::Flag(n.is_multiple_of(9)))
        .fact("outsources_systems", FactValue::Flag(n.is_multiple_of(2)))
        .records_from(day("2024-01-01"));
    agency = match n % 40 {
        0..=3 => agency.core_system("甲").core_system("乙").other_system("丙"),
        4..=9 => agency.core_system("甲").other_system("乙"),
        _ => agency.no_core_system().other_system("甲"),
    };
    for year in 2024..=2026 {
        agency = agency
            .done("audit.internal", day(&format!("{year}-05-04")))
            .done("training.general", day(&format!("{year}-03-02")));
    }
    agency.build()
}

fn main() {
    let files = testkit::law_files(&testkit::root().join("law"));
    let count = 20;
    let begun = Instant::now();
    for _ in 0..count {
        Corpus::load(files.clone()).expect("the law loads");
    }
    let load = begun.elapsed().as_secs_f64() * 1000.0 / f64::from(count);
    println!(
        "load the corpus ({} files): {load:.1} ms (bound 50 ms)",
        files.len()
    );

    let corpus = Corpus::load(files).expect("the law loads");
    let agencies: Vec<Snapshot> = (0..AGENCIES).map(agency).collect();
    let on = day("2026-11-21");
    let begun = Instant::now();
    let duties: usize = agencies
        .iter()
        .map(|a| law::resolve(&corpus, &[], a, on).len())
        .sum();
    let resolve = begun.elapsed().as_secs_f64();
    println!(
        "resolve {AGENCIES} agencies: {resolve:.2} s (bound 2 s), {duties} duties, {:.0} µs an agency",
        resolve * 1e6 / AGENCIES as f64
    );
    let half = &agencies[..AGENCIES / 2];
    let begun = Instant::now();
    let of_half: usize = half.iter().map(|a| law::resolve(&corpus, &[], a, on).len()).sum();
    let ratio = resolve / begun.elapsed().as_secs_f64();
    println!("half of them, {of_half} duties: twice the agencies take {ratio:.2} times as long");

    let begun = Instant::now();
    let verdicts: usize = agencies
        .iter()
        .map(|a| assess::assess(a, &corpus, &[], on).duties.len())
        .sum();
    let all = begun.elapsed().as_secs_f64();
    println!(
        "assess {AGENCIES} agencies with every Why: {all:.2} s, {verdicts} verdicts, {:.0} µs an agency",
        all * 1e6 / AGENCIES as f64
    );
}
