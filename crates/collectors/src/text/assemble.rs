//! Paragraphs and table rows put together from what the readers of documents meet.
//!
//! What: one line a paragraph, one line a row with its cells divided by tabs, and where each
//! character stood. Why limits while it grows: a line or a text that is refused in the end must
//! not be held in memory first. What it can't know: layout.

use super::model::{Ended, MAX_LINE_BYTES, MAX_LINES, Origins, Wanted};
use crate::archive::Refusal;
use crate::work::Work;

/// The most cells one row may have, repeats included.
const MAX_CELLS: usize = 64;

/// A character with the byte of the part that it was read from; none where we put it there.
type Read = (char, Option<usize>);

/// Gathers paragraphs into lines and table rows into tab-divided lines.
pub(super) struct Assembler<'w> {
    work: &'w Work,
    /// Why no more is taken.
    over: Option<Ended>,
    lines: Vec<String>,
    /// The lines whose origins are asked for.
    wanted: &'w Wanted,
    origins: Origins,
    text: Vec<Read>,
    /// Cells of the outermost row being read.
    row: Option<Vec<Vec<Read>>>,
    /// Rows and cells that are open; inner tables are folded into the outer cell.
    row_depth: usize,
    cell_depth: usize,
}

impl<'w> Assembler<'w> {
    pub fn new(work: &'w Work, wanted: &'w Wanted) -> Self {
        Self {
            work,
            over: None,
            lines: Vec::new(),
            wanted,
            origins: Origins::new(),
            text: Vec::new(),
            row: None,
            row_depth: 0,
            cell_depth: 0,
        }
    }

    pub fn line(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// Whether more may come, or why not.
    pub fn go_on(&mut self) -> Result<bool, Ended> {
        self.over.take().map_or(Ok(true), Err)
    }

    /// Whether that text is taken.
    fn takes(&mut self, text: &str) -> bool {
        if self.over.is_none() {
            if self.text.len().saturating_add(text.len()) > MAX_LINE_BYTES {
                self.over = Some(Ended::LongLine);
            } else if self.lines.len() > MAX_LINES {
                self.over = Some(Ended::ManyLines);
            } else if let Err(halt) = self.work.text(text.len(), 1) {
                self.over = Some(Refusal::from(halt).into());
            }
        }
        self.over.is_none()
    }

    /// Text that stands in the part, from a byte on.
    pub fn push_at(&mut self, text: &str, at: usize) {
        if !self.takes(text) {
            return;
        }
        self.text
            .extend(text.char_indices().map(|(offset, c)| (c, Some(at + offset))));
    }

    /// Text that the part doesn't have in so many words.
    pub fn push(&mut self, text: &str) {
        if !self.takes(text) {
            return;
        }
        self.text.extend(text.chars().map(|c| (c, None)));
    }

    fn nothing_yet(&self) -> bool {
        self.text.iter().all(|(c, _)| c.is_whitespace())
    }

    fn keep(&mut self, line: Vec<Read>) {
        let number = self.line().saturating_add(1);
        if self.wanted.contains(&number) {
            self.origins
                .insert(number, line.iter().map(|(_, at)| *at).collect());
        }
        self.lines.push(line.into_iter().map(|(c, _)| c).collect());
    }

    /// A line break inside a paragraph.
    pub fn line_break(&mut self) {
        if self.cell_depth > 0 {
            self.push(" ");
        } else {
            self.end_paragraph();
        }
    }

    pub fn tab(&mut self) {
        self.push(if self.cell_depth > 0 { " " } else { "\t" });
    }

    pub fn end_paragraph(&mut self) {
        if self.cell_depth > 0 {
            self.push(" ");
        } else {
            let text = std::mem::take(&mut self.text);
            self.keep(one_line(&text, true));
        }
    }

    pub fn start_row(&mut self) {
        if self.row_depth == 0 {
            if !self.nothing_yet() {
                self.end_paragraph();
            }
            self.text.clear();
            self.row = Some(Vec::new());
        }
        self.row_depth += 1;
    }

    pub fn end_row(&mut self) {
        self.row_depth = self.row_depth.saturating_sub(1);
        if self.row_depth == 0
            && let Some(cells) = self.row.take()
        {
            self.keep(cells.join(&('\t', None)));
            self.text.clear();
        }
    }

    pub fn start_cell(&mut self) {
        self.cell_depth += 1;
    }

    /// Ends a cell that spans `span` columns.
    pub fn end_cell(&mut self, span: usize) {
        self.cell_depth = self.cell_depth.saturating_sub(1);
        if self.cell_depth == 0 {
            let text = std::mem::take(&mut self.text);
            if let Some(row) = &mut self.row
                && row.len() < MAX_CELLS
            {
                row.push(one_line(&text, false));
                for _ in 1..span.min(MAX_CELLS) {
                    row.push(Vec::new());
                }
            }
        } else {
            self.push(" ");
        }
    }

    pub fn finish(mut self) -> (Vec<String>, Origins) {
        if !self.nothing_yet() {
            self.cell_depth = 0;
            self.end_paragraph();
        }
        (self.lines, self.origins)
    }
}

fn one_line(text: &[Read], keep_tabs: bool) -> Vec<Read> {
    let end = |line: &[Read]| {
        line.iter()
            .rposition(|(c, _)| !c.is_whitespace())
            .map_or(0, |last| last + 1)
    };
    let mut line: Vec<Read> = text
        .iter()
        .take(end(text))
        .filter(|(c, _)| !matches!(c, '\u{FEFF}' | '\u{200B}' | '\u{AD}'))
        .map(|(c, at)| {
            let blank = c.is_control() && !(keep_tabs && *c == '\t');
            (if blank { ' ' } else { *c }, *at)
        })
        .collect();
    line.truncate(end(&line));
    let lead = line.iter().take_while(|(c, _)| *c == ' ').count();
    line.drain(..lead);
    line
}
