//! The pure crates are guarded: each has the same `clippy.toml`, which refuses clock, files,
//! environment, processes and network, and repeats the root's allowances for tests.
//!
//! Why repeated: a crate's `clippy.toml` replaces the root's, it doesn't add to it.

use super::Problem;
use crate::tree::Tree;

/// Crates that compute and do nothing else.
pub const PURE: &[&str] = &[
    "period",
    "facts",
    "law",
    "assess",
    "registers",
    "collectors",
    "views",
    "documents",
    "ledger",
];

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut first: Option<(&str, &str)> = None;
    for name in PURE {
        if !tree.exists(&format!("crates/{name}/Cargo.toml")) {
            continue;
        }
        let path = format!("crates/{name}/clippy.toml");
        let Some(text) = tree.text(&path) else {
            let remedy = "copy crates/period/clippy.toml";
            problems.push(Problem::new(&path, 1, "a pure crate without its guard", remedy));
            continue;
        };
        match first {
            None => {
                for line in tree.text("clippy.toml").unwrap_or_default().lines() {
                    if !text.lines().any(|own| own == line) {
                        let what = format!("the root's `{line}` is missing");
                        problems.push(Problem::new(
                            &path,
                            1,
                            what,
                            "repeat it: this file replaces the root's",
                        ));
                    }
                }
                if !text.contains("disallowed-methods") {
                    problems.push(Problem::new(
                        &path,
                        1,
                        "no disallowed-methods",
                        "list what no pure crate calls",
                    ));
                }
                first = Some((name, text));
            }
            Some((other, guard)) if guard != text => {
                let what = format!("differs from that of {other}");
                problems.push(Problem::new(&path, 1, what, "make all of them the same"));
            }
            Some(_) => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_lax_and_different_guards_are_found() {
        let guard = "allow-x = true\ndisallowed-methods = []\n";
        let tree = Tree::of(&[
            ("clippy.toml", "allow-x = true\n"),
            ("crates/period/Cargo.toml", ""),
            ("crates/period/clippy.toml", guard),
            ("crates/law/Cargo.toml", ""),
            ("crates/ledger/Cargo.toml", ""),
            ("crates/ledger/clippy.toml", "allow-x = true\n"),
            ("crates/store/Cargo.toml", ""),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|p| p.path).collect();
        assert_eq!(paths, ["crates/law/clippy.toml", "crates/ledger/clippy.toml"]);
        let lax = Tree::of(&[
            ("clippy.toml", "allow-x = true\n"),
            ("crates/law/Cargo.toml", ""),
            ("crates/law/clippy.toml", ""),
        ]);
        assert_eq!(check(&lax).len(), 2);
    }
}
