//! How an incident is graded: three aspects, each a list of cases with its level by edition.
//!
//! Why data: the editions differ in what counts as grave, and an answer given under one edition
//! must be shown under that one. What it can't know: whether a leak is slight or grave; the
//! text sets no number, so the agency answers and keeps its reasons.

use crate::citation::Citation;
use crate::instrument::Certainty;
use serde::Serialize;

/// The grading of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct IncidentLevels {
    /// Instrument slug.
    pub instrument: String,
    /// 洩漏、竄改、中斷.
    pub aspects: Vec<IncidentAspect>,
}

/// One aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentAspect {
    /// Stable key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// Cases, in the order of gravity.
    pub cases: Vec<IncidentCase>,
}

/// One case of an aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentCase {
    /// Stable key.
    pub key: String,
    /// What happened, in our own words.
    pub text: String,
    /// Its level in each edition that knows it.
    pub levels: Vec<LevelCase>,
}

/// The level of a case in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelCase {
    /// Version id.
    pub version: String,
    /// 1 to 4.
    pub level: u8,
    /// Its clause.
    pub cite: Citation,
    /// How sure.
    pub certainty: Certainty,
}

/// What the officer says happened in one aspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Aspect key.
    pub aspect: &'a str,
    /// Case key.
    pub case: &'a str,
}

/// The level of an incident, with the cases that make it so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelFound {
    /// The highest level of any aspect.
    pub level: u8,
    /// Every aspect answered: aspect, case, its level.
    pub because: Vec<(String, String, LevelCase)>,
}

impl IncidentLevels {
    /// The level under one edition: the highest of the aspects answered.
    ///
    /// # Errors
    /// The aspect or case that the edition does not have.
    pub fn grade(&self, version: &str, answers: &[Answer<'_>]) -> Result<LevelFound, String> {
        let mut because = Vec::new();
        for answer in answers {
            let aspect = self.aspects.iter().find(|a| a.key == answer.aspect);
            let aspect = aspect.ok_or_else(|| answer.aspect.to_owned())?;
            let case = aspect.cases.iter().find(|c| c.key == answer.case);
            let level = case.and_then(|c| c.levels.iter().find(|l| l.version == version));
            let (Some(case), Some(level)) = (case, level) else {
                return Err(answer.case.to_owned());
            };
            because.push((aspect.title.clone(), case.text.clone(), level.clone()));
        }
        let level = because.iter().map(|(_, _, l)| l.level).max().unwrap_or(0);
        Ok(LevelFound { level, because })
    }

    /// The cases of an aspect that one edition knows.
    pub fn cases<'a>(
        &'a self,
        aspect: &str,
        version: &'a str,
    ) -> impl Iterator<Item = (&'a IncidentCase, &'a LevelCase)> {
        let aspect = self.aspects.iter().find(|a| a.key == aspect);
        aspect
            .into_iter()
            .flat_map(|a| &a.cases)
            .filter_map(move |c| Some((c, c.levels.iter().find(|l| l.version == version)?)))
    }
}
