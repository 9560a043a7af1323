//! Text as rows keep it: without what nobody sees, in one width, on one line.
//!
//! Why one place: a name that looks the same must be the same, however it came in. What it
//! can't know: what a text means.

use std::borrow::Cow;

/// A text without what nobody sees: signs of no width, and those that turn the direction of
/// writing, by which one name passes for another.
pub(crate) fn visible(s: &str) -> Cow<'_, str> {
    let unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if s.contains(unseen) {
        Cow::Owned(s.replace(unseen, ""))
    } else {
        Cow::Borrowed(s)
    }
}

/// A line of text as a row keeps it: without blanks at its ends, line breaks, and what nobody sees.
pub fn plain(text: &str) -> String {
    one_line(visible(text).trim())
}

pub(crate) fn one_line(s: &str) -> String {
    s.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Full-width letters, digits and signs as their half-width twins.
pub fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}

/// Whether a text is a SHA-256 in 64 lower-case hexadecimal digits.
pub(crate) fn is_sha256(s: &str) -> bool {
    s.len() == 64
        && s.bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
