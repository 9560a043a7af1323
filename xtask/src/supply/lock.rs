//! `Cargo.lock` with the line of every package, and where packages may come from.

use crate::checks::Problem;
use serde::Deserialize;

pub(super) const LOCK: &str = "Cargo.lock";

/// The only source of packages that aren't ours.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A package as the lock file holds it.
#[derive(Debug, Clone, Deserialize)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; `None` for packages of this workspace.
    pub source: Option<String>,
    /// The SHA-256 of its archive.
    pub checksum: Option<String>,
    /// The line that names it.
    #[serde(skip)]
    pub line: usize,
}

#[derive(Deserialize)]
struct Lock {
    version: u32,
    package: Vec<Locked>,
}

/// Reads a lock file.
pub fn read(text: &str) -> Result<Vec<Locked>, String> {
    let lock: Lock = toml::from_str(text).map_err(|error| format!("{LOCK} can't be read: {error}"))?;
    if lock.version < 3 {
        return Err(format!(
            "{LOCK} is of form {}: write it anew with today's cargo",
            lock.version
        ));
    }
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| *line == "[[package]]")
        .map(|(index, _)| index + 2);
    let mut packages = lock.package;
    for (package, line) in packages.iter_mut().zip(lines) {
        package.line = line;
    }
    Ok(packages)
}

/// Every package is ours, or comes from crates.io with the checksum of its archive.
pub fn check(locked: &[Locked]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in locked {
        let name = format!("{} {}", package.name, package.version);
        match package.source.as_deref() {
            None if package.checksum.is_some() => problems.push(Problem::new(
                LOCK,
                package.line,
                format!("{name} is ours and has a checksum"),
                "let cargo write the file anew",
            )),
            None => {}
            Some(CRATES_IO) if package.checksum.as_deref().is_some_and(is_sha256) => {}
            Some(CRATES_IO) => problems.push(Problem::new(
                LOCK,
                package.line,
                format!("{name} has no SHA-256"),
                "let cargo write the file anew",
            )),
            Some(other) => problems.push(Problem::new(
                LOCK,
                package.line,
                format!("{name} comes from {other}"),
                "use a version that is on crates.io",
            )),
        }
    }
    problems
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &str) -> Vec<(usize, String)> {
        let text = format!("version = 4\n\n{packages}");
        check(&read(&text).unwrap())
            .into_iter()
            .map(|p| (p.line, p.what))
            .collect()
    }

    #[test]
    fn crates_io_with_checksum_and_our_own_pass() {
        let sum = "ab".repeat(32);
        let good = format!(
            "[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n\
             [[package]]\nname = \"theirs\"\nversion = \"1.2.3\"\nsource = \"{CRATES_IO}\"\nchecksum = \"{sum}\"\n"
        );
        assert_eq!(lock(&good), []);
    }

    #[test]
    fn git_other_registries_and_missing_checksums_are_refused() {
        let bad = format!(
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://example.org/a#1\"\n\n\
             [[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+https://example.org/index\"\n\n\
             [[package]]\nname = \"c\"\nversion = \"1.0.0\"\nsource = \"{CRATES_IO}\"\nchecksum = \"12\"\n"
        );
        assert_eq!(
            lock(&bad),
            [
                (4, "a 1.0.0 comes from git+https://example.org/a#1".to_owned()),
                (
                    9,
                    "b 1.0.0 comes from registry+https://example.org/index".to_owned()
                ),
                (14, "c 1.0.0 has no SHA-256".to_owned()),
            ]
        );
    }

    #[test]
    fn an_old_form_is_refused() {
        assert!(read("version = 1\npackage = []\n").is_err());
        assert!(read("package = []\n").is_err());
    }
}
