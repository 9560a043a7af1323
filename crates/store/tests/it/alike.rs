//! Whatever is asked, every database gives the same rows in the same order, and so does the evaluator
//! that answers for past positions.

use super::place::Place;
use super::{commit, row};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::{AnyForms, Condition, Derived, Forms, NewRow, OpenMode, Order, Query, Scalar, Store, Text};

/// Like [`AnyForms`], with texts of all three kinds.
#[derive(Debug)]
struct Parted;

impl Forms for Parted {
    fn name(&self) -> String {
        "parted".to_owned()
    }

    fn derive(&self, register: &str, body: &Value) -> Derived {
        let mut derived = AnyForms.derive(register, body);
        let of = |key: &str| AnyForms.derive(register, &json!({ key: body[key] })).open;
        derived.open = of("a");
        derived.personal = of("b");
        derived.confidential = of("c");
        derived
    }
}

/// What sorts, folds, matches or is escaped otherwise somewhere.
const WORDS: &[&str] = &[
    "資安",
    "資",
    "安全",
    "Ab",
    "aB",
    "AB",
    "ab",
    "𠮷",
    "𠮷野",
    "ä",
    "Ä",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "ı",
    "Ⅷ",
    "ａ",
    "_",
    "%",
    "\\",
    "'",
    "\"",
    "$1",
    " ",
    "\n",
    "\t",
    "~",
    "10",
    "9",
    "-1",
    "true",
    "null",
    "\u{0}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{1f600}",
    "z",
    "Z",
    "",
];

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(WORDS), 0..4).prop_map(|words| words.concat())
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-20_i32..20).prop_map(f64::from),
        (-20_i32..20).prop_map(|n| f64::from(n) / 4.0),
        any::<f64>().prop_filter("finite", |n| n.is_finite()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        4 => text().prop_map(Value::from),
        2 => number().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    prop_oneof![4 => one.clone(), 1 => vec(one, 0..3).prop_map(Value::from)]
}

fn field() -> impl Strategy<Value = String> {
    prop::sample::select(&["a", "b", "c", "資"][..]).prop_map(str::to_owned)
}

