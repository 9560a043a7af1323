//! 資產: the inventory of information, software, hardware and supporting services.
//!
//! Why its own register: the plan asks for an inventory with owner, custodian and user
//! of each asset. What it can't know: what is installed or attached without being
//! entered; scanners find that.

use crate::row::{Row, check};
use crate::{Field, FieldProblem, Group, Kind, RegisterSpec, Sensitivity};
use serde::{Deserialize, Serialize};

/// 資產類別
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 資訊資產
    Information,
    /// 軟體資產
    Software,
    /// 實體資產
    Physical,
    /// 支援服務資產
    Service,
}

/// One asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The system it belongs to, by name.
    #[serde(default)]
    pub system_name: String,
    /// 資產名稱
    pub name: String,
    /// 資產類別
    pub category: Category,
    /// 擁有者
    #[serde(default)]
    pub owner: String,
    /// 管理者
    #[serde(default)]
    pub custodian: String,
    /// 使用者
    #[serde(default)]
    pub user: String,
    /// 存放位置
    #[serde(default)]
    pub location: String,
    /// 防護需求等級, as written.
    #[serde(default)]
    pub protection_level: String,
    /// 財產編號
    #[serde(default)]
    pub property_no: String,
    /// 廠牌
    #[serde(default)]
    pub brand: String,
    /// 型號
    #[serde(default)]
    pub model: String,
}

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("system_name", "所屬資通系統", Kind::Text, "預算編製系統").help("不屬於任何系統時留空"),
    Field::new("name", "資產名稱", Kind::Text, "預算資料庫主機")
        .required()
        .law(LAW),
    Field::new(
        "category",
        "資產類別",
        Kind::Choice(&[
            ("information", "資訊"),
            ("software", "軟體"),
            ("physical", "實體"),
            ("service", "支援服務"),
        ]),
        "physical",
    )
    .required()
    .law(LAW),
    Field::new("owner", "擁有者", Kind::Text, "歲計科"),
    Field::new("custodian", "管理者", Kind::Text, "資訊單位"),
    Field::new("user", "使用者", Kind::Text, "歲計科同仁"),
    Field::new("location", "存放位置", Kind::Text, "三樓機房").sensitivity(Sensitivity::Confidential),
    Field::new("protection_level", "防護需求等級", Kind::Text, "中").sensitivity(Sensitivity::Confidential),
    Field::new("property_no", "財產編號", Kind::Text, "3140101-03-0001"),
    Field::new("brand", "廠牌", Kind::Text, "示範牌")
        .help("供比對限制使用之產品")
        .sensitivity(Sensitivity::Confidential)
        .law("restricted-products-principles"),
    Field::new("model", "型號", Kind::Text, "X-100").sensitivity(Sensitivity::Confidential),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "asset",
    title: "資訊及資通系統資產",
    help: "定期盤點的資產清冊",
    v: 1,
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Asset>),
    group: Group::Assets,
    identity: &["name"],
    bulk: true,
    ..RegisterSpec::TABLE
};

impl Row for Asset {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        Vec::new()
    }
}
