//! Commands and queries of the product.
//!
//! What: one method for each thing a user can do or ask, on whatever surface. Why a
//! crate: only this one writes, and each write shares a transaction with its ledger
//! entry; only this one puts registers, law and assessment together into views. What
//! it can't know: HTTP, SQL, and who is at the keyboard (the caller names the actor).

pub mod agencies;
mod baseline;
mod changes;
pub mod commands;
mod commit;
mod coverage;
mod doclint;
mod doctor;
pub mod duties;
mod error;
mod exports;
mod forms;
pub mod health;
mod held;
mod ids;
pub mod impact;
mod incidents;
pub mod jobs;
mod lastgood;
mod lawbook;
mod lawpages;
mod lawuse;
mod ledgers;
mod lint;
mod map;
pub mod members;
mod permission;
mod principal;
mod reading;
mod reads;
pub mod records;
mod stamps;
mod standardpages;
pub mod standards;
pub mod today;
mod upgrades;
mod uploads;
mod visit;
pub mod xray;

pub use assess::Side as ClockSide;
pub use collectors::Stop;
pub use commands::{ActivityInput, EVIDENCE_LIMIT, EvidenceFile, InitOptions, Initialised};
pub use coverage::{Covered, Requirement, Status as CoverageStatus, beyond, coverage, read_requirements};
pub use doclint::{CorrectedCopy, DocumentKind, LintOptions, Linted, lint_document};
pub use doctor::{Finding, Severity, examine, exposed};
pub use error::{AppError, FieldError, Kind, causes};
pub use forms::forms;
pub use health::PlanReport;
pub use ids::{AgencyId, DutyKey, PersonId, RowId, register};
pub use incidents::{ClockQuestion, ClockReport, LevelChoice, LevelReport, incident_clocks, incident_level};
pub use lastgood::{LawInUse, law_for};
pub use lawbook::{embedded_files, files_of, load_law};
pub use lawpages::LawBook;
pub use lawuse::{EditionUsed, LawUse};
pub use ledgers::{
    KeptLines, LedgerReport, copy, restore, restore_at, verify_ledger, verify_ledger_at, verify_package,
};
pub use lint::lint_law;
pub use members::IssuedToken;
pub use permission::{Action, Allowed, allowed, matrix};
pub use principal::{Grant, Principal, Role, Scope};
pub use reading::Reading;
pub use reads::Begun;
pub use records::{
    AssetLabel, ChangedField, Chosen, Decision, HistoryEntry, HistoryKind, ImportCounts, ImportLine,
    ImportOptions, ImportReport, LineStatus, ListFile, ListFormat, ListQuery, PaperSignature, Progress,
    PutRecord, RecordPage, RecordView, Saved, Standing, Verdict, record_schemas, register_schemas, step_of,
};
pub use registers::RegisterSpec;
pub use stamps::{StampReport, checkpoint_stamp};
pub use visit::{Access, Act, Changes, Surface, Visit, act};

pub use upgrades::{
    FormChange, Rederived, Unreadable, UpgradePlan, upgrade, upgrade_by, upgrade_plan, upgrade_plan_by,
};
pub use uploads::file_name;

use facts::Snapshot;
use law::{Corpus, Overlay};
use period::Date;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub use store::Location;
use store::{OpenMode, Store};

/// The hash by which a repeated request is known: of its parts, each with its length.
pub fn request_hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut whole = Vec::new();
    for part in parts {
        whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
        whole.extend_from_slice(part);
    }
    ledger::sha256(&whole)
}

/// Microseconds since 1970-01-01T00:00:00Z: the only clock the product has.
pub type Clock = fn() -> i64;

/// The system's clock.
pub fn system_clock() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// An instant as logs write it: RFC 3339, in UTC.
pub fn utc(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// Taipei's civil day of an instant.
pub fn taipei_day(micros: i64) -> Date {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone)
        .date()
}

/// What follows from an agency's rows at one position.
pub(crate) struct Loaded {
    pub snapshot: Snapshot,
    pub plans: Vec<Overlay>,
    pub rows: held::Rows,
    pub plan: Option<Reading>,
    /// What was made of it for some days.
    pub kept: held::Kept,
}

/// The product over one data directory and one corpus.
pub struct App {
    pub(crate) store: Store,
    corpus: Arc<Corpus>,
    clock: Clock,
    pub(crate) cache: held::Cache,
    /// Whether there are several agencies.
    pub(crate) several: AtomicBool,
    /// Statements made so far.
    pub(crate) statements: Arc<AtomicU64>,
    law_notice: Option<String>,
    /// Rung when work was asked for in this process.
    pub(crate) bell: Arc<tokio::sync::Notify>,
}

impl App {
    /// Opens a data directory.
    ///
    /// # Errors
    /// Where there is none and `create` is false; where it is damaged or its ledger broken.
    pub async fn open(dir: &Path, create: bool, corpus: Arc<Corpus>, clock: Clock) -> Result<Self, AppError> {
        Self::open_at(&Location::Sqlite(dir.to_owned()), create, corpus, clock).await
    }

    /// Opens a database wherever it is.
    ///
    /// # Errors
    /// As [`App::open`]; where a database can't be reached or isn't ours.
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
        let store = Store::open_at(location, mode, forms::forms()).await?;
        Ok(Self {
            store,
            corpus,
            clock,
            cache: held::Cache::default(),
            several: AtomicBool::new(false),
            statements: Arc::default(),
            law_notice: None,
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
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// How many statements were made so far to read, for tests of how many a request makes.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn assemble(&self, agency: &str, rows: held::Rows, position: u64) -> Result<Loaded, AppError> {
        let asking = records::asking(&self.corpus, &rows);
        let refs: Vec<registers::RowRef<'_>> = rows
            .all()
            .filter(|r| !r.body.is_null())
            .map(|r| registers::RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        let snapshot = registers::snapshot(agency, &refs, position, &asking).map_err(|problems| {
            let text = problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("；");
            AppError::failed(format!("機關資料無法組成：{text}"), "請依訊息更正該筆資料")
        })?;
        let mut plans = Vec::new();
        let mut current = None;
        for row in rows.standing("plan") {
            let plan: registers::plan::Plan = map::body(row)?;
            let reading = Reading::from_json(&plan.reading)?;
            let title = format!("{}資通安全維護計畫", snapshot.name);
            let version = format!("v{}", row.version);
            let (overlay, _left) = Overlay::new(
                &self.corpus,
                agency,
                &title,
                &version,
                (plan.effective_from, plan.until),
                &reading.promises(),
            );
            plans.push(overlay);
            current = Some(reading);
        }
        Ok(Loaded {
            snapshot,
            plans,
            rows,
            plan: current,
            kept: held::Kept::default(),
        })
    }
}
