//! Web pages: the text of HTML into lines.
//!
//! What: one line a block or table row, as of documents; scripts, styles and comments are none.
//! Why of our own and forgiving: plans are put on the web by word processors whose HTML no strict
//! reader takes, and nothing of a page is ever run or fetched. What it can't know: what a style
//! hides, and numbers that the browser makes itself from a list.

use super::assemble::Assembler;
use super::model::{Ended, Origins, PlanError, SourceKind, Text, Wanted};
use super::plain;
use crate::work::Work;

/// How far into a file its first tag is looked for.
const LOOKED_AT: usize = 1024;

/// Elements whose text is no text of the page.
const SKIPPED: [&str; 8] = [
    "script", "style", "head", "title", "template", "noscript", "svg", "textarea",
];
/// Elements that begin and end a line.
const BLOCKS: [&str; 23] = [
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "blockquote",
    "pre",
    "caption",
    "body",
];

/// Tables within tables beyond this are text.
const DEEPEST: usize = 16;

/// Whether a file is a web page, by its first tags.
pub(super) fn is_page(bytes: &[u8]) -> bool {
    let start = bytes.get(..LOOKED_AT.min(bytes.len())).unwrap_or_default();
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let start = start.trim_start_matches(['\u{FEFF}', '\u{FFFD}', ' ', '\n', '\r', '\t']);
    start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || (start.starts_with("<?xml") && start.contains("<html"))
}

pub(super) fn read(
    file: &str,
    bytes: &[u8],
    work: &Work,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let (content, encoding) = plain::decode(file, bytes)?;
    let mut out = Assembler::new(work, wanted);
    walk(&content, &mut out).map_err(|ended| ended.error(file, "網頁", out.line()))?;
    let (lines, origins) = out.finish();
    Ok((Text::from_lines(SourceKind::Html, lines, encoding), origins))
}

/// What is open, so far as text depends on it.
#[derive(Default)]
struct Open {
    tables: Vec<Table>,
    /// Whether something stands in the line that isn't ended yet.
    begun: bool,
    /// Whether a blank is due before the next character.
    gap: bool,
}

/// A table that is open: end tags of rows and cells may be left out.
#[derive(Default)]
struct Table {
    row: bool,
    /// The columns that the open cell spans.
    cell: Option<usize>,
}

impl Table {
    fn end_cell(&mut self, out: &mut Assembler<'_>) {
        if let Some(span) = self.cell.take() {
            out.end_cell(span);
        }
    }

    fn end_row(&mut self, out: &mut Assembler<'_>) {
        self.end_cell(out);
        if std::mem::take(&mut self.row) {
            out.end_row();
        }
    }

    fn start_row(&mut self, out: &mut Assembler<'_>) {
        self.end_row(out);
        out.start_row();
        self.row = true;
    }
}

fn walk(content: &str, out: &mut Assembler<'_>) -> Result<(), Ended> {
    let mut open = Open::default();
    let mut at = 0;
    while let Some(rest) = content.get(at..).filter(|r| !r.is_empty()) {
        if !out.go_on()? {
            break;
        }
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(content.len(), |end| at + end + 3);
        } else if is_tag(rest) {
            let end = tag_end(rest);
            let tag = rest.get(1..end).unwrap_or_default();
            at += end + usize::from(rest.get(end..).is_some_and(|r| r.starts_with('>')));
            let (name, closes) = name_of(tag);
            if !closes && SKIPPED.contains(&name.as_str()) {
                at = past(content, at, &name);
            } else {
                element(&name, closes, tag, out, &mut open);
            }
        } else {
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '<')
                .map_or(rest.len(), |(i, _)| i);
            text(rest.get(..end).unwrap_or_default(), at, out, &mut open);
            at += end;
        }
    }
    out.go_on().map(|_| ())
}

