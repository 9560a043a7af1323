//! Whether a body is a row, by its register's field table and the rules between its fields.
//!
//! Why the table first: it says in the officer's words which field is wrong. What it can't
//! know: rules between rows, and the law; those need the agency's other rows and a day.

use super::field::{Field, FieldProblem, Kind};
use super::form::open_ref;
use super::record::Record;
use super::spec::RegisterSpec;
use super::value::{is_blank, normal};
use serde_json::{Map, Value};

impl RegisterSpec {
    /// Checks a body of this or an older form and gives it in its normal form, or says what is wrong.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn check(&self, body: &Value) -> Result<Value, Vec<FieldProblem>> {
        if let Some(typed) = self.typed {
            return typed(body);
        }
        let mut members = members(self, body)?;
        members.insert("v".to_owned(), self.v.into());
        let body = Value::Object(members);
        let problems = match self.validate {
            Some(validate) => validate(&Record::new(self, "", &body)),
            None => Vec::new(),
        };
        if problems.is_empty() {
            Ok(body)
        } else {
            Err(problems)
        }
    }
}

/// The members of a body, opened, in their fields' normal form, by the field table alone.
pub(crate) fn members(spec: &RegisterSpec, body: &Value) -> Result<Map<String, Value>, Vec<FieldProblem>> {
    if !body.is_object() {
        return Err(vec![FieldProblem::new(
            "",
            "整筆資料應為欄位與值的集合，請重新輸入",
        )]);
    }
    let opened = open_ref(spec, body).map_err(|e| vec![FieldProblem::new("", e.to_string())])?;
    let mut problems = Vec::new();
    let mut members = Map::new();
    for (key, value) in opened.as_object().into_iter().flatten() {
        match spec.field(key) {
            Some(field) => match normal(field, value) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    members.insert(key.clone(), value);
                }
                Err(message) => problems.push(FieldProblem::new(key, message)),
            },
            None if key == "v" => {}
            None => problems.push(FieldProblem::new(
                key,
                format!("「{}」沒有這個欄位，請移除它或確認欄位名稱", spec.title),
            )),
        }
    }
    for field in spec.fields.iter().filter(|f| f.required) {
        let wrong = problems.iter().any(|p| p.field == field.key);
        if !wrong && members.get(field.key).is_none_or(is_blank) {
            problems.push(FieldProblem::new(field.key, missing(field)));
        }
    }
    if problems.is_empty() {
        Ok(members)
    } else {
        Err(problems)
    }
}

/// That a field must be given, and what may be.
fn missing(field: &Field) -> String {
    let label = field.label;
    match field.kind {
        Kind::Reference(_) | Kind::References(_) => format!("「{label}」必填，請由清單選取或填其名稱"),
        Kind::Evidence => format!("「{label}」必填，請附上檔案"),
        Kind::Flag => format!("「{label}」必填，請選「是」或「否」"),
        _ => match field.example_words() {
            Some(words) => format!("「{label}」必填，例如：{words}"),
            None => format!("「{label}」必填"),
        },
    }
}
