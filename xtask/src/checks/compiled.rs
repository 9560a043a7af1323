//! Compiled once: what `store` and `app` offer and is awaited stands behind a pointer.
//!
//! Why checked: a plain `async fn` looks the same and works the same, and every crate and every test
//! that awaits it compiles it anew with all below it; a release took half as long again. What it can't
//! know: whether a function with types of its caller's has little enough in it.

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

/// Where what is offered is compiled once.
const CRATES: [&str; 2] = ["crates/app/src/", "crates/store/src/"];
/// How it is said.
const MARK: &str = "#[compiled_once]";
/// Awaited by one command, and takes what the macro can't name the life of.
const PLAIN: &str = "crates/app/src/upgrades.rs";

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let asked = CRATES.iter().any(|krate| path.starts_with(krate)) && !path.ends_with("/testing.rs");
        if !asked || path == PLAIN || is_test_file(path) {
            continue;
        }
        let lines = shipped(text);
        for (at, line) in lines.iter().enumerate() {
            let code = line.code.trim_start();
            let Some(rest) = code.strip_prefix("pub async fn ") else {
                continue;
            };
            let mut signature = rest.to_owned();
            for more in lines.iter().skip(at + 1) {
                if signature.contains('{') {
                    break;
                }
                signature.push_str(&more.code);
            }
            let marked = lines
                .iter()
                .take(at)
                .rev()
                .map(|before| before.code.trim())
                .take_while(|before| before.starts_with("#["))
                .any(|before| before == MARK);
            if !marked && !of_its_caller(&signature) {
                problems.push(Problem::new(
                    path,
                    line.number,
                    "is compiled anew by everybody who awaits it",
                    format!("write {MARK} above it, and `use crate::compiled::compiled_once;`"),
                ));
            }
        }
    }
    problems
}

/// Whether a function has types that its caller chooses: it can't be compiled before.
fn of_its_caller(signature: &str) -> bool {
    let head = signature.split('(').next().unwrap_or_default();
    let parameters = head.split_once('<').map_or("", |(_, inside)| inside);
    let own = parameters
        .trim_end_matches('>')
        .split(',')
        .map(str::trim)
        .any(|name| !name.is_empty() && !name.starts_with('\''));
    own || signature.contains("impl ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn what_is_offered_without_the_mark_is_found() {
        let path = "crates/store/src/x.rs";
        assert_eq!(found(path, "pub async fn read(&self) {}\n"), 1);
        assert_eq!(
            found(
                path,
                "#[must_use]\npub async fn read<'a>(\n    a: &'a str,\n) {}\n"
            ),
            1
        );
        assert_eq!(found(path, "#[compiled_once]\npub async fn read(&self) {}\n"), 0);
        assert_eq!(
            found(
                path,
                "#[compiled_once]\n#[must_use]\npub async fn read(&self) {}\n"
            ),
            0
        );
        assert_eq!(
            found(path, "async fn read(&self) {}\npub(crate) async fn more() {}\n"),
            0
        );
        assert_eq!(found("crates/server/src/x.rs", "pub async fn read() {}\n"), 0);
        assert_eq!(
            found("crates/store/src/testing.rs", "pub async fn read() {}\n"),
            0
        );
        assert_eq!(found(PLAIN, "pub async fn upgrade() {}\n"), 0);
    }

    #[test]
    fn what_its_caller_chooses_types_of_is_left() {
        let path = "crates/app/src/x.rs";
        assert_eq!(
            found(path, "pub async fn list(&self, query: impl Into<Query>) {}\n"),
            0
        );
        assert_eq!(found(path, "pub async fn run<T>(\n    work: T,\n) {}\n"), 0);
        assert_eq!(found(path, "pub async fn run<'a, T: Send>(work: &'a T) {}\n"), 0);
    }
}
