//! The verifier: streams over one chain and says what is wrong, without stopping.
//!
//! Why it goes on after a problem: an auditor needs the extent of the damage, not its
//! first byte. What it can't know: which side of a mismatch is the true one; and a
//! chain rewritten from some entry to its very end agrees with itself, so that only a
//! line kept elsewhere shows it.

use crate::encoding::{Hash, hex, sha256};
use crate::entry::Entry;
use crate::head::Head;
use crate::report::{LISTED, Problem, ProblemKind, Report};
use std::collections::BTreeMap;

/// By how many microseconds an entry's time may lie before that of an earlier one, or after
/// the verifier's own, without a notice: clocks of several machines never agree wholly.
pub const CLOCK_TOLERANCE: u64 = 5_000_000;

/// A row's body as it was found beside the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Bodies are not at hand: only the chain is verified.
    Unchecked,
    /// It should be there and is not.
    Missing,
    /// Its canonical bytes.
    Bytes(&'a [u8]),
    /// The hash of its canonical bytes, computed by whoever read them.
    Hashed(&'a Hash),
}

/// Entries in a row whose clock was off.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: u64,
    last: u64,
    by: u64,
    /// The entry with the later time that they follow.
    after: u64,
}

impl Run {
    fn grow(run: &mut Option<Self>, seq: u64, by: u64, after: u64) {
        match run {
            Some(run) => {
                run.last = seq;
                run.by = run.by.max(by);
            }
            None => {
                *run = Some(Self {
                    first: seq,
                    last: seq,
                    by,
                    after,
                });
            }
        }
    }

    fn entries(&self) -> String {
        if self.first == self.last {
            format!("第 {} 筆", self.first)
        } else {
            format!("第 {} 筆至第 {} 筆", self.first, self.last)
        }
    }
}

/// Reads the entries of one chain in order and collects problems.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: Head,
    /// The latest time so far, and at which entry.
    latest: Option<(i64, u64)>,
    backwards: Option<Run>,
    now: Option<i64>,
    future: Option<Run>,
    entries: u64,
    /// Kept lines that were not reached yet.
    expected: BTreeMap<u64, Vec<Hash>>,
    stated: Option<Head>,
    damaged: Vec<Problem>,
    noticed: Vec<Problem>,
    damages: u64,
    notices: u64,
}

impl Verifier {
    /// Verifies a whole chain, from its first entry.
    pub fn new(agency: &str) -> Self {
        Self::after(Head::empty(agency))
    }

    /// Verifies the part of a chain that follows a head one already trusts.
    pub fn after(head: Head) -> Self {
        Self {
            head,
            latest: None,
            backwards: None,
            now: None,
            future: None,
            entries: 0,
            expected: BTreeMap::new(),
            stated: None,
            damaged: Vec::new(),
            noticed: Vec::new(),
            damages: 0,
            notices: 0,
        }
    }

    /// Also compares with a head that was kept outside; with several, by several calls.
    #[must_use]
    pub fn expecting(mut self, kept: &Head) -> Self {
        if kept.agency == self.head.agency {
            self.expected.entry(kept.seq).or_default().push(kept.hash);
            self.compare();
        } else {
            self.damaged(
                kept.seq,
                ProblemKind::WrongChain,
                format!(
                    "檢查點屬於「{}」，不是「{}」的帳本",
                    kept.agency, self.head.agency
                ),
            );
        }
        self
    }

    /// Also compares the chain's end with the one that is stated beside the entries.
    #[must_use]
    pub fn ending(mut self, stated: &Head) -> Self {
        self.stated = Some(stated.clone());
        self
    }

    /// Also notices entries of a time after this one, in microseconds since 1970.
    #[must_use]
    pub fn at(mut self, now_micros: i64) -> Self {
        self.now = Some(now_micros);
        self
    }

    /// The next entry, the hash stored beside it where there is one, and its body.
    pub fn push(&mut self, entry: &Entry, stored: Option<&Hash>, body: Body<'_>) {
        let seq = entry.seq;
        if entry.agency != self.head.agency {
            // It is none of this chain, so the chain goes on as if it were not there.
            let message = format!(
                "第 {seq} 筆屬於「{}」，卻混入「{}」的帳本",
                entry.agency, self.head.agency
            );
            return self.damaged(seq, ProblemKind::WrongChain, message);
        }
        let hash = entry.hash();
        self.link(entry);
        if stored.is_some_and(|s| s != &hash) {
            self.damaged(
                seq,
                ProblemKind::WrongHash,
                format!("第 {seq} 筆與它所存的雜湊不符：這一筆被改過"),
            );
        }
        let found = match body {
            Body::Unchecked => None,
            Body::Missing => {
                let message = format!("第 {seq} 筆所記的{}不見了", place(entry));
                self.damaged(seq, ProblemKind::MissingBody, message);
                None
            }
            Body::Bytes(bytes) => Some(sha256(bytes)),
            Body::Hashed(hash) => Some(*hash),
        };
        if found.is_some_and(|found| found != entry.body_hash) {
            let message = format!("第 {seq} 筆所記的{}被改過", place(entry));
            self.damaged(seq, ProblemKind::BodyMismatch, message);
        }
        self.clock(entry);
        self.entries += 1;
        self.head.seq = seq;
        self.head.hash = hash;
        self.compare();
    }

