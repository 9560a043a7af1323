//! The parts of the requests that carry files, as the API's description lists them.
//!
//! Why beside the handlers and not in them: a handler takes what comes; a test compares this
//! list with what each handler reads. What it can't know: a register's fields; the schema of
//! its records says those.

use super::schemas::{Schemas, schema_of};
use serde_json::{Map, Value, json};

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A line of text.
    Text,
    /// A day.
    Day,
    /// The version that was seen.
    Version,
    /// A record's fields as JSON.
    Record,
    /// How to read a file, as JSON.
    Options,
    /// One file.
    File,
    /// Up to so many files.
    Files(usize),
}

/// One part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    name: &'static str,
    holds: Holds,
    required: bool,
    what: &'static str,
}

const fn part(name: &'static str, holds: Holds, required: bool, what: &'static str) -> Part {
    Part {
        name,
        holds,
        required,
        what,
    }
}

/// A record with its files.
pub(crate) const UPLOAD: &[Part] = &[
    part(
        "record",
        Holds::Record,
        true,
        "紀錄之欄位，JSON 物件；更新時只列要改的欄位",
    ),
    part("id", Holds::Text, false, "要更新之紀錄編號；新增時不附"),
    part("version", Holds::Version, false, "更新時必附：讀取時之版本"),
    part(
        "evidence",
        Holds::Files(crate::web::upload::FILES),
        false,
        "佐證檔案，每個 25 MB 以內",
    ),
];

/// An approval that was signed on paper.
pub(crate) const PAPER: &[Part] = &[
    part("signed_by", Holds::Text, true, "簽名頁上之核定者姓名"),
    part("on", Holds::Day, true, "簽名頁所載日期，西元或民國"),
    part("version", Holds::Version, true, "所核定之版本"),
    part("scan", Holds::File, true, "簽名頁之掃描檔，25 MB 以內"),
];

/// A file to import.
pub(crate) const IMPORT: &[Part] = &[
    part("file", Holds::File, true, "ODS、XLSX 或 CSV，64 MB 以內"),
    part(
        "options",
        Holds::Options,
        false,
        "JSON 物件：sheet（工作表名稱）、columns（欄名對應之欄位）、remember（記住對應）",
    ),
];

fn schema(part: &Part, schemas: &mut Schemas) -> Value {
    let binary =
        json!({ "type": "string", "format": "binary", "contentMediaType": "application/octet-stream" });
    let mut schema = match part.holds {
        Holds::Text => json!({ "type": "string" }),
        Holds::Day => json!({ "type": "string", "examples": ["2026-11-21", "115/11/21"] }),
        Holds::Version => json!({ "type": "integer", "minimum": 1 }),
        Holds::Record => json!({
            "type": "string", "contentMediaType": "application/json",
            "contentSchema": { "type": "object", "additionalProperties": true },
        }),
        Holds::Options => json!({
            "type": "string", "contentMediaType": "application/json",
            "contentSchema": schemas.request(schema_of::<app::ImportOptions>),
        }),
        Holds::File => binary,
        Holds::Files(most) => json!({ "type": "array", "items": binary, "maxItems": most }),
    };
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), Value::from(part.what));
    }
    schema
}

/// The content of a request that has these parts.
pub(super) fn content(parts: &[Part], schemas: &mut Schemas) -> Value {
    let properties: Map<String, Value> = parts
        .iter()
        .map(|part| (part.name.to_owned(), schema(part, schemas)))
        .collect();
    let required: Vec<&str> = parts.iter().filter(|p| p.required).map(|p| p.name).collect();
    json!({ "multipart/form-data": { "schema": {
        "type": "object", "properties": properties, "required": required,
    } } })
}
