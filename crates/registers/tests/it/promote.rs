//! What lists filter, sort and search by: from register and body alone.

use registers::PromotedValue::{Day, Flag, Number, Text};
use registers::{
    EVIDENCE, Field, Kind, NOTE, PromotedValue, RegisterSpec, SHORT, Upcast, catalogue, promoted, searchable,
    searchable_fields,
};
use serde_json::{Value, json};

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static EVERY: RegisterSpec = RegisterSpec {
    key: "every",
    fields: &[
        Field::new("text", "文字", Kind::Text, "x"),
        Field::new("choice", "選項", Kind::Choice(&[("a", "甲"), ("b", "乙")]), "a"),
        Field::new("flag", "是否", Kind::Flag, "true"),
        Field::new("day", "日期", Kind::Date, "2026-05-20"),
        Field::new("moment", "時間", Kind::Moment, "2026-05-20T10:00"),
        Field::new("number", "數", Kind::Number, "3"),
        Field::new("decimal", "小數", Kind::Decimal, "3.5"),
        Field::new("duration", "時間", Kind::Duration, "{}"),
        Field::new("many", "複選", Kind::Many(&[("a", "甲"), ("b", "乙")]), "[]"),
        Field::new("one", "引用", Kind::Reference("asset"), "a1"),
        Field::new("some", "引用", Kind::References("asset"), "[]"),
        Field::new("subject", "對象", Kind::Subject, "{}"),
        Field::new("list", "清單", Kind::List, "[]"),
        Field::new("json", "結構", Kind::Json, "{}"),
        EVIDENCE,
        NOTE,
    ],
    ..RegisterSpec::TABLE
};

/// The values of one field of a body that holds nothing else.
fn of(key: &str, value: &Value) -> Vec<PromotedValue> {
    let found = promoted(&EVERY, &json!({"v": 1, key: value}));
    assert!(found.iter().all(|p| p.field == key), "{found:?}");
    found.into_iter().map(|p| p.value).collect()
}

fn text(s: &str) -> PromotedValue {
    Text(s.to_owned())
}

#[test]
fn each_kind_gives_what_can_be_compared() {
    let day = |s: &str| Day(s.parse().unwrap());
    let cases = [
        ("text", json!("公文系統"), vec![text("公文系統")]),
        ("choice", json!("b"), vec![text("b")]),
        ("flag", json!(false), vec![Flag(false)]),
        ("day", json!("2026-05-20"), vec![day("2026-05-20")]),
        (
            "moment",
            json!("2026-05-20T10:00"),
            vec![text("2026-05-20T10:00"), day("2026-05-20")],
        ),
        (
            "number",
            json!(9_007_199_254_740_992_u64),
            vec![Number(9_007_199_254_740_992.0)],
        ),
        ("decimal", json!("99.97"), vec![Number(99.97)]),
        ("decimal", json!(99.5), vec![Number(99.5)]),
        (
            "duration",
            json!({"kind": "duration", "hours": 4.5, "text": "4.5小時"}),
            vec![Number(4.5)],
        ),
        ("duration", json!({"kind": "missing", "text": ""}), vec![]),
        ("many", json!(["a", "b"]), vec![text("a"), text("b")]),
        ("one", json!("a1"), vec![text("a1")]),
        ("some", json!(["a1", "a2"]), vec![text("a1"), text("a2")]),
        ("subject", json!({"kind": "agency"}), vec![text("agency")]),
        (
            "subject",
            json!({"kind": "system", "id": "s1"}),
            vec![text("system:s1")],
        ),
        (
            "subject",
            json!({"kind": "person", "id": "p1"}),
            vec![text("person:p1")],
        ),
        (
            "subject",
            json!({"kind": "contract", "id": "k1"}),
            vec![text("contract:k1")],
        ),
        ("list", json!(["甲", "乙", "甲"]), vec![text("甲"), text("乙")]),
        ("json", json!({"a": "b"}), vec![]),
        ("evidence", json!([{"sha256": HASH, "name": "x"}]), vec![]),
        ("note", json!("短"), vec![]),
    ];
    for (key, value, wanted) in cases {
        assert_eq!(of(key, &value), wanted, "{key} {value}");
    }
}

