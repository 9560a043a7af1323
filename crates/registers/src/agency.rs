//! 機關基本資料: what the agency is, and what it says of itself as a whole.
//!
//! Why here and not derived: whether an agency develops systems or runs a mail server
//! can't be read off any other register. What it can't know: whether these statements
//! still hold; they are undated and stand until they are changed.

use crate::core::row::{Row, Stated, check};
use crate::core::{Book, Field, FieldProblem, Kind, Record, RegisterSpec, Sensitivity, found};
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
    /// The superior's agency id, where it uses this system too: its supervisors may look.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parent: String,
    /// Records are complete from this day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<Date>,
    /// 成立日期: nothing of the agency's lies before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub established_on: Option<Date>,
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
    /// 有非核心資通系統; the system register goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_non_core_system: Option<bool>,
    /// 所屬縣市: whose rules bind it beside the national ones.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub jurisdiction: String,
    /// 有所屬或監督之機關
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervises_agencies: Option<bool>,
    /// 有委外辦理資通系統或服務
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outsources_systems: Option<bool>,
    /// 有專案核准使用之危害國家資通安全產品
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_restricted_products: Option<bool>,
    /// 關鍵基礎設施提供者
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_infrastructure: Option<bool>,
    /// 現況盤點補佐證期限: the last day for proofs of what was declared done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stocktake_until: Option<Date>,
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
    Field::new("parent", "上級機關之代號", Kind::Text, "a2345")
        .help("上級機關亦使用本系統時填其機關代號，其監督人員即可閱覽本機關資料"),
    Field::new("supervisor", "上級或監督機關", Kind::Text, "示範市政府")
        .sensitivity(Sensitivity::Public)
        .law(LAW),
    Field::new("records_from", "紀錄完整起始日", Kind::Date, "2026-01-01")
        .help("自此日起辦理紀錄已全數登錄；更早的期間系統不判定"),
    Field::new("established_on", "機關成立日期", Kind::Date, "2019-01-01")
        .help("新設或改制之機關填寫；早於此日的事件與辦理紀錄會被退回")
        .sensitivity(Sensitivity::Public),
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
    Field::new("has_non_core_system", "有非核心資通系統", Kind::Flag, "true")
        .help("資通系統登錄簿已有非核心系統者，以登錄簿為準")
        .law("enforcement-rules"),
    Field::new("jurisdiction", "所屬縣市", Kind::Text, "臺北市")
        .help("直轄市或縣（市）名稱；中央機關填「中央」。填妥後，該縣市之資安規定才會列入")
        .sensitivity(Sensitivity::Public),
    Field::new("supervises_agencies", "有所屬或監督之機關", Kind::Flag, "false")
        .help("有所屬、所轄或受監督之機關者，負有稽核與審查之義務")
        .law(LAW),
    Field::new(
        "outsources_systems",
        "有委外辦理資通系統或服務",
        Kind::Flag,
        "true",
    )
    .help("建置、維運或服務之提供，全部或一部委外者")
    .law(LAW),
    Field::new(
        "uses_restricted_products",
        "有專案核准使用之危害國家資通安全產品",
        Kind::Flag,
        "false",
    )
    .sensitivity(Sensitivity::Confidential)
    .law(LAW),
    Field::new(
        "critical_infrastructure",
        "關鍵基礎設施提供者",
        Kind::Flag,
        "false",
    )
    .help("特定非公務機關經中央目的事業主管機關指定者；公務機關填「否」")
    .law(LAW),
    Field::new("stocktake_until", "現況盤點補佐證期限", Kind::Date, "2027-02-26")
        .help("自陳已辦事項應於何日前補附佐證；留空則自填報日起三個月（本系統之預設，並非法規所定）"),
    Field::new("note", "備註", Kind::LongText, "本機關資訊業務由資訊單位兼辦。"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "agency",
    title: "機關基本資料",
    help: "機關本身的性質與整體情形，決定適用哪些義務",
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Agency>),
    identity: &["name"],
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

/// Nobody knows yet that the records of days ahead are complete.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let ahead = row.date("records_from").is_some_and(|day| day > book.today);
    found([
        ahead.then(|| FieldProblem::new("records_from", "紀錄起始日在今天之後，請確認日期，例如 115/08/01"))
    ])
}

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
        if let (Some(records), Some(established)) = (self.records_from, self.established_on)
            && records < established
        {
            problems.push(FieldProblem::new(
                "records_from",
                "「紀錄完整起始日」不可早於「機關成立日期」，請更正其中之一",
            ));
        }
        problems
    }
}

impl Stated<Agency> {
    /// What the row states, all of it undated. `has_core_system` and
    /// `has_non_core_system` are left to [`crate::system`], which weighs them against its rows.
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
            flag("supervises_agencies", self.row.supervises_agencies),
            flag("outsources_systems", self.row.outsources_systems),
            flag("uses_restricted_products", self.row.uses_restricted_products),
            flag("critical_infrastructure", self.row.critical_infrastructure),
            Some(self.row.jurisdiction.trim().to_owned())
                .filter(|name| !name.is_empty())
                .map(|name| ("jurisdiction".to_owned(), FactValue::Choice(name))),
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
