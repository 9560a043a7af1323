//! What of a record lies beside its body to be filtered, sorted and searched by.
//!
//! Why here: the store asks for it and knows no register; the registers know it and no store. A
//! text too long to be filtered by still leaves its beginning, so that its row isn't listed among
//! those whose field is blank. What it can't know: who will look; texts are kept apart by how
//! sensitive their field is, and a search says which of them it may look in.

use registers::{Kind, PROMOTION, PromotedValue, RegisterSpec, SHORT, Sensitivity};
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use store::{Derived, Forms, Scalar};

/// The forms of the product's registers.
pub fn forms() -> Arc<dyn Forms> {
    Arc::new(RegisterForms)
}

/// Bodies by the field tables of their registers; of a register that isn't in the catalogue
/// nothing is looked for.
#[derive(Debug, Clone, Copy)]
struct RegisterForms;

impl Forms for RegisterForms {
    fn name(&self) -> String {
        NAME.clone()
    }

    fn derive(&self, register: &str, body: &Value) -> Derived {
        registers::register(register).map_or_else(Derived::default, |spec| of(spec, body))
    }
}

/// By everything that what is derived rests on, so that nobody has to think of changing it: the
/// rules' own version, and each register's form with the fields that lists and searches go by.
static NAME: LazyLock<String> = LazyLock::new(|| name_of(registers::catalogue()));

fn name_of<'s>(specs: impl IntoIterator<Item = &'s RegisterSpec>) -> String {
    let mut said = format!("{PROMOTION}");
    for spec in specs {
        let _ = write!(said, "\n{} {}", spec.key, spec.v);
        for field in spec.fields {
            // Choices may be reworded: a word of one is kept as it is stored.
            let kind = match field.kind {
                Kind::Choice(_) => "Choice".to_owned(),
                Kind::Many(_) => "Many".to_owned(),
                other => format!("{other:?}"),
            };
            let _ = write!(said, "\t{} {kind} {:?}", field.key, field.sensitivity);
        }
    }
    let hash = ledger::hex(&ledger::sha256(said.as_bytes()));
    format!("registers-{}", hash.get(..16).unwrap_or_default())
}

fn of(spec: &RegisterSpec, body: &Value) -> Derived {
    let mut derived = Derived::default();
    for one in registers::promoted(spec, body) {
        let value = match one.value {
            PromotedValue::Text(text) => Scalar::Text(text),
            PromotedValue::Number(number) => Scalar::Number(number),
            PromotedValue::Flag(flag) => Scalar::Text(flag.to_string()),
            PromotedValue::Day(day) => Scalar::Text(day.to_string()),
        };
        derived.values.push((one.field.to_owned(), value));
    }
    for (key, text) in registers::searchable_fields(spec, body) {
        let Some(field) = spec.field(key) else {
            continue;
        };
        let unfiltered = !derived.values.iter().any(|(of, _)| of == key);
        if unfiltered && matches!(field.kind, Kind::Text | Kind::List) {
            derived
                .values
                .push((key.to_owned(), Scalar::Text(beginning(&text))));
        }
        let of = match field.sensitivity {
            Sensitivity::Public | Sensitivity::Internal => &mut derived.open,
            Sensitivity::Personal => &mut derived.personal,
            Sensitivity::Confidential => &mut derived.confidential,
        };
        of.push_str(&text);
        of.push('\n');
    }
    derived
}

