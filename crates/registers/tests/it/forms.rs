//! Forms have versions: one way to open a stored body, whoever reads it.

use registers::{
    Book, BookRow, EVIDENCE, Field, FieldProblem, Gap, Kind, Proof, ReadError, Record, RegisterSpec, Row,
    RowRef, Upcast, catalogue, open, open_ref, register, snapshot_by, upgrade, upgrades, upgrades_by,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A register whose form has changed twice: 1 `title`, 2 `label`, 3 `name` with `days` as a number.
static MADE: RegisterSpec = RegisterSpec {
    key: "made",
    title: "示範",
    help: "示範",
    v: 3,
    upcasts: STEPS,
    names_row: "name",
    fields: &[
        Field::new("name", "名稱", Kind::Text, "甲").required(),
        Field::new("days", "日數", Kind::Number, "3").required(),
        Field::new("on", "日期", Kind::Date, "2026-05-20"),
        Field::new("approved_by", "核定者", Kind::Text, "王示範"),
        EVIDENCE,
    ],
    proves: &[Proof {
        duty: "made.duty",
        on: "on",
        until: &[],
        about: None,
        when: |row| row.number("days") == Some(3),
    }],
    rules: Some(|row, book| {
        let same = |other: &Record<'_>| other.id != row.id && other.name() == row.name();
        let twice = book.all("made").any(|other| same(&other));
        twice
            .then(|| FieldProblem::new("name", "重複"))
            .into_iter()
            .collect()
    }),
    gaps: Some(|row, _| {
        row.is_blank("on")
            .then(|| Gap::hint("on", "請填日期"))
            .into_iter()
            .collect()
    }),
    ..RegisterSpec::TABLE
};

const STEPS: &[Upcast] = &[
    |body| renamed(body, "title", "label"),
    |body| {
        let mut body = renamed(body, "label", "name");
        if let Some(days) = body
            .get("days")
            .and_then(Value::as_str)
            .and_then(|d| d.parse::<u64>().ok())
        {
            body.insert("days".to_owned(), days.into());
        }
        body
    },
];

fn renamed(mut body: Map<String, Value>, from: &str, to: &str) -> Map<String, Value> {
    if let Some(value) = body.remove(from) {
        body.insert(to.to_owned(), value);
    }
    body
}

fn made(key: &str) -> Option<&'static RegisterSpec> {
    if key == "made" { Some(&MADE) } else { register(key) }
}

fn old(v: u32) -> Value {
    match v {
        1 => json!({"v": 1, "title": "甲", "days": "3", "on": "2026-05-20"}),
        2 => json!({"v": 2, "label": "甲", "days": "3", "on": "2026-05-20"}),
        _ => newest(),
    }
}

fn newest() -> Value {
    json!({"v": 3, "name": "甲", "days": 3, "on": "2026-05-20"})
}

#[test]
fn an_older_body_is_opened_step_by_step_from_where_it_stands() {
    for v in [1, 2, 3] {
        let opened = open(&MADE, old(v)).unwrap();
        assert_eq!((opened.body.clone(), opened.from), (newest(), v));
        assert_eq!(*open_ref(&MADE, &old(v)).unwrap(), newest());
        assert_eq!(opened.record(&MADE, "r1").name(), "甲");
        assert_eq!(MADE.check(&old(v)), Ok(newest()), "a check opens first");
    }
    // What version 2 never had is not taken for what version 1 had.
    let odd = json!({"v": 2, "title": "甲", "days": 3});
    assert_eq!(
        open(&MADE, odd).unwrap().body,
        json!({"v": 3, "title": "甲", "days": 3})
    );
}

