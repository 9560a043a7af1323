//! Whether the database is trusted, by every process that has it open.
//!
//! Why in the database: whoever verifies is one process, and whoever writes are others; all of them
//! look at one row now and then, and write nothing while it stands. Why each keeps what it found
//! itself until that is written down: a damaged database may take no word about its damage. Why a
//! verdict is lifted only by whoever saw it before verifying: one that was passed meanwhile is
//! about something that was not looked at. What it can't know: who exchanged or damaged what; it
//! passes on what was found.

use crate::act::Act;
use crate::compiled::compiled_once;
use crate::distrust::Verdict;
use crate::link::Link;
use crate::value::{args, kept_text};
use crate::{INSTALLATION, Store, StoreError};
use sqlx::Error;

impl Store {
    /// Writes nothing from now on, and says why: the database was found damaged. The others are
    /// told by [`Store::share_trust`].
    pub fn distrust(&self, why: impl Into<String>) {
        self.distrust.change(|whys| whys.own = Some(why.into()));
    }

    /// Why nothing is written any more; none while the database is trusted.
    pub fn distrusted(&self) -> Option<String> {
        self.distrust.why()
    }

    /// Tells the others what this process found, and learns what they did; cheap, so that it is
    /// done every few seconds. Gives the verdict that stands.
    #[compiled_once]
    pub async fn share_trust(&self, now: i64) -> Result<Option<Verdict>, StoreError> {
        if let Some(why) = self.distrust.whys().own {
            let passed = Verdict { why, at: now };
            self.act_anyway(Pass(passed.clone())).await?;
            // Found anew meanwhile, it is told the next time.
            self.distrust.change(|whys| {
                if whys.own.as_ref() == Some(&passed.why) {
                    whys.own = None;
                    whys.told = Some(passed);
                }
            });
        }
        let standing = self.verdict().await?;
        self.distrust.change(|whys| whys.told.clone_from(&standing));
        Ok(standing)
    }

    /// Learns at the start what any process found before.
    pub(crate) async fn heed(&self) -> Result<(), StoreError> {
        let standing = self.verdict().await?;
        self.distrust.change(|whys| whys.told = standing);
        Ok(())
    }

    /// Trusts the database again, since it was verified whole after a verdict was seen. Whatever
    /// was found later stands.
    #[compiled_once]
    pub async fn acquit(&self, seen: &Verdict) -> Result<(), StoreError> {
        self.act_anyway(Lift(seen.clone())).await?;
        let standing = self.verdict().await?;
        self.distrust.change(|whys| whys.told = standing);
        Ok(())
    }

    async fn verdict(&self) -> Result<Option<Verdict>, StoreError> {
        let mut tx = self.begin(INSTALLATION).await?;
        let sql = "SELECT why, at FROM verdict WHERE agency = $1";
        let found = tx.link().one(sql, args![INSTALLATION]).await;
        let read = || {
            found?
                .map(|c| {
                    Ok(Verdict {
                        why: c.owned(0)?,
                        at: c.int(1)?,
                    })
                })
                .transpose()
        };
        read().map_err(|e: Error| self.failed(Pass::DOING, e))
    }
}

/// The first verdict stands: later finds are often its consequences.
struct Pass(Verdict);

impl Act for Pass {
    type Out = ();

    const DOING: &'static str = "記載驗證結果";

    fn agency(&self) -> &str {
        INSTALLATION
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        let sql = "INSERT INTO verdict (agency, why, at) VALUES ($1, $2, $3) ON CONFLICT (agency) DO NOTHING";
        let why = kept_text(&self.0.why);
        link.run(sql, args![INSTALLATION, why, self.0.at])
            .await
            .map(|_| ())
    }
}

struct Lift(Verdict);

impl Act for Lift {
    type Out = ();

    const DOING: &'static str = Pass::DOING;

    fn agency(&self) -> &str {
        INSTALLATION
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        let sql = "DELETE FROM verdict WHERE agency = $1 AND why = $2 AND at = $3";
        let (why, at) = (&self.0.why, self.0.at);
        link.run(sql, args![INSTALLATION, why, at]).await.map(|_| ())
    }
}
