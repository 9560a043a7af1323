//! What the agency is.

use period::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// The agency as every page's head shows it.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct AgencyHead {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Level on the day asked, if known.
    pub level: Option<String>,
}

/// A level decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignationView {
    /// Level.
    pub level: String,
    /// When approved.
    pub approved_on: Option<Date>,
    /// Document number.
    pub document_no: String,
}

/// A business.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BusinessView {
    /// Name.
    pub name: String,
    /// Core or not.
    pub core: bool,
    /// The system it rests on.
    pub system: String,
    /// Importance.
    pub importance: String,
    /// What its failure would do.
    pub impact: String,
    /// MTPD in words.
    pub mtpd: String,
    /// Line of the plan.
    pub line: Option<usize>,
}

/// A system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemView {
    /// Name.
    pub name: String,
    /// 核心, 非核心, 未定.
    pub core: &'static str,
    /// Grade.
    pub grade: String,
}

/// An instrument taken on by the agency's own decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdoptionView {
    /// Slug.
    pub instrument: String,
    /// Title.
    pub title: String,
    /// First day.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContractView {
    /// Register id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Titles of the baselines it names.
    pub baselines: Vec<String>,
    /// First day.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
}

/// One condition of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelCondition {
    /// Key.
    pub key: String,
    /// What it is.
    pub text: String,
    /// The level that it makes.
    pub level: String,
    /// Its clause, printed.
    pub clause: String,
    /// How sure.
    pub certainty_label: String,
}

/// The level that statements and systems lead to, beside the one that was given: a finding, no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelTrial {
    /// The level that was given.
    pub designated: Option<String>,
    /// The level that is met.
    pub tried: Option<String>,
    /// Whether the two surely differ.
    pub differs: bool,
    /// What comes of it, in words.
    pub words: String,
    /// The clause behind it, printed.
    pub clause: String,
    /// Conditions that are met.
    pub met: Vec<LevelCondition>,
    /// Conditions of higher levels that nobody answered.
    pub open: Vec<LevelCondition>,
}

/// An objective that the plan sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectiveView {
    /// In words.
    pub text: String,
    /// Line of the plan.
    pub line: usize,
}

/// The page 機關.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgencyView {
    /// The head.
    pub agency: AgencyHead,
    /// The day.
    pub day: Date,
    /// 公務機關…
    pub body: String,
    /// Records are complete from this day.
    pub records_from: Option<Date>,
    /// Flags of the agency register: key and what is said.
    pub flags: Vec<(String, Option<bool>)>,
    /// Who is 資通安全長: name, position, since when.
    pub ciso: Option<(String, String, Option<Date>)>,
    /// Whether it has core systems: 有, 無, 不明.
    pub core_systems: String,
    /// City whose rules bind it; empty where nobody said.
    pub jurisdiction: String,
    /// Instruments taken on.
    pub adopted: Vec<AdoptionView>,
    /// Contracts.
    pub contracts: Vec<ContractView>,
    /// What its level would be by its own statements.
    pub trial: Option<LevelTrial>,
    /// Facts that nobody has supplied: label and who can.
    pub missing: Vec<(String, String, String)>,
    /// Level decisions.
    pub designations: Vec<DesignationView>,
    /// Businesses, core first.
    pub businesses: Vec<BusinessView>,
    /// Systems.
    pub systems: Vec<SystemView>,
    /// Objectives.
    pub objectives: Vec<ObjectiveView>,
    /// The plan's file name and hash.
    pub plan: Option<(String, String)>,
    /// Where the ledger ends.
    pub ledger: String,
}
