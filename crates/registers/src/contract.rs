//! 委外契約: which contracts run, with whom, and which security baselines they name.
//!
//! Why baselines are slugs: a contract that names a baseline takes its duties and clocks from the
//! law data, never below it. What it can't know: what the signed paper says beyond that.

use crate::row::{Row, Stated, check, ends_after};
use crate::{Field, FieldProblem, Group, Kind, RegisterSpec, Sensitivity};
use facts::ContractFacts;
use period::Date;
use serde::{Deserialize, Serialize};

/// One contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// 契約名稱
    pub name: String,
    /// 受託者
    #[serde(default)]
    pub vendor: String,
    /// 契約編號
    #[serde(default)]
    pub number: String,
    /// 起日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// 迄日: the first day no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// 資安需求規範: slugs of the contract baselines it names.
    #[serde(default)]
    pub baselines: Vec<String>,
    /// 備註
    #[serde(default)]
    pub note: String,
}

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "契約名稱", Kind::Text, "公文系統維護案")
        .required()
        .law(LAW),
    Field::new("vendor", "受託者", Kind::Text, "示範資訊股份有限公司").law(LAW),
    Field::new("number", "契約編號", Kind::Text, "115-B-021"),
    Field::new("from", "起日", Kind::Date, "2026-01-01"),
    Field::new("until", "屆滿日", Kind::Date, "2027-01-01").help("自此日起不再有效"),
    Field::new(
        "baselines",
        "資安需求規範",
        Kind::List,
        r#"["vendor-security-requirements"]"#,
    )
    .help("契約所引之規範代號，一行一個；規範之應辦事項與時限即及於本契約")
    .law(LAW),
    Field::new("note", "備註", Kind::LongText, "含第二年後續擴充。").sensitivity(Sensitivity::Internal),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "contract",
    title: "委外契約",
    help: "資通系統與服務之委外契約及其所引之資安需求規範",
    v: 1,
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Contract>),
    group: Group::Outsourcing,
    identity: &["name", "number"],
    ..RegisterSpec::TABLE
};

impl Row for Contract {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        ends_after(self.from, self.until, "until", "屆滿日")
            .into_iter()
            .collect()
    }
}

impl Stated<Contract> {
    /// The contract, as the law asks about it.
    pub fn contract_facts(&self) -> ContractFacts {
        ContractFacts {
            id: self.source.row.clone(),
            name: self.row.name.clone(),
            baselines: self.row.baselines.clone(),
            from: self.row.from,
            until: self.row.until,
            source: self.source.clone(),
        }
    }
}
