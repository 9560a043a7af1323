//! Advisories of the RustSec database against the packages of the lock file.
//!
//! Two forms are read: the database's own folder (`crates/<package>/RUSTSEC-….md`), and a file of
//! lines `{"path", "text"}` of it, packed as zstd. The youngest copy, by name, is taken.

use super::lock::{LOCK, Locked};
use super::policy::{POLICY, Policy};
use crate::checks::Problem;
use rustsec::{Advisory, Version};
use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where copies lie, below the shared folder.
pub const FOLDER: &str = "data/vuln";
const START: &str = "rustsec-";
const PACKED: &str = ".jsonl.zst";

#[derive(Deserialize)]
struct Line {
    path: String,
    text: String,
}

/// The advisories beside the tree; `None` where there are none.
pub fn find(shared: &Path) -> Result<Option<Vec<Advisory>>, String> {
    let Ok(entries) = std::fs::read_dir(shared.join(FOLDER)) else {
        return Ok(None);
    };
    let mut copies: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.starts_with(START) && (name.ends_with(PACKED) || path.is_dir())
        })
        .collect();
    copies.sort();
    let Some(copy) = copies.pop() else {
        return Ok(None);
    };
    let texts = if copy.is_dir() {
        folder(&copy)?
    } else {
        packed(&copy)?
    };
    let mut known = Vec::new();
    for (path, text) in texts {
        let advisory = text
            .parse::<Advisory>()
            .map_err(|error| format!("{}: {path} can't be read: {error}", copy.display()))?;
        known.push(advisory);
    }
    if known.is_empty() {
        return Err(format!("{} holds no advisory", copy.display()));
    }
    Ok(Some(known))
}

fn packed(file: &Path) -> Result<Vec<(String, String)>, String> {
    let bad = |error: &dyn std::fmt::Display| format!("{} can't be read: {error}", file.display());
    let bytes = std::fs::File::open(file).map_err(|error| bad(&error))?;
    let mut unpacked = ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|error| bad(&error))?;
    let mut text = String::new();
    unpacked.read_to_string(&mut text).map_err(|error| bad(&error))?;
    text.lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).map_err(|error| bad(&error))?;
            Ok((line.path, line.text))
        })
        .collect()
}

fn folder(root: &Path) -> Result<Vec<(String, String)>, String> {
    let bad = |path: &Path, error: std::io::Error| format!("{} can't be read: {error}", path.display());
    let mut found = Vec::new();
    let mut open = vec![root.join("crates")];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).map_err(|error| bad(&at, error))? {
            let path = entry.map_err(|error| bad(&at, error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                let text = std::fs::read_to_string(&path).map_err(|error| bad(&path, error))?;
                found.push((path.display().to_string(), text));
            }
        }
    }
    Ok(found)
}

/// The day of the youngest advisory.
pub fn youngest(known: &[Advisory]) -> String {
    known
        .iter()
        .map(|advisory| advisory.date().as_str())
        .max()
        .unwrap_or_default()
        .to_owned()
}

