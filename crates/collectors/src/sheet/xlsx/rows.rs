//! The rows of one sheet of a workbook.
//!
//! What: cells in their order, with what they share, and which rows merged cells touch. Why the
//! texts that cells share are counted for each cell: a cell costs its text, wherever that stands.
//! What it can't know: what a formula would give today.

use std::io::Read;

use super::super::model::{Cell, SheetError, SheetRow};
use super::super::sink::Sink;
use super::super::values::{Shown, decimal, iso, serial, text};
use super::book::{Book, Sheet};
use crate::archive::Reason;
use crate::archive::xml::{Attributes, Node, local};
use crate::archive::zip::{BROKEN_PART, Package};

/// The last row that a workbook can have.
const LAST_ROW: u32 = 1_048_576;
/// The last column that a workbook can have.
const LAST_COLUMN: usize = 16_384;
/// The bytes at the end of a sheet in which merged cells are looked for.
const MAX_TAIL: usize = 8 * 1024 * 1024;

/// `B12` as column (from 0) and row.
fn place(reference: &str) -> Option<(usize, u32)> {
    let split = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at_checked(split)?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0_usize;
    for b in letters.bytes() {
        let value = b.to_ascii_uppercase().checked_sub(b'A').filter(|v| *v < 26)?;
        column = column * 26 + usize::from(value) + 1;
    }
    let row = digits.parse().ok().filter(|row| (1..=LAST_ROW).contains(row))?;
    (column <= LAST_COLUMN).then_some((column - 1, row))
}

/// The rows that merged cells touch, from and to. They are listed behind the rows they are about.
fn merged(package: &mut Package<'_, '_>, part: &str) -> Result<Vec<(u32, u32)>, SheetError> {
    const MARK: &[u8] = b"mergeCells";
    let Some(mut input) = package.part(part)? else {
        return Ok(Vec::new());
    };
    let mut chunk = vec![0; 64 * 1024];
    let mut kept: Vec<u8> = Vec::new();
    let mut found = false;
    loop {
        input.gauge.next_piece();
        let read = input
            .read(&mut chunk)
            .map_err(|e| input.gauge.refusal(part, Reason::by(BROKEN_PART, &e)))?;
        if read == 0 {
            break;
        }
        kept.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if !found {
            let at = kept.windows(MARK.len()).position(|part| part == MARK);
            found = at.is_some();
            // What is before is not looked at again; a mark may lie across two pieces.
            kept.drain(..at.unwrap_or_else(|| kept.len().saturating_sub(MARK.len())));
        }
        if kept.len() > MAX_TAIL {
            break;
        }
    }
    if !found {
        return Ok(Vec::new());
    }
    let tail = String::from_utf8_lossy(&kept);
    let mut out = Vec::new();
    for tag in tail.split('<') {
        let name = tag.split([' ', '\n', '\t', '/', '>']).next().unwrap_or_default();
        if local(name) != "mergeCell" {
            continue;
        }
        let Some((_, rest)) = tag.split_once("ref=") else {
            continue;
        };
        let reference = rest.get(1..).unwrap_or_default();
        let reference = reference.split(['"', '\'']).next().unwrap_or_default();
        let (from, to) = reference.split_once(':').unwrap_or((reference, reference));
        if let (Some((_, from)), Some((_, to))) = (place(from), place(to)) {
            out.push((from.min(to), from.max(to)));
        }
    }
    out.sort_unstable();
    out.dedup();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (from, to) in out {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    Ok(joined)
}

/// A row that is being read.
struct Reading<'b> {
    book: &'b Book,
    row: u32,
    column: Option<usize>,
    cells: Vec<Cell>,
    formulas: Vec<usize>,
    /// Of the current cell: kind, format, value, and where in it we are.
    kind: String,
    style: Shown,
    value: String,
    has_formula: bool,
    inside: Inside,
    phonetic: bool,
}

#[derive(PartialEq, Clone, Copy)]
enum Inside {
    Nothing,
    Value,
}

