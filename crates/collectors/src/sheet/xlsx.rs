//! Office Open XML workbooks.
//!
//! What: sheets, shared texts, number formats and cells, streamed part by part. Why not a
//! library: those at hand keep every shared text as a string of its own, so a small file could
//! claim gigabytes, and they give values and formulas in two passes.
//! What it can't know: what a formula would give today.

use std::io::Read;

use super::package::Package;
use super::sink::Sink;
use super::values::{Shown, built_in, by_code, clean, decimal, iso, serial, text};
use super::xml::{Attributes, Node, local};
use super::{Cell, Format, Opened, SheetError, SheetRow};

/// The last row that a workbook can have.
const LAST_ROW: u32 = 1_048_576;
/// The last column that a workbook can have.
const LAST_COLUMN: usize = 16_384;
/// The most shared texts, and their bytes together.
const MAX_SHARED: usize = 4_000_000;
const MAX_SHARED_BYTES: usize = 256 * 1024 * 1024;
/// The most of anything else that is listed: sheets, relations, formats.
const MAX_LIST: usize = 70_000;
/// The bytes at the end of a sheet in which merged cells are looked for.
const MAX_TAIL: usize = 8 * 1024 * 1024;
/// The sheet of a file of ours that the officer doesn't see.
const META: &str = "_meta";
/// The most rows of it that are read.
const MAX_META: usize = 64;

struct Sheet {
    name: String,
    part: String,
    hidden: bool,
}

#[derive(Default)]
struct Book {
    sheets: Vec<Sheet>,
    from_1904: bool,
    shared: Shared,
    styles: Vec<Shown>,
}

/// Texts one behind the other: four bytes each beside the text itself.
#[derive(Default)]
struct Shared {
    all: String,
    ends: Vec<u32>,
}

impl Shared {
    fn get(&self, index: &str) -> Option<&str> {
        let index: usize = index.trim().parse().ok()?;
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()?,
            None => 0,
        };
        self.all.get(start..end)
    }
}

pub(super) fn read(
    package: &mut Package<'_>,
    wanted: Option<&str>,
    sink: &mut Sink<'_>,
) -> Result<Opened, SheetError> {
    // A sheet is passed once for its merged cells and once for its rows; the hidden one too. That
    // many sheets may name one part is why the count goes on over all of them.
    package.meter.allow(3);
    let book = open(package)?;
    let visible: Vec<String> = book
        .sheets
        .iter()
        .filter(|s| !s.hidden)
        .map(|s| s.name.clone())
        .collect();
    let mut chosen = None;
    if let Some(name) = wanted {
        let Some(sheet) = book.sheets.iter().find(|s| s.name == name) else {
            return Err(SheetError::NoSuchSheet {
                name: name.to_owned(),
                have: visible.join("、"),
            });
        };
        rows(package, &book, sheet, sink)?;
        chosen = Some(sheet.name.clone());
    } else {
        for sheet in book.sheets.iter().filter(|s| !s.hidden) {
            rows(package, &book, sheet, sink)?;
            if sink.rows() > 0 {
                chosen = Some(sheet.name.clone());
                break;
            }
        }
    }
    let Some(chosen) = chosen else {
        return Err(SheetError::Empty);
    };
    let meta = meta(package, &book)?;
    Ok(Opened {
        format: Format::Xlsx,
        encoding: None,
        sheets: visible,
        sheet: Some(chosen),
        notices: sink.notices(),
        hidden_key: meta.iter().find(|(k, _)| k == "key").map(|(_, v)| v.clone()),
        meta,
    })
}

fn damaged(reason: impl Into<String>) -> SheetError {
    SheetError::Damaged {
        reason: reason.into(),
    }
}

/// Targets of a part's relations: id, kind, and the part meant.
fn relations(package: &mut Package<'_>, of: &str) -> Result<Vec<(String, String, String)>, SheetError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let part = format!("{folder}/_rels/{file}.rels");
    let mut out = Vec::new();
    package.walk(part.trim_start_matches('/'), |node| {
        if let Node::Open(name, a) = node
            && local(name) == "Relationship"
            && out.len() < MAX_LIST
        {
            let get = |key| a.get(key).unwrap_or_default();
            let kind = get("Type");
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            out.push((get("Id"), kind, resolved(folder, &get("Target"))));
        }
        Ok(true)
    })?;
    Ok(out)
}

fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            other => steps.push(other),
        }
    }
    steps.join("/")
}

fn open(package: &mut Package<'_>) -> Result<Book, SheetError> {
    let main = relations(package, "")?
        .into_iter()
        .find(|(_, kind, _)| kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, _, part)| part);
    let links = relations(package, &main)?;
    let part_of = |kind: &str| {
        links
            .iter()
            .find(|(_, k, _)| k == kind)
            .map(|(_, _, part)| part.clone())
    };
    let mut book = Book::default();
    let mut listed = Vec::new();
    let found = package.walk(&main, |node| {
        if let Node::Open(name, a) = node {
            match local(name) {
                "workbookPr" => book.from_1904 = a.get("date1904").is_some_and(|v| v == "1" || v == "true"),
                "sheet" if listed.len() < MAX_LIST => {
                    let mut id = String::new();
                    a.each(|key, value| {
                        if key.ends_with(":id") {
                            id = value.to_owned();
                        }
                    });
                    let hidden = a.get("state").is_some_and(|state| state != "visible");
                    listed.push((a.get("name").unwrap_or_default(), id, hidden));
                }
                _ => {}
            }
        }
        Ok(true)
    })?;
    if !found {
        return Err(SheetError::NotSheet {
            what: "其他種類的檔案",
            remedy: "請上傳 .ods、.xlsx 或 .csv 檔",
        });
    }
    for (name, id, hidden) in listed {
        let link = links.iter().find(|(i, kind, _)| *i == id && kind == "worksheet");
        if let Some((_, _, part)) = link {
            book.sheets.push(Sheet {
                name,
                part: part.clone(),
                hidden,
            });
        }
    }
    if let Some(part) = part_of("styles") {
        book.styles = styles(package, &part)?;
    }
    if let Some(part) = part_of("sharedStrings") {
        book.shared = shared(package, &part)?;
    }
    Ok(book)
}

