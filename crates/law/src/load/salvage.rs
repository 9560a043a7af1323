//! A file with a mistake, read entry by entry.
//!
//! Why: a reader of TOML stops at the first mistake; an officer wants to see all of them, and what is
//! sound in the file must go on serving those who refer to it. Each entry is read with the file's head
//! and nothing else, the rest being blank, so that lines stay where they are. What it can't know: where
//! an entry ends whose text has a line that looks like the beginning of another.

use super::doubt::Kind;
use super::file::File;
use super::parse::{self, Listed};
use crate::error::LawError;
use std::ops::Range;

/// What could be read of a file with mistakes.
pub(super) struct Salvaged<T> {
    /// Its head with the sound entries; none where the head itself is wrong.
    pub(super) sound: Option<T>,
    /// Every mistake.
    pub(super) errors: Vec<LawError>,
    /// The entries that are lost: the list, and the name where there is one.
    pub(super) lost: Vec<(String, Option<String>)>,
}

/// The entries of a file: the list each belongs to, and where it stands.
fn entries(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let name = line
            .trim_end()
            .strip_prefix("[[")
            .and_then(|rest| rest.split_once("]]"))
            .map(|(name, _)| name.trim())
            .filter(|name| !name.is_empty() && !name.contains(['.', '"', '[', ',']));
        if let Some(name) = name {
            if let Some((_, before)) = found.last_mut() {
                before.end = at;
            }
            found.push((name, at..text.len()));
        }
        at += line.len();
    }
    found
}

/// The text with everything but these places blank; lines and offsets stay.
fn only(text: &str, keep: &[Range<usize>]) -> String {
    let kept = |at: usize| keep.iter().any(|range| range.contains(&at));
    let blank = |(at, byte): (usize, u8)| if kept(at) || byte == b'\n' { byte } else { b' ' };
    let bytes = text.bytes().enumerate().map(blank).collect();
    // Whole characters are kept or blanked, so it is text again.
    String::from_utf8(bytes).unwrap_or_default()
}

/// What an entry calls itself.
fn name(entry: &str) -> Option<String> {
    const KEYS: [&str; 6] = ["key", "id", "slug", "duty", "register", "control"];
    entry.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        if !KEYS.contains(&key.trim()) {
            return None;
        }
        let value = value.trim().strip_prefix('"')?;
        Some(value.split('"').next()?.to_owned())
    })
}

/// Reads what can be read of a file that as a whole can't.
pub(super) fn salvage<T: Listed>(file: &File<'_>, whole: LawError) -> Salvaged<T> {
    let entries = entries(&file.text);
    let head = 0..entries.first().map_or(file.text.len(), |(_, range)| range.start);
    let mut errors = Vec::new();
    let mut lost = Vec::new();
    let read = |keep: &[Range<usize>]| parse::read_text::<T>(file, &only(&file.text, keep));
    let mut sound = match read(std::slice::from_ref(&head)) {
        Ok(sound) => Some(sound),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    for (list, range) in entries {
        match (read(&[head.clone(), range.clone()]), &mut sound) {
            (Ok(entry), Some(sound)) => sound.append(entry),
            (Ok(_), None) => {}
            (Err(error), _) => {
                errors.push(error);
                let entry = file.text.get(range).unwrap_or_default();
                lost.push((list.to_owned(), name(entry)));
            }
        }
    }
    if errors.is_empty() {
        // What is wrong is how the entries stand beside each other.
        errors.push(whole);
    }
    errors.sort();
    errors.dedup();
    Salvaged { sound, errors, lost }
}

/// The kind of what an entry of a list defines.
pub(super) fn kind(list: &str) -> Option<Kind> {
    match list {
        "duty" | "basis" => Some(Kind::Duty),
        "parameter" => Some(Kind::Parameter),
        "reading" => Some(Kind::Reading),
        "article" => Some(Kind::Article),
        "control" => Some(Kind::Control),
        "dimension" => Some(Kind::Dimension),
        "clause" => Some(Kind::Clause),
        "route" => Some(Kind::Route),
        "cover" => Some(Kind::Cover),
        "theme" => Some(Kind::Standard),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_begin_at_their_own_lines() {
        let text = "a = 1\n[[duty]]\nkey = \"甲\"\n[duty.when]\nx = [\n[1],\n]\n[[duty.basis]]\n[[ parameter ]] # 二\nkey = 1\n";
        let found = entries(text);
        let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["duty", "parameter"]);
        assert_eq!(found[0].1.end, found[1].1.start);
        assert_eq!(found[1].1.end, text.len());
        assert!(text[found[0].1.clone()].ends_with("[[duty.basis]]\n"));
    }

    #[test]
    fn what_is_blanked_keeps_its_lines() {
        let text = "甲\nbc\nd";
        assert_eq!(only(text, std::slice::from_ref(&(4..6))), "   \nbc\n ");
        assert_eq!(only(text, &[0..3, 7..8]), "甲\n  \nd");
    }

    #[test]
    fn an_entry_is_called_by_its_key() {
        assert_eq!(
            name("[[duty]]\ntitle = \"x\"\nkey = \"a.b\" # 甲\n").as_deref(),
            Some("a.b")
        );
        assert_eq!(name("[[duty]]\nkeys = \"a.b\"\nkey = 3\n"), None);
    }

    #[test]
    fn every_list_of_a_law_file_defines_something_of_its_own() {
        let lists = [
            "duty",
            "parameter",
            "reading",
            "article",
            "control",
            "dimension",
            "clause",
            "route",
            "cover",
            "theme",
        ];
        for (n, one) in lists.iter().enumerate() {
            assert!(kind(one).is_some(), "{one}");
            assert!(lists[..n].iter().all(|other| kind(other) != kind(one)), "{one}");
        }
        assert_eq!(kind("basis"), kind("duty"));
        assert_eq!(kind("duties"), None);
    }
}
