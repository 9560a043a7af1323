//! Commands and queries of the product.
//!
//! What: one method for each thing a user can do or ask, on whatever surface. Why a
//! crate: only this one writes, and each write shares a transaction with its ledger
//! entry; only this one puts registers, law and assessment together into views. What
//! it can't know: HTTP, SQL, and who is at the keyboard (the caller names the actor).

pub mod accounts;
pub mod agencies;
mod app;
mod asks;
mod assembly;
mod at_hand;
mod baseline;
pub mod beyond;
mod bodyclauses;
mod changes;
mod clock;
pub mod commands;
mod commit;
mod compiled;
mod coverage;
pub mod demo;
mod doclint;
mod doctor;
pub mod duties;
mod effects;
mod error;
mod exports;
pub mod figures;
pub mod firstday;
mod forms;
pub mod frame;
pub mod health;
mod held;
pub mod ics;
mod ids;
pub mod impact;
mod incidents;
pub mod jobs;
mod lastgood;
mod lawbook;
mod lawnumbers;
mod lawpages;
mod lawtest;
mod lawuse;
mod ledgers;
mod leveltrial;
mod lint;
mod map;
pub mod members;
pub mod mine;
mod new_ids;
mod pdf;
mod people;
mod permission;
pub mod places;
pub mod plans;
mod principal;
pub mod questions;
mod reading;
mod reads;
pub mod records;
mod rows;
pub mod search;
pub mod since;
mod stamps;
mod standardpages;
pub mod standards;
pub mod subjects;
pub mod today;
mod upgrades;
mod uploads;
mod visit;
pub mod xray;
pub mod year;

pub use app::App;
pub use assess::Side as ClockSide;
pub use clock::{Clock, system_clock, taipei_day, taipei_time as clock_time, utc};
pub use collectors::Stop;
pub use commands::{ActivityInput, InitOptions, Initialised};
pub use coverage::{
    Covered, Requirement, Status as CoverageStatus, Way as CoverageWay, beyond, coverage, read_requirements,
};
pub use doclint::{CorrectedCopy, DocumentKind, LintOptions, Linted, lint_document};
pub use doctor::{Finding, Severity, examine, exposed};
pub use error::{AppError, FieldError, Kind, beneath, causes, in_short};
pub use forms::forms;
pub use health::PlanReport;
pub(crate) use held::Loaded;
pub use ids::{AgencyId, DutyKey, PersonId, RowId, register};
pub use incidents::{ClockQuestion, ClockReport, LevelChoice, LevelReport, incident_clocks, incident_level};
pub use lastgood::{LawInUse, law_for};
pub use lawbook::{embedded_files, files_of, load_law};
pub use lawpages::LawBook;
pub use lawtest::{LawTrial, test_law};
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
pub use records::once::request_hash;
pub use records::{
    AssetLabel, ChangedField, Chosen, Decision, HistoryEntry, HistoryKind, ImportCounts, ImportLine,
    ImportOptions, ImportReport, LineStatus, ListFile, ListFormat, ListQuery, PaperSignature, Progress,
    PutRecord, RecordPage, RecordView, Saved, Standing, Verdict, record_schemas, register_schemas, step_of,
};
pub use registers::RegisterSpec;
pub use stamps::{StampReport, checkpoint_stamp};
pub use visit::{Access, Act, Changes, Surface, Visit, act};

pub use store::Location;
pub use upgrades::{
    BackupTo, FormChange, Rederived, Unreadable, UpgradePlan, upgrade, upgrade_by, upgrade_plan,
    upgrade_plan_by,
};
pub use uploads::{EVIDENCE_LIMIT, EvidenceFile, file_name};
