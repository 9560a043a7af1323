//! 業務: what the agency does, what of it is core, and how long it may stand still.
//!
//! Why: the plan must list core business with its importance, the impact of its failure
//! and its maximum tolerable downtime. What it can't know: a downtime that the plan
//! states in words; those stay as text, without hours.

use crate::core::row::{Row, check};
use crate::core::{Field, FieldProblem, Group, Kind, RegisterSpec};
use serde::{Deserialize, Serialize};

pub use crate::core::shape::{Mtpd, MtpdKind};

/// One business.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// 業務名稱
    pub name: String,
    /// 是否為核心業務
    pub core: bool,
    /// The system it rests on, by name.
    #[serde(default)]
    pub system: String,
    /// 重要性說明
    #[serde(default)]
    pub importance: String,
    /// 業務失效影響
    #[serde(default)]
    pub impact: String,
    /// 最大可容忍中斷時間
    #[serde(default)]
    pub mtpd: Mtpd,
    /// 負責單位
    #[serde(default)]
    pub unit: String,
    /// Line of the uploaded plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "業務名稱", Kind::Text, "歲計業務")
        .required()
        .law(LAW),
    Field::new("core", "核心業務", Kind::Flag, "true")
        .required()
        .law(LAW),
    Field::new("system", "資通系統", Kind::Text, "預算編製系統")
        .help("支持這項業務的資通系統名稱；沒有時留空"),
    Field::new(
        "importance",
        "重要性說明",
        Kind::LongText,
        "為本機關依組織法執掌，足認為重要者",
    )
    .law(LAW),
    Field::new("impact", "業務失效影響", Kind::LongText, "影響機關預算執行").law(LAW),
    Field::new(
        "mtpd",
        "最大可容忍中斷時間",
        Kind::Duration,
        r#"{"kind":"duration","hours":24,"text":"24小時"}"#,
    )
    .help("照計畫所載填寫；能換算者填時數")
    .law(LAW),
    Field::new("unit", "負責單位", Kind::Text, "歲計科"),
    Field::new("line", "計畫行次", Kind::Number, "120").help("由維護計畫匯入時的出處"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "business",
    title: "業務",
    help: "核心與非核心業務及其中斷容忍時間",
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Business>),
    group: Group::Systems,
    identity: &["name", "core"],
    ..RegisterSpec::TABLE
};

impl Row for Business {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mtpd = &self.mtpd;
        let message = match (mtpd.kind, mtpd.hours) {
            (MtpdKind::Duration, Some(h)) if !h.is_finite() || h < 0.0 => "時數應為零或正數，請更正",
            (MtpdKind::Duration, None) if mtpd.text.trim().is_empty() => {
                "已選「載明時間」，請填時數，或照計畫文字填寫"
            }
            (MtpdKind::Undefined | MtpdKind::Deferred | MtpdKind::Missing, Some(_)) => {
                "已填時數，請選「載明時間」，或清除時數"
            }
            _ => return Vec::new(),
        };
        vec![FieldProblem::new(
            "mtpd",
            format!("「最大可容忍中斷時間」{message}"),
        )]
    }
}
