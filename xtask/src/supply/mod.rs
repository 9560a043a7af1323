//! What the product is made of, judged: `cargo xtask supply`.
//!
//! Three questions about every package of `Cargo.lock`: is an advisory out against it, may its
//! licence stand beside ours, does it come from crates.io with a checksum. What may be is in
//! `.ci/supply.toml`. Nothing is fetched: advisories are a copy of the RustSec database that
//! somebody laid beside the tree, and where there is none, that is said and the other two are
//! judged. What it can't know: advisories younger than the copy, and versions that were yanked.

mod advisories;
mod licences;
mod lock;
mod policy;

use crate::cargo::{self, Key};
use crate::checks::Problem;
use lock::LOCK;
use policy::POLICY;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Judges the tree and prints what was found.
pub fn run(root: &Path) -> ExitCode {
    match judge(root) {
        Ok((problems, notes)) => {
            for line in problems.iter().map(ToString::to_string).chain(notes) {
                println!("{line}");
            }
            if problems.is_empty() {
                ExitCode::SUCCESS
            } else {
                println!("supply: {} violations", problems.len());
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("supply: {error}");
            ExitCode::from(2)
        }
    }
}

fn judge(root: &Path) -> Result<(Vec<Problem>, Vec<String>), String> {
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path} can't be read: {error}"))
    };
    let locked = lock::read(&read(LOCK)?)?;
    let policy = policy::read(&read(POLICY)?)?;
    let mut problems = lock::check(&locked);
    let mut notes = vec![format!("supply: {} packages in {LOCK}", locked.len())];

    let target = cargo::host()?;
    let packages = cargo::packages(root, &target)?;
    problems.extend(licences::check(&packages, &locked, &policy));
    notes.push(format!(
        "supply: {} licences, as built for {target}",
        packages.len()
    ));

    match advisories::find(&shared(root))? {
        Some(known) => {
            problems.extend(advisories::check(&known, &locked, &policy));
            notes.push(format!(
                "supply: {} advisories, the youngest of {}",
                known.len(),
                advisories::youngest(&known)
            ));
        }
        None => notes.push(format!(
            "skipped: advisories (no RustSec data in {}; FAZUN_SHARED names another folder)",
            shared(root).join(advisories::FOLDER).display()
        )),
    }
    problems.sort();
    Ok((problems, notes))
}

/// The checksum of every package of the lock file that has one.
pub fn checksums(root: &Path) -> Result<BTreeMap<Key, String>, String> {
    let text =
        std::fs::read_to_string(root.join(LOCK)).map_err(|error| format!("{LOCK} can't be read: {error}"))?;
    let with = lock::read(&text)?
        .into_iter()
        .filter_map(|package| Some(((package.name, package.version), package.checksum?)));
    Ok(with.collect())
}

fn shared(root: &Path) -> PathBuf {
    std::env::var_os("FAZUN_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from)
}
