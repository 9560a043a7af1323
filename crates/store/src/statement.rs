//! A question in SQL: the part that both databases are asked.

use crate::forms::{folded, grams};
use crate::link::Dialect;
use crate::query::{Condition, Order, Query, Text};
use crate::value::Arg;
use std::fmt::Write as _;

/// A statement under construction.
pub(crate) struct Statement {
    pub sql: String,
    pub args: Vec<Arg>,
    /// The pairs of characters that the transaction must say it looks for; of one text, as there is
    /// one place to say them.
    pub pairs: Vec<i64>,
    /// Where SQLite's index says that the first text of the question may be; beside what it does not
    /// list.
    pub spots: Option<Vec<i64>>,
    dialect: Dialect,
    /// Where the agency and the register stand among the values.
    agency: String,
    register: String,
}

impl Statement {
    /// Begins after some text; every statement names agency and register.
    pub(crate) fn of(dialect: Dialect, agency: &str, register: &str, sql: &str) -> Self {
        let mut statement = Self {
            sql: sql.to_owned(),
            args: Vec::new(),
            pairs: Vec::new(),
            spots: None,
            dialect,
            agency: String::new(),
            register: String::new(),
        };
        statement.agency = statement.bind(agency);
        statement.register = statement.bind(register);
        statement
    }

    /// A value's place.
    pub(crate) fn bind(&mut self, value: impl Into<Arg>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    pub(crate) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// The rows that a question is about: `h` for their heads, `v` for the version that is shown.
    pub(crate) fn source(&mut self, query: &Query) {
        let (agency, register) = (self.agency.clone(), self.register.clone());
        let state = if query.withdrawn {
            "h.body_seq <> h.seq"
        } else {
            "h.body_seq = h.seq"
        };
        self.push(" FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq");
        if let Order::Field { field, .. } = &query.order {
            let field = self.bind(field);
            let _ = write!(
                self.sql,
                " LEFT JOIN (SELECT o.row_id, MIN(o.value) AS value FROM row_value o
                      WHERE o.agency = {agency} AND o.register = {register} AND o.field = {field}
                      GROUP BY o.row_id) s ON s.row_id = h.row_id"
            );
        }
        let _ = write!(
            self.sql,
            " WHERE h.agency = {agency} AND h.register = {register} AND {state}"
        );
        self.narrow(query);
    }

    /// The same, where only the heads are counted.
    pub(crate) fn heads(&mut self, query: &Query) {
        let (agency, register) = (self.agency.clone(), self.register.clone());
        let state = if query.withdrawn {
            "h.body_seq <> h.seq"
        } else {
            "h.body_seq = h.seq"
        };
        let _ = write!(
            self.sql,
            " FROM row_head h WHERE h.agency = {agency} AND h.register = {register} AND {state}"
        );
        self.narrow(query);
    }

    fn narrow(&mut self, query: &Query) {
        if let Some(condition) = &query.condition {
            self.push(" AND ");
            self.condition(condition);
        }
        if !query.after.is_empty() {
            let after = self.bind(&query.after);
            let _ = write!(self.sql, " AND h.row_id > {after}");
        }
    }

