//! Rows without dividers: one cell per line, or cells that a PDF export broke up.
//!
//! What: builds cells from lines and counts them off into rows, using the length at
//! the end of a row as its mark. Why: PDF text has lost the table. What it can't
//! know: which lines of a wrapped cell belong together when nothing marks a cell's
//! end; the row is then reported and only its sure ends are kept.

use super::cells::{ends, join};
use super::header::{self, Header, Role};
use super::mtpd;
use super::rows::{Row, Rows};
use crate::plan::lines::{Line, Source};

/// A cell with the index of its first line and whether its end was seen.
struct Cell {
    index: usize,
    text: String,
    ended: bool,
}

/// What shows that a cell ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Every line is a cell.
    Line,
    /// A blank at the line's end.
    Trailing,
    /// A blank line below.
    Block,
}

/// Reads the rows in the way that leaves the fewest doubts.
pub(super) fn rows(source: &Source, header: &Header, end: usize) -> Rows {
    let doubts = |rows: &Rows| rows.rows.iter().filter(|r| r.doubt.is_some()).count();
    let first = if source.trailing {
        Ends::Trailing
    } else {
        Ends::Line
    };
    let mut best = rows_by(source, header, end, first);
    for ends in [Ends::Trailing, Ends::Block] {
        if doubts(&best) == 0 {
            break;
        }
        let other = rows_by(source, header, end, ends);
        if !other.rows.is_empty() && other.rows.len() >= best.rows.len() && doubts(&other) < doubts(&best) {
            best = other;
        }
    }
    best
}

fn rows_by(source: &Source, header: &Header, end: usize, by: Ends) -> Rows {
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
        if cells.is_empty() {
            // "之。": the end of a length that was broken across pages.
            if line.chars() <= 3
                && line.compact.starts_with('之')
                && let Some(cell) = out.last_mut().and_then(|r| r.cells.last_mut())
            {
                join(cell, raw);
                used = index + 1;
                continue;
            }
            if ends(&line.folded) || (line.chars() > 60 && !goes_on(source, header, index, end)) {
                break;
            }
        }
        let open = cells.last().is_some_and(|c| !c.ended) && by != Ends::Line;
        let line_ends = match by {
            Ends::Line => true,
            Ends::Trailing => line.trailed,
            Ends::Block => source.lines.get(index + 1).is_none_or(Line::blank),
        };
        let parts = divide(raw, columns, cells.len(), open, header, mtpd_last);
        let count = parts.len();
        for (position, part) in parts.into_iter().enumerate() {
            let ended = line_ends || position + 1 < count;
            let last = mtpd_last
                && (mtpd::plain(&part, header.hours)
                    || (cells.len() + 1 == columns && !open && super::words::none_word(&part)));
            if last {
                let torn = cells.iter().position(|c| !c.ended);
                cells.push(Cell {
                    index,
                    text: part,
                    ended: true,
                });
                let row = finish(std::mem::take(&mut cells), columns);
                dangling = torn.filter(|_| by == Ends::Trailing && row.doubt.is_none());
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
    // Text after the last row that no row took in.
    if cells.len() == 1
        && out.len() > 1
        && cells.first().is_some_and(|c| c.text.ends_with('。'))
        && let Some(row) = out.last_mut().filter(|r| r.doubt.is_none())
    {
        row.doubt = Some("列後還有一段文字，不知屬於哪一欄");
    }
    // What was gathered after the last row is text, unless it has the shape of a row.
    if cells.len() == columns {
        out.push(finish(cells, columns));
        used = end;
    }
    Rows { rows: out, used }
}

/// Whether a row's end follows soon: a long first cell is then no prose.
fn goes_on(source: &Source, header: &Header, index: usize, end: usize) -> bool {
    let mut at = index;
    for _ in 0..header.columns.len() + 2 {
        let Some(next) = source.next_text(at).filter(|n| *n < end) else {
            return false;
        };
        let Some(line) = source.lines.get(next) else {
            return false;
        };
        if ends(&line.folded) {
            return false;
        }
        if mtpd::plain(line.raw.trim(), header.hours) {
            return true;
        }
        at = next;
    }
    false
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
    if let Some(mut whole) = by_width(&texts, columns.saturating_sub(1)) {
        whole.push(last);
        return Row::new(index, whole);
    }
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

/// Joins wrapped lines into cells when widths allow just one way.
///
/// The lines of a cell are equally wide, its last line may be shorter: in 5, 3, 6, 4
/// the only two cells are 5+3 and 6+4.
fn by_width(lines: &[String], cells: usize) -> Option<Vec<String>> {
    if cells == 0 || lines.len() <= cells || lines.len() > 60 {
        return None;
    }
    let width = |l: &String| l.chars().filter(|c| !c.is_whitespace()).count();
    let widths: Vec<usize> = lines.iter().map(width).collect();
    // Marks that may not begin a line, and Latin words, move a line's end by one.
    let loose: Vec<bool> = lines
        .iter()
        .map(|l| l.chars().any(|c| !('\u{4E00}'..='\u{9FFF}').contains(&c)))
        .collect();
    let fits = |from: usize, to: usize| -> bool {
        let Some(cell) = widths.get(from..to) else {
            return false;
        };
        let Some((last, full)) = cell.split_last() else {
            return false;
        };
        let Some(width) = full.iter().max() else {
            return true;
        };
        let even = full
            .iter()
            .zip(loose.iter().skip(from))
            .all(|(w, loose)| w == width || (*loose && w + 1 == *width));
        even && last <= width
    };
    // How many ways the first lines make so many cells, and where the last of them begins.
    let mut ways: Vec<Vec<(u32, usize)>> = vec![vec![(0, 0); lines.len() + 1]; cells + 1];
    if let Some(start) = ways.first_mut().and_then(|w| w.first_mut()) {
        *start = (1, 0);
    }
    for n in 1..=cells {
        for to in 1..=lines.len() {
            let mut total = (0_u32, 0);
            for from in 0..to {
                let before = ways.get(n - 1).and_then(|w| w.get(from)).map_or(0, |w| w.0);
                if before > 0 && fits(from, to) {
                    total = (total.0.saturating_add(before), from);
                }
            }
            if let Some(cell) = ways.get_mut(n).and_then(|w| w.get_mut(to)) {
                *cell = total;
            }
        }
    }
    if ways.get(cells)?.get(lines.len())?.0 != 1 {
        return None;
    }
    let mut out = Vec::new();
    let mut to = lines.len();
    for n in (1..=cells).rev() {
        let from = ways.get(n)?.get(to)?.1;
        let mut cell = String::new();
        for line in lines.get(from..to)? {
            join(&mut cell, line);
        }
        out.push(cell);
        to = from;
    }
    out.reverse();
    Some(out)
}
