//! Writing a package in one pass.
//!
//! What it can't know: whether it is given the whole chain; it does see to the order in
//! which a reader expects things, and that the entries end where the head says.

use super::format::{
    CHUNK, FileMeta, MAX_BODY, MAX_FILES, MAX_SMALL, MAX_VOUCHED, PACKAGE, PackageError, kind,
};
use super::vouched::Vouched;
use crate::encoding::{Hash, field, sha256};
use crate::entry::Entry;
use crate::head::Head;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

/// Writes a package: first what vouches for the chain, then the files, then the entries.
pub struct PackageWriter<W: Write> {
    out: W,
    hasher: Sha256,
    head: Head,
    written: Head,
    vouched: u64,
    files: u64,
    last_file: Option<Hash>,
}

impl<W: Write> PackageWriter<W> {
    /// Begins a package of the chain that ends with this head.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn new(out: W, head: &Head) -> Result<Self, PackageError> {
        let mut writer = Self {
            out,
            hasher: Sha256::new(),
            head: head.clone(),
            written: Head::empty(&head.agency),
            vouched: 0,
            files: 0,
            last_file: None,
        };
        writer.put(PACKAGE.as_bytes())?;
        writer.put(b"\n")?;
        writer.small(kind::HEAD, head.to_string().as_bytes())?;
        Ok(writer)
    }

    /// Adds a checkpoint that vouches for the chain, as it stood then.
    ///
    /// # Errors
    /// Where it is of another chain, comes too late, or can't be written.
    pub fn vouch(&mut self, vouched: &Vouched) -> Result<(), PackageError> {
        self.vouched += 1;
        if vouched.head.agency != self.head.agency {
            return Err(PackageError::Unpackable("檢查點屬於另一個機關"));
        }
        if self.files > 0 || self.written.seq > 0 {
            return Err(PackageError::Unpackable("檢查點須先於檔案與記載寫入"));
        }
        if self.vouched > MAX_VOUCHED {
            return Err(PackageError::Unpackable("檢查點太多"));
        }
        self.small(kind::VOUCHED, vouched.to_string().as_bytes())
    }

    /// Adds a file of so many bytes; files come in the order of their hashes.
    ///
    /// # Errors
    /// Where it comes too late or out of order, has other bytes than its hash and length say,
    /// or can't be read or written.
    pub fn file(&mut self, meta: &FileMeta, length: u64, bytes: &mut impl Read) -> Result<(), PackageError> {
        self.files += 1;
        if self.written.seq > 0 || self.last_file.is_some_and(|last| last >= meta.sha256) {
            return Err(PackageError::Unpackable("檔案須先於記載、依雜湊順序、各一次寫入"));
        }
        if self.files > MAX_FILES {
            return Err(PackageError::Unpackable("檔案太多"));
        }
        let mut described = Vec::new();
        field(&mut described, &meta.sha256);
        field(&mut described, meta.media_type.as_bytes());
        field(&mut described, meta.name.as_bytes());
        self.small(kind::FILE, &described)?;
        self.header(kind::DATA, length)?;
        let mut found = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        let mut left = length;
        while left > 0 {
            let most = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let chunk = buffer.get_mut(..most).unwrap_or_default();
            bytes.read_exact(chunk)?;
            found.update(&*chunk);
            self.put(chunk)?;
            left -= most as u64;
        }
        if <Hash>::from(found.finalize()) != meta.sha256 {
            return Err(PackageError::Unpackable("檔案的內容與雜湊不符，請先驗證帳本"));
        }
        self.last_file = Some(meta.sha256);
        Ok(())
    }

    /// Adds the next entry with its body.
    ///
    /// # Errors
    /// Where it doesn't follow the one before, the body isn't the one it records, or it can't
    /// be written: what is damaged must be verified where it is, not handed over.
    pub fn entry(&mut self, entry: &Entry, body: &[u8]) -> Result<(), PackageError> {
        // First what costs nothing to see.
        if body.len() as u64 > MAX_BODY {
            return Err(PackageError::Unpackable("有一筆內容太長"));
        }
        let follows = entry.agency == self.head.agency
            && entry.prev == self.written.hash
            && Some(entry.seq) == self.written.seq.checked_add(1);
        if !follows || sha256(body) != entry.body_hash {
            return Err(PackageError::Unpackable(
                "帳本有損壞，請先以 fazun ledger verify 驗證",
            ));
        }
        self.small(kind::ENTRY, &entry.encode())?;
        self.header(kind::BODY, body.len() as u64)?;
        self.put(body)?;
        self.written = entry.head();
        Ok(())
    }

    /// Ends the package and gives back what it was written to.
    ///
    /// # Errors
    /// Where the entries don't end with the head, or it can't be written.
    pub fn finish(mut self) -> Result<W, PackageError> {
        if self.written != self.head {
            return Err(PackageError::Unpackable(
                "帳本的末筆與鏈頭不符，請先以 fazun ledger verify 驗證",
            ));
        }
        let hash: Hash = self.hasher.clone().finalize().into();
        self.small(kind::END, &hash)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn small(&mut self, kind: u8, bytes: &[u8]) -> Result<(), PackageError> {
        if bytes.len() as u64 > MAX_SMALL {
            return Err(PackageError::Unpackable("有一筆記載、檢查點或檔名太長"));
        }
        self.header(kind, bytes.len() as u64)?;
        self.put(bytes)
    }

    fn header(&mut self, kind: u8, length: u64) -> Result<(), PackageError> {
        self.put(&[kind])?;
        self.put(&length.to_be_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), PackageError> {
        self.hasher.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Draft, append};
    use crate::heads::Heads;
    use crate::kept::Kept;

    fn writer() -> PackageWriter<std::io::Sink> {
        PackageWriter::new(std::io::sink(), &Head::empty("a")).unwrap()
    }

    fn said(result: Result<(), PackageError>) -> String {
        result.map_or_else(|error| error.to_string(), |()| "packed".to_owned())
    }

    // Counted on from just below the bound: to write a million files takes minutes.

    #[test]
    fn so_many_checkpoints_are_packed_and_no_more() {
        let heads = Heads::new(vec![Head::empty("a")]).unwrap();
        let vouched = Kept::over(heads, 1).vouched("a").unwrap();
        let mut writer = writer();
        writer.vouched = MAX_VOUCHED - 1;
        assert_eq!(said(writer.vouch(&vouched)), "packed");
        assert_eq!(said(writer.vouch(&vouched)), "無法封裝：檢查點太多");
    }

    #[test]
    fn so_many_files_are_packed_and_no_more() {
        let mut contents = [b"one", b"two"];
        contents.sort_by_key(|bytes| sha256(*bytes));
        let mut writer = writer();
        writer.files = MAX_FILES - 1;
        let mut add = |bytes: &[u8]| {
            let meta = FileMeta {
                sha256: sha256(bytes),
                media_type: String::new(),
                name: String::new(),
            };
            said(writer.file(&meta, bytes.len() as u64, &mut &*bytes))
        };
        assert_eq!(add(contents[0]), "packed");
        assert_eq!(add(contents[1]), "無法封裝：檔案太多");
    }

    #[test]
    fn a_body_has_its_length_and_no_more() {
        // It follows nothing, so that so long a body is not hashed here.
        let draft = Draft {
            at: 0,
            actor: String::new(),
            action: String::new(),
            register: String::new(),
            row: String::new(),
            version: 1,
            body_hash: [0; 32],
        };
        let entry = append(&Head::empty("b"), draft);
        let longest = usize::try_from(MAX_BODY).unwrap();
        let body = vec![0; longest + 1];
        assert!(said(writer().entry(&entry, &body[..longest])).contains("帳本有損壞"));
        assert_eq!(said(writer().entry(&entry, &body)), "無法封裝：有一筆內容太長");
    }

    #[test]
    fn a_description_has_its_length_and_no_more() {
        // Three fields with their lengths, one of them a hash.
        let longest = usize::try_from(MAX_SMALL).unwrap() - 3 * 8 - 32;
        for (length, says) in [
            (longest, "packed"),
            (longest + 1, "無法封裝：有一筆記載、檢查點或檔名太長"),
        ] {
            let meta = FileMeta {
                sha256: sha256(b""),
                media_type: String::new(),
                name: "x".repeat(length),
            };
            assert_eq!(said(writer().file(&meta, 0, &mut [].as_slice())), says);
        }
    }
}
