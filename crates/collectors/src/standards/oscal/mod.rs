//! OSCAL 1.x catalogues and profiles, in JSON (or YAML of the same shape).
//!
//! What: groups and controls with their statements and parameters; of a profile, which
//! controls it imports. What it can't know: the catalogue that a profile refers to, and so
//! whether its ids exist there; changes that a profile makes to controls (`modify`) are
//! noted, not applied.

mod profile;
mod prose;

use super::shape::{At, Fields, Ids, Keys, Reader};
use super::tree::{Node, Value, short};
use super::{Format, Kind, Level, Requirement, Standard};
use prose::Texts;
use std::collections::HashSet;

/// The namespace of the properties that our own export writes.
const OWN: &str = "urn:fazun:oscal";

const ROOT: Keys = Keys {
    what: "最外層",
    required: &[],
    optional: &["catalog", "profile"],
    idle: &["$schema"],
    left: &[],
};
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
const CATALOG: Keys = Keys {
    what: "catalog ",
    required: &["uuid", "metadata"],
    optional: &["params", "controls", "groups"],
    idle: &[],
    left: &["back-matter"],
};
const GROUP: Keys = Keys {
    what: "群組",
    required: &["title"],
    optional: &["id", "params", "props", "parts", "groups", "controls"],
    idle: &["class"],
    left: &["links"],
};
const CONTROL: Keys = Keys {
    what: "控制措施",
    required: &["id", "title"],
    optional: &["params", "props", "parts", "controls"],
    idle: &["class"],
    left: &["links"],
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

/// Reads a catalogue or a profile.
pub(super) fn read(reader: &mut Reader, root: &Node) -> Option<Standard> {
    let root = reader.fields(&At::root(root), ROOT)?;
    match (root.get("catalog"), root.get("profile")) {
        (Some(at), None) => catalog(reader, &at),
        (None, Some(at)) => profile::read(reader, &at),
        _ => {
            reader.wrong(
                &root.at,
                "應恰有一個 catalog 或 profile",
                "請一個檔案只放一份 OSCAL 文件",
            );
            None
        }
    }
}

struct Head {
    id: String,
    title: String,
    version: String,
    publisher: String,
}

/// What catalogue and profile have in common.
fn head(reader: &mut Reader, document: &Fields<'_>) -> Option<Head> {
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
fn token(reader: &mut Reader, at: &At<'_>) -> Option<String> {
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

fn token_of(reader: &mut Reader, fields: &Fields<'_>, key: &str) -> Option<String> {
    fields.get(key).and_then(|at| token(reader, &at))
}

/// What is collected while walking through a catalogue.
#[derive(Default)]
struct Walk {
    /// Of groups and controls: either may be a parent.
    ids: Ids,
    texts: Texts,
    levels: Vec<Level>,
    known_levels: HashSet<String>,
    requirements: Vec<Requirement>,
}

fn catalog(reader: &mut Reader, at: &At<'_>) -> Option<Standard> {
    let fields = reader.fields(at, CATALOG)?;
    let head = head(reader, &fields);
    let mut walk = Walk::default();
    walk.texts.params(reader, &fields);
    for item in reader.list(&fields, "groups") {
        walk.group(reader, &item, None);
    }
    for item in reader.list(&fields, "controls") {
        walk.control(reader, &item, None);
    }
    walk.texts.finish(reader, &mut walk.requirements);
    if !walk.requirements.iter().any(|r| r.assessable) {
        reader.wrong(at, "catalog 沒有任何控制措施", "請確認匯出的內容");
    }
    let head = head?;
    Some(Standard {
        format: Format::Oscal,
        kind: Kind::Framework,
        id: head.id,
        title: head.title,
        version: head.version,
        publisher: head.publisher,
        levels: walk.levels,
        requirements: walk.requirements,
        mappings: Vec::new(),
        selections: Vec::new(),
        notes: Vec::new(),
    })
}

/// What the properties of a control, group or part say.
#[derive(Default)]
struct Props {
    label: Option<String>,
    withdrawn: bool,
    levels: Vec<String>,
}

fn props(reader: &mut Reader, fields: &Fields<'_>) -> Props {
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

impl Walk {
    /// What a group or control has beside its children; gives its id.
    fn push(
        &mut self,
        reader: &mut Reader,
        fields: &Fields<'_>,
        parent: Option<&str>,
        control: bool,
    ) -> String {
        let at = &fields.at;
        // A group without an id is named after its place.
        let id = token_of(reader, fields, "id")
            .unwrap_or_else(|| format!("group{}", at.pointer.replace('/', ".")));
        let place = fields.get("id").unwrap_or_else(|| at.clone());
        let what = if control { "控制措施" } else { "群組" };
        self.ids.add(reader, &place, what, &id);
        let props = props(reader, fields);
        if props.withdrawn {
            reader.note(
                what,
                "withdrawn",
                at.node.place,
                &at.pointer,
                "已撤銷，不列為要作答者",
            );
        }
        for level in &props.levels {
            if self.known_levels.insert(level.clone()) {
                self.levels.push(Level {
                    id: level.clone(),
                    title: level.clone(),
                });
            }
        }
        let title = reader.must_text(fields, "title").unwrap_or_default();
        self.texts.params(reader, fields);
        self.texts.parts(reader, fields, self.requirements.len());
        self.requirements.push(Requirement {
            reference: props.label.unwrap_or_else(|| id.clone()),
            id: id.clone(),
            parent: parent.map(str::to_owned),
            title,
            text: String::new(),
            assessable: control && !props.withdrawn,
            levels: props.levels,
            line: at.line(),
        });
        id
    }

    fn group(&mut self, reader: &mut Reader, at: &At<'_>, parent: Option<&str>) {
        let Some(fields) = reader.fields(at, GROUP) else {
            return;
        };
        if let (Some(_), Some(controls)) = (fields.get("groups"), fields.get("controls")) {
            reader.wrong(
                &controls,
                "同一群組裡 groups 與 controls 不能並存",
                "請把控制措施移到下一層的群組",
            );
        }
        let id = self.push(reader, &fields, parent, false);
        for item in reader.list(&fields, "groups") {
            self.group(reader, &item, Some(&id));
        }
        for item in reader.list(&fields, "controls") {
            self.control(reader, &item, Some(&id));
        }
    }

    fn control(&mut self, reader: &mut Reader, at: &At<'_>, parent: Option<&str>) {
        let Some(fields) = reader.fields(at, CONTROL) else {
            return;
        };
        let id = self.push(reader, &fields, parent, true);
        for item in reader.list(&fields, "controls") {
            self.control(reader, &item, Some(&id));
        }
    }
}
