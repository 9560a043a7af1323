//! The store: one database, whichever it is, behind the same questions and the same ways to write.

use crate::act::{Act, Outcome};
use crate::compiled::compiled_once;
use crate::distrust::Distrust;
use crate::location::{Location, OpenMode};
use crate::postgres::{Across, Postgres};
use crate::rows::{ROW, StoredRow, Unread, stored};
use crate::sqlite::{Sqlite, open as sqlite_open};
use crate::transaction::Tx;
use crate::{Forms, INSTALLATION, Reading, StoreError, chain, unfinished};
use ledger::Head;
use std::path::Path;
use std::sync::Arc;

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) database: Database,
    forms: Arc<dyn Forms>,
    /// What the database is called in messages.
    place: Arc<str>,
    /// How it is typed on a command line, but for a password.
    typed: Arc<str>,
    pub(crate) distrust: Arc<Distrust>,
}

#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the database of a data directory, after checking it.
    #[compiled_once]
    pub async fn open(dir: &Path, mode: OpenMode, forms: Arc<dyn Forms>) -> Result<Self, StoreError> {
        Self::open_at(&Location::Sqlite(dir.to_owned()), mode, forms).await
    }

    /// Opens a database wherever it is, after checking it. Several processes may open the same one. One
    /// that was found damaged is opened, and not written to.
    #[compiled_once]
    pub async fn open_at(
        location: &Location,
        mode: OpenMode,
        forms: Arc<dyn Forms>,
    ) -> Result<Self, StoreError> {
        let store = Self::open_at_unverified(location, mode, forms).await?;
        store.verified().await
    }

    /// Opens a database that something is to be copied into ([`Store::copy`]), after checking it:
    /// the only way into one in which an unfinished copy lies.
    #[compiled_once]
    pub async fn open_to_copy(location: &Location, forms: Arc<dyn Forms>) -> Result<Self, StoreError> {
        Self::connect(location, OpenMode::Create, forms)
            .await?
            .verified()
            .await
    }

    async fn verified(self) -> Result<Self, StoreError> {
        let verification = self.verify_recent().await;
        let refused = match verification {
            Ok(v) if v.is_sound() => match self.heed().await {
                Ok(()) => return Ok(self),
                Err(e) => e,
            },
            Ok(v) => sqlite_open::broken(Path::new(self.place()), v),
            Err(e) => e,
        };
        self.close().await;
        Err(refused)
    }

    /// Opens without verifying the ledger, so that a broken one can be examined: for
    /// [`Store::verify`] and the like. Don't write to it.
    #[compiled_once]
    pub async fn open_unverified(
        dir: &Path,
        mode: OpenMode,
        forms: Arc<dyn Forms>,
    ) -> Result<Self, StoreError> {
        Self::open_at_unverified(&Location::Sqlite(dir.to_owned()), mode, forms).await
    }

    /// The same, wherever the database is.
    #[compiled_once]
    pub async fn open_at_unverified(
        location: &Location,
        mode: OpenMode,
        forms: Arc<dyn Forms>,
    ) -> Result<Self, StoreError> {
        let store = Self::connect(location, mode, forms).await?;
        match store.refuse_unfinished().await {
            Ok(()) => Ok(store),
            Err(e) => {
                store.close().await;
                Err(e)
            }
        }
    }

    async fn refuse_unfinished(&self) -> Result<(), StoreError> {
        let mut tx = self.begin(INSTALLATION).await?;
        unfinished::refuse(&mut tx.link(), &self.place, self.typed().to_owned()).await
    }

    async fn connect(location: &Location, mode: OpenMode, forms: Arc<dyn Forms>) -> Result<Self, StoreError> {
        let (place, database) = match location {
            Location::Sqlite(dir) => {
                let sqlite = Sqlite::open(dir, mode)?;
                (sqlite.path().display().to_string(), Database::Sqlite(sqlite))
            }
            Location::Postgres(address) => {
                let postgres = Postgres::open(address, mode).await?;
                (address.to_string(), Database::Postgres(postgres))
            }
        };
        Ok(Self {
            place: place.into(),
            typed: location.typed().into(),
            database,
            forms,
            distrust: Arc::default(),
        })
    }

    /// Closes the database; outstanding writes are finished first.
    #[compiled_once]
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }

    /// What is unwise about the database as it is set up, in words (zh-TW), to be shown at start.
    pub fn warnings(&self) -> Vec<String> {
        match &self.database {
            Database::Sqlite(_) => Vec::new(),
            Database::Postgres(postgres) => postgres.warnings.to_vec(),
        }
    }

    /// What the database is called in messages: a path, or an address without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// How it is typed on a command line, but for a password.
    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    pub(crate) fn forms(&self) -> Arc<dyn Forms> {
        Arc::clone(&self.forms)
    }

    pub(crate) fn failed(&self, doing: &'static str, error: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(doing, &self.place, error)
    }

    /// A read transaction over one agency.
    #[compiled_once]
    pub async fn reading(&self, agency: &str) -> Result<Reading, StoreError> {
        let tx = self.begin(agency).await?;
        Reading::begin(tx, Arc::clone(&self.place), self.forms(), agency).await
    }

    pub(crate) async fn begin(&self, agency: &str) -> Result<Tx, StoreError> {
        const DOING: &str = "讀取";
        match &self.database {
            Database::Sqlite(sqlite) => {
                let tx = sqlite.readers.begin().await;
                tx.map(Tx::Sqlite).map_err(|e| self.failed(DOING, e))
            }
            Database::Postgres(postgres) => match postgres.begin(agency).await {
                Ok(tx) => Ok(Tx::Postgres(tx)),
                Err(error) => Err(postgres.unreached(DOING, error).await),
            },
        }
    }

    /// A transaction across agencies, for what the installation asks of all of them.
    pub(crate) async fn begin_across(&self, across: Across) -> Result<Tx, StoreError> {
        const DOING: &str = "讀取";
        match &self.database {
            Database::Sqlite(_) => self.begin("").await,
            Database::Postgres(postgres) => match postgres.begin_across(across).await {
                Ok(tx) => Ok(Tx::Postgres(tx)),
                Err(error) => Err(postgres.unreached(DOING, error).await),
            },
        }
    }

    /// Where every chain ends, by chain.
    #[compiled_once]
    pub async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let mut tx = self.begin_across(Across::Directory).await?;
        let heads = chain::heads(&mut tx.link()).await;
        heads.map_err(|e| self.failed("讀取帳本", e))
    }

    /// Every agency, with what it is called and its levels: the latest rows of two registers of
    /// all agencies, by agency and register. The only rows that are read across agencies.
    #[compiled_once]
    pub async fn directory(&self) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_head h JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
             WHERE h.register IN ('agency', 'designation') AND h.body_seq = h.seq
             ORDER BY h.agency, h.register, h.row_id"
        );
        let mut tx = self.begin_across(Across::Directory).await?;
        let cells = tx.link().rows(&sql, Vec::new()).await;
        let cells = cells.map_err(|e| self.failed("讀取機關清單", e))?;
        cells
            .iter()
            .map(|c| {
                stored(c).map_err(|e| match e {
                    Unread::Database(error) => self.failed("讀取機關清單", error),
                    Unread::Body(error) => error,
                })
            })
            .collect()
    }

    /// Carries something out in one transaction, or nothing of it.
    pub(crate) async fn act<A: Act>(&self, act: A) -> Result<A::Out, StoreError> {
        if let Some(why) = self.distrusted() {
            return Err(StoreError::Distrusted { why });
        }
        self.act_anyway(act).await
    }

    /// The same, also in a database that isn't trusted.
    pub(crate) async fn act_anyway<A: Act>(&self, act: A) -> Result<A::Out, StoreError> {
        let outcome = match &self.database {
            Database::Sqlite(sqlite) => sqlite.writer.carry_out(Arc::new(act), &self.place).await?,
            Database::Postgres(postgres) => postgres.carry_out(Arc::new(act)).await?,
        };
        match outcome {
            Outcome::Refused(error) => Err(error),
            Outcome::Done(out) => match out.downcast::<A::Out>() {
                Ok(out) => Ok(*out),
                Err(_) => Err(StoreError::Incomplete {
                    what: "寫入的結果不是預期的",
                }),
            },
        }
    }
}
