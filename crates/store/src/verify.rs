//! Comparing what is stored with what the chains say was stored.
//!
//! Why page by page in one read transaction: a chain of any length is verified in constant memory
//! while others go on writing. What it can't know: which side of a mismatch is the true one, and
//! what no kept head vouches for (`docs/LEDGER.md`).

mod derived;
mod tables;

use crate::commit::named_blobs;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::postgres::Across;
use crate::rows::{ENTRY, PAGE, stored_entry};
use crate::store::Database;
use crate::value::{Arg, Cells, args};
use crate::{Forms, StorageProblem, StorageProblemKind, Store, StoreError, Verification, chain};
use ledger::{Body, Head, Report, Verifier};
use serde_json::Value;
use sqlx::Error;
use std::collections::{BTreeMap, BTreeSet};

/// How many entries in all are verified when a database is opened, of each chain the last ones.
pub const VERIFIED_AT_OPEN: u64 = 20_000;

/// Of each chain at least so many, where there are very many chains.
const AT_LEAST: u64 = 20;

impl Store {
    /// What opening verifies: of each chain the last entries, that the files they name are there,
    /// and which versions are the latest.
    pub(crate) async fn verify_recent(&self) -> Result<Verification, StoreError> {
        let mut tx = self.begin_across(Across::Directory).await?;
        let found = recent(&mut tx.link(), VERIFIED_AT_OPEN).await;
        found.map_err(|e| self.failed("驗證帳本", e))
    }

    /// Verifies one agency: its chain, its rows and its files; against heads that were kept.
    #[compiled_once]
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

    /// Verifies everything, against what was kept outside if something was.
    #[compiled_once]
    pub async fn verify(&self, kept: &[Head]) -> Result<Verification, StoreError> {
        whole(self, kept).await
    }
}

/// Verifies everything, one agency after the other, each in a transaction of its own: what is
/// written meanwhile is read as it stands then.
async fn whole(store: &Store, kept: &[Head]) -> Result<Verification, StoreError> {
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
