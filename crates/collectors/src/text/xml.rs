//! What both document formats need from XML.
//!
//! What: a reader that refuses document types and unknown entities and bounds its
//! depth, and an assembler of paragraphs and table rows. Why: entity expansion and
//! deep nesting are the known attacks on XML. What it can't know: layout.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{Origins, PlanError, Wanted};

/// The deepest nesting of elements that is followed.
const MAX_DEPTH: usize = 256;
/// The most cells one row may have, repeats included.
const MAX_CELLS: usize = 64;

/// One step through a document, reduced to what the readers look at.
pub(super) enum Step {
    Open(Tag),
    Close(String),
    /// Text, with the byte of the part at which it stands.
    Text(String, usize),
}

/// An element's local name and attributes (local names).
pub(super) struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub empty: bool,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Walks through a part, handing every step to `visit`; a problem's line is what `visit` returns.
pub(super) fn walk(
    file: &str,
    part: &'static str,
    xml: &str,
    mut visit: impl FnMut(Step) -> u32,
) -> Result<(), PlanError> {
    // The reader drops a byte order mark without counting it.
    let (xml, base) = match xml.strip_prefix('\u{FEFF}') {
        Some(rest) => (rest, '\u{FEFF}'.len_utf8()),
        None => (xml, 0),
    };
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    let mut line = 0;
    loop {
        let fail = |reason: String| PlanError::Xml {
            file: file.to_owned(),
            part,
            line: line.max(1),
            reason,
        };
        let at = base + usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX / 2);
        match reader.read_event() {
            Err(e) => return Err(fail(e.to_string())),
            Ok(Event::Eof) if depth > 0 => return Err(fail("文件在元素結束前中斷".to_owned())),
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) => return Err(fail("含有 DOCTYPE 宣告，不予讀取".to_owned())),
            Ok(Event::Start(e)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(fail(format!("巢狀超過 {MAX_DEPTH} 層")));
                }
                line = visit(Step::Open(tag(&e, false)));
            }
            Ok(Event::Empty(e)) => {
                let tag = tag(&e, true);
                let name = tag.name.clone();
                visit(Step::Open(tag));
                line = visit(Step::Close(name));
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                line = visit(Step::Close(local(e.name().as_ref())));
            }
            Ok(Event::Text(e)) => line = visit(Step::Text(e.to_string(), at)),
            Ok(Event::CData(e)) => line = visit(Step::Text(e.to_string(), at + "<![CDATA[".len())),
            Ok(Event::GeneralRef(e)) => match entity(&e) {
                Some(c) => line = visit(Step::Text(c.to_string(), at)),
                None => return Err(fail("含有未知的實體參照，不予展開".to_owned())),
            },
            Ok(_) => {}
        }
    }
}

fn local(name: &str) -> String {
    name.rsplit_once(':').map_or(name, |(_, local)| local).to_owned()
}

fn tag(e: &BytesStart<'_>, empty: bool) -> Tag {
    let attributes = e
        .attributes()
        .flatten()
        .map(|a| (local(a.key.as_ref()), a.value.to_string()))
        .collect();
    Tag {
        name: local(e.name().as_ref()),
        attributes,
        empty,
    }
}

fn entity(e: &BytesRef<'_>) -> Option<char> {
    match e.resolve_char_ref() {
        Ok(Some(c)) => return Some(c),
        Ok(None) => {}
        Err(_) => return None,
    }
    match &**e {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// A character with the byte of the part that it was read from; none where we put it there.
type Read = (char, Option<usize>);

/// Gathers paragraphs into lines and table rows into tab-divided lines.
pub(super) struct Assembler<'w> {
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
    pub fn new(wanted: &'w Wanted) -> Self {
        Self {
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

    /// Text that stands in the part, from a byte on.
    pub fn push_at(&mut self, text: &str, at: usize) {
        self.text
            .extend(text.char_indices().map(|(offset, c)| (c, Some(at + offset))));
    }

    /// Text that the part doesn't have in so many words.
    pub fn push(&mut self, text: &str) {
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
