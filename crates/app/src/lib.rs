//! Commands and queries of the product.
//!
//! What: one method for each thing a user can do or ask, on whatever surface. Why a
//! crate: only this one writes, and each write shares a transaction with its ledger
//! entry; only this one puts registers, law and assessment together into views. What
//! it can't know: HTTP, SQL, and who is at the keyboard (the caller names the actor).

mod agencies;
mod baseline;
mod changes;
mod commands;
mod coverage;
mod doclint;
mod duties;
mod error;
mod exports;
mod health;
mod impact;
mod incidents;
mod lastgood;
mod lawbook;
mod lawpages;
mod ledgers;
mod lint;
mod map;
mod members;
mod permission;
mod principal;
mod reading;
mod records;
mod standardpages;
mod standards;
mod today;
mod uploads;
mod xray;

pub use assess::Side as ClockSide;
pub use collectors::Stop;
pub use commands::{ActivityInput, EVIDENCE_LIMIT, EvidenceFile, InitOptions, Initialised};
pub use coverage::{Covered, Requirement, Status as CoverageStatus, beyond, coverage, read_requirements};
pub use doclint::{CorrectedCopy, DocumentKind, LintOptions, Linted, lint_document};
pub use error::{AppError, FieldError, Kind};
pub use health::PlanReport;
pub use incidents::{ClockQuestion, ClockReport, LevelChoice, LevelReport, incident_clocks, incident_level};
pub use lastgood::{LawInUse, law_for};
pub use lawbook::{embedded_files, files_of, load_law};
pub use lawpages::LawBook;
pub use ledgers::{LedgerReport, restore, verify_ledger};
pub use lint::lint_law;
pub use members::IssuedToken;
pub use permission::{Action, Allowed, allowed, matrix};
pub use principal::{Grant, Principal, Role, Scope};
pub use reading::Reading;
pub use records::{
    AssetLabel, ChangedField, Chosen, Decision, HistoryEntry, HistoryKind, ImportCounts, ImportLine,
    ImportOptions, ImportReport, LineStatus, ListFile, ListFormat, ListQuery, PaperSignature, Progress,
    PutRecord, RecordPage, RecordView, Saved, Standing, Verdict, register_schemas,
};

use facts::Snapshot;
use law::{Corpus, Overlay};
use period::Date;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use store::{OpenMode, Store, StoredRow};

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

/// Taipei's civil day of an instant.
pub fn taipei_day(micros: i64) -> Date {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone)
        .date()
}

/// Everything that a query about one agency starts from, at one ledger position.
pub(crate) struct Loaded {
    pub snapshot: Snapshot,
    pub plans: Vec<Overlay>,
    pub rows: Vec<StoredRow>,
    pub plan: Option<Reading>,
}

/// The product over one data directory and one corpus.
pub struct App {
    pub(crate) store: Store,
    corpus: Arc<Corpus>,
    clock: Clock,
    cache: Mutex<HashMap<String, (u64, Arc<Loaded>)>>,
    law_notice: Option<String>,
}

impl App {
    /// Opens a data directory.
    ///
    /// # Errors
    /// Where there is none and `create` is false; where it is damaged or its ledger broken.
    pub async fn open(dir: &Path, create: bool, corpus: Arc<Corpus>, clock: Clock) -> Result<Self, AppError> {
        let mode = if create {
            OpenMode::Create
        } else {
            OpenMode::MustExist
        };
        let store = Store::open(dir, mode).await?;
        Ok(Self {
            store,
            corpus,
            clock,
            cache: Mutex::new(HashMap::new()),
            law_notice: None,
        })
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

    /// Loads an agency's rows and what follows from them; kept until the ledger moves on.
    pub(crate) async fn load(&self, agency: &str) -> Result<Arc<Loaded>, AppError> {
        let position = self.store.position().await?;
        if let Ok(cache) = self.cache.lock()
            && let Some((at, loaded)) = cache.get(agency)
            && *at == position
        {
            return Ok(Arc::clone(loaded));
        }
        // Another process may write between two reads: the rows must be those of the position.
        let (position, rows) = {
            let mut position = position;
            loop {
                let rows = self.store.latest_but(agency, &records::bulk()).await?;
                let after = self.store.position().await?;
                if after == position {
                    break (position, rows);
                }
                position = after;
            }
        };
        if rows.is_empty() || agency == standards::OWNER {
            return Err(AppError::not_found(
                format!("沒有機關「{agency}」"),
                "請以 fazun agency list 查看機關代號，或以 fazun agency init 建立",
            ));
        }
        let loaded = Arc::new(self.assemble(agency, rows, position)?);
        if let Ok(mut cache) = self.cache.lock() {
            cache.insert(agency.to_owned(), (position, Arc::clone(&loaded)));
        }
        Ok(loaded)
    }

    pub(crate) fn assemble(
        &self,
        agency: &str,
        rows: Vec<StoredRow>,
        position: u64,
    ) -> Result<Loaded, AppError> {
        let refs: Vec<registers::RowRef<'_>> = rows
            .iter()
            .filter(|r| !r.body.is_null())
            .map(|r| registers::RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        let snapshot =
            registers::snapshot(agency, &refs, position, &self.asking(&rows)).map_err(|problems| {
                let text = problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("；");
                AppError::failed(format!("機關資料無法組成：{text}"), "請依訊息更正該筆資料")
            })?;
        let mut plans = Vec::new();
        let mut current = None;
        for row in rows.iter().filter(|r| r.register == "plan" && !r.body.is_null()) {
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
        })
    }
}
