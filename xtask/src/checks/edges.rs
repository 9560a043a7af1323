//! Which crate may depend on which, and who alone may use an outside crate.

use super::problem::{Problem, line_starting};
use crate::tree::Tree;

/// A crate of ours and those of ours that it may depend on. ARCHITECTURE.md shows the same table.
pub const EDGES: &[(&str, &[&str])] = &[
    ("period", &[]),
    ("facts", &["period"]),
    ("law", &["facts", "period"]),
    ("assess", &["facts", "law", "period"]),
    ("registers", &["facts", "period"]),
    ("collectors", &["facts", "period"]),
    ("views", &["period"]),
    ("documents", &["period"]),
    ("ledger", &[]),
    ("store", &["facts", "ledger"]),
    (
        "app",
        &[
            "assess",
            "collectors",
            "documents",
            "facts",
            "law",
            "ledger",
            "period",
            "registers",
            "store",
            "views",
        ],
    ),
    ("server", &["app", "period", "views"]),
    (
        "cli",
        &["app", "collectors", "law", "ledger", "period", "server", "views"],
    ),
    (
        "testkit",
        &["assess", "facts", "law", "ledger", "period", "registers"],
    ),
    ("xtask", &[]),
];

/// An outside crate (a trailing `*` stands for any ending) and the only crates that may name it.
pub const ALONE: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("sqlx", &["store"]),
    ("axum*", &["server"]),
    ("hyper*", &["server"]),
    ("tower*", &["server"]),
    ("askama*", &["server"]),
    ("zip", &["collectors", "documents"]),
    ("quick-xml", &["collectors"]),
    ("encoding_rs", &["collectors"]),
    // cli: a test reads the compose file.
    ("saphyr-parser", &["collectors", "cli"]),
    ("csv-core", &["collectors"]),
    ("rust_xlsxwriter", &["documents"]),
    ("qrcode", &["server"]),
    // What leaves the machine.
    ("lettre", &["app"]),
    ("ureq", &["app"]),
    ("rustls", &["app", "server"]),
    ("rustls-native-certs", &["app"]),
    // Tokens of time-stamping authorities.
    ("cms", &["ledger"]),
    ("der", &["ledger"]),
    ("x509-tsp", &["ledger"]),
    // The certificate of the server.
    ("tokio-rustls", &["server"]),
    ("x509-cert", &["server"]),
    ("rustls-webpki", &["ledger"]),
    ("rustls-pki-types", &["ledger"]),
];

/// A dependency as a manifest states it.
pub struct Dependency<'a> {
    /// The manifest.
    pub manifest: &'a str,
    /// The crate that depends.
    pub by: &'a str,
    /// Its name.
    pub name: String,
    /// The line that names it.
    pub line: usize,
    /// Only for tests.
    pub dev: bool,
    /// A crate of this workspace.
    pub ours: bool,
}

/// Every dependency that a member states.
pub fn dependencies<'a>(tree: &'a Tree, problems: &mut Vec<Problem>) -> Vec<Dependency<'a>> {
    let mut out = Vec::new();
    for (manifest, text) in tree.ending("/Cargo.toml") {
        let Some(by) = manifest.trim_end_matches("/Cargo.toml").rsplit('/').next() else {
            continue;
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                let what = error.to_string().replace('\n', " ");
                problems.push(Problem::new(
                    manifest,
                    1,
                    what,
                    "write a manifest that can be read",
                ));
                continue;
            }
        };
        for (section, dev) in [
            ("dependencies", false),
            ("build-dependencies", false),
            ("dev-dependencies", true),
        ] {
            let Some(stated) = table.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for name in stated.keys() {
                out.push(Dependency {
                    manifest,
                    by,
                    name: name.clone(),
                    line: line_in_section(text, section, name),
                    dev,
                    ours: EDGES.iter().any(|(ours, _)| ours == name),
                });
            }
        }
    }
    out
}

fn line_in_section(text: &str, section: &str, name: &str) -> usize {
    let header = format!("[{section}]");
    let skip = line_starting(text, &header);
    let rest = text.lines().skip(skip).collect::<Vec<_>>().join("\n");
    skip + line_starting(&rest, name)
}

