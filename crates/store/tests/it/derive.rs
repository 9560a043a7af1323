//! What lies beside the bodies can be derived anew when a form changes.

use super::{commit, is_sound, open, read, row};
use crate::place::{Place, everywhere};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{AnyForms, Condition, Derived, Forms, OpenMode, Query, Scalar, Store, StoreError, Text};

everywhere!(values_and_texts_follow_a_new_form_and_nothing_else_changes,);

/// A later form: the name is promoted as a title, and found by a word that all rows have.
#[derive(Debug)]
struct Later;

impl Forms for Later {
    fn name(&self) -> String {
        "later".to_owned()
    }

    fn derive(&self, register: &str, body: &Value) -> Derived {
        let mut derived = AnyForms.derive(register, body);
        if let Some(name) = body.get("name").and_then(Value::as_str) {
            derived.values.push(("title".into(), Scalar::Text(name.into())));
            derived.open.push_str("新版");
        }
        derived
    }
}

/// Nothing is looked for in, or written to, what other forms derived.
async fn is_underived(store: &Store, agency: &str) {
    let refused = read(store, agency).await.derived();
    assert!(
        matches!(refused, Err(StoreError::Underived { .. })),
        "{refused:?}"
    );
    let late = store.commit(commit(agency, vec![row("system", "late", 0, json!({}))]));
    let late = late.await;
    assert!(matches!(late, Err(StoreError::Underived { .. })), "{late:?}");
}

async fn values_and_texts_follow_a_new_form_and_nothing_else_changes(place: &Place) {
    let store = open(place).await;
    for n in 0..7 {
        let rows = vec![row(
            "system",
            &format!("s{n}"),
            0,
            json!({"name": format!("系統{n}")}),
        )];
        store.commit(commit("a", rows.clone())).await.unwrap();
        store.commit(commit("b", rows)).await.unwrap();
    }
    let later = vec![
        row("system", "s1", 1, json!({"name": "改名"})),
        row("system", "s2", 1, Value::Null),
        row("zone", "z", 0, json!({"name": "機房"})),
    ];
    store.commit(commit("a", later)).await.unwrap();
    store.close().await;

    let later = || Store::open_at_unverified(&place.location, OpenMode::MustExist, Arc::new(Later));
    let store = later().await.unwrap();
    // What other forms derived is not compared, is no damage, and is told.
    let found = store.verify(&[]).await.unwrap();
    assert!(found.is_sound() && found.notices().len() == 2, "{found:?}");
    assert_eq!(found.underived, ["a", "b"]);
    assert_eq!(store.underived().await.unwrap(), ["a", "b"]);
    is_underived(&store, "a").await;
    let (mut after, mut turns, mut rows) = ((String::new(), String::new()), 0, 0);
    let before = read(&store, "a").await.head().clone();
    loop {
        let done = store.derive_anew("a", (&after.0, &after.1), 3).await.unwrap();
        rows += done.rows;
        let Some(last) = done.last else {
            break;
        };
        (after, turns) = (last, turns + 1);
        // Half of it is none of it, for the forms before as well.
        is_underived(&store, "a").await;
        let before = Store::open_at_unverified(&place.location, OpenMode::MustExist, Arc::new(AnyForms));
        let before = before.await.unwrap();
        is_underived(&before, "a").await;
        assert_eq!(before.underived().await.unwrap(), ["a"]);
        before.close().await;
    }
    assert_eq!(store.underived().await.unwrap(), ["b"]);
    store
        .commit(commit(
            "a",
            vec![row("system", "new", 0, json!({"name": "新增"}))],
        ))
        .await
        .unwrap();
    // A withdrawn row is found among the withdrawn ones, so it is derived too.
    assert_eq!((rows, turns), (8, 3));
    assert_eq!(after, ("zone".to_owned(), "z".to_owned()));
    assert_eq!(read(&store, "a").await.position(), before.seq + 1);
    let by = |condition: Condition| Query {
        condition: Some(condition),
        ..Query::default()
    };
    let mut reading = read(&store, "a").await;
    let renamed = by(Condition::Equals("title".into(), Scalar::Text("改名".into())));
    assert_eq!(reading.list("system", renamed, 9).await.unwrap()[0].row, "s1");
    let found = by(Condition::Text(Text {
        part: "新版".into(),
        ..Text::default()
    }));
    assert_eq!(reading.count("system", found).await.unwrap(), 7);
    drop(reading);
    // The other agency's rows are as they were.
    is_underived(&store, "b").await;
    let mut after = (String::new(), String::new());
    while let Some(last) = store
        .derive_anew("b", (&after.0, &after.1), 100)
        .await
        .unwrap()
        .last
    {
        after = last;
    }
    let found = store.verify(&[]).await.unwrap();
    assert!(
        found.is_sound() && found.underived.is_empty() && found.notices().is_empty(),
        "{found:?}"
    );
    assert_eq!(store.underived().await.unwrap(), [""; 0]);
    // What is compared again is found again.
    place
        .tamper("DELETE FROM row_value WHERE agency = 'a' AND register = 'zone'")
        .await;
    assert!(!is_sound(&store, &[]).await);
    assert_eq!(store.derive_anew("nobody", ("", ""), 9).await.unwrap().rows, 0);
}
