//! Nothing of one machine: no absolute paths of it, no large files.

use super::Problem;
use crate::tree::Tree;

const LIMIT: usize = 1024 * 1024;
/// First folders of a machine's own paths. Written without slashes, or this file would be one.
const FOLDERS: [&str; 3] = ["work", "root", "home"];

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, file) in &tree.files {
        if file.size > LIMIT {
            let what = format!("{} bytes, more than 1 MiB", file.size);
            problems.push(Problem::new(path, 1, what, "keep it outside, or make it smaller"));
        }
        for (index, line) in file.text.as_deref().unwrap_or_default().lines().enumerate() {
            for folder in FOLDERS {
                let needle = format!("/{folder}/");
                if line.match_indices(&needle).any(|(at, _)| is_start(line, at)) {
                    let what = format!("an absolute path below {needle}");
                    problems.push(Problem::new(
                        path,
                        index + 1,
                        what,
                        "name it relative to the tree",
                    ));
                }
            }
        }
    }
    problems
}

/// Whether a path begins there, rather than going on.
fn is_start(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|c| !c.is_alphanumeric() && !"._-~>})]/".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_and_large_files_are_found() {
        let bad = FOLDERS
            .map(|f| {
                format!(
                    "see /{f}/x
"
                )
            })
            .concat();
        let large = "x".repeat(LIMIT + 1);
        let good = "crates/work/x, https://example.org/home/x\n";
        let tree = Tree::of(&[("bad.md", &bad), ("large.txt", &large), ("good.md", good)]);
        let found: Vec<_> = check(&tree).into_iter().map(|p| (p.path, p.line)).collect();
        let at = |path: &str, line| (path.to_owned(), line);
        assert_eq!(
            found,
            [
                at("bad.md", 1),
                at("bad.md", 2),
                at("bad.md", 3),
                at("large.txt", 1)
            ]
        );
    }
}
