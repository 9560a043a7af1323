//! Which chains there are, and which versions are taken for the latest.

use crate::link::Link;
use crate::value::args;
use crate::{StorageProblem, StorageProblemKind};
use ledger::Head;
use sqlx::Error;
use std::collections::BTreeSet;

/// Every chain of which there is anything, and those that somebody kept a head of.
pub(crate) async fn chains(link: &mut Link<'_>, kept: &[Head]) -> Result<Vec<String>, Error> {
    let cells = link
        .rows(
            "SELECT agency FROM chain_head UNION SELECT agency FROM ledger_entry
             UNION SELECT agency FROM row_version UNION SELECT agency FROM row_head
             UNION SELECT agency FROM row_value UNION SELECT agency FROM row_text
             UNION SELECT agency FROM row_file UNION SELECT agency FROM blob",
            Vec::new(),
        )
        .await?;
    let mut chains: BTreeSet<String> = kept.iter().map(|h| h.agency.clone()).collect();
    for cells in &cells {
        chains.insert(cells.owned(0)?);
    }
    Ok(chains.into_iter().collect())
}

/// What is wrong with an agency's versions and heads.
pub(crate) async fn of(link: &mut Link<'_>, agency: &str, end: &Head) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::from_iter(chain_head(link, agency, end).await?);
    let unrecorded = link
        .rows(
            "SELECT v.register, v.row_id, v.version, v.seq
             FROM row_version v LEFT JOIN ledger_entry e ON e.agency = v.agency AND e.seq = v.seq
             WHERE v.agency = $1 AND e.seq IS NULL ORDER BY v.seq LIMIT 100",
            args![agency],
        )
        .await?;
    for row in unrecorded {
        found.push(StorageProblem::new(
            StorageProblemKind::UnrecordedRow,
            format!(
                "{agency}：{} / {} 第 {} 版（第 {} 筆）在帳本上沒有記載：不是經由本系統寫入，或帳本被刪",
                row.text(0)?,
                row.text(1)?,
                row.version(2)?,
                row.unsigned(3)?,
            ),
        ));
    }
    // Each row's newest version must be its head, and each head a newest version.
    let newest = "SELECT n.register, n.row_id, n.version, n.seq, n.body_seq, e.actor AS author
                  FROM (SELECT register, row_id, MAX(version) AS version, MAX(seq) AS seq, MIN(seq) AS first,
                               COALESCE(MAX(CASE WHEN body <> 'null' THEN seq END), 0) AS body_seq
                        FROM row_version WHERE agency = $1 GROUP BY register, row_id) n
                  JOIN ledger_entry e ON e.agency = $1 AND e.seq = n.first";
    let heads = "SELECT register, row_id, version, seq, body_seq, author FROM row_head WHERE agency = $1";
    let sql = format!(
        "SELECT DISTINCT register, row_id FROM (
             SELECT * FROM (SELECT * FROM ({newest}) a EXCEPT SELECT * FROM ({heads}) b) c
             UNION
             SELECT * FROM (SELECT * FROM ({heads}) d EXCEPT SELECT * FROM ({newest}) f) g) h
         ORDER BY register, row_id LIMIT 100"
    );
    for row in link.rows(&sql, args![agency]).await? {
        found.push(StorageProblem::new(
            StorageProblemKind::WrongHead,
            format!(
                "{agency}：{} / {} 的現行版本指向錯誤，畫面上的不是最新一版",
                row.text(0)?,
                row.text(1)?,
            ),
        ));
    }
    Ok(found)
}

/// Whether what is taken for a chain's end is its last entry.
pub(crate) async fn chain_head(
    link: &mut Link<'_>,
    agency: &str,
    end: &Head,
) -> Result<Option<StorageProblem>, Error> {
    let stored = link
        .one(
            "SELECT seq, hash FROM chain_head WHERE agency = $1",
            args![agency],
        )
        .await?;
    let is_end = match stored {
        Some(cells) => cells.unsigned(0)? == end.seq && cells.hash(1)? == end.hash,
        None => end.seq == 0,
    };
    Ok((!is_end).then(|| {
        StorageProblem::new(
            StorageProblemKind::WrongChainHead,
            format!("{agency}：帳本的結尾指向錯誤，與第 {} 筆不符", end.seq),
        )
    }))
}
