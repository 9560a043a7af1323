//! Office Open XML text: `word/document.xml` into lines.
//!
//! What: paragraphs with their automatic numbers, and table rows. Why: most plans are
//! written in this format and number their chapters automatically. What it can't
//! know: numbers given by a style that inherits from another style's list.

use super::guard::Archive;
use super::numbering::Numbering;
use super::xml::{Assembler, Step, walk};
use super::{Origins, PlanError, SourceKind, Text, Wanted};

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
    archive: &mut Archive<'_>,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let part = PART;
    let Some(xml) = archive.read_text(part)? else {
        return Err(PlanError::MissingPart {
            file: file.to_owned(),
            part,
            expected: ".docx",
        });
    };
    let mut numbering = Numbering::read(file, archive)?;
    let mut out = Assembler::new(wanted);
    let mut skipped = 0_usize;
    let mut in_text = false;
    let mut stack: Vec<Paragraph> = Vec::new();
    let mut spans: Vec<usize> = Vec::new();
    walk(file, part, &xml, |step| {
        match step {
            Step::Open(tag) if skipped > 0 || SKIPPED.contains(&tag.name.as_str()) => skipped += 1,
            Step::Close(_) if skipped > 0 => skipped -= 1,
            Step::Text(text, at) if in_text => {
                if let Some(p) = stack.last_mut()
                    && !p.labelled
                {
                    p.labelled = true;
                    if let Some(label) = numbering.label(p.style.as_deref(), p.list.as_deref(), p.level) {
                        out.push(&label);
                    }
                }
                out.push_at(&text, at);
            }
            Step::Open(tag) => match tag.name.as_str() {
                "p" => {
                    if !stack.is_empty() {
                        out.push(" ");
                    }
                    stack.push(Paragraph::default());
                }
                "pStyle" => {
                    if let Some(p) = stack.last_mut() {
                        p.style = tag.get("val").map(str::to_owned);
                    }
                }
                "numId" => {
                    if let Some(p) = stack.last_mut() {
                        p.list = tag.get("val").map(str::to_owned);
                    }
                }
                "ilvl" => {
                    if let Some(p) = stack.last_mut() {
                        p.level = tag.get("val").and_then(|v| v.parse().ok());
                    }
                }
                "t" => in_text = !tag.empty,
                // Tab stops in a paragraph's properties share the name but have a `val`.
                "tab" if !stack.is_empty() && tag.get("val").is_none() => out.tab(),
                "br" | "cr" if !stack.is_empty() && tag.get("type").is_none_or(|t| t == "textWrapping") => {
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
                        *span = tag.get("val").and_then(|v| v.parse().ok()).unwrap_or(1);
                    }
                }
                _ => {}
            },
            Step::Close(name) => match name.as_str() {
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
            Step::Text(..) => {}
        }
        out.line()
    })?;
    let (lines, origins) = out.finish();
    Ok((Text::from_lines(SourceKind::Docx, lines, None), origins))
}
