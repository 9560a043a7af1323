//! The tables of a plan, and a row before its cells are given meaning.
//!
//! What it can't know: what stands in a cell.

use crate::plan::model::{CoreBusiness, NonCoreBusiness};

/// What the tables of a plan say.
#[derive(Default)]
pub(in crate::plan) struct Tables {
    pub core: Vec<CoreBusiness>,
    pub non_core: Vec<NonCoreBusiness>,
    /// Whether a core table has a column for systems, and its first row's line.
    pub core_system_column: bool,
    /// Whether a row of a core table could not be read whole.
    pub core_doubt: bool,
    /// Line index ranges that belong to tables.
    pub ranges: Vec<(usize, usize)>,
}

/// A row before its cells are given meaning.
pub(super) struct Row {
    /// Index of the line where it begins.
    pub index: usize,
    pub cells: Vec<String>,
    /// Why its cells may not be what they seem.
    pub doubt: Option<&'static str>,
}

impl Row {
    pub(super) fn new(index: usize, cells: Vec<String>) -> Self {
        Self {
            index,
            cells,
            doubt: None,
        }
    }
}

/// Rows with the line index after the last one that was used.
pub(super) struct Rows {
    pub rows: Vec<Row>,
    pub used: usize,
}
