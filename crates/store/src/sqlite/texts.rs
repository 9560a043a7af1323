//! What is searched, and its index of pairs of characters.

use crate::commit::BATCH;
use crate::forms::Promoted;
use crate::link::{Arg, Link, gram_words, places};
use crate::verify::PAGE;
use crate::{StorageProblem, StorageProblemKind};
use ledger::Entry;
use sqlx::Error;

/// Puts the texts of rows in place of those that lay there.
pub(crate) async fn put(link: &mut Link<'_>, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
    for some in bodies.chunks(BATCH) {
        let mut values: Vec<Arg> = Vec::with_capacity(some.len() * 6);
        for (entry, promoted) in some {
            values.extend(crate::link::args![
                &entry.agency,
                &entry.register,
                &entry.row,
                &promoted.open,
                &promoted.personal,
                &promoted.confidential
            ]);
        }
        let sql = format!(
            "INSERT INTO row_text (agency, register, row_id, open, personal, confidential) VALUES {}
             ON CONFLICT (agency, register, row_id) DO UPDATE SET open = excluded.open,
                 personal = excluded.personal, confidential = excluded.confidential
             RETURNING register, row_id, id",
            places(some.len(), 6)
        );
        let ids = if some.len() > 8 {
            link.rows_once(&sql, values).await?
        } else {
            link.rows(&sql, values).await?
        };
        let mut ids_of = std::collections::HashMap::with_capacity(ids.len());
        for cells in &ids {
            ids_of.insert((cells.text(0)?, cells.text(1)?), cells.int(2)?);
        }
        for (entry, promoted) in some {
            let Some(id) = ids_of.get(&(entry.register.as_str(), entry.row.as_str())) else {
                continue;
            };
            if entry.version > 1 {
                link.run("DELETE FROM row_gram WHERE rowid = $1", vec![Arg::Int(*id)])
                    .await?;
            }
            let grams: Vec<i64> = promoted
                .grams(&entry.agency, &entry.register)
                .into_iter()
                .collect();
            if !grams.is_empty() {
                let words = gram_words(&grams);
                link.run(
                    "INSERT INTO row_gram (rowid, grams) VALUES ($1, $2)",
                    vec![Arg::Int(*id), Arg::Text(words)],
                )
                .await?;
            }
        }
    }
    Ok(())
}

/// Rows that the index does not lead to by all of their pairs. What it leads to besides does no
/// harm: what is found is compared with the text.
pub(crate) async fn wrong_pairs(link: &mut Link<'_>, agency: &str) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    let mut after = 0_i64;
    loop {
        let page = link
            .rows(
                "SELECT id, register, row_id, open, personal, confidential FROM row_text
                 WHERE agency = $1 AND id > $2 ORDER BY id LIMIT $3",
                crate::link::args![agency, after, PAGE],
            )
            .await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.int(0)?;
        for cells in &page {
            let promoted = Promoted {
                open: cells.owned(3)?,
                personal: cells.owned(4)?,
                confidential: cells.owned(5)?,
                ..Promoted::default()
            };
            let grams: Vec<i64> = promoted.grams(agency, cells.text(1)?).into_iter().collect();
            let led = grams.is_empty()
                || link
                    .one(
                        "SELECT rowid FROM row_gram WHERE rowid = $1 AND row_gram MATCH $2",
                        vec![Arg::Int(cells.int(0)?), Arg::Text(gram_words(&grams))],
                    )
                    .await?
                    .is_some();
            if !led && found.len() < 100 {
                found.push(StorageProblem::new(
                    StorageProblemKind::WrongValue,
                    format!(
                        "{agency}：{} / {} 搜尋不到，搜尋索引與內容不符",
                        cells.text(1)?,
                        cells.text(2)?
                    ),
                ));
            }
        }
    }
}
