//! The schemas that the API's description refers to: of types by `schemars`, of records by the
//! registers' field tables.
//!
//! Why a schema for the records of each register: what a record's `body` holds follows from the
//! `register` beside it, and a program should be told so. What it can't know: which of the fields
//! the reader's role hides.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schema of a type, by the generator that collects what it refers to.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a type.
pub(crate) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Where schemas are kept.
pub(super) const PLACE: &str = "#/components/schemas/";

/// What a schema of that name is referred to by.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}

/// Schemas, collected while operations are described.
pub(super) struct Schemas {
    answers: SchemaGenerator,
    requests: SchemaGenerator,
}

impl Schemas {
    /// None yet.
    pub fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        // What is read and what is sent may be the same type and differ in what must be there:
        // requests are small, and written where they are sent.
        let inline = |settings: &mut SchemaSettings| settings.inline_subschemas = true;
        Self {
            answers: settings().for_serialize().into_generator(),
            requests: settings().for_deserialize().with(inline).into_generator(),
        }
    }

    /// A type as it is answered.
    pub fn answer(&mut self, of: SchemaOf) -> Value {
        of(&mut self.answers).to_value()
    }

    /// A type as it is sent.
    pub fn request(&mut self, of: SchemaOf) -> Value {
        of(&mut self.requests).to_value()
    }

    /// Every schema that was referred to, with those of the registers.
    pub fn components(mut self) -> Map<String, Value> {
        let mut all = self.answers.take_definitions(true);
        for (key, _, schema) in app::register_schemas() {
            all.insert(key.to_owned(), schema);
        }
        if let Some(general) = all.remove("RecordView") {
            let (either, each) = records(&general);
            all.insert("RecordView".to_owned(), either);
            all.extend(each);
        }
        all
    }
}

/// A record of whatever register: one of those of each.
fn records(general: &Value) -> (Value, Vec<(String, Value)>) {
    let mut each = Vec::new();
    let mut mapping = Map::new();
    for (key, title, body) in app::record_schemas() {
        let mut schema = general.clone();
        if let Some(members) = schema.as_object_mut() {
            members.remove("description");
            members.insert("title".to_owned(), title.into());
        }
        if let Some(properties) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
            properties.insert("register".to_owned(), json!({ "type": "string", "const": key }));
            properties.insert("body".to_owned(), body.unwrap_or_else(|| reference(key)));
        }
        let name = format!("{key}_record");
        mapping.insert(key.to_owned(), format!("{PLACE}{name}").into());
        each.push((name, schema));
    }
    let either = json!({
        "description": general.get("description"),
        "oneOf": each.iter().map(|(name, _)| reference(name)).collect::<Vec<_>>(),
        "discriminator": { "propertyName": "register", "mapping": mapping },
    });
    (either, each)
}
