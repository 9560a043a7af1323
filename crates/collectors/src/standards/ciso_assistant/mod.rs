//! Libraries of CISO Assistant: one framework, its mappings, or mappings alone.
//!
//! What: the library's head, the framework's requirement nodes with their parents and
//! implementation groups, and requirement mapping sets. Identifiers (URNs) are compared in
//! lower case, as CISO Assistant itself does. What it can't know: nodes of frameworks that
//! are in another library; a mapping may lead there.

use super::model::{Format, Kind, Level, Mapping, Relationship, Requirement, Standard};
use super::shape::{At, Fields, Ids, Keys, Reader};
use super::tree::{Node, Value, short};

use std::collections::{HashMap, HashSet};

const LIBRARY: Keys = Keys {
    what: "函式庫",
    required: &["urn", "name", "version", "objects"],
    optional: &["provider", "packager"],
    idle: &[
        "locale",
        "ref_id",
        "description",
        "copyright",
        "publication_date",
        "dependencies",
        "labels",
        "filtering_labels",
        "convert_library_version",
        "format_version",
    ],
    left: &["translations", "annotation"],
};
const OBJECTS: Keys = Keys {
    what: "objects ",
    required: &[],
    optional: &[
        "framework",
        "frameworks",
        "requirement_mapping_set",
        "requirement_mapping_sets",
    ],
    idle: &[],
    left: &[
        "threats",
        "reference_controls",
        "risk_matrix",
        "risk_matrices",
        "metric_definitions",
        "terminologies",
        "ttp_catalogs",
        "quick_forms",
        "preset",
    ],
};
const FRAMEWORK: Keys = Keys {
    what: "framework ",
    required: &["urn", "ref_id", "requirement_nodes"],
    optional: &["name", "implementation_groups_definition"],
    idle: &[
        "description",
        "locale",
        "provider",
        "packager",
        "copyright",
        "version",
        "urn_namespace",
        "available_languages",
        "field_visibility",
    ],
    left: &[
        "translations",
        "annotation",
        "min_score",
        "max_score",
        "scores_definition",
        "outcomes_definition",
        "reference_controls",
        "threats",
    ],
};
const GROUP: Keys = Keys {
    what: "實施群組",
    required: &["ref_id"],
    optional: &["name"],
    idle: &["description", "default_selected"],
    left: &["translations"],
};
const NODE: Keys = Keys {
    what: "要求",
    required: &["urn"],
    optional: &[
        "parent_urn",
        "ref_id",
        "name",
        "description",
        "assessable",
        "depth",
        "implementation_groups",
    ],
    idle: &["urn_id", "skip_count"],
    left: &[
        "annotation",
        "typical_evidence",
        "threats",
        "reference_controls",
        "question",
        "questions",
        "questions_properties",
        "translations",
        "weight",
        "importance",
        "display_mode",
        "min_score",
        "max_score",
        "scores_definition_ref",
        "maturity",
        "tags",
    ],
};
const MAPPING_SET: Keys = Keys {
    what: "對照組",
    required: &[
        "urn",
        "source_framework_urn",
        "target_framework_urn",
        "requirement_mappings",
    ],
    optional: &[],
    idle: &["ref_id", "name", "description", "locale"],
    left: &["translations", "annotation"],
};
const MAPPING: Keys = Keys {
    what: "對照",
    // What is missing is said as a fault of the one mapping.
    required: &[],
    optional: &[
        "source_requirement_urn",
        "target_requirement_urn",
        "relationship",
        "strength_of_relationship",
    ],
    idle: &[],
    left: &["rationale", "annotation", "translations"],
};

/// Reads a library.
pub(super) fn read(reader: &mut Reader, root: &Node) -> Option<Standard> {
    let library = reader.fields(&At::root(root), LIBRARY)?;
    let id = urn(reader, &library, "urn");
    let title = reader.must_text(&library, "name");
    let version = reader.must_text(&library, "version");
    let mut publisher = reader.maybe_text(&library, "provider");
    if publisher.is_empty() {
        publisher = reader.maybe_text(&library, "packager");
    }
    let objects = library.get("objects")?;
    let objects = reader.fields(&objects, OBJECTS)?;
    let frameworks = one_or_many(reader, &objects, "framework", "frameworks");
    let sets = one_or_many(
        reader,
        &objects,
        "requirement_mapping_set",
        "requirement_mapping_sets",
    );
    if let Some(second) = frameworks.get(1) {
        reader.wrong(second, "一個檔案只收一個 framework", "請分成兩個檔案匯入");
    }
    if frameworks.is_empty() && sets.is_empty() {
        reader.wrong(
            &objects.at,
            "沒有 framework，也沒有對照（requirement_mapping_sets）",
            "風險矩陣、威脅、參考控制等其他函式庫不能作為標準匯入",
        );
    }
    let framework = frameworks.first().and_then(|at| framework(reader, at));
    let mut mappings = Vec::new();
    let mut pairs = Ids::default();
    for set in &sets {
        mapping_set(reader, set, framework.as_ref(), &mut pairs, &mut mappings);
    }
    if frameworks.is_empty()
        && mappings.is_empty()
        && let Some(set) = sets.first()
    {
        reader.wrong(set, "沒有任何可用的對照", "請更正以上各處，或確認匯出的內容");
    }
    let kind = if frameworks.is_empty() {
        Kind::Mapping
    } else {
        Kind::Framework
    };
    let framework = framework.unwrap_or_default();
    Some(Standard {
        format: Format::CisoAssistant,
        kind,
        id: id?,
        title: title?,
        version: version?,
        publisher,
        levels: framework.levels,
        requirements: framework.requirements,
        mappings,
        selections: Vec::new(),
        notes: Vec::new(),
        faults: Vec::new(),
    })
}

