//! What somebody decides on a record, in the system or on paper.
//!
//! What it can't know: whether they may.

use crate::uploads::EvidenceFile;

/// What somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// 同意
    Agree,
    /// 退回
    Return,
    /// 會辦意見
    Opinion,
}

impl Verdict {
    /// Every word.
    pub const WORDS: [&str; 3] = ["agree", "return", "opinion"];

    /// The verdict of a word.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "agree" => Some(Self::Agree),
            "return" => Some(Self::Return),
            "opinion" => Some(Self::Opinion),
            _ => None,
        }
    }
}

/// A decision on a version of a record.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What.
    pub verdict: Verdict,
    /// Why; must be given where it is returned.
    pub reason: String,
    /// The version that was seen.
    pub seen: u32,
}

/// How the reason of such an approval begins; the name and the day follow.
pub(crate) const ON_PAPER: &str = "紙本核定：";

/// An approval that was signed on paper.
#[derive(Debug, Clone)]
pub struct PaperSignature {
    /// Who signed, as it stands there.
    pub signed_by: String,
    /// When.
    pub on: period::Date,
    /// The scan.
    pub scan: EvidenceFile,
    /// The version that was printed.
    pub seen: u32,
}
