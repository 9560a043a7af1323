//! The index of pairs of characters by which a text is found in any position.
//!
//! Why blocks: a text has some eighty pairs, and a list for each pair would have to be changed in
//! eighty places for every record. So texts wait unlisted, where a search reads them through, until
//! there are enough of a register; then they are listed together, a few pages written once. Why
//! only the places of texts, and no more: what the pairs lead to is compared with the text itself.
//! What it can't know: whether a listed text was changed since; it then waits again, its old place
//! leads to nothing, and a block of which most has gone is given up.

use crate::forms::{Promoted, grams};
use crate::link::Link;
use crate::value::{Arg, Cells, args, places};
use crate::{StorageProblem, StorageProblemKind};
use ledger::sha256;
use sqlx::Error;
use std::collections::{BTreeMap, BTreeSet};

/// Texts of a block, at most.
pub(crate) const BLOCK: u32 = 4_096;
/// So many texts wait before they are listed, in a register of any size.
pub(crate) const WAIT: u64 = 256;
/// And as many as this part of those that are listed: blocks stay few.
const PART: u64 = 16;
/// Pairs of a text that are looked up, at most; the rest of it is compared.
const ASKED: usize = 4;
/// Found by pairs, so many texts are looked at one by one, whatever the register's size.
const FEW: usize = 1_000;