/// What stands under a key once, or as a list under its plural.
fn one_or_many<'n>(reader: &mut Reader, objects: &Fields<'n>, one: &str, many: &str) -> Vec<At<'n>> {
    let mut found = Vec::new();
    for key in [one, many] {
        match objects.get(key) {
            Some(at) if matches!(at.node.value, Value::List(_)) => found.extend(reader.items(&at)),
            Some(at) => found.push(at),
            None => {}
        }
    }
    found
}

/// A URN in lower case.
fn urn(reader: &mut Reader, fields: &Fields<'_>, key: &str) -> Option<String> {
    let at = fields.get(key)?;
    let text = reader.text(&at)?.to_lowercase();
    let good = text
        .strip_prefix("urn:")
        .is_some_and(|rest| rest.contains(':') && !rest.ends_with(':'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if !good {
        reader.wrong(
            &at,
            format!("「{}」不是 URN", short(&text)),
            "例如 urn:intuitem:risk:framework:名稱，中間不留空白",
        );
        return None;
    }
    Some(text)
}

#[derive(Debug, Default)]
struct Framework {
    urn: String,
    levels: Vec<Level>,
    requirements: Vec<Requirement>,
    ids: HashSet<String>,
}

fn framework(reader: &mut Reader, at: &At<'_>) -> Option<Framework> {
    let fields = reader.fields(at, FRAMEWORK)?;
    let own = urn(reader, &fields, "urn").unwrap_or_default();
    let mut levels = Vec::new();
    let mut known = Ids::default();
    for item in reader.list(&fields, "implementation_groups_definition") {
        let Some(group) = reader.fields(&item, GROUP) else {
            continue;
        };
        if let Some(id) = reader.must_text(&group, "ref_id")
            && known.add(reader, &item, "實施群組", &id)
        {
            let title = reader.maybe_text(&group, "name");
            levels.push(Level { id, title });
        }
    }
    let nodes = reader.list(&fields, "requirement_nodes");
    if let (true, Some(list)) = (nodes.is_empty(), fields.get("requirement_nodes")) {
        reader.wrong(&list, "framework 沒有任何要求", "請確認匯出的內容");
    }
    let mut ids = Ids::default();
    let mut requirements = Vec::new();
    let mut parents: Vec<At<'_>> = Vec::new();
    for item in &nodes {
        let Some(node) = reader.fields(item, NODE) else {
            continue;
        };
        let id = urn(reader, &node, "urn");
        let parent = urn(reader, &node, "parent_urn");
        let reference = reader.maybe_text(&node, "ref_id");
        let title = reader.maybe_text(&node, "name");
        let text = reader.maybe_text(&node, "description");
        let assessable = reader.flag(&node, "assessable");
        reader.number(&node, "depth", 64);
        let (mut own_levels, mut faults) = (Vec::new(), Vec::new());
        for group in reader.list(&node, "implementation_groups") {
            let Some(level) = reader.text(&group) else {
                continue;
            };
            if !levels.is_empty() && !known.has(&level) {
                let message = format!("沒有「{}」這個實施群組", short(&level));
                let remedy = "請加到 implementation_groups_definition，或更正名稱";
                reader.gently(|r| r.wrong(&group, message.as_str(), remedy));
                faults.push(message);
            }
            own_levels.push(level);
        }
        let Some(id) = id else { continue };
        let place = node.get("urn").unwrap_or_else(|| item.clone());
        if !ids.add(reader, &place, "要求", &id) {
            continue;
        }
        parents.push(node.get("parent_urn").unwrap_or(place));
        requirements.push(Requirement {
            id,
            parent,
            reference,
            title,
            text,
            assessable,
            levels: own_levels,
            line: item.line(),
            faults,
        });
    }
    check_parents(reader, &requirements, &parents, &ids);
    Some(Framework {
        urn: own,
        levels,
        ids: requirements.iter().map(|r| r.id.clone()).collect(),
        requirements,
    })
}

/// Every parent is there, and no requirement is its own ancestor.
fn check_parents(reader: &mut Reader, requirements: &[Requirement], places: &[At<'_>], ids: &Ids) {
    let index: HashMap<&str, usize> = requirements
        .iter()
        .enumerate()
        .map(|(n, r)| (r.id.as_str(), n))
        .collect();
    let above = |n: usize| {
        let parent = requirements.get(n)?.parent.as_deref()?;
        index.get(parent).copied()
    };
    // Already walked up from: its end is known, or was said to be a circle.
    let mut walked = vec![false; requirements.len()];
    for (n, (requirement, place)) in requirements.iter().zip(places).enumerate() {
        if let Some(parent) = requirement.parent.as_deref().filter(|p| !ids.has(p)) {
            reader.wrong(
                place,
                format!("上層「{}」不在這個 framework 裡", short(parent)),
                "請補上那一項，或更正 parent_urn",
            );
        }
        let mut path = HashSet::new();
        let mut at = Some(n);
        while let Some(here) = at.filter(|h| !walked.get(*h).copied().unwrap_or(true)) {
            if !path.insert(here) {
                reader.wrong(
                    place,
                    format!("「{}」的上層繞回自己", short(&requirement.id)),
                    "請更正 parent_urn，使每一項最後都有最上層",
                );
                break;
            }
            at = above(here);
        }
        for here in path {
            if let Some(flag) = walked.get_mut(here) {
                *flag = true;
            }
        }
    }
}

fn mapping_set(
    reader: &mut Reader,
    at: &At<'_>,
    own: Option<&Framework>,
    pairs: &mut Ids,
    mappings: &mut Vec<Mapping>,
) {
    let Some(fields) = reader.fields(at, MAPPING_SET) else {
        return;
    };
    urn(reader, &fields, "urn");
    let source = urn(reader, &fields, "source_framework_urn");
    let target = urn(reader, &fields, "target_framework_urn");
    let items = reader.list(&fields, "requirement_mappings");
    if let (true, Some(list)) = (items.is_empty(), fields.get("requirement_mappings")) {
        reader.gently(|r| r.wrong(&list, "對照組沒有任何對照", "請確認匯出的內容"));
    }
    for item in items {
        let Some(mapping) = reader.fields(&item, MAPPING) else {
            continue;
        };
        let found = reader.gently(|r| one_mapping(r, &item, &mapping, own, [&source, &target], pairs));
        mappings.extend(found);
    }
}

/// A mapping; none where it names nothing, or says what another said, which is a fault of the file.
fn one_mapping(
    reader: &mut Reader,
    item: &At<'_>,
    mapping: &Fields<'_>,
    own: Option<&Framework>,
    frameworks: [&Option<String>; 2],
    pairs: &mut Ids,
) -> Option<Mapping> {
    const SIDES: [&str; 2] = ["source_requirement_urn", "target_requirement_urn"];
    for key in [SIDES[0], SIDES[1], "relationship"] {
        if mapping.get(key).is_none() {
            let message = format!("對照缺少「{key}」，這一筆未採用");
            reader.wrong(item, message, format!("請補上「{key}」"));
        }
    }
    let from = urn(reader, mapping, SIDES[0]);
    let to = urn(reader, mapping, SIDES[1]);
    let relationship = relationship(reader, mapping);
    let strength = reader.number(mapping, "strength_of_relationship", 10);
    let (from, to, relationship) = (from?, to?, relationship?);
    let mut faults = Vec::new();
    for ((side, framework), key) in [&from, &to].into_iter().zip(frameworks).zip(SIDES) {
        // Only the framework that is in this file can be looked into.
        let inside = own.filter(|f| Some(&f.urn) == framework.as_ref());
        if let (Some(f), Some(place)) = (inside, mapping.get(key))
            && !f.ids.contains(side)
        {
            let message = format!("「{}」不在這個檔案的 framework 裡", short(side));
            reader.wrong(&place, message.as_str(), "請更正 URN，或補上那一項要求");
            faults.push(message);
        }
    }
    pairs
        .add(reader, item, "對照", &format!("{from} → {to}"))
        .then(|| Mapping {
            from,
            to,
            relationship,
            strength: strength.and_then(|s| u8::try_from(s).ok()),
            line: item.line(),
            faults,
        })
}

fn relationship(reader: &mut Reader, mapping: &Fields<'_>) -> Option<Relationship> {
    let at = mapping.get("relationship")?;
    let word = reader.text(&at)?;
    let found = match word.as_str() {
        "equal" => Relationship::Equal,
        "subset" => Relationship::Subset,
        "superset" => Relationship::Superset,
        "intersect" => Relationship::Intersects,
        "not_related" => Relationship::NotRelated,
        _ => {
            reader.wrong(
                &at,
                format!("沒有「{}」這種關係", short(&word)),
                "可用 equal、subset、superset、intersect、not_related",
            );
            return None;
        }
    };
    Some(found)
}
