//! How rows came to be as they are: their versions, and the entries that recorded them.

use super::Reading;
use crate::StoreError;
use crate::compiled::compiled_once;
use crate::rows::{ENTRY, ROW, Recorded, StoredEntry, StoredRow, WrittenHead, stored_entry};
use crate::value::Arg;
use sqlx::Error;

impl Reading {
    /// Every version of a row, oldest first.
    #[compiled_once]
    pub async fn history(&mut self, register: &str, row: &str) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_version v
             WHERE v.agency = $1 AND v.register = $2 AND v.row_id = $3 ORDER BY v.version"
        );
        let args = vec![self.whose(), Arg::from(register), Arg::from(row)];
        self.read(&sql, args).await
    }

    /// One version of a row.
    #[compiled_once]
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
    #[compiled_once]
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
    #[compiled_once]
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
    #[compiled_once]
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
    #[compiled_once]
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

    /// The rows of one register that one action wrote, with the version written and the latest.
    #[compiled_once]
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
}
