//! 資通系統: the agency's systems, which of them are core, and who runs them.
//!
//! Why `core` may be left out: a plan often lists systems without saying so, and a guess
//! would decide which duties apply. What it can't know: systems that were not entered;
//! an empty register therefore says nothing about core systems.

use crate::agency::Agency;
use crate::core::checks::ends_after;
use crate::core::checks::{PERSONAL_DATA, is_own_system};
use crate::core::row::{Row, Stated, check};
use crate::core::{Alter, Field, FieldProblem, Group, Kind, RegisterSpec, Sensitivity};
use facts::{Fact, FactValue, Source, Subject, SystemFacts};
use period::Date;
use serde::{Deserialize, Serialize};

/// Who runs a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// 自行維運
    Own,
    /// 委外維運
    Outsourced,
    /// 上級機關提供
    Superior,
    /// 共用系統
    Shared,
    /// Nobody said.
    #[default]
    Unknown,
}

/// 防護需求等級
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// 普
    #[serde(rename = "普")]
    Basic,
    /// 中
    #[serde(rename = "中")]
    Medium,
    /// 高: makes the system a core system.
    #[serde(rename = "高")]
    High,
}

/// One system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// 系統名稱
    pub name: String,
    /// 核心資通系統
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<bool>,
    /// 維運方式
    #[serde(default)]
    pub operator: Operator,
    /// 對外服務
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_facing: Option<bool>,
    /// 防護需求等級
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// 主機所在: city_room, own_room, rented or cloud.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hosting: String,
    /// 主機管理單位: who answers for where the host stands.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host_keeper: String,
    /// 業務單位
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// 支持之業務
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub business: String,
    /// 網址
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// 維運廠商
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// 委外契約, by its name or number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contract: String,
    /// 個人資料: none, general or special.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub personal_data: String,
    /// 最大可容忍中斷時間, in hours.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mtpd_hours: String,
    /// 復原時間目標, in hours.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rto_hours: String,
    /// 資料可容忍損失時間, in hours.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rpo_hours: String,
    /// 上線日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_live: Option<Date>,
    /// 停用日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_on: Option<Date>,
    /// 備註
    #[serde(default)]
    pub note: String,
    /// Line of the uploaded plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl System {
    /// Whether it is a core system: said so, or of grade 高, which makes it one.
    pub fn is_core(&self) -> Option<bool> {
        if self.grade == Some(Grade::High) {
            Some(true)
        } else {
            self.core
        }
    }
}

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "系統名稱", Kind::Text, "預算編製系統")
        .required()
        .law(LAW),
    Field::new("core", "核心資通系統", Kind::Flag, "true")
        .help("支持核心業務持續運作所必要，或防護需求等級為高者；不確定時留空")
        .law("enforcement-rules"),
    Field::new(
        "operator",
        "維運方式",
        Kind::Choice(&[
            ("own", "自行維運"),
            ("outsourced", "委外維運"),
            ("superior", "上級機關提供"),
            ("shared", "共用系統"),
            ("unknown", "未載明"),
        ]),
        "outsourced",
    ),
    Field::new("public_facing", "對外服務", Kind::Flag, "false").help("民眾或其他機關可直接連線使用"),
    Field::new(
        "grade",
        "防護需求等級",
        Kind::Choice(&[("普", "普"), ("中", "中"), ("高", "高")]),
        "中",
    )
    .sensitivity(Sensitivity::Confidential)
    .law(LAW),
    Field::new(
        "hosting",
        "主機所在",
        Kind::Choice(&[
            ("city_room", "市府（縣府）機房"),
            ("own_room", "自建機房"),
            ("rented", "租用機房"),
            ("cloud", "雲端"),
        ]),
        "own_room",
    )
    .help("主機所在決定由何者負責")
    .law("system-development-principles"),
    Field::new("host_keeper", "主機管理單位", Kind::Text, "資訊科")
        .help("自建者為機房管理單位，租用或雲端者為租用機關"),
    Field::new("unit", "業務單位", Kind::Text, "歲計科").synonyms(&["主管單位", "權責單位"]),
    Field::new("business", "支持之業務", Kind::Text, "歲計業務").synonyms(&["相關業務", "業務名稱"]),
    Field::new("url", "網址", Kind::Text, "https://budget.example.gov.tw/").synonyms(&["URL"]),
    Field::new("vendor", "維運廠商", Kind::Text, "示範資訊股份有限公司").synonyms(&["廠商", "委外廠商"]),
    Field::new("contract", "委外契約", Kind::Text, "115-B-021").help("契約名稱或編號"),
    Field::new(
        "personal_data",
        "個人資料",
        Kind::Choice(PERSONAL_DATA),
        "general",
    )
    .synonyms(&["是否含個資", "含個資"]),
    Field::new("mtpd_hours", "最大可容忍中斷時間（小時）", Kind::Decimal, "24")
        .synonyms(&["MTPD", "最大可容忍中斷時間"]),
    Field::new("rto_hours", "復原時間目標（RTO，小時）", Kind::Decimal, "8").synonyms(&["RTO"]),
    Field::new(
        "rpo_hours",
        "資料可容忍損失時間（RPO，小時）",
        Kind::Decimal,
        "24",
    )
    .synonyms(&["RPO"]),
    Field::new("go_live", "上線日期", Kind::Date, "2022-05-01"),
    Field::new("retired_on", "停用日期", Kind::Date, "2030-05-01").help("自此日起不再使用"),
    Field::new("note", "備註", Kind::LongText, "由資訊單位統一維運。"),
    Field::new("line", "計畫行次", Kind::Number, "131").help("由維護計畫匯入時的出處"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "system",
    title: "資通系統",
    help: "機關使用的資通系統；核心與否決定部分義務是否適用",
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<System>),
    group: Group::Systems,
    identity: &["name"],
    // Only what the agency answers for itself asks for a grading of its own.
    alters: &[Alter {
        what: "system.added",
        about: None,
        on: "go_live",
        when: is_own_system,
    }],
    ..RegisterSpec::TABLE
};

