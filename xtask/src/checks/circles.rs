//! No module of a crate leads back to itself through others.
//!
//! What: every file is a module; where it names another, in a `use` or in a path, it leans on it.
//! A name that a module only passes on (`pub use`) leans on where it comes from. Why: a circle can
//! only be understood, tested and changed as a whole. What it can't know: methods. Where a type's
//! methods lie in several files, calls from one to the other leave no path.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use crate::source::{is_test_file, shipped};
use crate::tree::Tree;

/// A module's path inside its crate; the root's is empty.
type Module = Vec<String>;

/// What a file says of others.
#[derive(Default)]
struct Said {
    /// Paths as written, with the line.
    paths: Vec<(Vec<String>, usize)>,
    /// Names that it passes on, with the path that each comes from.
    passed_on: BTreeMap<String, Vec<String>>,
}

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let crates = tree.names_in("crates").into_iter();
    let folders = crates.map(|name| format!("crates/{name}/src/"));
    for folder in folders.chain(["xtask/src/".to_owned()]) {
        let (edges, files) = graph(tree, &folder);
        for circle in &circles(&edges) {
            for module in circle {
                let inside = edges.get(module).into_iter().flatten();
                for (to, line) in inside.filter(|(to, _)| circle.contains(*to)) {
                    let what = format!(
                        "{} and {} lean on each other, perhaps through others",
                        shown(module),
                        shown(to)
                    );
                    let remedy = "move what both need to a file that leans on neither";
                    let path = files.get(module).map_or(folder.as_str(), String::as_str);
                    problems.push(Problem::new(path, *line, what, remedy));
                }
            }
        }
    }
    problems
}

fn shown(module: &Module) -> String {
    if module.is_empty() {
        "the root".to_owned()
    } else {
        module.join("::")
    }
}

type Edges = BTreeMap<Module, BTreeMap<Module, usize>>;

/// Which module names which, with the first line that does; and the file of each.
fn graph(tree: &Tree, folder: &str) -> (Edges, BTreeMap<Module, String>) {
    let mut files = BTreeMap::new();
    let mut said: BTreeMap<Module, Said> = BTreeMap::new();
    for (path, text) in tree.ending(".rs") {
        let Some(inside) = path.strip_prefix(folder) else {
            continue;
        };
        if is_test_file(path) && !folder.starts_with("crates/testkit/") {
            continue;
        }
        let mut module: Module = inside
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if module.last().is_some_and(|last| last == "mod") || module == ["lib"] || module == ["main"] {
            module.pop();
        }
        said.entry(module.clone()).or_default().read(text);
        files.insert(module, path.to_owned());
    }
    let known: BTreeSet<Module> = said.keys().cloned().collect();
    let mut edges = Edges::new();
    for (module, own) in &said {
        let out = edges.entry(module.clone()).or_default();
        for (path, line) in &own.paths {
            if let Some(to) = target(module, path, &known, &said, 0)
                && to != *module
            {
                out.entry(to).or_insert(*line);
            }
        }
    }
    (edges, files)
}

/// The module in which what a path names stands; none where it leads out of the crate.
fn target(
    from: &Module,
    path: &[String],
    known: &BTreeSet<Module>,
    said: &BTreeMap<Module, Said>,
    followed: usize,
) -> Option<Module> {
    let (first, mut rest) = path.split_first()?;
    let mut at = from.clone();
    match first.as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => {
            at.pop()?;
            while let Some((_, further)) = rest.split_first().filter(|(word, _)| *word == "super") {
                at.pop()?;
                rest = further;
            }
        }
        _ => {
            at.push(first.clone());
            if !known.contains(&at) {
                return None;
            }
        }
    }
    while let Some((word, further)) = rest.split_first() {
        at.push(word.clone());
        if !known.contains(&at) {
            at.pop();
            break;
        }
        rest = further;
    }
    // What is only passed on stands elsewhere; so many steps are enough for any crate of ours.
    let passed_on = rest.first().and_then(|name| said.get(&at)?.passed_on.get(name));
    match passed_on.filter(|_| at != *from && followed < 8) {
        Some(origin) => target(&at, origin, known, said, followed + 1).or(Some(at)),
        None => Some(at),
    }
}

/// Groups of modules each of which leads to every other.
fn circles(edges: &Edges) -> Vec<BTreeSet<Module>> {
    let reached = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut open: Vec<&Module> = edges.get(from).into_iter().flatten().map(|(to, _)| to).collect();
        while let Some(module) = open.pop() {
            if seen.insert(module) {
                open.extend(edges.get(module).into_iter().flatten().map(|(to, _)| to));
            }
        }
        seen
    };
    let all: BTreeMap<&Module, BTreeSet<&Module>> = edges.keys().map(|m| (m, reached(m))).collect();
    let mut out: Vec<BTreeSet<Module>> = Vec::new();
    for (module, seen) in &all {
        if !seen.contains(*module) || out.iter().any(|circle| circle.contains(*module)) {
            continue;
        }
        let back = |other: &&&Module| all.get(**other).is_some_and(|there| there.contains(*module));
        out.push(seen.iter().filter(back).map(|m| (**m).clone()).collect());
    }
    out
}

/// A word or a mark of the source, with its line.
struct Token {
    text: String,
    line: usize,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for line in shipped(text) {
        let mut chars = line.bare.chars().peekable();
        while let Some(c) = chars.next() {
            let mut text = c.to_string();
            let word = |c: &char| c.is_alphanumeric() || *c == '_';
            if word(&c) {
                while let Some(next) = chars.next_if(word) {
                    text.push(next);
                }
            } else if c == ':' && chars.next_if_eq(&':').is_some() {
                text.push(':');
            } else if c.is_whitespace() {
                continue;
            }
            out.push(Token {
                text,
                line: line.number,
            });
        }
    }
    out
}

