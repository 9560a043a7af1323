//! The rows of an agency in memory, by register and id.
//!
//! Why shared and moved on: a write of one row copies no other. What it can't know: rows of very
//! large registers, which are never among them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::StoredRow;

/// Rows by register, then by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    by_register: BTreeMap<String, Arc<Vec<Arc<StoredRow>>>>,
    pub(crate) bytes: usize,
}

impl Rows {
    /// Of rows in any order; the last of the same id counts.
    pub(crate) fn of(rows: Vec<StoredRow>) -> Self {
        Self::default().with(rows)
    }

    /// The same with other versions of some rows.
    pub(crate) fn with(&self, rows: Vec<StoredRow>) -> Self {
        let mut next = self.clone();
        let mut changed: BTreeMap<String, BTreeMap<String, Arc<StoredRow>>> = BTreeMap::new();
        for row in rows {
            next.bytes = next.bytes.saturating_add(weight(&row));
            let of = changed.entry(row.register.clone()).or_default();
            of.insert(row.row.clone(), Arc::new(row));
        }
        for (register, changed) in changed {
            let before = next.by_register.remove(&register).unwrap_or_default();
            let mut rows = Vec::with_capacity(before.len().saturating_add(changed.len()));
            // Both are in the order of their ids: what lies between two that changed is not looked at.
            let mut rest = before.as_slice();
            for (id, new) in changed {
                let unchanged;
                (unchanged, rest) = rest.split_at(rest.partition_point(|row| row.row < id));
                rows.extend_from_slice(unchanged);
                if let Some((replaced, after)) = rest.split_first().filter(|(first, _)| first.row == id) {
                    next.bytes = next.bytes.saturating_sub(weight(replaced));
                    rest = after;
                }
                rows.push(new);
            }
            rows.extend_from_slice(rest);
            next.by_register.insert(register, Arc::new(rows));
        }
        next
    }

    /// Every row of a register, withdrawn ones too, by id.
    pub(crate) fn of_register(&self, register: &str) -> &[Arc<StoredRow>] {
        self.by_register.get(register).map_or(&[], |rows| rows.as_slice())
    }

    /// The rows of a register that stand, by id.
    pub(crate) fn standing<'r>(&'r self, register: &str) -> impl Iterator<Item = &'r StoredRow> + use<'r> {
        let rows = self.of_register(register).iter();
        rows.map(AsRef::as_ref).filter(|r| !r.body.is_null())
    }

    /// One row, withdrawn or not.
    pub(crate) fn row(&self, register: &str, id: &str) -> Option<&StoredRow> {
        let rows = self.of_register(register);
        let at = rows.binary_search_by(|r| r.row.as_str().cmp(id)).ok()?;
        rows.get(at).map(AsRef::as_ref)
    }

    /// One row that stands.
    pub(crate) fn there(&self, register: &str, id: &str) -> Option<&StoredRow> {
        self.row(register, id).filter(|r| !r.body.is_null())
    }

    /// Every row, by register and id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &StoredRow> {
        self.by_register
            .values()
            .flat_map(|rows| rows.iter())
            .map(AsRef::as_ref)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_register.is_empty()
    }
}

/// About how many bytes a row takes in memory, with what is made of it.
pub(crate) fn weight(row: &StoredRow) -> usize {
    fn of(value: &Value) -> usize {
        32 + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(of).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| 48 + key.len() + of(value))
                .sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
    }
    128 + 2 * of(&row.body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(register: &str, id: &str, version: u32, text: &str) -> StoredRow {
        StoredRow {
            agency: "a".to_owned(),
            register: register.to_owned(),
            row: id.to_owned(),
            version,
            seq: 0,
            body: if text.is_empty() {
                Value::Null
            } else {
                json!({ "name": text })
            },
        }
    }

    #[test]
    fn rows_stay_in_the_order_of_their_ids() {
        let ids = |ids: &str, version| {
            let each = ids.chars().map(|id| row("system", &id.to_string(), version, "x"));
            each.collect::<Vec<_>>()
        };
        for (before, written, after) in [
            ("", "b", "b2"),
            ("bd", "a", "a2b1d1"),
            ("bd", "b", "b2d1"),
            ("bd", "c", "b1c2d1"),
            ("bd", "d", "b1d2"),
            ("bd", "e", "b1d1e2"),
            ("bd", "edcba", "a2b2c2d2e2"),
            ("abcdef", "cf", "a1b1c2d1e1f2"),
        ] {
            let rows = Rows::of(ids(before, 1)).with(ids(written, 2));
            let all = rows.all().map(|r| format!("{}{}", r.row, r.version));
            assert_eq!(all.collect::<String>(), after, "{before} {written}");
            assert_eq!(
                rows.bytes,
                rows.all().map(weight).sum::<usize>(),
                "{before} {written}"
            );
        }
    }

    #[test]
    fn rows_move_on_by_what_was_written() {
        let rows = Rows::of(vec![row("system", "b", 1, "x"), row("system", "a", 1, "y")]);
        let ids = |rows: &Rows| {
            let all = rows.standing("system").map(|r| format!("{}{}", r.row, r.version));
            all.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ids(&rows), "a1 b1");
        let next = rows.with(vec![row("system", "b", 2, ""), row("system", "c", 1, "z")]);
        assert_eq!(ids(&next), "a1 c1");
        assert_eq!(next.row("system", "b").map(|r| r.version), Some(2));
        assert!(next.there("system", "b").is_none());
        assert_eq!(ids(&rows), "a1 b1", "what was seen stays");
        let again = next.with(vec![row("system", "b", 3, "x"), row("system", "c", 2, "")]);
        let withdrawn = weight(&row("system", "c", 2, ""));
        assert_eq!(
            again.bytes,
            rows.bytes + withdrawn,
            "what was replaced no longer counts"
        );
    }
}
