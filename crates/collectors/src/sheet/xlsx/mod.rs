//! Office Open XML workbooks.
//!
//! What: sheets, shared texts, number formats and cells, streamed part by part. Why not a
//! library: those at hand keep every shared text as a string of its own, so a small file could
//! claim gigabytes, and they give values and formulas in two passes.
//! What it can't know: what a formula would give today.

mod book;
mod rows;

use super::model::{Cell, Format, Limits, Opened, SheetError, SheetRow};
use super::sink::Sink;
use super::values::clean;
use crate::archive::xml::{Node, local};
use crate::archive::zip::Package;
use crate::work::Work;
use book::{Book, open};
use rows::rows;

/// The sheet of a file of ours that the officer doesn't see.
const META: &str = "_meta";
/// The most rows of it that are read.
const MAX_META: usize = 64;

pub(super) fn read(
    package: &mut Package<'_, '_>,
    wanted: Option<&str>,
    sink: &mut Sink<'_>,
) -> Result<Opened, SheetError> {
    // A sheet is passed once for its merged cells and once for its rows; the hidden one too. That
    // many sheets may name one part is why the work is counted over all of them.
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
    let meta = meta(package, &book, sink.work)?;
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

/// What the hidden sheet of a file of ours says, else the file's own properties.
fn meta(
    package: &mut Package<'_, '_>,
    book: &Book,
    work: &Work,
) -> Result<Vec<(String, String)>, SheetError> {
    let mut out = Vec::new();
    if let Some(sheet) = book.sheets.iter().find(|s| s.name == META && s.hidden) {
        let limits = Limits {
            rows: MAX_META,
            ..Limits::default()
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
        rows(package, book, sheet, &mut Sink::new(&limits, work, &mut each))?;
    }
    if out.is_empty() {
        let mut key = None;
        package.walk("docProps/custom.xml", |node| -> Result<bool, SheetError> {
            match node {
                Node::Open(name, a) if local(name) == "property" => key = a.get("name"),
                Node::Text(text, _) if !text.trim().is_empty() && out.len() < MAX_META => {
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
