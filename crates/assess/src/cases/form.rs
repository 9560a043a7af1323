//! The form of a case, exactly as written: unknown keys are refused.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) name: Spanned<String>,
    pub(super) level: String,
    pub(super) approved: Option<toml::value::Datetime>,
    pub(super) core_system: Option<toml::Value>,
    pub(super) other_system: Option<String>,
    pub(super) body: Option<String>,
    pub(super) jurisdiction: Option<String>,
    #[serde(default)]
    pub(super) systems: Vec<RawSystem>,
    #[serde(default)]
    pub(super) adopts: Vec<RawAdoption>,
    pub(super) contract: Option<RawContract>,
    #[serde(default)]
    pub(super) contracts: Vec<RawContract>,
    pub(super) records_from: Option<toml::value::Datetime>,
    #[serde(default)]
    pub(super) flags: BTreeMap<String, bool>,
    #[serde(default)]
    pub(super) facts: Vec<RawFact>,
    #[serde(default)]
    pub(super) done: Vec<RawDone>,
    #[serde(default)]
    pub(super) counted: Vec<RawCounted>,
    #[serde(default)]
    pub(super) events: Vec<RawEvent>,
    #[serde(default)]
    pub(super) exemptions: Vec<RawExemption>,
    #[serde(default)]
    pub(super) delegations: Vec<RawDelegation>,
    #[serde(default)]
    pub(super) changes: Vec<RawChange>,
    #[serde(default)]
    pub(super) declared: Vec<RawDeclared>,
    #[serde(default)]
    pub(super) plan: Vec<RawPlan>,
    pub(super) at: toml::value::Datetime,
    pub(super) expect: Vec<RawExpect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawContract {
    pub(super) name: String,
    pub(super) baselines: Vec<String>,
    pub(super) from: Option<toml::value::Datetime>,
    pub(super) until: Option<toml::value::Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSystem {
    pub(super) name: String,
    pub(super) core: Option<bool>,
}

/// An instrument taken on, with the days of it where they matter.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "adopts 請填法規代號，或 { instrument = …, from = …, until = … }"
)]
pub(super) enum RawAdoption {
    Always(String),
    Dated(RawDated),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDated {
    pub(super) instrument: String,
    pub(super) from: Option<toml::value::Datetime>,
    pub(super) until: Option<toml::value::Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFact {
    pub(super) key: Spanned<String>,
    pub(super) value: toml::Value,
    pub(super) from: Option<toml::value::Datetime>,
    pub(super) until: Option<toml::value::Datetime>,
    pub(super) system: Option<String>,
    pub(super) contract: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDone {
    pub(super) duty: Spanned<String>,
    pub(super) on: toml::value::Datetime,
    /// The contract or the system it was done for; else the agency.
    pub(super) contract: Option<String>,
    pub(super) system: Option<String>,
    pub(super) until: Option<toml::value::Datetime>,
    /// How many files show it; one where nothing is said.
    pub(super) evidence: Option<usize>,
    /// The edition of the law it was done against.
    pub(super) edition: Option<String>,
    /// The parts of the duty that it answers.
    #[serde(default)]
    pub(super) parts: Vec<String>,
}

/// What the agency says of a duty without a file to show it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDeclared {
    pub(super) duty: Spanned<String>,
    pub(super) state: facts::DeclaredAs,
    pub(super) said: toml::value::Datetime,
    pub(super) on: Option<toml::value::Datetime>,
    /// The last day by which the proof is to be brought.
    pub(super) prove_by: Option<toml::value::Datetime>,
    pub(super) system: Option<String>,
    pub(super) contract: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChange {
    pub(super) what: Spanned<String>,
    pub(super) system: String,
    pub(super) on: toml::value::Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCounted {
    pub(super) what: Spanned<String>,
    pub(super) of: String,
    pub(super) from: Option<toml::value::Datetime>,
    pub(super) until: Option<toml::value::Datetime>,
    pub(super) file: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvent {
    pub(super) duty: Spanned<String>,
    pub(super) at: toml::value::Datetime,
    pub(super) level: Option<String>,
    /// When that level took the place of another.
    pub(super) changed: Option<toml::value::Datetime>,
    pub(super) settled: Option<toml::value::Datetime>,
    /// False where what settled it is without evidence.
    pub(super) proof: Option<bool>,
    /// The parts of the duty that are shown of it.
    #[serde(default)]
    pub(super) parts: Vec<String>,
    pub(super) contract: Option<String>,
    pub(super) system: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExemption {
    pub(super) duty: Spanned<String>,
    pub(super) from: toml::value::Datetime,
    pub(super) until: toml::value::Datetime,
    pub(super) agreed: Option<toml::value::Datetime>,
    pub(super) filed: Option<toml::value::Datetime>,
    pub(super) system: Option<String>,
    pub(super) contract: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDelegation {
    pub(super) duty: Spanned<String>,
    pub(super) from: toml::value::Datetime,
    pub(super) until: Option<toml::value::Datetime>,
    pub(super) agreed: Option<toml::value::Datetime>,
    pub(super) confirmed: Option<toml::value::Datetime>,
    /// How many files show the consent; one where nothing is said.
    pub(super) evidence: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub(super) key: String,
    pub(super) number: Option<f64>,
    pub(super) word: Option<String>,
    #[serde(default)]
    pub(super) unit: String,
    pub(super) clause: String,
    #[serde(default)]
    pub(super) levels: Vec<String>,
    #[serde(default)]
    pub(super) core: bool,
    pub(super) per: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExpect {
    pub(super) duty: Spanned<String>,
    /// A verdict, or `absent`.
    pub(super) verdict: String,
    pub(super) due: Option<toml::value::Datetime>,
    /// By how much it is met late, in words.
    pub(super) late: Option<String>,
    /// The reason's code.
    pub(super) code: Option<String>,
    /// Whether that day is an estimate.
    pub(super) provisional: Option<bool>,
    /// The end of its worst event under the other reading.
    pub(super) other: Option<toml::value::Datetime>,
    pub(super) binding: Option<String>,
    pub(super) losers: Option<usize>,
    pub(super) findings: Option<usize>,
}
