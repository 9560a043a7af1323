//! Records of every register: reading, writing, approval, import and export.
//!
//! Why one path for all registers: form, API, import and command line ask the same
//! questions (may they, is it a row, does it agree with the others, does the law allow
//! it) and write the same way. What it can't know: HTTP, and what a page looks like.

pub(crate) mod access;
pub(crate) mod approval;
pub(crate) mod bounded;
pub(crate) mod bulk;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod decision;
pub(crate) mod desk;
pub(crate) mod disclosure;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod holds;
pub(crate) mod import;
pub(crate) mod lawful;
pub(crate) mod masking;
pub(crate) mod names;
pub(crate) mod once;
pub(crate) mod own;
pub(crate) mod paper;
pub(crate) mod present;
pub(crate) mod put;
pub(crate) mod record;
pub(crate) mod remarks;
pub(crate) mod route;
pub(crate) mod schema;
pub(crate) mod second;
pub(crate) mod standings;
pub(crate) mod times;
mod web;
pub(crate) mod withdraw;

pub use access::{ListQuery, PAGE_LIMIT, RecordPage, list, register_counts, show};
pub use approval::{call_back, decide, submit};
pub use change::{PutRecord, Saved};
pub(crate) use check::Bounds;
pub use decision::{Decision, PaperSignature, Verdict};
pub(crate) use desk::waiting_count;
pub use desk::{waiting_for, waiting_lines};
pub use disclosure::{disclosures, shows_disclosures};
pub(crate) use export::export_count;
pub use export::{ListFile, ListFormat, export_records, import_template};
pub use files::file;
pub use history::{ChangedField, HistoryEntry, HistoryKind, history};
pub(crate) use import::commit_import_once;
pub use import::{
    Chosen, ImportCounts, ImportLine, ImportOptions, ImportReport, Imported, LineStatus, Progress,
    commit_import, discard_import, import_report, preview_import, undo_import, wrong_lines,
};
pub(crate) use import::{IMPORTS_KEPT, identity, import_bytes, may_preview, preview_as};
pub use once::first_answer;
pub use paper::approve_on_paper;
pub use present::{record_detail, record_list, register_head, register_index};
pub use put::put;
pub use record::{RecordView, Standing};
pub use remarks::comment;
pub use route::step_of;
pub use schema::{record_schemas, register_schemas};
pub(crate) use web::preview_again_as;
pub use web::{AssetLabel, asset_labels, import_fields, preview_again, register_counting, registers_for};
pub use withdraw::withdraw;