#[test]
fn the_newest_body_and_none_stay_as_they_are() {
    // Also what is no member of the table: whether a body is a row is another question.
    let body = json!({"v": 3, "title": "甲"});
    assert_eq!(open(&MADE, body.clone()).unwrap().body, body);
    let unmarked = json!({"title": "甲"});
    let opened = open(&MADE, unmarked.clone()).unwrap();
    assert_eq!((opened.body, opened.from), (unmarked, 3));
    let withdrawn = open(&MADE, Value::Null).unwrap();
    assert_eq!((withdrawn.body, withdrawn.from), (Value::Null, 3));
    assert!(open_ref(&MADE, &Value::Null).unwrap().is_null());
    // What stays where it is, is not copied; an older form has to be.
    for (body, copied) in [(newest(), false), (json!({"title": "甲"}), false), (old(2), true)] {
        let opened = open_ref(&MADE, &body).unwrap();
        assert_eq!(matches!(opened, Cow::Owned(_)), copied, "{body}");
    }
}

#[test]
fn what_can_not_be_opened_says_why_and_what_to_do() {
    let refused = |body: Value| {
        let error = open(&MADE, body.clone()).unwrap_err();
        assert_eq!(open_ref(&MADE, &body).unwrap_err(), error);
        assert_eq!(upgrade(&MADE, &body).unwrap_err(), error);
        error
    };
    let newer = refused(json!({"v": 4, "name": "甲"}));
    assert_eq!(newer, ReadError::Newer { found: 4, known: 3 });
    let far = refused(json!({"v": 5_000_000_000_u64}));
    assert_eq!(
        far,
        ReadError::Newer {
            found: 5_000_000_000,
            known: 3
        }
    );
    assert!(newer.to_string().contains("請更新程式"), "{newer}");
    for v in [json!(0), json!("1"), json!(1.5), json!(-1), Value::Null] {
        assert_eq!(refused(json!({"v": v, "name": "甲"})), ReadError::Version);
    }
    for no_body in [json!([]), json!("x"), json!(1)] {
        assert!(matches!(refused(no_body), ReadError::Shape(_)));
    }
    let steps = RegisterSpec { upcasts: &[], ..MADE };
    assert_eq!(open(&steps, old(2)).unwrap_err(), ReadError::NoStep(2));
    assert_eq!(open(&steps, newest()).unwrap().body, newest());
}

#[test]
fn an_older_body_that_is_no_row_is_refused_as_a_newer_one_is() {
    let of = |body: Value| {
        let problems = MADE.check(&body).unwrap_err();
        problems.into_iter().map(|p| p.field).collect::<Vec<_>>()
    };
    assert_eq!(of(json!({"v": 1, "title": "甲"})), ["days"]);
    assert_eq!(
        of(json!({"v": 1, "title": "甲", "days": 3, "colour": "紅"})),
        ["colour"]
    );
    assert_eq!(of(json!({"v": 4, "name": "甲", "days": 3})), [""]);
    let said = MADE.check(&json!({"v": 4})).unwrap_err();
    assert!(said[0].message.contains("較新的程式"), "{said:?}");
}

#[test]
fn rules_and_gaps_see_the_newest_form_of_other_rows() {
    let rows = [
        BookRow::open(&MADE, "a".to_owned(), old(1), false).unwrap(),
        BookRow::open(&MADE, "b".to_owned(), old(2), true).unwrap(),
    ];
    let book = Book::new("2026-11-21".parse().unwrap()).with(&MADE, &rows);
    let finals: Vec<(&str, bool)> = book.all("made").map(|r| (r.id, r.is_final)).collect();
    assert_eq!(finals, [("a", false), ("b", true)]);
    let found = book.find("made", "b").unwrap();
    assert_eq!((found.name(), found.is_final), ("甲", true));
    assert!(book.find("made", "c").is_none() && book.all("asset").next().is_none());
    assert_eq!(MADE.rules(&found, &book)[0].field, "name");
    assert_eq!(MADE.gaps(&found, &book), []);
    let undated = json!({"v": 3, "name": "乙", "days": 1});
    let undated = Record::new(&MADE, "c", &undated);
    assert_eq!(MADE.rules(&undated, &book), []);
    assert_eq!(MADE.gaps(&undated, &book)[0].field, "on");
    assert!(BookRow::open(&MADE, "a".to_owned(), json!({"v": 9}), false).is_err());
}

