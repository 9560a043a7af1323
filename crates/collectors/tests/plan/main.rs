//! The plan reader against our own samples, the public plans when they are at hand,
//! other file formats, and input that nobody meant to write.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod budget;
mod cites;
mod formats;
mod hostile;
mod repairs;
mod samples;
mod seeds;
mod undertakings;
mod variants;
mod wordings;

use std::path::PathBuf;

use collectors::plan::PlanReading;
use serde_json::Value;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A sample of our own.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = root().join("samples/plan").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A reading as the JSON that surfaces get.
pub(crate) fn json(reading: &PlanReading) -> Value {
    serde_json::to_value(reading).expect("a reading serialises")
}

/// Reads a text that must be a plan.
pub(crate) fn read(text: &str) -> Value {
    json(&collectors::parse("test.txt", text.as_bytes()).unwrap_or_else(|e| panic!("{e}")))
}

/// The values of a parameter.
pub(crate) fn values(reading: &Value, key: &str) -> Vec<(Value, String, u64)> {
    reading["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .filter(|p| p["key"] == key)
        .map(|p| {
            let unit = p["unit"].as_str().unwrap_or_default().to_owned();
            (p["value"].clone(), unit, p["line"].as_u64().unwrap_or_default())
        })
        .collect()
}

/// The value and unit of a parameter that is stated once.
pub(crate) fn value(reading: &Value, key: &str) -> Option<(Value, String)> {
    let all = values(reading, key);
    assert!(all.len() <= 1, "{key}: {all:?}");
    all.into_iter().next().map(|(v, unit, _)| (v, unit))
}
