//! What lies beside the bodies: files, values that lists filter by, texts that a search looks in.

use super::{PAGE, StorageProblem, StorageProblemKind};
use crate::Forms;
use crate::commit::named_blobs;
use crate::forms::Promoted;
use crate::link::{Arg, Link, args};
use serde_json::Value;
use sqlx::Error;
use std::collections::{BTreeMap, BTreeSet};

/// How many problems of one kind are told of an agency.
const TOLD: usize = 100;

/// Each row version must be listed under the files that it names, and under no other.
pub(crate) async fn files(link: &mut Link<'_>, agency: &str) -> Result<Vec<StorageProblem>, Error> {
    type Named = BTreeSet<(u64, String, String, String)>;
    let mut listed = Named::new();
    for cells in link
        .rows(
            "SELECT seq, sha256, register, row_id FROM row_file WHERE agency = $1",
            args![agency],
        )
        .await?
    {
        listed.insert((
            cells.unsigned(0)?,
            cells.owned(1)?,
            cells.owned(2)?,
            cells.owned(3)?,
        ));
    }
    let mut named = Named::new();
    let contains = link.dialect().contains("body", "'\"sha256\"'");
    let sql = format!(
        "SELECT seq, register, row_id, body FROM row_version
         WHERE agency = $1 AND seq > $2 AND {contains} ORDER BY seq LIMIT $3"
    );
    let mut after = 0_u64;
    loop {
        let page = link.rows(&sql, args![agency, after, PAGE]).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = last.unsigned(0)?;
        for cells in &page {
            let body: Value = serde_json::from_str(cells.text(3)?).unwrap_or_default();
            for sha256 in named_blobs(&body) {
                let (register, row) = (cells.owned(1)?, cells.owned(2)?);
                named.insert((cells.unsigned(0)?, sha256.to_owned(), register, row));
            }
        }
    }
    let wrong = named.symmetric_difference(&listed).take(TOLD);
    Ok(wrong
        .map(|(seq, _, register, row)| {
            StorageProblem::new(
                StorageProblemKind::WrongFile,
                format!(
                    "{agency}：{register} / {row}（第 {seq} 筆）的檔案索引與內容不符，該檔案可能開不起來"
                ),
            )
        })
        .collect())
}

/// What lists filter by and search in must be what the bodies say, and nothing else be there.
pub(crate) async fn values(
    link: &mut Link<'_>,
    agency: &str,
    forms: &dyn Forms,
) -> Result<Vec<StorageProblem>, Error> {
    let mut wrong: BTreeSet<(String, String)> = BTreeSet::new();
    let (mut register, mut row) = (String::new(), String::new());
    loop {
        let page = link
            .rows(
                "SELECT h.register, h.row_id, v.body FROM row_head h
                 LEFT JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq
                 WHERE h.agency = $1 AND (h.register, h.row_id) > ($2, $3)
                 ORDER BY h.register, h.row_id LIMIT $4",
                args![agency, &register, &row, PAGE],
            )
            .await?;
        let Some(last) = page.last() else {
            break;
        };
        (register, row) = (last.owned(0)?, last.owned(1)?);
        let mut expected = BTreeMap::new();
        let mut keys = args![agency];
        let mut pairs = Vec::with_capacity(page.len());
        for cells in &page {
            let key = (cells.owned(0)?, cells.owned(1)?);
            // A row that never had a body has nothing beside it, nor has one whose body was altered.
            let text = if cells.is_null(2) { "null" } else { cells.text(2)? };
            let body: Value = serde_json::from_str(text).unwrap_or_default();
            let promoted = if body.is_null() {
                Promoted::default()
            } else {
                Promoted::of(&forms.derive(&key.0, &body))
            };
            pairs.push(format!("(${}, ${})", keys.len() + 1, keys.len() + 2));
            keys.extend([Arg::from(&key.0), Arg::from(&key.1)]);
            expected.insert(key, promoted);
        }
        let among = format!(
            "agency = $1 AND (register, row_id) IN (VALUES {})",
            pairs.join(", ")
        );
        let stored = stored(link, &among, keys, expected.keys()).await?;
        for (key, promoted) in expected {
            if stored.get(&key) != Some(&promoted) {
                wrong.insert(key);
            }
        }
    }
    for table in ["row_value", "row_text"] {
        let sql = format!(
            "SELECT x.register, x.row_id FROM {table} x LEFT JOIN row_head h
               ON h.agency = x.agency AND h.register = x.register AND h.row_id = x.row_id
             WHERE x.agency = $1 AND h.row_id IS NULL LIMIT {TOLD}"
        );
        for cells in link.rows(&sql, args![agency]).await? {
            wrong.insert((cells.owned(0)?, cells.owned(1)?));
        }
    }
    let mut problems: Vec<StorageProblem> = wrong
        .into_iter()
        .take(TOLD)
        .map(|(register, row)| {
            StorageProblem::new(
                StorageProblemKind::WrongValue,
                format!("{agency}：{register} / {row} 的篩選與搜尋索引與內容不符，清單可能漏列或多列"),
            )
        })
        .collect();
    problems.extend(link.wrong_pairs(agency).await?);
    Ok(problems)
}

async fn stored<'k>(
    link: &mut Link<'_>,
    among: &str,
    keys: Vec<Arg>,
    rows: impl Iterator<Item = &'k (String, String)>,
) -> Result<BTreeMap<(String, String), Promoted>, Error> {
    let mut stored: BTreeMap<(String, String), Promoted> =
        rows.map(|key| (key.clone(), Promoted::default())).collect();
    let sql = format!("SELECT register, row_id, field, value FROM row_value WHERE {among}");
    for cells in link.rows_once(&sql, keys.clone()).await? {
        if let Some(promoted) = stored.get_mut(&(cells.owned(0)?, cells.owned(1)?)) {
            promoted.values.insert((cells.owned(2)?, cells.owned(3)?));
        }
    }
    let sql = format!("SELECT register, row_id, open, personal, confidential FROM row_text WHERE {among}");
    for cells in link.rows_once(&sql, keys).await? {
        if let Some(promoted) = stored.get_mut(&(cells.owned(0)?, cells.owned(1)?)) {
            promoted.open = cells.owned(2)?;
            promoted.personal = cells.owned(3)?;
            promoted.confidential = cells.owned(4)?;
        }
    }
    Ok(stored)
}

/// Files are compared one at a time, as they may be large.
pub(crate) async fn blobs(link: &mut Link<'_>, agency: &str) -> Result<Vec<StorageProblem>, Error> {
    let keys = link
        .rows(
            "SELECT sha256 FROM blob WHERE agency = $1 ORDER BY sha256",
            args![agency],
        )
        .await?;
    let mut found = Vec::new();
    for cells in keys {
        let sha256 = cells.text(0)?;
        let read = link
            .one(
                "SELECT bytes FROM blob WHERE agency = $1 AND sha256 = $2",
                args![agency, sha256],
            )
            .await?;
        let is_same = match read {
            Some(cells) => ledger::hex(&ledger::sha256(cells.bytes(0)?)) == sha256,
            None => false,
        };
        if !is_same {
            found.push(StorageProblem::new(
                StorageProblemKind::AlteredBlob,
                format!("{agency}：檔案 {sha256} 的內容被改過"),
            ));
        }
    }
    Ok(found)
}
