//! One read transaction over one agency, at one position of its chain.
//!
//! Why one transaction: what a page or a command looks at must fit together, whatever others write
//! meanwhile, and what was looked at can then be held in the commit. Why the agency is asked for
//! once: no question of a reading can name another's rows. What it can't know: whether a body was
//! changed behind its back since opening; only verification compares bodies with the ledger.

mod files;
mod history;
mod list;

use crate::compiled::compiled_once;
use crate::link::Link;
use crate::rows::{ROW, StoredRow, Unread, stored};
use crate::transaction::Tx;
use crate::value::{Arg, Cells, args};
use crate::working::{Job, Receipt};
use crate::{Forms, StoreError, chain, working};
use ledger::Head;
use sqlx::Error;
use std::sync::Arc;

/// A read transaction of an agency; it ends when this is dropped.
pub struct Reading {
    tx: Tx,
    place: Arc<str>,
    forms: Arc<dyn Forms>,
    head: Head,
    is_derived: bool,
    statements: u32,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

const DOING: &str = "讀取";

/// So many rows are read as quickly as somebody else would be let in meanwhile.
const FEW: u64 = 64;

fn texts(all: &[&str]) -> Arg {
    Arg::Texts(all.iter().map(|&text| text.to_owned()).collect())
}

impl Reading {
    pub(crate) async fn begin(
        mut tx: Tx,
        place: Arc<str>,
        forms: Arc<dyn Forms>,
        agency: &str,
    ) -> Result<Self, StoreError> {
        let end = chain::end(&mut tx.quick(), agency)
            .await
            .map_err(|e| StoreError::from_sqlx(DOING, &place, e))?;
        Ok(Self {
            tx,
            place,
            is_derived: end.is_derived_by(&*forms),
            forms,
            head: end.head,
            statements: 1,
        })
    }

    /// Whose rows these are.
    pub fn agency(&self) -> &str {
        &self.head.agency
    }

    /// Where the agency's chain ends in this transaction; 0 for an agency that nothing was written of.
    pub fn position(&self) -> u64 {
        self.head.seq
    }

    /// Refuses a reading whose lists and searches would go by what other forms derived: rows could
    /// be missing in them.
    pub fn derived(&self) -> Result<(), StoreError> {
        if self.is_derived {
            return Ok(());
        }
        Err(StoreError::underived(self.agency()))
    }

    /// The same with the hash of the last entry, as it can be kept outside.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many statements were made, the first one counted.
    pub fn statements(&self) -> u32 {
        self.statements
    }

    pub(crate) fn link(&mut self) -> Link<'_> {
        self.statements += 1;
        self.tx.link()
    }

