//! Tables and types agree; samples are judged as their names say.
#![expect(clippy::disallowed_methods, reason = "the samples are read from their files")]

use registers::{Field, Kind, catalogue, register};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(crate) fn samples(key: &str, verdict: &str) -> Vec<Value> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/registers"));
    let path = path.join(format!("{key}.{verdict}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_examples_pass_and_cover_every_field_of_the_type() {
    for spec in catalogue() {
        let normal = spec
            .check(&spec.example())
            .unwrap_or_else(|e| panic!("{}: {e:?}", spec.key));
        let members: BTreeSet<&str> = normal.as_object().unwrap().keys().map(String::as_str).collect();
        let mut fields: BTreeSet<&str> = spec.fields.iter().map(|f| f.key).collect();
        assert_eq!(fields.len(), spec.fields.len(), "{}: a key twice", spec.key);
        fields.insert("v");
        assert_eq!(members, fields, "{}", spec.key);
        assert!(spec.field(spec.names_row).is_some(), "{}", spec.key);
        assert_eq!(normal["v"], spec.v);
        // What is normal stays as it is.
        assert_eq!(spec.check(&normal).unwrap(), normal, "{}", spec.key);
    }
}

fn has_iso_date(text: &str) -> bool {
    let of_a_date = |(place, byte): (usize, &u8)| match place {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let mut all = text.as_bytes().windows("2026-06-01".len());
    all.any(|part| part.iter().enumerate().all(of_a_date))
}

#[test]
fn required_fields_are_enough_and_each_is_needed() {
    for spec in catalogue() {
        let required: Vec<&Field> = spec.fields.iter().filter(|f| f.required).collect();
        let full: Map<String, Value> = required
            .iter()
            .map(|f| (f.key.to_owned(), f.example_value()))
            .collect();
        spec.check(&Value::Object(full.clone()))
            .unwrap_or_else(|e| panic!("{}: {e:?}", spec.key));
        for field in required {
            for missing in [None, Some(Value::Null), Some(json!("  "))] {
                let mut body = full.clone();
                body.remove(field.key);
                if let Some(value) = missing {
                    body.insert(field.key.to_owned(), value);
                }
                let problems = spec.check(&Value::Object(body)).unwrap_err();
                assert_eq!(problems.len(), 1, "{problems:?}");
                assert_eq!(problems[0].field, field.key);
                let message = &problems[0].message;
                assert!(message.contains("必填"), "{problems:?}");
                // In the officer's words, not as a program would store it.
                let stored = ["{", "[", "\"", "_", "true", "false"];
                assert!(!stored.iter().any(|odd| message.contains(odd)), "{problems:?}");
                assert!(!has_iso_date(message), "{problems:?}");
            }
        }
    }
}

#[test]
fn a_value_of_another_type_is_refused_at_its_field() {
    for spec in catalogue() {
        for field in spec.fields.iter().filter(|f| f.kind != Kind::Json) {
            for wrong in [json!({"x": 1}), json!([[]]), json!(-1.5)] {
                let mut body = spec.example();
                body[field.key] = wrong.clone();
                let problems = spec.check(&body).unwrap_err();
                assert_eq!(problems[0].field, field.key, "{} {wrong}: {problems:?}", spec.key);
                assert!(problems[0].message.contains(field.label), "{problems:?}");
            }
        }
    }
}

#[test]
fn labels_help_and_law_are_given_properly() {
    for spec in catalogue() {
        assert!(!spec.title.is_empty() && !spec.help.is_empty());
        for field in spec.fields {
            assert!(!field.label.is_empty(), "{} {}", spec.key, field.key);
            let slug = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(field.legal_basis.chars().all(slug), "{}", field.legal_basis);
            if let Kind::Reference(other) = field.kind {
                assert!(register(other).is_some(), "{other}");
            }
        }
    }
}

#[test]
fn good_samples_pass() {
    for spec in catalogue() {
        let rows = samples(spec.key, "pass");
        assert!(!rows.is_empty());
        for row in rows {
            spec.check(&row).unwrap_or_else(|e| panic!("{}: {e:?}", spec.key));
        }
    }
}

#[test]
fn bad_samples_are_refused_for_their_reason() {
    for spec in catalogue() {
        for sample in samples(spec.key, "fail") {
            let problems = spec.check(&sample["body"]).unwrap_err();
            for problem in &problems {
                crate::says_days_in_roc_years(&problem.message);
            }
            let (field, says) = (
                sample["field"].as_str().unwrap(),
                sample["says"].as_str().unwrap(),
            );
            assert!(
                problems
                    .iter()
                    .any(|p| p.field == field && p.message.contains(says)),
                "{} {sample}: {problems:?}",
                spec.key
            );
        }
    }
}

#[test]
fn what_forms_send_becomes_normal() {
    let agency = register("agency").unwrap();
    let normal = agency
        .check(&json!({
            "name": "  示範處\n", "body": "公務機關", "records_from": "", "develops_systems": "是",
            "has_mail_server": "", "note": "一\n二"
        }))
        .unwrap();
    assert_eq!(
        normal,
        json!({"v": 1, "name": "示範處", "body": "public_agency", "supervisor": "",
               "develops_systems": true, "note": "一\n二"})
    );
}

/// Two names that look the same are the same, and what looks empty is.
#[test]
fn what_nobody_sees_is_not_kept() {
    let agency = register("agency").unwrap();
    let named = |name: &str| agency.check(&json!({"name": name, "body": "public_agency"}));
    for unseen in ["\u{200b}", "\u{200b} \u{2060}", "\u{202e}\u{feff}", "\u{ad}"] {
        assert!(named(unseen).is_err(), "{unseen:?}");
    }
    let plain = named("示範\u{200b}處\u{202e}").unwrap();
    assert_eq!(plain["name"], "示範處");
    // A sign that chooses the form of a character is part of it.
    assert_eq!(named("葛\u{e0100}示範").unwrap()["name"], "葛\u{e0100}示範");
}

#[test]
fn a_body_of_a_newer_version_is_refused() {
    let person = register("person").unwrap();
    let problems = person.check(&json!({"v": 2, "name": "x"})).unwrap_err();
    assert!(problems[0].message.contains("較新的程式"), "{problems:?}");
    assert!(person.check(&json!([])).is_err());
    assert!(person.check(&json!({"v": "1", "name": "x"})).is_err());
}

#[test]
fn an_example_is_said_as_it_would_be_entered() {
    let choices = &[("a", "甲"), ("b", "乙")];
    for (kind, example, words) in [
        (Kind::Text, "預算系統", Some("預算系統")),
        (Kind::LongText, "audit.internal", None),
        (Kind::Text, "chen@example.gov.tw", Some("chen@example.gov.tw")),
        (Kind::Choice(choices), "b", Some("乙")),
        (Kind::Choice(choices), "c", None),
        (Kind::Many(choices), r#"["a","b"]"#, Some("甲、乙")),
        (Kind::Many(choices), "[]", None),
        (Kind::List, r#"["一","二"]"#, Some("一、二")),
        (Kind::List, r#"["一","unit_head:reviews"]"#, None),
        (Kind::Date, "2026-04-16", Some("115/04/16")),
        (Kind::Moment, "2026-06-01T09:10", Some("115/06/01 09:10")),
        (Kind::Flag, "true", Some("是")),
        (Kind::Flag, "false", Some("否")),
        (Kind::Number, "12", Some("12")),
        (Kind::Subject, r#"{"kind":"agency"}"#, None),
        (Kind::Evidence, "[]", None),
    ] {
        let field = Field::new("x", "欄", kind, example);
        assert_eq!(field.example_words().as_deref(), words, "{kind:?} {example}");
    }
}
