//! Every outside crate has its reason in `docs/dependencies.md`, and every reason its crate.

use super::Problem;
use super::edges::dependencies;
use crate::tree::Tree;
use std::collections::BTreeMap;

const PAGE: &str = "docs/dependencies.md";

/// The check. A line of the page is a table row whose first cell is the crate in backticks.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut used = BTreeMap::new();
    for d in dependencies(tree, &mut Vec::new()) {
        if !d.ours {
            used.entry(d.name).or_insert((d.manifest, d.line));
        }
    }
    let page = tree.text(PAGE).unwrap_or_default();
    let mut explained = BTreeMap::new();
    for (index, line) in page.lines().enumerate() {
        if let Some((name, _)) = line.strip_prefix("| `").and_then(|rest| rest.split_once('`')) {
            explained.insert(name.to_owned(), index + 1);
        }
    }
    let mut problems = Vec::new();
    for (name, (manifest, line)) in &used {
        if !explained.contains_key(name) {
            let remedy = format!("say there why it is needed, or do without {name}");
            problems.push(Problem::new(
                manifest,
                *line,
                format!("{name} has no line in {PAGE}"),
                remedy,
            ));
        }
    }
    for (name, line) in &explained {
        if !used.contains_key(name) {
            problems.push(Problem::new(
                PAGE,
                *line,
                format!("no crate depends on {name}"),
                "remove the line",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_are_checked() {
        let tree = Tree::of(&[
            (
                "crates/law/Cargo.toml",
                "[dependencies]\nserde.workspace = true\nfacts.workspace = true\n",
            ),
            (
                PAGE,
                "# Page\n\n| Crate | Why |\n| --- | --- |\n| `toml` | files |\n",
            ),
        ]);
        let whats: Vec<_> = check(&tree).into_iter().map(|p| (p.line, p.what)).collect();
        assert_eq!(
            whats,
            [
                (2, "serde has no line in docs/dependencies.md".to_owned()),
                (5, "no crate depends on toml".to_owned())
            ]
        );
    }
}
