//! The product over one database and one corpus.
//!
//! Why its operations stand elsewhere: each is beside what it is about, and everything may lean on
//! this. What it can't know: who asks.

use crate::clock::{Clock, taipei_day};
use crate::compiled::compiled_once;
use crate::error::AppError;
use crate::forms::forms;
use crate::held::Cache;
use law::Corpus;
use period::Date;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use store::{Location, OpenMode, Store};

/// What every page of a demonstration says.
const DEMO: &str = "示範資料：海東縣及其機關、人員、廠商與紀錄均為虛構，請勿登錄真實資料";

/// The product over one data directory and one corpus.
pub struct App {
    pub(crate) store: Store,
    corpus: Arc<Corpus>,
    pub(crate) clock: Clock,
    pub(crate) cache: Cache,
    /// Whether there are several agencies.
    pub(crate) several: AtomicBool,
    /// Statements made so far.
    pub(crate) statements: Arc<AtomicU64>,
    law_notice: Option<String>,
    demo: bool,
    /// Rung when work was asked for in this process.
    pub(crate) bell: Arc<tokio::sync::Notify>,
}

impl App {
    /// Opens a data directory.
    ///
    /// # Errors
    /// Where there is none and `create` is false; where it is damaged or its ledger broken.
    #[compiled_once]
    pub async fn open(dir: &Path, create: bool, corpus: Arc<Corpus>, clock: Clock) -> Result<Self, AppError> {
        Self::open_at(&Location::Sqlite(dir.to_owned()), create, corpus, clock).await
    }

    /// Opens a database wherever it is.
    ///
    /// # Errors
    /// As [`App::open`]; where a database can't be reached or isn't ours.
    #[compiled_once]
    pub async fn open_at(
        location: &Location,
        create: bool,
        corpus: Arc<Corpus>,
        clock: Clock,
    ) -> Result<Self, AppError> {
        let mode = if create {
            OpenMode::Create
        } else {
            OpenMode::MustExist
        };
        let store = Store::open_at(location, mode, forms()).await?;
        Ok(Self {
            store,
            corpus,
            clock,
            cache: Cache::default(),
            several: AtomicBool::new(false),
            statements: Arc::default(),
            law_notice: None,
            demo: false,
            bell: Arc::default(),
        })
    }

    /// What is unwise about the database as it is set up, in words.
    pub fn warnings(&self) -> Vec<String> {
        self.store.warnings()
    }

    /// Why nothing is written any more, where the database was found damaged.
    pub fn distrusted(&self) -> Option<String> {
        self.store.distrusted()
    }

    /// Says on every page that the law in use is not the one asked for.
    #[must_use]
    pub fn with_refused_law(mut self, refused: &[law::LawError]) -> Self {
        self.law_notice = refused.first().map(|first| {
            format!(
                "指定的法規資料有 {} 處錯誤，未被採用；目前沿用前一次可用的法規資料。第一處：{first}",
                refused.len()
            )
        });
        self
    }

    /// Says on every page that what it shows is made up.
    #[must_use]
    pub fn as_demo(mut self) -> Self {
        self.demo = true;
        self
    }

    /// Whether what it holds is made up, to be looked at.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// What every page must say about the law in use.
    pub fn law_notice(&self) -> Option<&str> {
        self.law_notice.as_deref()
    }

    /// What every page must say: that nothing is written any more, or which law is in use.
    pub fn notice(&self) -> Option<String> {
        match self.store.distrusted() {
            Some(why) => Some(format!(
                "資料庫驗證不通過，系統已停止寫入，只能查閱：{why}。請通知系統管理者執行 fazun doctor"
            )),
            None if self.demo && self.law_notice.is_none() => Some(DEMO.to_owned()),
            None => self.law_notice.clone(),
        }
    }

    /// The corpus in use.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// The instant now.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Today in Taipei.
    pub fn today(&self) -> Date {
        taipei_day(self.now())
    }

    /// Closes the database.
    #[compiled_once]
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// How many statements were made so far to read, for tests of how many a request makes.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}
