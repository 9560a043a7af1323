//! What all registers have in common: from a body to a typed row and back.
//!
//! Why two passes: the first goes by the field table and says in the officer's words
//! which field is wrong; the second is the type itself. What it can't know: whether a
//! row that is referred to exists; the application checks that.

use crate::activity::Evidence;
use crate::business::Mtpd;
use crate::{Field, FieldProblem, Kind, RegisterSpec};
use facts::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A row of a register.
pub trait Row: Serialize + DeserializeOwned {
    /// The register.
    const SPEC: RegisterSpec;

    /// What is wrong between the fields.
    fn validate(&self) -> Vec<FieldProblem>;

    /// Turns a body of an older version (`from` < `SPEC.v`) into one of the current.
    fn upcast(body: Map<String, Value>, from: u32) -> Map<String, Value> {
        let _ = from;
        body
    }
}

/// A row together with where it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated<R> {
    /// The row.
    pub row: R,
    /// Where it is kept.
    pub source: Source,
}

/// Why a stored body is not a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Written by a newer program.
    #[error("這筆資料是較新的程式寫入的（第 {found} 版，本程式認得到第 {known} 版），請更新程式")]
    Newer {
        /// The version found.
        found: u64,
        /// The version known.
        known: u32,
    },
    /// Not of the row's type.
    #[error("這筆資料的格式不符（{0}），請開啟它重新填寫並儲存")]
    Shape(String),
}

/// Reads a stored body, of this or an older version.
pub fn read<R: Row>(body: &Value) -> Result<R, ReadError> {
    let Value::Object(members) = body else {
        return Err(ReadError::Shape("不是物件".to_owned()));
    };
    let mut members = members.clone();
    let known = R::SPEC.v;
    let found = match members.remove("v") {
        None => u64::from(known),
        Some(v) => v
            .as_u64()
            .ok_or_else(|| ReadError::Shape("v 不是版本號".to_owned()))?,
    };
    let from = u32::try_from(found)
        .ok()
        .filter(|v| *v <= known)
        .ok_or(ReadError::Newer { found, known })?;
    if from < known {
        members = R::upcast(members, from);
    }
    serde_json::from_value(Value::Object(members)).map_err(|e| ReadError::Shape(e.to_string()))
}

/// Checks a body as it was entered, imported or stored: unknown fields, missing fields,
/// types, then the row's own rules. Gives the normal form, with its version `v`.
pub fn check<R: Row>(body: &Value) -> Result<Value, Vec<FieldProblem>> {
    let spec = R::SPEC;
    let members = members(&spec, body)?;
    let row: R = read(&Value::Object(members)).map_err(|e| vec![FieldProblem::new("", e.to_string())])?;
    let problems = row.validate();
    if !problems.is_empty() {
        return Err(problems);
    }
    match serde_json::to_value(&row) {
        Ok(Value::Object(mut normal)) => {
            normal.insert("v".to_owned(), spec.v.into());
            Ok(Value::Object(normal))
        }
        _ => Err(vec![FieldProblem::new("", "這筆資料無法儲存，請回報")]),
    }
}

/// A body's members in their fields' normal form, by the field table alone.
pub(crate) fn members(spec: &RegisterSpec, body: &Value) -> Result<Map<String, Value>, Vec<FieldProblem>> {
    let Value::Object(given) = body else {
        return Err(vec![FieldProblem::new(
            "",
            "整筆資料應為欄位與值的集合，請重新輸入",
        )]);
    };
    let mut problems = Vec::new();
    let mut members = Map::new();
    if let Some(v) = given.get("v") {
        members.insert("v".to_owned(), v.clone());
    }
    let older = given
        .get("v")
        .is_some_and(|v| v.as_u64() < Some(u64::from(spec.v)));
    for (key, value) in given {
        match spec.field(key) {
            Some(field) => match normal(field, value) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    members.insert(key.clone(), value);
                }
                Err(message) => problems.push(FieldProblem::new(key, message)),
            },
            None if key == "v" => {}
            // A field that an older version had.
            None if older => {
                members.insert(key.clone(), value.clone());
            }
            None => problems.push(FieldProblem::new(
                key,
                format!("「{}」沒有這個欄位，請移除它或確認欄位名稱", spec.title),
            )),
        }
    }
    for field in spec.fields.iter().filter(|f| f.required && !older) {
        let wrong = problems.iter().any(|p| p.field == field.key);
        if !wrong && members.get(field.key).is_none_or(is_blank) {
            problems.push(FieldProblem::new(
                field.key,
                match field.kind {
                    Kind::Choice(choices) => {
                        let shown = choices.iter().find(|(stored, _)| *stored == field.example);
                        format!("「{}」必填，例如：{}", field.label, shown.map_or("", |(_, s)| s))
                    }
                    Kind::Reference(_) | Kind::References(_) => {
                        format!("「{}」必填，請由清單選取或填其名稱", field.label)
                    }
                    _ => format!("「{}」必填，例如：{}", field.label, field.example),
                },
            ));
        }
    }
    if problems.is_empty() {
        Ok(members)
    } else {
        Err(problems)
    }
}

