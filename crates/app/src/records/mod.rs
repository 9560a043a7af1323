//! Records of every register: reading, writing, approval, import and export.
//!
//! Why one path for all registers: form, API, import and command line ask the same
//! questions (may they, is it a row, does it agree with the others, does the law allow
//! it) and write the same way. What it can't know: HTTP, and what a page looks like.

mod access;
mod approval;
mod check;
mod commit;
mod desk;
mod export;
mod files;
mod history;
mod import;
mod masking;
mod names;
mod once;
mod paper;
mod present;
mod put;
mod remarks;
mod schema;
mod web;
mod withdraw;

pub(crate) use access::Access;
pub use access::{ListQuery, RecordPage};
pub use approval::{Decision, Verdict};
pub(crate) use check::{Bounds, labelled};
pub use desk::step_of;
pub use export::{ListFile, ListFormat};
pub use history::{ChangedField, HistoryEntry, HistoryKind};
pub(crate) use import::identity;
pub use import::{Chosen, ImportCounts, ImportLine, ImportOptions, ImportReport, LineStatus, Progress};
pub use paper::PaperSignature;
pub use put::{PutRecord, Saved};
pub use schema::register_schemas;
pub use web::AssetLabel;

use crate::App;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use store::StoredRow;

/// Rows of a large register that are held at once.
pub(crate) const READ_AT_ONCE: u32 = 2_000;

/// Registers whose rows are not read for an assessment.
pub(crate) fn bulk() -> Vec<&'static str> {
    let bulk = registers::catalogue().iter().filter(|spec| spec.bulk);
    bulk.map(|spec| spec.key).collect()
}

/// Where a record stands on its way to being final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// `none` where its register asks for no approval; else `draft`, `submitted`, `returned`,
    /// `withdrawn` (called back) or `final`. `void` for a record that was taken back.
    pub state: &'static str,
    /// In the officer's words.
    pub words: String,
    /// Who decides next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<&'static str>,
    /// Its number, once final.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// The version that was approved, once one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_version: Option<u32>,
}

/// A record with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordView {
    /// Its register.
    pub register: &'static str,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// What names it.
    pub name: String,
    /// Its fields.
    pub body: Value,
    /// Where it stands.
    pub standing: Standing,
}

impl App {
    /// Registers whose records need an approval in an agency: those with a default route, and
    /// those for which it set its own.
    pub(crate) fn asking<'a>(&'a self, rows: &'a [StoredRow]) -> BTreeSet<&'a str> {
        let own = rows
            .iter()
            .filter(|r| r.register == "route")
            .filter_map(|r| r.body.get("register").and_then(Value::as_str));
        let known = self.corpus().routes.iter().map(|r| r.register.as_str());
        known.chain(own).collect()
    }
}
