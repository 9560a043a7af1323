//! 責任等級條件: which of the conditions of a level the agency meets, by its own statement.
//!
//! Why beside the decisions on the level: who proposes and who decides a level weighs these; an agency that
//! has answered them sees whether its level still fits. What it can't know: of what level each
//! condition is; the law data says, and only as a trial.

use crate::core::{EVIDENCE, Field, Group, Kind, NOTE, RegisterSpec};

const LAW: &str = "classification-regulation";

/// The conditions: (as stored, as shown); the law data names the same keys.
pub const CRITERIA: &[(&str, &str)] = &[
    ("state_secret", "業務涉及國家機密"),
    ("foreign_defence", "業務涉及外交、國防或國土安全"),
    ("national_service", "維運全國性民眾服務，或跨機關共用之系統"),
    ("national_personal_data", "持有全國性之民眾或公務員個人資料檔案"),
    ("national_infrastructure", "公務機關之業務涉及全國性關鍵基礎設施"),
    (
        "provider_grave",
        "關鍵基礎設施提供者，經中央目的事業主管機關認失效之影響為災難性或非常嚴重",
    ),
    ("medical_centre", "公立醫學中心"),
    (
        "core_technology",
        "安全維護及管理公務機關捐助、資助或研發之國家核心科技資訊",
    ),
    (
        "regional_service",
        "維運區域性、地區性民眾服務，或跨機關共用之系統",
    ),
    ("regional_personal_data", "持有區域性或地區性之民眾個人資料檔案"),
    ("second_tier_shared", "維運中央二級機關及所屬機關（構）共用之系統"),
    (
        "regional_infrastructure",
        "公務機關之業務涉及區域性或地區性關鍵基礎設施",
    ),
    (
        "provider_serious",
        "關鍵基礎設施提供者，經中央目的事業主管機關認失效之影響為嚴重",
    ),
    ("hospital", "公立區域醫院或地區醫院"),
    ("no_service", "沒有資通系統，也不提供資通服務"),
    (
        "run_by_superior",
        "公務機關之全部資通業務由上級、監督機關或其指定之公務機關兼辦或代管",
    ),
    (
        "run_by_ministry",
        "特定非公務機關之全部資通業務由中央目的事業主管機關、其所屬或所管機關，或出資之公務機關兼辦或代管",
    ),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new(
        "criterion",
        "條件",
        Kind::Choice(CRITERIA),
        "regional_personal_data",
    )
    .required()
    .law(LAW),
    Field::new("holds", "是否符合", Kind::Flag, "true")
        .required()
        .help("不確定時不必登錄；未登錄之條件，試算時列為尚未回答"),
    Field::new("ground", "依據及說明", Kind::LongText, "持有全市市民之申辦資料。")
        .help("符合者敘明何項業務、系統或資料")
        .expected(),
    Field::new("system", "相關之資通系統", Kind::Reference("system"), "s1"),
    Field::new("checked_on", "檢視日期", Kind::Date, "2026-03-10").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "level_criterion",
    title: "責任等級條件",
    help: "就責任等級之各項條件自行回答，供等級試算；試算只是提醒，等級由提交或核定機關認定",
    group: Group::Organisation,
    names_row: "criterion",
    identity: &["criterion"],
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
