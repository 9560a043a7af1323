//! Comparing what is stored with what the chains say was stored.
//!
//! Why page by page in one read transaction: a chain of any length is verified in constant memory
//! while others go on writing. What it can't know: which side of a mismatch is the true one, and
//! what no kept head vouches for (`docs/LEDGER.md`).

mod derived;
mod tables;

use crate::commit::named_blobs;
use crate::link::{Arg, Cells, Link, args};
use crate::postgres::Across;
use crate::rows::{ENTRY, stored_entry};
use crate::store::Database;
use crate::{Forms, Store, StoreError, chain};
use ledger::{Body, Head, Report, Verifier};
use serde_json::Value;
use sqlx::Error;
use std::collections::{BTreeMap, BTreeSet};

/// How many entries in all are verified when a database is opened, of each chain the last ones.
pub const VERIFIED_AT_OPEN: u64 = 20_000;

/// Of each chain at least so many, where there are very many chains.
const AT_LEAST: u64 = 20;

pub(crate) const PAGE: u32 = 500;

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

impl Store {
    /// What opening verifies: of each chain the last entries, that the files they name are there,
    /// and which versions are the latest.
    pub(crate) async fn verify_recent(&self) -> Result<Verification, StoreError> {
        let mut tx = self.begin_across(Across::Directory).await?;
        let found = recent(&mut tx.link(), VERIFIED_AT_OPEN).await;
        found.map_err(|e| self.failed("驗證帳本", e))
    }

    /// Verifies one agency: its chain, its rows and its files; against heads that were kept.
    pub async fn verify_agency(&self, agency: &str, kept: &[Head]) -> Result<Verification, StoreError> {
        let mut tx = self.begin(agency).await?;
        let timeless = tx.link().take_time().await;
        timeless.map_err(|e| self.failed("驗證帳本", e))?;
        let forms = self.forms();
        let mut found = Verification {
            whole: true,
            ..Verification::default()
        };
        one(&mut tx.link(), agency, kept, &*forms, &mut found)
            .await
            .map_err(|e| self.failed("驗證帳本", e))?;
        Ok(found)
    }
}

/// Verifies everything, one agency after the other, each in a transaction of its own: what is
/// written meanwhile is read as it stands then.
pub(crate) async fn whole(store: &Store, kept: &[Head]) -> Result<Verification, StoreError> {
    let failed = |e| store.failed("驗證帳本", e);
    let forms = store.forms();
    let mut tx = store.begin_across(Across::Whole).await?;
    let agencies = match &store.database {
        Database::Sqlite(_) => {
            return full(&mut tx.link(), kept, &*forms).await.map_err(failed);
        }
        Database::Postgres(_) => tables::chains(&mut tx.link(), kept).await.map_err(failed)?,
    };
    drop(tx);
    let mut found = Verification {
        whole: true,
        ..Verification::default()
    };
    if let Database::Postgres(postgres) = &store.database {
        found.storage.extend(postgres.differences().await?);
    }
    for agency in agencies {
        let mut tx = store.begin(&agency).await?;
        tx.link().take_time().await.map_err(failed)?;
        one(&mut tx.link(), &agency, kept, &*forms, &mut found)
            .await
            .map_err(failed)?;
    }
    Ok(found)
}

/// Verifies everything in one transaction.
pub(crate) async fn full(
    link: &mut Link<'_>,
    kept: &[Head],
    forms: &dyn Forms,
) -> Result<Verification, Error> {
    let mut found = Verification {
        whole: true,
        ..Verification::default()
    };
    found.storage.extend(link.pages_and_schema().await?);
    for agency in tables::chains(link, kept).await? {
        one(link, &agency, kept, forms, &mut found).await?;
    }
    Ok(found)
}

/// Verifies one chain whole, with everything beside it.
async fn one(
    link: &mut Link<'_>,
    agency: &str,
    kept: &[Head],
    forms: &dyn Forms,
    found: &mut Verification,
) -> Result<(), Error> {
    let mut verifier = Verifier::new(agency);
    for head in kept.iter().filter(|h| h.agency == agency) {
        verifier = verifier.expecting(head);
    }
    let mut beside = Vec::new();
    let report = entries(link, verifier, agency, 0, &mut beside).await?;
    beside.extend(tables::of(link, agency, &report.head).await?);
    beside.extend(derived::files(link, agency).await?);
    if chain::is_derived(link, agency, forms).await? {
        beside.extend(derived::values(link, agency, forms).await?);
    } else {
        found.underived.push(agency.to_owned());
    }
    beside.extend(derived::blobs(link, agency).await?);
    found.chains.push(report);
    found.storage.extend(beside);
    Ok(())
}

