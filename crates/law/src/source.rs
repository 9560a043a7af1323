//! A file of the law folder, as its reader hands it over.

/// One file of the law folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Path inside the law folder, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Why there is no text although there is a file: what is wrong, and what to do about it.
    pub unread: Option<(String, String)>,
}

impl SourceFile {
    /// A file with its text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            unread: None,
        }
    }

    /// A file whose bytes are no text: the loader tells of it in its place, among all else.
    pub fn unread(path: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: String::new(),
            unread: Some((why.into(), remedy.into())),
        }
    }
}