/// What a snapshot holds of these rows, or what can't be read.
fn taken(rows: &[(&str, &str, Value)], asking: &[&str]) -> Result<Vec<(String, u32, usize)>, Vec<String>> {
    let agency = json!({"v": 1, "name": "示範處", "body": "public_agency"});
    let mut refs = vec![RowRef {
        register: "agency",
        row: "a",
        version: 1,
        body: &agency,
    }];
    refs.extend(rows.iter().map(|(register, row, body)| RowRef {
        register,
        row,
        version: 7,
        body,
    }));
    let asking: BTreeSet<&str> = asking.iter().copied().collect();
    match snapshot_by(made, "a", &refs, 1, &asking) {
        Ok(snapshot) => Ok(snapshot
            .done
            .into_iter()
            .map(|d| (d.title, d.source.version, d.evidence))
            .collect()),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect()),
    }
}

fn approval(body: &Value, decisions: &Value) -> (&'static str, &'static str, Value) {
    let approved = json!({"version": 2, "number": "n", "on": "2026-05-21", "hash": "", "body": body});
    let body = json!({"v": 1, "register": "made", "row": "r", "version": 2, "state": "final", "step": 1,
        "steps": [], "decisions": decisions, "approved": approved});
    ("approval", "made:r", body)
}

#[test]
fn rows_of_older_forms_prove_what_newer_ones_do() {
    let proof = |version, evidence| Ok(vec![("示範：甲".to_owned(), version, evidence)]);
    for v in [1, 2, 3] {
        assert_eq!(taken(&[("made", "r", old(v))], &[]), proof(7, 0));
        // A draft proves nothing, an approval of the older form does, by its own version.
        assert_eq!(taken(&[("made", "r", old(v))], &["made"]), Ok(vec![]));
        let approved = [
            ("made", "r", json!({"v": 3, "name": "乙", "days": 1})),
            approval(&old(v), &json!([])),
        ];
        assert_eq!(taken(&approved, &["made"]), proof(2, 1));
    }
    assert_eq!(taken(&[("made", "r", Value::Null)], &[]), Ok(vec![]));
}

#[test]
fn a_row_or_an_approval_that_can_not_be_read_leaves_no_snapshot() {
    let newer = json!({"v": 9, "name": "甲", "days": 3});
    let said = taken(&[("made", "r", newer.clone())], &[]).unwrap_err();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("made / r") && said[0].contains("第 9 版"),
        "{said:?}"
    );
    let said = taken(&[approval(&newer, &json!([]))], &[]).unwrap_err();
    assert!(said[0].starts_with("approval / made:r"), "{said:?}");
    let (register, row, mut body) = approval(&old(1), &json!([]));
    body["state"] = json!("lost");
    assert_eq!(taken(&[(register, row, body.clone())], &[]).unwrap_err().len(), 1);
    // What is withdrawn, and what nobody knows, is passed over.
    assert_eq!(
        taken(&[(register, row, Value::Null), ("unknown", "r", json!(1))], &[]),
        Ok(vec![])
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    name: String,
    days: u64,
    on: Option<period::Date>,
}

impl Row for Made {
    const SPEC: RegisterSpec = RegisterSpec { ..MADE_CONST };

    fn validate(&self) -> Vec<FieldProblem> {
        Vec::new()
    }
}

const MADE_CONST: RegisterSpec = RegisterSpec {
    key: "made",
    v: 3,
    upcasts: STEPS,
    fields: &[
        Field::new("name", "名稱", Kind::Text, "甲").required(),
        Field::new("days", "日數", Kind::Number, "3").required(),
        Field::new("on", "日期", Kind::Date, "2026-05-20"),
    ],
    ..RegisterSpec::TABLE
};

