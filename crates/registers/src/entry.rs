//! Values as people write and read them: what a form, a spreadsheet and a command line share.
//!
//! Why both ways in one place: whatever is shown can be entered again and gives the same
//! value; where a readable text would not, the value is written as JSON, which is read too.
//! What it can't know: which rows a name stands for; whoever holds the rows answers that.

use crate::core::shape::{Mtpd, MtpdKind};
use crate::core::text::visible;
use crate::core::value::normal;
use crate::core::{Field, Kind};
use serde_json::{Value, json};

pub use crate::core::text::narrow;

/// Earlier years come of dates in another order, such as 5/1/26, not of what agencies keep.
const EARLIEST: i16 = 1950;

/// Names of rows, for fields that refer to them.
pub trait Names {
    /// The id of the row with that id or that name; none where there is no such row.
    ///
    /// # Errors
    /// How many rows have that name, where it is more than one.
    fn id_of(&self, register: &str, text: &str) -> Result<Option<String>, usize>;
    /// The name of the row with that id.
    fn name_of(&self, register: &str, id: &str) -> Option<String>;
}

/// Knows no rows: ids stay as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNames;

impl Names for NoNames {
    fn id_of(&self, _: &str, text: &str) -> Result<Option<String>, usize> {
        Ok(Some(text.to_owned()))
    }

    fn name_of(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}

/// What a text means in a field; null where it is empty. The register's check comes after.
///
/// # Errors
/// What is wrong with the text and what to write instead (zh-TW).
pub fn read(field: &Field, text: &str, names: &dyn Names) -> Result<Value, String> {
    let text = &*visible(text);
    let given = text.trim();
    if given.is_empty() {
        return Ok(Value::Null);
    }
    let label = field.label;
    let value = match field.kind {
        Kind::Text | Kind::LongText => Value::from(text),
        Kind::Choice(choices) => {
            // A label may itself hold full-width signs; both are compared in one width.
            let plain = narrow(given);
            let found = choices.iter().find(|(_, shown)| narrow(shown) == plain);
            Value::from(found.map_or(plain, |(stored, _)| (*stored).to_owned()))
        }
        Kind::Flag => match narrow(given).to_lowercase().as_str() {
            "true" | "是" | "有" | "y" | "yes" | "v" | "✓" | "1" => Value::from(true),
            "false" | "否" | "無" | "n" | "no" | "0" => Value::from(false),
            _ => return Err(format!("「{label}」請填「是」或「否」，不清楚時留空")),
        },
        Kind::Date => {
            let day = period::parse_date(given).map_err(|e| format!("「{label}」{e}"))?;
            if day.year() < EARLIEST {
                return Err(format!(
                    "「{label}」{given} 會是民國 {} 年，請寫完整年份，例如 115/05/01",
                    day.year() - 1911
                ));
            }
            Value::from(day.to_string())
        }
        Kind::Moment => {
            let at = period::parse_instant(given).map_err(|e| format!("「{label}」{e}"))?;
            Value::from(at.strftime("%Y-%m-%dT%H:%M").to_string())
        }
        Kind::Number | Kind::Decimal => Value::from(narrow(given).replace(',', "")),
        Kind::Many(_) | Kind::List => structured(given).unwrap_or_else(|| Value::from(text)),
        Kind::Reference(register) => Value::from(reference(label, register, given, names)?),
        Kind::References(register) => {
            let mut ids = Vec::new();
            for item in items(text) {
                ids.push(reference(label, register, item, names)?);
            }
            Value::from(ids)
        }
        Kind::Duration => structured(given).unwrap_or_else(|| duration(given)),
        Kind::Subject => subject(label, given, names)?,
        Kind::Evidence => structured(given).map_or_else(|| files(label, given), Ok)?,
        Kind::Json => structured(given).ok_or_else(|| format!("「{label}」不是可讀的 JSON"))?,
    };
    Ok(value)
}

/// A value as a text that [`read`] takes back; empty where there is none.
pub fn write(field: &Field, value: &Value, names: &dyn Names) -> String {
    let blank = match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        // A length of time that nobody stated.
        Value::Object(members) if field.kind == Kind::Duration => {
            members.get("kind").and_then(Value::as_str) == Some("missing")
        }
        other => other.is_null(),
    };
    if blank {
        return String::new();
    }
    let plain = readable(field, value, names);
    let same = read(field, &plain, names).is_ok_and(|back| equivalent(field, &back, value));
    if same { plain } else { value.to_string() }
}

