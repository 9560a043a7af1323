//! 委外契約: which contracts run, with whom, and which security baselines they name.
//!
//! Why baselines are slugs: a contract that names a baseline takes its duties and clocks from the
//! law data, never below it. What it can't know: what the signed paper says beyond that.

use crate::core::checks::PERSONAL_DATA;
use crate::core::checks::ends_after;
use crate::core::row::{Row, Stated, check};
use crate::core::{
    Book, Ends, Field, FieldProblem, Gap, Group, Hand, Kind, Proof, Raise, Record, RegisterSpec, Sensitivity,
    found,
};
use crate::outsourcing::vendor::tax_id_problem;
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
    /// 受託者統一編號
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tax_id: String,
    /// 契約金額, in dollars, as the digits that were entered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub amount: String,
    /// 得複委託
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcontract_allowed: Option<bool>,
    /// 資安條款: what the signed paper holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_clauses: Vec<String>,
    /// 個人資料: none, general or special.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub personal_data: String,
    /// 個人資料處理確認日: when what was done with personal data was last confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_data_checked_on: Option<Date>,
    /// 廠商窗口
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// 承辦人
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub officer: String,
    /// 簽約日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_on: Option<Date>,
    /// 保固期滿日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_until: Option<Date>,
    /// 提前終止日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// 備註
    #[serde(default)]
    pub note: String,
}

/// What a contract is expected to say. The first nine keys are those of the law's set of what
/// to look to when a vendor is chosen and supervised.
const CLAUSES: &[(&str, &str)] = &[
    ("environment", "資安管理措施或第三方驗證"),
    ("personnel", "資安專業人員之資格與人數"),
    ("subcontracting", "得否複委託及其範圍、對象與措施"),
    ("vetting", "涉國家機密者之適任性查核"),
    ("security_test", "檢測證明、非自行開發之標示與授權"),
    ("notice", "違規或知悉事件時立即通知並補救"),
    ("data_return", "終止時資料返還、移交、刪除或銷毀"),
    ("other_measures", "其他資安維護措施"),
    ("audit", "接受稽核或查核並限期改善"),
    ("confidentiality", "全體履約人員簽保密切結，終止後仍負保密責任"),
    ("grade", "系統等級與防護基準"),
    ("data_ownership", "資料與報表歸機關所有，未經同意不得使用"),
    ("intellectual_property", "著作財產權讓與及不行使人格權"),
    ("third_party_rights", "專利與著作權爭議由廠商負責"),
    ("liability", "損害賠償與追償"),
    ("response", "重大事件全天候應變及到場時限"),
    ("forensics", "數位鑑識之團隊、程序與報告"),
    ("warranty", "保固服務與範圍"),
    ("restricted_products", "不使用危害國家資通安全產品"),
    ("personal_data", "個人資料之處理、監督與返還刪除"),
];

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
    Field::new("tax_id", "受託者統一編號", Kind::Text, "12345675").synonyms(&["統一編號", "統編"]),
    Field::new("amount", "契約金額（元）", Kind::Decimal, "1200000")
        .help("機關應否自行或另委第三方檢測，依此判斷")
        .synonyms(&["契約金額", "金額", "決標金額"]),
    Field::new("subcontract_allowed", "得複委託", Kind::Flag, "false")
        .synonyms(&["複委託"])
        .law(LAW),
    Field::new(
        "security_clauses",
        "資安條款",
        Kind::Many(CLAUSES),
        r#"["notice","audit","confidentiality"]"#,
    )
    .help("契約已載明者勾選")
    .synonyms(&["資安要求"])
    .law(LAW),
    Field::new(
        "personal_data",
        "個人資料",
        Kind::Choice(PERSONAL_DATA),
        "general",
    )
    .help("受託蒐集、處理或利用個人資料者"),
    Field::new(
        "personal_data_checked_on",
        "個人資料處理確認日",
        Kind::Date,
        "2026-06-30",
    )
    .help("受託處理個人資料者，監督各項並確認執行狀況之日；其後定期確認另登錄廠商查核"),
    Field::new("contact", "廠商窗口", Kind::Text, "黃示範")
        .synonyms(&["聯絡人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("officer", "承辦人", Kind::Text, "陳示範"),
    Field::new("signed_on", "簽約日", Kind::Date, "2025-12-20").synonyms(&["訂約日期"]),
    Field::new("warranty_until", "保固期滿日", Kind::Date, "2028-01-01").help("期滿後始得編列維護費"),
    Field::new("ended_on", "提前終止日", Kind::Date, "2026-10-01").help("屆滿前終止或解除者"),
    Field::new("note", "備註", Kind::LongText, "含第二年後續擴充。").sensitivity(Sensitivity::Internal),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "contract",
    title: "委外契約",
    help: "資通系統與服務之委外契約及其所引之資安需求規範",
    names_row: "name",
    fields: FIELDS,
    typed: Some(check::<Contract>),
    group: Group::Outsourcing,
    hands: &[Hand::VendorReads, Hand::SystemsRead],
    identity: &["name", "number"],
    own_number: Some("number"),
    looks_at: &["data_return"],
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "outsourcing.contract",
        on: "signed_on",
        until: &[Ends::On("until"), Ends::On("ended_on")],
        about: None,
        when: has_clauses,
    }],
    raises: &[Raise {
        duty: "personal_data.outsourcing",
        on: "signed_on",
        settled_on: "personal_data_checked_on",
        about: None,
        when: |row| ["general", "special"].contains(&row.text("personal_data")),
    }],
    ..RegisterSpec::TABLE
};

fn has_clauses(row: &Record<'_>) -> bool {
    !row.is_blank("signed_on") && !row.is_blank("security_clauses")
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let end = row.date("ended_on").or(row.date("until"));
    let ended = end.is_some_and(|day| day <= book.today);
    let returned = book.all("data_return").any(|d| d.text("contract") == row.id);
    let clauses = row.list("security_clauses");
    let personal = ["general", "special"].contains(&row.text("personal_data"));
    found([
        (ended && !returned).then(|| {
            Gap::missing(
                "",
                "契約已屆滿或終止，請登錄「契約終止資料返還與刪除」；續約者登錄為續約",
            )
        }),
        (!ended && clauses.is_empty()).then(|| {
            Gap::missing(
                "security_clauses",
                "請依契約勾選已載明之資安條款；未載明者洽廠商補訂",
            )
        }),
        (!ended && personal && !clauses.is_empty() && !clauses.contains(&"personal_data")).then(|| {
            Gap::missing(
                "security_clauses",
                "受託處理個人資料，契約應載明個人資料之處理與監督",
            )
        }),
        (!ended && row.is_blank("subcontract_allowed"))
            .then(|| Gap::missing("subcontract_allowed", "請填契約得否複委託")),
    ])
}

impl Row for Contract {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let ends = ends_after(self.from, self.until, "until", "屆滿日");
        ends.into_iter().chain(tax_id_problem(&self.tax_id)).collect()
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
