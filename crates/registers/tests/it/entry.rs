//! What is shown can be entered again and gives the same value.

use proptest::prelude::*;
use registers::entry::{Names, NoNames, read, write};
use registers::{Field, Kind, RegisterSpec, catalogue};
use serde_json::{Map, Value, json};

/// A row as texts and back, then judged by its register.
fn round(spec: &RegisterSpec, body: &Value, names: &dyn Names) -> Value {
    let mut again = Map::new();
    for field in spec.fields {
        let value = &body[field.key];
        let text = write(field, value, names);
        let back = read(field, &text, names).unwrap_or_else(|e| panic!("{} {text:?}: {e}", field.key));
        again.insert(field.key.to_owned(), back);
    }
    spec.check(&Value::Object(again))
        .unwrap_or_else(|e| panic!("{}: {e:?}", spec.key))
}

#[test]
fn every_example_survives() {
    for spec in catalogue() {
        let body = spec.check(&spec.example()).unwrap();
        assert_eq!(round(spec, &body, &NoNames), body, "{}", spec.key);
    }
}

/// Two persons of one name, and a contract of its own name.
struct Some2;

impl Names for Some2 {
    fn id_of(&self, register: &str, text: &str) -> Result<Option<String>, usize> {
        match (register, text) {
            ("person", "陳示範") => Err(2),
            ("person", "p1" | "p2") | ("contract", "k1") => Ok(Some(text.to_owned())),
            ("contract", "維護案") => Ok(Some("k1".to_owned())),
            _ => Ok(None),
        }
    }

    fn name_of(&self, register: &str, id: &str) -> Option<String> {
        match (register, id) {
            ("person", _) => Some("陳示範".to_owned()),
            ("contract", "k1") => Some("維護案".to_owned()),
            _ => None,
        }
    }
}

#[test]
fn names_stand_for_rows_where_they_are_unique() {
    let contract = Field::new("c", "契約", Kind::Reference("contract"), "k1");
    assert_eq!(write(&contract, &json!("k1"), &Some2), "維護案");
    assert_eq!(read(&contract, "維護案", &Some2), Ok(json!("k1")));
    let people = Field::new("p", "人員", Kind::References("person"), "[]");
    let shown = write(&people, &json!(["p1", "p2"]), &Some2);
    assert_eq!(shown, "陳示範〔p1〕\n陳示範〔p2〕");
    assert_eq!(read(&people, &shown, &Some2), Ok(json!(["p1", "p2"])));
    assert!(read(&people, "陳示範", &Some2).unwrap_err().contains("2 筆"));
    assert!(
        read(&contract, "沒有的", &Some2)
            .unwrap_err()
            .contains("沒有「沒有的」")
    );
}

#[test]
fn what_people_write_is_understood() {
    let date = Field::new("d", "日期", Kind::Date, "");
    for text in [
        "115/11/18",
        "1151118",
        "115.11.18",
        "民國115年11月18日",
        "2026-11-18",
        "１１５／１１／１８",
    ] {
        assert_eq!(read(&date, text, &NoNames), Ok(json!("2026-11-18")), "{text}");
    }
    for text in ["15/11/31", "115/13/01", "115/02/30", "下週", "2026-11-18T10:00"] {
        assert!(read(&date, text, &NoNames).is_err(), "{text}");
    }
    let at = Field::new("m", "時間", Kind::Moment, "");
    assert_eq!(
        read(&at, "115/11/18 14:05", &NoNames),
        Ok(json!("2026-11-18T14:05"))
    );
    let money = Field::new("n", "經費", Kind::Decimal, "");
    assert_eq!(read(&money, "１，２３４．５０", &NoNames), Ok(json!("1234.50")));
    let mtpd = Field::new("t", "中斷時間", Kind::Duration, "");
    let four = read(&mtpd, "4 小時", &NoNames).unwrap();
    assert_eq!(four["hours"], 4.0);
    assert_eq!(write(&mtpd, &four, &NoNames), "4 小時");
    assert_eq!(
        read(&mtpd, "由系統權管單位訂之", &NoNames).unwrap()["kind"],
        "deferred"
    );
    assert_eq!(read(&mtpd, "無須定義", &NoNames).unwrap()["kind"], "undefined");
}

proptest! {
    /// Whatever texts a row holds, they come back.
    #[test]
    fn texts_and_lists_survive(text in "\\PC{0,40}", items in prop::collection::vec("[^\\p{C}]{1,12}", 0..4)) {
        let plain = Field::new("x", "文字", Kind::LongText, "");
        let shown = write(&plain, &json!(text), &NoNames);
        let back = read(&plain, &shown, &NoNames).unwrap();
        prop_assert_eq!(back.as_str().unwrap_or_default().trim(), text.trim());
        let list = Field::new("x", "清單", Kind::List, "[]");
        let mut wanted: Vec<String> = Vec::new();
        for item in items.iter().map(|i| i.trim()).filter(|i| !i.is_empty()) {
            if !wanted.iter().any(|w| w == item) {
                wanted.push(item.to_owned());
            }
        }
        let shown = write(&list, &json!(wanted), &NoNames);
        let back = read(&list, &shown, &NoNames).unwrap();
        let back: Vec<String> = match back {
            Value::String(text) if text.contains('\n') => text.lines().map(str::to_owned).filter(|t| !t.trim().is_empty()).collect(),
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        prop_assert_eq!(back, wanted);
    }
}
