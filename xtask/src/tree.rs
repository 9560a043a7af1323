//! The tree as the checks see it: paths and contents, read once.
//!
//! Git's list is used where there is one, so that what is ignored is not judged;
//! otherwise the folder is walked. Tests build trees from literals.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

/// A file of the tree.
pub struct File {
    /// Length in bytes.
    pub size: usize,
    /// The contents, if they are UTF-8.
    pub text: Option<String>,
}

/// Every tracked file by its path, with `/` between the parts.
#[derive(Default)]
pub struct Tree {
    /// Path to file.
    pub files: BTreeMap<String, File>,
}

impl Tree {
    /// Reads a folder: what git tracks or would track, or everything below it.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        if !listed_by_git(root, &mut paths) {
            walk(root, "", &mut paths)?;
        }
        let mut tree = Self::default();
        for path in paths {
            let full = root.join(&path);
            if full.is_file() {
                tree.put(&path, std::fs::read(full)?);
            }
        }
        Ok(tree)
    }

    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        let size = bytes.len();
        self.files.insert(
            path.to_owned(),
            File {
                size,
                text: String::from_utf8(bytes).ok(),
            },
        );
    }

    /// A made-up tree.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.put(path, text.as_bytes().to_vec());
        }
        tree
    }

    /// A file's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// Every text file: path and contents.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
    }

    /// Every text file whose path ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| path.ends_with(end))
    }

    /// Whether a file or a folder of that path is there.
    pub fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.files.contains_key(path) || self.has_folder(path)
    }

    /// Whether a folder of that path holds a file.
    pub fn has_folder(&self, path: &str) -> bool {
        let below = format!("{path}/");
        self.files
            .range(below.clone()..)
            .next()
            .is_some_and(|(first, _)| first.starts_with(&below))
    }

    /// Names directly below a folder, without doubles. `""` is the root.
    pub fn names_in(&self, folder: &str) -> Vec<&str> {
        let below = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut names: Vec<&str> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&below))
            .filter_map(|rest| rest.split('/').next())
            .collect();
        names.dedup();
        names
    }
}

fn listed_by_git(root: &Path, paths: &mut Vec<String>) -> bool {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let Ok(output) = output else { return false };
    if !output.status.success() || output.stdout.is_empty() {
        return false;
    }
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    paths.extend(
        listed
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned),
    );
    true
}

fn walk(root: &Path, below: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        if entry.file_type()?.is_dir() {
            if name != "target" && name != ".git" {
                walk(root, &path, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_folders_and_names() {
        let tree = Tree::of(&[
            ("law/a/x.toml", ""),
            ("law/a/y.toml", ""),
            ("law/b.toml", ""),
            ("README.md", ""),
        ]);
        assert!(tree.exists("law/a/") && tree.exists("law/b.toml") && tree.exists(""));
        assert!(!tree.exists("law/c") && !tree.exists("la"));
        assert_eq!(tree.names_in("law"), ["a", "b.toml"]);
        assert_eq!(tree.names_in(""), ["README.md", "law"]);
    }
}
