//! OpenDocument spreadsheets.
//!
//! What: `content.xml` from its beginning to its end, once; rows and cells that are only said
//! to repeat cost nothing where they are empty and are counted before they are handed on.
//! Why to the end: the names of the other sheets stand behind the rows of the first.
//! What it can't know: what a formula would give today.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::model::{Cell, Format, Limits, Opened, SheetError, SheetRow};
use super::sink::Sink;
use super::values::{clean, decimal, duration, iso, text};
use crate::archive::xml::{Attributes, Node, local};
use crate::archive::zip::Package;

/// The last row that a spreadsheet program numbers.
const LAST_ROW: u32 = 1_048_576;
/// The most styles, sheets and entries that are remembered.
const MAX_LIST: usize = 10_000;
/// The most blanks that one element may stand for.
const MAX_BLANKS: usize = 10_000;
/// The sheet of a file of ours that the officer doesn't see.
const META: &str = "_meta";
/// The most entries of it that are read.
const MAX_META: usize = 64;

pub(super) fn read(
    package: &mut Package<'_, '_>,
    wanted: Option<&str>,
    sink: &mut Sink<'_>,
) -> Result<Opened, SheetError> {
    let mut protected = false;
    let manifest: Result<bool, SheetError> = package.walk("META-INF/manifest.xml", |node| {
        if let Node::Open(name, _) = node {
            protected |= matches!(local(name), "encryption-data" | "keyinfo");
        }
        Ok(!protected)
    });
    // Old programs wrote it with a document type; nothing else in it is needed.
    if !matches!(manifest, Err(SheetError::Damaged { .. })) {
        manifest?;
    }
    if protected {
        return Err(SheetError::Protected);
    }
    let mut meta = Vec::new();
    let meta_limits = Limits {
        rows: MAX_META,
        ..Limits::default()
    };
    let mut seen = 0;
    let mut keep = |row: SheetRow| {
        if let [Cell::Text(key), rest @ ..] = row.cells.as_slice() {
            let value = match rest {
                [Cell::Text(value) | Cell::Number(value), ..] => value.clone(),
                _ => String::new(),
            };
            meta.push((key.clone(), value));
        }
        seen += 1;
        if seen < MAX_META {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut meta_sink = Sink::new(&meta_limits, sink.work, &mut keep);
    let mut book = Book::new(wanted);
    let found = package.walk("content.xml", |node| -> Result<bool, SheetError> {
        if book.goes == Goes::Meta {
            book.step(&node, &mut meta_sink)?;
        } else {
            book.step(&node, sink)?;
        }
        Ok(true)
    })?;
    if !found {
        return Err(SheetError::damaged("缺少 content.xml"));
    }
    if let Some(name) = wanted.filter(|_| book.chosen.is_none()) {
        return Err(SheetError::NoSuchSheet {
            name: name.to_owned(),
            have: book.visible.join("、"),
        });
    }
    let Some(chosen) = book.chosen.filter(|_| wanted.is_some() || sink.rows() > 0) else {
        return Err(SheetError::Empty);
    };
    if meta.is_empty() {
        meta = properties(package)?;
    }
    Ok(Opened {
        format: Format::Ods,
        encoding: None,
        sheets: book.visible,
        sheet: Some(chosen),
        notices: sink.notices(),
        hidden_key: meta.iter().find(|(k, _)| k == "key").map(|(_, v)| v.clone()),
        meta,
    })
}

/// What a file of ours carries in its properties, which programs keep.
fn properties(package: &mut Package<'_, '_>) -> Result<Vec<(String, String)>, SheetError> {
    let mut out = Vec::new();
    let mut key = None;
    package.walk("meta.xml", |node| -> Result<bool, SheetError> {
        match node {
            Node::Open(name, a) if local(name) == "user-defined" => key = a.get("meta:name"),
            Node::Text(text, _) if out.len() < MAX_META => {
                if let Some(key) = key.take() {
                    out.push((key, clean(text)));
                }
            }
            Node::Close(_) => key = None,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(out)
}

/// Where the rows of the sheet being passed go.
#[derive(PartialEq, Clone, Copy)]
enum Goes {
    Nowhere,
    Out,
    Meta,
}

struct Book<'w> {
    wanted: Option<&'w str>,
    visible: Vec<String>,
    chosen: Option<String>,
    goes: Goes,
    hidden_styles: BTreeSet<String>,
    style: String,
    /// Tables that are open: one inside another, or linked ones, are passed over.
    tables: usize,
    /// Elements open below one whose text is not the cell's.
    aside: usize,
    sheet: String,
    number: u32,
    row: Row,
    cell: Option<Value>,
}

#[derive(Default)]
struct Row {
    open: bool,
    repeat: u32,
    hidden: bool,
    merged: bool,
    column: usize,
    cells: Vec<Cell>,
    formulas: Vec<usize>,
}

/// A cell that is being read.
#[derive(Default)]
struct Value {
    repeat: usize,
    kind: String,
    stored: Option<String>,
    formula: bool,
    text: String,
    chars: usize,
    paragraphs: usize,
    in_paragraph: usize,
    /// The last character was a blank that is dropped at the end of a paragraph.
    blank: bool,
    /// Nothing was written in this paragraph yet.
    fresh: bool,
}

impl Value {
    /// Character data: blanks of the file's layout count as one, and none at either end.
    fn write(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r') {
                self.blank |= !self.fresh;
            } else {
                self.exactly(c);
            }
        }
    }

    /// A character that stands for itself.
    fn exactly(&mut self, c: char) {
        if std::mem::take(&mut self.blank) {
            self.text.push(' ');
            self.chars += 1;
        }
        self.fresh = false;
        self.text.push(c);
        self.chars += 1;
    }

    fn start_paragraph(&mut self) {
        if self.paragraphs > 0 {
            self.text.push('\n');
            self.chars += 1;
        }
        self.paragraphs += 1;
        (self.blank, self.fresh) = (false, true);
    }
}

fn number(a: Attributes<'_>, name: &str) -> usize {
    a.get(name).map_or(1, |n| {
        // A count that isn't one stands for the largest, which is then refused.
        let n = n.trim();
        n.parse::<usize>()
            .unwrap_or(if n.bytes().all(|b| b.is_ascii_digit()) {
                usize::MAX
            } else {
                1
            })
            .max(1)
    })
}

impl<'w> Book<'w> {
    fn new(wanted: Option<&'w str>) -> Self {
        Self {
            wanted,
            visible: Vec::new(),
            chosen: None,
            goes: Goes::Nowhere,
            hidden_styles: BTreeSet::new(),
            style: String::new(),
            tables: 0,
            aside: 0,
            sheet: String::new(),
            number: 0,
            row: Row::default(),
            cell: None,
        }
    }

    fn step(&mut self, node: &Node<'_>, sink: &mut Sink<'_>) -> Result<(), SheetError> {
        match node {
            Node::Open(..) if self.aside > 0 => self.aside += 1,
            Node::Close(_) if self.aside > 0 => self.aside -= 1,
            Node::Text(..) if self.aside > 0 => {}
            Node::Open(name, a) => self.open(name, *a, sink)?,
            Node::Close(name) => self.close(name, sink)?,
            Node::Text(text, _) => {
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.in_paragraph > 0) {
                    cell.write(text);
                    if cell.chars > sink.limits.cell_chars {
                        return Err(sink.too_long(self.number.saturating_add(1), self.row.column));
                    }
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, name: &str, a: Attributes<'_>, sink: &Sink<'_>) -> Result<(), SheetError> {
        let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
        let listening = self.goes != Goes::Nowhere && !sink.stopped();
        match local {
            "style" if self.tables == 0 => self.style = a.get("style:name").unwrap_or_default(),
            "table-properties" if self.tables == 0 => {
                if a.get("table:display").is_some_and(|v| v == "false") && self.hidden_styles.len() < MAX_LIST
                {
                    self.hidden_styles.insert(std::mem::take(&mut self.style));
                }
            }
            "tracked-changes"
            | "dde-links"
            | "annotation"
            | "shapes"
            | "ruby-text"
            | "forms"
            | "named-expressions"
            | "content-validations" => self.aside = 1,
            _ if matches!(prefix, "draw" | "dr3d" | "svg" | "chart") => self.aside = 1,
            "table" if prefix == "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    self.start_sheet(a, sink);
                }
            }
            _ if self.tables != 1 || !listening => {}
            "table-row" => {
                let repeat = number(a, "table:number-rows-repeated");
                self.row = Row {
                    open: true,
                    repeat: u32::try_from(repeat).unwrap_or(u32::MAX),
                    hidden: a.get("table:visibility").is_some_and(|v| v != "visible"),
                    ..Row::default()
                };
            }
            "table-cell" | "covered-table-cell" if self.row.open => self.start_cell(local, a),
            _ => {
                if let Some(cell) = &mut self.cell {
                    match local {
                        "p" | "h" => {
                            cell.start_paragraph();
                            cell.in_paragraph += 1;
                        }
                        "s" if cell.in_paragraph > 0 => {
                            let count = number(a, "text:c").min(MAX_BLANKS);
                            (0..count).for_each(|_| cell.exactly(' '));
                        }
                        "tab" if cell.in_paragraph > 0 => cell.exactly('\t'),
                        "line-break" if cell.in_paragraph > 0 => {
                            cell.blank = false;
                            cell.exactly('\n');
                            cell.fresh = true;
                        }
                        _ => {}
                    }
                    if cell.chars > sink.limits.cell_chars {
                        return Err(sink.too_long(self.number.saturating_add(1), self.row.column));
                    }
                }
            }
        }
        Ok(())
    }

    fn start_sheet(&mut self, a: Attributes<'_>, sink: &Sink<'_>) {
        self.sheet = a.get("table:name").unwrap_or_default();
        self.number = 0;
        let hidden = a
            .get("table:style-name")
            .is_some_and(|style| self.hidden_styles.contains(&style));
        if !hidden && self.visible.len() < MAX_LIST {
            self.visible.push(self.sheet.clone());
        }
        let chosen = match self.wanted {
            Some(name) => name == self.sheet && self.chosen.is_none(),
            None => !hidden && sink.rows() == 0,
        };
        self.goes = if chosen {
            self.chosen = Some(self.sheet.clone());
            Goes::Out
        } else if hidden && self.sheet == META {
            Goes::Meta
        } else {
            Goes::Nowhere
        };
    }

    fn start_cell(&mut self, local: &str, a: Attributes<'_>) {
        let covered = local == "covered-table-cell";
        let mut cell = Value::default();
        let (mut spans, mut repeat) = (false, false);
        let (mut by_kind, mut string) = (None, None);
        a.each(|key, value| match key {
            "office:value-type" => cell.kind = value.to_owned(),
            "office:value" | "office:date-value" | "office:time-value" | "office:boolean-value" => {
                by_kind = Some(value.to_owned());
            }
            "office:string-value" => string = Some(()),
            "table:formula" => cell.formula = true,
            "table:number-columns-spanned" | "table:number-rows-spanned" => spans |= value != "1",
            "table:number-columns-repeated" => repeat = true,
            _ => {}
        });
        cell.stored = match string {
            Some(()) if cell.kind == "string" => a.get("office:string-value"),
            _ => by_kind,
        };
        cell.repeat = if repeat {
            number(a, "table:number-columns-repeated")
        } else {
            1
        };
        self.row.merged |= spans || covered;
        if covered {
            // What lies under a merged cell is not what the officer sees.
            cell.kind.clear();
            cell.stored = None;
            cell.formula = false;
            self.row.column = self.row.column.saturating_add(cell.repeat);
            self.aside = 1;
            return;
        }
        self.cell = Some(cell);
    }

    fn close(&mut self, name: &str, sink: &mut Sink<'_>) -> Result<(), SheetError> {
        match local(name) {
            "table" if name.starts_with("table:") => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.goes = Goes::Nowhere;
                    self.row = Row::default();
                    self.cell = None;
                }
            }
            _ if self.tables != 1 => {}
            "p" | "h" => {
                if let Some(cell) = &mut self.cell {
                    cell.in_paragraph = cell.in_paragraph.saturating_sub(1);
                    cell.blank = false;
                }
            }
            "table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.end_cell(cell, sink)?;
                }
            }
            "table-row" if self.row.open => {
                let row = std::mem::take(&mut self.row);
                let blank = row.cells.iter().all(Cell::is_blank);
                let first = self.number.saturating_add(1);
                self.number = self.number.saturating_add(row.repeat);
                if blank {
                    return Ok(());
                }
                if self.number > LAST_ROW {
                    return Err(SheetError::TooManyRows {
                        limit: sink.limits.rows,
                    });
                }
                if row.hidden {
                    sink.hidden += usize::try_from(row.repeat).unwrap_or(0);
                }
                let out = SheetRow {
                    number: first,
                    cells: row.cells,
                    merged: row.merged,
                    formulas: row.formulas,
                };
                sink.push(out, row.repeat)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self, cell: Value, sink: &mut Sink<'_>) -> Result<(), SheetError> {
        let column = self.row.column;
        self.row.column = column.saturating_add(cell.repeat);
        let formula = cell.formula;
        let repeat = cell.repeat;
        let value = finished(cell, sink.limits.cell_chars)
            .ok_or_else(|| sink.too_long(self.number.saturating_add(1), column))?;
        let end = self.row.column;
        if formula && value == Cell::Empty {
            sink.bare_formulas += 1;
        }
        if formula {
            self.row.formulas.extend(column..end.min(sink.limits.columns));
        }
        // A blank text that fills the rest of the row is layout, not data.
        if value == Cell::Empty || (repeat > 1 && value.is_blank()) {
            return Ok(());
        }
        if end > sink.limits.columns {
            return Err(sink.too_wide(self.number.saturating_add(1)));
        }
        // Before any copy is made.
        sink.work.text(value.text_bytes(), repeat)?;
        self.row.cells.resize(column, Cell::Empty);
        self.row.cells.resize(end, value);
        Ok(())
    }
}

/// The cell's value; none where it is longer than allowed.
fn finished(cell: Value, most: usize) -> Option<Cell> {
    let Value {
        kind,
        stored: value,
        text: shown,
        ..
    } = cell;
    let shown = text(&shown);
    let value = value.filter(|v| !v.is_empty());
    let typed = match (kind.as_str(), &value) {
        ("float" | "percentage" | "currency", Some(v)) => decimal(v).map(Cell::Number),
        ("date", Some(v)) => iso(v),
        ("time", Some(v)) => duration(v),
        ("boolean", Some(v)) => Some(Cell::Flag(v == "true")),
        ("string", Some(v)) if shown == Cell::Empty => Some(text(v)),
        _ => None,
    };
    if let Some(Cell::Text(text)) = &typed
        && text.chars().count() > most
    {
        return None;
    }
    Some(typed.unwrap_or(shown))
}