/// Verifies the last entries of each chain, trusting the stored hash of the one before them.
async fn recent(link: &mut Link<'_>, count: u64) -> Result<Verification, Error> {
    let heads = chain::heads(link).await?;
    let share = count
        .checked_div(heads.len() as u64)
        .unwrap_or(count)
        .max(AT_LEAST);
    let mut found = Verification::default();
    let mut left = count;
    for head in heads {
        let take = share.min(left);
        if take == 0 {
            break;
        }
        link.turn_to(&head.agency).await?;
        let mut start = head.seq.saturating_sub(take);
        let mut verifier = Verifier::new(&head.agency);
        if start > 0 {
            let anchor = link
                .one(
                    "SELECT hash FROM ledger_entry WHERE agency = $1 AND seq = $2",
                    args![&head.agency, start],
                )
                .await?;
            match anchor {
                Some(cells) => {
                    verifier = Verifier::after(Head {
                        agency: head.agency.clone(),
                        seq: start,
                        hash: cells.hash(0)?,
                    });
                }
                None => start = 0,
            }
        }
        let mut beside = Vec::new();
        let report = entries(link, verifier, &head.agency, start, &mut beside).await?;
        left = left.saturating_sub(report.entries);
        // Of a chain that is read whole, its rows are too.
        if start == 0 {
            beside.extend(tables::of(link, &head.agency, &report.head).await?);
        } else {
            beside.extend(tables::chain_head(link, &head.agency, &report.head).await?);
        }
        found.chains.push(report);
        found.storage.extend(beside);
    }
    Ok(found)
}

/// Reads a chain's entries with their bodies; says which rows are not the recorded ones and which
/// files are gone.
async fn entries(
    link: &mut Link<'_>,
    mut verifier: Verifier,
    agency: &str,
    after: u64,
    beside: &mut Vec<StorageProblem>,
) -> Result<Report, Error> {
    let sql = format!(
        "SELECT {ENTRY}, v.body, v.register, v.row_id, v.version
         FROM ledger_entry e LEFT JOIN row_version v ON v.agency = e.agency AND v.seq = e.seq
         WHERE e.agency = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3"
    );
    let mut after = after;
    let mut missing = BTreeSet::new();
    loop {
        let page = link.rows(&sql, args![agency, after, PAGE]).await?;
        if page.is_empty() {
            break;
        }
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        for cells in &page {
            let stored = stored_entry(cells)?;
            let entry = &stored.entry;
            let body = (!cells.is_null(11)).then(|| cells.text(11)).transpose()?;
            verifier.push(
                entry,
                Some(&stored.hash),
                body.map_or(Body::Missing, |text| Body::Bytes(text.as_bytes())),
            );
            after = entry.seq;
            let Some(body) = body else {
                continue;
            };
            if !is_of(cells, entry)? {
                beside.push(StorageProblem::new(
                    StorageProblemKind::UnrecordedRow,
                    format!(
                        "{agency}：第 {} 筆記的是 {} / {} 第 {} 版，存的資料列卻是另一筆",
                        entry.seq, entry.register, entry.row, entry.version
                    ),
                ));
            }
            if body.contains("\"sha256\"") {
                let value: Value = serde_json::from_str(body).unwrap_or_default();
                for sha256 in named_blobs(&value) {
                    let place = format!("{} / {} 第 {} 版", entry.register, entry.row, entry.version);
                    named.entry(sha256.to_owned()).or_insert(place);
                }
            }
        }
        if !named.is_empty() {
            let hashes = Arg::Texts(named.keys().cloned().collect());
            let among = link.dialect().among("sha256", "$2");
            let sql = format!("SELECT sha256 FROM blob WHERE agency = $1 AND {among}");
            for cells in link.rows(&sql, vec![Arg::from(agency), hashes]).await? {
                named.remove(cells.text(0)?);
            }
            missing.extend(named);
        }
    }
    for (sha256, place) in missing {
        beside.push(StorageProblem::new(
            StorageProblemKind::MissingBlob,
            format!("{agency}：{place}引用的檔案 {sha256} 不見了"),
        ));
    }
    Ok(verifier.finish())
}

fn is_of(cells: &Cells, entry: &ledger::Entry) -> Result<bool, Error> {
    Ok(cells.text(12)? == entry.register
        && cells.text(13)? == entry.row
        && cells.version(14)? == entry.version)
}
