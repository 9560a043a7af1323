//! The registers' field tables as JSON Schema, for machines that fill them in.

use registers::{Field, Kind, RegisterSpec};
use serde_json::{Map, Value, json};

fn shape(field: &Field) -> Value {
    match field.kind {
        Kind::Text | Kind::LongText => json!({ "type": "string" }),
        Kind::Choice(choices) => {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            json!({ "type": "string", "enum": words })
        }
        Kind::Many(choices) => {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            json!({ "type": "array", "items": { "type": "string", "enum": words }, "uniqueItems": true })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Moment => {
            json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$" })
        }
        Kind::Number => json!({ "type": "integer", "minimum": 0 }),
        Kind::Decimal => json!({ "type": "string", "pattern": "^-?\\d+(\\.\\d+)?$" }),
        Kind::Reference(register) => {
            json!({ "type": "string", "x-register": register })
        }
        Kind::References(register) => {
            json!({ "type": "array", "items": { "type": "string" }, "x-register": register })
        }
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Evidence => json!({
            "type": "array",
            "items": {
                "type": "object",
                "required": ["sha256", "name"],
                "properties": {
                    "sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
                    "name": { "type": "string" },
                    "size": { "type": "integer", "minimum": 0 },
                    "media_type": { "type": "string" }
                }
            }
        }),
        Kind::Duration | Kind::Subject => json!({ "type": "object" }),
        Kind::Json => json!({}),
    }
}

/// A register's record as JSON Schema.
pub(crate) fn schema(spec: &RegisterSpec) -> Value {
    let mut properties = Map::new();
    for field in spec.fields {
        let mut property = shape(field);
        if let Some(members) = property.as_object_mut() {
            members.insert("title".to_owned(), field.label.into());
            if !field.help.is_empty() {
                members.insert("description".to_owned(), field.help.into());
            }
        }
        properties.insert(field.key.to_owned(), property);
    }
    properties.insert(
        "v".to_owned(),
        json!({ "type": "integer", "const": spec.v, "title": "欄位版本" }),
    );
    let required: Vec<&str> = spec.fields.iter().filter(|f| f.required).map(|f| f.key).collect();
    json!({
        "type": "object",
        "title": spec.title,
        "description": spec.help,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        // The order of a form: members of an object have none.
        "x-order": spec.fields.iter().map(|f| f.key).collect::<Vec<_>>(),
    })
}

/// Every register that people or programs fill in: key, title, schema.
pub fn register_schemas() -> Vec<(&'static str, &'static str, Value)> {
    registers::catalogue()
        .iter()
        .filter(|spec| spec.is_written())
        .map(|spec| (spec.key, spec.title, schema(spec)))
        .collect()
}
