//! Reading a package in one pass, whatever is in it.
//!
//! Why nothing is reserved by a stated length: a hostile package says 2^63. Memory grows
//! only with bytes that were there, up to the format's bounds. What it can't know: whether
//! what it reads belongs together; `check` compares.

use super::format::{
    CHUNK, FileMeta, MAX_BODY, MAX_FILES, MAX_SMALL, MAX_VOUCHED, PACKAGE, PackageError, kind,
};
use super::vouched::Vouched;
use crate::encoding::{Hash, take, text};
use crate::entry::Entry;
use crate::head::Head;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read};

/// A part of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A checkpoint that vouches for the chain.
    Vouched(Vouched),
    /// A file that was read and handed on.
    File {
        /// What is stated of it.
        meta: FileMeta,
        /// How many bytes it has.
        length: u64,
        /// The hash of these bytes.
        found: Hash,
    },
    /// An entry and its body.
    Entry(Box<Entry>, Vec<u8>),
    /// The end; whether the bytes are those that were written.
    End {
        /// Whether the checksum agrees.
        whole: bool,
    },
}

/// Which parts may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Vouched,
    Files,
    Entries,
    Ended,
}

/// Reads a package, one part after the other.
pub struct PackageReader<R: Read> {
    input: R,
    hasher: Sha256,
    at: u64,
    head: Head,
    stage: Stage,
    vouched: u64,
    files: u64,
    last_file: Option<Hash>,
}

impl<R: Read> PackageReader<R> {
    /// Reads the beginning of a package.
    ///
    /// # Errors
    /// Where it is none.
    pub fn new(input: R) -> Result<Self, PackageError> {
        let mut reader = Self {
            input,
            hasher: Sha256::new(),
            at: 0,
            head: Head::empty(""),
            stage: Stage::Vouched,
            vouched: 0,
            files: 0,
            last_file: None,
        };
        let mut magic = [0; PACKAGE.len() + 1];
        match reader.exact(&mut magic) {
            Ok(()) if magic.strip_suffix(b"\n") == Some(PACKAGE.as_bytes()) => {}
            Ok(()) | Err(PackageError::Truncated { .. }) => return Err(PackageError::NotAPackage),
            Err(error) => return Err(error),
        }
        let (at, kind, length) = reader.header()?;
        if kind != kind::HEAD {
            return Err(malformed(at, "沒有鏈頭"));
        }
        let line = reader.line(at, length)?;
        reader.head = line.parse().map_err(|error| PackageError::Line { at, error })?;
        Ok(reader)
    }

    /// Where the chain ends, as the package states it.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The next part; a file's bytes are handed on as they are read. `None` after the end.
    ///
    /// # Errors
    /// Where the package is not as the format says.
    pub fn next(&mut self, data: &mut dyn FnMut(&[u8])) -> Result<Option<Record>, PackageError> {
        if self.stage == Stage::Ended {
            return Ok(None);
        }
        let before: Hash = self.hasher.clone().finalize().into();
        let (at, kind, length) = self.header()?;
        let stage = match kind {
            kind::VOUCHED => Stage::Vouched,
            kind::FILE => Stage::Files,
            kind::ENTRY => Stage::Entries,
            kind::END => Stage::Ended,
            _ => return Err(malformed(at, "是不認得的段落")),
        };
        if stage < self.stage {
            return Err(malformed(at, "的段落順序不對"));
        }
        self.stage = stage;
        match stage {
            Stage::Vouched => self.vouched(at, length),
            Stage::Files => self.file(at, length, data),
            Stage::Entries => self.entry(at, length),
            Stage::Ended => self.end(at, length, &before),
        }
        .map(Some)
    }

    fn vouched(&mut self, at: u64, length: u64) -> Result<Record, PackageError> {
        self.vouched += 1;
        if self.vouched > MAX_VOUCHED {
            return Err(malformed(at, "的檢查點太多"));
        }
        let lines = self.line(at, length)?;
        let vouched = lines.parse().map_err(|error| PackageError::Line { at, error })?;
        Ok(Record::Vouched(vouched))
    }

