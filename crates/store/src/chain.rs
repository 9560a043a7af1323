//! Where a chain ends.

use crate::Forms;
use crate::link::{Dialect, Link};
use crate::value::args;
use ledger::Head;
use sqlx::Error;

/// The chain of the installation: people, settings, the law in use.
pub const INSTALLATION: &str = "@installation";

/// The chain of imported standards, which belong to everybody.
pub const STANDARDS: &str = "@standards";

/// The first schema that says by which forms something was derived.
pub(crate) const SAYS_DERIVED: u32 = 12;

/// Where a chain ends, and by which forms what lies beside its bodies was derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub head: Head,
    /// What these forms called themselves; empty where nobody knows, or they are at it.
    pub derived: String,
}

impl End {
    /// Whether what lies beside the bodies is what some forms say.
    pub(crate) fn is_derived_by(&self, forms: &dyn Forms) -> bool {
        self.head.seq == 0 || self.derived == forms.name()
    }
}

/// Where an agency's chain ends.
pub(crate) async fn end(link: &mut Link<'_>, agency: &str) -> Result<End, Error> {
    read(link, agency, "").await
}

/// The same, held until the transaction ends: whoever writes to a chain comes after the writer before.
pub(crate) async fn end_to_write(link: &mut Link<'_>, agency: &str) -> Result<End, Error> {
    let lock = link.dialect().for_update();
    read(link, agency, lock).await
}

/// The end alone.
pub(crate) async fn head(link: &mut Link<'_>, agency: &str) -> Result<Head, Error> {
    Ok(end(link, agency).await?.head)
}

/// The end alone, held.
pub(crate) async fn head_to_write(link: &mut Link<'_>, agency: &str) -> Result<Head, Error> {
    Ok(end_to_write(link, agency).await?.head)
}

/// Whether what lies beside an agency's bodies was derived by some forms; not in a database of a
/// schema that doesn't say so.
pub(crate) async fn is_derived(link: &mut Link<'_>, agency: &str, forms: &dyn Forms) -> Result<bool, Error> {
    if link.dialect() == Dialect::Sqlite {
        let sql = "SELECT 1 FROM pragma_table_info('chain_head') WHERE name = 'derived'";
        if link.one(sql, Vec::new()).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(end(link, agency).await?.is_derived_by(forms))
}

/// Chains beside which lies what other forms derived.
pub(crate) async fn derived_by_others(link: &mut Link<'_>, forms: &dyn Forms) -> Result<Vec<String>, Error> {
    let cells = link
        .rows(
            "SELECT agency FROM chain_head WHERE seq > 0 AND derived <> $1 ORDER BY agency",
            args![forms.name().as_str()],
        )
        .await?;
    cells.iter().map(|c| c.owned(0)).collect()
}

/// Notes by which forms what lies beside a chain's bodies is derived.
pub(crate) async fn set_derived(link: &mut Link<'_>, agency: &str, name: &str) -> Result<(), Error> {
    link.run(
        "UPDATE chain_head SET derived = $2 WHERE agency = $1 AND derived <> $2",
        args![agency, name],
    )
    .await?;
    Ok(())
}

async fn read(link: &mut Link<'_>, agency: &str, lock: &str) -> Result<End, Error> {
    let sql = format!("SELECT seq, hash, derived FROM chain_head WHERE agency = $1{lock}");
    match link.one(&sql, args![agency]).await? {
        None => Ok(End {
            head: Head::empty(agency),
            derived: String::new(),
        }),
        Some(cells) => Ok(End {
            head: Head {
                agency: agency.to_owned(),
                seq: cells.unsigned(0)?,
                hash: cells.hash(1)?,
            },
            derived: cells.owned(2)?,
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
pub(crate) async fn begin(link: &mut Link<'_>, agency: &str, forms: &dyn Forms) -> Result<bool, Error> {
    let empty = Head::empty(agency);
    let begun = link
        .run(
            "INSERT INTO chain_head (agency, seq, hash, at, derived) VALUES ($1, 0, $2, 0, $3)
             ON CONFLICT (agency) DO NOTHING",
            args![agency, empty.hash.as_slice(), forms.name().as_str()],
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
