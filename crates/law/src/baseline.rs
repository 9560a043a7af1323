//! The protection baseline of systems and their grading, through the editions of the annexes.
//!
//! What: every row of the baseline with the grade from which each edition asks for it,
//! and how a system comes to its grade. Why apart from duties: an agency owes the
//! baseline as one duty, but answers it row by row for each system, and an edition
//! changes rows, not the duty. What it can't know: the official numbering of rows
//! where only a second-hand table was at hand, and whether a system meets a row.

use crate::citation::Citation;
use crate::instrument::Certainty;
use serde::{Deserialize, Serialize};

/// 防護需求等級; a higher one holds the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// 普
    #[serde(rename = "普")]
    Basic,
    /// 中
    #[serde(rename = "中")]
    Medium,
    /// 高
    #[serde(rename = "高")]
    High,
}

impl Grade {
    /// All, from the lowest.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Medium, Self::High];

    /// Its word: 普, 中, 高.
    pub fn label(self) -> &'static str {
        match self {
            Self::Basic => "普",
            Self::Medium => "中",
            Self::High => "高",
        }
    }

    /// The grade of a word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.label() == word.trim())
    }
}

/// How far a machine can check a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// By itself, from settings or logs.
    Machine,
    /// With evidence that somebody supplies.
    Half,
    /// Only by reading documents.
    Human,
}

impl CheckKind {
    /// The mark that pages show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Machine => "自動檢核",
            Self::Half => "佐證加規則",
            Self::Human => "人工檢視",
        }
    }
}

/// One of the groups of rows (構面).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// Start of its rows' ids.
    pub key: String,
    /// Name.
    pub title: String,
    /// English name.
    pub english: String,
    /// Names in earlier editions.
    pub formerly: Vec<String>,
}

/// A number that a row leaves to the agency, or sets itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlParameter {
    /// Key; that of the law's or the plan's parameter where it is the same.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// Unit; `interval` for how often, `flag` for yes or no.
    pub unit: String,
    /// What the annex itself sets; nothing where the agency does.
    pub value: Option<f64>,
}

/// A row in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlEdition {
    /// Version of the instrument.
    pub version: String,
    /// Asked from this grade on.
    pub grade: Grade,
    /// Its clause.
    pub cite: Citation,
    /// How sure.
    pub certainty: Certainty,
    /// Name of the measure, where this edition has another.
    pub measure: Option<String>,
    /// The demand, where this edition asks something else.
    pub demand: Option<String>,
    /// Rows of the edition before with another id that it continues.
    pub was: Vec<String>,
}

/// One row of the baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Control {
    /// Id, ours: `AC1-1`.
    pub id: String,
    /// Dimension key.
    pub dimension: String,
    /// The measure it belongs to.
    pub measure: String,
    /// What it asks, in our own words.
    pub demand: String,
    /// Its numbers.
    pub parameters: Vec<ControlParameter>,
    /// What shows that it is met.
    pub evidence: Vec<String>,
    /// How far a machine can check it.
    pub check: CheckKind,
    /// How it is checked.
    pub how: String,
    /// The editions that have it, oldest first.
    pub editions: Vec<ControlEdition>,
    /// What else an officer should know.
    pub note: String,
}

impl Control {
    /// The row in an edition.
    pub fn edition(&self, version: &str) -> Option<&ControlEdition> {
        self.editions.iter().find(|e| e.version == version)
    }

    /// Name of its measure in an edition.
    pub fn measure_in(&self, version: &str) -> &str {
        self.edition(version)
            .and_then(|e| e.measure.as_deref())
            .unwrap_or(&self.measure)
    }

    /// What it asks in an edition.
    pub fn demand_in(&self, version: &str) -> &str {
        self.edition(version)
            .and_then(|e| e.demand.as_deref())
            .unwrap_or(&self.demand)
    }
}

/// One question of the grading, with what makes each grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Aspect {
    /// `C`, `I`, `A`, `L`.
    pub key: String,
    /// Name.
    pub title: String,
    /// What is asked.
    pub asks: String,
    /// What makes each grade, from the lowest.
    pub levels: Vec<(Grade, String)>,
}

/// How the grades of the aspects become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// The highest of them.
    Highest,
}

/// How a system comes to its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grading {
    /// How the aspects' grades become one.
    pub overall: Overall,
    /// From this grade on a system is a core system.
    pub core_from: Grade,
    /// Why.
    pub core_cites: Vec<Citation>,
    /// The clause in each version, with its certainty.
    pub editions: Vec<(Citation, Certainty)>,
    /// The aspects.
    pub aspects: Vec<Aspect>,
}

impl Grading {
    /// The grade of a system whose aspects have these grades; nothing where an aspect is missing.
    pub fn grade(&self, aspects: &[(&str, Grade)]) -> Option<Grade> {
        let of = |key: &str| aspects.iter().filter(|(k, _)| *k == key).map(|(_, g)| *g).max();
        let grades = self
            .aspects
            .iter()
            .map(|a| of(&a.key))
            .collect::<Option<Vec<_>>>()?;
        match self.overall {
            Overall::Highest => grades.into_iter().max(),
        }
    }

    /// Whether a grade makes a system a core system.
    pub fn is_core(&self, grade: Grade) -> bool {
        grade >= self.core_from
    }
}

/// The baseline through its editions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Baseline {
    /// The instrument whose annex it is; empty where there is none.
    pub instrument: String,
    /// Versions that have rows, oldest first.
    pub editions: Vec<String>,
    /// Groups of rows in their order.
    pub dimensions: Vec<Dimension>,
    /// Rows in their order.
    pub controls: Vec<Control>,
    /// How a system comes to its grade.
    pub grading: Option<Grading>,
}

impl Baseline {
    /// A row by id.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().find(|c| c.id == id)
    }

    /// A dimension by key.
    pub fn dimension(&self, key: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.key == key)
    }

    /// What an edition asks of a system of a grade: its own rows and those of the lower grades.
    pub fn required(&self, version: &str, grade: Grade) -> Vec<&Control> {
        self.controls
            .iter()
            .filter(|c| c.edition(version).is_some_and(|e| e.grade <= grade))
            .collect()
    }
}
