//! Names of rows, read before a form, a body or a file is understood.
//!
//! Why read ahead: understanding a value is pure and asks nobody. Why a name that is
//! shown masked carries its id: what is shown must be readable again, and say no more than
//! its own register would. Who knows the whole name may still enter it. What it can't know: rows of very large registers that
//! nothing asked for; those are looked up one by one.

use super::masking::Hides;
use super::own::own_rows;
use crate::AppError;
use crate::permission::{Action, Allowed};
use crate::principal::Grant;
use crate::visit::Visit;
use registers::entry::Names;
use registers::{Kind, RegisterSpec};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Own, Select};

/// What a subject may be about, beside the agency.
const SUBJECTS: [&str; 3] = ["system", "person", "contract"];

/// How names are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eyes {
    /// In full: to understand what somebody wrote.
    All,
    /// As the visitor may see them.
    Theirs,
}

/// Ids and names of an agency's rows, by register.
#[derive(Debug, Default)]
pub(crate) struct NameBook {
    by_id: HashMap<(String, String), String>,
    by_name: HashMap<(String, String), Vec<String>>,
}

impl NameBook {
    /// Of one row alone; of none where it isn't there.
    pub(crate) fn of_row(visit: &Visit<'_>, key: &'static str, id: &str) -> Result<Self, AppError> {
        let mut book = Self::default();
        if let (Some(spec), Some(row)) = (registers::register(key), visit.rows().there(key, id)) {
            let body = registers::open_ref(spec, &row.body)?;
            let sight = Sight {
                spec,
                hides: None,
                own: BTreeSet::new(),
            };
            book.add(key, id, registers::Record::new(spec, id, &body).name(), &sight);
        }
        Ok(book)
    }

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
    /// Whether any name is shown otherwise than it stands.
    pub(crate) fn veils(&self) -> bool {
        self.hides.is_some()
    }

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

/// How names of a register's rows are shown to somebody; in full where nobody is asked for.
pub(crate) async fn sight(
    visit: &Visit<'_>,
    eyes: Eyes,
    spec: &'static RegisterSpec,
) -> Result<Sight, AppError> {
    let mut sight = Sight {
        spec,
        hides: None,
        own: BTreeSet::new(),
    };
    if eyes == Eyes::All {
        return Ok(sight);
    }
    let best = visit.best(Action::Read, spec);
    let holding: Vec<Grant> = visit
        .holding(Action::Read, spec, best)
        .into_iter()
        .cloned()
        .collect();
    let hides = Hides::of_others(&holding);
    if !spec.field(spec.names_row).is_some_and(|f| hides.hides(f)) {
        return Ok(sight);
    }
    let mut own = match best {
        Allowed::Own => own_rows(visit.who(), spec, &holding.iter().collect::<Vec<_>>()),
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
    let rows = visit.reads().list(spec.key, &select, u32::MAX).await?;
    sight.own = rows.into_iter().map(|r| r.row).collect();
    sight.hides = Some(hides);
    Ok(sight)
}

/// Names for the fields of a register, as `reader` may see them. `mentioned` are texts that
/// may be names or ids of rows of very large registers.
pub(crate) async fn names(
    visit: &Visit<'_>,
    eyes: Eyes,
    spec: &'static RegisterSpec,
    mentioned: &BTreeMap<&'static str, BTreeSet<String>>,
) -> Result<NameBook, AppError> {
    let mut book = NameBook::default();
    for key in referred(spec) {
        let Some(other) = registers::register(key) else {
            continue;
        };
        let sight = sight(visit, eyes, other).await?;
        if other.bulk {
            if let Some(texts) = mentioned.get(key) {
                look_up(visit, &mut book, &sight, texts).await?;
            }
            continue;
        }
        for row in visit.rows().standing(key) {
            let body = registers::open_ref(other, &row.body)?;
            let name = registers::Record::new(other, &row.row, &body).name();
            book.add(key, &row.row, name, &sight);
        }
    }
    Ok(book)
}

/// Names for the fields of a register, of very large registers too.
pub(crate) async fn all_names(
    visit: &Visit<'_>,
    eyes: Eyes,
    spec: &'static RegisterSpec,
) -> Result<NameBook, AppError> {
    let mut book = names(visit, eyes, spec, &BTreeMap::new()).await?;
    for key in referred(spec) {
        let Some(other) = registers::register(key).filter(|r| r.bulk) else {
            continue;
        };
        let sight = sight(visit, eyes, other).await?;
        let mut select = Select::default();
        loop {
            let rows = visit
                .reads()
                .list(key, &select, super::bulk::READ_AT_ONCE)
                .await?;
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
pub(crate) async fn hides_names(visit: &Visit<'_>, spec: &'static RegisterSpec) -> Result<bool, AppError> {
    for other in referred(spec).into_iter().filter_map(registers::register) {
        if sight(visit, Eyes::Theirs, other).await?.hides.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Looks for rows of a very large register: by their ids at once, the rest by their names.
async fn look_up(
    visit: &Visit<'_>,
    book: &mut NameBook,
    sight: &Sight,
    texts: &BTreeSet<String>,
) -> Result<(), AppError> {
    let spec = sight.spec;
    let by_id = visit.reads().rows(spec.key, texts).await?;
    let found: BTreeSet<&String> = by_id.iter().map(|r| &r.row).collect();
    let mut rows = Vec::new();
    for text in texts.iter().filter(|t| !found.contains(t)) {
        let by_name = if registers::is_short(text) {
            Select {
                equal: vec![(spec.names_row.to_owned(), text.clone())],
                ..Select::default()
            }
        } else {
            // A name too long to be filtered by is found as text; the book compares it whole.
            let part = text.lines().next().unwrap_or_default().trim().to_owned();
            if part.is_empty() {
                continue;
            }
            let contains = store::Text {
                part,
                personal: true,
                confidential: true,
            };
            Select {
                contains,
                ..Select::default()
            }
        };
        rows.extend(visit.reads().list(spec.key, &by_name, 3).await?);
    }
    rows.extend(by_id);
    for row in &rows {
        let body = registers::open_ref(spec, &row.body)?;
        let name = registers::Record::new(spec, &row.row, &body).name();
        book.add(spec.key, &row.row, name, sight);
    }
    // What was understood by them is held as it was seen.
    visit.reads().keep(&rows).await;
    Ok(())
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
