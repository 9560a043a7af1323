//! Headings that go on in their line: 貳、適用範圍：某某局全體人員.
//!
//! What: puts what follows the colon into a line of its own. Why: a chapter is known by a line that
//! is its title. What it can't know: whether a title that no colon divides ends where it seems to.

use super::chapters::item_of;
use super::lines::fold;
use super::markers::{self, Kind};
use crate::text::{Text, TextLine};

/// The longest title of a chapter, in characters.
const LONGEST: usize = 30;

/// The text with such headings divided; both parts keep the number of their line.
pub(super) fn divided(text: &Text) -> Text {
    let mut lines = Vec::with_capacity(text.lines.len());
    for line in &text.lines {
        if let Some((title, rest)) = parts(&line.text) {
            for part in [title, rest] {
                lines.push(TextLine {
                    number: line.number,
                    text: part.to_owned(),
                });
            }
        } else {
            lines.push(line.clone());
        }
    }
    Text {
        lines,
        ..text.clone()
    }
}

/// A chapter's title and what follows its colon.
fn parts(raw: &str) -> Option<(&str, &str)> {
    let (title, rest) = raw.split_once([':', '：'])?;
    let folded = fold(title);
    let marker = markers::marker(folded.trim())?;
    let numbers = matches!(
        marker.kind,
        Kind::Legal | Kind::Han | Kind::Chapter | Kind::Roman | Kind::Arabic
    );
    let name = folded.trim().get(marker.end..)?;
    let named = name.chars().count() <= LONGEST && item_of(name).is_some();
    (numbers && named && !rest.trim().is_empty()).then_some((title, rest))
}
