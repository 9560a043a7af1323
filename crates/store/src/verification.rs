//! What a verification found, in words.
//!
//! Why apart from verifying: whoever refuses a database says what is wrong with it, and reads nothing
//! to say so. What it can't know: which side of a mismatch is the true one.

use ledger::{Head, Report};

/// What is wrong in the tables beside the chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageProblemKind {
    /// A row version that no ledger entry vouches for.
    UnrecordedRow,
    /// What is taken for a row's latest version is not.
    WrongHead,
    /// What is taken for the end of a chain is not.
    WrongChainHead,
    /// A file's bytes are not the ones that were stored.
    AlteredBlob,
    /// A file that a row names is not there.
    MissingBlob,
    /// Where a file is named is not what the rows say.
    WrongFile,
    /// What lists filter by or search in is not what the rows say.
    WrongValue,
    /// A table, an index or a trigger is missing, alien or another one.
    AlteredSchema,
    /// The database's own check of its pages and indexes found something.
    DamagedPages,
}

/// One thing that is wrong in the tables beside the chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageProblem {
    /// What.
    pub kind: StorageProblemKind,
    /// In words (zh-TW).
    pub message: String,
}

impl StorageProblem {
    pub(crate) fn new(kind: StorageProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Each chain with its bodies, by its id.
    pub chains: Vec<Report>,
    /// Whether everything was verified: every entry, every file, all that lies beside the rows.
    pub whole: bool,
    /// The tables beside the chains.
    pub storage: Vec<StorageProblem>,
    /// Agencies beside whose rows lies what other forms derived: it was not compared, and is
    /// derived anew before anybody looks at it.
    pub underived: Vec<String>,
}

impl Verification {
    /// Whether nothing is damaged.
    pub fn is_sound(&self) -> bool {
        self.chains.iter().all(Report::is_sound) && self.storage.is_empty()
    }

    /// How many entries were read.
    pub fn entries(&self) -> u64 {
        self.chains.iter().map(|c| c.entries).sum()
    }

    /// Where each chain ends, by the entries as they were read.
    pub fn heads(&self) -> Vec<Head> {
        self.chains.iter().map(|c| c.head.clone()).collect()
    }

    /// Everything that is damaged, in words (zh-TW), without the notices.
    pub fn damages(&self) -> Vec<String> {
        self.told(false)
    }

    /// What is worth a look and no damage, in words (zh-TW).
    pub fn notices(&self) -> Vec<String> {
        self.told(true)
    }

    fn told(&self, notices: bool) -> Vec<String> {
        let mut told = Vec::new();
        for chain in &self.chains {
            for problem in chain.problems.iter().filter(|p| p.kind.is_notice() == notices) {
                told.push(format!("{}：{}", chain.head.agency, problem.message));
            }
        }
        if notices {
            told.extend(self.underived.iter().map(|agency| {
                format!("{agency}：篩選與搜尋索引由另一版程式整理，這次沒有比對；升級後會重新整理")
            }));
        } else {
            told.extend(self.storage.iter().map(|p| p.message.clone()));
        }
        told
    }

    /// The first three damages and how many more there are.
    pub(crate) fn summary(&self) -> String {
        let all = self.damages();
        let first = all.get(..3).unwrap_or(&all).join("；");
        match all.len().saturating_sub(3) {
            0 => first,
            more => format!("{first}；另有 {more} 項"),
        }
    }
}
