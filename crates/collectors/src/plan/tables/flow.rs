//! Rows without dividers: one cell per line, or cells that a PDF export broke up.
//!
//! What: builds cells from lines and counts them off into rows, using the length at
//! the end of a row as its mark. Why: PDF text has lost the table. What it can't
//! know: which lines of a wrapped cell belong together when nothing marks a cell's
//! end; the row is then reported and only its sure ends are kept.

use super::cells::{ends, join};
use super::header::{self, Header, Role};
use super::{Row, Rows, mtpd};
use crate::plan::lines::Source;

/// A cell with the index of its first line and whether its end was seen.
struct Cell {
    index: usize,
    text: String,
    ended: bool,
}

pub(super) fn rows(source: &Source, header: &Header, end: usize) -> Rows {
    let columns = header.columns.len();
    let mtpd_last = header.columns.last() == Some(&Role::Mtpd);
    let mut out: Vec<Row> = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    // The cell of the last row whose end was not seen when the row's length came.
    let mut dangling: Option<usize> = None;
    let mut used = header.body;
    // What a page break tore off a title.
    for index in header.body..end {
        let Some(line) = source.lines.get(index) else {
            break;
        };
        if line.blank() || line.furniture {
            continue;
        }
        if header.parts.contains(&header::squeeze(&line.compact)) && cells.is_empty() {
            continue;
        }
        let raw = line.raw.trim();
        if let Some(column) = dangling {
            // The tail of that cell: it came after the row's end, across a page break.
            if let Some(cell) = out.last_mut().and_then(|r| r.cells.get_mut(column)) {
                join(cell, raw);
            }
            if line.trailed {
                dangling = None;
            }
            used = index + 1;
            continue;
        }
        if cells.is_empty() && (ends(&line.folded) || line.chars() > 60) {
            break;
        }
        let open = cells.last().is_some_and(|c| !c.ended) && source.trailing;
        let parts = divide(raw, columns, cells.len(), open, header, mtpd_last);
        let count = parts.len();
        for (position, part) in parts.into_iter().enumerate() {
            let ended = !source.trailing || line.trailed || position + 1 < count;
            let last = mtpd_last
                && (mtpd::plain(&part, header.hours)
                    || (cells.len() + 1 == columns && !open && super::none_word(&part)));
            if last {
                let torn = cells.iter().position(|c| !c.ended);
                cells.push(Cell {
                    index,
                    text: part,
                    ended: true,
                });
                let row = finish(std::mem::take(&mut cells), columns);
                dangling = torn.filter(|_| source.trailing && row.doubt.is_none());
                out.push(row);
                used = index + 1;
                continue;
            }
            match cells.last_mut() {
                Some(cell) if !cell.ended => {
                    join(&mut cell.text, &part);
                    cell.ended = ended;
                }
                _ => cells.push(Cell {
                    index,
                    text: part,
                    ended,
                }),
            }
        }
        if !mtpd_last && cells.len() == columns && cells.last().is_some_and(|c| c.ended) {
            out.push(finish(std::mem::take(&mut cells), columns));
            used = index + 1;
        }
        if cells.len() > columns * 6 {
            break;
        }
    }
    // What was gathered after the last row is text, unless it has the shape of a row.
    if cells.len() == columns {
        out.push(finish(cells, columns));
        used = end;
    }
    Rows { rows: out, used }
}

/// Divides a line that holds several cells by single blanks.
fn divide(
    raw: &str,
    columns: usize,
    have: usize,
    open: bool,
    header: &Header,
    mtpd_last: bool,
) -> Vec<String> {
    let words: Vec<&str> = raw.split_whitespace().collect();
    let whole = vec![raw.to_owned()];
    if words.len() < 2 || !mtpd_last {
        return whole;
    }
    // "24 小時" is one cell.
    if mtpd::plain(raw, header.hours) {
        return whole;
    }
    let tail = |n: usize| {
        words
            .get(words.len().saturating_sub(n)..)
            .map(|w| w.join(" "))
            .filter(|t| mtpd::plain(t, header.hours))
    };
    let Some((length, n)) = tail(2).map(|t| (t, 2)).or_else(|| tail(1).map(|t| (t, 1))) else {
        return whole;
    };
    let front = words.get(..words.len() - n).unwrap_or_default();
    if !open && have + front.len() + 1 == columns {
        let mut parts: Vec<String> = front.iter().map(|w| (*w).to_owned()).collect();
        parts.push(length);
        return parts;
    }
    vec![front.join(" "), length]
}

fn finish(cells: Vec<Cell>, columns: usize) -> Row {
    let index = cells.first().map_or(0, |c| c.index);
    let mut texts: Vec<String> = cells.into_iter().map(|c| c.text).collect();
    if texts.len() == columns {
        return Row::new(index, texts);
    }
    let found = texts.len();
    let last = texts.pop().unwrap_or_default();
    let first = texts.into_iter().next().unwrap_or_default();
    let mut row = vec![first];
    row.resize(columns.saturating_sub(1).max(1), String::new());
    row.push(last);
    row.truncate(columns);
    Row {
        index,
        cells: row,
        doubt: Some(if found > columns {
            "儲存格換行，分不出每一欄的界線，只讀業務名稱的首行與中斷時間"
        } else {
            "欄數比欄名少，只讀業務名稱與中斷時間"
        }),
    }
}
