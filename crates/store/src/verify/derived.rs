//! What lies beside the bodies: files, values that lists filter by, texts that a search looks in.

use crate::commit::named_blobs;
use crate::forms::Promoted;
use crate::link::Link;
use crate::rows::PAGE;
use crate::value::args;
use crate::{Forms, StorageProblem, StorageProblemKind};
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
    let expected = bodies(link, agency, forms, None, &mut wrong).await?;
    let stored = stored(link, agency, None).await?;
    let registers: BTreeSet<&String> = expected.keys().chain(stored.keys()).collect();
    for register in registers {
        if expected.get(register).map(|e| e.sum) == stored.get(register).map(|s| s.sum) {
            continue;
        }
        // Only of a register that differs are its values held.
        let said = bodies(link, agency, forms, Some(register), &mut BTreeSet::new()).await?;
        let found = self::stored(link, agency, Some(register)).await?;
        let of =
            |all: &BTreeMap<String, Values>| all.get(register).map(|v| v.held.clone()).unwrap_or_default();
        for (_, _, row) in of(&said).symmetric_difference(&of(&found)) {
            wrong.insert((register.clone(), row.clone()));
        }
    }
    let orphans = format!(
        "SELECT x.register, x.row_id FROM row_text x LEFT JOIN row_head h
           ON h.agency = x.agency AND h.register = x.register AND h.row_id = x.row_id
         WHERE x.agency = $1 AND h.row_id IS NULL LIMIT {TOLD}"
    );
    for cells in link.rows(&orphans, args![agency]).await? {
        wrong.insert((cells.owned(0)?, cells.owned(1)?));
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

/// The values of a register: a sum by which two sets of them are compared, and the values
/// themselves where they were asked for.
#[derive(Debug, Default)]
struct Values {
    sum: u128,
    held: BTreeSet<(String, String, String)>,
}

impl Values {
    fn add(&mut self, (field, value, row): (&str, &str, &str), hold: bool) {
        let mut bytes = Vec::with_capacity(field.len() + value.len() + row.len() + 16);
        for part in [field, value, row] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        // Whatever their order, equal sets have equal sums, and others don't by any chance.
        let half = ledger::sha256(&bytes)
            .first_chunk::<16>()
            .copied()
            .unwrap_or_default();
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(half));
        if hold {
            self.held
                .insert((field.to_owned(), value.to_owned(), row.to_owned()));
        }
    }
}

/// The values that the bodies say, by register; of one register only, and then held, where it is
/// named. Rows whose text is not what the body says are told.
async fn bodies(
    link: &mut Link<'_>,
    agency: &str,
    forms: &dyn Forms,
    only: Option<&str>,
    wrong: &mut BTreeSet<(String, String)>,
) -> Result<BTreeMap<String, Values>, Error> {
    let mut values: BTreeMap<String, Values> = BTreeMap::new();
    let (mut register, mut row) = (only.unwrap_or_default().to_owned(), String::new());
    loop {
        let page = link
            .rows(
                "SELECT h.register, h.row_id, COALESCE(v.body, 'null'), COALESCE(x.open, ''),
                        COALESCE(x.personal, ''), COALESCE(x.confidential, '')
                 FROM row_head h
                 LEFT JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq
                 LEFT JOIN row_text x ON x.agency = h.agency AND x.register = h.register
                      AND x.row_id = h.row_id
                 WHERE h.agency = $1 AND (h.register, h.row_id) > ($2, $3)
                 ORDER BY h.register, h.row_id LIMIT $4",
                args![agency, &register, &row, PAGE],
            )
            .await?;
        let Some(last) = page.last() else {
            return Ok(values);
        };
        (register, row) = (last.owned(0)?, last.owned(1)?);
        for cells in &page {
            let (register, row) = (cells.text(0)?, cells.text(1)?);
            if only.is_some_and(|only| only != register) {
                return Ok(values);
            }
            // Beside a body that was altered lies nothing that could be compared.
            let body: Value = serde_json::from_str(cells.text(2)?).unwrap_or_default();
            let promoted = if body.is_null() {
                Promoted::default()
            } else {
                Promoted::of(&forms.derive(register, &body))
            };
            if promoted.open != cells.text(3)?
                || promoted.personal != cells.text(4)?
                || promoted.confidential != cells.text(5)?
            {
                wrong.insert((register.to_owned(), row.to_owned()));
            }
            if !promoted.values.is_empty() {
                let of = values.entry(register.to_owned()).or_default();
                for (field, value) in &promoted.values {
                    of.add((field, value, row), only.is_some());
                }
            }
        }
    }
}

/// The values that are stored, likewise.
async fn stored(
    link: &mut Link<'_>,
    agency: &str,
    only: Option<&str>,
) -> Result<BTreeMap<String, Values>, Error> {
    let mut values: BTreeMap<String, Values> = BTreeMap::new();
    let mut after = [
        only.unwrap_or_default().to_owned(),
        String::new(),
        String::new(),
        String::new(),
    ];
    loop {
        let [register, field, value, row] = &after;
        let page = link
            .rows(
                "SELECT register, field, value, row_id FROM row_value
                 WHERE agency = $1 AND (register, field, value, row_id) > ($2, $3, $4, $5)
                 ORDER BY register, field, value, row_id LIMIT $6",
                args![agency, register, field, value, row, PAGE * 10],
            )
            .await?;
        let Some(last) = page.last() else {
            return Ok(values);
        };
        after = [last.owned(0)?, last.owned(1)?, last.owned(2)?, last.owned(3)?];
        for cells in &page {
            let register = cells.text(0)?;
            if only.is_some_and(|only| only != register) {
                return Ok(values);
            }
            let of = values.entry(register.to_owned()).or_default();
            of.add((cells.text(1)?, cells.text(2)?, cells.text(3)?), only.is_some());
        }
    }
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
