//! Limits of the law as they bind rows of an agency.
//!
//! What it can't know: how they were resolved.

use facts::Subject;
use registers::{Bound, Kind, Record};
use std::collections::BTreeMap;

/// A limit with the clauses that set it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bounded {
    pub bound: Bound,
    pub clause: String,
    /// Whom it binds: the agency, or one of its systems or contracts.
    pub subject: Subject,
}

impl Bounded {
    /// Whether it binds a row: what binds one system or contract binds rows about it.
    pub(crate) fn binds(&self, record: &Record<'_>) -> bool {
        let about = |key: &'static str| {
            let refers = |f: &&registers::Field| f.kind == Kind::Reference(key);
            let fields = record.table.fields.iter().filter(refers);
            fields.map(|f| record.text(f.key)).collect::<Vec<_>>()
        };
        match &self.subject {
            Subject::Agency => true,
            Subject::System(id) => about("system").contains(&id.as_str()),
            Subject::Contract(id) => about("contract").contains(&id.as_str()),
            Subject::Person(id) => about("person").contains(&id.as_str()),
        }
    }
}

/// Limits of the law for one agency on one day, by parameter.
pub(crate) type OfDay = BTreeMap<String, Vec<Bounded>>;
