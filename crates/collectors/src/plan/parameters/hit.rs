//! A promise found in a sentence, before it is one of the plan.
//!
//! What it can't know: what other sentences say of the same.

use super::super::model::Value;

/// A value found in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub key: &'static str,
    pub value: Value,
    pub unit: &'static str,
    /// Byte in the sentence.
    pub byte: usize,
    pub levels: Vec<u32>,
    /// Of whom a number is counted, where the sentence says so.
    pub per: Option<&'static str>,
    /// Meant for a special group, and set aside when there is a general value.
    pub special: bool,
}

impl Hit {
    pub(super) fn new(key: &'static str, value: Value, unit: &'static str, byte: usize) -> Self {
        Self {
            key,
            value,
            unit,
            byte,
            levels: Vec::new(),
            per: None,
            special: false,
        }
    }

    pub(super) fn number(key: &'static str, value: f64, unit: &'static str, byte: usize) -> Self {
        Self::new(key, Value::Number(value), unit, byte)
    }
}