impl Row for System {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        if self.grade == Some(Grade::High) && self.core == Some(false) {
            return vec![FieldProblem::new(
                "core",
                "防護需求等級為「高」者即為核心資通系統：請將「核心資通系統」改為「是」，或更正等級",
            )];
        }
        let mut problems: Vec<FieldProblem> = Vec::new();
        let hours = |text: &str| text.parse::<f64>().ok();
        if let Some((target, most)) = hours(&self.rto_hours).zip(hours(&self.mtpd_hours))
            && target > most
        {
            problems.push(FieldProblem::new(
                "rto_hours",
                "復原時間目標不可長於最大可容忍中斷時間，請更正其中之一",
            ));
        }
        problems.extend(ends_after(
            self.go_live,
            self.retired_on,
            "retired_on",
            "停用日期",
        ));
        problems
    }
}

impl Stated<System> {
    /// The system as far as the law asks about it.
    pub fn system_facts(&self) -> SystemFacts {
        SystemFacts {
            id: self.source.row.clone(),
            name: self.row.name.clone(),
            core: self.row.is_core(),
            source: self.source.clone(),
        }
    }
}

/// Whether the agency has a system that is not core: true where a row is one; else what the
/// agency states. Rows that say nothing else prove nothing: a system may not have been entered.
pub fn has_non_core(systems: &[Stated<System>], agency: &Stated<Agency>) -> Option<Fact> {
    let row = systems.iter().find(|s| s.row.is_core() == Some(false));
    let stated = || {
        agency
            .row
            .has_non_core_system
            .map(|value| (value, &agency.source))
    };
    let (value, source) = row.map(|s| (true, &s.source)).or_else(stated)?;
    Some(Fact {
        subject: Subject::Agency,
        key: "has_non_core_system".to_owned(),
        value: FactValue::Flag(value),
        from: None,
        until: None,
        source: source.clone(),
    })
}

/// Whether the agency has a core system: true where a row is one; else what the agency
/// states; else false, but only where there are rows and all say no.
pub fn has_core(systems: &[Stated<System>], agency: &Stated<Agency>) -> Option<Fact> {
    let fact = |value: bool, source: &Source| Fact {
        subject: Subject::Agency,
        key: "has_core_system".to_owned(),
        value: FactValue::Flag(value),
        from: None,
        until: None,
        source: source.clone(),
    };
    if let Some(core) = systems.iter().find(|s| s.row.is_core() == Some(true)) {
        return Some(fact(true, &core.source));
    }
    if let Some(stated) = agency.row.has_core_system {
        return Some(fact(stated, &agency.source));
    }
    let first = systems.first()?;
    systems
        .iter()
        .all(|s| s.row.is_core() == Some(false))
        .then(|| fact(false, &first.source))
}
