//! One value in its field's normal form: what forms, files and programs send becomes one thing.
//!
//! Why by the field alone: the same reading serves a form, an import and a comparison of what
//! was written with what is stored. What it can't know: whether a row that is referred to exists.

use super::field::{Field, Kind};
use super::shape::{Evidence, Mtpd};
use super::text::{one_line, plain, visible};
use serde::de::DeserializeOwned;
use serde_json::Value;

const TEXT_LIMIT: usize = 2_000;
const LONG_TEXT_LIMIT: usize = 20_000;

pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(s) => visible(s).trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A value in its field's normal form, by the field alone; `None` where nothing was given. Words for yes and
/// no, and numbers in text, are taken as forms and spreadsheets send them.
pub(crate) fn normal(field: &Field, value: &Value) -> Result<Option<Value>, String> {
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
                return Err(format!("「{label}」不是有效的日期，請填年月日，例如 115/01/31"));
            };
            Value::from(day.to_string())
        }
        Kind::Moment => text
            .and_then(moment)
            .map(Value::from)
            .ok_or_else(|| format!("「{label}」不是有效的日期與時間，例如 115/01/31 14:05"))?,
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

fn within(label: &str, s: String, limit: usize) -> Result<Value, String> {
    let length = s.chars().count();
    if length > limit {
        return Err(format!(
            "「{label}」有 {length} 字，超過 {limit} 字，請精簡或改附檔案"
        ));
    }
    Ok(Value::from(s))
}
