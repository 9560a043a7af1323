//! A record as it is shown, and where it stands on its way to being final.
//!
//! What it can't know: whether its register asks for an approval at all.

use registers::basics::approval::{Approval, State};
use registers::basics::step::Approver;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

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

/// Where a version of a record stands, by its approval.
pub(crate) fn standing(approval: &Approval, version: u32) -> Standing {
    let blank = draft(approval.approved_version());
    let (state, words) = match approval.state_of(version) {
        None => return blank,
        Some(State::Submitted) => {
            let waits_for = approval.waits_for().map(Approver::title);
            return Standing {
                state: "submitted",
                words: waits_for.map_or_else(|| "簽核中".to_owned(), |who| format!("簽核中，待{who}")),
                waits_for,
                ..blank
            };
        }
        Some(State::Returned) => ("returned", "已退回，請補正後再送".to_owned()),
        Some(State::Withdrawn) => ("withdrawn", "已撤回".to_owned()),
        Some(State::Final) => {
            return Standing {
                state: "final",
                words: format!("已定版 {}", approval.number),
                number: approval.number.clone(),
                ..blank
            };
        }
    };
    Standing {
        state,
        words,
        ..blank
    }
}

pub(crate) fn draft(approved_version: Option<u32>) -> Standing {
    Standing {
        state: "draft",
        words: match approved_version {
            Some(version) => format!("草稿（第 {version} 版已定版）"),
            None => "草稿".to_owned(),
        },
        waits_for: None,
        number: String::new(),
        approved_version,
    }
}
