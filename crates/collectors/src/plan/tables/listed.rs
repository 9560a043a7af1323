//! Business described line by line: 核心業務：戶政, 核心資通系統：無, …
//!
//! What: reads titles with their values when a plan has no table. Why: small agencies
//! write so. What it can't know: a value that goes on in lines of its own.

use super::header::{self, Header, Layout, Role};
use super::rows::Row;
use crate::plan::chapters::Found;
use crate::plan::lines::Source;
use crate::plan::markers;
use crate::plan::model::Item;

const COLUMNS: [Role; 6] = [
    Role::Name,
    Role::Operation,
    Role::System,
    Role::Importance,
    Role::Impact,
    Role::Mtpd,
];

/// The rows that were found, each with the header that it would have.
pub(super) fn read(source: &Source, chapters: &[Found]) -> Vec<(Header, Row)> {
    let mut open: Option<(bool, Row, usize)> = None;
    let chapter = chapters
        .iter()
        .position(|c| c.chapter.item == Some(Item::CoreBusiness));
    let Some((from, to)) = chapter.map(|at| {
        let from = chapters.get(at).map_or(0, |c| c.index + 1);
        (from, chapters.get(at + 1).map_or(source.lines.len(), |c| c.index))
    }) else {
        return Vec::new();
    };
    let mut done: Vec<(bool, Row, usize)> = Vec::new();
    for (index, line) in source.lines.iter().enumerate().take(to).skip(from) {
        let start = markers::marker(&line.folded).map_or(0, |m| m.end);
        let Some((title, value)) = line.folded.get(start..).and_then(|t| t.split_once(':')) else {
            continue;
        };
        let Some(role) = header::exact(title) else {
            continue;
        };
        let Some(column) = COLUMNS.iter().position(|c| *c == role) else {
            continue;
        };
        if role == Role::Name {
            done.extend(open.take());
            if !value.trim().is_empty() {
                let core = !title.contains("非核心");
                open = Some((core, Row::new(index, vec![String::new(); COLUMNS.len()]), 0));
            }
        }
        if let Some((_, row, filled)) = &mut open
            && let Some(cell) = row.cells.get_mut(column)
            && cell.is_empty()
        {
            value.trim().clone_into(cell);
            *filled += 1;
        }
    }
    done.extend(open.take());
    let mut rows = Vec::new();
    for (core, row, filled) in done {
        // A name alone is a heading, not a row.
        if filled < 3 {
            continue;
        }
        let header = Header {
            start: row.index,
            body: row.index + 1,
            columns: COLUMNS.to_vec(),
            stops: Vec::new(),
            core,
            layout: Layout::Flow,
            hours: false,
            signature: String::new(),
            parts: Vec::new(),
        };
        rows.push((header, row));
    }
    rows
}
