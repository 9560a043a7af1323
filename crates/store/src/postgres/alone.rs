//! The second wall alone, for tests: statements lose what names their agency, and nothing changes.
//!
//! Why in the statements on their way out: none can be forgotten, and what is asked stays what the
//! product asks. Not in a release: this is there for tests and for the feature `testing`. What it
//! can't know: whether a condition is the filter or a part of the question; where it is a part, the
//! statement is named in [`ASKS_OF_OTHERS`].

use std::borrow::Cow;
use std::sync::LazyLock;

/// Set to `alone`, no statement names its agency any more.
pub(super) const WALLS: &str = "FAZUN_TEST_WALLS";

static ALONE: LazyLock<bool> = LazyLock::new(|| std::env::var(WALLS).is_ok_and(|walls| walls == "alone"));

/// Statements that begin so are left as they are. Which agency is above which is everybody's to know,
/// so that the wall shows it of all: who asks for it says where to begin, and verification, which
/// reads all values of one agency, would see those of others too. An inspection before an upgrade is let
/// through the wall for all agencies.
const ASKS_OF_OTHERS: [&str; 3] = [
    "WITH RECURSIVE above",
    "SELECT /* inspected */",
    "SELECT register, field, value, row_id FROM row_value",
];

/// A statement as it is sent.
pub(super) fn put(sql: &str) -> Cow<'_, str> {
    if *ALONE {
        Cow::Owned(without_agency(sql))
    } else {
        Cow::Borrowed(sql)
    }
}

/// The statement with `true` in place of each comparison of an agency with a value, and of each join
/// by agencies. The value is still looked at, so that the numbers of the others mean what they meant.
pub(super) fn without_agency(sql: &str) -> String {
    let of_others = ASKS_OF_OTHERS
        .iter()
        .any(|start| sql.trim_start().starts_with(start));
    // What names no agency is asked of all of them, and means its joins.
    if of_others || !sql.contains("agency = $") {
        return sql.to_owned();
    }
    let mut put = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find("agency = ") {
        let (before, after) = (&rest[..at], &rest[at + "agency = ".len()..]);
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '_')))
            .unwrap_or(after.len());
        let (other, behind) = after.split_at(end);
        // The table's letter, where there is one.
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))
            .map_or(0, |at| at + 1);
        let (before, table) = before.split_at(start);
        let is_value = other.starts_with('$');
        let is_join = other.ends_with(".agency");
        put.push_str(before);
        if (is_value || is_join) && (table.is_empty() || table.ends_with('.')) {
            put.push_str(if is_value { other } else { "true" });
            put.push_str(if is_value { " IS NOT NULL" } else { "" });
        } else {
            put.push_str(table);
            put.push_str("agency = ");
            put.push_str(other);
        }
        rest = behind;
    }
    put.push_str(rest);
    put
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_the_agency_is_taken_out_and_nothing_else() {
        for (sql, put) in [
            (
                "SELECT 1 FROM a h JOIN b v ON v.agency = h.agency AND v.seq = h.seq WHERE h.agency = $1 AND x = $2",
                "SELECT 1 FROM a h JOIN b v ON true AND v.seq = h.seq WHERE $1 IS NOT NULL AND x = $2",
            ),
            (
                "DELETE FROM a WHERE agency = $12",
                "DELETE FROM a WHERE $12 IS NOT NULL",
            ),
            (
                "UPDATE a SET agency = 'x', b = $1 WHERE (agency = $2)",
                "UPDATE a SET agency = 'x', b = $1 WHERE ($2 IS NOT NULL)",
            ),
            ("SELECT agency FROM a", "SELECT agency FROM a"),
            (
                "SELECT 1 FROM a JOIN b ON a.agency = b.agency",
                "SELECT 1 FROM a JOIN b ON a.agency = b.agency",
            ),
            (
                "WITH RECURSIVE above AS (a.agency = $1)",
                "WITH RECURSIVE above AS (a.agency = $1)",
            ),
        ] {
            assert_eq!(without_agency(sql), put);
        }
    }
}