#[test]
fn a_typed_row_is_read_and_checked_in_the_newest_form() {
    for v in [1, 2, 3] {
        let row: Made = registers::read(&old(v)).unwrap();
        assert_eq!((row.name.as_str(), row.days), ("甲", 3));
        assert_eq!(registers::check::<Made>(&old(v)), Ok(newest()));
    }
    let newer = registers::read::<Made>(&json!({"v": 4})).unwrap_err();
    assert_eq!(newer, ReadError::Newer { found: 4, known: 3 });
    assert!(matches!(
        registers::read::<Made>(&Value::Null),
        Err(ReadError::Shape(_))
    ));
    assert!(matches!(
        registers::read::<Made>(&json!({"v": 3})),
        Err(ReadError::Shape(_))
    ));
}

#[test]
fn an_upgrade_tells_what_it_would_do_to_a_body() {
    assert_eq!(upgrade(&MADE, &newest()), Ok(None));
    assert_eq!(upgrade(&MADE, &Value::Null), Ok(None));
    let told = upgrade(&MADE, &old(1)).unwrap().unwrap();
    assert_eq!((told.from, told.to), (1, 3));
    assert_eq!(
        (told.added, told.removed, told.changed),
        (
            vec!["name".to_owned()],
            vec!["title".to_owned()],
            vec!["days".to_owned()],
        )
    );
    assert_eq!(told.to_mend, []);
    let short = upgrade(&MADE, &json!({"v": 2, "label": "甲"})).unwrap().unwrap();
    assert_eq!(short.to_mend[0].field, "days");
}

#[test]
fn an_upgrade_over_rows_names_each_and_what_it_can_not_open() {
    let agency = json!({"v": 1, "name": "示範處", "body": "public_agency"});
    let (older, newer, kept) = (old(2), json!({"v": 9}), approval(&old(1), &json!([])).2);
    let (broken, odd) = (json!({"v": 9}), json!({"v": 1, "register": "made"}));
    let rows = [
        ("agency", "a", &agency),
        ("made", "r1", &older),
        ("made", "r2", &newer),
        ("made", "r3", &Value::Null),
        ("approval", "made:r", &kept),
        ("approval", "made:x", &broken),
        ("approval", "made:y", &odd),
        ("serial", "s", &Value::Bool(true)),
    ];
    let refs: Vec<RowRef<'_>> = rows
        .iter()
        .map(|(register, row, body)| RowRef {
            register,
            row,
            version: 5,
            body,
        })
        .collect();
    let found = upgrades_by(made, &refs);
    assert_eq!(
        found.looked_at, 7,
        "six rows, and the body that an approval keeps"
    );
    let older: Vec<_> = found
        .older
        .iter()
        .map(|o| (o.row.as_str(), o.version, o.kept_by_approval, o.upgrade.from))
        .collect();
    assert_eq!(older, [("r1", 5, false, 2), ("r", 2, true, 1)]);
    let unreadable: Vec<&str> = found.unreadable.iter().map(|p| p.row.as_str()).collect();
    assert_eq!(unreadable, ["r2", "made:x", "made:y"]);
    // The shipped registers don't know this one.
    let shipped = upgrades(&refs);
    assert_eq!((shipped.looked_at, shipped.older.len()), (4, 0));
}

/// Of each register a step for each version, and samples of the older ones that become rows.
#[test]
fn every_register_knows_the_way_from_its_first_form() {
    for spec in catalogue() {
        assert!(spec.v >= 1, "{}", spec.key);
        assert_eq!(
            spec.upcasts.len(),
            spec.v as usize - 1,
            "{}: a step a version",
            spec.key
        );
        for v in 1..spec.v {
            let samples = crate::rows::samples(spec.key, &format!("v{v}"));
            assert!(!samples.is_empty(), "{} v{v}", spec.key);
            for stored in samples {
                let opened = open(spec, stored).unwrap();
                assert_eq!(opened.from, v, "{}", spec.key);
                assert_eq!(spec.check(&opened.body).unwrap(), opened.body, "{}", spec.key);
            }
        }
    }
}