impl Reading<'_> {
    fn start_row(&mut self, a: Attributes<'_>) -> Result<(), SheetError> {
        let next = self.row.saturating_add(1);
        let given = a.get("r").and_then(|r| r.trim().parse().ok()).unwrap_or(next);
        if given < next || given > LAST_ROW {
            return Err(SheetError::damaged(format!("列號 {given} 不合順序")));
        }
        self.row = given;
        self.column = None;
        self.cells.clear();
        self.formulas.clear();
        Ok(())
    }

    fn start_cell(&mut self, a: Attributes<'_>) -> Result<(), SheetError> {
        let next = self.column.map_or(0, |column| column + 1);
        let column = match a.get("r") {
            Some(r) => place(&r).map(|(column, _)| column),
            None => Some(next),
        };
        self.column = Some(
            column
                .filter(|column| *column >= next && *column < LAST_COLUMN)
                .ok_or_else(|| SheetError::damaged(format!("第 {} 列的欄位不合順序", self.row)))?,
        );
        self.kind = a.get("t").unwrap_or_default();
        let style = a.get("s").and_then(|s| s.parse::<usize>().ok()).unwrap_or(0);
        self.style = self.book.styles.get(style).copied().unwrap_or(Shown::Number);
        self.value.clear();
        self.has_formula = false;
        Ok(())
    }

    fn end_cell(&mut self, sink: &mut Sink<'_>) -> Result<(), SheetError> {
        let column = self.column.unwrap_or(0);
        let value = self.value.as_str();
        sink.work.text(value.len(), 1)?;
        let cell = match self.kind.as_str() {
            _ if value.is_empty() => Cell::Empty,
            "s" => {
                let shared = self.book.shared.get(value);
                let shared = shared
                    .ok_or_else(|| SheetError::damaged(format!("第 {} 列的共用文字不存在", self.row)))?;
                if shared.len() > sink.limits.cell_chars && shared.chars().count() > sink.limits.cell_chars {
                    return Err(sink.too_long(self.row, column));
                }
                sink.work.text(shared.len(), 1)?;
                text(&unescaped(shared))
            }
            "str" | "inlineStr" | "e" => text(&unescaped(value)),
            "b" => Cell::Flag(value.trim() == "1" || value.trim() == "true"),
            "d" => iso(value).unwrap_or_else(|| text(value)),
            _ if self.style == Shown::Number => decimal(value).map_or_else(|| text(value), Cell::Number),
            _ => serial(value, self.style, self.book.from_1904),
        };
        if self.has_formula {
            if cell == Cell::Empty {
                sink.bare_formulas += 1;
            }
            if column < sink.limits.columns {
                self.formulas.push(column);
            }
        }
        if cell != Cell::Empty {
            if column >= sink.limits.columns {
                return Err(sink.too_wide(self.row));
            }
            self.cells.resize(column, Cell::Empty);
            self.cells.push(cell);
        }
        Ok(())
    }

    fn add(&mut self, text: &str, sink: &Sink<'_>) -> Result<(), SheetError> {
        if self.inside == Inside::Value {
            self.value.push_str(text);
            let most = sink.limits.cell_chars;
            if self.value.len() > most && self.value.chars().count() > most {
                return Err(sink.too_long(self.row, self.column.unwrap_or(0)));
            }
        }
        Ok(())
    }
}

pub(super) fn rows(
    package: &mut Package<'_, '_>,
    book: &Book,
    sheet: &Sheet,
    sink: &mut Sink<'_>,
) -> Result<(), SheetError> {
    let mut joined = merged(package, &sheet.part)?.into_iter().peekable();
    let mut now = Reading {
        book,
        row: 0,
        column: None,
        cells: Vec::new(),
        formulas: Vec::new(),
        kind: String::new(),
        style: Shown::Number,
        value: String::new(),
        has_formula: false,
        inside: Inside::Nothing,
        phonetic: false,
    };
    let (mut in_data, mut hidden) = (false, false);
    let found = package.walk(&sheet.part, |node| -> Result<bool, SheetError> {
        match node {
            Node::Open(name, a) => match local(name) {
                "sheetData" => in_data = true,
                _ if !in_data => {}
                "row" => {
                    now.start_row(a)?;
                    hidden = a.get("hidden").is_some_and(|v| v == "1" || v == "true");
                }
                "c" => now.start_cell(a)?,
                "f" => now.has_formula = true,
                "rPh" => now.phonetic = true,
                "v" => now.inside = Inside::Value,
                "t" if !now.phonetic => now.inside = Inside::Value,
                _ => {}
            },
            Node::Text(text, _) => now.add(text, sink)?,
            Node::Close(name) => match local(name) {
                "sheetData" => return Ok(false),
                "v" | "t" => now.inside = Inside::Nothing,
                "rPh" => now.phonetic = false,
                "c" if in_data => now.end_cell(sink)?,
                "row" if in_data => {
                    while joined.next_if(|(_, to)| *to < now.row).is_some() {}
                    let touched = joined.peek().is_some_and(|(from, _)| *from <= now.row);
                    let row = SheetRow {
                        number: now.row,
                        cells: std::mem::take(&mut now.cells),
                        merged: touched,
                        formulas: std::mem::take(&mut now.formulas),
                    };
                    let before = sink.rows();
                    sink.push(row, 1)?;
                    sink.hidden += usize::from(hidden && sink.rows() > before);
                }
                _ => {}
            },
        }
        Ok(!sink.stopped())
    })?;
    if found {
        Ok(())
    } else {
        Err(SheetError::damaged(format!("缺少 {}", sheet.part)))
    }
}

/// Text with the characters that XML can't carry, written as `_x000D_`, put back.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let code = after
            .get(2..6)
            .filter(|hex| after.get(6..7) == Some("_") && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        if let Some(c) = code {
            out.push(c);
            rest = after.get(7..).unwrap_or_default();
        } else {
            out.push_str("_x");
            rest = after.get(2..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_escapes() {
        assert_eq!(place("A1"), Some((0, 1)));
        assert_eq!(place("XFD1048576"), Some((16_383, 1_048_576)));
        for none in ["XFE1", "A0", "A1048577", "1", "A", "", "É1", "AAAA1"] {
            assert_eq!(place(none), None, "{none}");
        }
        assert_eq!(unescaped("a_x000D_b_x005F_x0041_ _x00 _x"), "a\rb_x0041_ _x00 _x");
    }
}
