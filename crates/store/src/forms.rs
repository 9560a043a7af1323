//! What of a body lies beside it to be filtered, sorted and searched by.
//!
//! Why the caller derives it: which fields a register has, and which of them not everyone sees,
//! is not the store's to know; it is asked in the transaction that writes a body and again when
//! what was written is verified, so the answer must follow from register and body alone. What it
//! can't know: whether a field that nobody promoted will be asked for one day; then every body
//! is derived anew.

use serde_json::Value;
use std::collections::BTreeSet;

/// A value that a list can be filtered or sorted by.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text, a choice, an id, a day in its ISO form; a flag as `true` or `false`.
    Text(String),
    /// A number.
    Number(f64),
}

impl Scalar {
    /// As it is stored: in an order of bytes that is the order of the values, texts apart from
    /// numbers.
    pub(crate) fn stored(&self) -> String {
        match self {
            Self::Text(text) => format!("t{text}"),
            Self::Number(number) => {
                // Negative numbers sort by their inverted bits, before all others.
                let bits = (number + 0.0).to_bits();
                let sign = 1_u64 << 63;
                let ordered = if bits & sign == 0 { bits | sign } else { !bits };
                format!("n{ordered:016x}")
            }
        }
    }
}

/// What lies beside a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Derived {
    /// Fields with their values; a field may have several.
    pub values: Vec<(String, Scalar)>,
    /// Text that whoever reads the register may search.
    pub open: String,
    /// Text with personal data of others.
    pub personal: String,
    /// Text that would help an attacker.
    pub confidential: String,
}

/// How bodies are read: a function of register and body.
pub trait Forms: Send + Sync + std::fmt::Debug {
    /// What lies beside a body; nothing beside one that is `null`.
    fn derive(&self, register: &str, body: &Value) -> Derived;
}

/// The forms of nobody in particular: every member of a body that is short is promoted, and all
/// text is open. For tests, and for databases that are only looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyForms;

/// Longer texts are not filtered by.
const SHORT: usize = 120;

impl Forms for AnyForms {
    fn derive(&self, _register: &str, body: &Value) -> Derived {
        let mut derived = Derived::default();
        for (key, value) in body.as_object().into_iter().flatten() {
            let items = match value {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for item in items {
                match item {
                    Value::String(text) => {
                        derived.open.push_str(text);
                        derived.open.push('\n');
                        if text.chars().count() <= SHORT {
                            derived.values.push((key.clone(), Scalar::Text(text.clone())));
                        }
                    }
                    Value::Bool(flag) => {
                        derived.values.push((key.clone(), Scalar::Text(flag.to_string())));
                    }
                    Value::Number(number) => {
                        derived.open.push_str(&number.to_string());
                        derived.open.push('\n');
                        let number = number.as_f64().unwrap_or_default();
                        derived.values.push((key.clone(), Scalar::Number(number)));
                    }
                    Value::Null | Value::Array(_) | Value::Object(_) => {}
                }
            }
        }
        derived
    }
}

/// A body's promoted values and texts as they are stored: sorted, each once, texts in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Promoted {
    pub values: BTreeSet<(String, String)>,
    pub open: String,
    pub personal: String,
    pub confidential: String,
}

impl Promoted {
    pub(crate) fn of(derived: &Derived) -> Self {
        Self {
            values: derived
                .values
                .iter()
                .map(|(field, value)| (field.clone(), no_nul(&value.stored())))
                .collect(),
            open: folded(&derived.open),
            personal: folded(&derived.personal),
            confidential: folded(&derived.confidential),
        }
    }
}

impl Promoted {
    pub(crate) fn has_texts_of(&self, other: &Self) -> bool {
        self.open == other.open && self.personal == other.personal && self.confidential == other.confidential
    }
}

/// A text as it is searched: in lower case. PostgreSQL keeps no NUL.
pub(crate) fn folded(text: &str) -> String {
    no_nul(&text.to_lowercase())
}

fn no_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stored_in_their_order() {
        let numbers = [f64::MIN, -2.5, -1.0, -0.0, 0.5, 1.0, 10.0, 9e15, f64::MAX];
        let stored: Vec<String> = numbers.iter().map(|n| Scalar::Number(*n).stored()).collect();
        let mut sorted = stored.clone();
        sorted.sort();
        assert_eq!(stored, sorted);
        assert_eq!(Scalar::Number(-0.0).stored(), Scalar::Number(0.0).stored());
        assert_ne!(Scalar::Number(1.0).stored(), Scalar::Text("1".into()).stored());
    }

    #[test]
    fn what_is_searched_is_in_lower_case_and_without_nul() {
        assert_eq!(folded("AbÄ\0資"), "abä\u{fffd}資");
    }
}