/// How a text begins, marked so that it equals no text that somebody filters by.
fn beginning(text: &str) -> String {
    let words = text.chars().filter(|c| !c.is_control()).take(SHORT);
    words.chain(['…', '\n']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use registers::Field;
    use serde_json::json;

    fn text(field: &str, text: &str) -> (String, Scalar) {
        (field.to_owned(), Scalar::Text(text.to_owned()))
    }

    #[test]
    fn values_are_those_that_rights_and_lists_go_by() {
        let has = |register: &str, body: Value, values: &[(String, Scalar)]| {
            let derived = RegisterForms.derive(register, &body);
            for value in values {
                assert!(
                    derived.values.contains(value),
                    "{register}: {value:?} in {derived:?}"
                );
            }
        };
        has(
            "agency",
            json!({"name": "甲", "parent": "a-0"}),
            &[text("parent", "a-0")],
        );
        has(
            "approval",
            json!({"v": 1, "register": "risk", "row": "a-r1", "version": 1, "state": "final"}),
            &[
                text("register", "risk"),
                text("row", "a-r1"),
                text("state", "final"),
                ("version".to_owned(), Scalar::Number(1.0)),
            ],
        );
        has(
            "log_review",
            json!({"sources": ["l1", "l2"]}),
            &[text("sources", "l1"), text("sources", "l2")],
        );
        has(
            "system",
            json!({"name": "公文", "core": true}),
            &[text("core", "true")],
        );
    }

    #[test]
    fn what_would_be_derived_otherwise_has_another_name() {
        static FORM: RegisterSpec = RegisterSpec {
            key: "made",
            v: 1,
            fields: NAMED,
            ..RegisterSpec::TABLE
        };
        const NAMED: &[Field] = &[Field::new("name", "名稱", Kind::Text, "甲")];
        const TITLED: &[Field] = &[Field::new("title", "名稱", Kind::Text, "甲")];
        const LISTED: &[Field] = &[Field::new("name", "名稱", Kind::List, "甲")];
        const HIDDEN: &[Field] =
            &[Field::new("name", "名稱", Kind::Text, "甲").sensitivity(Sensitivity::Personal)];
        let name = |spec: RegisterSpec| name_of([&spec]);
        let first = name(FORM);
        assert_eq!(
            first,
            name(RegisterSpec {
                title: "另稱",
                ..FORM
            })
        );
        for other in [
            RegisterSpec { v: 2, ..FORM },
            RegisterSpec { key: "other", ..FORM },
            RegisterSpec {
                fields: TITLED,
                ..FORM
            },
            RegisterSpec {
                fields: LISTED,
                ..FORM
            },
            RegisterSpec {
                fields: HIDDEN,
                ..FORM
            },
        ] {
            assert_ne!(name(other), first);
        }
        assert_eq!(forms().name(), RegisterForms.name());
        assert_ne!(forms().name(), store::AnyForms.name());
    }

    #[test]
    fn every_field_that_narrows_what_somebody_sees_is_promoted() {
        let short = |spec: &RegisterSpec, key: &str| {
            let Some(field) = spec.field(key) else {
                return;
            };
            let body = match field.kind {
                Kind::References(_) | Kind::List | Kind::Many(_) => json!({ key: ["x1"] }),
                _ => json!({ key: "x1" }),
            };
            let found = RegisterForms.derive(spec.key, &body).values;
            assert_eq!(found, [text(key, "x1")], "{}.{key}", spec.key);
        };
        let mut looked_at = 0;
        for spec in registers::catalogue() {
            for key in ["unit", "contract", "audit", "register", "row"] {
                short(spec, key);
            }
            // Rows of very large registers are looked up by their names.
            if spec.bulk {
                short(spec, spec.names_row);
            }
            for field in spec.fields {
                if matches!(field.kind, Kind::Reference(_) | Kind::References(_)) {
                    short(spec, field.key);
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 50, "{looked_at}");
    }

    #[test]
    fn texts_are_kept_apart_by_who_may_see_them() {
        let body = json!({"name": "王示範", "role": "officer", "unit": "資訊室", "note": "新任"});
        let derived = RegisterForms.derive("member", &body);
        assert_eq!(derived.personal, "王示範\n");
        assert_eq!(derived.open, "資訊室\n新任\n");
        assert_eq!(derived.confidential, "");
        assert_eq!(RegisterForms.derive("member", &Value::Null), Derived::default());
        assert_eq!(
            RegisterForms.derive("serial", &json!({"last": 1})),
            Derived::default()
        );
    }

    #[test]
    fn a_long_text_is_not_blank_and_equals_nothing() {
        let long = "甲".repeat(SHORT + 1);
        let found = RegisterForms.derive("vendor", &json!({ "name": long })).values;
        assert_eq!(found.len(), 1);
        assert_eq!(found, [text("name", &format!("{}…\n", "甲".repeat(SHORT)))]);
        assert!(
            registers::promoted(registers::register("vendor").unwrap(), &json!({"name": long})).is_empty()
        );
    }
}
