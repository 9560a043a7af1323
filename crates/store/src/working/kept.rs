//! What stands for a while and is no record: sessions, failures to sign in, links good for once.
//!
//! Why with a version and not a lock: of two requests that saw the same, one changes it and the other
//! is told. Why what has ended is taken away when something new is kept: it grows with those who sign
//! in, and nobody has to remember it. What it can't know: the time; whoever asks says it.

use super::{COLUMNS, Kept, kept, one};
use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::reading::Reading;
use crate::value::args;
use crate::{Store, StoreError};
use sqlx::Error;

const DOING: &str = "存取工作區";

/// How many that have ended are taken away when one is kept.
const SWEPT: u32 = 20;

impl Reading {
    /// Something that is kept, whether or not it has ended.
    #[compiled_once]
    pub async fn kept(&mut self, kind: &str, id: &str) -> Result<Option<Kept>, StoreError> {
        let agency = self.agency().to_owned();
        let found = one(&mut self.quick(), &agency, kind, id).await;
        found.map_err(|e| self.failed(e))
    }

    /// Everything of a kind that somebody holds, in the order of its ids.
    #[compiled_once]
    pub async fn kept_of(&mut self, kind: &str, holder: &str) -> Result<Vec<Kept>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM kept WHERE agency = $1 AND kind = $2 AND holder = $3 ORDER BY id");
        let agency = self.agency().to_owned();
        let found = self.quick().rows(&sql, args![&agency, kind, holder]).await;
        let read = found.and_then(|all| all.iter().map(kept).collect());
        read.map_err(|e| self.failed(e))
    }
}

impl Store {
    /// Keeps something new (version 0), or changes what is still as it was seen; false where somebody
    /// else kept or changed it. What of the kind ended before `now` is taken away, some at a time.
    #[compiled_once]
    pub async fn keep_for_now(&self, agency: &str, kept: Kept, now: i64) -> Result<bool, StoreError> {
        self.act(Keep {
            agency: agency.to_owned(),
            kept,
            now,
        })
        .await
    }

    /// Takes something away; whether it was there: of two that use what is good for once, one does.
    #[compiled_once]
    pub async fn use_up(&self, agency: &str, kind: &str, id: &str) -> Result<bool, StoreError> {
        self.act(UseUp {
            agency: agency.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
        })
        .await
    }

    /// Takes away everything of a kind that somebody holds, but for one; how many there were.
    #[compiled_once]
    pub async fn drop_kept(
        &self,
        agency: &str,
        (kind, holder): (&str, &str),
        but: &str,
    ) -> Result<u64, StoreError> {
        self.act(Drop {
            agency: agency.to_owned(),
            kind: kind.to_owned(),
            holder: holder.to_owned(),
            but: but.to_owned(),
        })
        .await
    }
}

struct Keep {
    agency: String,
    kept: Kept,
    now: i64,
}

impl Act for Keep {
    type Out = bool;

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        let (agency, kept) = (&self.agency, &self.kept);
        if kept.version == 0 {
            link.run(
                "DELETE FROM kept WHERE agency = $1 AND (kind, id) IN (SELECT kind, id FROM kept
                     WHERE agency = $1 AND until <= $2 ORDER BY until LIMIT $3)",
                args![agency, self.now, SWEPT],
            )
            .await?;
            let made = link
                .run(
                    "INSERT INTO kept (agency, kind, id, holder, version, until, body)
                     VALUES ($1, $2, $3, $4, 1, $5, $6) ON CONFLICT (agency, kind, id) DO NOTHING",
                    args![agency, &kept.kind, &kept.id, &kept.holder, kept.until, &kept.body],
                )
                .await?;
            return Ok(made > 0);
        }
        let changed = link
            .run(
                "UPDATE kept SET holder = $4, version = version + 1, until = $6, body = $7
                 WHERE agency = $1 AND kind = $2 AND id = $3 AND version = $5",
                args![
                    agency,
                    &kept.kind,
                    &kept.id,
                    &kept.holder,
                    kept.version,
                    kept.until,
                    &kept.body
                ],
            )
            .await?;
        Ok(changed > 0)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        let kept = &self.kept;
        let found = one(link, &self.agency, &kept.kind, &kept.id).await?;
        Ok(*out
            && found.is_some_and(|there| {
                there.version == kept.version + 1 && there.body == kept.body && there.until == kept.until
            }))
    }
}

struct UseUp {
    agency: String,
    kind: String,
    id: String,
}

impl Act for UseUp {
    type Out = bool;

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<bool, Error> {
        let taken = link
            .run(
                "DELETE FROM kept WHERE agency = $1 AND kind = $2 AND id = $3",
                args![&self.agency, &self.kind, &self.id],
            )
            .await?;
        Ok(taken > 0)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &bool) -> Result<bool, Error> {
        Ok(*out && one(link, &self.agency, &self.kind, &self.id).await?.is_none())
    }
}

struct Drop {
    agency: String,
    kind: String,
    holder: String,
    but: String,
}

impl Act for Drop {
    type Out = u64;

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<u64, Error> {
        link.run(
            "DELETE FROM kept WHERE agency = $1 AND kind = $2 AND holder = $3 AND id <> $4",
            args![&self.agency, &self.kind, &self.holder, &self.but],
        )
        .await
    }
}
