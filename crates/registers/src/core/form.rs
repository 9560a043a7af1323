//! The form of a stored body: which version it is of, and how an older one becomes the newest.
//!
//! Why on reading: the bytes of a row are hashed and stay as they were written; every program
//! sees them in the form that it knows. Why one way: a body read past it would be missing
//! what an older form kept elsewhere. What it can't know: whether a body in the newest form is
//! a row; the table and the type say that.

use super::record::{BookRow, Record, Table};
use super::spec::RegisterSpec;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Why a stored body can't be read.
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
    /// Its version is no number from 1.
    #[error("這筆資料的版本不是正整數，請移除 v 後重新儲存")]
    Version,
    /// A step from its version to the next is missing: a mistake of the program.
    #[error("本程式缺少第 {0} 版資料之轉換方式，請更新程式或回報")]
    NoStep(u32),
    /// Not of the row's type.
    #[error("這筆資料的格式不符（{0}），請開啟它重新填寫並儲存")]
    Shape(String),
}

/// A stored body in the newest form of its register.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The body; null where the row was withdrawn.
    pub body: Value,
    /// The version in which it was stored.
    pub from: u32,
}

impl Opened {
    /// Its view by the field table.
    pub fn record<'a>(&'a self, table: impl Into<Table>, id: &'a str) -> Record<'a> {
        Record::new(table, id, &self.body)
    }
}

impl BookRow {
    /// A stored row as the book holds it.
    ///
    /// # Errors
    /// Where its body can't be opened.
    pub fn open(spec: &RegisterSpec, id: String, stored: Value, is_final: bool) -> Result<Self, ReadError> {
        Ok(Self {
            id,
            body: open(spec, stored)?.body,
            is_final,
        })
    }
}

/// Opens a stored body: gives it in the newest form of its register.
///
/// A body that names no version is of the newest; the null of a withdrawn row stays null.
///
/// # Errors
/// Where it is of a newer form than this program knows, or no body at all.
pub fn open(spec: &RegisterSpec, stored: Value) -> Result<Opened, ReadError> {
    let from = version(spec, &stored)?;
    if from == spec.v {
        return Ok(Opened { body: stored, from });
    }
    let Value::Object(members) = stored else {
        return Err(no_object());
    };
    let body = Value::Object(raised(spec, members, from)?);
    Ok(Opened { body, from })
}

/// As [`open`], of a body that stays where it is: copied only where its form is an older one.
///
/// # Errors
/// As [`open`].
pub fn open_ref<'a>(spec: &RegisterSpec, stored: &'a Value) -> Result<Cow<'a, Value>, ReadError> {
    let from = version(spec, stored)?;
    match stored {
        Value::Object(members) if from < spec.v => {
            Ok(Cow::Owned(Value::Object(raised(spec, members.clone(), from)?)))
        }
        _ => Ok(Cow::Borrowed(stored)),
    }
}

pub(crate) fn no_object() -> ReadError {
    ReadError::Shape("不是物件".to_owned())
}

/// The version of a stored body, where this program knows it.
pub(crate) fn version(spec: &RegisterSpec, stored: &Value) -> Result<u32, ReadError> {
    let known = spec.v;
    let given = match stored {
        Value::Null => return Ok(known),
        Value::Object(members) => members.get("v"),
        _ => return Err(no_object()),
    };
    let Some(given) = given else {
        return Ok(known);
    };
    let found = given.as_u64().filter(|v| *v > 0).ok_or(ReadError::Version)?;
    u32::try_from(found)
        .ok()
        .filter(|v| *v <= known)
        .ok_or(ReadError::Newer { found, known })
}

/// Members of an older form, step by step in the newest, with its version.
fn raised(
    spec: &RegisterSpec,
    mut members: Map<String, Value>,
    from: u32,
) -> Result<Map<String, Value>, ReadError> {
    members.remove("v");
    for n in from..spec.v {
        let step = usize::try_from(n)
            .ok()
            .and_then(|n| n.checked_sub(1))
            .and_then(|at| spec.upcasts.get(at))
            .ok_or(ReadError::NoStep(n))?;
        members = step(members);
    }
    members.insert("v".to_owned(), spec.v.into());
    Ok(members)
}