fn body() -> impl Strategy<Value = Value> {
    vec((field(), value()), 0..5)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

/// Ids without NUL, which no row has.
fn id() -> impl Strategy<Value = String> {
    (text(), 0..12_u8).prop_map(|(text, n)| format!("{}{n}", text.replace('\0', "")))
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![2 => text().prop_map(Scalar::Text), 1 => number().prop_map(Scalar::Number)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let searched = (text(), any::<bool>(), any::<bool>()).prop_map(|(part, personal, confidential)| {
        Condition::Text(Text {
            part,
            personal,
            confidential,
        })
    });
    let leaf = prop_oneof![
        (field(), scalar()).prop_map(|(field, value)| Condition::Equals(field, value)),
        field().prop_map(Condition::Blank),
        (field(), scalar()).prop_map(|(field, value)| Condition::Before(field, value)),
        (field(), scalar()).prop_map(|(field, value)| Condition::After(field, value)),
        (field(), vec(text(), 0..4)).prop_map(|(field, rows)| Condition::Names(field, rows)),
        searched,
        vec(id(), 0..6).prop_map(Condition::Rows),
        prop::sample::select(&["wang", "chen", "王"][..]).prop_map(|who| Condition::Author(who.to_owned())),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Condition::And),
            vec(inner.clone(), 0..3).prop_map(Condition::Or),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let order = prop_oneof![
        Just(Order::Row),
        (field(), any::<bool>()).prop_map(|(field, descending)| Order::Field { field, descending }),
    ];
    let condition = prop_oneof![1 => Just(None), 6 => condition().prop_map(Some)];
    let after = prop_oneof![3 => Just(String::new()), 1 => id()];
    (condition, order, 0..4_u64, after, any::<bool>()).prop_map(
        |(condition, order, skip, after, withdrawn)| Query {
            condition,
            order,
            skip,
            after,
            at: None,
            withdrawn,
        },
    )
}

/// Rows in the order they are written, with who writes them and whether they are written again or
/// withdrawn.
fn rows() -> impl Strategy<Value = Vec<(String, Value, u8, &'static str)>> {
    let one = (
        id(),
        body(),
        0..4_u8,
        prop::sample::select(&["wang", "chen", "王"][..]),
    );
    vec(one, 1..25)
}

async fn write(store: &Store, agency: &str, rows: &[(String, Value, u8, &'static str)]) {
    let mut versions = std::collections::BTreeMap::new();
    let mut put = async |id: &String, body: Value, who: &str| {
        let version = versions.entry(id.clone()).or_insert(0);
        let new = NewRow {
            register: "system".into(),
            row: id.clone(),
            expected_version: *version,
            body,
        };
        *version += 1;
        let mut commit = commit(agency, vec![new]);
        commit.actor = who.into();
        store.commit(commit).await.unwrap();
    };
    for (n, (id, body, fate, who)) in rows.iter().enumerate() {
        // Some texts are found by the index, some are changed after it knew them, some wait.
        if n * 3 == rows.len() / 3 * 3 || n * 3 == rows.len() / 3 * 6 {
            store.list_texts(agency).await.unwrap();
        }
        put(id, body.clone(), who).await;
        match fate {
            0 => put(id, Value::Null, "chen").await,
            1 => put(id, json!({"a": "again", "b": body["a"]}), "chen").await,
            _ => {}
        }
    }
}

/// Rows and count of a question now, and as the evaluator answers it.
async fn answers(store: &Store, agency: &str, query: &Query, at: u64) -> [(Vec<(String, String)>, u64); 2] {
    let mut reading = store.reading(agency).await.unwrap();
    let mut past = query.clone();
    past.at = Some(at);
    let mut both = Vec::new();
    for query in [query.clone(), past] {
        let rows = reading.list("system", query.clone(), 7).await.unwrap();
        let rows = rows
            .into_iter()
            .map(|row| (row.row, row.body.to_string()))
            .collect();
        both.push((rows, reading.count("system", query).await.unwrap()));
    }
    both.try_into().unwrap()
}

#[tokio::test]
async fn every_database_and_the_evaluator_answer_alike() {
    let mut places = vec![Place::sqlite()];
    for partitions in [0, 4] {
        places.extend(Place::postgres(partitions).await);
    }
    let mut stores = Vec::new();
    for place in &places {
        let store = Store::open_at(&place.location, OpenMode::Create, Arc::new(Parted)).await;
        stores.push(store.unwrap());
    }
    let cases = std::env::var("FAZUN_TEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(12);
    // The same questions each time: a failure comes again.
    let mut runner = TestRunner::deterministic();
    let (mut asked, mut found) = (0, 0);
    for case in 0..cases {
        let agency = format!("a{case}");
        let rows = rows().new_tree(&mut runner).unwrap().current();
        let mut at = 0;
        for store in &stores {
            write(store, &agency, &rows).await;
            at = store.reading(&agency).await.unwrap().position();
            // What comes after is another register's: the lists are the same as at `at`.
            let later = commit(&agency, vec![row("later", "r", 0, json!({}))]);
            store.commit(later).await.unwrap();
        }
        for _ in 0..40 {
            let query = query().new_tree(&mut runner).unwrap().current();
            let [now, past] = answers(&stores[0], &agency, &query, at).await;
            assert_eq!(now, past, "the evaluator, of {rows:#?}: {query:#?}");
            for (store, place) in stores.iter().zip(&places).skip(1) {
                let [other_now, other_past] = answers(store, &agency, &query, at).await;
                assert_eq!(
                    now,
                    other_now,
                    "{}, of {rows:#?}: {query:#?}",
                    place.location.place()
                );
                assert_eq!(
                    now,
                    other_past,
                    "{}, of {rows:#?}: {query:#?}",
                    place.location.place()
                );
            }
            asked += 1;
            found += now.0.len();
        }
    }
    println!("{asked} questions, {found} rows, {} databases", stores.len());
    assert!(found > asked / 2, "the questions find next to nothing");
    for store in &stores {
        assert!(store.verify(&[]).await.unwrap().is_sound());
        store.close().await;
    }
    for place in places {
        place.gone().await;
    }
}