const TEXT_LIMIT: usize = 2_000;
const LONG_TEXT_LIMIT: usize = 20_000;

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(s) => visible(s).trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A value in its field's normal form, by the field alone.
pub(crate) fn field_value(field: &Field, value: &Value) -> Result<Option<Value>, String> {
    normal(field, value)
}

/// A value in its field's normal form; `None` where nothing was given. Words for yes and
/// no, and numbers in text, are taken as forms and spreadsheets send them.
fn normal(field: &Field, value: &Value) -> Result<Option<Value>, String> {
    if is_blank(value) {
        return Ok(None);
    }
    let label = field.label;
    let text = value.as_str().map(visible);
    let text = text.as_deref().map(str::trim);
    let normal = match field.kind {
        Kind::Text | Kind::Reference(_) => text
            .map(one_line)
            .ok_or_else(|| format!("「{label}」應為文字"))
            .and_then(|s| within(label, s, TEXT_LIMIT))?,
        Kind::LongText => text
            .map(str::to_owned)
            .ok_or_else(|| format!("「{label}」應為文字"))
            .and_then(|s| within(label, s, LONG_TEXT_LIMIT))?,
        Kind::Choice(choices) => {
            let found = text.and_then(|s| choices.iter().find(|(word, shown)| *word == s || *shown == s));
            let Some((word, _)) = found else {
                let all: Vec<&str> = choices.iter().map(|(_, shown)| *shown).collect();
                return Err(format!("「{label}」請選一項：{}", all.join("、")));
            };
            Value::from(*word)
        }
        Kind::Flag => match (value, text) {
            (Value::Bool(b), _) => Value::from(*b),
            (_, Some("true" | "是" | "有")) => Value::from(true),
            (_, Some("false" | "否" | "無")) => Value::from(false),
            _ => return Err(format!("「{label}」請填「是」或「否」，不清楚時留空")),
        },
        Kind::Date => {
            let day = text
                .filter(|s| s.len() == 10)
                .and_then(|s| s.parse::<period::Date>().ok());
            // A year before the Republic's first is a ROC year that was padded with zeros.
            let Some(day) = day.filter(|d| (1912..2200).contains(&d.year())) else {
                return Err(format!(
                    "「{label}」不是有效的日期，請填年月日，例如 115/01/31 或 2026-01-31"
                ));
            };
            Value::from(day.to_string())
        }
        Kind::Moment => text.and_then(moment).map(Value::from).ok_or_else(|| {
            format!("「{label}」不是有效的日期與時間，例如 115/01/31 14:05 或 2026-01-31T14:05")
        })?,
        Kind::Number => {
            let given = value.as_u64().or_else(|| text.and_then(|s| s.parse().ok()));
            let Some(number) = given.filter(|n| *n <= MOST) else {
                return Err(format!("「{label}」請填零或正整數，不含單位與逗號"));
            };
            Value::from(number)
        }
        Kind::Decimal => {
            let given = match value {
                Value::Number(number) => Some(number.to_string()),
                _ => text.map(str::to_owned),
            };
            given.as_deref().and_then(decimal).map_or_else(
                || {
                    Err(format!(
                        "「{label}」請填數字，可有小數，不含單位與逗號，例如 99.97"
                    ))
                },
                // Money, hours and rates: none of them lies below zero.
                |digits| {
                    if digits.starts_with('-') {
                        Err(format!("「{label}」不可為負數，請更正"))
                    } else {
                        Ok(Value::from(digits))
                    }
                },
            )?
        }
        Kind::Many(choices) => many(label, choices, value)?,
        Kind::Duration => shaped::<Mtpd>(label, value)?,
        Kind::Subject => shaped::<facts::Subject>(label, value)?,
        Kind::Evidence => shaped::<Vec<Evidence>>(label, value)?,
        Kind::List | Kind::References(_) => list(label, value)?,
        Kind::Json => value.clone(),
    };
    Ok(Some(normal))
}

