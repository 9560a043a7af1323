//! 採用之規範: instruments that an agency took on by its own decision.
//!
//! Why its own register: taking on another city's rules or a sample plan is a decision with a
//! day and a document, and it can end. What it can't know: whether the law data holds the
//! instrument; one that it doesn't hold binds nothing.

use crate::core::checks::ends_after;
use crate::core::row::{Row, Stated, check};
use crate::core::{Field, FieldProblem, Kind, RegisterSpec, Sensitivity};
use facts::Adopted;
use period::Date;
use serde::{Deserialize, Serialize};

/// One decision to take on an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// 規範代號: slug of the instrument.
    pub instrument: String,
    /// 起日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// 迄日: the first day no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// 核定文號
    #[serde(default)]
    pub document_no: String,
    /// 備註
    #[serde(default)]
    pub note: String,
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("instrument", "規範代號", Kind::Text, "information-security-rules")
        .help("以 fazun law list 或「法規」頁查看代號")
        .required()
        .sensitivity(Sensitivity::Public),
    Field::new("from", "起日", Kind::Date, "2026-01-01").help("不知道時留空，視為一直採用"),
    Field::new("until", "停止日", Kind::Date, "2027-01-01").help("自此日起不再採用；仍採用時留空"),
    Field::new("document_no", "核定文號", Kind::Text, "簽奉核可，115年1月5日"),
    Field::new("note", "備註", Kind::LongText, "比照他機關之規範辦理。"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "adoption",
    title: "採用之規範",
    help: "本機關自行決定採用之規範；法律、中央規定與所屬縣市之規定不必登錄",
    names_row: "instrument",
    fields: FIELDS,
    typed: Some(check::<Adoption>),
    identity: &["instrument", "from"],
    ..RegisterSpec::TABLE
};

impl Row for Adoption {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        ends_after(self.from, self.until, "until", "停止日")
            .into_iter()
            .collect()
    }
}

impl Stated<Adoption> {
    /// The adoption, as the law asks about it.
    pub fn adopted(&self) -> Adopted {
        Adopted {
            instrument: self.row.instrument.trim().to_owned(),
            from: self.row.from,
            until: self.row.until,
            source: self.source.clone(),
        }
    }
}
