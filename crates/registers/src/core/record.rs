//! A row seen through its field table, and the rows around it.
//!
//! Why a view beside the typed rows: most registers are lists that only forms, imports and
//! their own rules read; a type for each would say the table twice. The table stays the
//! type: asking for a field that it doesn't have is a mistake that debug builds refuse.
//! What it can't know: rows of registers that its register doesn't look at.

use super::field::{Field, FieldProblem, Kind};
use period::{Date, Moment};
use serde_json::Value;
use std::collections::BTreeMap;

/// What grades the events that a register reports.
#[derive(Debug, Clone, Copy)]
pub enum Grade {
    /// Fields of its own.
    Own {
        /// The field with the level, in the words of the vocabulary.
        level: &'static str,
        /// The field that says when that level took the place of another; blank where none did.
        changed: &'static str,
    },
    /// The record that this field names, by fields of its own.
    Of(&'static str),
}

/// What a view of a row needs of its register.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The register's key.
    pub key: &'static str,
    /// What an officer calls it.
    pub title: &'static str,
    /// The field that names a row in a list.
    pub names_row: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// What grades its events.
    pub grade: Option<Grade>,
}

impl Table {
    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }
}

/// One row of a register, read by its field table.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its register's table.
    pub table: Table,
    /// Its id; empty while it has none.
    pub id: &'a str,
    /// Whether this version was approved to its end.
    pub is_final: bool,
    body: &'a Value,
}

impl<'a> Record<'a> {
    /// The view of a row whose body is of the newest form: a stored one is opened first.
    pub fn new(table: impl Into<Table>, id: &'a str, body: &'a Value) -> Self {
        Self {
            table: table.into(),
            id,
            is_final: false,
            body,
        }
    }

    /// Its stored body.
    pub fn body(&self) -> &'a Value {
        self.body
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        debug_assert!(
            self.table.field(key).is_some(),
            "{} has no field {key}",
            self.table.key
        );
        self.body.get(key).filter(|v| !v.is_null())
    }

    /// A text, choice or reference; empty where nothing was given.
    pub fn text(&self, key: &str) -> &'a str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A choice as it is shown.
    pub fn shown(&self, key: &str) -> &'a str {
        let word = self.text(key);
        match self.table.field(key).map(|f| f.kind) {
            Some(Kind::Choice(choices)) => choices
                .iter()
                .find(|(stored, _)| *stored == word)
                .map_or(word, |(_, shown)| shown),
            _ => word,
        }
    }

    /// A day.
    pub fn date(&self, key: &str) -> Option<Date> {
        self.text(key).parse().ok()
    }

    /// The day of a moment.
    pub fn day_of(&self, key: &str) -> Option<Date> {
        self.text(key).get(..10).and_then(|d| d.parse().ok())
    }

    /// When, as far as the field says: an instant, or a day.
    pub fn when(&self, key: &str) -> Option<Moment> {
        Moment::try_from(self.text(key).to_owned()).ok()
    }

    /// A moment in Taipei, comparable as text.
    pub fn moment(&self, key: &str) -> Option<&'a str> {
        Some(self.text(key)).filter(|t| !t.is_empty())
    }

    /// A whole number.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.get(key).and_then(Value::as_u64)
    }

    /// A number with decimals.
    pub fn decimal(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        }
    }

    /// Yes or no; none where nobody said.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Value::as_bool)
    }

    /// Whether somebody said yes.
    pub fn says(&self, key: &str) -> bool {
        self.flag(key) == Some(true)
    }

    /// Several short texts, choices or references.
    pub fn list(&self, key: &str) -> Vec<&'a str> {
        let items = self.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Whether the row says this of itself: a field that is filled in or says yes, or `field=word`, a
    /// field whose choice is that word, or one of whose choices is.
    pub fn tells(&self, what: &str) -> bool {
        match what.split_once('=') {
            Some((key, word)) => match self.flag(key) {
                Some(said) => word == if said { "true" } else { "false" },
                None => self.text(key) == word || self.list(key).contains(&word),
            },
            None => self.flag(what).unwrap_or_else(|| !self.is_blank(what)),
        }
    }

    /// Hashes of the files in a field, each once.
    pub fn files(&self, key: &str) -> Vec<&'a str> {
        let items = self.get(key).and_then(Value::as_array);
        let mut found: Vec<&str> = items
            .into_iter()
            .flatten()
            .filter_map(|f| f.get("sha256").and_then(Value::as_str))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether nothing was given.
    pub fn is_blank(&self, key: &str) -> bool {
        match self.get(key) {
            None => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        }
    }

    /// What names it in a list.
    pub fn name(&self) -> &'a str {
        self.text(self.table.names_row)
    }

    /// A field's label.
    pub fn label(&self, key: &str) -> &'static str {
        self.table.field(key).map_or("", |f| f.label)
    }

    /// A field that a rule makes mandatory, where it is blank.
    pub fn need(&self, key: &str, why: &str) -> Option<FieldProblem> {
        self.is_blank(key)
            .then(|| FieldProblem::new(key, format!("請填「{}」：{why}", self.label(key))))
    }

    /// A day that must not lie before another.
    pub fn not_before(&self, key: &str, earlier: &str) -> Option<FieldProblem> {
        let (day, first) = (self.date(key)?, self.date(earlier)?);
        (day < first).then(|| {
            let (label, other) = (self.label(key), self.label(earlier));
            let first = period::roc_short(first);
            FieldProblem::new(
                key,
                format!("「{label}」不可早於「{other}」（{first}），請更正其中之一"),
            )
        })
    }
}

