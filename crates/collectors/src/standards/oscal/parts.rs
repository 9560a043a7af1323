//! What catalogues and profiles have in common: their heads, tokens and properties.
//!
//! What it can't know: what a property of another namespace means; it is passed over.

use super::super::shape::{At, Fields, Keys, Reader};
use super::super::tree::{Value, short};

/// The namespace of the properties that our own export writes.
const OWN: &str = "urn:fazun:oscal";

const METADATA: Keys = Keys {
    what: "metadata ",
    required: &["title", "last-modified", "version", "oscal-version"],
    optional: &["document-ids", "parties"],
    idle: &[
        "published",
        "revisions",
        "props",
        "links",
        "roles",
        "locations",
        "responsible-parties",
        "actions",
        "remarks",
    ],
    left: &[],
};
const PROPERTY: Keys = Keys {
    what: "屬性",
    required: &["name", "value"],
    optional: &["ns"],
    idle: &["uuid", "class", "group", "remarks"],
    left: &[],
};
const DOCUMENT_ID: Keys = Keys {
    what: "document-ids ",
    required: &["identifier"],
    optional: &[],
    idle: &["scheme"],
    left: &[],
};

pub(super) struct Head {
    pub id: String,
    pub title: String,
    pub version: String,
    pub publisher: String,
}

/// What catalogue and profile have in common.
pub(super) fn head(reader: &mut Reader, document: &Fields<'_>) -> Option<Head> {
    let uuid = document.get("uuid").and_then(|at| uuid(reader, &at));
    let metadata = document.get("metadata")?;
    let metadata = reader.fields(&metadata, METADATA)?;
    let title = reader.must_text(&metadata, "title");
    let version = reader.must_text(&metadata, "version");
    if let Some(at) = metadata.get("oscal-version")
        && let Some(found) = reader.text(&at)
        && !found.starts_with("1.")
    {
        reader.wrong(
            &at,
            format!("OSCAL {} 不能讀", short(&found)),
            "請轉成 OSCAL 1.x 再匯入",
        );
    }
    // A document's uuid changes with every edition; an identifier, where given, doesn't.
    let mut identifier = None;
    for item in reader.list(&metadata, "document-ids") {
        if let Some(fields) = reader.fields(&item, DOCUMENT_ID) {
            let found = reader.must_text(&fields, "identifier");
            identifier = identifier.or(found);
        }
    }
    let publisher = reader.list(&metadata, "parties").iter().find_map(name);
    Some(Head {
        id: identifier.or(uuid)?,
        title: title?,
        version: version?,
        publisher: publisher.unwrap_or_default(),
    })
}

/// The name of a party; its form is not looked at further.
fn name(party: &At<'_>) -> Option<String> {
    let Value::Map(entries) = &party.node.value else {
        return None;
    };
    let name = entries.iter().find(|e| e.key == "name")?;
    match &name.node.value {
        Value::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn uuid(reader: &mut Reader, at: &At<'_>) -> Option<String> {
    let text = reader.text(at)?.to_lowercase();
    let shape = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    if !shape || text.bytes().any(|b| !b.is_ascii_hexdigit() && b != b'-') {
        reader.wrong(
            at,
            format!("「{}」不是 UUID", short(&text)),
            "例如 4c5a7d0e-1f2b-4a3c-8d9e-0123456789ab",
        );
        return None;
    }
    Some(text)
}

/// An OSCAL token: a letter or underscore, then letters, digits, `.`, `-`, `_`.
pub(super) fn token(reader: &mut Reader, at: &At<'_>) -> Option<String> {
    let text = reader.text(at)?;
    let mut chars = text.chars();
    let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if first && chars.all(|c| c.is_alphanumeric() || ".-_".contains(c)) {
        return Some(text);
    }
    reader.wrong(
        at,
        format!("「{}」不能當識別碼", short(&text)),
        "請以字母或底線開頭，只用字母、數字、點、連字號與底線",
    );
    None
}

pub(super) fn token_of(reader: &mut Reader, fields: &Fields<'_>, key: &str) -> Option<String> {
    fields.get(key).and_then(|at| token(reader, &at))
}

/// What the properties of a control, group or part say.
#[derive(Default)]
pub(super) struct Props {
    pub label: Option<String>,
    pub withdrawn: bool,
    pub levels: Vec<String>,
}

pub(super) fn props(reader: &mut Reader, fields: &Fields<'_>) -> Props {
    let mut found = Props::default();
    for item in reader.list(fields, "props") {
        let Some(prop) = reader.fields(&item, PROPERTY) else {
            continue;
        };
        let ns = reader.maybe_text(&prop, "ns");
        let name = token_of(reader, &prop, "name");
        let value = reader.must_text(&prop, "value");
        let (Some(name), Some(value)) = (name, value) else {
            continue;
        };
        match (name.as_str(), ns.as_str()) {
            ("grade", OWN) => found.levels.push(value),
            ("label", _) => found.label = found.label.or(Some(value)),
            ("status", _) if value.eq_ignore_ascii_case("withdrawn") => found.withdrawn = true,
            _ => {}
        }
    }
    found
}
