//! The protection baseline: rows of an edition, the grading, what is carried over.

use serde::Serialize;

/// An edition of the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditionView {
    /// Version id.
    pub id: String,
    /// Its span in words.
    pub span: String,
}

/// A row as one edition has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaselineRow {
    /// Id.
    pub id: String,
    /// Measure.
    pub measure: String,
    /// Asked from this grade on.
    pub grade: String,
    /// What it asks.
    pub demand: String,
    /// Its numbers, in words.
    pub parameters: Vec<String>,
    /// What shows that it is met.
    pub evidence: Vec<String>,
    /// `machine`, `half`, `human`.
    pub check: String,
    /// That in words.
    pub check_label: String,
    /// How it is checked.
    pub how: String,
    /// Its clause, printed.
    pub cite: String,
    /// Where the law's page of the clause is.
    pub href: String,
    /// How sure, in words.
    pub certainty_label: String,
    /// How it stands to the edition before; empty where it is as it was.
    pub mark: String,
    /// By when it is owed where the edition changed it and a level is older; empty where it is as it was.
    pub effect: String,
    /// What else an officer should know.
    pub note: String,
}

/// The rows of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaselineGroup {
    /// Dimension key.
    pub key: String,
    /// Name.
    pub title: String,
    /// English name.
    pub english: String,
    /// Its rows.
    pub rows: Vec<BaselineRow>,
}

/// One question of the grading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AspectView {
    /// Key.
    pub key: String,
    /// Name.
    pub title: String,
    /// What is asked.
    pub asks: String,
    /// What makes each grade: word and text.
    pub levels: Vec<(String, String)>,
}

/// What an edition asks of a system of a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaselineView {
    /// Version id.
    pub edition: String,
    /// Its span in words.
    pub span: String,
    /// The grade asked for.
    pub grade: String,
    /// Every edition, oldest first.
    pub editions: Vec<EditionView>,
    /// Every grade, from the lowest.
    pub grades: Vec<String>,
    /// How many rows there are.
    pub count: usize,
    /// What must be known before it is relied on.
    pub caution: String,
    /// Rows by dimension; dimensions without rows are left out.
    pub groups: Vec<BaselineGroup>,
    /// How a system comes to its grade.
    pub grading: Vec<AspectView>,
    /// How the aspects' grades become one.
    pub overall: String,
}

/// A row that is carried over, new, gone or moved, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarryRow {
    /// Id.
    pub id: String,
    /// Measure.
    pub measure: String,
    /// What it asks.
    pub demand: String,
    /// Ids of the rows that it continues, or that continue it.
    pub rows: Vec<String>,
    /// Whether the answer must be looked at again.
    pub again: bool,
    /// Why, in words; empty where there is nothing to say.
    pub why: String,
}

/// What becomes of a self-assessment in a later edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarryView {
    /// Earlier edition.
    pub from: String,
    /// Later edition.
    pub to: String,
    /// The system's grade.
    pub grade: String,
    /// What must be known before it is relied on.
    pub caution: String,
    /// Answered before.
    pub carried: Vec<CarryRow>,
    /// To be answered.
    pub new: Vec<CarryRow>,
    /// No longer asked.
    pub gone: Vec<CarryRow>,
    /// Asked from another grade on.
    pub moved: Vec<CarryRow>,
}