    fn file(&mut self, at: u64, length: u64, data: &mut dyn FnMut(&[u8])) -> Result<Record, PackageError> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(malformed(at, "的檔案太多"));
        }
        let described = self.bytes(at, length, MAX_SMALL)?;
        let meta = described_file(&described).ok_or_else(|| malformed(at, "的檔案說明讀不懂"))?;
        if self.last_file.is_some_and(|last| last >= meta.sha256) {
            return Err(malformed(at, "的檔案重複或順序不對"));
        }
        self.last_file = Some(meta.sha256);
        let (at, kind, length) = self.header()?;
        if kind != kind::DATA {
            return Err(malformed(at, "缺少檔案的內容"));
        }
        let mut found = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        let mut left = length;
        while left > 0 {
            let most = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let chunk = buffer.get_mut(..most).unwrap_or_default();
            self.exact(chunk)?;
            found.update(&*chunk);
            data(chunk);
            left -= most as u64;
        }
        Ok(Record::File {
            meta,
            length,
            found: found.finalize().into(),
        })
    }

    fn entry(&mut self, at: u64, length: u64) -> Result<Record, PackageError> {
        let encoded = self.bytes(at, length, MAX_SMALL)?;
        let entry = Entry::decode(&encoded).ok_or_else(|| malformed(at, "的記載讀不懂"))?;
        let (at, kind, length) = self.header()?;
        if kind != kind::BODY {
            return Err(malformed(at, "缺少記載的內容"));
        }
        let body = self.bytes(at, length, MAX_BODY)?;
        Ok(Record::Entry(Box::new(entry), body))
    }

    fn end(&mut self, at: u64, length: u64, before: &Hash) -> Result<Record, PackageError> {
        let stated = self.bytes(at, length, MAX_SMALL)?;
        if stated.len() != before.len() {
            return Err(malformed(at, "的核對碼長度不對"));
        }
        let at = self.at;
        match self.exact(&mut [0]) {
            Err(PackageError::Truncated { .. }) => Ok(Record::End {
                whole: stated == before,
            }),
            Ok(()) => Err(malformed(at, "起，結尾之後還有內容")),
            Err(error) => Err(error),
        }
    }

    fn header(&mut self) -> Result<(u64, u8, u64), PackageError> {
        let at = self.at;
        let mut kind = [0; 1];
        self.exact(&mut kind)?;
        let mut length = [0; 8];
        self.exact(&mut length)?;
        let [kind] = kind;
        Ok((at, kind, u64::from_be_bytes(length)))
    }

    fn line(&mut self, at: u64, length: u64) -> Result<String, PackageError> {
        let bytes = self.bytes(at, length, MAX_SMALL)?;
        String::from_utf8(bytes).map_err(|_| malformed(at, "不是文字"))
    }

    fn bytes(&mut self, at: u64, length: u64, most: u64) -> Result<Vec<u8>, PackageError> {
        if length > most {
            return Err(malformed(at, "的段落太長"));
        }
        let mut bytes = Vec::new();
        let read = (&mut self.input).take(length).read_to_end(&mut bytes)?;
        self.hasher.update(&bytes);
        self.at += read as u64;
        if (read as u64) < length {
            return Err(PackageError::Truncated { at: self.at });
        }
        Ok(bytes)
    }

    fn exact(&mut self, buffer: &mut [u8]) -> Result<(), PackageError> {
        self.input
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => PackageError::Truncated { at: self.at },
                _ => PackageError::Io(error),
            })?;
        self.hasher.update(&*buffer);
        self.at += buffer.len() as u64;
        Ok(())
    }
}

fn malformed(at: u64, what: &'static str) -> PackageError {
    PackageError::Malformed { at, what }
}

fn described_file(mut rest: &[u8]) -> Option<FileMeta> {
    let meta = FileMeta {
        sha256: take(&mut rest)?.try_into().ok()?,
        media_type: text(take(&mut rest)?)?,
        name: text(take(&mut rest)?)?,
    };
    rest.is_empty().then_some(meta)
}

#[cfg(test)]
mod tests {
    use super::super::write::PackageWriter;
    use super::*;
    use crate::encoding::sha256;
    use crate::heads::Heads;
    use crate::kept::Kept;

    // Counted on from just below the bound: to read a million files takes minutes.

    #[test]
    fn so_many_checkpoints_are_read_and_no_more() {
        let heads = Heads::new(vec![Head::empty("a")]).unwrap();
        let vouched = Kept::over(heads, 1).vouched("a").unwrap();
        let mut writer = PackageWriter::new(Vec::new(), &Head::empty("a")).unwrap();
        writer.vouch(&vouched).unwrap();
        writer.vouch(&vouched).unwrap();
        let package = writer.finish().unwrap();
        let mut reader = PackageReader::new(package.as_slice()).unwrap();
        reader.vouched = MAX_VOUCHED - 1;
        assert_eq!(reader.next(&mut |_| {}).unwrap(), Some(Record::Vouched(vouched)));
        let error = reader.next(&mut |_| {}).unwrap_err().to_string();
        assert!(error.contains("檢查點太多"), "{error}");
    }

    #[test]
    fn so_many_files_are_read_and_no_more() {
        let mut contents = [b"one", b"two"];
        contents.sort_by_key(|bytes| sha256(*bytes));
        let mut writer = PackageWriter::new(Vec::new(), &Head::empty("a")).unwrap();
        for bytes in contents {
            let meta = FileMeta {
                sha256: sha256(bytes),
                media_type: String::new(),
                name: String::new(),
            };
            writer.file(&meta, 3, &mut bytes.as_slice()).unwrap();
        }
        let package = writer.finish().unwrap();
        let mut reader = PackageReader::new(package.as_slice()).unwrap();
        reader.files = MAX_FILES - 1;
        let record = reader.next(&mut |_| {}).unwrap();
        assert!(
            matches!(record, Some(Record::File { length: 3, .. })),
            "{record:?}"
        );
        let error = reader.next(&mut |_| {}).unwrap_err().to_string();
        assert!(error.contains("檔案太多"), "{error}");
    }
}
