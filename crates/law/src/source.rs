//! A file of the law folder, as its reader hands it over.

/// One file of the law folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Path inside the law folder, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}
