//! Plain text: encodings and line ends.
//!
//! What: UTF-8 (with or without a mark), UTF-16 with a mark or unmistakably without,
//! and Big5, each accepted only if every byte decodes. Why: agencies still export
//! Big5, and a guess that is wrong turns a plan into noise. What it can't know:
//! which of two single-byte encodings was meant; those are refused.

use encoding_rs::{BIG5, Encoding, UTF_16BE, UTF_16LE};

use super::model::{Origins, PlanError, SourceKind, Text, Wanted, halted};
use crate::work::{Halt, Work};

pub(super) fn read(
    file: &str,
    bytes: &[u8],
    work: &Work,
    wanted: &Wanted,
) -> Result<(Text, Origins), PlanError> {
    let (content, encoding) = decode(file, bytes)?;
    if let Some(line) = first_control(&content) {
        return Err(PlanError::Encoding {
            file: file.to_owned(),
            line,
            tried: "UTF-8、UTF-16、Big5",
        });
    }
    let (lines, origins) = split(&content, work, wanted).map_err(|halt| halted(file, halt))?;
    Ok((Text::from_lines(SourceKind::Plain, lines, encoding), origins))
}

/// The text without its mark, and the encoding where it was not UTF-8.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<(String, Option<&'static str>), PlanError> {
    let failed = |line, tried| PlanError::Encoding {
        file: file.to_owned(),
        line,
        tried,
    };
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok((text.to_owned(), None)),
            Err(e) => Err(failed(line_at(rest, e.valid_up_to()), "UTF-8")),
        };
    }
    if let Some((encoding, name, rest)) = utf16(bytes) {
        return match whole(encoding, rest) {
            Some(text) => Ok((text, Some(name))),
            None => Err(failed(1, "UTF-16")),
        };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), None)),
        Err(e) => match whole(BIG5, bytes) {
            Some(text) if looks_chinese(&text) => Ok((text, Some("Big5"))),
            _ => Err(failed(line_at(bytes, e.valid_up_to()), "UTF-8、UTF-16、Big5")),
        },
    }
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
}

/// Recognises UTF-16 by its mark, or by zero bytes standing where ASCII line ends would have them.
fn utf16(bytes: &[u8]) -> Option<(&'static Encoding, &'static str, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return Some((UTF_16LE, "UTF-16LE", rest));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return Some((UTF_16BE, "UTF-16BE", rest));
    }
    let pairs = |want: [u8; 2]| bytes.chunks_exact(2).any(|pair| pair == want);
    if bytes.len().is_multiple_of(2) && bytes.contains(&0) {
        if pairs([b'\n', 0]) {
            return Some((UTF_16LE, "UTF-16LE", bytes));
        }
        if pairs([0, b'\n']) {
            return Some((UTF_16BE, "UTF-16BE", bytes));
        }
    }
    None
}

/// Words that any document we read would have.
const SIGNS: [&str; 8] = ["資通", "安全", "本機關", "計畫", "依據", "業務", "管理", "規定"];

/// Big5 accepts much that was never text: what it yields must mostly be common Han.
fn looks_chinese(text: &str) -> bool {
    let (mut han, mut odd) = (0_usize, 0_usize);
    for c in text.chars() {
        if ('\u{4E00}'..='\u{9FFF}').contains(&c) {
            han += 1;
        } else if !c.is_ascii()
            && !matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '\u{2000}'..='\u{26FF}')
        {
            odd += 1;
        }
    }
    han > 0 && odd * 10 <= han && SIGNS.iter().any(|sign| text.contains(sign))
}

fn first_control(text: &str) -> Option<u32> {
    let bad =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{B}' | '\u{C}')) || c == '\u{FFFE}';
    let position = text.find(bad)?;
    // A stray control character is dropped by the splitter; many mean a binary file.
    if text.chars().filter(|c| bad(*c)).count() * 200 <= text.chars().count() {
        return None;
    }
    Some(line_at(text.as_bytes(), position))
}

fn line_at(bytes: &[u8], position: usize) -> u32 {
    let breaks = bytes.iter().take(position).filter(|b| **b == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// Splits at LF, CRLF and lone CR; a form feed is a blank, so line numbers are an editor's.
fn split(content: &str, work: &Work, wanted: &Wanted) -> Result<(Vec<String>, Origins), Halt> {
    work.text(content.len(), 1)?;
    let mut lines = Vec::new();
    let mut origins = Origins::new();
    let mut line: Vec<(char, usize)> = Vec::new();
    let mut close = |line: &mut Vec<(char, usize)>| {
        work.step()?;
        let number = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_add(1);
        if wanted.contains(&number) {
            origins.insert(number, line.iter().map(|(_, at)| Some(*at)).collect());
        }
        lines.push(line.drain(..).map(|(c, _)| c).collect::<String>());
        Ok(())
    };
    let mut chars = content.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\r' => {
                chars.next_if(|(_, next)| *next == '\n');
                close(&mut line)?;
            }
            '\n' => close(&mut line)?,
            '\u{C}' | '\u{B}' => line.push((' ', at)),
            '\t' => line.push((c, at)),
            '\u{FEFF}' | '\u{200B}' | '\u{AD}' => {}
            c if c.is_control() => {}
            c => line.push((c, at)),
        }
    }
    // What follows the last line end is a line only if there is something.
    close(&mut line)?;
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    Ok((lines, origins))
}
