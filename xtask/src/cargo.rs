//! What cargo says about the workspace: every package, and what one binary is built of.
//!
//! Two questions need two answers. `cargo metadata` knows licences, sources and folders of all
//! packages but unites the features of the whole workspace; `cargo tree` knows what the binary is
//! built of with its own features. Neither is asked over the network (`--locked`; `--offline`
//! where nothing has to be fetched is the caller's choice). What this can't know: what a build
//! script fetches or compiles by itself.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package's name and version; crates.io has each pair once, and so has our lock file.
pub type Key = (String, String);

/// A package as its manifest describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as written, an SPDX expression where it is well written.
    pub license: Option<String>,
    /// Where it comes from; `None` for packages of this workspace.
    pub source: Option<String>,
    /// One line about it.
    pub description: Option<String>,
    /// Its repository.
    pub repository: Option<String>,
    /// The manifest that was read.
    pub manifest_path: PathBuf,
}

impl Package {
    /// Name and version.
    pub fn key(&self) -> Key {
        (self.name.clone(), self.version.clone())
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Runs a command and gives what it prints; the error is what it complained about.
pub fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command
        .output()
        .map_err(|error| format!("{program} can't be run: {error}"))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        return Err(format!("{program} failed: {}", complaint.trim()));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("{program} printed what is not UTF-8"))
}

/// cargo itself, as it runs us, else that of the path.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// The target that is built for: the machine's own.
pub fn host() -> Result<String, String> {
    let said = output(Command::new("rustc").arg("-vV"))?;
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".to_owned())
}

/// Every package that the workspace needs on a target, tests and tools included.
pub fn packages(root: &Path, target: &str) -> Result<BTreeMap<Key, Package>, String> {
    let mut command = cargo(root);
    command.args(["metadata", "--format-version", "1", "--locked"]);
    command.args(["--filter-platform", target]);
    let metadata: Metadata = serde_json::from_str(&output(&mut command)?)
        .map_err(|error| format!("cargo metadata can't be read: {error}"))?;
    Ok(metadata.packages.into_iter().map(|p| (p.key(), p)).collect())
}

/// What something is built of: each package with those that it depends on itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Closure {
    /// The package asked about.
    pub top: Key,
    /// Packages and what they depend on.
    pub edges: BTreeMap<Key, BTreeSet<Key>>,
}

/// What a package of ours is built of on a target, with the features of that build.
///
/// With `tools` also procedural macros, build scripts' crates and what these need.
pub fn closure(root: &Path, package: &str, target: &str, tools: bool) -> Result<Closure, String> {
    let edges = if tools {
        "normal,build"
    } else {
        "normal,no-proc-macro"
    };
    let mut command = cargo(root);
    command.args(["tree", "--locked", "--package", package, "--target", target]);
    command.args(["--edges", edges, "--prefix", "depth", "--format", "|{p}"]);
    read_tree(&output(&mut command)?)
}

/// Reads lines of `depth|name vversion (…)`. A package that stands there twice shows what it
/// depends on the first time only, which is enough: it is the same package.
fn read_tree(text: &str) -> Result<Closure, String> {
    let mut closure = Closure::default();
    let mut above: Vec<Key> = Vec::new();
    for line in text.lines() {
        // Headings such as [build-dependencies] have no depth.
        let Some((depth, rest)) = line.split_once('|') else {
            continue;
        };
        let bad = || format!("cargo tree printed `{line}`, which can't be read");
        let depth: usize = depth.trim().parse().map_err(|_| bad())?;
        let mut words = rest.split_whitespace();
        let name = words.next().ok_or_else(bad)?;
        let version = words.next().and_then(|v| v.strip_prefix('v')).ok_or_else(bad)?;
        let key = (name.to_owned(), version.to_owned());
        above.truncate(depth);
        if let Some(parent) = above.last() {
            closure
                .edges
                .entry(parent.clone())
                .or_default()
                .insert(key.clone());
        } else {
            closure.top = key.clone();
        }
        closure.edges.entry(key.clone()).or_default();
        above.push(key);
    }
    if closure.edges.is_empty() {
        return Err("cargo tree printed nothing".to_owned());
    }
    Ok(closure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        (name.to_owned(), "1.0.0".to_owned())
    }

    #[test]
    fn a_tree_becomes_edges() {
        let text = "0|a v1.0.0 (/x/a)\n1|b v1.0.0\n2|c v1.0.0 (proc-macro)\n1|c v1.0.0 (proc-macro) (*)\n\
                    [build-dependencies]\n1|d v1.0.0\n";
        let closure = read_tree(text).unwrap();
        assert_eq!(closure.top, key("a"));
        let of = |name: &str| {
            closure.edges[&key(name)]
                .iter()
                .map(|k| k.0.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("a"), ["b", "c", "d"]);
        assert_eq!(of("b"), ["c"]);
        assert!(of("c").is_empty() && of("d").is_empty());
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        assert!(read_tree("").is_err());
        assert!(read_tree("0|a 1.0.0\n").is_err());
        assert!(read_tree("x|a v1.0.0\n").is_err());
    }

    #[test]
    fn failures_carry_the_complaint() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such luck >&2; exit 3"]);
        let error = output(&mut command).unwrap_err();
        assert!(error.contains("no such luck"), "{error}");
        assert!(output(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
