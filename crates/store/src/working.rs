//! Working space beside the records: imports under way, and answers to repeated requests.
//!
//! Why in the database: a preview must outlive the request that made it, and an answer
//! must be durable together with what it reports. What it can't know: what an import means.

mod imports;
mod kept;

use crate::link::Link;
use crate::value::{Arg, Cells, args};
use sqlx::Error;

/// An answer that is given again when the same request comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Who asked.
    pub principal: String,
    /// The asker's own key.
    pub key: String,
    /// SHA-256 of what was asked.
    pub request: [u8; 32],
    /// The answer, as JSON.
    pub answer: String,
}

/// An import between preview and commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// For which agency.
    pub agency: String,
    /// Into which register.
    pub register: String,
    /// Whose.
    pub actor: String,
    /// When it was made, in microseconds since 1970.
    pub at: i64,
    /// `preview`, `committed`, `undone` or `discarded`.
    pub state: String,
    /// What the application keeps with it, as JSON.
    pub detail: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Something that stands for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What sort of thing it is.
    pub kind: String,
    /// Which one.
    pub id: String,
    /// Whose.
    pub holder: String,
    /// Counted up with each change; 0 of one that is not kept yet.
    pub version: u32,
    /// From when on it is nothing any more, in microseconds since 1970.
    pub until: i64,
    /// What is kept.
    pub body: String,
}

/// What is read of it.
pub(crate) const COLUMNS: &str = "kind, id, holder, version, until, body";

/// Of such a row.
pub(crate) fn kept(cells: &Cells) -> Result<Kept, Error> {
    Ok(Kept {
        kind: cells.owned(0)?,
        id: cells.owned(1)?,
        holder: cells.owned(2)?,
        version: cells.version(3)?,
        until: cells.int(4)?,
        body: cells.owned(5)?,
    })
}

/// By chain, kind and id.
pub(crate) async fn one(
    link: &mut Link<'_>,
    agency: &str,
    kind: &str,
    id: &str,
) -> Result<Option<Kept>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM kept WHERE agency = $1 AND kind = $2 AND id = $3");
    let found = link.one(&sql, args![agency, kind, id]).await?;
    found.as_ref().map(kept).transpose()
}

/// An import, by agency and id.
pub(crate) async fn job(link: &mut Link<'_>, args: Vec<Arg>) -> Result<Option<Job>, Error> {
    let found = link
        .one(
            "SELECT agency, id, register, actor, at, state, detail, bytes FROM import_job
             WHERE agency = $1 AND id = $2",
            args,
        )
        .await?;
    let Some(cells) = found else {
        return Ok(None);
    };
    Ok(Some(Job {
        agency: cells.owned(0)?,
        id: cells.owned(1)?,
        register: cells.owned(2)?,
        actor: cells.owned(3)?,
        at: cells.int(4)?,
        state: cells.owned(5)?,
        detail: cells.owned(6)?,
        bytes: cells.bytes(7)?.to_vec(),
    }))
}

/// An answer, by agency, principal and key.
pub(crate) async fn receipt(link: &mut Link<'_>, args: Vec<Arg>) -> Result<Option<Receipt>, Error> {
    let found = link
        .one(
            "SELECT principal, key, request, answer FROM receipt
             WHERE agency = $1 AND principal = $2 AND key = $3",
            args,
        )
        .await?;
    let Some(cells) = found else {
        return Ok(None);
    };
    Ok(Some(Receipt {
        principal: cells.owned(0)?,
        key: cells.owned(1)?,
        request: cells.hash(2)?,
        answer: cells.owned(3)?,
    }))
}

/// Keeps an answer in the transaction of what it reports; false where the key was used. The nightly
/// clean-up forgets it when nobody will ask for it any more.
pub(crate) async fn insert_receipt(
    link: &mut Link<'_>,
    agency: &str,
    receipt: &Receipt,
    at: i64,
) -> Result<bool, Error> {
    let kept = link
        .run(
            "INSERT INTO receipt (agency, principal, key, request, at, answer)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agency, principal, key) DO NOTHING",
            args![
                agency,
                &receipt.principal,
                &receipt.key,
                receipt.request.as_slice(),
                at,
                &receipt.answer
            ],
        )
        .await?;
    Ok(kept > 0)
}
