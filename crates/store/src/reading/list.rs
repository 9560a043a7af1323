//! Lists of a register: a page of one, how long it is, and what it was at a past position.

use super::Reading;
use crate::StoreError;
use crate::compiled::compiled_once;
use crate::forms::Promoted;
use crate::query::{Order, Query, Seen, sorts_by};
use crate::rows::{ROW, StoredRow, stored};
use crate::statement::Statement;
use crate::value::Arg;
use sqlx::Error;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Reading {
    /// One page of a register's rows.
    pub async fn list(
        &mut self,
        register: &str,
        query: impl Into<Query>,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        self.page(register, query.into(), limit).await
    }

    #[compiled_once]
    async fn page(&mut self, register: &str, query: Query, limit: u32) -> Result<Vec<StoredRow>, StoreError> {
        if let Some(at) = query.at.filter(|at| *at < self.position()) {
            let rows = self.then(register, &query, at).await?;
            let skip = usize::try_from(query.skip).unwrap_or(usize::MAX);
            return Ok(rows.into_iter().skip(skip).take(limit as usize).collect());
        }
        let sql = format!("SELECT {ROW}");
        let mut statement = Statement::of(self.tx.dialect(), self.agency(), register, &sql);
        statement.spots = self.spots(register, &query).await?;
        statement.source(&query);
        statement.order(&query, limit);
        self.look_for(&statement.pairs).await?;
        self.read(&statement.sql, statement.args).await
    }

    /// Where the index of the database says that a question's first text may be.
    async fn spots(&mut self, register: &str, query: &Query) -> Result<Option<Vec<i64>>, StoreError> {
        let Some(part) = query.first_part() else {
            return Ok(None);
        };
        let agency = self.agency().to_owned();
        let spots = self.link().spots(&agency, register, &part).await;
        spots.map_err(|e| self.failed(e))
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
        self.length(register, query.into()).await
    }

    #[compiled_once]
    async fn length(&mut self, register: &str, mut query: Query) -> Result<u64, StoreError> {
        query.after = String::new();
        if let Some(at) = query.at.filter(|at| *at < self.position()) {
            return Ok(self.then(register, &query, at).await?.len() as u64);
        }
        let mut statement = Statement::of(self.tx.dialect(), self.agency(), register, "SELECT COUNT(*)");
        statement.spots = self.spots(register, &query).await?;
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
            Order::Field { descending: true, .. } => {
                found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.row.cmp(&b.1.row)));
            }
            Order::Field { .. } | Order::Row => {
                found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.row.cmp(&b.1.row)));
            }
        }
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    /// How many rows each register holds, withdrawn ones left out.
    #[compiled_once]
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
    #[compiled_once]
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
}
