//! A database as it is, before anything of it is changed: what an upgrade of the program would find.
//!
//! Why apart from opening: to open is to bring the tables up to date. Here nothing is written, not
//! even a table; SQLite's file is opened as one that never changes where nobody else has it open. What
//! it can't know: what the bodies mean; they are handed on as they are stored.

use crate::compiled::compiled_once;
use crate::postgres::Postgres;
use crate::rows::{ROW, Unread, stored};
use crate::sqlite::{backup, open as sqlite_open, schema as sqlite_schema};
use crate::transaction::Tx;
use crate::unfinished::{self, SAYS_UNFINISHED};
use crate::value::args;
use crate::{DATABASE, Forms, Location, Store, StoreError, StoredRow, chain};
use sqlx::Error;
use std::path::Path;
use std::sync::Arc;

/// A database that is looked at.
pub struct Inspection {
    tx: Tx,
    place: String,
    forms: Arc<dyn Forms>,
    /// The schema that it has reached.
    pub reached: u32,
    /// The newest that this program knows.
    pub newest: u32,
}

/// A chain of a database that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedChain {
    /// Whose.
    pub agency: String,
    /// How many rows it holds, withdrawn ones counted.
    pub rows: u64,
    /// Whether what lies beside them is what this program would derive.
    pub is_derived: bool,
}

const DOING: &str = "檢視資料庫";

impl Store {
    /// Looks at a database without changing anything of it.
    #[compiled_once]
    pub async fn inspect(location: &Location, forms: Arc<dyn Forms>) -> Result<Inspection, StoreError> {
        let (mut tx, reached) = match location {
            Location::Sqlite(dir) => {
                let path = dir.join(DATABASE);
                let (mut tx, reached) = sqlite_open::look(&path)?;
                sqlite_schema::rehearse(tx.connection(), &path, reached)?;
                (Tx::Sqlite(tx), reached)
            }
            Location::Postgres(address) => {
                let (tx, reached) = Postgres::look(address).await?;
                (Tx::Postgres(tx), reached)
            }
        };
        let place = location.place();
        if reached >= SAYS_UNFINISHED {
            unfinished::refuse(&mut tx.link(), &place, location.typed()).await?;
        }
        Ok(Inspection {
            tx,
            place,
            forms,
            reached,
            newest: sqlite_schema::known(),
        })
    }

    /// Writes a consistent copy of a SQLite database to a new file, reads it back and verifies it,
    /// without bringing its tables up to date first.
    #[compiled_once]
    pub async fn backup_as_it_is(dir: &Path, to: &Path, forms: &dyn Forms) -> Result<u64, StoreError> {
        backup::of_file(&dir.join(DATABASE), to, forms).await
    }
}

impl Inspection {
    fn failed(&self, error: Error) -> StoreError {
        StoreError::from_sqlx(DOING, &self.place, error)
    }

    /// What the database is called in messages.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Every chain.
    #[compiled_once]
    pub async fn chains(&mut self) -> Result<Vec<InspectedChain>, StoreError> {
        let sql = "SELECT c.agency, (SELECT COUNT(*) FROM row_head h WHERE h.agency = c.agency)
                   FROM chain_head c WHERE c.seq > 0 ORDER BY c.agency";
        let cells = self.tx.link().rows(sql, Vec::new()).await;
        let cells = cells.map_err(|e| self.failed(e))?;
        let mut chains = Vec::new();
        for c in &cells {
            let read = || Ok::<_, Error>((c.owned(0)?, c.unsigned(1)?));
            let (agency, rows) = read().map_err(|e| self.failed(e))?;
            let forms = Arc::clone(&self.forms);
            let is_derived = self.reached >= chain::SAYS_DERIVED
                && chain::is_derived(&mut self.tx.link(), &agency, &*forms)
                    .await
                    .map_err(|e| self.failed(e))?;
            chains.push(InspectedChain {
                agency,
                rows,
                is_derived,
            });
        }
        Ok(chains)
    }

    /// The latest bodies of a chain's rows, after a row (register, id; both empty for the first).
    #[compiled_once]
    pub async fn bodies(
        &mut self,
        agency: &str,
        after: (&str, &str),
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT /* inspected */ {ROW} FROM row_head h
             JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq
             WHERE h.agency = $1 AND (h.register, h.row_id) > ($2, $3)
             ORDER BY h.register, h.row_id LIMIT $4"
        );
        let cells = self
            .tx
            .link()
            .rows(&sql, args![agency, after.0, after.1, limit])
            .await
            .map_err(|e| self.failed(e))?;
        cells
            .iter()
            .map(|c| {
                stored(c).map_err(|e| match e {
                    Unread::Database(error) => self.failed(error),
                    Unread::Body(error) => error,
                })
            })
            .collect()
    }
}
