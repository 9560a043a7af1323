//! A standard beside the law: its controls, and the rows of the baseline that map to them.

use serde::Serialize;

/// A row of the protection baseline, as one entry of a crosswalk shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossingView {
    /// Row id.
    pub row: String,
    /// Its measure.
    pub measure: String,
    /// What it asks in the edition shown; as it was last asked where that edition has no such row.
    pub demand: String,
    /// Asked from this grade on; empty where the edition shown has no such row.
    pub grade: String,
    /// `equal`, `subset`, `superset`, `intersects`: the control compared with the row.
    pub relation: String,
    /// That in words.
    pub relation_label: String,
    /// How sure, in words.
    pub certainty_label: String,
    /// What else an officer should know.
    pub note: String,
}

/// One control of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardControlView {
    /// Identifier of the standard.
    pub id: String,
    /// Short title, ours.
    pub title: String,
    /// Rows of the baseline that map; none where the baseline has nothing of it.
    pub rows: Vec<CrossingView>,
}

/// A group of controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardThemeView {
    /// Key.
    pub key: String,
    /// Name.
    pub title: String,
    /// Its controls.
    pub controls: Vec<StandardControlView>,
}

/// A standard with its crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardView {
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Other names.
    pub also: Vec<String>,
    /// Where this was taken from.
    pub source: String,
    /// How sure of the identifiers, in words.
    pub certainty_label: String,
    /// What must be known before it is relied on.
    pub caution: String,
    /// Edition of the baseline shown.
    pub edition: String,
    /// That edition's span in words.
    pub span: String,
    /// How many controls there are.
    pub count: usize,
    /// How many of them map to a row of that edition.
    pub mapped: usize,
    /// Controls by theme.
    pub themes: Vec<StandardThemeView>,
}

/// A standard in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardHead {
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// How many controls there are.
    pub count: usize,
}
