//! Names of rows, read before a form, a body or a file is understood.
//!
//! Why read ahead: understanding a value is pure and asks nobody. Why a name that is
//! shown masked carries its id: what is shown must be readable again, and say no more than
//! its own register would. Who knows the whole name may still enter it. What it can't know: rows of very large registers that
//! nothing asked for; those are looked up one by one.

use super::access::own_rows;
use super::masking::Hides;
use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Grant, Principal};
use crate::{App, AppError};
use registers::entry::Names;
use registers::{Kind, RegisterSpec};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Own, Select};

/// What a subject may be about, beside the agency.
const SUBJECTS: [&str; 3] = ["system", "person", "contract"];

/// Ids and names of an agency's rows, by register.
#[derive(Debug, Default)]
pub(crate) struct NameBook {
    by_id: HashMap<(String, String), String>,
    by_name: HashMap<(String, String), Vec<String>>,
}

impl NameBook {
    fn add(&mut self, register: &str, id: &str, name: &str, sight: &Sight) {
        if let Some(masked) = sight.masked(id, name) {
            self.by_id
                .entry((register.to_owned(), id.to_owned()))
                .or_insert(masked);
            return;
        }
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

/// How the names of a register's rows are shown to somebody.
pub(crate) struct Sight {
    spec: &'static RegisterSpec,
    hides: Option<Hides>,
    /// Rows that are their own, where others are not.
    own: BTreeSet<String>,
}

impl Sight {
    /// What is shown instead of a name; none where the name itself is.
    pub(crate) fn masked(&self, id: &str, name: &str) -> Option<String> {
        let hides = self.hides.as_ref().filter(|_| !self.own.contains(id))?;
        Some(hides.name(self.spec, name))
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
    /// How names of a register's rows are shown to somebody; in full where nobody is asked for.
    pub(crate) async fn sight(
        &self,
        reader: Option<&Principal>,
        agency: &str,
        spec: &'static RegisterSpec,
    ) -> Result<Sight, AppError> {
        let mut sight = Sight {
            spec,
            hides: None,
            own: BTreeSet::new(),
        };
        let Some(who) = reader else {
            return Ok(sight);
        };
        let grants = self.grants(who, agency).await?;
        let reads = |g: &Grant| allowed(g.role, Action::Read, spec);
        let best = grants.iter().map(reads).max().unwrap_or(Allowed::No);
        let holding: Vec<Grant> = grants.iter().filter(|g| reads(g) == best).cloned().collect();
        let hides = Hides::of_others(&holding);
        if !spec.field(spec.names_row).is_some_and(|f| hides.hides(f)) {
            return Ok(sight);
        }
        let mut own = match best {
            Allowed::Own => own_rows(who, spec, &holding.iter().collect::<Vec<_>>()),
            _ => Own::default(),
        };
        if best != Allowed::No && spec.field("unit").is_some() {
            let units = hides.units().iter();
            own.fields
                .extend(units.map(|unit| ("unit".to_owned(), unit.clone())));
        }
        let select = Select {
            own: Some(own),
            ..Select::default()
        };
        let rows = self.store.list(agency, spec.key, &select, u32::MAX).await?;
        sight.own = rows.into_iter().map(|r| r.row).collect();
        sight.hides = Some(hides);
        Ok(sight)
    }

    /// Names for the fields of a register, as `reader` may see them. `mentioned` are texts that
    /// may be names or ids of rows of very large registers.
    pub(crate) async fn names(
        &self,
        reader: Option<&Principal>,
        agency: &str,
        spec: &'static RegisterSpec,
        mentioned: &BTreeMap<&'static str, BTreeSet<String>>,
    ) -> Result<NameBook, AppError> {
        let mut book = NameBook::default();
        for key in referred(spec) {
            let Some(other) = registers::register(key) else {
                continue;
            };
            let sight = self.sight(reader, agency, other).await?;
            if other.bulk {
                for text in mentioned.get(key).into_iter().flatten() {
                    self.look_up(&mut book, agency, &sight, text).await?;
                }
                continue;
            }
            for row in self.store.latest_of(agency, key).await? {
                if !row.body.is_null() {
                    let body = registers::open_ref(other, &row.body)?;
                    let name = registers::Record::new(other, &row.row, &body).name();
                    book.add(key, &row.row, name, &sight);
                }
            }
        }
        Ok(book)
    }

    /// Names for the fields of a register, of very large registers too.
    pub(crate) async fn all_names(
        &self,
        reader: Option<&Principal>,
        agency: &str,
        spec: &'static RegisterSpec,
    ) -> Result<NameBook, AppError> {
        let mut book = self.names(reader, agency, spec, &BTreeMap::new()).await?;
        for key in referred(spec) {
            let Some(other) = registers::register(key).filter(|r| r.bulk) else {
                continue;
            };
            let sight = self.sight(reader, agency, other).await?;
            let mut select = Select::default();
            loop {
                let rows = self.store.list(agency, key, &select, super::READ_AT_ONCE).await?;
                let Some(last) = rows.last() else {
                    break;
                };
                select.after.clone_from(&last.row);
                for row in &rows {
                    let body = registers::open_ref(other, &row.body)?;
                    let name = registers::Record::new(other, &row.row, &body).name();
                    book.add(key, &row.row, name, &sight);
                }
            }
        }
        Ok(book)
    }

    /// Whether somebody sees other names in the fields of a register than stand there.
    pub(crate) async fn hides_names(
        &self,
        who: &Principal,
        agency: &str,
        spec: &'static RegisterSpec,
    ) -> Result<bool, AppError> {
        for other in referred(spec).into_iter().filter_map(registers::register) {
            if self.sight(Some(who), agency, other).await?.hides.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn look_up(
        &self,
        book: &mut NameBook,
        agency: &str,
        sight: &Sight,
        text: &str,
    ) -> Result<(), AppError> {
        let spec = sight.spec;
        let by_id = Select {
            among: Some(vec![text.to_owned()]),
            ..Select::default()
        };
        let by_name = Select {
            equal: vec![(spec.names_row.to_owned(), text.to_owned())],
            ..Select::default()
        };
        for select in [by_id, by_name] {
            for row in self.store.list(agency, spec.key, &select, 3).await? {
                let body = registers::open_ref(spec, &row.body)?;
                let name = registers::Record::new(spec, &row.row, &body).name();
                book.add(spec.key, &row.row, name, sight);
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