/// A row as the book holds it.
#[derive(Debug, Clone)]
pub struct BookRow {
    /// Its id.
    pub id: String,
    /// Its body, opened: of the approved version, where its register asks for approval and one is.
    pub body: Value,
    /// Whether this version was approved to its end.
    pub is_final: bool,
}

/// The agency's rows of those registers that somebody looks at, on a day.
#[derive(Debug)]
pub struct Book<'a> {
    /// Today in Taipei.
    pub today: Date,
    rows: BTreeMap<&'static str, (Table, &'a [BookRow])>,
}

impl<'a> Book<'a> {
    /// Without rows.
    pub fn new(today: Date) -> Self {
        Self {
            today,
            rows: BTreeMap::new(),
        }
    }

    /// With the rows of one more register, sorted by id.
    #[must_use]
    pub fn with(mut self, table: impl Into<Table>, rows: &'a [BookRow]) -> Self {
        let table = table.into();
        self.rows.insert(table.key, (table, rows));
        self
    }

    /// Every row of a register, by id.
    pub fn all(&self, key: &str) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let known = self.rows.get(key).copied();
        let rows = known
            .into_iter()
            .flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)));
        rows.map(|(table, row)| seen(table, row))
    }

    /// The row of that id.
    pub fn find(&self, key: &str, id: &str) -> Option<Record<'a>> {
        let (table, rows) = self.rows.get(key).copied()?;
        let at = rows.binary_search_by(|r| r.id.as_str().cmp(id)).ok()?;
        rows.get(at).map(|row| seen(table, row))
    }

    /// The row that a field of another refers to.
    pub fn of(&self, record: &Record<'_>, field: &str) -> Option<Record<'a>> {
        match record.table.field(field)?.kind {
            Kind::Reference(key) => self.find(key, record.text(field)),
            _ => None,
        }
    }
}

fn seen(table: Table, row: &BookRow) -> Record<'_> {
    let mut record = Record::new(table, &row.id, &row.body);
    record.is_final = row.is_final;
    record
}

/// Whether a day lies in `[from, until)`, open where an end is missing.
pub fn within(day: Date, from: Option<Date>, until: Option<Date>) -> bool {
    from.is_none_or(|f| f <= day) && until.is_none_or(|u| day < u)
}

/// Collects what optional rules found.
pub fn found<T, const N: usize>(problems: [Option<T>; N]) -> Vec<T> {
    problems.into_iter().flatten().collect()
}
