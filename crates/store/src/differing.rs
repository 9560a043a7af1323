//! What each database does in a way of its own, asked of whichever a link leads to.
//!
//! Why apart from the link: it carries any statement to either database, and what is done here is
//! made of such statements. What it can't know: why it is asked.

use crate::StorageProblem;
use crate::forms::Promoted;
use crate::link::{Dialect, Link};
use ledger::Entry;
use sqlx::Error;

impl Link<'_> {
    /// Puts the texts of rows in place of those that lay there.
    pub(crate) async fn put_texts(&mut self, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Sqlite => crate::sqlite::put_texts(self, bodies).await,
            Dialect::Postgres => crate::postgres::put_texts(self, bodies).await,
        }
    }

    /// What the database's own check finds, and how its tables, indexes and triggers differ from
    /// those that it was made with.
    pub(crate) async fn pages_and_schema(&mut self) -> Result<Vec<StorageProblem>, Error> {
        match self {
            Self::Sqlite(_) | Self::Quick(_) => crate::sqlite::schema::differences(self).await,
            Self::Postgres(c) => crate::postgres::schema::differences(c).await,
        }
    }

    /// Rows of an agency that the index of pairs does not lead to.
    pub(crate) async fn wrong_pairs(&mut self, agency: &str) -> Result<Vec<StorageProblem>, Error> {
        match self.dialect() {
            Dialect::Sqlite => crate::sqlite::wrong_pairs(self, agency).await,
            Dialect::Postgres => crate::postgres::wrong_pairs(self, agency).await,
        }
    }

    /// Where the texts lie that hold pairs of a text's characters, in a database that is told so;
    /// none where the texts of the register are to be read.
    pub(crate) async fn spots(
        &mut self,
        agency: &str,
        register: &str,
        part: &str,
    ) -> Result<Option<Vec<i64>>, Error> {
        match self.dialect() {
            Dialect::Sqlite => crate::sqlite::spots(self, agency, register, part).await,
            Dialect::Postgres => Ok(None),
        }
    }
}
