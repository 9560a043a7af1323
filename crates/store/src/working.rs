//! Working space beside the records: imports under way, and answers to repeated requests.
//!
//! Why in the database: a preview must outlive the request that made it, and an answer
//! must be durable together with what it reports. What it can't know: what a job means.

use crate::{Store, StoreError};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// An answer that is given again when the same request comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Who asked.
    pub principal: String,
    /// The asker's own key.
    pub key: String,
    /// SHA-256 of what was asked.
    pub request: [u8; 32],
    /// The answer, as JSON.
    pub answer: String,
}

/// An import between preview and commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// For which agency.
    pub agency: String,
    /// Into which register.
    pub register: String,
    /// Whose.
    pub actor: String,
    /// When it was made, in microseconds since 1970.
    pub at: i64,
    /// `preview`, `committed`, `undone` or `discarded`.
    pub state: String,
    /// What the application keeps with it, as JSON.
    pub detail: String,
    /// The file.
    pub bytes: Vec<u8>,
}

fn job(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        id: row.try_get(0)?,
        agency: row.try_get(1)?,
        register: row.try_get(2)?,
        actor: row.try_get(3)?,
        at: row.try_get(4)?,
        state: row.try_get(5)?,
        detail: row.try_get(6)?,
        bytes: row.try_get(7)?,
    })
}

const WHAT: &str = "存取工作區";

impl Store {
    fn working(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(WHAT, &self.path, error)
    }

    /// Keeps a job, and forgets those made before `forget_before`.
    pub async fn put_job(&self, job: &Job, forget_before: i64) -> Result<(), StoreError> {
        let mut tx = self
            .write
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|e| self.working(e))?;
        sqlx::query("DELETE FROM import_job WHERE at < ?")
            .bind(forget_before)
            .execute(&mut *tx)
            .await
            .map_err(|e| self.working(e))?;
        sqlx::query(
            "INSERT INTO import_job (id, agency, register, actor, at, state, detail, bytes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, detail = excluded.detail",
        )
        .bind(&job.id)
        .bind(&job.agency)
        .bind(&job.register)
        .bind(&job.actor)
        .bind(job.at)
        .bind(&job.state)
        .bind(&job.detail)
        .bind(job.bytes.as_slice())
        .execute(&mut *tx)
        .await
        .map_err(|e| self.working(e))?;
        tx.commit().await.map_err(|e| self.working(e))
    }

    /// Closes a job that nothing was written of: its new state and detail, its file dropped.
    /// The receipt is the one that writing it would leave, so that of the two only one happens;
    /// false where it was written, or closed, before.
    pub async fn close_job(&self, job: &Job, receipt: &Receipt) -> Result<bool, StoreError> {
        let failed = |e| self.working(e);
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let taken: Option<i64> = sqlx::query_scalar("SELECT 1 FROM receipt WHERE principal = ? AND key = ?")
            .bind(&receipt.principal)
            .bind(&receipt.key)
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed)?;
        if taken.is_some() {
            return Ok(false);
        }
        insert_receipt(&mut tx, receipt, job.at).await.map_err(failed)?;
        sqlx::query("UPDATE import_job SET state = ?, detail = ?, bytes = x'' WHERE id = ? AND agency = ?")
            .bind(&job.state)
            .bind(&job.detail)
            .bind(&job.id)
            .bind(&job.agency)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// A job of an agency; another agency's is not there.
    pub async fn job(&self, agency: &str, id: &str) -> Result<Option<Job>, StoreError> {
        let found = sqlx::query(
            "SELECT id, agency, register, actor, at, state, detail, bytes FROM import_job
             WHERE id = ? AND agency = ?",
        )
        .bind(id)
        .bind(agency)
        .fetch_optional(&self.read)
        .await
        .map_err(|e| self.working(e))?;
        found.map(|r| job(&r).map_err(|e| self.working(e))).transpose()
    }

    /// The answer that was given to a principal under a key, if one was.
    pub async fn receipt(&self, principal: &str, key: &str) -> Result<Option<Receipt>, StoreError> {
        let found = sqlx::query("SELECT request, answer FROM receipt WHERE principal = ? AND key = ?")
            .bind(principal)
            .bind(key)
            .fetch_optional(&self.read)
            .await
            .map_err(|e| self.working(e))?;
        let Some(row) = found else {
            return Ok(None);
        };
        Ok(Some(Receipt {
            principal: principal.to_owned(),
            key: key.to_owned(),
            request: crate::read::hash(&row, 0).map_err(|e| self.working(e))?,
            answer: row.try_get(1).map_err(|e| self.working(e))?,
        }))
    }
}

/// How long an answer can be had again, in microseconds: 120 days, longer than an import waits
/// to be written. Nobody repeats a request later.
const RECEIPTS_KEPT: i64 = 120 * 24 * 60 * 60 * 1_000_000;

/// Keeps an answer in the transaction of what it reports; fails where the key was used. Forgets
/// answers that nobody will ask for.
pub(crate) async fn insert_receipt(
    c: &mut SqliteConnection,
    receipt: &Receipt,
    at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM receipt WHERE at < ?")
        .bind(at.saturating_sub(RECEIPTS_KEPT))
        .execute(&mut *c)
        .await?;
    sqlx::query("INSERT INTO receipt (principal, key, request, at, answer) VALUES (?, ?, ?, ?, ?)")
        .bind(&receipt.principal)
        .bind(&receipt.key)
        .bind(receipt.request.as_slice())
        .bind(at)
        .bind(&receipt.answer)
        .execute(c)
        .await?;
    Ok(())
}
