//! What all registers have in common: from a body to a typed row and back.
//!
//! Why two passes: the first goes by the field table and says in the officer's words
//! which field is wrong; the second is the type itself. What it can't know: whether a
//! row that is referred to exists; the application checks that.

use super::field::FieldProblem;
use super::form::{ReadError, open_ref};
use super::spec::RegisterSpec;
use super::table::members;
use facts::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A row of a register.
pub trait Row: Serialize + DeserializeOwned {
    /// The register.
    const SPEC: RegisterSpec;

    /// What is wrong between the fields.
    fn validate(&self) -> Vec<FieldProblem>;
}

/// A row together with where it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated<R> {
    /// The row.
    pub row: R,
    /// Where it is kept.
    pub source: Source,
}

/// Reads a stored body, of this or an older form, as a row.
///
/// # Errors
/// Where it is of a newer form, or not of the row's type.
pub fn read<R: Row>(body: &Value) -> Result<R, ReadError> {
    typed(&R::SPEC, body)
}

/// Reads a stored body of a register, of this or an older form, as a type that has its fields.
pub(crate) fn typed<T: DeserializeOwned>(spec: &RegisterSpec, body: &Value) -> Result<T, ReadError> {
    let Value::Object(mut members) = open_ref(spec, body)?.into_owned() else {
        return Err(ReadError::Shape("不是物件".to_owned()));
    };
    members.remove("v");
    serde_json::from_value(Value::Object(members)).map_err(|e| ReadError::Shape(e.to_string()))
}

/// Checks a body as it was entered, imported or stored: unknown fields, missing fields,
/// types, then the row's own rules. Gives the normal form, with its version `v`.
///
/// # Errors
/// What is wrong, field by field.
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
