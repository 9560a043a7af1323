//! A corrected copy of a file: some characters of its lines replaced, everything else as it was.
//!
//! What: the inverse of reading. Each character of a line knows where it stands in the
//! file; an edit writes its text in the place of its first character and takes the others
//! out, so that formatting, line ends and all other parts of an archive stay. Why: who
//! corrects a number must not touch anything else. What it can't know: whether the new
//! words are right; and characters that the reader made itself have no place in the file.

use std::collections::BTreeMap;

use super::model::{PlanError, SourceKind, Text, Wanted, refused};
use super::read::{BOUNDS, extract_with, work_for};
use super::{docx, odt, plain};
use crate::archive::zip::Package;

/// A character of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Spot {
    /// Line, from 1.
    pub line: u32,
    /// Character of the line, from 0.
    pub column: u32,
}

/// What is to stand in the place of some characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The characters, in their order.
    pub spots: Vec<Spot>,
    /// The text that takes their place.
    pub text: String,
}

/// A corrected copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The file.
    pub bytes: Vec<u8>,
    /// The encoding that the original had, where the copy is UTF-8 instead.
    pub converted: Option<&'static str>,
    /// Which edits could not be made, by their place in the list.
    pub left: Vec<usize>,
}

/// Makes a corrected copy of a file.
pub fn correct(file_name: &str, bytes: &[u8], edits: &[Edit]) -> Result<Corrected, PlanError> {
    let wanted: Wanted = edits.iter().flat_map(|e| &e.spots).map(|s| s.line).collect();
    let work = work_for(bytes);
    let (text, origins) = extract_with(file_name, bytes, &work, &wanted)?;
    let place = |source: &str| {
        let mut left = Vec::new();
        let mut taken: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        for (index, edit) in edits.iter().enumerate() {
            let spans: Option<Vec<(usize, usize)>> = edit
                .spots
                .iter()
                .map(|spot| {
                    let column = usize::try_from(spot.column).ok()?;
                    let at = (*origins.get(&spot.line)?.get(column)?)?;
                    Some((at, length(source, at, character(&text, *spot)?)?))
                })
                .collect();
            match spans {
                Some(spans) if !spans.is_empty() && spans.iter().all(|(at, _)| !taken.contains_key(at)) => {
                    let mut words = Some(edit.text.clone());
                    for (at, len) in spans {
                        taken.insert(at, (len, words.take().unwrap_or_default()));
                    }
                }
                _ => left.push(index),
            }
        }
        (rewritten(source, &taken), left)
    };
    if matches!(text.kind, SourceKind::Plain | SourceKind::Html) {
        let (content, encoding) = plain::decode(file_name, bytes)?;
        let (content, left) = place(&content);
        let mark: &[u8] = &[0xEF, 0xBB, 0xBF];
        let mut out = if bytes.starts_with(mark) {
            mark.to_vec()
        } else {
            Vec::new()
        };
        out.extend_from_slice(content.as_bytes());
        return Ok(Corrected {
            bytes: out,
            converted: encoding,
            left,
        });
    }
    let part = if text.kind == SourceKind::Docx {
        docx::PART
    } else {
        odt::PART
    };
    let fail = |refusal| refused(file_name, refusal);
    let work = work_for(bytes);
    let mut archive = Package::open(bytes, BOUNDS, &work).map_err(fail)?;
    let xml = archive.text(part).map_err(fail)?.unwrap_or_default();
    let (xml, left) = place(&xml);
    Ok(Corrected {
        bytes: archive.replaced(part, &xml).map_err(fail)?,
        converted: None,
        left,
    })
}

/// The text as it reads once edits are made, without the file it came from.
pub fn edited(text: &Text, edits: &[Edit]) -> Text {
    let mut put: BTreeMap<(u32, u32), &str> = BTreeMap::new();
    for edit in edits {
        let mut words = Some(edit.text.as_str());
        for spot in &edit.spots {
            let place = (spot.line, spot.column);
            put.entry(place)
                .or_insert_with(|| words.take().unwrap_or_default());
        }
    }
    let mut text = text.clone();
    for (line, number) in text.lines.iter_mut().zip(1_u32..) {
        if put.range((number, 0)..=(number, u32::MAX)).next().is_none() {
            continue;
        }
        let mut out = String::with_capacity(line.text.len() + 16);
        for (c, column) in line.text.chars().zip(0_u32..) {
            match put.get(&(number, column)) {
                Some(words) => out.push_str(words),
                None => out.push(c),
            }
        }
        line.text = out;
    }
    text
}

fn character(text: &Text, spot: Spot) -> Option<char> {
    let index = usize::try_from(spot.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(spot.column).ok()?;
    text.lines.get(index)?.text.chars().nth(column)
}

/// How many bytes a character takes in the source: itself, or a reference to it.
fn length(source: &str, at: usize, c: char) -> Option<usize> {
    let rest = source.get(at..)?;
    if rest.starts_with(c) {
        return Some(c.len_utf8());
    }
    let end = rest.find(';').filter(|end| *end < 12)?;
    rest.starts_with('&').then_some(end + 1)
}

fn rewritten(source: &str, taken: &BTreeMap<usize, (usize, String)>) -> String {
    let mut out = String::with_capacity(source.len() + 64);
    let mut from = 0;
    for (at, (len, words)) in taken {
        out.push_str(source.get(from..*at).unwrap_or_default());
        out.push_str(words);
        from = at + len;
    }
    out.push_str(source.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_text_has_the_words_in_the_place_of_the_characters() {
        let lines = ["第十條", "第九", "條"].map(str::to_owned).to_vec();
        let text = Text::from_lines(SourceKind::Plain, lines, None);
        let spot = |line, column| Spot { line, column };
        let edits = [
            Edit {
                spots: vec![spot(1, 1)],
                text: "12".into(),
            },
            Edit {
                spots: vec![spot(2, 0), spot(2, 1), spot(3, 0)],
                text: "14".into(),
            },
        ];
        let edited = edited(&text, &edits);
        let lines: Vec<&str> = edited.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(lines, ["第12條", "14", ""]);
    }
}
