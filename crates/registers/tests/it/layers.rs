//! The modules of this crate: arrows go one way, from what uses to what is used.
#![expect(clippy::disallowed_methods, reason = "the sources are read from their files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every source file but `lib.rs` and the lists of groups, by module path.
fn sources(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, &format!("{prefix}{name}::"), found);
        } else if name != "lib" {
            let text = std::fs::read_to_string(&path).unwrap();
            let module = match name.as_str() {
                "mod" => prefix.trim_end_matches("::").to_owned(),
                name => format!("{prefix}{name}"),
            };
            found.insert(module, text);
        }
    }
}

/// The modules that a source names, as `crate::…` or `super::…`, outside comments.
fn named(module: &str, text: &str, all: &BTreeSet<String>) -> BTreeSet<String> {
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
        for (mark, base) in [("crate::", ""), ("super::", parent)] {
            for (at, _) in line.match_indices(mark) {
                let rest = &line[at + mark.len()..];
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
                    .unwrap_or(rest.len());
                let path = match base {
                    "" => rest[..end].to_owned(),
                    base => format!("{base}::{}", &rest[..end]),
                };
                // The longest module that begins the path.
                let parts: Vec<&str> = path.trim_end_matches(':').split("::").collect();
                let longest = (1..=parts.len()).rev().map(|n| parts[..n].join("::"));
                if let Some(other) = longest.into_iter().find(|p| all.contains(p)) {
                    found.insert(other);
                } else {
                    found.insert("lib".to_owned());
                }
            }
        }
    }
    found.remove(module);
    found
}

fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    sources(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        "",
        &mut texts,
    );
    let all: BTreeSet<String> = texts.keys().cloned().collect();
    texts
        .iter()
        .map(|(m, text)| (m.clone(), named(m, text, &all)))
        .collect()
}

#[test]
fn no_module_is_above_itself() {
    let mut left = graph();
    assert!(left.len() > 100, "the sources are found");
    assert!(left["core::record"].contains("core::field"), "imports are found");
    assert!(left["outsourcing::subcontract"].contains("outsourcing::vendor"));
    // Lists of a folder name its modules, and stand above them.
    loop {
        let ready: Vec<String> = left
            .iter()
            .filter(|(_, uses)| uses.iter().all(|other| !left.contains_key(other)))
            .map(|(module, _)| module.clone())
            .collect();
        if ready.is_empty() {
            break;
        }
        for module in ready {
            left.remove(&module);
        }
    }
    assert!(left.is_empty(), "these import each other in a circle: {left:#?}");
}

#[test]
fn core_knows_no_register_and_registers_know_no_catalogue() {
    let above = ["catalogue", "entry", "proof", "snapshot", "upgrade", "reference"];
    for (module, uses) in graph() {
        assert!(
            !uses.contains("lib"),
            "{module} imports from the root: name the module itself"
        );
        for other in &uses {
            let core = other == "core" || other.starts_with("core::");
            if module == "core" || module.starts_with("core::") {
                assert!(core, "{module} knows {other}");
            }
            if !above.contains(&module.as_str()) {
                assert!(!above.contains(&other.as_str()), "{module} knows {other}");
            }
        }
    }
}
