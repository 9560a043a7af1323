//! What has been read of a corpus so far, and what was found wrong with it.
//!
//! Why apart from the passes: every part of the law folder has a reader of its own, all of which
//! write here and none of which knows another. What it can't know: what is still to come.

use super::doubt::{Doubts, Kind};
use super::file::File;
use super::parse::{self, Listed};
use super::place::{Place, place};
use super::salvage;
use crate::baseline::Baseline;
use crate::clause::SourceClause;
use crate::corpus::{CountingCite, Cover, InterpretiveReading};
use crate::designating::Designating;
use crate::duty::{Basis, Duty};
use crate::error::LawError;
use crate::incident::IncidentLevels;
use crate::instrument::Instrument;
use crate::parameter::{Direction, Parameter, ValueKind};
use crate::route::Route;
use crate::standard::Standard;
use crate::wording::{PlanRule, Wording};
use period::CalendarYear;
use std::collections::{BTreeMap, BTreeSet};

/// What a place says that a parameter is, and the place.
pub(crate) type Declared = ((ValueKind, String, Direction), (String, usize));

#[derive(Default)]
pub(crate) struct Loader {
    pub(crate) instruments: BTreeMap<String, Instrument>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) years: Vec<CalendarYear>,
    pub(crate) counting: Vec<CountingCite>,
    pub(crate) readings: BTreeMap<String, InterpretiveReading>,
    pub(crate) shown: Option<crate::duty::Shown>,
    pub(crate) fixed: Option<period::FixedHolidays>,
    pub(crate) coverage: Vec<Cover>,
    pub(crate) baseline: Baseline,
    pub(crate) standards: BTreeMap<String, Standard>,
    pub(crate) clauses: Vec<SourceClause>,
    pub(crate) levels: IncidentLevels,
    pub(crate) designating: Designating,
    pub(crate) plan_words: BTreeMap<String, String>,
    pub(crate) plan_counts: BTreeMap<String, BTreeMap<String, Option<String>>>,
    pub(crate) wordings: Vec<Wording>,
    pub(crate) plan_rules: Vec<PlanRule>,
    pub(crate) routes: Vec<Route>,
    /// Bases that another file adds to a duty: where they stand, the duty, the basis.
    pub(crate) further: Vec<(String, usize, String, Basis)>,
    pub(crate) errors: Vec<LawError>,
    /// What was refused, and so is no proof against what refers to it.
    pub(crate) doubts: Doubts,
    /// The registers there are, where the caller knows.
    pub(crate) registers: Option<BTreeSet<String>>,
    /// A file of articles whose absence excuses nothing that refers to it.
    pub(crate) plain: Option<String>,
    pub(crate) places: BTreeMap<String, (String, usize)>,
    /// Instruments that say why they hold where no government is known.
    pub(crate) explained: BTreeSet<String>,
    /// What each place says that a parameter is: kind, unit, direction.
    pub(crate) declared: BTreeMap<String, Vec<Declared>>,
    /// Where each value of a parameter stands, in their order.
    pub(crate) value_places: BTreeMap<String, Vec<(String, usize)>>,
}

/// The law of the nation was there first; whoever adds to it is told.
pub(crate) fn national(path: &str) -> bool {
    path.starts_with("national/")
}

impl Loader {
    pub(crate) fn problem(
        &mut self,
        file: &str,
        line: usize,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.errors.push(LawError::new(file, line, message, remedy));
    }

    /// Two places that can't both stand: what stands at the place that was kept under `key`, and this.
    pub(crate) fn clash(
        &mut self,
        (file, line): (&str, usize),
        key: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let mut error = LawError::new(file, line, message, remedy);
        error.also = self.places.get(key).cloned();
        let other = error.also.as_ref().is_some_and(|(other, _)| !national(other));
        self.errors.push(if national(file) && other {
            error.turned()
        } else {
            error
        });
    }

    /// Keeps where something stands, unless it is known already.
    pub(crate) fn keep_place(&mut self, key: String, file: &File<'_>, line: usize) {
        self.places
            .entry(key)
            .or_insert_with(|| (file.path.clone(), line));
    }

    pub(crate) fn take<T: Listed>(&mut self, file: &File<'_>) -> Option<T> {
        if let Some((why, remedy)) = &file.unread {
            self.problem(&file.path, 0, why, remedy);
            self.doubt_all_of(&file.path);
            return None;
        }
        let said = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        if !file.text.lines().any(said) {
            self.problem(&file.path, 1, "檔案沒有內容", "請填寫內容，或移除此檔");
            self.doubt_all_of(&file.path);
            return None;
        }
        match parse::read::<T>(file) {
            Ok(value) => Some(value),
            Err(error) if !T::HAS_LISTS => {
                self.errors.push(error);
                self.doubt_all_of(&file.path);
                None
            }
            Err(error) => {
                let found = salvage::salvage::<T>(file, error);
                self.errors.extend(found.errors);
                for (list, name) in found.lost {
                    self.doubt_entry(&file.path, &list, name.as_deref());
                }
                if found.sound.is_none() {
                    self.doubt_all_of(&file.path);
                }
                found.sound
            }
        }
    }

    /// The same, of a file that must have entries.
    pub(crate) fn take_entries<T: Listed>(&mut self, file: &File<'_>, list: &str) -> Option<T> {
        let before = self.errors.len();
        let value = self.take::<T>(file)?;
        if value.is_bare() && self.errors.len() == before {
            let message = format!("檔案沒有任何一筆（[[{list}]]）");
            self.problem(&file.path, 1, message, "請填寫內容，或移除此檔");
            self.doubt_all_of(&file.path);
            return None;
        }
        Some(value)
    }

    fn doubt_entry(&mut self, path: &str, list: &str, name: Option<&str>) {
        if let (Place::Instrument(slug), "version") = (place(path), list) {
            self.doubts.add(Kind::Days, slug);
            let name = name.map_or_else(|| slug.to_owned(), |id| format!("{slug}@{id}"));
            self.doubts.add(Kind::Law, &name);
            return;
        }
        match (salvage::kind(list), name) {
            (Some(kind @ (Kind::Clause | Kind::Cover)), _) | (Some(kind), None) => self.doubts.all(kind),
            (Some(kind), Some(name)) => self.doubts.add(kind, name),
            (None, _) => {}
        }
    }

    /// Whatever stands in a file is in doubt.
    pub(super) fn doubt_all_of(&mut self, path: &str) {
        match place(path) {
            Place::Instrument(slug) => self.doubts.add(Kind::Law, slug),
            Place::Articles(slug) => {
                let version = path
                    .rsplit('/')
                    .next()
                    .and_then(|name| name.strip_suffix(".toml"));
                let name = format!("{slug}@{}", version.unwrap_or_default());
                self.doubts.add(Kind::Law, &name);
            }
            Place::Duties(_) => {
                self.doubts.all(Kind::Duty);
                self.doubts.all(Kind::Parameter);
            }
            Place::Baseline(_, "dimensions.toml") => self.doubts.all(Kind::Dimension),
            Place::Baseline(_, "controls.toml") => self.doubts.all(Kind::Control),
            Place::Calendar | Place::FixedHolidays => self.doubts.all(Kind::Calendar),
            Place::Routes => self.doubts.all(Kind::Route),
            Place::Readings => self.doubts.all(Kind::Reading),
            Place::Coverage => self.doubts.all(Kind::Cover),
            Place::Standard => self.doubts.all(Kind::Standard),
            Place::Clauses(_) => self.doubts.all(Kind::Clause),
            _ => {}
        }
    }
}
