//! What is wrong in a law file, where, and what to do about it.

use std::fmt;

/// A problem that keeps a corpus from loading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawError {
    /// Path of the file inside the law folder.
    pub file: String,
    /// Line, from 1; 0 where the problem is the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {} → {}", self.message, self.remedy)
    }
}

impl std::error::Error for LawError {}
