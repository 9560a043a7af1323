//! The verifier: streams over a ledger and says what is wrong, without stopping.
//!
//! Why it goes on after a problem: an auditor needs the extent of the damage, not its
//! first byte. What it can't know: which side of a mismatch is the true one; and a
//! ledger rewritten from some entry to its very end agrees with itself, so that only a
//! checkpoint kept elsewhere shows it.

use crate::Checkpoint;
use crate::entry::{Entry, Hash, hex, sha256};

/// A row's body as it was found beside the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Bodies are not at hand: only the chain is verified.
    Unchecked,
    /// It should be there and is not.
    Missing,
    /// Its canonical bytes.
    Bytes(&'a [u8]),
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// `prev` is not the hash of the entry before.
    BrokenLink,
    /// The hash stored beside the entry is not its hash.
    WrongHash,
    /// Entries are missing, doubled or out of order.
    Gap,
    /// The body is not the one that was recorded.
    BodyMismatch,
    /// The body is gone.
    MissingBody,
    /// The ledger ends before the checkpoint.
    Truncated,
    /// The entry at the checkpoint is another one than was there.
    Rewritten,
    /// The clock ran backwards: a notice, as clocks do get corrected.
    TimeBackwards,
}

impl ProblemKind {
    /// The kind as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrokenLink => "broken_link",
            Self::WrongHash => "wrong_hash",
            Self::Gap => "gap",
            Self::BodyMismatch => "body_mismatch",
            Self::MissingBody => "missing_body",
            Self::Truncated => "truncated",
            Self::Rewritten => "rewritten",
            Self::TimeBackwards => "time_backwards",
        }
    }

    /// Whether it is worth a look but no damage.
    pub fn is_notice(self) -> bool {
        self == Self::TimeBackwards
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// At which entry.
    pub seq: u64,
    /// What.
    pub kind: ProblemKind,
    /// In words (zh-TW).
    pub message: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries were read.
    pub entries: u64,
    /// Where the ledger ends, by the entries as they were read.
    pub head: Checkpoint,
    /// What is wrong, in order.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Whether nothing is damaged (notices are no damage).
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|p| p.kind.is_notice())
    }
}

/// Reads entries in order and collects problems.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: Checkpoint,
    last_at: Option<i64>,
    entries: u64,
    expected: Option<Checkpoint>,
    problems: Vec<Problem>,
}

impl Verifier {
    /// Verifies a whole ledger, from its first entry.
    pub fn new() -> Self {
        Self::after(Checkpoint::empty())
    }

    /// Verifies the part of a ledger that follows a head one already trusts.
    pub fn after(head: Checkpoint) -> Self {
        Self {
            head,
            last_at: None,
            entries: 0,
            expected: None,
            problems: Vec::new(),
        }
    }

    /// Also compares with a checkpoint that was kept outside. It must not lie before
    /// the head that [`Verifier::after`] was given: what is not read can't be compared.
    #[must_use]
    pub fn expecting(mut self, checkpoint: Checkpoint) -> Self {
        self.expected = Some(checkpoint);
        self.compare();
        self
    }

    /// The next entry, the hash stored beside it where there is one, and its body.
    pub fn push(&mut self, entry: &Entry, stored: Option<&Hash>, body: Body<'_>) {
        let due = self.head.seq.saturating_add(1);
        let hash = entry.hash();
        if entry.seq > due {
            self.found(
                due,
                ProblemKind::Gap,
                format!("第 {due} 筆至第 {} 筆不見了", entry.seq - 1),
            );
        } else if entry.seq < due {
            self.found(
                entry.seq,
                ProblemKind::Gap,
                format!("第 {} 筆重複或順序不對，此處應為第 {due} 筆", entry.seq),
            );
        } else if entry.prev != self.head.head {
            self.found(
                entry.seq,
                ProblemKind::BrokenLink,
                format!(
                    "第 {} 筆記載的前一筆雜湊是 {}…，實際算出是 {}…：這一筆或前一筆被改過",
                    entry.seq,
                    short(&entry.prev),
                    short(&self.head.head)
                ),
            );
        }
        if stored.is_some_and(|s| s != &hash) {
            self.found(
                entry.seq,
                ProblemKind::WrongHash,
                format!("第 {} 筆的內容與其雜湊不符：這一筆被改過", entry.seq),
            );
        }
        match body {
            Body::Unchecked => {}
            Body::Missing => self.found(
                entry.seq,
                ProblemKind::MissingBody,
                format!("第 {} 筆所記的{}不見了", entry.seq, place(entry)),
            ),
            Body::Bytes(bytes) => {
                if sha256(bytes) != entry.body_hash {
                    self.found(
                        entry.seq,
                        ProblemKind::BodyMismatch,
                        format!("第 {} 筆所記的{}被改過", entry.seq, place(entry)),
                    );
                }
            }
        }
        if self.last_at.is_some_and(|last| entry.at < last) {
            self.found(
                entry.seq,
                ProblemKind::TimeBackwards,
                format!("第 {} 筆的時間早於前一筆：主機時鐘可能調整過", entry.seq),
            );
        }
        self.last_at = Some(entry.at);
        self.entries += 1;
        self.head = Checkpoint {
            seq: entry.seq,
            head: hash,
        };
        self.compare();
    }

    /// The report, after the last entry.
    pub fn finish(mut self) -> Report {
        if let Some(expected) = self.expected
            && self.head.seq < expected.seq
        {
            let seq = self.head.seq;
            self.found(
                seq,
                ProblemKind::Truncated,
                format!(
                    "檢查點記載到第 {} 筆，現在只有 {seq} 筆：後面的被刪除，或還原了較舊的備份",
                    expected.seq
                ),
            );
        }
        Report {
            entries: self.entries,
            head: self.head,
            problems: self.problems,
        }
    }

    fn compare(&mut self) {
        if let Some(expected) = self.expected
            && expected.seq == self.head.seq
            && expected.head != self.head.head
        {
            self.found(
                expected.seq,
                ProblemKind::Rewritten,
                format!(
                    "第 {} 筆與檢查點不符：到這一筆為止的歷史被改寫，或檢查點屬於另一套系統",
                    expected.seq
                ),
            );
        }
    }

    fn found(&mut self, seq: u64, kind: ProblemKind, message: String) {
        self.problems.push(Problem { seq, kind, message });
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

fn short(hash: &Hash) -> String {
    hex(hash.get(..6).unwrap_or_default())
}

fn place(entry: &Entry) -> String {
    format!(
        "內容（{} / {} 第 {} 版）",
        entry.register, entry.row, entry.version
    )
}
