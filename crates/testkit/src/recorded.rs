//! Texts that are recorded beside a test: what the code says today is held against them.

use std::path::Path;

/// Holds a text against the recorded one; with `FAZUN_BLESS` in the environment it is recorded anew,
/// to be read as a change.
///
/// # Panics
/// Where they differ; the first line that does is named.
pub fn recorded(file: &Path, text: &str) {
    if std::env::var_os("FAZUN_BLESS").is_some() {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(file, text).expect("written");
        return;
    }
    let before = std::fs::read_to_string(file).unwrap_or_default();
    let first = text.lines().zip(before.lines()).find(|(a, b)| a != b);
    assert!(
        before == text,
        "{} says something else, first {first:?}; run with FAZUN_BLESS=1 and read the change",
        file.display()
    );
}
