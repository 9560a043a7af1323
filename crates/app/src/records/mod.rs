//! Records of every register: reading, writing, approval, import and export.
//!
//! Why one path for all registers: form, API, import and command line ask the same
//! questions (may they, is it a row, does it agree with the others, does the law allow
//! it) and write the same way. What it can't know: HTTP, and what a page looks like.

pub(crate) mod access;
pub(crate) mod approval;
pub(crate) mod check;
pub(crate) mod desk;
pub(crate) mod disclosure;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod lawful;
pub(crate) mod masking;
pub(crate) mod names;
pub(crate) mod once;
pub(crate) mod paper;
pub(crate) mod present;
pub(crate) mod put;
pub(crate) mod remarks;
pub(crate) mod schema;
pub(crate) mod second;
pub(crate) mod web;
pub(crate) mod withdraw;

pub use access::{ListQuery, RecordPage, list, register_counts, show};
pub(crate) use access::{no_record, own_rows};
pub use approval::{Decision, Verdict, call_back, decide, submit};
pub(crate) use check::{Bounds, OfDay, labelled};
pub use desk::{step_of, waiting_for};
pub use disclosure::{disclosures, shows_disclosures};
pub(crate) use export::export_count;
pub use export::{ListFile, ListFormat, export_records, import_template};
pub use files::file;
pub(crate) use history::taipei;
pub use history::{ChangedField, HistoryEntry, HistoryKind, history};
pub(crate) use import::commit_import_once;
pub use import::{
    Chosen, ImportCounts, ImportLine, ImportOptions, ImportReport, LineStatus, Progress, commit_import,
    discard_import, import_report, preview_import, undo_import, wrong_lines,
};
pub(crate) use import::{identity, import_bytes, may_preview, preview_as};
pub(crate) use masking::Hides;
pub use once::first_answer;
pub use paper::{PaperSignature, approve_on_paper};
pub use present::{record_detail, record_list, register_head, register_index};
pub use put::{PutRecord, Saved, put};
pub use remarks::comment;
pub use schema::{record_schemas, register_schemas};
pub(crate) use web::preview_again_as;
pub use web::{AssetLabel, asset_labels, import_fields, preview_again, registers_for};
pub use withdraw::withdraw;

use crate::held::Rows;
use law::Corpus;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Rows of a large register that are held at once.
pub(crate) const READ_AT_ONCE: u32 = 2_000;

/// Registers whose rows are not read for an assessment.
pub(crate) fn bulk() -> Vec<&'static str> {
    let bulk = registers::catalogue().iter().filter(|spec| spec.bulk);
    bulk.map(|spec| spec.key).collect()
}

/// Where a record stands on its way to being final.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
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

impl Standing {
    /// Where a change stands that a second person settled.
    pub(crate) fn settled(is_confirmed: bool) -> Self {
        let (state, words) = if is_confirmed {
            ("none", "已確認")
        } else {
            ("returned", "已退回")
        };
        Self {
            state,
            words: words.to_owned(),
            waits_for: None,
            number: String::new(),
            approved_version: None,
        }
    }
}

/// A record with where it stands.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
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

/// Registers whose records need an approval in an agency: those with a default route, and
/// those for which it set its own.
pub(crate) fn asking<'a>(corpus: &'a Corpus, rows: &'a Rows) -> BTreeSet<&'a str> {
    let own = rows
        .of_register("route")
        .iter()
        .filter_map(|r| r.body.get("register").and_then(Value::as_str));
    let known = corpus.routes.iter().map(|r| r.register.as_str());
    known.chain(own).collect()
}
