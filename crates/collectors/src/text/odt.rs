//! OpenDocument text: `content.xml` into lines.
//!
//! What: paragraphs, headings, list items and table rows in reading order. Why: .odt
//! is the government's document format. What it can't know: numbers that the editor
//! makes itself from a list style; a chapter whose number is automatic comes without
//! it and is recognised by its title alone.

use super::assemble::Assembler;
use super::model::{Ended, Origins, PlanError, SourceKind, Text, Wanted, refused};
use crate::archive::xml::{Node, local};
use crate::archive::zip::Package;

/// Content that is not part of the text as it reads: notes, comments, deleted passages.
const SKIPPED: [&str; 5] = ["note", "annotation", "tracked-changes", "forms", "ruby-text"];

/// The part that holds the text.
pub(super) const PART: &str = "content.xml";

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
            expected: ".odt",
        });
    };
    let mut out = Assembler::new(archive.work(), wanted);
    let mut skipped = 0_usize;
    let mut paragraphs = 0_usize;
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
            Node::Text(text, at) if skipped == 0 && paragraphs > 0 => out.push_at(text, base + at),
            Node::Open(name, a) => match local(name) {
                "p" | "h" => {
                    if paragraphs > 0 {
                        out.push(" ");
                    }
                    paragraphs += 1;
                }
                "s" => {
                    let count = a.local("c").and_then(|c| c.parse::<usize>().ok()).unwrap_or(1);
                    out.push(&" ".repeat(count.min(80)));
                }
                "tab" => out.tab(),
                "line-break" if paragraphs > 0 => out.line_break(),
                "table-row" => out.start_row(),
                "table-cell" | "covered-table-cell" => {
                    let repeated = a.local("number-columns-repeated").and_then(|c| c.parse().ok());
                    spans.push(repeated.unwrap_or(1));
                    out.start_cell();
                }
                _ => {}
            },
            Node::Close(name) => match local(name) {
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
            Node::Text(..) => {}
        }
        out.go_on()
    });
    walked.map_err(|ended| ended.error(file, part, out.line()))?;
    let (lines, origins) = out.finish();
    Ok((Text::from_lines(SourceKind::Odt, lines, None), origins))
}
