//! What is wrong in a law file, where, and what to do about it.

use std::fmt;

/// A problem that keeps a corpus from loading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LawError {
    /// Path of the file inside the law folder.
    pub file: String,
    /// Line, from 1; 0 where the problem is the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
    /// The other place, where two contradict each other: its file and line.
    pub also: Option<(String, usize)>,
}

impl LawError {
    /// A problem of one place; line 0 is the file as a whole.
    pub fn new(
        file: impl Into<String>,
        line: usize,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            message: message.into(),
            remedy: remedy.into(),
            also: None,
        }
    }

    /// The same, told of the other place first.
    #[must_use]
    pub fn turned(mut self) -> Self {
        if let Some((file, line)) = self.also.take() {
            self.also = Some((
                std::mem::replace(&mut self.file, file),
                std::mem::replace(&mut self.line, line),
            ));
        }
        self
    }
}

fn place(f: &mut fmt::Formatter<'_>, file: &str, line: usize) -> fmt::Result {
    f.write_str(file)?;
    if line > 0 {
        write!(f, ":{line}")?;
    }
    Ok(())
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, &self.file, self.line)?;
        write!(f, ": {}", self.message)?;
        if let Some((file, line)) = &self.also {
            f.write_str("（另一處：")?;
            place(f, file, *line)?;
            f.write_str("）")?;
        }
        write!(f, " → {}", self.remedy)
    }
}

impl std::error::Error for LawError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_places_are_told_whichever_comes_first() {
        let mut error = LawError::new("a.toml", 3, "重複", "請只留一個");
        assert_eq!(error.to_string(), "a.toml:3: 重複 → 請只留一個");
        assert_eq!(error.clone().turned(), error, "there is no other place");
        error.also = Some(("b.toml".into(), 0));
        assert_eq!(error.to_string(), "a.toml:3: 重複（另一處：b.toml） → 請只留一個");
        assert_eq!(
            error.turned().to_string(),
            "b.toml: 重複（另一處：a.toml:3） → 請只留一個"
        );
    }
}
