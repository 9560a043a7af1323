//! What is searched, and its index of pairs of characters.

use crate::commit::BATCH;
use crate::forms::Promoted;
use crate::link::{Arg, Link, args, places};
use crate::verify::PAGE;
use crate::{StorageProblem, StorageProblemKind};
use ledger::Entry;
use sqlx::Error;
use std::collections::HashMap;

/// Puts the texts of rows in place of those that lay there.
pub(crate) async fn put(link: &mut Link<'_>, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
    for some in bodies.chunks(BATCH) {
        let mut values: Vec<Arg> = Vec::with_capacity(some.len() * 6);
        for (entry, promoted) in some {
            values.extend(args![
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
        let few = some.len() <= 8;
        let ids = if few {
            link.rows(&sql, values).await?
        } else {
            link.rows_once(&sql, values).await?
        };
        let mut ids_of = HashMap::with_capacity(ids.len());
        for cells in &ids {
            ids_of.insert((cells.text(0)?, cells.text(1)?), cells.int(2)?);
        }
        let mut values = Vec::with_capacity(some.len() * 3);
        for (entry, promoted) in some {
            let Some(id) = ids_of.get(&(entry.register.as_str(), entry.row.as_str())) else {
                continue;
            };
            let grams = promoted.grams(&entry.agency, &entry.register);
            values.extend([
                Arg::from(&entry.agency),
                Arg::Int(*id),
                Arg::Ints(grams.into_iter().collect()),
            ]);
        }
        let sql = format!(
            "INSERT INTO row_gram (agency, id, grams) VALUES {}
             ON CONFLICT (agency, id) DO UPDATE SET grams = excluded.grams",
            places(values.len() / 3, 3)
        );
        if few {
            link.run(&sql, values).await?;
        } else {
            link.run_once(&sql, values).await?;
        }
    }
    Ok(())
}

/// Rows that the pairs lead to otherwise than their texts say, and pairs that lead to no row.
pub(crate) async fn wrong_pairs(link: &mut Link<'_>, agency: &str) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    let wrong = |what: String| {
        StorageProblem::new(
            StorageProblemKind::WrongValue,
            format!("{agency}：{what} 搜尋不到，搜尋索引與內容不符"),
        )
    };
    let mut after = i64::MIN;
    loop {
        let page = link
            .rows(
                "SELECT t.id, t.register, t.row_id, t.open, t.personal, t.confidential, g.grams
                 FROM row_text t LEFT JOIN row_gram g ON g.agency = t.agency AND g.id = t.id
                 WHERE t.agency = $1 AND t.id > $2 ORDER BY t.id LIMIT $3",
                args![agency, after, PAGE],
            )
            .await?;
        let Some(last) = page.last() else {
            break;
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
            let led = !cells.is_null(6) && cells.ints(6)? == grams.as_slice();
            if !led && found.len() < 100 {
                found.push(wrong(format!("{} / {}", cells.text(1)?, cells.text(2)?)));
            }
        }
    }
    let alien = link
        .rows(
            "SELECT g.id FROM row_gram g LEFT JOIN row_text t ON t.agency = g.agency AND t.id = g.id
             WHERE g.agency = $1 AND t.id IS NULL ORDER BY g.id LIMIT 20",
            args![agency],
        )
        .await?;
    for cells in &alien {
        found.push(wrong(format!("row_gram / {}", cells.int(0)?)));
    }
    Ok(found)
}
