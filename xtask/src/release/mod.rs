//! What is handed out: `cargo xtask release`, and with `--check` twice over.
//!
//! From the last commit, never from what lies in the folder: the binary, a Debian package with
//! it, the bill of materials, and SHA-256 sums of the three. Everything bears the commit's time
//! and no path of the machine, so that whoever builds the same commit with the same compiler gets
//! the same bytes; `--check` does so in two folders and compares. What it can't know: whether
//! another compiler or C library gives the same; the bill names the compiler.

mod build;
mod deb;
mod elf;
mod notices;

use crate::cargo::{self, output};
use crate::git::{self, git};
use crate::sbom;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const SUMS: &str = "SHA256SUMS";

/// Names of files and their contents.
type Files = BTreeMap<String, Vec<u8>>;

/// Makes the release of the last commit, in the target folder's `dist`.
pub fn run(root: &Path, check: bool) -> Result<(), String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let dist = target.join("dist");
    if !output(git(root).args(["status", "--porcelain"]))?
        .trim()
        .is_empty()
    {
        println!("release: what isn't committed is not in it");
    }
    let time = git::time(root)?;
    let files = if check {
        let one = make(root, &target.join("release-check/one"), time)?;
        let other = make(root, &target.join("release-check/and/another"), time)?;
        compare(&one, &other)?;
        // Two builds' folders are gigabytes; where they differ they stay, to be looked at.
        let builds = target.join("release-check");
        std::fs::remove_dir_all(&builds).map_err(|error| format!("{}: {error}", builds.display()))?;
        println!("release: built twice in two folders, the same bytes");
        one
    } else {
        make(root, &target.join("package"), time)?
    };
    if dist.exists() {
        std::fs::remove_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    }
    std::fs::create_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    for (name, bytes) in &files {
        let mode = if name == "fazun" { 0o755 } else { 0o644 };
        deb::put(&dist.join(name), bytes, mode)?;
    }
    print!(
        "{}",
        String::from_utf8_lossy(files.get(SUMS).map_or(&[], Vec::as_slice))
    );
    println!("release: in {}", dist.display());
    Ok(())
}

/// Every file of a release, built in a folder of its own.
fn make(root: &Path, folder: &Path, time: i64) -> Result<Files, String> {
    let source = folder.join("source");
    export(root, &source)?;
    let host = cargo::host()?;
    let binary = build::binary(&source, &folder.join("target"), &host, time)?;
    let needs = elf::needs(&output(Command::new("objdump").arg("-p").arg(&binary))?)?;
    let version = env!("CARGO_PKG_VERSION");
    let bill = sbom::write(&source, time)?;
    let bytes = std::fs::read(&binary).map_err(|error| format!("{}: {error}", binary.display()))?;
    let architecture = deb::architecture(&host)?;
    let package = deb::Package {
        version,
        architecture,
        needs: &needs,
        binary: &bytes,
        bill: &bill,
        notices: &notices::of(&source, &host)?,
        time,
    };
    let packed = package.pack(&source, &folder.join("deb"))?;
    let mut files = Files::new();
    files.insert(format!("fazun_{version}_{architecture}.deb"), packed);
    files.insert(
        format!("fazun_{version}_{architecture}.cdx.json"),
        bill.into_bytes(),
    );
    files.insert("fazun".to_owned(), bytes);
    files.insert(SUMS.to_owned(), sums(&files).into_bytes());
    Ok(files)
}

/// The last commit's files, and nothing else.
fn export(root: &Path, to: &Path) -> Result<(), String> {
    let bad = |error: std::io::Error| format!("{}: {error}", to.display());
    if to.exists() {
        std::fs::remove_dir_all(to).map_err(bad)?;
    }
    std::fs::create_dir_all(to).map_err(bad)?;
    let archive = to.with_extension("tar");
    output(git(root).arg("archive").arg("--output").arg(&archive).arg("HEAD"))?;
    output(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(to))?;
    std::fs::remove_file(&archive).map_err(bad)
}

/// Lines as `sha256sum --check` reads them.
fn sums(files: &Files) -> String {
    files.iter().fold(String::new(), |mut text, (name, bytes)| {
        for byte in Sha256::digest(bytes) {
            let _ = write!(text, "{byte:02x}");
        }
        text + "  " + name + "\n"
    })
}

/// Whether two releases are the same to the byte; what differs, and where, if not.
fn compare(one: &Files, other: &Files) -> Result<(), String> {
    if !one.keys().eq(other.keys()) {
        return Err("the two builds don't have the same files".to_owned());
    }
    let different: Vec<String> = one
        .iter()
        .zip(other.values())
        .filter(|((_, a), b)| a != b)
        .map(|((name, a), b)| {
            let at = a.iter().zip(b).position(|(a, b)| a != b);
            let at = at.unwrap_or_else(|| a.len().min(b.len()));
            format!(
                "{name} differs from byte {at} on ({} and {} bytes)",
                a.len(),
                b.len()
            )
        })
        .collect();
    if different.is_empty() {
        Ok(())
    } else {
        Err(format!("built twice, not the same: {}", different.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(of: &[(&str, &str)]) -> Files {
        of.iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(
            sums(&files(&[("a", "abc")])),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n"
        );
    }

    #[test]
    fn what_differs_is_named_with_its_place() {
        let one = files(&[("a", "same"), ("b", "one")]);
        assert!(compare(&one, &one).is_ok());
        let other = files(&[("a", "same"), ("b", "onto")]);
        let told = compare(&one, &other).unwrap_err();
        assert!(
            told.contains("b differs from byte 2 on (3 and 4 bytes)") && !told.contains("a differs"),
            "{told}"
        );
        assert!(compare(&one, &files(&[("a", "same")])).is_err());
    }
}
