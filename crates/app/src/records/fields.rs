//! A record's fields as a page shows them and a form asks for them.
//!
//! What it can't know: which fields somebody may see; the record comes to it as they may.

use super::names::{self, Eyes, NameBook};
use crate::AppError;
use crate::visit::Visit;
use registers::entry::{Names as _, NoNames};
use registers::{Field, Kind, Record, RegisterSpec};
use serde_json::Value;
use store::StoredRow;
use views::{FieldInput, FieldView, FileView};

/// Rows of another register that a form offers: id and name.
type Options<'o> = &'o dyn Fn(&str) -> Vec<(String, String)>;

/// Up to so many rows of another register are offered as a list to choose from.
const OFFERED: usize = 300;

fn pairs(options: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = options
        .iter()
        .map(|(word, shown)| ((*word).to_owned(), (*shown).to_owned()));
    owned.collect()
}

/// What a form's text holds: ids for references, words for choices, readable texts for the rest.
fn form_text(field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Choice(_) | Kind::Reference(_), Value::String(text)) => text.clone(),
        (Kind::Many(_) | Kind::References(_), Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        (Kind::Flag, Value::Bool(flag)) => flag.to_string(),
        _ => registers::entry::write(field, value, &NoNames),
    }
}

fn files(value: &Value) -> Vec<FileView> {
    let one = |file: &Value| {
        let text = |key: &str| {
            file.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let size = file.get("size").and_then(Value::as_u64).unwrap_or(0);
        let (sha256, name, media) = (text("sha256"), text("name"), text("media_type"));
        FileView {
            line: format!("{name}｜{size}｜{media}｜{sha256}"),
            sha256,
            name,
            size,
        }
    };
    value.as_array().into_iter().flatten().map(one).collect()
}

/// The duties of which an agency may be relieved, by their titles.
fn relievable(visit: &Visit<'_>) -> Vec<(String, String)> {
    let duties = visit.corpus().relievable();
    let mut all: Vec<_> = duties.map(|d| (d.key.clone(), d.title.clone())).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}

/// One field of a record, with what a form offers for it.
pub(super) fn field_view(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    field: &Field,
    value: &Value,
    (names, options): (&NameBook, Options<'_>),
) -> FieldView {
    let input = match field.kind {
        // Nobody knows duties by their keys.
        Kind::Text if spec.key == "exception" && field.key == "duty" => FieldInput::Choice {
            options: relievable(visit),
        },
        Kind::LongText => FieldInput::Area,
        Kind::Choice(choices) => FieldInput::Choice {
            options: pairs(choices),
        },
        Kind::Many(choices) => FieldInput::Choices {
            options: pairs(choices),
        },
        Kind::Flag => FieldInput::Flag,
        Kind::Date => FieldInput::Date,
        Kind::Moment => FieldInput::Moment,
        Kind::Number | Kind::Decimal => FieldInput::Number,
        Kind::List => FieldInput::Lines,
        Kind::Text | Kind::Duration | Kind::Subject => FieldInput::Text,
        Kind::Reference(key) => FieldInput::Reference {
            register: key.to_owned(),
            options: options(key),
        },
        Kind::References(key) => FieldInput::References {
            register: key.to_owned(),
            options: options(key),
        },
        Kind::Evidence => FieldInput::Files,
        Kind::Json => FieldInput::Shown,
    };
    let link = match (field.kind, value.as_str()) {
        (Kind::Reference(key), Some(id)) if !id.is_empty() => Some((key.to_owned(), id.to_owned())),
        _ => None,
    };
    let shown = match field.kind {
        Kind::Evidence => String::new(),
        _ => shown(visit, field, value, names),
    };
    FieldView {
        key: field.key.to_owned(),
        label: field.label.to_owned(),
        help: field.help.to_owned(),
        required: field.required,
        input,
        value: form_text(field, value),
        shown,
        files: if field.kind == Kind::Evidence {
            files(value)
        } else {
            Vec::new()
        },
        link,
    }
}

/// A value as people read it; a duty's key is shown with its title.
pub(super) fn shown(visit: &Visit<'_>, field: &Field, value: &Value, names: &NameBook) -> String {
    if field.key == "duty" || field.key == "duties" {
        let title = |key: &str| {
            let duty = visit.corpus().duty(key);
            duty.map_or_else(|| key.to_owned(), |d| d.title.clone())
        };
        return match value {
            Value::String(key) => title(key),
            Value::Array(keys) => keys
                .iter()
                .filter_map(Value::as_str)
                .map(title)
                .collect::<Vec<_>>()
                .join("\n"),
            _ => String::new(),
        };
    }
    // Parts of a duty by what they ask; nobody knows clauses by their ids.
    if field.key == "parts" && field.kind == Kind::List {
        let all: Vec<&law::Part> = visit.corpus().parts.values().flatten().collect();
        let asks = |key: &str| {
            let part = all.iter().find(|p| p.key == key);
            part.map_or_else(|| key.to_owned(), |p| format!("{}：{}", p.label, p.asks))
        };
        let keys = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        return keys.map(asks).collect::<Vec<_>>().join("\n");
    }
    // The record of an event by its name, as far as the reader may know it.
    if field.key == "event"
        && let Some((register, row)) = value.as_str().and_then(registers::activity::event_named)
        && let Some(spec) = registers::register(&register)
    {
        let name = names.name_of(&register, &row);
        return name.map_or_else(|| spec.title.to_owned(), |name| format!("{}：{name}", spec.title));
    }
    // Which register something was taken from, or is about, by its name.
    if field.key == "register"
        && let Some(spec) = value.as_str().and_then(registers::register)
    {
        return spec.title.to_owned();
    }
    match (field.kind, value) {
        (Kind::Reference(key), Value::String(id)) => names.name_of(key, id).unwrap_or_else(|| id.clone()),
        (Kind::References(key), Value::Array(ids)) => ids
            .iter()
            .filter_map(Value::as_str)
            .map(|id| names.name_of(key, id).unwrap_or_else(|| id.to_owned()))
            .collect::<Vec<_>>()
            .join("\n"),
        _ => registers::entry::write(field, value, names).trim_end().to_owned(),
    }
}

/// Rows of other registers that a form offers; a register with very many offers none.
pub(super) async fn offered(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
) -> Result<Vec<(&'static str, Vec<(String, String)>)>, AppError> {
    let mut offered = Vec::new();
    for field in spec.fields {
        let (Kind::Reference(key) | Kind::References(key)) = field.kind else {
            continue;
        };
        if offered.iter().any(|(known, _)| *known == key) {
            continue;
        }
        let Some(other) = registers::register(key) else {
            continue;
        };
        let rows: Vec<StoredRow> = if other.bulk {
            let all = store::Select::default();
            let limit = u32::try_from(OFFERED).unwrap_or(u32::MAX).saturating_add(1);
            visit.reads().list(key, &all, limit).await?
        } else {
            let few = OFFERED.saturating_add(1);
            visit.rows().standing(key).take(few).cloned().collect()
        };
        if rows.len() > OFFERED {
            offered.push((key, Vec::new()));
            continue;
        }
        let sight = names::sight(visit, Eyes::Theirs, other).await?;
        let rows = rows.iter().map(|r| {
            let body = registers::open_ref(other, &r.body)?;
            let name = Record::new(other, &r.row, &body).name().to_owned();
            let name = sight.masked(&r.row, &name).unwrap_or(name);
            Ok((r.row.clone(), if name.is_empty() { r.row.clone() } else { name }))
        });
        offered.push((key, rows.collect::<Result<_, AppError>>()?));
    }
    Ok(offered)
}
