//! The first day: a plan before it is taken over, the steps of a new agency, and how its duties stand.

use crate::AgencyHead;
use period::Date;
use serde::Serialize;

/// What the rules of a city add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CityEffect {
    /// The city.
    pub name: String,
    /// Its rules: title and where their page is.
    pub rules: Vec<(String, String)>,
    /// How many duties there are with them.
    pub duties: usize,
}

/// One thing that is wrong in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstFinding {
    /// Line of the plan; 0 for what is missing.
    pub line: u64,
    /// The sentence of the plan; empty where it is about none.
    pub sentence: String,
    /// What is wrong, and how it may be worded.
    pub message: String,
    /// The clauses that say so, printed, and where their pages are.
    pub clauses: Vec<(String, String)>,
}

/// What is wrong of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstFindings {
    /// Its name.
    pub title: String,
    /// What it means and what to do about it.
    pub help: String,
    /// The findings.
    pub findings: Vec<FirstFinding>,
}

/// A plan that was handed in, before anything is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstPlanView {
    /// Under which it is looked at.
    pub id: String,
    /// Its file.
    pub file_name: String,
    /// The agency's name.
    pub name: String,
    /// Its level; none where the plan says none.
    pub level: Option<String>,
    /// What kind of body it is, in words; none where the plan doesn't say.
    pub body: Option<String>,
    /// The city that its name says.
    pub guessed: Option<String>,
    /// The city that is taken.
    pub city: Option<String>,
    /// The cities to choose from, in groups.
    pub choices: Vec<(&'static str, Vec<String>)>,
    /// How many duties there are without a city's rules.
    pub without: usize,
    /// How many duties there are.
    pub duties: usize,
    /// How many of them have a date.
    pub dated: usize,
    /// What the rules of each city add.
    pub cities: Vec<CityEffect>,
    /// The day of the decision on the level.
    pub approved_on: Option<Date>,
    /// How many lines of business were read.
    pub businesses: usize,
    /// How many systems were read.
    pub systems: usize,
    /// What is wrong in the plan, worst first.
    pub findings: Vec<FirstFindings>,
    /// How many places a corrected copy changes.
    pub fixable: usize,
    /// What the officer should look at.
    pub notices: Vec<String>,
}

impl FirstPlanView {
    /// What the rules of the chosen city add, where it has any.
    pub fn effect(&self) -> Option<&CityEffect> {
        let city = self.city.as_deref()?;
        self.cities.iter().find(|c| c.name == city)
    }

    /// How many things are wrong in the plan.
    pub fn total(&self) -> usize {
        self.findings.iter().map(|g| g.findings.len()).sum()
    }
}

/// One of the steps of a new agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstStep {
    /// What.
    pub title: &'static str,
    /// Whether the records show it.
    pub is_done: bool,
    /// How far it is.
    pub detail: String,
    /// Where it is done.
    pub href: String,
    /// What the button says.
    pub button: &'static str,
}

/// One line of a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StocktakeRow {
    /// The duty.
    pub key: String,
    /// Row id of the system, contract or person; empty for the agency.
    pub subject: String,
    /// That, in words; empty for the agency.
    pub about: String,
    /// What an officer calls it.
    pub title: String,
    /// Who says so.
    pub clause: String,
    /// Where that clause's page is.
    pub clause_href: String,
    /// When, in words.
    pub due: String,
    /// Its state in words.
    pub state: String,
    /// The name of its colour.
    pub tone: &'static str,
    /// Whether it is proven already.
    pub is_met: bool,
    /// What was said; empty where nothing was.
    pub answer: String,
    /// That, in words.
    pub answer_words: String,
    /// When it was done.
    pub on: Option<Date>,
    /// Under which document number.
    pub document_no: String,
    /// Where the proof is.
    pub proof_at: String,
    /// More.
    pub note: String,
    /// By when the proof is to be brought.
    pub prove_by: Option<Date>,
    /// Row id of what was said; empty where nothing was.
    pub record: String,
}

/// The page 現況盤點.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StocktakeView {
    /// The agency.
    pub agency: AgencyHead,
    /// How many are answered or proven.
    pub answered: usize,
    /// How many there are.
    pub total: usize,
    /// The agency's own last day for proofs.
    pub until: Option<Date>,
    /// Since when the agency keeps its records here.
    pub records_from: Option<Date>,
    /// The lines, by aspect.
    pub groups: Vec<(String, Vec<StocktakeRow>)>,
}
