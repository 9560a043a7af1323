//! What a standard is to those who read one, and what is said where a file is none.
//!
//! Why apart from the readers: every format gives the same shape, and none knows another.
//! What it can't know: the law.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of file a standard came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A library of CISO Assistant.
    CisoAssistant,
    /// An OSCAL catalogue or profile.
    Oscal,
}

/// What a standard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Requirements, and maybe mappings from them.
    Framework,
    /// Mappings only.
    Mapping,
    /// A choice among the requirements of others.
    Profile,
}

/// One requirement, or a heading over some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// Identifier, unique in the file.
    pub id: String,
    /// The requirement or heading above it.
    pub parent: Option<String>,
    /// What people call it: `A.8.15`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Title.
    pub title: String,
    /// What it asks.
    pub text: String,
    /// Whether it is answered itself, or only groups others.
    pub assessable: bool,
    /// Levels, grades or implementation groups that it belongs to; none where it is for all.
    pub levels: Vec<String>,
    /// Line in the file.
    pub line: u32,
    /// What is wrong with it in the file, in words; it was taken all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

/// A level or implementation group that a file declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Identifier.
    pub id: String,
    /// Name.
    pub title: String,
}

/// How the source of a mapping stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// Both ask the same.
    Equal,
    /// The source asks less.
    Subset,
    /// The source asks more.
    Superset,
    /// They share a part.
    Intersects,
    /// They were compared and share nothing.
    NotRelated,
}

/// One mapping between requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// The source's identifier.
    pub from: String,
    /// The target's.
    pub to: String,
    /// How the source stands to the target.
    pub relationship: Relationship,
    /// How strong, as the file says; 0 to 10.
    pub strength: Option<u8>,
    /// Line in the file.
    pub line: u32,
    /// What is wrong with it in the file, in words; it was taken all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

/// One import of a profile: which requirements of which catalogue it chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// The catalogue or profile, as the file names it.
    pub href: String,
    /// Everything in it.
    pub all: bool,
    /// These, by identifier.
    pub ids: Vec<String>,
    /// Those whose identifier fits a pattern; kept as written.
    pub patterns: Vec<String>,
    /// Whether what stands below a chosen one is chosen too.
    pub with_children: bool,
    /// But not these.
    pub excluded: Vec<String>,
    /// Line in the file.
    pub line: u32,
}

/// Something that the file says and that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Line where it first occurs.
    pub line: u32,
    /// Its place in the file's structure.
    pub pointer: String,
    /// What, in words (zh-TW).
    pub message: String,
}

/// A standard as a file states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// What kind of file it came from.
    pub format: Format,
    /// What it holds.
    pub kind: Kind,
    /// Identifier, the same in the next edition of the file.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version, as the file says.
    pub version: String,
    /// Who publishes it; empty where the file doesn't say.
    pub publisher: String,
    /// Declared levels.
    pub levels: Vec<Level>,
    /// Requirements and headings, in the order of the file.
    pub requirements: Vec<Requirement>,
    /// Mappings, in the order of the file.
    pub mappings: Vec<Mapping>,
    /// Choices of a profile.
    pub selections: Vec<Selection>,
    /// What was not taken over.
    pub notes: Vec<Note>,
    /// What is wrong with the file and doesn't keep the rest from being used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Problem>,
}

impl Standard {
    /// The standard, where nothing at all is wrong with its file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn strictly(self, file: &str) -> Result<Self, StandardError> {
        if self.faults.is_empty() {
            return Ok(self);
        }
        Err(StandardError::listed(file, self.faults, 0))
    }

    /// How many requirements are answered themselves.
    pub fn assessable(&self) -> usize {
        self.requirements.iter().filter(|r| r.assessable).count()
    }
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Place in the file's structure (JSON pointer); empty where it has none yet.
    pub pointer: String,
    /// What is wrong (zh-TW).
    pub message: String,
    /// What to do (zh-TW).
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行第 {} 字", self.line, self.column)?;
        if !self.pointer.is_empty() {
            write!(f, "（{}）", self.pointer)?;
        }
        write!(f, "：{}。下一步：{}", self.message, self.remedy)
    }
}

/// Why a file is no standard that can be used: everything found, up to a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardError {
    /// The file's name.
    pub file: String,
    /// What is wrong, in the order of the file; at least one.
    pub problems: Vec<Problem>,
    /// How many more there are than are listed.
    pub more: usize,
}

impl fmt::Display for StandardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "「{}」不能作為標準匯入", self.file)?;
        for problem in &self.problems {
            write!(f, "\n{}　{problem}", self.file)?;
        }
        if self.more > 0 {
            write!(f, "\n另有 {} 處未列出，請先更正以上各處", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for StandardError {}

/// How many problems are listed.
const PROBLEM_LIMIT: usize = 20;

impl StandardError {
    /// In the order of the file, as many as one reads; `more` are not among them.
    pub(super) fn listed(file: &str, mut problems: Vec<Problem>, more: usize) -> Self {
        problems.sort_by_key(|p| (p.line, p.column));
        let more = problems.len().saturating_sub(PROBLEM_LIMIT) + more;
        problems.truncate(PROBLEM_LIMIT);
        Self {
            file: file.to_owned(),
            problems,
            more,
        }
    }

    pub(super) fn one(file: &str, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            problems: vec![problem],
            more: 0,
        }
    }
}
