//! The form of the law folder: one folder an instrument, one file of articles a version.
//!
//! What the files say is checked by the `law` crate when it loads them.

use super::problem::{Problem, line_starting};
use crate::tree::Tree;

const HOME: &str = "law/national";

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in tree.names_in(HOME) {
        let folder = format!("{HOME}/{name}");
        let instrument = format!("{folder}/instrument.toml");
        let articles = format!("{folder}/articles");
        if !tree.has_folder(&folder) {
            problems.push(Problem::new(
                &folder,
                1,
                "not a folder",
                "put it into its instrument's folder",
            ));
            continue;
        }
        let Some(versions) = tree.text(&instrument).map(versions) else {
            problems.push(Problem::new(
                &folder,
                1,
                "no instrument.toml",
                "say what instrument this is",
            ));
            continue;
        };
        if !tree.has_folder(&articles) {
            problems.push(Problem::new(
                &folder,
                1,
                "no articles/",
                "add articles/<version>.toml for each version",
            ));
            continue;
        }
        let files = tree.names_in(&articles);
        for file in &files {
            let known = file
                .strip_suffix(".toml")
                .is_some_and(|id| versions.iter().any(|(v, _)| v == id));
            if !known {
                let path = format!("{articles}/{file}");
                let what = "not named after a version of instrument.toml";
                problems.push(Problem::new(&path, 1, what, "name it <version id>.toml"));
            }
        }
        for (id, line) in versions {
            let file = format!("{id}.toml");
            if !files.contains(&file.as_str()) {
                let what = format!("the version {id} has no articles/{file}");
                problems.push(Problem::new(
                    &instrument,
                    line,
                    what,
                    "add it, if only with `article = []`",
                ));
            }
        }
    }
    problems
}

/// Version ids with the line that states each.
fn versions(text: &str) -> Vec<(String, usize)> {
    let table: toml::Table = text.parse().unwrap_or_default();
    let list = table
        .get("version")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    list.iter()
        .filter_map(|version| version.get("id")?.as_str())
        .map(|id| (id.to_owned(), line_starting(text, &format!("id = \"{id}\""))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_article_files_must_agree() {
        let tree = Tree::of(&[
            (
                "law/national/a/instrument.toml",
                "[[version]]\nid = \"2018\"\n[[version]]\nid = \"2021\"\n",
            ),
            ("law/national/a/articles/2018.toml", ""),
            ("law/national/a/articles/2019.toml", ""),
            ("law/national/b/articles/2018.toml", ""),
            ("law/national/c/instrument.toml", ""),
            ("law/national/stray.toml", ""),
        ]);
        let found: Vec<_> = check(&tree)
            .into_iter()
            .map(|p| format!("{}:{} {}", p.path, p.line, p.what))
            .collect();
        assert_eq!(
            found,
            [
                "law/national/a/articles/2019.toml:1 not named after a version of instrument.toml",
                "law/national/a/instrument.toml:4 the version 2021 has no articles/2021.toml",
                "law/national/b:1 no instrument.toml",
                "law/national/c:1 no articles/",
                "law/national/stray.toml:1 not a folder",
            ]
        );
    }
}
