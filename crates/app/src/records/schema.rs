//! The registers' field tables as JSON Schema, for machines that fill them in and read them.
//!
//! Why two of each register: what is hidden from a reader is shown in another shape, and what only
//! tells of something done elsewhere is read and never sent. What it can't know: which reader.

use super::masking::is_kept_back;
use registers::{Field, Kind, RegisterSpec, Sensitivity};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a type, as it is sent and kept.
fn of_type<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(members) = schema.as_object_mut() {
        // The field's own words stand in their place.
        members.remove("title");
        members.remove("description");
    }
    schema
}

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
        Kind::Duration => of_type::<registers::business::Mtpd>(),
        Kind::Subject => of_type::<facts::Subject>(),
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

/// A field as it is read: what is hidden from the reader is null, or a name's first character.
fn read_shape(field: &Field) -> Value {
    let shape = shape(field);
    let is_text = matches!(
        field.kind,
        Kind::Text | Kind::LongText | Kind::Choice(_) | Kind::Date | Kind::Moment | Kind::Decimal
    );
    let refers = matches!(field.kind, Kind::Reference(_) | Kind::References(_));
    match field.sensitivity {
        Sensitivity::Public | Sensitivity::Internal => shape,
        Sensitivity::Personal if refers => shape,
        Sensitivity::Personal if is_text => json!({ "type": "string" }),
        Sensitivity::Personal | Sensitivity::Confidential => {
            json!({ "anyOf": [shape, { "type": "null" }] })
        }
    }
}

/// A register's record as it is read, as JSON Schema.
fn read_schema(spec: &RegisterSpec) -> Value {
    let shown = || spec.fields.iter().filter(|f| !is_kept_back(spec, f.key));
    let mut properties: Map<String, Value> = shown().map(|f| (f.key.to_owned(), read_shape(f))).collect();
    properties.insert("v".to_owned(), json!({ "type": "integer", "const": spec.v }));
    let required: Vec<&str> = shown().filter(|f| f.required).map(|f| f.key).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// Whether a register's records are read as they are sent: nothing of them is hidden.
fn is_read_as_sent(spec: &RegisterSpec) -> bool {
    spec.is_written() && spec.fields.iter().all(|f| read_shape(f) == shape(f))
}

/// Every register that somebody may read: key, title, and the schema of what they read where it
/// isn't that of what is sent.
pub fn record_schemas() -> Vec<(&'static str, &'static str, Option<Value>)> {
    registers::catalogue()
        .iter()
        .map(|spec| {
            let own = (!is_read_as_sent(spec)).then(|| read_schema(spec));
            (spec.key, spec.title, own)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::{Grant, Role};
    use crate::records::masking::Hides;

    fn grant(role: Role) -> Grant {
        Grant {
            role,
            agency: "a".to_owned(),
            unit: String::new(),
            contract: String::new(),
            audit: String::new(),
            position: None,
            stands_for: None,
        }
    }

    /// What is wrong with a body by a schema that lets nothing else in.
    fn wrong(mut schema: Value, body: &Value) -> Vec<String> {
        schema["additionalProperties"] = false.into();
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        let validator = options.should_validate_formats(true).build(&schema).unwrap();
        let errors = validator.iter_errors(body);
        errors.map(|e| format!("{}: {e}", e.instance_path())).collect()
    }

    /// A row of every register is what is described: as it is sent, and as each reader is shown it.
    #[test]
    fn rows_are_what_is_described_whoever_reads_them() {
        let readers = [
            Hides::of_others(&[grant(Role::Officer)]),
            Hides::of_others(&[grant(Role::SystemAdmin)]),
            Hides::of_others(&[]),
        ];
        let mut hidden = 0;
        for spec in registers::catalogue() {
            let body = spec.check(&spec.example());
            let mut body = body.unwrap_or_else(|p| panic!("{}: {p:?}", spec.key));
            if spec.is_written() {
                let problems = wrong(schema(spec), &body);
                assert!(problems.is_empty(), "{}: {problems:?}", spec.key);
            }
            let members = body.as_object_mut().unwrap();
            members.retain(|key, _| !is_kept_back(spec, key));
            for reader in &readers {
                let shown = reader.masked(spec, body.clone());
                let problems = wrong(read_schema(spec), &shown);
                assert!(problems.is_empty(), "{}: {problems:?}: {shown}", spec.key);
                let nulls = shown
                    .as_object()
                    .unwrap()
                    .values()
                    .filter(|v| v.is_null())
                    .count();
                hidden += nulls;
                assert!(nulls == 0 || !is_read_as_sent(spec), "{}", spec.key);
            }
        }
        assert!(hidden > 10, "{hidden}");
    }

    #[test]
    fn nothing_by_which_a_token_is_guessed_is_described() {
        let all = record_schemas();
        let (_, _, token) = all.iter().find(|(key, ..)| *key == "token").unwrap();
        let token = token.as_ref().unwrap();
        assert!(token["properties"]["scopes"].is_object());
        assert!(!token.to_string().contains("secret_hash"), "{token}");
    }

    /// Where nothing is hidden, there is one schema and not two.
    #[test]
    fn what_is_read_as_it_is_sent_is_described_once() {
        let own = |key: &str| {
            let all = record_schemas();
            let found = all.into_iter().find(|(k, ..)| *k == key).unwrap();
            found.2
        };
        assert!(own("inventory").is_none());
        let scan = own("scan").unwrap();
        let nullable = scan["properties"]["scope"]["anyOf"].as_array().unwrap();
        assert_eq!(nullable.last(), Some(&json!({ "type": "null" })));
        // What only tells of something done elsewhere is never sent.
        assert!(own("plan").is_some());
    }
}