    /// The report, after the last entry.
    pub fn finish(mut self) -> Report {
        self.end_backwards();
        self.end_future();
        let end = self.head.seq;
        for kept in std::mem::take(&mut self.expected).into_keys() {
            if kept > end {
                self.damaged(
                    end,
                    ProblemKind::Truncated,
                    format!("檢查點記載到第 {kept} 筆，現在只有 {end} 筆：後面的被刪除，或還原了較舊的備份"),
                );
            } else {
                self.damaged(
                    kept,
                    ProblemKind::NotCompared,
                    format!("檢查點所記的第 {kept} 筆沒有讀到，無從比對：請自第 1 筆起驗證整本帳本"),
                );
            }
        }
        if let Some(stated) = self.stated.take().filter(|stated| stated != &self.head) {
            self.damaged(
                end,
                ProblemKind::WrongHead,
                format!(
                    "鏈頭記載止於第 {} 筆（{}…），實際止於第 {end} 筆（{}…）：鏈頭或末尾的記載被改過",
                    stated.seq,
                    short(&stated.hash),
                    short(&self.head.hash)
                ),
            );
        }
        let mut problems = self.damaged;
        problems.append(&mut self.noticed);
        Report {
            entries: self.entries,
            head: self.head,
            problems,
            damages: self.damages,
            notices: self.notices,
        }
    }

    fn link(&mut self, entry: &Entry) {
        let due = self.head.seq.saturating_add(1);
        let seq = entry.seq;
        if seq > due {
            self.damaged(
                due,
                ProblemKind::Gap,
                format!("第 {due} 筆至第 {} 筆不見了", seq - 1),
            );
        } else if seq < due {
            self.damaged(
                seq,
                ProblemKind::Gap,
                format!("第 {seq} 筆重複或順序不對，此處應為第 {due} 筆"),
            );
        } else if entry.prev != self.head.hash {
            self.damaged(
                seq,
                ProblemKind::BrokenLink,
                format!(
                    "第 {seq} 筆記載的前一筆雜湊是 {}…，實際算出是 {}…：這一筆或前一筆被改過",
                    short(&entry.prev),
                    short(&self.head.hash)
                ),
            );
        }
    }

    fn clock(&mut self, entry: &Entry) {
        match self.latest {
            Some((latest, after)) if entry.at < latest => {
                let by = latest.abs_diff(entry.at);
                if by > CLOCK_TOLERANCE {
                    Run::grow(&mut self.backwards, entry.seq, by, after);
                } else {
                    self.end_backwards();
                }
            }
            _ => {
                self.end_backwards();
                self.latest = Some((entry.at, entry.seq));
            }
        }
        match self.now {
            Some(now) if entry.at > now && now.abs_diff(entry.at) > CLOCK_TOLERANCE => {
                Run::grow(&mut self.future, entry.seq, now.abs_diff(entry.at), 0);
            }
            _ => self.end_future(),
        }
    }

    fn end_backwards(&mut self) {
        if let Some(run) = self.backwards.take() {
            let message = format!(
                "{}的時間早於第 {} 筆，最多相差{}：主機時鐘曾經調整，這段時間以帳本順序為準",
                run.entries(),
                run.after,
                span(run.by)
            );
            self.noticed(run, ProblemKind::TimeBackwards, message);
        }
    }

    fn end_future(&mut self) {
        if let Some(run) = self.future.take() {
            let message = format!(
                "{}的時間晚於現在，最多相差{}：當時的主機時鐘或現在這台的時鐘不準，請校時",
                run.entries(),
                span(run.by)
            );
            self.noticed(run, ProblemKind::FutureTime, message);
        }
    }

    fn compare(&mut self) {
        let seq = self.head.seq;
        let Some(kept) = self.expected.remove(&seq) else {
            return;
        };
        if kept.iter().any(|hash| hash != &self.head.hash) {
            self.damaged(
                seq,
                ProblemKind::Rewritten,
                format!("第 {seq} 筆與檢查點不符：到這一筆為止的歷史被改寫，或檢查點屬於另一套系統"),
            );
        }
    }

    /// Adds a damage that was found beside the chain.
    pub(crate) fn damaged(&mut self, seq: u64, kind: ProblemKind, message: String) {
        self.damages += 1;
        if self.damaged.len() < LISTED {
            self.damaged.push(Problem {
                seq,
                until: seq,
                kind,
                by_micros: None,
                message,
            });
        }
    }

    fn noticed(&mut self, run: Run, kind: ProblemKind, message: String) {
        self.notices += 1;
        if self.noticed.len() < LISTED {
            self.noticed.push(Problem {
                seq: run.first,
                until: run.last,
                kind,
                by_micros: Some(run.by),
                message,
            });
        }
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

/// A length of time in its two greatest units.
fn span(micros: u64) -> String {
    let seconds = micros / 1_000_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    if days > 0 {
        format!(" {days} 天 {hours} 小時")
    } else if hours > 0 {
        format!(" {hours} 小時 {minutes} 分")
    } else {
        format!(" {minutes} 分 {} 秒", seconds % 60)
    }
}
