//! 機關基本資料: what the agency is, and what it says of itself as a whole.
//!
//! Why here and not derived: whether an agency develops systems or runs a mail server
//! can't be read off any other register. What it can't know: whether these statements
//! still hold; they are undated and stand until they are changed.

use crate::row::{RegisterSpec, Row, Stated, check};
use crate::{Field, FieldProblem, Kind, Sensitivity};
use facts::{Fact, FactValue, Subject};
use period::Date;
use serde::{Deserialize, Serialize};

/// What kind of body the agency is (the vocabulary's `body`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// 公務機關
    PublicAgency,
    /// 特定非公務機關
    SpecificNonGovernment,
}

impl Body {
    fn word(self) -> &'static str {
        match self {
            Self::PublicAgency => "public_agency",
            Self::SpecificNonGovernment => "specific_non_government",
        }
    }
}

/// The agency's row; its id is the agency's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// 機關全銜
    pub name: String,
    /// 機關性質
    pub body: Body,
    /// 上級或監督機關
    #[serde(default)]
    pub supervisor: String,
    /// Records are complete from this day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<Date>,
    /// 自行或委外開發資通系統
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub develops_systems: Option<bool>,
    /// 有郵件伺服器
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_mail_server: Option<bool>,
    /// 有對外服務之核心資通系統
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_public_core_system: Option<bool>,
    /// 有核心資通系統, as the plan itself states; the system register goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_core_system: Option<bool>,
    /// 備註
    #[serde(default)]
    pub note: String,
}

const LAW: &str = "cyber-security-management-act";
const LEVELS: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "機關全銜", Kind::Text, "示範市政府某某處")
        .help("與關防或組織法規所載名稱一致")
        .required()
        .sensitivity(Sensitivity::Public),
    Field::new(
        "body",
        "機關性質",
        Kind::Choice(&[
            ("public_agency", "公務機關"),
            ("specific_non_government", "特定非公務機關"),
        ]),
        "public_agency",
    )
    .help("義務依機關性質而不同")
    .required()
    .sensitivity(Sensitivity::Public)
    .law(LAW),
    Field::new("supervisor", "上級或監督機關", Kind::Text, "示範市政府")
        .sensitivity(Sensitivity::Public)
        .law(LAW),
    Field::new("records_from", "紀錄完整起始日", Kind::Date, "2026-01-01")
        .help("自此日起辦理紀錄已全數登錄；更早的期間系統不判定"),
    Field::new(
        "develops_systems",
        "有自行或委外開發之資通系統",
        Kind::Flag,
        "true",
    )
    .law(LEVELS),
    Field::new("has_mail_server", "有郵件伺服器", Kind::Flag, "false").law(LEVELS),
    Field::new(
        "has_public_core_system",
        "有對外服務之核心資通系統",
        Kind::Flag,
        "false",
    )
    .law(LEVELS),
    Field::new(
        "has_core_system",
        "維護計畫所載：有核心資通系統",
        Kind::Flag,
        "true",
    )
    .help("資通系統登錄簿已標示核心者，以登錄簿為準")
    .law("enforcement-rules"),
    Field::new("note", "備註", Kind::LongText, "本機關資訊業務由資訊單位兼辦。"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "agency",
    title: "機關基本資料",
    help: "機關本身的性質與整體情形，決定適用哪些義務",
    v: 1,
    names_row: "name",
    fields: FIELDS,
    check: check::<Agency>,
};

impl Row for Agency {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.has_public_core_system == Some(true) && self.has_core_system == Some(false) {
            problems.push(FieldProblem::new(
                "has_core_system",
                "既有對外服務之核心資通系統，就有核心資通系統：請將本欄改為「是」，或更正前一欄",
            ));
        }
        problems
    }
}

impl Stated<Agency> {
    /// What the row states, all of it undated. `has_core_system` is left to
    /// [`crate::system::has_core`], which weighs it against the system register.
    pub fn facts(&self) -> Vec<Fact> {
        let flag = |key: &str, value: Option<bool>| Some((key.to_owned(), FactValue::Flag(value?)));
        [
            Some((
                "body".to_owned(),
                FactValue::Choice(self.row.body.word().to_owned()),
            )),
            flag("develops_systems", self.row.develops_systems),
            flag("has_mail_server", self.row.has_mail_server),
            flag("has_public_core_system", self.row.has_public_core_system),
        ]
        .into_iter()
        .flatten()
        .map(|(key, value)| Fact {
            subject: Subject::Agency,
            key,
            value,
            from: None,
            until: None,
            source: self.source.clone(),
        })
        .collect()
    }
}
