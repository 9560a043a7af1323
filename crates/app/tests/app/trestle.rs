//! The exported baseline in the hands of another tool: compliance-trestle takes, validates and resolves it.
//!
//! Where the tool is not at hand (`trestle` on the path, or where `FAZUN_TRESTLE` says), that is said.

use crate::corpus;
use app::LawBook;
use law::Grade;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

const PROFILES: [(&str, Grade); 3] = [
    ("profile-basic", Grade::Basic),
    ("profile-moderate", Grade::Medium),
    ("profile-high", Grade::High),
];

struct Trestle<'w> {
    tool: String,
    /// The workspace, in which the tool finds its own models.
    dir: &'w Path,
}

impl<'w> Trestle<'w> {
    fn at(dir: &'w Path) -> Option<Self> {
        let tool = std::env::var("FAZUN_TRESTLE").unwrap_or_else(|_| "trestle".into());
        let found = Command::new(&tool).arg("version").output();
        if !found.is_ok_and(|out| out.status.success()) {
            println!("skipped: there is no compliance-trestle to hand the baseline to");
            return None;
        }
        Some(Self { tool, dir })
    }

    fn run(&self, args: &[&str]) -> Output {
        let run = Command::new(&self.tool).args(args).current_dir(self.dir).output();
        run.expect("runs")
    }

    /// A command that must succeed; what it says.
    fn does(&self, args: &[&str]) -> String {
        let out = self.run(args);
        let said = [out.stdout, out.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(out.status.success(), "{args:?}: {said}");
        said
    }
}

fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).expect("is written");
    serde_json::from_slice(&bytes).expect("is JSON")
}

fn ids(groups: &Value) -> BTreeSet<String> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let groups = groups.as_array().cloned().unwrap_or_default();
    let controls = groups.iter().flat_map(|group| list(group, "controls"));
    controls
        .map(|control| control["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn another_tool_takes_validates_and_resolves_what_is_exported() {
    let dir = tempfile::tempdir().expect("a directory");
    let workspace = dir.path().join("workspace");
    std::fs::create_dir(&workspace).expect("made");
    let Some(trestle) = Trestle::at(&workspace) else {
        return;
    };
    trestle.does(&["init"]);
    let corpus = corpus();
    for edition in ["2021", "2026"] {
        let files = LawBook(&corpus).oscal(Some(edition), testkit::day("2026-11-21"));
        let from = dir.path().join(edition);
        std::fs::create_dir(&from).expect("made");
        for (name, bytes) in files.expect("exports") {
            let path = from.join(&name);
            std::fs::write(&path, bytes).expect("written");
            let named = format!("{}-{edition}", name.trim_end_matches(".json"));
            trestle.does(&["import", "-f", path.to_str().expect("a path"), "-o", &named]);
        }
        let catalog = format!("trestle://catalogs/catalog-{edition}/catalog.json");
        for (profile, grade) in PROFILES {
            let (name, resolved) = (
                format!("{profile}-{edition}"),
                format!("{profile}-{edition}-resolved"),
            );
            // Where the catalogue stands in the workspace; the file leads to its neighbour.
            trestle.does(&["href", "-n", &name, "-i", "0", "-hr", &catalog]);
            trestle.does(&["author", "profile-resolve", "-n", &name, "-o", &resolved]);
            let found = json(&workspace.join("catalogs").join(&resolved).join("catalog.json"));
            let wanted: BTreeSet<String> = corpus
                .baseline
                .required(edition, grade)
                .iter()
                .map(|row| row.id.clone())
                .collect();
            assert!(!wanted.is_empty());
            assert_eq!(ids(&found["catalog"]["groups"]), wanted, "{name}");
        }
    }
    // Two catalogues, six profiles, and the six catalogues that these resolve to.
    let said = trestle.does(&["validate", "-a"]);
    assert_eq!(said.matches("VALID: Model").count(), 14, "{said}");
    // The tool itself sees what is wrong.
    let path = dir.path().join("2026").join("catalog.json");
    let mut broken = json(&path);
    broken["catalog"]["groups"][0]["controls"][0]["id"] = "1 2".into();
    std::fs::write(&path, broken.to_string()).expect("written");
    let refused = trestle.run(&["import", "-f", path.to_str().expect("a path"), "-o", "broken"]);
    assert!(!refused.status.success());
}
