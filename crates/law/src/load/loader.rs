//! What has been read of a corpus so far, and what was found wrong with it.
//!
//! Why apart from the passes: every part of the law folder has a reader of its own, all of which
//! write here and none of which knows another. What it can't know: what is still to come.

use super::file::File;
use super::parse;
use crate::baseline::Baseline;
use crate::clause::SourceClause;
use crate::corpus::{CountingCite, Cover, InterpretiveReading};
use crate::duty::{Basis, Duty};
use crate::error::LawError;
use crate::incident::IncidentLevels;
use crate::instrument::Instrument;
use crate::parameter::Parameter;
use crate::route::Route;
use crate::standard::Standard;
use period::CalendarYear;
use std::collections::BTreeMap;

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
    pub(crate) routes: Vec<Route>,
    /// Bases that another file adds to a duty: where they stand, the duty, the basis.
    pub(crate) further: Vec<(String, usize, String, Basis)>,
    pub(crate) errors: Vec<LawError>,
    pub(crate) places: BTreeMap<String, (String, usize)>,
}

impl Loader {
    pub(crate) fn problem(
        &mut self,
        file: &str,
        line: usize,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.errors.push(LawError {
            file: file.to_owned(),
            line,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    pub(crate) fn take<T: serde::de::DeserializeOwned>(&mut self, file: &File<'_>) -> Option<T> {
        let said = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        if !file.text.lines().any(said) {
            self.problem(&file.path, 1, "檔案沒有內容", "請填寫內容，或移除此檔");
            return None;
        }
        match parse::read(file) {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }
}