/// Lists the texts that wait in one register of an agency, where they are enough for the register
/// or `few` will do; says whether some were listed.
pub(crate) async fn list_some(link: &mut Link<'_>, agency: &str, few: bool) -> Result<bool, Error> {
    let waiting = link
        .rows(
            "SELECT t.register, COUNT(*), (SELECT COALESCE(SUM(b.live), 0) FROM text_block b
                 WHERE b.agency = $1 AND b.register = t.register)
             FROM row_text t INDEXED BY row_text_unlisted
             WHERE t.agency = $1 AND t.spot = 0 GROUP BY t.register",
            args![agency],
        )
        .await?;
    for cells in &waiting {
        let (waiting, listed) = (cells.unsigned(1)?, cells.unsigned(2)?);
        if few || waiting >= (listed / PART).clamp(WAIT, u64::from(BLOCK)) {
            give_up_thin(link, agency, cells.text(0)?).await?;
            list(link, agency, cells.text(0)?).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Blocks of which less than half still stands are given up; what stands of them waits again.
async fn give_up_thin(link: &mut Link<'_>, agency: &str, register: &str) -> Result<(), Error> {
    let thin = link
        .rows(
            "SELECT block FROM text_block WHERE agency = $1 AND register = $2 AND live * 2 < size",
            args![agency, register],
        )
        .await?;
    for cells in &thin {
        let block = cells.int(0)?;
        for table in ["text_pair", "text_block"] {
            let sql = format!("DELETE FROM {table} WHERE agency = $1 AND register = $2 AND block = $3");
            link.run(&sql, args![agency, register, block]).await?;
        }
        link.run(
            "UPDATE row_text SET spot = 0
             WHERE agency = $1 AND register = $2 AND spot BETWEEN $3 AND $4 AND spot > 0",
            args![agency, register, spot(block, 0), spot(block, BLOCK - 1)],
        )
        .await?;
    }
    Ok(())
}

/// Makes a block of texts that wait.
async fn list(link: &mut Link<'_>, agency: &str, register: &str) -> Result<(), Error> {
    let texts = link
        .rows(
            "SELECT row_id, open, personal, confidential FROM row_text INDEXED BY row_text_unlisted
             WHERE agency = $1 AND register = $2 AND spot = 0 ORDER BY row_id LIMIT $3",
            args![agency, register, BLOCK],
        )
        .await?;
    let Some(last) = link
        .one(
            "SELECT COALESCE(MAX(block), 0) FROM text_block WHERE agency = $1 AND register = $2",
            args![agency, register],
        )
        .await?
    else {
        return Ok(());
    };
    let block = last.int(0)? + 1;
    let mut rows = Vec::with_capacity(texts.len());
    let mut lists: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
    for (place, cells) in (0_u32..).zip(&texts) {
        rows.push(cells.owned(0)?);
        for pair in text_of(cells)?.grams(agency, register) {
            lists.entry(pair).or_default().push(place);
        }
    }
    let size = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let lists: Vec<(i64, Vec<u8>)> = lists
        .into_iter()
        .map(|(pair, places)| (pair, written(&places)))
        .collect();
    let digest = digest(
        size,
        lists.iter().map(|(pair, places)| (*pair, places.as_slice())),
    );
    for some in lists.chunks(500) {
        let mut values = Vec::with_capacity(some.len() * 5);
        for (pair, places) in some {
            values.extend(args![agency, register, block, *pair, places.as_slice()]);
        }
        let sql = format!(
            "INSERT INTO text_pair (agency, register, block, pair, places) VALUES {}",
            places(some.len(), 5)
        );
        link.run_once(&sql, values).await?;
    }
    link.run(
        "INSERT INTO text_block (agency, register, block, size, live, digest) VALUES ($1, $2, $3, $4, $5, $6)",
        args![agency, register, block, size, size, digest.as_slice()],
    )
    .await?;
    // The number of an element is the place of its row.
    link.run(
        "UPDATE row_text SET spot = $1 + of.key FROM json_each($2) of
         WHERE agency = $3 AND register = $4 AND row_id = of.value",
        vec![
            Arg::Int(spot(block, 0)),
            Arg::Texts(rows),
            agency.into(),
            register.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The spots of listed texts that hold pairs of a text; none where the pairs narrow nothing down,
/// as there are none, or most of a large register has them.
pub(crate) async fn spots(
    link: &mut Link<'_>,
    agency: &str,
    register: &str,
    part: &str,
) -> Result<Option<Vec<i64>>, Error> {
    let asked: Vec<i64> = grams(agency, register, part).into_iter().take(ASKED).collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let among: Vec<String> = (3..).take(asked.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT b.block, b.size, p.places FROM text_block b
         CROSS JOIN text_pair p ON p.agency = b.agency AND p.register = b.register AND p.block = b.block
         WHERE b.agency = $1 AND b.register = $2 AND p.pair IN ({}) ORDER BY b.block",
        among.join(", ")
    );
    let mut values = args![agency, register];
    values.extend(asked.iter().map(|pair| Arg::Int(*pair)));
    let lists = link.rows(&sql, values).await?;
    let (mut found, mut texts) = (Vec::new(), 0_usize);
    for of_block in lists.chunk_by(|a, b| a.0.first() == b.0.first()) {
        let Some(first) = of_block.first() else { continue };
        texts += usize::try_from(first.unsigned(1)?).unwrap_or(usize::MAX);
        if of_block.len() < asked.len() {
            continue;
        }
        let mut all: Option<BTreeSet<u32>> = None;
        for cells in of_block {
            let places: BTreeSet<u32> = read(cells.bytes(2)?).into_iter().collect();
            all = Some(match all {
                Some(before) => before.intersection(&places).copied().collect(),
                None => places,
            });
        }
        let block = first.int(0)?;
        found.extend(
            all.unwrap_or_default()
                .into_iter()
                .map(|place| spot(block, place)),
        );
    }
    let many = found.len() > FEW && found.len() > texts / 8;
    Ok((!many).then_some(found))
}

/// What is wrong in the lists of an agency: blocks that are not as they were made, texts that no
/// list leads to, and places that lead elsewhere.
pub(crate) async fn wrong_pairs(link: &mut Link<'_>, agency: &str) -> Result<Vec<StorageProblem>, Error> {
    let mut found = Vec::new();
    let mut tell = |what: String| {
        found.push(StorageProblem::new(
            StorageProblemKind::WrongValue,
            format!("{agency}：{what} 的搜尋索引與內容不符，搜尋可能漏列"),
        ));
    };
    let blocks = link
        .rows(
            "SELECT register, block, size, live, digest FROM text_block WHERE agency = $1
             ORDER BY register, block",
            args![agency],
        )
        .await?;
    for cells in &blocks {
        let (register, block) = (cells.text(0)?, cells.int(1)?);
        let (size, live) = (cells.unsigned(2)?, cells.unsigned(3)?);
        let lists = link
            .rows(
                "SELECT pair, places FROM text_pair WHERE agency = $1 AND register = $2 AND block = $3
                 ORDER BY pair",
                args![agency, register, block],
            )
            .await?;
        let mut listed = Vec::with_capacity(lists.len());
        for list in &lists {
            listed.push((list.int(0)?, list.bytes(1)?));
        }
        let made = u32::try_from(size).unwrap_or(u32::MAX);
        let mut wrong = digest(made, listed.iter().copied()).as_slice() != cells.bytes(4)?;
        let texts = link
            .rows(
                "SELECT row_id, open, personal, confidential, spot FROM row_text INDEXED BY row_text_by_spot
                 WHERE agency = $1 AND register = $2 AND spot BETWEEN $3 AND $4 AND spot > 0 ORDER BY spot",
                args![agency, register, spot(block, 0), spot(block, BLOCK - 1)],
            )
            .await?;
        wrong |= texts.len() as u64 != live;
        let mut expected: Vec<(i64, u32)> = Vec::new();
        let mut standing = vec![false; BLOCK as usize];
        for text in &texts {
            let place = u32::try_from(text.int(4)?.saturating_sub(spot(block, 0))).unwrap_or(u32::MAX);
            wrong |= u64::from(place) >= size;
            if let Some(stands) = standing.get_mut(place as usize) {
                *stands = true;
            }
            let pairs = text_of(text)?.grams(agency, register);
            expected.extend(pairs.into_iter().map(|pair| (pair, place)));
        }
        expected.sort_unstable();
        // In the order of pairs and, where nobody changed them, of places.
        let led: Vec<(i64, u32)> = listed
            .iter()
            .flat_map(|(pair, places)| read(places).into_iter().map(|place| (*pair, place)))
            .filter(|(_, place)| standing.get(*place as usize) == Some(&true))
            .collect();
        if wrong || led != expected {
            tell(format!("{register} / 第 {block} 組"));
        }
    }
    // What lies in blocks that are not there.
    for (table, block, listed) in [
        ("text_pair", "x.block", "1 = 1"),
        ("row_text", "x.spot / 4096", "x.spot <> 0"),
    ] {
        let sql = format!(
            "SELECT DISTINCT x.register, {block} FROM {table} x LEFT JOIN text_block b
               ON b.agency = x.agency AND b.register = x.register AND b.block = {block}
             WHERE x.agency = $1 AND {listed} AND b.block IS NULL LIMIT 20"
        );
        for cells in link.rows(&sql, args![agency]).await? {
            tell(format!("{} / 第 {} 組（{table}）", cells.text(0)?, cells.int(1)?));
        }
    }
    Ok(found)
}

/// The spot of a place in a block.
fn spot(block: i64, place: u32) -> i64 {
    let first = block.saturating_mul(i64::from(BLOCK));
    first.saturating_add(i64::from(place))
}

/// The texts of `row_id, open, personal, confidential`.
fn text_of(cells: &Cells) -> Result<Promoted, Error> {
    Ok(Promoted {
        open: cells.owned(1)?,
        personal: cells.owned(2)?,
        confidential: cells.owned(3)?,
        ..Promoted::default()
    })
}

/// The hash of a block's lists in the order of their pairs.
fn digest<'a>(size: u32, lists: impl Iterator<Item = (i64, &'a [u8])>) -> ledger::Hash {
    let mut bytes = size.to_be_bytes().to_vec();
    for (pair, places) in lists {
        bytes.extend_from_slice(&pair.to_be_bytes());
        bytes.extend_from_slice(&(places.len() as u64).to_be_bytes());
        bytes.extend_from_slice(places);
    }
    sha256(&bytes)
}

/// Places in their order as bytes: of each how far it is from the one before, seven bits a byte,
/// the last byte without the highest bit.
fn written(places: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(places.len());
    let mut before = 0;
    for place in places {
        let mut step = place - before;
        before = *place;
        while step > 0x7f {
            bytes.push(u8::try_from(step & 0x7f).unwrap_or_default() | 0x80);
            step >>= 7;
        }
        bytes.push(u8::try_from(step).unwrap_or_default());
    }
    bytes
}

/// The places that were written; of damaged bytes some places, which lead nowhere.
fn read(bytes: &[u8]) -> Vec<u32> {
    let mut places = Vec::with_capacity(bytes.len());
    let (mut before, mut step, mut shift) = (0_u32, 0_u32, 0_u32);
    for byte in bytes {
        step |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
        shift += 7;
        if byte & 0x80 == 0 {
            before = before.wrapping_add(step);
            places.push(before);
            (step, shift) = (0, 0);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_were_written() {
        for places in [vec![], vec![0], vec![0, 1, 2], vec![127, 255, 4_095], vec![4_095]] {
            assert_eq!(read(&written(&places)), places);
        }
        assert_eq!(written(&[0, 1, 2, 130, 259]), [0, 1, 1, 0x80, 1, 0x81, 1]);
    }

    #[test]
    fn damaged_places_are_read_without_harm() {
        assert_eq!(read(&[0xff; 9]), Vec::<u32>::new());
        assert_eq!(read(&[1, 0xff]), [1]);
        read(&[0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    }
}
