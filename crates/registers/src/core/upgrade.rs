//! What the newest forms would make of bodies that were stored in older ones.
//!
//! Why before anything is opened for good: whoever updates the program wants to know first what
//! it would read otherwise, and what it couldn't read. What it can't know: how rows are kept.

use super::field::FieldProblem;
use super::form::{ReadError, no_object, open_ref, version};
use super::spec::RegisterSpec;
use serde_json::{Map, Value};

/// What opening does to a body of an older form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The version in which it is stored.
    pub from: u32,
    /// The newest version.
    pub to: u32,
    /// Members that only the newest form has.
    pub added: Vec<String>,
    /// Members that only the stored form has.
    pub removed: Vec<String>,
    /// Members whose values differ.
    pub changed: Vec<String>,
    /// What somebody must fill in or mend when the record is next changed.
    pub to_mend: Vec<FieldProblem>,
}

/// What opening a stored body would do to it; nothing where it is of the newest form already.
///
/// # Errors
/// Where it can't be opened.
pub fn upgrade(spec: &RegisterSpec, stored: &Value) -> Result<Option<Upgrade>, ReadError> {
    let from = version(spec, stored)?;
    if from == spec.v {
        return Ok(None);
    }
    let opened = open_ref(spec, stored)?;
    let (Some(old), Some(new)) = (stored.as_object(), opened.as_object()) else {
        return Err(no_object());
    };
    let only = |these: &Map<String, Value>, those: &Map<String, Value>| {
        let keys = these.keys().filter(|key| !those.contains_key(*key));
        keys.cloned().collect::<Vec<_>>()
    };
    let differs = |(key, value): (&String, &Value)| {
        let changed = key != "v" && new.get(key).is_some_and(|now| now != value);
        changed.then(|| key.clone())
    };
    Ok(Some(Upgrade {
        from,
        to: spec.v,
        added: only(new, old),
        removed: only(old, new),
        changed: old.iter().filter_map(differs).collect(),
        to_mend: spec.check(&opened).err().unwrap_or_default(),
    }))
}
