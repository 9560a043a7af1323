//! OSCAL 1.x catalogues and profiles, in JSON (or YAML of the same shape).
//!
//! What: groups and controls with their statements and parameters; of a profile, which
//! controls it imports. What it can't know: the catalogue that a profile refers to, and so
//! whether its ids exist there; changes that a profile makes to controls (`modify`) are
//! noted, not applied.

mod parts;
mod profile;
mod prose;

use super::model::{Format, Kind, Level, Requirement, Standard};
use super::shape::{At, Fields, Ids, Keys, Reader};
use super::tree::Node;
use parts::{head, props, token_of};
use prose::Texts;
use std::collections::HashSet;

const ROOT: Keys = Keys {
    what: "最外層",
    required: &[],
    optional: &["catalog", "profile"],
    idle: &["$schema"],
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
        faults: Vec::new(),
    })
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
            faults: Vec::new(),
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
