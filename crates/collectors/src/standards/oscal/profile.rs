//! OSCAL profiles: which controls of which catalogue they import.
//!
//! What it can't know: the catalogue; patterns are kept as written, not expanded.

use super::super::model::{Format, Kind, Selection, Standard};
use super::super::shape::{At, Ids, Keys, Reader};
use super::super::tree::{Value, short};
use super::parts::{head, token};

const PROFILE: Keys = Keys {
    what: "profile ",
    required: &["uuid", "metadata", "imports"],
    optional: &[],
    idle: &["merge"],
    left: &["modify", "back-matter"],
};
const IMPORT: Keys = Keys {
    what: "import ",
    required: &["href"],
    optional: &["include-all", "include-controls", "exclude-controls"],
    idle: &[],
    left: &[],
};
const SELECT: Keys = Keys {
    what: "選取",
    required: &[],
    optional: &["with-child-controls", "with-ids", "matching"],
    idle: &[],
    left: &[],
};
const PATTERN: Keys = Keys {
    what: "matching ",
    required: &["pattern"],
    optional: &[],
    idle: &["remarks"],
    left: &[],
};

pub(super) fn read(reader: &mut Reader, at: &At<'_>) -> Option<Standard> {
    let fields = reader.fields(at, PROFILE)?;
    let head = head(reader, &fields);
    let imports = reader.list(&fields, "imports");
    if let (true, Some(list)) = (imports.is_empty(), fields.get("imports")) {
        reader.wrong(&list, "profile 沒有匯入任何 catalog", "請至少寫一個 import");
    }
    let selections = imports.iter().filter_map(|at| import(reader, at)).collect();
    let head = head?;
    Some(Standard {
        format: Format::Oscal,
        kind: Kind::Profile,
        id: head.id,
        title: head.title,
        version: head.version,
        publisher: head.publisher,
        levels: Vec::new(),
        requirements: Vec::new(),
        mappings: Vec::new(),
        selections,
        notes: Vec::new(),
        faults: Vec::new(),
    })
}

fn import(reader: &mut Reader, at: &At<'_>) -> Option<Selection> {
    let fields = reader.fields(at, IMPORT)?;
    let href = reader.must_text(&fields, "href");
    let all = fields.get("include-all");
    if let Some(all) = &all
        && !matches!(&all.node.value, Value::Map(entries) if entries.is_empty())
    {
        reader.wrong(all, "include-all 應為空的 {}", "請寫成 \"include-all\": {}");
    }
    match (&all, &fields.get("include-controls")) {
        (Some(_), Some(both)) => reader.wrong(both, "include-all 與 include-controls 不能並存", "請只留一種"),
        (None, None) => reader.wrong(at, "沒有說要哪些控制措施", "請寫 include-all 或 include-controls"),
        _ => {}
    }
    let mut selection = Selection {
        href: href?,
        all: all.is_some(),
        ids: Vec::new(),
        patterns: Vec::new(),
        with_children: false,
        excluded: Vec::new(),
        line: at.line(),
    };
    let mut seen = Ids::default();
    for item in reader.list(&fields, "include-controls") {
        let chosen = select(reader, &item, &mut seen);
        selection.ids.extend(chosen.ids);
        selection.patterns.extend(chosen.patterns);
        selection.with_children |= chosen.with_children;
    }
    let mut seen = Ids::default();
    for item in reader.list(&fields, "exclude-controls") {
        let chosen = select(reader, &item, &mut seen);
        selection.excluded.extend(chosen.ids);
        if !chosen.patterns.is_empty() {
            reader.wrong(&item, "不收以樣式排除", "請改以 with-ids 逐一列出");
        }
    }
    Some(selection)
}

#[derive(Default)]
struct Chosen {
    ids: Vec<String>,
    patterns: Vec<String>,
    with_children: bool,
}

/// One `include-controls` or `exclude-controls`.
fn select(reader: &mut Reader, at: &At<'_>, seen: &mut Ids) -> Chosen {
    let mut chosen = Chosen::default();
    let Some(fields) = reader.fields(at, SELECT) else {
        return chosen;
    };
    for item in reader.list(&fields, "with-ids") {
        if let Some(id) = token(reader, &item)
            && seen.add(reader, &item, "控制措施", &id)
        {
            chosen.ids.push(id);
        }
    }
    for item in reader.list(&fields, "matching") {
        let Some(pattern) = reader.fields(&item, PATTERN) else {
            continue;
        };
        if let Some(text) = reader.must_text(&pattern, "pattern") {
            reader.note(
                "選取",
                "matching",
                item.node.place,
                &item.pointer,
                "照抄樣式，未展開",
            );
            chosen.patterns.push(text);
        }
    }
    match reader.maybe_text(&fields, "with-child-controls").as_str() {
        "yes" => chosen.with_children = true,
        "" | "no" => {}
        other => {
            let place = fields.get("with-child-controls").unwrap_or_else(|| at.clone());
            reader.wrong(
                &place,
                format!("with-child-controls 不能是「{}」", short(other)),
                "請寫 yes 或 no",
            );
        }
    }
    chosen
}
