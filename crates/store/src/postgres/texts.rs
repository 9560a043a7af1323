//! What is searched, and its index of pairs of characters.

use crate::commit::BATCH;
use crate::forms::Promoted;
use crate::link::Link;
use crate::rows::PAGE;
use crate::value::{Arg, args, places};
use crate::{StorageProblem, StorageProblemKind};
use ledger::Entry;
use sqlx::Error;

/// Puts the texts of rows in place of those that lay there, and their pairs, in one statement.
pub(crate) async fn put(link: &mut Link<'_>, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
    for some in bodies.chunks(BATCH) {
        let mut values: Vec<Arg> = Vec::with_capacity(some.len() * 7);
        let mut pairs = Vec::with_capacity(some.len());
        for (entry, promoted) in some {
            let at = values.len();
            values.extend(args![
                &entry.agency,
                &entry.register,
                &entry.row,
                &promoted.open,
                &promoted.personal,
                &promoted.confidential
            ]);
            pairs.push((at, promoted.grams(&entry.agency, &entry.register)));
        }
        let texts = places(some.len(), 6);
        let mut led = Vec::with_capacity(some.len());
        for (at, grams) in pairs {
            values.push(Arg::Ints(grams.into_iter().collect()));
            led.push(format!(
                "(${}::text, ${}::text, ${}::text, ${}::bigint[])",
                at + 1,
                at + 2,
                at + 3,
                values.len()
            ));
        }
        let sql = format!(
            "WITH put AS (
                 INSERT INTO row_text (agency, register, row_id, open, personal, confidential) VALUES {texts}
                 ON CONFLICT (agency, register, row_id) DO UPDATE SET open = excluded.open,
                     personal = excluded.personal, confidential = excluded.confidential
                 RETURNING agency, register, row_id, id)
             INSERT INTO row_gram (agency, id, grams)
             SELECT put.agency, put.id, led.grams
             FROM put JOIN (VALUES {}) led (agency, register, row_id, grams)
                 ON led.agency = put.agency AND led.register = put.register AND led.row_id = put.row_id
             ON CONFLICT (agency, id) DO UPDATE SET grams = excluded.grams",
            led.join(", ")
        );
        if some.len() <= 8 {
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