/// Whether what was read back stands for the value.
fn equivalent(field: &Field, back: &Value, value: &Value) -> bool {
    if back == value {
        return true;
    }
    let shown = |v: &Value| match v {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    match field.kind {
        Kind::Choice(choices) => {
            let word = shown(back);
            choices
                .iter()
                .any(|(stored, label)| (*stored == word || *label == word) && value.as_str() == Some(*stored))
        }
        Kind::Number | Kind::Decimal => shown(back) == shown(value),
        Kind::Many(_) | Kind::List => normal(field, back).is_ok_and(|normal| normal.as_ref() == Some(value)),
        // Hours are a number: 72 and 72.0 are the same, though not the same JSON.
        Kind::Duration => {
            let mtpd = |v: &Value| serde_json::from_value::<Mtpd>(v.clone()).ok();
            mtpd(back).is_some() && mtpd(back) == mtpd(value)
        }
        // One line's blanks at its ends are not kept by any row.
        Kind::Text | Kind::LongText => shown(back).trim() == shown(value).trim(),
        _ => false,
    }
}

fn readable(field: &Field, value: &Value, names: &dyn Names) -> String {
    let text = value.as_str();
    match field.kind {
        Kind::Choice(choices) => choices
            .iter()
            .find(|(stored, _)| Some(*stored) == text)
            .map_or_else(|| value.to_string(), |(_, shown)| (*shown).to_owned()),
        Kind::Flag => match value {
            Value::Bool(true) => "是".to_owned(),
            Value::Bool(false) => "否".to_owned(),
            other => other.to_string(),
        },
        Kind::Date => text
            .and_then(|t| t.parse().ok())
            .map_or_else(|| value.to_string(), period::roc_short),
        Kind::Moment => text
            .and_then(|t| t.parse().ok())
            .map_or_else(|| value.to_string(), period::roc_instant),
        Kind::Many(choices) => lines(value, |item| {
            let found = choices.iter().find(|(stored, _)| *stored == item);
            found.map_or_else(|| item.to_owned(), |(_, shown)| (*shown).to_owned())
        }),
        Kind::List => lines(value, str::to_owned),
        Kind::Reference(register) => named(register, text.unwrap_or_default(), names),
        Kind::References(register) => lines(value, |id| named(register, id, names)),
        Kind::Duration => match value.get("text").and_then(Value::as_str) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => value
                .get("hours")
                .map_or_else(String::new, |hours| format!("{hours}小時")),
        },
        Kind::Subject => subject_words(value, names),
        Kind::Evidence => {
            let files = value.as_array().into_iter().flatten();
            let line = |file: &Value| {
                let word = |key: &str| match file.get(key) {
                    Some(Value::String(s)) => s.clone(),
                    Some(other) => other.to_string(),
                    None => String::new(),
                };
                [word("name"), word("size"), word("media_type"), word("sha256")].join("｜")
            };
            files.map(line).collect::<Vec<_>>().join("\n")
        }
        Kind::Json => value.to_string(),
        _ => text.map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// One item a line. A single item in which a separator stands gets a line end, so that it
/// is not taken apart when it is read.
fn lines(value: &Value, word: impl Fn(&str) -> String) -> String {
    let items: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(word)
        .collect();
    match items.as_slice() {
        [only] if only.contains(SEPARATORS) => format!("{only}\n"),
        _ => items.join("\n"),
    }
}

/// What stands between items that are on one line.
const SEPARATORS: [char; 5] = ['、', ',', '，', ';', '；'];

/// The items of a text: a line each, or with separators between them where it is one line.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.contains('\n');
    let separates = move |c: char| {
        if lines { c == '\n' } else { SEPARATORS.contains(&c) }
    };
    text.split(separates)
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// JSON, where a text looks like it and is.
fn structured(text: &str) -> Option<Value> {
    (text.starts_with('{') || text.starts_with('['))
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

fn named(register: &str, id: &str, names: &dyn Names) -> String {
    match names.name_of(register, id) {
        Some(name) if names.id_of(register, &name) == Ok(Some(id.to_owned())) => name,
        Some(name) => format!("{name}〔{id}〕"),
        None => id.to_owned(),
    }
}

fn reference(label: &str, register: &str, text: &str, names: &dyn Names) -> Result<String, String> {
    let marked = text
        .strip_suffix('〕')
        .and_then(|rest| rest.rsplit_once('〔'))
        .map(|(_, id)| id);
    let title = crate::catalogue::register(register).map_or("", |r| r.title);
    match names.id_of(register, marked.unwrap_or(text)) {
        Ok(Some(id)) => Ok(id),
        Ok(None) => Err(format!(
            "「{label}」：「{title}」沒有「{text}」，請先登錄它，或更正名稱"
        )),
        Err(many) => Err(format!(
            "「{label}」：「{title}」有 {many} 筆叫做「{text}」，請改寫其編號"
        )),
    }
}

/// A length of time as a paper states it.
fn duration(text: &str) -> Value {
    let plain = narrow(text).replace(' ', "");
    let end = plain
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(plain.len());
    let (digits, unit) = plain.split_at(end);
    let per = match unit {
        "小時" | "時" | "hr" | "h" => Some(1.0),
        "天" | "日" => Some(24.0),
        "分" | "分鐘" => Some(1.0 / 60.0),
        _ => None,
    };
    if let (Ok(amount), Some(per)) = (digits.parse::<f64>(), per) {
        return shape(MtpdKind::Duration, Some(amount * per), text);
    }
    let deferred = plain.contains('由') || plain.contains('另');
    let kind = if deferred {
        MtpdKind::Deferred
    } else {
        MtpdKind::Undefined
    };
    shape(kind, None, text)
}

fn shape(kind: MtpdKind, hours: Option<f64>, text: &str) -> Value {
    let mtpd = Mtpd {
        kind,
        hours,
        text: text.to_owned(),
    };
    serde_json::to_value(mtpd).unwrap_or_default()
}

const ABOUT: [(&str, &str, &str); 3] = [
    ("system", "system", "系統："),
    ("person", "person", "人員："),
    ("contract", "contract", "契約："),
];

fn subject(label: &str, text: &str, names: &dyn Names) -> Result<Value, String> {
    if let Some(value) = structured(text) {
        return Ok(value);
    }
    if ["全機關", "機關", "agency"].contains(&text) {
        return Ok(json!({"kind": "agency"}));
    }
    for (kind, register, prefix) in ABOUT {
        if let Some(name) = text.strip_prefix(prefix) {
            let id = reference(label, register, name.trim(), names)?;
            return Ok(json!({"kind": kind, "id": id}));
        }
    }
    Err(format!(
        "「{label}」請填「全機關」，或「系統：名稱」、「人員：姓名」、「契約：名稱」"
    ))
}

fn subject_words(value: &Value, names: &dyn Names) -> String {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    match ABOUT.iter().find(|(word, _, _)| *word == kind) {
        Some((_, register, prefix)) => format!("{prefix}{}", named(register, id, names)),
        None => "全機關".to_owned(),
    }
}

/// Files by name, size, media type and hash, one a line; only files that are kept can be named.
fn files(label: &str, text: &str) -> Result<Value, String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let parts: Vec<&str> = line.split('｜').collect();
        let [name, size, media_type, sha256] = parts.as_slice() else {
            return Err(format!(
                "「{label}」不能由文字建立：請先上傳佐證檔案，再由匯出的檔案複製這一欄"
            ));
        };
        found.push(json!({
            "name": name, "size": size.parse::<u64>().unwrap_or_default(),
            "media_type": media_type, "sha256": sha256.trim(),
        }));
    }
    Ok(Value::Array(found))
}
