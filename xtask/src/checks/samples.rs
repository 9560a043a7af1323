//! A sample says in its name whether it must be accepted.

use super::Problem;
use crate::tree::Tree;

/// The check: every file below `samples/` is named `*.pass.*` or `*.fail.*`; `*.rules.*` says it case by case.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree.files.keys().filter(|path| path.starts_with("samples/")) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let named = [".pass.", ".fail.", ".rules."]
            .iter()
            .any(|verdict| name.contains(verdict));
        let exempt = name.starts_with("README") || path.contains("/expected/");
        // `x.json` or `x.expected.json` beside `x.pass.csv` is what reading the sample must give.
        let expectation = path.strip_suffix(".json").is_some_and(|stem| {
            let sample = format!("{}.pass.", stem.trim_end_matches(".expected"));
            tree.files
                .range(sample.clone()..)
                .next()
                .is_some_and(|(next, _)| next.starts_with(&sample))
        });
        if !named && !exempt && !expectation {
            let remedy = "name it <what>.pass.<ending> or <what>.fail.<ending>";
            problems.push(Problem::new(
                path,
                1,
                "the sample's name tells no verdict",
                remedy,
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_without_verdict_is_found() {
        let tree = Tree::of(&[
            ("samples/README.md", ""),
            ("samples/a/b.pass.csv", ""),
            ("samples/a/b.pass.json", ""),
            ("samples/a/b.json", ""),
            ("samples/a/b.expected.json", ""),
            ("samples/a/c.expected.json", ""),
            ("samples/a/c.fail.csv", ""),
            ("samples/a/expected/x.txt", ""),
            ("samples/a/d.csv", ""),
            ("samples/a/e.json", ""),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|p| p.path).collect();
        assert_eq!(
            paths,
            ["samples/a/c.expected.json", "samples/a/d.csv", "samples/a/e.json"]
        );
    }
}