fn styles(package: &mut Package<'_>, part: &str) -> Result<Vec<Shown>, SheetError> {
    let mut codes: std::collections::BTreeMap<u32, Shown> = std::collections::BTreeMap::new();
    let mut out = Vec::new();
    let mut inside = false;
    package.walk(part, |node| {
        match node {
            Node::Open(name, a) => match local(name) {
                "numFmt" if codes.len() < MAX_LIST => {
                    if let Some(id) = a.get("numFmtId").and_then(|id| id.parse().ok()) {
                        codes.insert(id, by_code(&a.get("formatCode").unwrap_or_default()));
                    }
                }
                "cellXfs" => inside = true,
                "xf" if inside && out.len() < MAX_LIST => {
                    let id = a.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    out.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Node::Close(name) if local(name) == "cellXfs" => inside = false,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(out)
}

fn shared(package: &mut Package<'_>, part: &str) -> Result<Shared, SheetError> {
    let mut out = Shared::default();
    let (mut in_text, mut phonetic) = (false, false);
    let too_much = || SheetError::Bomb {
        reason: "共用文字超過上限".to_owned(),
    };
    package.walk(part, |node| {
        match node {
            Node::Open(name, _) => match local(name) {
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Node::Text(text) if in_text => {
                if out.all.len() + text.len() > MAX_SHARED_BYTES {
                    return Err(too_much());
                }
                out.all.push_str(text);
            }
            Node::Close(name) => match local(name) {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                "si" => {
                    if out.ends.len() >= MAX_SHARED {
                        return Err(too_much());
                    }
                    out.ends
                        .push(u32::try_from(out.all.len()).map_err(|_| too_much())?);
                }
                _ => {}
            },
            Node::Text(_) => {}
        }
        Ok(true)
    })?;
    Ok(out)
}

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
fn merged(package: &mut Package<'_>, part: &str) -> Result<Vec<(u32, u32)>, SheetError> {
    const MARK: &[u8] = b"mergeCells";
    let meter = std::rc::Rc::clone(&package.meter);
    let Some(mut input) = package.part(part)? else {
        return Ok(Vec::new());
    };
    let mut chunk = vec![0; 64 * 1024];
    let mut kept: Vec<u8> = Vec::new();
    let mut found = false;
    loop {
        meter.next_piece();
        let read = input
            .read(&mut chunk)
            .map_err(|e| meter.error(part, &e.to_string()))?;
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
            return Err(damaged(format!("列號 {given} 不合順序")));
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
                .ok_or_else(|| damaged(format!("第 {} 列的欄位不合順序", self.row)))?,
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
        let cell = match self.kind.as_str() {
            _ if value.is_empty() => Cell::Empty,
            "s" => {
                let shared = self.book.shared.get(value);
                let shared = shared.ok_or_else(|| damaged(format!("第 {} 列的共用文字不存在", self.row)))?;
                if shared.len() > sink.limits.cell_chars && shared.chars().count() > sink.limits.cell_chars {
                    return Err(sink.too_long(self.row, column));
                }
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

fn rows(
    package: &mut Package<'_>,
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
    let found = package.walk(&sheet.part, |node| {
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
            Node::Text(text) => now.add(text, sink)?,
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
        Err(damaged(format!("缺少 {}", sheet.part)))
    }
}

/// What the hidden sheet of a file of ours says, else the file's own properties.
fn meta(package: &mut Package<'_>, book: &Book) -> Result<Vec<(String, String)>, SheetError> {
    let mut out = Vec::new();
    if let Some(sheet) = book.sheets.iter().find(|s| s.name == META && s.hidden) {
        let limits = super::Limits {
            rows: MAX_META,
            ..super::Limits::default()
        };
        let mut seen = 0;
        let mut each = |row: SheetRow| {
            if let [Cell::Text(key), rest @ ..] = row.cells.as_slice() {
                let value = match rest {
                    [Cell::Text(value) | Cell::Number(value), ..] => value.clone(),
                    _ => String::new(),
                };
                out.push((key.clone(), value));
            }
            seen += 1;
            if seen < MAX_META {
                std::ops::ControlFlow::Continue(())
            } else {
                std::ops::ControlFlow::Break(())
            }
        };
        rows(package, book, sheet, &mut Sink::new(&limits, &mut each))?;
    }
    if out.is_empty() {
        let mut key = None;
        package.walk("docProps/custom.xml", |node| {
            match node {
                Node::Open(name, a) if local(name) == "property" => key = a.get("name"),
                Node::Text(text) if !text.trim().is_empty() && out.len() < MAX_META => {
                    if let Some(key) = key.take() {
                        out.push((key, clean(text)));
                    }
                }
                _ => {}
            }
            Ok(true)
        })?;
    }
    Ok(out)
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
        assert_eq!(resolved("xl", "../a/./b.xml"), "a/b.xml");
        assert_eq!(resolved("xl", "/c.xml"), "c.xml");
    }
}
