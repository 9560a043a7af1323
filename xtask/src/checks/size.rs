//! Rust files stay short and say at their top what they are for.

use super::Problem;
use crate::source::is_test_file;
use crate::tree::Tree;

const LIMIT: usize = 700;

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let lines = text.lines().count();
        if lines > LIMIT {
            let what = format!("{lines} lines, more than {LIMIT}");
            problems.push(Problem::new(
                path,
                LIMIT + 1,
                what,
                "split it by noun into modules",
            ));
        }
        if !text.starts_with("//!") && !is_test_file(path) && !path.ends_with("build.rs") {
            let remedy = "open with //! saying what, why, and what it can't know";
            problems.push(Problem::new(path, 1, "the file doesn't open with //!", remedy));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_mute_files_are_found() {
        let long = format!("//! x\n{}", "\n".repeat(700));
        let tree = Tree::of(&[
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/mute.rs", "use x;\n"),
            ("crates/a/tests/it.rs", "use x;\n"),
            ("crates/a/build.rs", "fn main() {}\n"),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|p| p.path).collect();
        assert_eq!(paths, ["crates/a/src/long.rs", "crates/a/src/mute.rs"]);
    }
}
