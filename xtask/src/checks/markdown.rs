//! Every path that Markdown names is there.

use super::Problem;
use crate::tree::Tree;

/// The check: link targets, and what stands in backticks and looks like a path of the tree.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let folders: Vec<&str> = tree
        .names_in("")
        .into_iter()
        .filter(|name| !tree.files.contains_key(*name))
        .collect();
    for (path, text) in tree.ending(".md") {
        let home = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut fenced = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                continue;
            }
            let mut missing = |named: &str| {
                let what = format!("`{named}` is not in the tree");
                problems.push(Problem::new(
                    path,
                    index + 1,
                    what,
                    "name what exists, or create it",
                ));
            };
            for code in line.split('`').skip(1).step_by(2) {
                if is_path(code, &folders) && !tree.exists(without_line(code)) {
                    missing(code);
                }
            }
            for target in links(line) {
                if resolve(home, target).is_none_or(|at| !tree.exists(&at)) {
                    missing(target);
                }
            }
        }
    }
    problems
}

fn is_pattern(text: &str) -> bool {
    text.contains(['<', '>', '*', '…', '{', '$', ' ']) || text.contains("...")
}

fn is_path(code: &str, folders: &[&str]) -> bool {
    let code = code.strip_prefix("./").unwrap_or(code);
    let known = code
        .split_once('/')
        .is_some_and(|(first, _)| folders.contains(&first));
    known && !is_pattern(code)
}

/// Without `./` before it and `:12` behind it.
fn without_line(code: &str) -> &str {
    let code = code.strip_prefix("./").unwrap_or(code);
    match code.rsplit_once(':') {
        Some((path, line)) if line.chars().all(|c| c.is_ascii_digit()) => path,
        _ => code,
    }
}

/// Targets of links to files, without their anchors.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, mark)| {
        let rest = line.get(at + mark.len()..)?;
        let target = rest.split(')').next()?.split('#').next()?;
        let outside = target.contains("://") || target.starts_with("mailto:");
        (!target.is_empty() && !outside && !is_pattern(target)).then_some(target)
    })
}

/// A target as a path from the root; `None` where it leads out of the tree.
fn resolve(home: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = home.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_paths_are_found_and_patterns_are_not() {
        let page = "See `law/a.toml`, `law/b.toml:12`, `law/<year>.toml`, `law/*`, `a/b`, `./law/a.toml`.\n\
                    [here](a.md#x), [up](../law/a.toml), [out](../../x), [web](https://example.org/law/x)\n\
                    ```\n`law/none.toml`\n```\n[gone](gone.md)\n";
        let tree = Tree::of(&[("law/a.toml", ""), ("docs/a.md", page)]);
        let found: Vec<_> = check(&tree).into_iter().map(|p| (p.line, p.what)).collect();
        let missing = |line, named: &str| (line, format!("`{named}` is not in the tree"));
        assert_eq!(
            found,
            [
                missing(1, "law/b.toml:12"),
                missing(2, "../../x"),
                missing(6, "gone.md")
            ]
        );
    }
}