#[test]
fn what_does_not_fit_its_kind_gives_nothing() {
    for (key, value) in [
        ("text", json!("")),
        ("text", json!(3)),
        ("text", json!("一行\n又一行")),
        ("text", json!(HASH)),
        ("list", json!([HASH, 3, ""])),
        ("flag", json!("true")),
        ("day", json!("2026-02-30")),
        ("number", json!("x")),
        ("decimal", json!("inf")),
        ("subject", json!({"kind": "planet", "id": "x"})),
        ("one", Value::Null),
    ] {
        assert_eq!(of(key, &value), [], "{key} {value}");
    }
    assert_eq!(promoted(&EVERY, &Value::Null), []);
    assert_eq!(promoted(&EVERY, &json!({"v": 2, "text": "x"})), []);
    assert_eq!(searchable(&EVERY, &Value::Null), "");
    assert_eq!(searchable(&EVERY, &json!({"v": 2, "text": "x"})), "");
}

#[test]
fn a_text_is_short_up_to_its_bound_in_characters() {
    let fits = "資".repeat(SHORT);
    assert_eq!(of("text", &json!(fits)), [text(&fits)]);
    assert_eq!(of("text", &json!(format!("{fits}安"))), []);
    assert_eq!(of("list", &json!([fits, format!("{fits}安")])), [text(&fits)]);
    // It is looked for all the same.
    let long = format!("{fits}安");
    assert_eq!(searchable(&EVERY, &json!({"text": long})), long);
}

#[test]
fn a_search_looks_in_what_was_written_and_in_nothing_else() {
    let body = json!({
        "v": 1, "text": "公文系統", "choice": "a", "flag": true, "day": "2026-05-20",
        "moment": "2026-05-20T10:00", "number": 12, "decimal": "99.97",
        "duration": {"kind": "duration", "hours": 4.0, "text": "4 小時"},
        "many": ["a"], "one": "asset-1", "some": ["asset-2"], "subject": {"kind": "system", "id": "s1"},
        "list": ["甲", HASH, "乙"], "json": {"key": "內部"},
        "evidence": [{"sha256": HASH, "name": "紀錄.odt", "size": 5, "media_type": "text/plain"}],
        "note": "第一行\n第二行", "stray": "無此欄位",
    });
    assert_eq!(
        searchable_fields(&EVERY, &body),
        [
            ("text", "公文系統".to_owned()),
            ("number", "12".to_owned()),
            ("decimal", "99.97".to_owned()),
            ("duration", "4 小時".to_owned()),
            ("list", "甲\n乙".to_owned()),
            ("evidence", "紀錄.odt".to_owned()),
            ("note", "第一行\n第二行".to_owned()),
        ]
    );
    assert_eq!(
        searchable(&EVERY, &body),
        "公文系統\n12\n99.97\n4 小時\n甲\n乙\n紀錄.odt\n第一行\n第二行"
    );
    assert_eq!(
        searchable_fields(&EVERY, &json!({"text": HASH, "note": "  "})),
        []
    );
}

#[test]
fn an_older_form_gives_what_the_newest_does() {
    const STEP: Upcast = |mut body| {
        let old = body.remove("named").unwrap_or_default();
        body.insert("text".to_owned(), old);
        body
    };
    let newer = RegisterSpec {
        v: 2,
        upcasts: &[STEP],
        ..EVERY
    };
    let old = json!({"v": 1, "named": "甲"});
    let new = json!({"v": 2, "text": "甲"});
    assert_eq!(promoted(&newer, &old), promoted(&newer, &new));
    assert_eq!(promoted(&newer, &old)[0].value, text("甲"));
    assert_eq!(searchable(&newer, &old), "甲");
}

/// Every register: values of its own fields, the same each time, no hash and no key of a field.
#[test]
fn every_register_is_promoted_by_its_table() {
    for spec in catalogue() {
        let body = spec.check(&spec.example()).unwrap();
        let found = promoted(spec, &body);
        assert!(!found.is_empty(), "{}", spec.key);
        assert_eq!(found, promoted(spec, &body));
        let order = |key: &str| spec.fields.iter().position(|f| f.key == key).unwrap();
        assert!(
            found.windows(2).all(|w| order(w[0].field) <= order(w[1].field)),
            "{}",
            spec.key
        );
        for field in spec.fields {
            let compared = !matches!(field.kind, Kind::LongText | Kind::Evidence | Kind::Json);
            let hash = body[field.key].as_str() == Some(HASH);
            let has = found.iter().any(|p| p.field == field.key);
            assert_eq!(has, compared && !hash, "{} {}", spec.key, field.key);
        }
        let text = searchable(spec, &body);
        assert!(!text.contains(HASH), "{}", spec.key);
        let joined: Vec<String> = searchable_fields(spec, &body)
            .into_iter()
            .map(|(_, t)| t)
            .collect();
        assert_eq!(text, joined.join("\n"));
    }
}