/// Whether a tag begins here, not a lone sign: "≤ 5 < 8" is text.
fn is_tag(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('<')
        && chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// The byte at which a tag ends: its own sign, or the next tag where it has none.
fn tag_end(rest: &str) -> usize {
    let found = rest.char_indices().skip(1).find(|(_, c)| matches!(c, '>' | '<'));
    found.map_or(rest.len(), |(at, _)| at)
}

fn name_of(tag: &str) -> (String, bool) {
    let (closes, tag) = match tag.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, tag),
    };
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    (name.to_ascii_lowercase(), closes)
}

/// The byte after the end tag of an element whose text is none.
fn past(content: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = content.get(at..).and_then(|rest| rest.find("</")) {
        let start = at + found;
        let rest = content.get(start + 2..).unwrap_or_default();
        if rest
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name))
        {
            return rest.find('>').map_or(content.len(), |end| start + 2 + end + 1);
        }
        at = start + 2;
    }
    content.len()
}

fn element(name: &str, closes: bool, tag: &str, out: &mut Assembler<'_>, open: &mut Open) {
    match (name, closes) {
        ("br", _) => {
            out.line_break();
            open.gap = false;
        }
        ("table", false) => {
            break_line(out, open);
            if open.tables.len() < DEEPEST {
                open.tables.push(Table::default());
            }
        }
        ("table", true) => {
            if let Some(mut table) = open.tables.pop() {
                table.end_row(out);
            }
            (open.begun, open.gap) = (false, false);
        }
        ("tr", false) => {
            break_line(out, open);
            if let Some(table) = open.tables.last_mut() {
                table.start_row(out);
            }
        }
        ("tr", true) => {
            if let Some(table) = open.tables.last_mut() {
                table.end_row(out);
            }
            (open.begun, open.gap) = (false, false);
        }
        ("td" | "th", false) => {
            if let Some(table) = open.tables.last_mut() {
                if table.row {
                    table.end_cell(out);
                } else {
                    table.start_row(out);
                }
                out.start_cell();
                table.cell = Some(span(tag));
            }
            (open.begun, open.gap) = (false, false);
        }
        ("td" | "th", true) => {
            if let Some(table) = open.tables.last_mut() {
                table.end_cell(out);
            }
        }
        _ if BLOCKS.contains(&name) => break_line(out, open),
        _ => {}
    }
}

/// Ends the line where something stands in it; empty blocks make no lines.
fn break_line(out: &mut Assembler<'_>, open: &mut Open) {
    if open.begun {
        out.end_paragraph();
    }
    (open.begun, open.gap) = (false, false);
}

fn span(tag: &str) -> usize {
    let lower = tag.to_ascii_lowercase();
    let value = lower.split("colspan").nth(1).unwrap_or_default();
    let digits = value.trim_start_matches([' ', '=', '"', '\'']);
    let digits: String = digits.chars().take_while(char::is_ascii_digit).take(3).collect();
    digits.parse().unwrap_or(1)
}

/// Text between tags: blanks are one blank, references are the characters they name.
fn text(piece: &str, at: usize, out: &mut Assembler<'_>, open: &mut Open) {
    let mut from = 0;
    while let Some(c) = piece.get(from..).and_then(|rest| rest.chars().next()) {
        let (shown, length) = match c {
            '&' => reference(piece.get(from..).unwrap_or_default()).unwrap_or((c, 1)),
            c => (c, c.len_utf8()),
        };
        if shown.is_whitespace() && shown != '\u{3000}' {
            open.gap = open.begun;
        } else {
            if std::mem::take(&mut open.gap) {
                out.push(" ");
            }
            // Of a reference its first byte: a corrected copy replaces it whole.
            out.push_at(shown.encode_utf8(&mut [0; 4]), at + from);
            open.begun = true;
        }
        from += length;
    }
}

/// A reference such as `&amp;` or `&#x8cc7;`: its character and its length.
fn reference(rest: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 12] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ensp", ' '),
        ("emsp", ' '),
        ("middot", '·'),
        ("le", '≤'),
        ("ge", '≥'),
        ("hellip", '…'),
    ];
    let end = rest.bytes().take(12).position(|b| b == b';')?;
    let name = rest.get(1..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 1))
}
