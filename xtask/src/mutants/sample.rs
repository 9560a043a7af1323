//! The list of mutants that cargo-mutants gives, the sample of it, and what a mutant makes of a file.
//!
//! Why our own choice: a sample by a hash of what is changed is the same on every machine, and a
//! moved line changes nothing. What it can't know: whether a change means the same in other words.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One change, as `cargo mutants --list --json` describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Mutant {
    /// `file:line:column: change`.
    pub name: String,
    /// The crate.
    pub package: String,
    /// The file, from the root of the tree.
    pub file: String,
    span: Span,
    replacement: String,
}

/// From one place up to another, which is outside.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Span {
    start: Place,
    end: Place,
}

/// A place in a file, both numbers from 1; columns count characters.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

impl Mutant {
    /// The file's text with the change; `None` where the file is another than was listed.
    pub fn applied(&self, text: &str) -> Option<String> {
        let start = self.span.start.offset(text)?;
        let end = self.span.end.offset(text)?;
        let (before, after) = (text.get(..start)?, text.get(end..)?);
        // The blank keeps apart what a deleted part kept apart.
        (start <= end).then(|| format!("{before}{} {after}", self.replacement))
    }
}

impl Place {
    fn offset(self, text: &str) -> Option<usize> {
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(self.line.checked_sub(1)?).map(str::len).sum();
        let line = lines.next().unwrap_or_default();
        let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        let mut ends = ends.skip(self.column.checked_sub(1)?);
        Some(before + ends.next()?)
    }
}

/// The mutants with the lowest numbers, from each crate in turn, in the order of the list.
pub fn sample(all: Vec<Mutant>, size: usize) -> Vec<Mutant> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut crates: BTreeMap<String, Vec<([u8; 32], usize, Mutant)>> = BTreeMap::new();
    for (place, mutant) in all.into_iter().enumerate() {
        let what = without_place(&mutant.name);
        let nth = seen.entry(what.clone()).or_default();
        *nth += 1;
        let number = Sha256::digest(format!("{what} #{nth}"));
        let of_crate = crates.entry(mutant.package.clone()).or_default();
        of_crate.push((number.into(), place, mutant));
    }
    let mut turns = Vec::new();
    for (_, mut of_crate) in crates {
        of_crate.sort_by_key(|(number, _, _)| *number);
        turns.extend(of_crate.into_iter().enumerate());
    }
    turns.sort_by_key(|(turn, (number, _, _))| (*turn, *number));
    turns.truncate(size);
    turns.sort_by_key(|(_, (_, place, _))| *place);
    turns.into_iter().map(|(_, (_, _, mutant))| mutant).collect()
}

/// `file: change` of `file:line:column: change`.
fn without_place(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(change)) => format!("{file}:{change}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(name: String, package: String) -> Mutant {
        let start = Place { line: 1, column: 1 };
        Mutant {
            name,
            package,
            file: String::new(),
            span: Span { start, end: start },
            replacement: String::new(),
        }
    }

    fn mutants(lines: usize, files: &[&str]) -> Vec<Mutant> {
        let mut all = Vec::new();
        for file in files {
            for n in 0..40 {
                let name = format!("crates/{file}.rs:{}:5: replace f{} with ()", n + lines, n / 2);
                let package = (*file).to_owned();
                all.push(mutant(name, package));
            }
        }
        all
    }

    fn names(sample: &[Mutant]) -> Vec<String> {
        sample.iter().map(|m| without_place(&m.name)).collect()
    }

    #[test]
    fn the_sample_is_the_same_wherever_the_lines_are() {
        let one = sample(mutants(1, &["a", "b"]), 20);
        assert_eq!(one.len(), 20);
        assert_eq!(names(&one), names(&sample(mutants(900, &["a", "b"]), 20)));
        assert_eq!(sample(mutants(1, &["a"]), 500).len(), 40);
    }

    #[test]
    fn every_crate_has_its_share_and_what_a_small_one_lacks_others_give() {
        let mut all = mutants(1, &["a", "b"]);
        all.extend(mutants(1, &["c"]).into_iter().take(3));
        let chosen = sample(all, 23);
        let of = |package: &str| chosen.iter().filter(|m| m.package == package).count();
        assert_eq!((of("a"), of("b"), of("c")), (10, 10, 3));
    }

    #[test]
    fn what_goes_makes_room_and_changes_nothing_else() {
        let before = sample(mutants(1, &["a", "b"]), 20);
        let gone = before[3].name.clone();
        let without: Vec<Mutant> = mutants(1, &["a", "b"])
            .into_iter()
            .filter(|m| m.name != gone)
            .collect();
        let after = sample(without, 20);
        let kept = names(&before)
            .iter()
            .filter(|n| names(&after).contains(n))
            .count();
        assert!(kept >= 18, "{kept} of 20 stay");
    }

    #[test]
    fn a_change_is_made_where_it_was_listed_and_nowhere_else() {
        let listed = r#"{"name":"a.rs:2:9: replace + with - in f","package":"a","file":"a.rs",
            "function":null,"genre":"BinaryOperator","replacement":"-",
            "span":{"start":{"line":2,"column":9},"end":{"line":2,"column":10}}}"#;
        let mut mutant: Mutant = serde_json::from_str(listed).unwrap();
        let text = "fn f() {\n  '長' + 2\n}\n";
        mutant.span.start.column = 7;
        mutant.span.end.column = 8;
        assert_eq!(mutant.applied(text).unwrap(), "fn f() {\n  '長' -  2\n}\n");
        // Over several lines, up to the end of one.
        mutant.span.start = Place { line: 1, column: 8 };
        mutant.span.end = Place { line: 3, column: 2 };
        mutant.replacement = "{}".to_owned();
        assert_eq!(mutant.applied(text).unwrap(), "fn f() {} \n");
        for beyond in [
            Place { line: 2, column: 40 },
            Place { line: 9, column: 2 },
            Place { line: 0, column: 1 },
        ] {
            mutant.span.end = beyond;
            assert_eq!(mutant.applied(text), None, "{beyond:?}");
        }
    }
}
