//! Where a chain ends.

use crate::link::{Link, args};
use ledger::Head;
use sqlx::Error;

/// The chain of the installation: people, settings, the law in use.
pub const INSTALLATION: &str = "@installation";

/// The chain of imported standards, which belong to everybody.
pub const STANDARDS: &str = "@standards";

/// Where an agency's chain ends.
pub(crate) async fn head(link: &mut Link<'_>, agency: &str) -> Result<Head, Error> {
    read(link, agency, "").await
}

/// The same, held until the transaction ends: whoever writes to a chain comes after the writer before.
pub(crate) async fn head_to_write(link: &mut Link<'_>, agency: &str) -> Result<Head, Error> {
    let lock = link.dialect().for_update();
    read(link, agency, lock).await
}

async fn read(link: &mut Link<'_>, agency: &str, lock: &str) -> Result<Head, Error> {
    let sql = format!("SELECT seq, hash FROM chain_head WHERE agency = $1{lock}");
    match link.one(&sql, args![agency]).await? {
        None => Ok(Head::empty(agency)),
        Some(cells) => Ok(Head {
            agency: agency.to_owned(),
            seq: cells.unsigned(0)?,
            hash: cells.hash(1)?,
        }),
    }
}

/// Whether a chain went through where a head says.
pub(crate) async fn holds(link: &mut Link<'_>, head: &Head) -> Result<bool, Error> {
    if head.seq == 0 {
        return Ok(true);
    }
    let found = link
        .one(
            "SELECT hash FROM ledger_entry WHERE agency = $1 AND seq = $2",
            args![&head.agency, head.seq],
        )
        .await?;
    match found {
        Some(cells) => Ok(cells.hash(0)? == head.hash),
        None => Ok(false),
    }
}

/// Every chain's end, by chain.
pub(crate) async fn heads(link: &mut Link<'_>) -> Result<Vec<Head>, Error> {
    let cells = link
        .rows(
            "SELECT agency, seq, hash FROM chain_head ORDER BY agency",
            Vec::new(),
        )
        .await?;
    cells
        .iter()
        .map(|c| {
            Ok(Head {
                agency: c.owned(0)?,
                seq: c.unsigned(1)?,
                hash: c.hash(2)?,
            })
        })
        .collect()
}

/// Begins a chain, where nobody did: its row is what its writers wait for. Whether somebody else
/// was faster.
pub(crate) async fn begin(link: &mut Link<'_>, agency: &str) -> Result<bool, Error> {
    let empty = Head::empty(agency);
    let begun = link
        .run(
            "INSERT INTO chain_head (agency, seq, hash, at) VALUES ($1, 0, $2, 0)
             ON CONFLICT (agency) DO NOTHING",
            args![agency, empty.hash.as_slice()],
        )
        .await?;
    Ok(begun == 0)
}

/// Moves a chain's end on.
pub(crate) async fn move_head(link: &mut Link<'_>, head: &Head, at: i64) -> Result<(), Error> {
    link.run(
        "UPDATE chain_head SET seq = $2, hash = $3, at = $4 WHERE agency = $1",
        args![&head.agency, head.seq, head.hash.as_slice(), at],
    )
    .await?;
    Ok(())
}