/// The check.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for manifest in tree.names_in("crates") {
        let path = format!("crates/{manifest}/Cargo.toml");
        if tree.exists(&path) && !EDGES.iter().any(|(name, _)| *name == manifest) {
            let what = format!("the crate {manifest} is not in the edge table");
            problems.push(Problem::new(
                &path,
                1,
                what,
                "add its row in xtask/src/checks/edges.rs and ARCHITECTURE.md",
            ));
        }
    }
    for d in dependencies(tree, &mut problems) {
        let mut refuse = |what: String, remedy: &str| {
            problems.push(Problem::new(d.manifest, d.line, what, remedy));
        };
        if d.ours && !d.dev {
            let allowed = EDGES
                .iter()
                .find(|(name, _)| *name == d.by)
                .map_or(&[][..], |(_, allowed)| allowed);
            if d.name == "testkit" {
                refuse(format!("{} depends on testkit", d.by), "make it a dev-dependency");
            } else if !allowed.contains(&d.name.as_str()) {
                refuse(
                    format!("{} may not depend on {}", d.by, d.name),
                    "move the code to a crate that may, or argue for the edge in ARCHITECTURE.md",
                );
            }
        }
        if let Some((_, owners)) = ALONE.iter().find(|(pattern, _)| matches(pattern, &d.name))
            && !owners.contains(&d.by)
        {
            refuse(
                format!("only {} may use {}, not {}", owners.join(" and "), d.name, d.by),
                "ask that crate instead",
            );
        }
    }
    problems
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(files: &[(&str, &str)]) -> Vec<(usize, String)> {
        check(&Tree::of(files))
            .into_iter()
            .map(|p| (p.line, p.what))
            .collect()
    }

    #[test]
    fn an_edge_outside_the_table_is_refused() {
        let manifest =
            "[package]\nname = \"law\"\n\n[dependencies]\nassess.workspace = true\nfacts.workspace = true\n";
        assert_eq!(
            whats(&[("crates/law/Cargo.toml", manifest)]),
            [(5, "law may not depend on assess".to_owned())]
        );
    }

    #[test]
    fn testkit_is_for_tests_only() {
        let bad = "[dependencies]\ntestkit.workspace = true\n";
        let good = "[dev-dependencies]\ntestkit.workspace = true\n";
        assert_eq!(
            whats(&[("crates/law/Cargo.toml", bad)]),
            [(2, "law depends on testkit".to_owned())]
        );
        assert_eq!(whats(&[("crates/law/Cargo.toml", good)]), []);
    }

    #[test]
    fn an_outside_crate_has_one_owner() {
        let manifest = "[dependencies]\nsqlx.workspace = true\ntower-http = \"1\"\n";
        assert_eq!(whats(&[("crates/app/Cargo.toml", manifest)]).len(), 2);
        assert_eq!(
            whats(&[(
                "crates/store/Cargo.toml",
                "[dependencies]\nsqlx.workspace = true\n"
            )]),
            []
        );
    }

    #[test]
    fn an_outside_crate_may_have_two_owners() {
        let manifest = "[dependencies]\nzip.workspace = true\n";
        for owner in ["collectors", "documents"] {
            let path = format!("crates/{owner}/Cargo.toml");
            assert_eq!(whats(&[(&path, manifest)]), []);
        }
        assert_eq!(
            whats(&[("crates/views/Cargo.toml", manifest)]),
            [(
                2,
                "only collectors and documents may use zip, not views".to_owned()
            )]
        );
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(whats(&[("crates/new/Cargo.toml", "")]).len(), 1);
    }

    #[test]
    fn the_table_has_no_circle() {
        for (index, (_, allowed)) in EDGES.iter().enumerate() {
            for name in *allowed {
                assert!(
                    EDGES[..index].iter().any(|(n, _)| n == name) || EDGES[index].0 == "testkit",
                    "{name}"
                );
            }
        }
    }
}
