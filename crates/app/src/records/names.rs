//! Names of rows, read before a form, a body or a file is understood.
//!
//! Why read ahead: understanding a value is pure and asks nobody. What it can't know: rows
//! of very large registers that nothing asked for; those are looked up one by one.

use crate::{App, AppError};
use registers::entry::Names;
use registers::{Kind, RegisterSpec};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Select;

/// What a subject may be about, beside the agency.
const SUBJECTS: [&str; 3] = ["system", "person", "contract"];

/// Ids and names of an agency's rows, by register.
#[derive(Debug, Default)]
pub(crate) struct NameBook {
    by_id: HashMap<(String, String), String>,
    by_name: HashMap<(String, String), Vec<String>>,
}

impl NameBook {
    fn add(&mut self, register: &str, id: &str, name: &str) {
        let known = self
            .by_id
            .insert((register.to_owned(), id.to_owned()), name.to_owned());
        if known.is_none() {
            self.by_name
                .entry((register.to_owned(), name.to_owned()))
                .or_default()
                .push(id.to_owned());
        }
    }
}

impl Names for NameBook {
    fn id_of(&self, register: &str, text: &str) -> Result<Option<String>, usize> {
        let key = (register.to_owned(), text.to_owned());
        if self.by_id.contains_key(&key) {
            return Ok(Some(text.to_owned()));
        }
        match self.by_name.get(&key).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(Some(only.clone())),
            Some(many) => Err(many.len()),
        }
    }

    fn name_of(&self, register: &str, id: &str) -> Option<String> {
        self.by_id.get(&(register.to_owned(), id.to_owned())).cloned()
    }
}

/// Registers that a register's fields refer to.
fn referred(spec: &RegisterSpec) -> BTreeSet<&'static str> {
    let mut keys = BTreeSet::new();
    for field in spec.fields {
        match field.kind {
            Kind::Reference(key) | Kind::References(key) => {
                keys.insert(key);
            }
            Kind::Subject => keys.extend(SUBJECTS),
            _ => {}
        }
    }
    keys
}

impl App {
    /// Names for the fields of a register. `mentioned` are texts that may be names or ids of
    /// rows of very large registers.
    pub(crate) async fn names(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
        mentioned: &BTreeMap<&'static str, BTreeSet<String>>,
    ) -> Result<NameBook, AppError> {
        let mut book = NameBook::default();
        for key in referred(spec) {
            let Some(other) = registers::register(key) else {
                continue;
            };
            if other.bulk {
                for text in mentioned.get(key).into_iter().flatten() {
                    self.look_up(&mut book, agency, other, text).await?;
                }
                continue;
            }
            for row in self.store.latest_of(agency, key).await? {
                if !row.body.is_null() {
                    let name = registers::Record::new(other, &row.row, &row.body).name();
                    book.add(key, &row.row, name);
                }
            }
        }
        Ok(book)
    }

    /// Names for the fields of a register, of very large registers too.
    pub(crate) async fn all_names(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
    ) -> Result<NameBook, AppError> {
        let mut book = self.names(agency, spec, &BTreeMap::new()).await?;
        for key in referred(spec) {
            let Some(other) = registers::register(key).filter(|r| r.bulk) else {
                continue;
            };
            let mut select = Select::default();
            loop {
                let rows = self.store.list(agency, key, &select, super::READ_AT_ONCE).await?;
                let Some(last) = rows.last() else {
                    break;
                };
                select.after.clone_from(&last.row);
                for row in &rows {
                    let name = registers::Record::new(other, &row.row, &row.body).name();
                    book.add(key, &row.row, name);
                }
            }
        }
        Ok(book)
    }

    async fn look_up(
        &self,
        book: &mut NameBook,
        agency: &str,
        spec: &'static RegisterSpec,
        text: &str,
    ) -> Result<(), AppError> {
        let by_id = Select {
            row: Some(text.to_owned()),
            ..Select::default()
        };
        let by_name = Select {
            equal: vec![(spec.names_row.to_owned(), text.to_owned())],
            ..Select::default()
        };
        for select in [by_id, by_name] {
            for row in self.store.list(agency, spec.key, &select, 3).await? {
                let name = registers::Record::new(spec, &row.row, &row.body).name();
                book.add(spec.key, &row.row, name);
            }
        }
        Ok(())
    }
}

/// Texts of a body that may name rows of very large registers.
pub(crate) fn mentions(
    spec: &RegisterSpec,
    body: &serde_json::Value,
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for field in spec.fields {
        let (Kind::Reference(key) | Kind::References(key)) = field.kind else {
            continue;
        };
        let value = body.get(field.key);
        let texts: Vec<&str> = match value {
            Some(serde_json::Value::String(text)) => {
                text.split(['\n', '、', ',', ';']).map(str::trim).collect()
            }
            Some(serde_json::Value::Array(items)) => items.iter().filter_map(|v| v.as_str()).collect(),
            _ => Vec::new(),
        };
        for text in texts.into_iter().filter(|t| !t.is_empty()) {
            let marked = text.strip_suffix('〕').and_then(|t| t.rsplit_once('〔'));
            let text = marked.map_or(text, |(_, id)| id);
            found.entry(key).or_default().insert(text.to_owned());
        }
    }
    found
}
