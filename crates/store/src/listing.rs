//! Listing the texts that wait for SQLite's index of pairs.
//!
//! Why by request: whoever wrote a whole database at once leaves none that a search must read
//! through. What it can't know: what is written next; the writer goes on listing by itself.

use crate::act::Act;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::store::Database;
use crate::{Store, StoreError};
use sqlx::Error;

impl Store {
    /// Lists all texts of an agency that wait, however few; on PostgreSQL none waits.
    #[compiled_once]
    pub async fn list_texts(&self, agency: &str) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(_) => self.act(ListTexts(agency.to_owned())).await,
            Database::Postgres(_) => Ok(()),
        }
    }
}

struct ListTexts(String);

impl Act for ListTexts {
    type Out = ();

    const DOING: &'static str = "整理搜尋索引";

    fn agency(&self) -> &str {
        &self.0
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        while crate::sqlite::list_some(link, &self.0, true).await? {}
        Ok(())
    }
}
