//! The words of a control: its statement with items, and the parameters named in it.
//!
//! What it can't know: Markdown; prose is kept as the file has it, but for parameters,
//! which are replaced by their value or label.

use super::super::model::Requirement;
use super::super::shape::{At, Fields, Ids, Keys, Reader};
use super::super::tree::{Place, short};
use super::parts::{props, token_of};
use std::collections::HashMap;

const PARAMETER: Keys = Keys {
    what: "參數",
    required: &["id"],
    optional: &["label", "values", "select"],
    idle: &["class", "props", "links", "usage", "guidelines", "remarks"],
    left: &["constraints", "depends-on"],
};
const CHOICE: Keys = Keys {
    what: "select ",
    required: &[],
    optional: &["choice"],
    idle: &["how-many"],
    left: &[],
};
const PART: Keys = Keys {
    what: "part ",
    required: &["name"],
    optional: &["id", "props", "prose", "parts"],
    idle: &["ns", "class", "title"],
    left: &["links"],
};

/// How much text the statements may have once their parameters are put in: 32 MiB.
const TEXT_LIMIT: usize = 32 * 1024 * 1024;
/// How much of a parameter is shown in a statement, in characters.
const SHOWN_LIMIT: usize = 500;

/// A piece of a statement, before its parameters are put in.
struct Piece {
    requirement: usize,
    line: String,
    place: Place,
    pointer: String,
}

/// Parameters and statements of a whole catalogue: a statement may name a parameter that
/// stands further down.
#[derive(Default)]
pub(super) struct Texts {
    ids: Ids,
    parts: Ids,
    shown: HashMap<String, String>,
    pieces: Vec<Piece>,
}

impl Texts {
    /// The parameters of a catalogue, group or control.
    pub(super) fn params(&mut self, reader: &mut Reader, fields: &Fields<'_>) {
        for item in reader.list(fields, "params") {
            let Some(param) = reader.fields(&item, PARAMETER) else {
                continue;
            };
            let id = token_of(reader, &param, "id");
            let label = reader.maybe_text(&param, "label");
            let values = reader.texts(&param, "values");
            let mut choices = Vec::new();
            if let Some(select) = param.get("select")
                && let Some(select) = reader.fields(&select, CHOICE)
            {
                choices = reader.texts(&select, "choice");
            }
            let Some(id) = id else { continue };
            let place = param.get("id").unwrap_or_else(|| item.clone());
            if !self.ids.add(reader, &place, "參數", &id) {
                continue;
            }
            let shown = if !values.is_empty() {
                values.join("、")
            } else if !choices.is_empty() {
                choices.join("／")
            } else if label.is_empty() {
                id.clone()
            } else {
                label
            };
            self.shown.insert(id, shown.chars().take(SHOWN_LIMIT).collect());
        }
    }

    /// The parts of a control or group; only statements are words of the requirement.
    pub(super) fn parts(&mut self, reader: &mut Reader, fields: &Fields<'_>, requirement: usize) {
        for item in reader.list(fields, "parts") {
            self.part(reader, &item, requirement, false);
        }
    }

    fn part(&mut self, reader: &mut Reader, at: &At<'_>, requirement: usize, inside: bool) {
        let Some(fields) = reader.fields(at, PART) else {
            return;
        };
        let name = token_of(reader, &fields, "name").unwrap_or_default();
        if let Some(place) = fields.get("id")
            && let Some(id) = token_of(reader, &fields, "id")
        {
            self.parts.add(reader, &place, "part ", &id);
        }
        let taken = inside || name == "statement";
        if !taken && !name.is_empty() {
            reader.note("part ", &name, at.node.place, &at.pointer, "未採用");
        }
        let props = props(reader, &fields);
        let prose = reader.maybe_text(&fields, "prose");
        if taken && !prose.is_empty() {
            let label = props.label.map_or_else(String::new, |l| format!("{l} "));
            self.pieces.push(Piece {
                requirement,
                line: format!("{label}{prose}"),
                place: at.node.place,
                pointer: at.pointer.clone(),
            });
        }
        // Walked through also where it is not taken: ids and types are checked everywhere.
        for item in reader.list(&fields, "parts") {
            self.part(reader, &item, requirement, taken);
        }
    }

    /// Puts parameters into statements, and statements into their requirements.
    pub(super) fn finish(&mut self, reader: &mut Reader, requirements: &mut [Requirement]) {
        let mut total = 0_usize;
        for piece in std::mem::take(&mut self.pieces) {
            let (text, missing) = self.filled(&piece.line);
            total = total.saturating_add(text.len());
            if total > TEXT_LIMIT {
                let mut problem = piece.place.problem(
                    format!("參數代入後的文字超過 {} MB", TEXT_LIMIT >> 20),
                    "請檢查是否有很長的參數被大量引用",
                );
                problem.pointer.clone_from(&piece.pointer);
                reader.push(problem);
                return;
            }
            for id in missing {
                let mut problem = piece.place.problem(
                    format!("文字引用的參數「{}」不存在", short(&id)),
                    "請補上這個參數，或更正引用",
                );
                problem.pointer.clone_from(&piece.pointer);
                reader.push(problem);
            }
            if let Some(requirement) = requirements.get_mut(piece.requirement) {
                if !requirement.text.is_empty() {
                    requirement.text.push('\n');
                }
                requirement.text.push_str(&text);
            }
        }
    }

    /// A text with `{{ insert: param, id }}` replaced, and the ids that are not there.
    fn filled(&self, text: &str) -> (String, Vec<String>) {
        let mut out = String::new();
        let mut missing = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            if out.len() > TEXT_LIMIT {
                // Too long already; the caller refuses it.
                return (out, missing);
            }
            let Some((inside, behind)) = after.split_once("}}") else {
                out.push_str("{{");
                rest = after;
                break;
            };
            let id = inside
                .trim()
                .strip_prefix("insert:")
                .and_then(|i| i.trim().strip_prefix("param,"))
                .map(str::trim);
            match id.map(|id| (id, self.shown.get(id))) {
                Some((_, Some(shown))) => {
                    out.push('［');
                    // A label may itself insert a parameter; that one is shown by its id.
                    out.push_str(&shown.replace("{{ insert: param, ", "").replace(" }}", ""));
                    out.push('］');
                }
                Some((id, None)) => missing.push(id.to_owned()),
                None => {
                    out.push_str("{{");
                    out.push_str(inside);
                    out.push_str("}}");
                }
            }
            rest = behind;
        }
        out.push_str(rest);
        (out, missing)
    }
}
