//! What a check says, and where.

use std::fmt;

/// A violation: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or folder.
    pub path: String,
    /// Line, from 1; 0 where the problem is the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// A violation.
    pub fn new(path: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} → {}",
            self.path,
            self.line.max(1),
            self.what,
            self.remedy
        )
    }
}

/// The line (from 1) on which a text first holds a needle at the start of a line; 1 where it doesn't.
pub(super) fn line_starting(text: &str, start: &str) -> usize {
    text.lines()
        .position(|line| line.trim_start().starts_with(start))
        .map_or(1, |n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_names_place_and_remedy() {
        let problem = Problem::new("a.rs", 0, "too long", "split it");
        assert_eq!(problem.to_string(), "a.rs:1: too long → split it");
    }
}
