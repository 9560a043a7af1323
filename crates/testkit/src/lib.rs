//! What tests share: the corpus from disk, agencies built from a few words, authorities of timestamps.
//!
//! A dev-dependency only; it reads files, which no pure crate may. It panics on what a
//! test can't go on without.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, missing_docs)]

mod authority;
mod recorded;

pub use assess::cases::AgencyBuilder;
pub use authority::Authority;
pub use recorded::recorded;

use law::{Corpus, SourceFile};
use std::path::{Path, PathBuf};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace is there")
}

/// Every file under a law folder.
pub fn law_files(dir: &Path) -> Vec<SourceFile> {
    fn walk(base: &Path, dir: &Path, out: &mut Vec<SourceFile>) {
        for entry in std::fs::read_dir(dir).expect("the law folder can be read") {
            let path = entry.expect("its entries too").path();
            if path.is_dir() {
                walk(base, &path, out);
            } else {
                let relative = path
                    .strip_prefix(base)
                    .expect("lies below")
                    .to_string_lossy()
                    .replace('\\', "/");
                out.push(SourceFile::new(
                    relative,
                    std::fs::read_to_string(&path).expect("is text"),
                ));
            }
        }
    }
    let mut out = Vec::new();
    walk(dir, dir, &mut out);
    out
}

/// The corpus of the repository.
pub fn corpus() -> Corpus {
    match Corpus::load(law_files(&root().join("law"))) {
        Ok(corpus) => corpus,
        Err(errors) => panic!(
            "the corpus does not load:\n{}",
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        ),
    }
}

/// Runs every case of a `cases.md`; returns how many, panics with all that differ.
pub fn run_cases(corpus: &Corpus, file: &str, text: &str) -> usize {
    let tried = assess::cases::run_cases(corpus, text);
    let wrong: Vec<String> = tried.failures.iter().map(|f| format!("{file}:{f}")).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    tried.count
}

/// The folder with the source documents and sample data, where it lies beside the repository.
pub fn shared() -> Option<PathBuf> {
    let dir = std::env::var_os("FAZUN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    dir.is_dir().then_some(dir)
}

/// A day, from `2026-11-21`.
pub fn day(text: &str) -> period::Date {
    text.parse().expect("a date")
}
