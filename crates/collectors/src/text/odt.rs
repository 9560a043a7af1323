//! OpenDocument text: `content.xml` into lines.
//!
//! What: paragraphs, headings, list items and table rows in reading order. Why: .odt
//! is the government's document format. What it can't know: numbers that the editor
//! makes itself from a list style; a chapter whose number is automatic comes without
//! it and is recognised by its title alone.

use super::guard::Archive;
use super::xml::{Assembler, Step, walk};
use super::{Origins, PlanError, SourceKind, Text, Wanted};

/// Content that is not part of the text as it reads: notes, comments, deleted passages.
const SKIPPED: [&str; 5] = ["note", "annotation", "tracked-changes", "forms", "ruby-text"];

/// The part that holds the text.
pub(super) const PART: &str = "content.xml";

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
            expected: ".odt",
        });
    };
    let mut out = Assembler::new(wanted);
    let mut skipped = 0_usize;
    let mut paragraphs = 0_usize;
    let mut spans: Vec<usize> = Vec::new();
    walk(file, part, &xml, |step| {
        match step {
            Step::Open(tag) if skipped > 0 || SKIPPED.contains(&tag.name.as_str()) => skipped += 1,
            Step::Close(_) if skipped > 0 => skipped -= 1,
            Step::Text(text, at) if skipped == 0 && paragraphs > 0 => out.push_at(&text, at),
            Step::Open(tag) => match tag.name.as_str() {
                "p" | "h" => {
                    if paragraphs > 0 {
                        out.push(" ");
                    }
                    paragraphs += 1;
                }
                "s" => {
                    let count = tag.get("c").and_then(|c| c.parse::<usize>().ok()).unwrap_or(1);
                    out.push(&" ".repeat(count.min(80)));
                }
                "tab" => out.tab(),
                "line-break" if paragraphs > 0 => out.line_break(),
                "table-row" => out.start_row(),
                "table-cell" | "covered-table-cell" => {
                    let repeated = tag.get("number-columns-repeated").and_then(|c| c.parse().ok());
                    spans.push(repeated.unwrap_or(1));
                    out.start_cell();
                }
                _ => {}
            },
            Step::Close(name) => match name.as_str() {
                "p" | "h" => {
                    paragraphs = paragraphs.saturating_sub(1);
                    if paragraphs == 0 {
                        out.end_paragraph();
                    }
                }
                "table-cell" | "covered-table-cell" => out.end_cell(spans.pop().unwrap_or(1)),
                "table-row" => out.end_row(),
                _ => {}
            },
            Step::Text(..) => {}
        }
        out.line()
    })?;
    let (lines, origins) = out.finish();
    Ok((Text::from_lines(SourceKind::Odt, lines, None), origins))
}
