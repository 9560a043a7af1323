//! Verifying a package as a whole: chain, bodies, files, and what vouches for them.
//!
//! What it can't know: whether the key of a signature is the installation's, and whether
//! the end was cut off before packing; both the reader tells by what he kept.

use super::format::PackageError;
use super::read::{PackageReader, Record};
use super::vouched::Vouched;
use crate::checkpoint::Checkpoint;
use crate::encoding::{Hash, from_hex, hex};
use crate::entry::Entry;
use crate::head::Head;
use crate::kept::Kept;
use crate::report::{ProblemKind, Report};
use crate::signature::Signature;
use crate::verify::{Body, Verifier};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// What a package is compared with.
#[derive(Debug, Clone, Default)]
pub struct PackageCheck<'a> {
    /// Heads of the chain that the reader kept.
    pub heads: &'a [Head],
    /// Checkpoints that the reader kept. One without its heads must be among those that vouch
    /// for the chain, or it can't be compared.
    pub kept: &'a [Kept],
    /// The reader's time, in microseconds since 1970-01-01T00:00:00Z.
    pub now: Option<i64>,
}

/// What a package holds and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The chain, with its files and what vouches for them.
    pub report: Report,
    /// The checkpoints that vouch for it, each with the `seq` up to which it does.
    pub vouched: Vec<(Checkpoint, Option<Signature>, u64)>,
    /// How many files.
    pub files: u64,
    /// How many bytes they have together.
    pub file_bytes: u64,
}

/// Verifies a package; `names` says which files a body names, by their hashes as text.
///
/// # Errors
/// Where the package can't be read to its end.
pub fn verify_package(
    input: impl Read,
    check: &PackageCheck<'_>,
    names: &mut dyn FnMut(&[u8]) -> Vec<String>,
) -> Result<Checked, PackageError> {
    let mut reader = PackageReader::new(input)?;
    let stated = reader.head().clone();
    let mut verifier = Verifier::new(&stated.agency).ending(&stated);
    if let Some(now) = check.now {
        verifier = verifier.at(now);
    }
    let of_kept = check
        .kept
        .iter()
        .filter_map(|kept| kept.heads.as_ref()?.of(&stated.agency));
    for head in check.heads.iter().chain(of_kept) {
        verifier = verifier.expecting(head);
    }
    let bare = check.kept.iter().filter(|kept| kept.heads.is_none());
    let mut bare: BTreeSet<String> = bare.map(|kept| kept.checkpoint.to_string()).collect();
    let mut vouched = Vec::new();
    // Whether a body names the file.
    let mut present: BTreeMap<Hash, bool> = BTreeMap::new();
    let mut file_bytes = 0_u64;
    while let Some(record) = reader.next(&mut |_| {})? {
        match record {
            Record::Vouched(found) => {
                verifier = verifier.expecting(&found.head);
                vouch(&mut verifier, &found);
                bare.remove(&found.checkpoint.to_string());
                vouched.push((found.checkpoint, found.signature, found.head.seq));
            }
            Record::File { meta, length, found } => {
                file_bytes = file_bytes.saturating_add(length);
                present.insert(meta.sha256, false);
                if found != meta.sha256 {
                    let message = format!("檔案 {} 的內容被改過", hex(&meta.sha256));
                    verifier.damaged(0, ProblemKind::AlteredFile, message);
                }
            }
            Record::Entry(entry, body) => {
                verifier.push(&entry, None, Body::Bytes(&body));
                for name in names(&body) {
                    match from_hex(&name).and_then(|hash| present.get_mut(&hash)) {
                        Some(used) => *used = true,
                        None => missing(&mut verifier, &entry, &name),
                    }
                }
            }
            Record::End { whole: true } => {}
            Record::End { whole: false } => verifier.damaged(
                0,
                ProblemKind::Checksum,
                "封裝檔的內容與結尾的核對碼不符：傳送或保存時損壞，或被改過".to_owned(),
            ),
        }
    }
    for (hash, _) in present.iter().filter(|(_, used)| !**used) {
        let message = format!("檔案 {} 沒有任何一筆記載引用，不屬於這份帳本", hex(hash));
        verifier.damaged(0, ProblemKind::UnnamedFile, message);
    }
    for line in bare {
        let message =
            format!("另存的檢查點「{line}」不在封裝檔裡，無從比對：請向原機關索取含這個檢查點的封裝檔");
        verifier.damaged(0, ProblemKind::NotCompared, message);
    }
    Ok(Checked {
        report: verifier.finish(),
        vouched,
        files: present.len() as u64,
        file_bytes,
    })
}

fn vouch(verifier: &mut Verifier, found: &Vouched) {
    let seq = found.head.seq;
    if !found.proof.verify(&found.head, &found.checkpoint) {
        let message = format!(
            "證明不成立：第 {seq} 筆的鏈頭不在檢查點「{}」之中",
            found.checkpoint
        );
        verifier.damaged(seq, ProblemKind::Unproven, message);
    }
    if found.signature.is_some_and(|s| !s.verify(&found.checkpoint)) {
        let message = format!("檢查點「{}」的簽章不符", found.checkpoint);
        verifier.damaged(seq, ProblemKind::BadSignature, message);
    }
}

fn missing(verifier: &mut Verifier, entry: &Entry, name: &str) {
    let name: String = name.chars().take(64).collect();
    let message = format!(
        "第 {} 筆（{} / {} 第 {} 版）引用的檔案 {name} 不見了",
        entry.seq, entry.register, entry.row, entry.version
    );
    verifier.damaged(entry.seq, ProblemKind::MissingFile, message);
}