impl Said {
    fn read(&mut self, text: &str) {
        let tokens = tokens(text);
        let at = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
        let mut i = 0;
        let mut public = false;
        while i < tokens.len() {
            match at(i) {
                // How far something can be seen is no leaning.
                "pub" if at(i + 1) == "(" => {
                    public = true;
                    i += 2;
                    while i < tokens.len() && at(i) != ")" {
                        i += 1;
                    }
                }
                "pub" => public = true,
                "use" => {
                    let line = tokens.get(i).map_or(1, |t| t.line);
                    let mut found = Vec::new();
                    i = tree_of(&tokens, i + 1, &[], &mut found);
                    for (path, name) in found {
                        if public {
                            self.passed_on.insert(name, path.clone());
                        }
                        self.paths.push((path, line));
                    }
                    public = false;
                    continue;
                }
                word if at(i + 1) == "::" && (i == 0 || at(i - 1) != "::") && is_name(word) => {
                    let line = tokens.get(i).map_or(1, |t| t.line);
                    let mut path = vec![word.to_owned()];
                    while at(i + 1) == "::" && is_name(at(i + 2)) {
                        path.push(at(i + 2).to_owned());
                        i += 2;
                    }
                    self.paths.push((path, line));
                    public = false;
                }
                _ => public = false,
            }
            i += 1;
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one tree of a `use`: every path in it and the name that it gets; says where it ends.
fn tree_of(tokens: &[Token], from: usize, before: &[String], out: &mut Vec<(Vec<String>, String)>) -> usize {
    let at = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let mut path = before.to_vec();
    let mut i = from;
    loop {
        match at(i) {
            "{" => {
                i += 1;
                while i < tokens.len() && at(i) != "}" {
                    i = tree_of(tokens, i, &path, out);
                    if at(i) == "," {
                        i += 1;
                    }
                }
                return i + 1;
            }
            "::" => i += 1,
            "*" => {
                out.push((path, "*".to_owned()));
                return i + 1;
            }
            "as" => {
                out.push((path, at(i + 1).to_owned()));
                return i + 2;
            }
            word if is_name(word) => {
                path.push(word.to_owned());
                i += 1;
            }
            _ => {
                let last = path.iter().rfind(|word| *word != "self");
                let name = last.cloned().unwrap_or_default();
                if path.last().is_some_and(|word| word == "self") && path.len() > 1 {
                    path.pop();
                }
                out.push((path, name));
                return i;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(files: &[(&str, &str)]) -> Vec<(String, usize, String)> {
        let found = check(&Tree::of(files)).into_iter();
        found.map(|p| (p.path, p.line, p.what)).collect()
    }

    #[test]
    fn two_files_that_name_each_other_are_found_with_their_lines() {
        let files = [
            ("crates/law/src/lib.rs", "mod a;\nmod b;\n"),
            ("crates/law/src/a.rs", "\nuse crate::b::{self, B as C};\n"),
            ("crates/law/src/b.rs", "fn f() {}\nfn g() { super::a::x() }\n"),
        ];
        let lean = |a: &str, b: &str| format!("{a} and {b} lean on each other, perhaps through others");
        assert_eq!(
            whats(&files),
            [
                ("crates/law/src/a.rs".to_owned(), 2, lean("a", "b")),
                ("crates/law/src/b.rs".to_owned(), 2, lean("b", "a")),
            ]
        );
    }

    #[test]
    fn a_circle_through_three_files_is_found() {
        let files = [
            ("crates/law/src/lib.rs", "pub mod a;\nmod b;\n"),
            ("crates/law/src/a/mod.rs", "mod c;\nfn f() { c::x() }\n"),
            ("crates/law/src/a/c.rs", "use crate::b::B;\n"),
            ("crates/law/src/b.rs", "pub(crate) struct B(crate::a::A);\n"),
        ];
        assert_eq!(whats(&files).len(), 3);
    }

    #[test]
    fn what_is_passed_on_leans_on_where_it_comes_from() {
        let files = [
            (
                "crates/law/src/lib.rs",
                "mod a;\nmod b;\npub use a::A;\npub use b::{B, other as O};\n",
            ),
            ("crates/law/src/a.rs", "use crate::B;\nfn f(x: crate::O) {}\n"),
            ("crates/law/src/b.rs", "pub struct B;\npub fn other() {}\n"),
        ];
        assert_eq!(whats(&files), []);
        let mut files = files.to_vec();
        files[2].1 = "use super::A;\n";
        assert_eq!(whats(&files).len(), 2);
        // What stands in the root itself does lean on the root.
        files[2].1 = "use super::Own;\n";
        assert_eq!(whats(&files).len(), 4);
    }

    #[test]
    fn tests_comments_and_visibility_are_no_leaning() {
        let files = [
            ("crates/law/src/lib.rs", "mod a;\nmod b;\n"),
            (
                "crates/law/src/a.rs",
                "use crate::b::B;\npub(in crate::a) struct A;\n",
            ),
            (
                "crates/law/src/b.rs",
                "// crate::a::A\npub(super) struct B;\nconst C: &str = \"crate::a\";\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n",
            ),
        ];
        assert_eq!(whats(&files), []);
    }
}
