//! One read transaction over one agency, at one position of its chain.
//!
//! Why one transaction: what a page or a command looks at must fit together, whatever others write
//! meanwhile, and what was looked at can then be held in the commit. Why the agency is asked for
//! once: no question of a reading can name another's rows. What it can't know: whether a body was
//! changed behind its back since opening; only verification compares bodies with the ledger.

use crate::forms::Promoted;
use crate::link::Link;
use crate::query::{Query, Seen, Select, sorts_by};
use crate::rows::{ENTRY, ROW, Recorded, StoredBlob, StoredEntry, StoredRow, Unread, WrittenHead};
use crate::rows::{stored, stored_entry};
use crate::statement::Statement;
use crate::transaction::Tx;
use crate::value::{Arg, Cells, args};
use crate::working::{Job, Receipt};
use crate::{Forms, StoreError, chain, working};
use ledger::Head;
use sqlx::Error;
use std::collections::BTreeMap;
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
        let end = chain::end(&mut tx.link(), agency)
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
        cells
            .iter()
            .map(|c| stored(c).map_err(|e| self.unread(e)))
            .collect()
    }

    fn whose(&self) -> Arg {
        Arg::from(self.head.agency.as_str())
    }

    /// The latest version of every row, by register and row.
    pub async fn latest(&mut self) -> Result<Vec<StoredRow>, StoreError> {
        self.latest_but(&[]).await
    }

    /// The latest version of every row of one register.
    pub async fn latest_of(&mut self, register: &str) -> Result<Vec<StoredRow>, StoreError> {
        self.latest_among(&[register]).await
    }

    /// The latest version of every row of some registers, by register and row.
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
    pub async fn since(&mut self, position: u64) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND h.seq > $2 ORDER BY h.register, h.row_id"
        );
        let args = vec![self.whose(), Arg::from(position)];
        self.read(&sql, args).await
    }

    /// The latest version of a row.
    pub async fn row(&mut self, register: &str, row: &str) -> Result<Option<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.agency = $1 AND h.register = $2 AND h.row_id = $3"
        );
        let args = vec![self.whose(), Arg::from(register), Arg::from(row)];
        Ok(self.read(&sql, args).await?.pop())
    }

    /// The latest versions of some rows (register, id), by register and row; those that aren't
    /// there are left out.
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
                self.link().rows(&sql, args).await
            };
            let cells = cells.map_err(|e| self.failed(e))?;
            for row in &cells {
                found.push(stored(row).map_err(|e| self.unread(e))?);
            }
        }
        Ok(found)
    }

    /// Every version of a row, oldest first.
    pub async fn history(&mut self, register: &str, row: &str) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_version v
             WHERE v.agency = $1 AND v.register = $2 AND v.row_id = $3 ORDER BY v.version"
        );
        let args = vec![self.whose(), Arg::from(register), Arg::from(row)];
        self.read(&sql, args).await
    }

    /// One version of a row.
    pub async fn version(
        &mut self,
        register: &str,
        row: &str,
        version: u32,
    ) -> Result<Option<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_version v
             WHERE v.agency = $1 AND v.register = $2 AND v.row_id = $3 AND v.version = $4"
        );
        let args = vec![
            self.whose(),
            Arg::from(register),
            Arg::from(row),
            Arg::from(version),
        ];
        Ok(self.read(&sql, args).await?.pop())
    }

    /// The rows as they were at a position, by register and row.
    pub async fn rows_at(&mut self, position: u64) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM (SELECT MAX(seq) AS seq FROM row_version
                   WHERE agency = $1 AND seq <= $2 GROUP BY register, row_id) last
             JOIN row_version v ON v.agency = $1 AND v.seq = last.seq
             ORDER BY v.register, v.row_id"
        );
        let args = vec![self.whose(), Arg::from(position)];
        self.read(&sql, args).await
    }

    /// Every version of a row with its entry, oldest first.
    pub async fn recorded(&mut self, register: &str, row: &str) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!(
            "SELECT {ENTRY}, v.body FROM ledger_entry e
             JOIN row_version v ON v.agency = e.agency AND v.seq = e.seq
             WHERE v.agency = $1 AND v.register = $2 AND v.row_id = $3 ORDER BY v.version"
        );
        let args = vec![self.whose(), Arg::from(register), Arg::from(row)];
        let cells = self.cells(&sql, args).await?;
        let mut recorded = Vec::with_capacity(cells.len());
        for cells in &cells {
            let entry = stored_entry(cells).map_err(|e| self.failed(e))?;
            let text = cells.text(11).map_err(|e| self.failed(e))?;
            let body = serde_json::from_str(text).map_err(|_| StoreError::UnreadableBody {
                register: entry.entry.register.clone(),
                row: entry.entry.row.clone(),
                version: entry.entry.version,
            })?;
            let row = StoredRow {
                agency: entry.entry.agency.clone(),
                register: entry.entry.register.clone(),
                row: entry.entry.row.clone(),
                version: entry.entry.version,
                seq: entry.entry.seq,
                body,
            };
            recorded.push(Recorded { row, entry });
        }
        Ok(recorded)
    }

    /// Entries from a sequence number on, oldest first.
    pub async fn entries(&mut self, from: u64, limit: u32) -> Result<Vec<StoredEntry>, StoreError> {
        let sql = format!(
            "SELECT {ENTRY} FROM ledger_entry e WHERE e.agency = $1 AND e.seq >= $2 ORDER BY e.seq LIMIT $3"
        );
        let args = vec![self.whose(), Arg::from(from), Arg::from(limit)];
        let cells = self.cells(&sql, args).await?;
        cells
            .iter()
            .map(|c| stored_entry(c).map_err(|e| self.failed(e)))
            .collect()
    }

    /// Entries from a sequence number on, each with the text of the body that it vouches for.
    pub async fn entries_with_bodies(
        &mut self,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(StoredEntry, String)>, StoreError> {
        let sql = format!(
            "SELECT {ENTRY}, v.body FROM ledger_entry e
             JOIN row_version v ON v.agency = e.agency AND v.seq = e.seq
             WHERE e.agency = $1 AND e.seq >= $2 ORDER BY e.seq LIMIT $3"
        );
        let args = vec![self.whose(), Arg::from(from), Arg::from(limit)];
        let cells = self.cells(&sql, args).await?;
        cells
            .iter()
            .map(|c| Ok((stored_entry(c)?, c.owned(11)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// The hashes of all kept files, in their order.
    pub async fn files(&mut self) -> Result<Vec<String>, StoreError> {
        let args = vec![self.whose()];
        let cells = self
            .cells("SELECT sha256 FROM blob WHERE agency = $1 ORDER BY sha256", args)
            .await?;
        cells
            .iter()
            .map(|c| c.owned(0))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// One page of a register's rows.
    pub async fn list(
        &mut self,
        register: &str,
        query: impl Into<Query>,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let query = query.into();
        if let Some(at) = query.at.filter(|at| *at < self.position()) {
            let rows = self.then(register, &query, at).await?;
            let skip = usize::try_from(query.skip).unwrap_or(usize::MAX);
            return Ok(rows.into_iter().skip(skip).take(limit as usize).collect());
        }
        let sql = format!("SELECT {ROW}");
        let mut statement = Statement::of(self.tx.dialect(), self.agency(), register, &sql);
        statement.source(&query);
        statement.order(&query, limit);
        self.look_for(&statement.pairs).await?;
        self.read(&statement.sql, statement.args).await
    }

    async fn look_for(&mut self, pairs: &[i64]) -> Result<(), StoreError> {
        if pairs.is_empty() {
            return Ok(());
        }
        let said = self.link().look_for(pairs).await;
        said.map_err(|e| self.failed(e))
    }

    /// How many rows a list has, whatever page of it is shown.
    pub async fn count(&mut self, register: &str, query: impl Into<Query>) -> Result<u64, StoreError> {
        let mut query = query.into();
        query.after = String::new();
        if let Some(at) = query.at.filter(|at| *at < self.position()) {
            return Ok(self.then(register, &query, at).await?.len() as u64);
        }
        let mut statement = Statement::of(self.tx.dialect(), self.agency(), register, "SELECT COUNT(*)");
        statement.heads(&query);
        self.look_for(&statement.pairs).await?;
        let cells = self.cells(&statement.sql, statement.args).await?;
        let count = cells.first().map(|c| c.unsigned(0)).transpose();
        Ok(count.map_err(|e| self.failed(e))?.unwrap_or(0))
    }

    /// A list as it stood at a past position. Values are promoted of what stands now only, so the
    /// bodies of that time are read and judged one by one: an auditor's lists are few.
    async fn then(&mut self, register: &str, query: &Query, at: u64) -> Result<Vec<StoredRow>, StoreError> {
        // The last version, and of a withdrawn row the one before it.
        let last = "(SELECT MAX(seq) AS seq FROM row_version WHERE agency = $1 AND register = $2
                     AND seq <= $3 GROUP BY row_id)";
        let sql = if query.withdrawn {
            format!(
                "SELECT {ROW}, e.actor FROM {last} l
                 JOIN row_version w ON w.agency = $1 AND w.seq = l.seq AND w.body = 'null'
                 JOIN row_version v ON v.agency = $1 AND v.register = w.register AND v.row_id = w.row_id
                      AND v.version = w.version - 1
                 JOIN row_version o ON o.agency = $1 AND o.register = v.register AND o.row_id = v.row_id
                      AND o.version = 1
                 JOIN ledger_entry e ON e.agency = $1 AND e.seq = o.seq
                 ORDER BY v.row_id"
            )
        } else {
            format!(
                "SELECT {ROW}, e.actor FROM {last} l
                 JOIN row_version v ON v.agency = $1 AND v.seq = l.seq AND v.body <> 'null'
                 JOIN row_version o ON o.agency = $1 AND o.register = v.register AND o.row_id = v.row_id
                      AND o.version = 1
                 JOIN ledger_entry e ON e.agency = $1 AND e.seq = o.seq
                 ORDER BY v.row_id"
            )
        };
        let args = vec![self.whose(), Arg::from(register), Arg::from(at)];
        let cells = self.cells(&sql, args).await?;
        let forms = Arc::clone(&self.forms);
        let mut found = Vec::new();
        for cells in &cells {
            let row = stored(cells).map_err(|e| self.unread(e))?;
            let author = cells.owned(6).map_err(|e| self.failed(e))?;
            let derived = forms.derive(register, &row.body);
            let promoted = Promoted::of(&derived);
            let seen = Seen {
                row: &row.row,
                author: &author,
                promoted: &promoted,
            };
            let after = query.after.is_empty() || row.row > query.after;
            if after && query.condition.as_ref().is_none_or(|c| c.holds(&seen)) {
                found.push((sorts_by(&query.order, &derived), row));
            }
        }
        match query.order {
            crate::Order::Field { descending: true, .. } => {
                found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.row.cmp(&b.1.row)));
            }
            crate::Order::Field { .. } | crate::Order::Row => {
                found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.row.cmp(&b.1.row)));
            }
        }
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    /// How many rows each register holds, withdrawn ones left out.
    pub async fn counts(&mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        let args = vec![self.whose()];
        let cells = self
            .cells(
                "SELECT h.register, COUNT(*) FROM row_head h
                 WHERE h.agency = $1 AND h.body_seq = h.seq GROUP BY h.register",
                args,
            )
            .await?;
        cells
            .iter()
            .map(|c| Ok((c.owned(0)?, c.unsigned(1)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// Who wrote the first version of some rows of a register, by row.
    pub async fn authors(&mut self, register: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let args = vec![self.whose(), Arg::from(register)];
        let cells = self
            .cells(
                "SELECT h.row_id, h.author FROM row_head h WHERE h.agency = $1 AND h.register = $2",
                args,
            )
            .await?;
        cells
            .iter()
            .map(|c| Ok((c.owned(0)?, c.owned(1)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// The versions of rows that name a file, by register, row and version.
    pub async fn versions_naming(&mut self, sha256: &str) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_file f JOIN row_version v ON v.agency = f.agency AND v.seq = f.seq
             WHERE f.agency = $1 AND f.sha256 = $2 ORDER BY v.register, v.row_id, v.version"
        );
        let args = vec![self.whose(), Arg::from(sha256)];
        self.read(&sql, args).await
    }

    /// Every file that some version of a row names, with the row: hash, register, id, and the
    /// first entry at which it did.
    pub async fn named_files(&mut self) -> Result<Vec<(String, String, String, u64)>, StoreError> {
        let args = vec![self.whose()];
        let cells = self
            .cells(
                "SELECT sha256, register, row_id, MIN(seq) FROM row_file WHERE agency = $1
                 GROUP BY sha256, register, row_id ORDER BY sha256, register, row_id",
                args,
            )
            .await?;
        cells
            .iter()
            .map(|c| Ok((c.owned(0)?, c.owned(1)?, c.owned(2)?, c.unsigned(3)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// The rows of one register that one action wrote, with the version written and the latest.
    pub async fn heads_written_by(
        &mut self,
        action: &str,
        register: &str,
    ) -> Result<Vec<WrittenHead>, StoreError> {
        let args = vec![self.whose(), Arg::from(action), Arg::from(register)];
        let cells = self
            .cells(
                "SELECT e.row_id, e.version, h.version
                 FROM ledger_entry e JOIN row_head h
                   ON h.agency = e.agency AND h.register = e.register AND h.row_id = e.row_id
                 WHERE e.agency = $1 AND e.action = $2 AND e.register = $3 ORDER BY e.seq",
                args,
            )
            .await?;
        cells
            .iter()
            .map(|c| {
                Ok(WrittenHead {
                    row: c.owned(0)?,
                    version: c.version(1)?,
                    latest: c.version(2)?,
                })
            })
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// A kept file, after its bytes were compared with its hash.
    pub async fn blob(&mut self, sha256: &str) -> Result<Option<StoredBlob>, StoreError> {
        let args = vec![self.whose(), Arg::from(sha256)];
        let cells = self
            .cells(
                "SELECT sha256, bytes, media_type, name FROM blob WHERE agency = $1 AND sha256 = $2",
                args,
            )
            .await?;
        let Some(cells) = cells.first() else {
            return Ok(None);
        };
        let read = |c: &Cells| {
            Ok(StoredBlob {
                sha256: c.owned(0)?,
                bytes: c.bytes(1)?.to_vec(),
                media_type: c.owned(2)?,
                name: c.owned(3)?,
            })
        };
        let blob = read(cells).map_err(|e| self.failed(e))?;
        if ledger::hex(&ledger::sha256(&blob.bytes)) != blob.sha256 {
            return Err(StoreError::AlteredBlob { sha256: blob.sha256 });
        }
        Ok(Some(blob))
    }

    /// The agencies above this one, nearest first: by the agency that each names as its `parent`.
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
    pub async fn job(&mut self, id: &str) -> Result<Option<Job>, StoreError> {
        let args = args![self.agency(), id];
        let found = working::job(&mut self.link(), args).await;
        found.map_err(|e| self.failed(e))
    }

    /// The answer that was given to a principal under a key, if one was.
    pub async fn receipt(&mut self, principal: &str, key: &str) -> Result<Option<Receipt>, StoreError> {
        let args = args![self.agency(), principal, key];
        let found = working::receipt(&mut self.link(), args).await;
        found.map_err(|e| self.failed(e))
    }
}

impl From<Select> for Query {
    fn from(select: Select) -> Self {
        Self::from(&select)
    }
}
