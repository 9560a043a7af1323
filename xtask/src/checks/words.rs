//! No unfinished work, and nothing that panics on its own, in code that ships.

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

const CALLS: &[(&str, &str)] = &[
    ("todo!(", "finish it, or leave the feature out"),
    ("unimplemented!(", "finish it, or leave the feature out"),
    ("dbg!(", "remove it"),
    (".unwrap()", "return an error that says what we were doing"),
];
const MARKS: &[&str] = &["FIXME", "XXX", "HACK"];

/// The check. The marks are looked for in comments too: that is where they are written.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.ending(".rs") {
        if is_test_file(path) {
            continue;
        }
        let raw: Vec<&str> = text.split('\n').collect();
        for line in shipped(text) {
            for (call, remedy) in CALLS {
                if line.bare.contains(call) {
                    problems.push(Problem::new(
                        path,
                        line.number,
                        format!("{call} in code that ships"),
                        *remedy,
                    ));
                }
            }
            let whole = raw.get(line.number - 1).copied().unwrap_or_default();
            // The list above is no mark.
            if path == "xtask/src/checks/words.rs" {
                continue;
            }
            for word in whole.split(|c: char| !c.is_ascii_alphanumeric()) {
                if MARKS.contains(&word) {
                    let remedy = "mend it, or write an issue and remove the mark";
                    problems.push(Problem::new(
                        path,
                        line.number,
                        format!("the mark {word}"),
                        remedy,
                    ));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_and_prose_is_not() {
        let text = "//! Never .unwrap() here.\nfn f() { todo!() }\n// FIXME later\nlet s = \"dbg!(\";\nx.unwrap();\n#[cfg(test)]\nmod tests { fn g() { x.unwrap() } }\n";
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", text),
            ("crates/a/tests/it.rs", "x.unwrap();"),
        ]);
        let lines: Vec<_> = check(&tree).into_iter().map(|p| p.line).collect();
        assert_eq!(lines, [2, 3, 5]);
    }
}
