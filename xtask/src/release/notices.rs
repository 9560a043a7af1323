//! The licence texts of the crates that are linked: most licences ask that they travel along.

use crate::cargo;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const STARTS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// One text: of each linked crate its name, its licence, and the files that it came with.
pub fn of(source: &Path, target: &str) -> Result<String, String> {
    let linked = cargo::closure(source, "cli", target, false)?;
    let packages = cargo::packages(source, target)?;
    let mut text =
        "Crates of others that are part of fazun, with the licence texts that they came with.\n".to_owned();
    for key in linked.edges.keys() {
        let Some(package) = packages.get(key).filter(|p| p.source.is_some()) else {
            continue;
        };
        let license = package.license.as_deref().unwrap_or_default();
        let (name, version) = key;
        let _ = write!(text, "\n{}\n{name} {version} ({license})\n", "=".repeat(78));
        let folder = package.manifest_path.parent().unwrap_or(source);
        for file in texts(folder)? {
            let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let body = String::from_utf8_lossy(&bytes);
            let _ = write!(text, "\n--- {name}\n\n{}\n", body.trim_end());
        }
    }
    Ok(text)
}

fn texts(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let bad = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(bad)? {
        let path = entry.map_err(bad)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_file() && STARTS.iter().any(|start| name.starts_with(start)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_linked_crates_are_there_and_of_tools_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = of(&root, &cargo::host().unwrap()).unwrap();
        assert!(text.contains("\ntokio 1.") && text.contains("MIT License"));
        assert!(text.contains("\nencoding_rs 0.") && text.contains("--- LICENSE-WHATWG"));
        assert!(!text.contains("\nproptest ") && !text.contains("\nsyn "));
        assert_eq!(text, of(&root, &cargo::host().unwrap()).unwrap());
    }
}
