//! A file while it is read.
//!
//! Why not the file alone: every entry is told with its line, and counting from the top for each took
//! three quarters of the time of a load that isn't optimised.

use crate::source::SourceFile;
use std::ops::Deref;

/// A file, and where its lines begin.
pub(crate) struct File<'f> {
    file: &'f SourceFile,
    /// Byte offsets, ascending; the first is 0.
    starts: Vec<usize>,
}

impl<'f> File<'f> {
    pub(crate) fn of(file: &'f SourceFile) -> Self {
        let next = |(at, _)| at + 1;
        let starts = std::iter::once(0).chain(file.text.match_indices('\n').map(next));
        Self {
            file,
            starts: starts.collect(),
        }
    }

    /// The line (from 1) of a byte offset.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

impl Deref for File<'_> {
    type Target = SourceFile;

    fn deref(&self) -> &SourceFile {
        self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_have_lines() {
        let file = SourceFile::new("x.toml", "甲\nb\n\nd");
        let file = File::of(&file);
        // 甲 has three bytes, its line break is the fourth.
        let lines: Vec<usize> = (0..9).map(|offset| file.line(offset)).collect();
        assert_eq!(lines, [1, 1, 1, 1, 2, 2, 3, 4, 4]);
        assert_eq!(file.line(1000), 4);
    }
}
