//! That a copy into this database has not come to its end.
//!
//! Why in the database: an interrupted copy is a sound ledger of some agencies and nothing of the
//! others, and nothing else of it tells. Why from before the first row until after the last
//! verification: at whatever moment the copy is killed, what lies there is known for what it is. What
//! it can't know: what was copied by other programs than this one.

use crate::act::Act;
use crate::link::Link;
use crate::value::{args, kept_text};
use crate::{INSTALLATION, StoreError};
use sqlx::Error;

/// The first schema that tells of unfinished copies.
pub(crate) const SAYS_UNFINISHED: u32 = 13;

/// Where an unfinished copy comes from; none where there is no such copy. The transaction is turned
/// to the installation, or reads the whole.
pub(crate) async fn origin(link: &mut Link<'_>) -> Result<Option<String>, Error> {
    let sql = "SELECT origin FROM unfinished_copy WHERE agency = $1";
    let found = link.one(sql, args![INSTALLATION]).await?;
    found.map(|cells| cells.owned(0)).transpose()
}

/// Refuses a database into which a copy has not come to its end.
pub(crate) async fn refuse(link: &mut Link<'_>, place: &str, to: String) -> Result<(), StoreError> {
    let found = origin(link).await;
    match found.map_err(|e| StoreError::from_sqlx(Begin::DOING, place, e))? {
        None => Ok(()),
        Some(from) => Err(StoreError::UnfinishedCopy {
            place: place.to_owned(),
            from,
            to,
        }),
    }
}

/// A copy begins, or goes on: from where it is said last.
pub(crate) struct Begin {
    pub origin: String,
}

impl Act for Begin {
    type Out = ();

    const DOING: &'static str = "檢查複製是否完成";

    fn agency(&self) -> &str {
        INSTALLATION
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        let sql = "INSERT INTO unfinished_copy (agency, origin) VALUES ($1, $2)
                   ON CONFLICT (agency) DO UPDATE SET origin = excluded.origin";
        let origin = kept_text(&self.origin);
        link.run(sql, args![INSTALLATION, origin]).await.map(|_| ())
    }
}

/// A copy came to its end, and all of it was verified.
pub(crate) struct End;

impl Act for End {
    type Out = ();

    const DOING: &'static str = Begin::DOING;

    fn agency(&self) -> &str {
        INSTALLATION
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        let sql = "DELETE FROM unfinished_copy WHERE agency = $1";
        link.run(sql, args![INSTALLATION]).await.map(|_| ())
    }
}