/// The greatest whole number that every surface shows exactly.
const MOST: u64 = 1 << 53;

/// A day with its time, to the minute, as stored.
fn moment(text: &str) -> Option<String> {
    let text = text.replacen(' ', "T", 1);
    let at: period::DateTime = text.parse().ok()?;
    let sane = text.len() >= 16 && (1912..2200).contains(&at.year());
    sane.then(|| at.strftime("%Y-%m-%dT%H:%M").to_string())
}

/// A number as entered, without needless zeros and signs; none where it is no number.
fn decimal(text: &str) -> Option<String> {
    let (minus, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || digits.len() > 24 {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let minus = if whole == "0" && fraction.is_empty() {
        ""
    } else {
        minus
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{minus}{whole}{point}{fraction}"))
}

/// Several of the choices, in the table's order, each once.
fn many(label: &str, choices: &[(&str, &str)], value: &Value) -> Result<Value, String> {
    let items = list(label, value)?;
    let given: Vec<&str> = items
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let known = |item: &str| {
        choices
            .iter()
            .any(|(word, shown)| *word == item || *shown == item)
    };
    if let Some(unknown) = given.iter().find(|item| !known(item)) {
        let all: Vec<&str> = choices.iter().map(|(_, shown)| *shown).collect();
        return Err(format!(
            "「{label}」沒有「{unknown}」這一項，請選：{}",
            all.join("、")
        ));
    }
    let chosen = choices
        .iter()
        .filter(|(word, shown)| given.iter().any(|g| g == word || g == shown))
        .map(|(word, _)| Value::from(*word));
    Ok(Value::Array(chosen.collect()))
}

/// A value that has members of its own.
fn shaped<T: DeserializeOwned>(label: &str, value: &Value) -> Result<Value, String> {
    T::deserialize(value)
        .map(|_| value.clone())
        .map_err(|e| format!("「{label}」的內容不完整或格式不符（{e}），請重新選取或填寫"))
}

/// Several short texts: a list, or one text with a line or a 「、」 between them.
fn list(label: &str, value: &Value) -> Result<Value, String> {
    let items: Vec<String> = match value {
        Value::Array(items) => items
            .iter()
            .map(|v| v.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| format!("「{label}」每一項應為文字"))?,
        // A line each; where it is one line, whatever stands between the items.
        Value::String(text) if text.contains('\n') => text.lines().map(str::to_owned).collect(),
        Value::String(text) => text
            .split(['、', ',', '，', ';', '；'])
            .map(str::to_owned)
            .collect(),
        _ => return Err(format!("「{label}」應為文字，一行一項")),
    };
    let mut seen = Vec::new();
    for item in items.iter().map(|item| plain(item)).filter(|i| !i.is_empty()) {
        within(label, item.clone(), TEXT_LIMIT)?;
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    Ok(Value::from(seen))
}

/// A text without what nobody sees: signs of no width, and those that turn the direction of
/// writing, by which one name passes for another.
pub(crate) fn visible(s: &str) -> Cow<'_, str> {
    let unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if s.contains(unseen) {
        Cow::Owned(s.replace(unseen, ""))
    } else {
        Cow::Borrowed(s)
    }
}

/// A line of text as a row keeps it: without blanks at its ends, line breaks, and what nobody sees.
pub fn plain(text: &str) -> String {
    one_line(visible(text).trim())
}

fn one_line(s: &str) -> String {
    s.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn within(label: &str, s: String, limit: usize) -> Result<Value, String> {
    let length = s.chars().count();
    if length > limit {
        return Err(format!(
            "「{label}」有 {length} 字，超過 {limit} 字，請精簡或改附檔案"
        ));
    }
    Ok(Value::from(s))
}

/// An interval's end must lie after its beginning.
pub(crate) fn ends_after(
    from: Option<period::Date>,
    until: Option<period::Date>,
    field: &str,
    label: &str,
) -> Option<FieldProblem> {
    let (from, until) = (from?, until?);
    (until <= from).then(|| {
        let (from, until) = (period::roc_short(from), period::roc_short(until));
        FieldProblem::new(
            field,
            format!("「{label}」{until} 應晚於起日 {from}，請更正其中之一"),
        )
    })
}

/// Whether a text is a SHA-256 in 64 lower-case hexadecimal digits.
pub(crate) fn is_sha256(s: &str) -> bool {
    s.len() == 64
        && s.bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
