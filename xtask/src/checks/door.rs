//! One door: nothing of `app` that others may call takes an agency as text, and one place commits.
//!
//! Why checked and not only reviewed: a second door is opened by one convenient signature. What it
//! can't know: whether a text of another name is an agency; the names that are usual here are known.

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

/// What an agency is called where it is handed on.
const NAMES: [&str; 3] = ["agency", "org", "agency_id"];
/// How a text is handed on.
const TEXTS: [&str; 4] = ["&str", "String", "&String", "impl AsRef<str>"];
/// The only file that may commit.
const COMMITS: &str = "crates/app/src/commit.rs";

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.ending(".rs") {
        if !path.starts_with("crates/app/src/") || is_test_file(path) {
            continue;
        }
        let lines: Vec<(usize, String)> = shipped(text)
            .into_iter()
            .map(|line| (line.number, line.code))
            .collect();
        for (at, (number, code)) in lines.iter().enumerate() {
            if let Some(named) = agency_as_text(&lines, at, code) {
                problems.push(Problem::new(
                    path,
                    *number,
                    format!("a public function takes an agency as text: `{named}`"),
                    "take a `&Visit`, or an `AgencyId` that the surface parsed",
                ));
            }
            if path != COMMITS && commits(code) {
                problems.push(Problem::new(
                    path,
                    *number,
                    "writes past the one commit",
                    format!("draw up a `Draft` and hand it to {COMMITS}"),
                ));
            }
        }
    }
    problems
}

/// The parameter by which a public function that begins here takes an agency as text.
fn agency_as_text(lines: &[(usize, String)], at: usize, code: &str) -> Option<String> {
    let code = code.trim_start();
    let rest = ["pub fn ", "pub async fn ", "pub const fn "]
        .into_iter()
        .find_map(|start| code.strip_prefix(start))?;
    let mut signature = rest.to_owned();
    for (_, more) in lines.iter().skip(at + 1) {
        if signature.contains('{') || signature.ends_with(';') {
            break;
        }
        signature.push(' ');
        signature.push_str(more.trim());
    }
    let head = signature.split("->").next().unwrap_or_default();
    let flat = head.split_whitespace().collect::<Vec<_>>().join(" ");
    NAMES.iter().find_map(|name| {
        TEXTS.iter().find_map(|kind| {
            let parameter = format!("{name}: {kind}");
            let found = flat.match_indices(&parameter).any(|(start, _)| {
                let before = flat.get(..start).and_then(|s| s.chars().next_back());
                let after = flat.get(start + parameter.len()..).and_then(|s| s.chars().next());
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                    && after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            });
            found.then_some(parameter)
        })
    })
}

/// Whether a line calls the store's commit.
fn commits(code: &str) -> bool {
    let code = code.trim();
    let by_store = code.contains("store.commit(") || code.contains("store.commit_prepared(");
    by_store || code.starts_with(".commit_prepared(") || code.starts_with(".commit(Commit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn an_agency_as_text_is_found_in_public_functions_of_app() {
        let path = "crates/app/src/x.rs";
        assert_eq!(found(path, "pub async fn duties(agency: &str) {}\n"), 1);
        assert_eq!(
            found(
                path,
                "pub fn duties(\n    who: &Who,\n    org: String,\n) -> u8 {\n    0\n}\n"
            ),
            1
        );
        assert_eq!(found(path, "pub(crate) fn duties(agency: &str) {}\n"), 0);
        assert_eq!(
            found(path, "pub fn duties(visit: &Visit<'_>, agency: &AgencyId) {}\n"),
            0
        );
        assert_eq!(found(path, "pub fn named(subagency: &str) {}\n"), 0);
        assert_eq!(found("crates/server/src/x.rs", "pub fn enter(org: &str) {}\n"), 0);
    }

    #[test]
    fn a_second_commit_is_found() {
        let text = "fn f() {\n    self.store.commit(c).await;\n}\n";
        assert_eq!(found("crates/app/src/x.rs", text), 1);
        assert_eq!(found(COMMITS, text), 0);
    }
}
