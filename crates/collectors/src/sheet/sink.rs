//! Where the readers of all formats put their rows.
//!
//! What: counts and bounds rows, columns, cells and text, drops what is empty, and hands the
//! rest on. Why in one place: a limit that each format keeps for itself is kept by none.
//! What it can't know: which rows are headings.

use std::ops::ControlFlow;

use super::model::{Cell, HEAD_ROWS, Limits, SheetError, SheetRow};
use crate::work::Work;

/// The receiver of rows.
pub(super) struct Sink<'a> {
    pub limits: &'a Limits,
    pub work: &'a Work,
    each: &'a mut dyn FnMut(SheetRow) -> ControlFlow<()>,
    rows: usize,
    stopped: bool,
    /// Rows that the officer's program hides.
    pub hidden: usize,
    /// Formulas that were saved without a value.
    pub bare_formulas: usize,
    /// Rows that hold a formula's value.
    pub formula_rows: usize,
}

impl<'a> Sink<'a> {
    pub fn new(
        limits: &'a Limits,
        work: &'a Work,
        each: &'a mut dyn FnMut(SheetRow) -> ControlFlow<()>,
    ) -> Self {
        Self {
            limits,
            work,
            each,
            rows: 0,
            stopped: false,
            hidden: 0,
            bare_formulas: 0,
            formula_rows: 0,
        }
    }

    /// Whether nobody listens any more.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The same row `times` times over; refused before any is handed on where they are too many.
    pub fn push(&mut self, row: SheetRow, times: u32) -> Result<(), SheetError> {
        let mut row = row;
        while row.cells.last().is_some_and(|cell| *cell == Cell::Empty) {
            row.cells.pop();
        }
        if self.stopped || row.cells.iter().all(Cell::is_blank) {
            return Ok(());
        }
        let times_wide = usize::try_from(times).unwrap_or(usize::MAX);
        if self.rows.saturating_add(times_wide) > self.limits.rows.saturating_add(HEAD_ROWS) {
            return Err(SheetError::TooManyRows {
                limit: self.limits.rows,
            });
        }
        if row.cells.len() > self.limits.columns {
            return Err(self.too_wide(row.number));
        }
        // Before any is made: each copy costs what the first did.
        self.work.cells(row.cells.len(), times_wide)?;
        let text: usize = row.cells.iter().map(Cell::text_bytes).sum();
        self.work.text(text, times_wide.saturating_sub(1))?;
        self.rows += times_wide;
        if !row.formulas.is_empty() {
            self.formula_rows += times_wide;
        }
        for step in 1..times {
            self.work.step()?;
            let copy = SheetRow {
                number: row.number.saturating_add(step - 1),
                ..row.clone()
            };
            if (self.each)(copy).is_break() {
                self.stopped = true;
                return Ok(());
            }
        }
        self.work.step()?;
        row.number = row.number.saturating_add(times.saturating_sub(1));
        self.stopped = (self.each)(row).is_break();
        Ok(())
    }

    pub fn too_wide(&self, row: u32) -> SheetError {
        SheetError::TooWide {
            row,
            limit: self.limits.columns,
        }
    }

    pub fn too_long(&self, row: u32, column: usize) -> SheetError {
        SheetError::TooLong {
            row,
            column: column.saturating_add(1),
            limit: self.limits.cell_chars,
        }
    }

    /// What an officer should know of the rows.
    pub fn notices(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.formula_rows > 0 {
            out.push(format!(
                "有 {} 列含公式，採用存檔時算好的結果，不重新計算",
                self.formula_rows
            ));
        }
        if self.bare_formulas > 0 {
            out.push(format!(
                "有 {} 個公式沒有存下結果，視為空白；請用試算表軟體開啟並重新存檔",
                self.bare_formulas
            ));
        }
        if self.hidden > 0 {
            out.push(format!("有 {} 列被隱藏或篩選掉，也一併讀入", self.hidden));
        }
        out
    }
}