    /// For statements that find a few rows by their keys.
    pub(crate) fn quick(&mut self) -> Link<'_> {
        self.statements += 1;
        self.tx.quick()
    }

    pub(crate) fn failed(&self, error: Error) -> StoreError {
        StoreError::from_sqlx(DOING, &self.place, error)
    }

    fn unread(&self, error: Unread) -> StoreError {
        match error {
            Unread::Database(error) => self.failed(error),
            Unread::Body(error) => error,
        }
    }

    pub(crate) async fn cells(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Cells>, StoreError> {
        let cells = self.link().rows(sql, args).await;
        cells.map_err(|e| self.failed(e))
    }

    async fn read(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<StoredRow>, StoreError> {
        let cells = self.cells(sql, args).await?;
        self.stored(&cells)
    }

    fn stored(&self, cells: &[Cells]) -> Result<Vec<StoredRow>, StoreError> {
        cells
            .iter()
            .map(|c| stored(c).map_err(|e| self.unread(e)))
            .collect()
    }

    fn whose(&self) -> Arg {
        Arg::from(self.head.agency.as_str())
    }

    /// The latest version of every row, by register and row.
    #[compiled_once]
    pub async fn latest(&mut self) -> Result<Vec<StoredRow>, StoreError> {
        self.latest_but(&[]).await
    }

    /// The latest version of every row of one register.
    #[compiled_once]
    pub async fn latest_of(&mut self, register: &str) -> Result<Vec<StoredRow>, StoreError> {
        self.latest_among(&[register]).await
    }

    /// The latest version of every row of some registers, by register and row.
    #[compiled_once]
    pub async fn latest_among(&mut self, registers: &[&str]) -> Result<Vec<StoredRow>, StoreError> {
        let among = self.tx.dialect().among("h.register", "$2");
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND {among} ORDER BY h.register, h.row_id"
        );
        let args = vec![self.whose(), texts(registers)];
        self.read(&sql, args).await
    }

    /// The latest version of every row but those of some registers, by register and row.
    #[compiled_once]
    pub async fn latest_but(&mut self, without: &[&str]) -> Result<Vec<StoredRow>, StoreError> {
        let among = self.tx.dialect().among("h.register", "$2");
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND NOT ({among}) ORDER BY h.register, h.row_id"
        );
        let args = vec![self.whose(), texts(without)];
        self.read(&sql, args).await
    }

    /// The latest versions of the rows that were written after a position, by register and row.
    #[compiled_once]
    pub async fn since(&mut self, position: u64) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND h.seq > $2 ORDER BY h.register, h.row_id"
        );
        let args = vec![self.whose(), Arg::from(position)];
        let few = self.head.seq.saturating_sub(position) <= FEW;
        let cells = if few { self.quick() } else { self.link() }
            .rows(&sql, args)
            .await;
        self.stored(&cells.map_err(|e| self.failed(e))?)
    }

    /// The latest version of a row.
    #[compiled_once]
    pub async fn row(&mut self, register: &str, row: &str) -> Result<Option<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND h.register = $2 AND h.row_id = $3"
        );
        let args = vec![self.whose(), Arg::from(register), Arg::from(row)];
        let cells = self.quick().rows(&sql, args).await;
        Ok(self.stored(&cells.map_err(|e| self.failed(e))?)?.pop())
    }

    /// The latest versions of some rows (register, id), by register and row; those that aren't
    /// there are left out.
    #[compiled_once]
    pub async fn rows(&mut self, wanted: &[(String, String)]) -> Result<Vec<StoredRow>, StoreError> {
        let mut found = Vec::new();
        for some in wanted.chunks(crate::commit::BATCH) {
            let mut args = vec![self.whose()];
            let mut pairs = Vec::with_capacity(some.len());
            for (register, row) in some {
                pairs.push(format!("(${}, ${})", args.len() + 1, args.len() + 2));
                args.extend([Arg::from(register), Arg::from(row)]);
            }
            let sql = format!(
                "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
                 WHERE h.agency = $1 AND (h.register, h.row_id) IN (VALUES {})
                 ORDER BY h.register, h.row_id",
                pairs.join(", ")
            );
            let cells = if some.len() > 8 {
                self.link().rows_once(&sql, args).await
            } else {
                self.quick().rows(&sql, args).await
            };
            found.extend(self.stored(&cells.map_err(|e| self.failed(e))?)?);
        }
        Ok(found)
    }

    /// The agencies above this one, nearest first: by the agency that each names as its `parent`.
    #[compiled_once]
    pub async fn superiors(&mut self) -> Result<Vec<String>, StoreError> {
        // Deeper than any administration; also ends a circle that somebody entered.
        let args = vec![self.whose()];
        let cells = self
            .cells(
                "WITH RECURSIVE above (agency, depth) AS (
                     SELECT substr(o.value, 2), 1 FROM row_value o
                     WHERE o.agency = $1 AND o.register = 'agency' AND o.field = 'parent'
                     UNION ALL
                     SELECT substr(p.value, 2), a.depth + 1 FROM above a
                     JOIN row_value p ON p.agency = a.agency AND p.register = 'agency'
                          AND p.field = 'parent'
                     WHERE a.depth < 12)
                 SELECT agency FROM above WHERE agency <> '' ORDER BY depth",
                args,
            )
            .await?;
        let mut above: Vec<String> = Vec::new();
        for cells in &cells {
            let agency = cells.owned(0).map_err(|e| self.failed(e))?;
            if agency == self.head.agency || above.contains(&agency) {
                break;
            }
            above.push(agency);
        }
        Ok(above)
    }

    /// An import under way.
    #[compiled_once]
    pub async fn job(&mut self, id: &str) -> Result<Option<Job>, StoreError> {
        let args = args![self.agency(), id];
        let found = working::job(&mut self.quick(), args).await;
        found.map_err(|e| self.failed(e))
    }

    /// The answer that was given to a principal under a key, if one was.
    #[compiled_once]
    pub async fn receipt(&mut self, principal: &str, key: &str) -> Result<Option<Receipt>, StoreError> {
        let args = args![self.agency(), principal, key];
        let found = working::receipt(&mut self.quick(), args).await;
        found.map_err(|e| self.failed(e))
    }
}
