//! Office Open XML text: `word/document.xml` into lines.
//!
//! What: paragraphs with their automatic numbers, and table rows. Why: most plans are
//! written in this format and number their chapters automatically. What it can't
//! know: numbers given by a style that inherits from another style's list.

use super::assemble::Assembler;
use super::model::{Ended, Origins, PlanError, SourceKind, Text, Wanted, refused};
use super::numbering::Numbering;
use crate::archive::xml::{Node, local};
use crate::archive::zip::Package;

/// Content that is not part of the text as it reads.
const SKIPPED: [&str; 5] = ["Fallback", "del", "moveFrom", "instrText", "sectPr"];

#[derive(Default)]
struct Paragraph {
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    labelled: bool,
}

/// The part that holds the text.
pub(super) const PART: &str = "word/document.xml";

pub(super) fn read(
    file: &str,
    archive: &mut Package<'_, '_>,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let part = PART;
    let Some(xml) = archive.text(part).map_err(|r| refused(file, r))? else {
        return Err(PlanError::MissingPart {
            file: file.to_owned(),
            part,
            expected: ".docx",
        });
    };
    let mut numbering = Numbering::read(file, archive)?;
    let mut out = Assembler::new(archive.work(), wanted);
    let mut skipped = 0_usize;
    let mut in_text = false;
    let mut stack: Vec<Paragraph> = Vec::new();
    let mut spans: Vec<usize> = Vec::new();
    // The reader drops a byte order mark without counting it.
    let (text, base) = match xml.strip_prefix('\u{FEFF}') {
        Some(rest) => (rest, '\u{FEFF}'.len_utf8()),
        None => (xml.as_str(), 0),
    };
    let walked: Result<(), Ended> = archive.walk_text(part, text, |node| {
        match node {
            Node::Open(name, _) if skipped > 0 || SKIPPED.contains(&local(name)) => skipped += 1,
            Node::Close(_) if skipped > 0 => skipped -= 1,
            Node::Text(text, at) if in_text => {
                if let Some(p) = stack.last_mut()
                    && !p.labelled
                {
                    p.labelled = true;
                    if let Some(label) = numbering.label(p.style.as_deref(), p.list.as_deref(), p.level) {
                        out.push(&label);
                    }
                }
                out.push_at(text, base + at);
            }
            Node::Open(name, a) => match local(name) {
                "p" => {
                    if !stack.is_empty() {
                        out.push(" ");
                    }
                    stack.push(Paragraph::default());
                }
                "pStyle" => {
                    if let Some(p) = stack.last_mut() {
                        p.style = a.local("val");
                    }
                }
                "numId" => {
                    if let Some(p) = stack.last_mut() {
                        p.list = a.local("val");
                    }
                }
                "ilvl" => {
                    if let Some(p) = stack.last_mut() {
                        p.level = a.local("val").and_then(|v| v.parse().ok());
                    }
                }
                "t" => in_text = true,
                // Tab stops in a paragraph's properties share the name but have a `val`.
                "tab" if !stack.is_empty() && a.local("val").is_none() => out.tab(),
                "br" | "cr" if !stack.is_empty() && a.local("type").is_none_or(|t| t == "textWrapping") => {
                    out.line_break();
                }
                "noBreakHyphen" => out.push("-"),
                "tr" => out.start_row(),
                "tc" => {
                    spans.push(1);
                    out.start_cell();
                }
                "gridSpan" => {
                    if let Some(span) = spans.last_mut() {
                        *span = a.local("val").and_then(|v| v.parse().ok()).unwrap_or(1);
                    }
                }
                _ => {}
            },
            Node::Close(name) => match local(name) {
                "t" => in_text = false,
                "p" => {
                    stack.pop();
                    if stack.is_empty() {
                        out.end_paragraph();
                    }
                }
                "tc" => out.end_cell(spans.pop().unwrap_or(1)),
                "tr" => out.end_row(),
                _ => {}
            },
            Node::Text(..) => {}
        }
        out.go_on()
    });
    walked.map_err(|ended| ended.error(file, part, out.line()))?;
    let (lines, origins) = out.finish();
    Ok((Text::from_lines(SourceKind::Docx, lines, None), origins))
}
