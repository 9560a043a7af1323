//! What of a body a list filters, sorts and searches by.
//!
//! Why derived here: the store keeps these values beside the body and compares them when it
//! verifies, so they must follow from register and body alone. Why words as stored and not as
//! shown: a label that is reworded must not make kept values look damaged. What it can't know:
//! whose eyes a field is hidden from; values carry their field, so that whoever asks can leave
//! some out.

use super::field::{Field, Kind};
use super::form::open_ref;
use super::spec::RegisterSpec;
use super::text::is_sha256;
use facts::Subject;
use period::Date;
use serde::Deserialize;
use serde_json::Value;

/// The version of these rules: values kept under another are derived anew.
pub const PROMOTION: u32 = 1;

/// A text of more characters is looked for, not filtered by.
pub const SHORT: usize = 120;

/// A value by which a list filters and sorts.
#[derive(Debug, Clone, PartialEq)]
pub enum PromotedValue {
    /// A short text, a word of a choice, an id, or a moment to the minute.
    Text(String),
    /// A number; the hours of a length of time.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A day; also the day of a moment.
    Day(Date),
}

/// A value with the field that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Promoted {
    /// The field, by key.
    pub field: &'static str,
    /// One of its values.
    pub value: PromotedValue,
}

/// By what a list filters and sorts a stored body, in the order of the register's fields.
///
/// Each value of a field once. A body that can't be opened, or was withdrawn, has none.
pub fn promoted(spec: &RegisterSpec, stored: &Value) -> Vec<Promoted> {
    let Ok(body) = open_ref(spec, stored) else {
        return Vec::new();
    };
    let mut found: Vec<Promoted> = Vec::new();
    for field in spec.fields {
        let Some(value) = body.get(field.key) else {
            continue;
        };
        for value in values(field, value) {
            let one = Promoted {
                field: field.key,
                value,
            };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

fn values(field: &Field, value: &Value) -> Vec<PromotedValue> {
    let text = value.as_str();
    match field.kind {
        Kind::Text | Kind::Choice(_) | Kind::Reference(_) => text
            .and_then(short)
            .map(PromotedValue::Text)
            .into_iter()
            .collect(),
        Kind::Many(_) | Kind::References(_) | Kind::List => {
            let items = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            items.filter_map(short).map(PromotedValue::Text).collect()
        }
        Kind::Flag => value.as_bool().map(PromotedValue::Flag).into_iter().collect(),
        Kind::Date => day(text).map(PromotedValue::Day).into_iter().collect(),
        Kind::Moment => {
            let moment = text.and_then(short).map(PromotedValue::Text);
            let day = day(text.and_then(|t| t.get(..10))).map(PromotedValue::Day);
            moment.into_iter().chain(day).collect()
        }
        Kind::Number => number(value.as_u64().map(|n| n.to_string())),
        Kind::Decimal => number(digits(value)),
        Kind::Duration => number(value.get("hours").and_then(digits)),
        Kind::Subject => subject(value).map(PromotedValue::Text).into_iter().collect(),
        Kind::LongText | Kind::Evidence | Kind::Json => Vec::new(),
    }
}

/// Whether a text can be compared: one line of few characters, and no hash of a file.
pub fn is_short(text: &str) -> bool {
    let fits = text.chars().count() <= SHORT && !text.contains(char::is_control);
    fits && !text.is_empty() && !is_sha256(text)
}

fn short(text: &str) -> Option<String> {
    is_short(text).then(|| text.to_owned())
}

/// Whether the values of a field are ever promoted: a list can be filtered by them.
pub fn is_filtered_by(field: &Field) -> bool {
    !matches!(field.kind, Kind::LongText | Kind::Evidence | Kind::Json)
}

fn day(text: Option<&str>) -> Option<Date> {
    text?.parse().ok()
}

/// A number with decimals, as the digits that stand for it.
fn digits(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(digits: Option<String>) -> Vec<PromotedValue> {
    let parsed = digits.and_then(|d| d.parse::<f64>().ok());
    let finite = parsed.filter(|n| n.is_finite());
    finite.map(PromotedValue::Number).into_iter().collect()
}

/// `agency`, or the kind of a subject and its id: `system:s1`.
fn subject(value: &Value) -> Option<String> {
    Some(match Subject::deserialize(value).ok()? {
        Subject::Agency => "agency".to_owned(),
        Subject::System(id) => format!("system:{id}"),
        Subject::Person(id) => format!("person:{id}"),
        Subject::Contract(id) => format!("contract:{id}"),
    })
}

/// The text in which a list's search looks, field by field, in the order of the register's
/// fields: texts, numbers and items of lists as they were written; no hash of a file.
///
/// A body that can't be opened, or was withdrawn, has none.
pub fn searchable_fields(spec: &RegisterSpec, stored: &Value) -> Vec<(&'static str, String)> {
    let Ok(body) = open_ref(spec, stored) else {
        return Vec::new();
    };
    let said = |field: &'static Field| {
        let text = words(field, body.get(field.key)?)?;
        (!text.trim().is_empty()).then_some((field.key, text))
    };
    spec.fields.iter().filter_map(said).collect()
}

/// The same as one text, a field a line or more.
pub fn searchable(spec: &RegisterSpec, stored: &Value) -> String {
    let fields = searchable_fields(spec, stored);
    let texts: Vec<&str> = fields.iter().map(|(_, text)| text.as_str()).collect();
    texts.join("\n")
}

fn words(field: &Field, value: &Value) -> Option<String> {
    match field.kind {
        Kind::Text | Kind::LongText => value.as_str().filter(|t| !is_sha256(t)).map(str::to_owned),
        Kind::Number | Kind::Decimal => digits(value),
        Kind::Duration => value.get("text").and_then(Value::as_str).map(str::to_owned),
        Kind::List => {
            let items = value.as_array()?.iter().filter_map(Value::as_str);
            Some(items.filter(|t| !is_sha256(t)).collect::<Vec<_>>().join("\n"))
        }
        Kind::Evidence => {
            let names = value
                .as_array()?
                .iter()
                .filter_map(|file| file.get("name")?.as_str());
            Some(names.collect::<Vec<_>>().join("\n"))
        }
        Kind::Choice(_)
        | Kind::Many(_)
        | Kind::Flag
        | Kind::Date
        | Kind::Moment
        | Kind::Reference(_)
        | Kind::References(_)
        | Kind::Subject
        | Kind::Json => None,
    }
}
