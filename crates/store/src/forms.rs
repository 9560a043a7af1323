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
    /// numbers. Of a very long text it is the beginning.
    pub(crate) fn stored(&self) -> String {
        match self {
            Self::Text(text) => {
                let end = text.floor_char_boundary(LONG);
                no_nul(&format!("t{}", text.get(..end).unwrap_or_default()))
            }
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

/// How many bytes of a text are filtered and sorted by: every database must be able to index them.
const LONG: usize = 800;

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
    /// What they are called: another name wherever they would derive something else. What lies
    /// beside bodies under another name is derived anew before anybody looks at it.
    fn name(&self) -> String;

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
    fn name(&self) -> String {
        "any".to_owned()
    }

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
                .map(|(field, value)| (field.clone(), value.stored()))
                .collect(),
            open: folded(&derived.open),
            personal: folded(&derived.personal),
            confidential: folded(&derived.confidential),
        }
    }
}

impl Promoted {
    /// The words by which a search finds the row.
    pub(crate) fn grams(&self, agency: &str, register: &str) -> BTreeSet<i64> {
        let mut all = BTreeSet::new();
        for text in [&self.open, &self.personal, &self.confidential] {
            all.extend(grams(agency, register, text));
        }
        all
    }

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

/// The pairs of characters of a text that is already folded, each with its agency and register as
/// one number: what one agency writes lengthens no list that another one reads. Two pairs may
/// share a number; what is found is compared with the text itself.
pub(crate) fn grams(agency: &str, register: &str, text: &str) -> BTreeSet<i64> {
    let seed = mixed(mixed(0, agency.as_bytes()), register.as_bytes());
    let mut pairs = BTreeSet::new();
    let mut before: Option<char> = None;
    for c in text.chars() {
        // Nobody looks for what spans two lines.
        if c == '\n' {
            before = None;
            continue;
        }
        if let Some(before) = before {
            let mut bytes = [0_u8; 8];
            let (first, second) = bytes.split_at_mut(4);
            first.copy_from_slice(&u32::from(before).to_be_bytes());
            second.copy_from_slice(&u32::from(c).to_be_bytes());
            pairs.insert(i64::from_ne_bytes(mixed(seed, &bytes).to_ne_bytes()));
        }
        before = Some(c);
    }
    pairs
}

/// Whether a text has pairs by which it is looked for.
pub(crate) fn has_pairs(text: &str) -> bool {
    !grams("", "", text).is_empty()
}

/// FNV-1a over some bytes and a separator: the same on every machine and in every version.
fn mixed(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in bytes.iter().chain(&[0xff]) {
        hash ^= u64::from(*byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
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
    fn pairs_are_of_one_agency_one_register_and_one_line() {
        assert_eq!(grams("a", "r", "資安").len(), 1);
        assert_eq!(grams("a", "r", "資").len(), 0);
        assert_eq!(grams("a", "r", "資\n安").len(), 0);
        assert_eq!(grams("a", "r", "aaaa").len(), 1);
        let of = |agency, register| grams(agency, register, "資安");
        assert_eq!(of("a", "r"), of("a", "r"));
        assert_ne!(of("a", "r"), of("b", "r"));
        assert_ne!(of("a", "r"), of("a", "s"));
        assert_ne!(of("ab", "c"), of("a", "bc"));
    }

    #[test]
    fn what_is_searched_is_in_lower_case_and_without_nul() {
        assert_eq!(folded("AbÄ\0資"), "abä\u{fffd}資");
    }
}
