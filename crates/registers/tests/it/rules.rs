//! Rules, limits and gaps of rows among other rows, from `samples/registers/*.rules.json`.
#![expect(clippy::disallowed_methods, reason = "the samples are read from their files")]

use registers::{Book, BookRow, Bound, Kind, Record, RegisterSpec, catalogue, register};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn cases(key: &str) -> Vec<Value> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/registers"));
    let Ok(text) = std::fs::read_to_string(path.join(format!("{key}.rules.json"))) else {
        return Vec::new();
    };
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{key}: {e}"))
}

/// Other rows as a case gives them: register → rows with id, body and whether approved.
fn others(case: &Value) -> BTreeMap<&'static str, Vec<BookRow>> {
    let mut all = BTreeMap::new();
    let Some(with) = case["with"].as_object() else {
        return all;
    };
    for (key, rows) in with {
        let spec = register(key).unwrap_or_else(|| panic!("{key}"));
        let mut rows: Vec<BookRow> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| BookRow {
                id: row["id"].as_str().unwrap().to_owned(),
                body: spec
                    .check(&row["body"])
                    .unwrap_or_else(|e| panic!("{key} {row}: {e:?}")),
                is_final: row["final"].as_bool().unwrap_or(false),
            })
            .collect();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        all.insert(spec.key, rows);
    }
    all
}

/// What a case finds: field and message, in the kind of finding it asks about.
fn found(spec: &RegisterSpec, case: &Value) -> Vec<(String, String)> {
    let body = spec
        .check(&case["row"])
        .unwrap_or_else(|e| panic!("{} {case}: {e:?}", spec.key));
    let rows = others(case);
    let today = case["today"].as_str().unwrap_or("2026-11-21").parse().unwrap();
    let mut book = Book::new(today);
    for (key, rows) in &rows {
        assert!(
            spec.looks_at.contains(key) || *key == spec.key,
            "{} does not look at {key}",
            spec.key
        );
        book = book.with(register(key).unwrap(), rows);
    }
    let mut record = Record::new(spec, case["id"].as_str().unwrap_or("this"), &body);
    record.is_final = case["final"].as_bool().unwrap_or(false);
    match case["what"].as_str().unwrap() {
        "rule" => spec
            .rules(&record, &book)
            .into_iter()
            .map(|p| (p.field, p.message))
            .collect(),
        "gap" => spec
            .gaps(&record, &book)
            .into_iter()
            .map(|g| (g.field.to_owned(), g.message))
            .collect(),
        "limit" => {
            let bound = &case["bound"];
            let parameter = bound["parameter"].as_str().unwrap();
            let limits: Vec<_> = spec.limits.iter().filter(|l| l.parameter == parameter).collect();
            assert!(!limits.is_empty(), "{} has no limit {parameter}", spec.key);
            let bound = Bound {
                number: bound["number"].as_f64(),
                days: bound["days"].as_f64(),
                span: bound["hours"].as_u64().map(|n| period::Span {
                    amount: n.try_into().unwrap(),
                    unit: period::Unit::Hour,
                }),
                word: bound["word"].as_str().map(str::to_owned),
                words: bound["words"].as_str().unwrap_or_default().to_owned(),
            };
            limits
                .iter()
                .filter_map(|l| (l.judge)(&record, &bound, &book))
                .map(|p| (p.field, p.message))
                .collect()
        }
        other => panic!("{other}: rule, limit or gap"),
    }
}

#[test]
fn cases_find_what_they_say() {
    for spec in catalogue() {
        for case in cases(spec.key) {
            let found = found(spec, &case);
            for (_, message) in &found {
                crate::says_days_in_roc_years(message);
            }
            match case["says"].as_str() {
                None => assert_eq!(found, Vec::new(), "{} {case}", spec.key),
                Some(says) => {
                    let field = case["field"].as_str().unwrap();
                    let hit = found.iter().any(|(f, m)| f == field && m.contains(says));
                    assert!(hit, "{} {case}: {found:?}", spec.key);
                }
            }
        }
    }
}

#[test]
fn every_rule_limit_and_kind_of_gap_has_a_case() {
    for spec in catalogue() {
        let cases = cases(spec.key);
        for limit in spec.limits {
            let of = |c: &&Value| c["bound"]["parameter"] == limit.parameter;
            let (hits, misses): (Vec<_>, Vec<_>) =
                cases.iter().filter(of).partition(|c| c["says"].is_string());
            assert!(
                !hits.is_empty() && !misses.is_empty(),
                "{} {}: a case that it refuses and one that it lets pass",
                spec.key,
                limit.parameter
            );
        }
    }
}

/// Rules ask only for fields that the table has: debug builds refuse others.
#[test]
fn rules_know_their_tables() {
    let rows: Vec<(&RegisterSpec, Vec<BookRow>)> = catalogue()
        .iter()
        .map(|spec| {
            let row = |id: &str, is_final: bool| BookRow {
                id: id.to_owned(),
                body: spec.check(&spec.example()).unwrap(),
                is_final,
            };
            (spec, vec![row("a", false), row("b", true)])
        })
        .collect();
    let mut book = Book::new("2030-01-01".parse().unwrap());
    for (spec, rows) in &rows {
        book = book.with(*spec, rows);
    }
    let bound = Bound {
        number: Some(0.0),
        days: Some(0.0),
        span: None,
        word: Some("forbidden".to_owned()),
        words: "零".to_owned(),
    };
    for (spec, _) in &rows {
        for key in spec.looks_at {
            assert!(register(key).is_some(), "{}: {key}", spec.key);
        }
        for key in spec.identity.iter().chain(&spec.own_number) {
            assert!(spec.field(key).is_some(), "{}: {key}", spec.key);
        }
        for record in book.all(spec.key) {
            for problem in spec.rules(&record, &book) {
                assert!(
                    problem.field.is_empty() || spec.field(&problem.field).is_some(),
                    "{problem:?}"
                );
            }
            for gap in spec.gaps(&record, &book) {
                assert!(gap.field.is_empty() || spec.field(gap.field).is_some(), "{gap:?}");
            }
            for limit in spec.limits {
                let _ = (limit.judge)(&record, &bound, &book);
            }
            for key in spec.limits_on {
                let kind = spec.field(key).unwrap().kind;
                assert!(matches!(kind, Kind::Date | Kind::Moment), "{}", spec.key);
            }
            for raise in spec.raises {
                assert!(spec.field(raise.on).is_some(), "{} {}", spec.key, raise.duty);
                assert!(
                    spec.field(raise.settled_on).is_some(),
                    "{} {}",
                    spec.key,
                    raise.duty
                );
                assert!(
                    raise.about.is_none_or(|f| spec.field(f).is_some()),
                    "{}",
                    spec.key
                );
                let _ = (raise.when)(&record);
            }
            for proof in spec.proves {
                assert!(spec.field(proof.on).is_some(), "{} {}", spec.key, proof.duty);
                assert!(
                    proof.about.is_none_or(|f| spec.field(f).is_some()),
                    "{}",
                    spec.key
                );
                let _ = (proof.when)(&record);
            }
        }
    }
}
