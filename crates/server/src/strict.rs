//! JSON in which no object says a member twice.
//!
//! Why refused: of two members of one name some readers take the first and some the last, so
//! that what was checked before us need not be what we write. What it can't know: which of
//! the two was meant.

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Says of JSON that it can't be read, or which member it has twice.
pub(crate) fn check(bytes: &[u8]) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Once.deserialize(&mut reader)?;
    reader.end()
}

/// A value of strict JSON.
pub(crate) fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    check(bytes)?;
    serde_json::from_slice(bytes)
}

#[derive(Clone, Copy)]
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value_seed(self)?;
            if let Some(name) = seen.replace(name) {
                // Shown by its start alone: it is the sender's own text and may be long.
                let name: String = name.chars().take(60).collect();
                return Err(A::Error::custom(format_args!("成員「{name}」重複")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn doubled_members_are_named_at_any_depth() {
        for good in [
            "{}",
            "[{\"a\":1},{\"a\":2}]",
            "{\"a\":{\"b\":1},\"b\":{\"a\":null}}",
            "1.5",
            "-3",
            "\"x\"",
            "true",
        ] {
            assert!(check(good.as_bytes()).is_ok(), "{good}");
        }
        for (bad, name) in [
            ("{\"a\":1,\"a\":1}", "a"),
            ("{\"x\":[{\"y\":{\"b\":1,\"c\":2,\"b\":3}}]}", "b"),
            ("{\"\\u0061\":1,\"a\":2}", "a"),
        ] {
            let said = check(bad.as_bytes()).unwrap_err().to_string();
            assert!(said.contains(&format!("成員「{name}」重複")), "{bad}: {said}");
        }
        for broken in ["", "{", "{} {}", "{\"a\":}", &"[".repeat(10_000)] {
            assert!(check(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
