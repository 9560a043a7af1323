//! The bill of this tree: whole, agreeing with the lock file, the same each time, valid.

use super::*;
use serde_json::Value;
use std::path::PathBuf;

const TIME: i64 = 1_700_000_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Validity by the official schema, where it is at hand; CycloneDX puts it under Apache-2.0 at
/// github.com/CycloneDX/specification, folder `schema`.
fn valid(bom: &Value) {
    let shared = std::env::var_os("FAZUN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let folder = shared.join("data/schemas/cyclonedx");
    let Ok(schema) = std::fs::read_to_string(folder.join("bom-1.6.schema.json")) else {
        println!(
            "skipped: the CycloneDX schema ({} is not there)",
            folder.display()
        );
        return;
    };
    let mut known = jsonschema::Registry::new();
    for name in ["spdx.schema.json", "jsf-0.82.schema.json"] {
        let part: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        known = known
            .add(format!("http://cyclonedx.org/schema/{name}"), part)
            .unwrap();
    }
    let known = known.prepare().unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options()
        .with_registry(&known)
        .build(&schema)
        .unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(bom)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!validator.is_valid(&serde_json::json!({ "bomFormat": "CycloneDX" })));
}

#[test]
fn the_bill_of_this_tree_is_whole_and_the_same_each_time() {
    let written = write(&root(), TIME).unwrap();
    assert_eq!(written, write(&root(), TIME).unwrap());
    assert_ne!(written, write(&root(), TIME + 1).unwrap());
    let bom: Value = serde_json::from_str(&written).unwrap();
    valid(&bom);

    assert_eq!(text(&bom, "bomFormat"), "CycloneDX");
    assert_eq!(text(&bom, "specVersion"), "1.6");
    let metadata = &bom["metadata"];
    assert_eq!(text(metadata, "timestamp"), "2023-11-14T22:13:20Z");
    assert_eq!(text(&metadata["component"], "name"), "fazun");

    let components = list(&bom, "components");
    let refs: BTreeSet<&str> = components.iter().map(|c| text(c, "bom-ref")).collect();
    assert_eq!(refs.len(), components.len(), "every part once");
    let checksums = supply::checksums(&root()).unwrap();
    for component in components {
        let name = text(component, "bom-ref");
        assert!(!text(component, "version").is_empty(), "{name}");
        assert!(
            spdx::Expression::parse(text(&component["licenses"][0], "expression")).is_ok(),
            "{name}"
        );
        if let Some(theirs) = name.strip_prefix("pkg:cargo/") {
            let (crate_name, version) = theirs.split_once('@').unwrap();
            let sum = &checksums[&(crate_name.to_owned(), version.to_owned())];
            assert_eq!(text(&component["hashes"][0], "content"), sum, "{name}");
            assert_eq!(text(component, "purl"), name);
        }
    }

    // Everything is reached from the product, and nothing leads out of the document.
    let edges: BTreeMap<&str, Vec<&str>> = list(&bom, "dependencies")
        .iter()
        .map(|d| {
            let on = list(d, "dependsOn").iter().filter_map(Value::as_str);
            (text(d, "ref"), on.collect())
        })
        .collect();
    let mut open = vec![text(&metadata["component"], "bom-ref")];
    let mut seen: BTreeSet<&str> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        for next in &edges[at] {
            assert!(refs.contains(next), "{at} needs {next}");
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    assert_eq!(seen.len(), components.len() + 1);
}

#[test]
fn scopes_tell_what_is_linked_and_what_builds() {
    let bom: Value = serde_json::from_str(&write(&root(), TIME).unwrap()).unwrap();
    let scope = |start: &str| {
        let found = list(&bom, "components")
            .iter()
            .find(|c| text(c, "bom-ref").starts_with(start));
        found.map(|c| text(c, "scope").to_owned())
    };
    for linked in [
        "fazun/app@",
        "pkg:cargo/sqlx@",
        "pkg:generic/sqlite@3.",
        "pkg:generic/rust-std@",
    ] {
        assert_eq!(scope(linked).as_deref(), Some("required"), "{linked}");
    }
    for builds in ["pkg:cargo/serde_derive@", "pkg:cargo/syn@", "pkg:cargo/cc@"] {
        assert_eq!(scope(builds).as_deref(), Some("excluded"), "{builds}");
    }
    for tests in [
        "pkg:cargo/proptest@",
        "pkg:cargo/rustsec@",
        "fazun/testkit@",
        "fazun/xtask@",
    ] {
        assert_eq!(scope(tests), None, "{tests}");
    }
}

#[test]
fn a_serial_number_is_a_uuid_of_the_contents() {
    let one = serial("one");
    assert_eq!(one.len(), "urn:uuid:".len() + 36);
    assert_eq!(one.as_bytes()[9 + 14], b'8');
    assert!(b"89ab".contains(&one.as_bytes()[9 + 19]));
    assert_eq!(one, serial("one"));
    assert_ne!(one, serial("two"));
}