/// The check: packages with an advisory that isn't accepted, and acceptances that fit nothing.
///
/// Of packages that are unsound or that nobody looks after any more it is told the same way: what
/// is lived with has its reason written down.
pub fn check(known: &[Advisory], locked: &[Locked], policy: &Policy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut fitting = vec![false; policy.accepted.len()];
    for package in locked.iter().filter(|p| p.source.is_some()) {
        let Ok(version) = package.version.parse::<Version>() else {
            let what = format!("{} has the version {}", package.name, package.version);
            problems.push(Problem::new(
                LOCK,
                package.line,
                what,
                "use a version that can be compared",
            ));
            continue;
        };
        let against = known.iter().filter(|advisory| {
            advisory.metadata.package.as_str() == package.name
                && !advisory.withdrawn()
                && advisory.versions.is_vulnerable(&version)
        });
        for advisory in against {
            let id = advisory.id().as_str();
            let accepted = policy
                .accepted
                .iter()
                .position(|a| a.advisory == id && a.package == package.name);
            if let Some(fit) = accepted.and_then(|at| fitting.get_mut(at)) {
                *fit = true;
                continue;
            }
            let kind = advisory
                .metadata
                .informational
                .as_ref()
                .map_or("vulnerable", |kind| kind.as_str());
            let what = format!("{} {version} is {kind}: {id}, {}", package.name, advisory.title());
            let remedy = match advisory.versions.patched() {
                [] => format!("do without it, or say in {POLICY} why it does no harm"),
                patched => {
                    let all: Vec<String> = patched.iter().map(ToString::to_string).collect();
                    format!("take a version {}", all.join(" or "))
                }
            };
            problems.push(Problem::new(LOCK, package.line, what, remedy));
        }
    }
    for (accepted, _) in policy.accepted.iter().zip(fitting).filter(|(_, fit)| !fit) {
        let what = format!(
            "{} is accepted, and {} isn't concerned",
            accepted.advisory, accepted.package
        );
        problems.push(policy.problem(&accepted.advisory, what, "remove it"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::{lock, policy};
    use super::*;

    fn advisory(package: &str, more: &str, patched: &str) -> Advisory {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"{package}\"\ndate = \"2024-01-02\"\n{more}\n\
             [versions]\npatched = [{patched}]\n```\n\n# It breaks\n\nAlways.\n"
        )
        .parse()
        .unwrap()
    }

    fn found(advisories: &[Advisory], version: &str, accepted: &str) -> Vec<String> {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let text = format!(
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"{source}\"\n\
             [[package]]\nname = \"ours\"\nversion = \"{version}\"\n"
        );
        let policy = policy::read(&format!("licences = []\n{accepted}")).unwrap();
        check(advisories, &lock::read(&text).unwrap(), &policy)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    const ACCEPTED: &str =
        "[[accept]]\nadvisory = \"RUSTSEC-2024-0001\"\npackage = \"a\"\nwhy = \"never called\"\n";

    #[test]
    fn a_vulnerable_version_is_found_and_a_patched_one_is_not() {
        let known = [advisory("a", "", "\">= 1.2.0\"")];
        assert_eq!(
            found(&known, "1.1.9", ""),
            ["Cargo.lock:3: a 1.1.9 is vulnerable: RUSTSEC-2024-0001, It breaks → take a version >=1.2.0"]
        );
        assert!(found(&known, "1.2.0", "").is_empty());
        assert!(found(&[advisory("ours", "", "")], "1.0.0", "").is_empty(), "ours");
    }

    #[test]
    fn withdrawn_advisories_say_nothing_and_unmaintained_ones_are_told() {
        let withdrawn = advisory("a", "withdrawn = \"2024-02-03\"", "");
        assert!(found(&[withdrawn], "1.0.0", "").is_empty());
        let left = advisory("a", "informational = \"unmaintained\"", "");
        let told = found(&[left], "1.0.0", "");
        assert!(told[0].contains("a 1.0.0 is unmaintained"), "{told:?}");
    }

    #[test]
    fn what_is_accepted_passes_and_must_still_fit() {
        let known = [advisory("a", "", "\">= 1.2.0\"")];
        assert!(found(&known, "1.1.9", ACCEPTED).is_empty());
        assert_eq!(
            found(&known, "1.2.0", ACCEPTED),
            [".ci/supply.toml:3: RUSTSEC-2024-0001 is accepted, and a isn't concerned → remove it"]
        );
    }

    #[test]
    fn the_youngest_copy_is_read_in_either_form() {
        let shared = tempfile::tempdir().unwrap();
        assert!(find(shared.path()).unwrap().is_none());
        let crates = shared.path().join(FOLDER).join("rustsec-2024-01-02/crates/a");
        std::fs::create_dir_all(&crates).unwrap();
        let text = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"a\"\ndate = \"2024-01-02\"\n\
                    [versions]\npatched = []\n```\n# It breaks\n";
        std::fs::write(crates.join("RUSTSEC-2024-0001.md"), text).unwrap();
        let known = find(shared.path()).unwrap().unwrap();
        assert_eq!((known.len(), youngest(&known)), (1, "2024-01-02".to_owned()));

        let line =
            serde_json::json!({ "path": "crates/a/x.md", "text": text.replace("2024-01-02", "2025-06-07") });
        let packed = ruzstd::encoding::compress_to_vec(
            format!("{line}\n").as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        );
        let file = shared.path().join(FOLDER).join("rustsec-2025-06-08.jsonl.zst");
        std::fs::write(&file, packed).unwrap();
        assert_eq!(youngest(&find(shared.path()).unwrap().unwrap()), "2025-06-07");

        std::fs::write(&file, "no zstd").unwrap();
        assert!(find(shared.path()).is_err(), "what can't be read is no silence");
    }
}