    /// The order, and how many rows of it.
    pub(crate) fn order(&mut self, query: &Query, limit: u32) {
        match &query.order {
            Order::Row => self.push(" ORDER BY h.row_id"),
            Order::Field { descending, .. } => {
                let down = if *descending { " DESC" } else { "" };
                let _ = write!(self.sql, " ORDER BY COALESCE(s.value, ''){down}, h.row_id");
            }
        }
        let limit = self.bind(limit);
        let _ = write!(self.sql, " LIMIT {limit}");
        if query.skip > 0 {
            let skip = self.bind(query.skip);
            let _ = write!(self.sql, " OFFSET {skip}");
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(all) => self.joined(all, " AND ", "1 = 1"),
            Condition::Or(any) => self.joined(any, " OR ", "1 = 0"),
            Condition::Not(not) => {
                self.push("NOT ");
                self.joined(std::slice::from_ref(not), "", "");
            }
            Condition::Equals(field, value) => {
                let value = self.bind(value.stored());
                self.valued(field, &format!("f.value = {value}"));
            }
            Condition::Blank(field) => {
                self.push("NOT ");
                self.valued(field, "f.value <> 't'");
            }
            Condition::Before(field, value) => {
                let stored = value.stored();
                let (bound, kind) = (self.bind(&stored), kind(&stored));
                self.valued(field, &format!("f.value < {bound} AND f.value >= '{kind}'"));
            }
            Condition::After(field, value) => {
                let stored = value.stored();
                let (bound, end) = (self.bind(&stored), end_of_kind(&stored));
                self.valued(field, &format!("f.value > {bound} AND f.value < '{end}'"));
            }
            Condition::Names(field, rows) => {
                let named: Vec<String> = rows.iter().map(|row| format!("t{row}")).collect();
                let named = self.bind(Arg::Texts(named));
                self.valued(field, &self.dialect.among("f.value", &named));
            }
            Condition::Text(text) => self.text(text),
            Condition::Rows(rows) => {
                if let [one] = rows.as_slice() {
                    let row = self.bind(one);
                    let _ = write!(self.sql, "h.row_id = {row}");
                } else {
                    let rows = self.bind(Arg::Texts(rows.clone()));
                    let among = self.dialect.among("h.row_id", &rows);
                    self.push(&among);
                }
            }
            Condition::Author(author) => {
                let author = self.bind(author);
                let _ = write!(self.sql, "h.author = {author}");
            }
        }
    }

    fn joined<C: std::borrow::Borrow<Condition>>(&mut self, conditions: &[C], by: &str, none: &str) {
        self.push("(");
        if conditions.is_empty() {
            self.push(none);
        }
        for (n, condition) in conditions.iter().enumerate() {
            if n > 0 {
                self.push(by);
            }
            self.condition(condition.borrow());
        }
        self.push(")");
    }

    /// That a field has a value of which something is true.
    fn valued(&mut self, field: &str, of_value: &str) {
        let field = self.bind(field);
        let (agency, register) = (&self.agency, &self.register);
        let _ = write!(
            self.sql,
            "h.row_id IN (SELECT f.row_id FROM row_value f WHERE f.agency = {agency}
             AND f.register = {register} AND f.field = {field} AND {of_value})"
        );
    }

    fn text(&mut self, text: &Text) {
        let part = folded(&text.part);
        if part.is_empty() {
            // In every text, also in one that is not kept because nothing is in it.
            self.push("1 = 1");
            return;
        }
        // One character has no pair; the texts of the register are read.
        let pairs = grams_of(&self.args, &part);
        let place = self.bind(&part);
        let mut places = vec![self.dialect.contains("x.open", &place)];
        if text.personal {
            places.push(self.dialect.contains("x.personal", &place));
        }
        if text.confidential {
            places.push(self.dialect.contains("x.confidential", &place));
        }
        let found = places.join(" OR ");
        let mut by_pairs = String::new();
        let first = self.pairs.is_empty() && !pairs.is_empty();
        if first {
            if let Some(sql) = self.dialect.holds_pairs() {
                by_pairs = format!(" AND {}", sql.replace("$a", &self.agency));
            }
            self.pairs = pairs;
        }
        let of = format!("x.agency = {} AND x.register = {}", self.agency, self.register);
        let sql = match self.spots.take_if(|_| first) {
            Some(spots) => {
                let spots = self.bind(Arg::Ints(spots));
                format!(
                    "h.row_id IN (SELECT x.row_id FROM row_text x INDEXED BY row_text_by_spot WHERE {of}
                         AND x.spot > 0 AND x.spot IN (SELECT value FROM json_each({spots})) AND ({found})
                     UNION ALL SELECT x.row_id FROM row_text x INDEXED BY row_text_unlisted
                         WHERE {of} AND x.spot = 0 AND ({found}))"
                )
            }
            None => {
                format!("h.row_id IN (SELECT x.row_id FROM row_text x WHERE {of} AND ({found}){by_pairs})")
            }
        };
        self.push(&sql);
    }
}

/// The pairs of a text, in the statement's own agency and register: its first two values.
fn grams_of(args: &[Arg], part: &str) -> Vec<i64> {
    match args {
        [Arg::Text(agency), Arg::Text(register), ..] => grams(agency, register, part).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn kind(stored: &str) -> &str {
    stored.get(..1).unwrap_or_default()
}

/// What comes after all values of a kind.
fn end_of_kind(stored: &str) -> &'static str {
    if stored.starts_with('n') { "o" } else { "u" }
}
