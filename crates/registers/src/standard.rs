//! 自訂標準: the head of a framework, catalogue, profile or mapping that was imported.
//!
//! Why only the head: the file itself is kept by its hash and read again whenever it is
//! shown, so that a better reader shows more without a new import. What it can't know:
//! whether the file may be passed on; that is between the agency and its publisher.

use crate::core::row::{Row, check};
use crate::core::text::is_sha256;
use crate::core::{Field, FieldProblem, Flow, Kind, Page, Reach, RegisterSpec, Sensitivity};
use serde::{Deserialize, Serialize};

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A library of CISO Assistant.
    CisoAssistant,
    /// An OSCAL catalogue or profile.
    Oscal,
}

/// What the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Requirements.
    Framework,
    /// Mappings only.
    Mapping,
    /// A choice among the requirements of others.
    Profile,
}

/// One edition of an imported standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// The publisher's identifier.
    pub identifier: String,
    /// 名稱
    pub title: String,
    /// 版本, as the file says.
    #[serde(default)]
    pub version: String,
    /// 發布者
    #[serde(default)]
    pub publisher: String,
    /// 檔案格式
    pub format: Format,
    /// 內容
    pub kind: Holds,
    /// 檔名
    pub file_name: String,
    /// SHA-256 of the file's bytes; the file is kept by it.
    pub sha256: String,
    /// How many requirements and headings.
    #[serde(default)]
    pub requirements: u64,
    /// How many of them are answered.
    #[serde(default)]
    pub assessable: u64,
    /// How many mappings.
    #[serde(default)]
    pub mappings: u64,
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new(
        "identifier",
        "識別碼",
        Kind::Text,
        "urn:example:risk:library:city-guide",
    )
    .help("由檔案讀出；同一識別碼的另一個檔案是新的一版")
    .required()
    .sensitivity(Sensitivity::Public),
    Field::new("title", "名稱", Kind::Text, "示範市資安指引")
        .required()
        .sensitivity(Sensitivity::Public),
    Field::new("version", "版本", Kind::Text, "2").help("依檔案所載"),
    Field::new("publisher", "發布者", Kind::Text, "示範市政府"),
    Field::new(
        "format",
        "檔案格式",
        Kind::Choice(&[("ciso_assistant", "CISO Assistant 函式庫"), ("oscal", "OSCAL")]),
        "ciso_assistant",
    )
    .required(),
    Field::new(
        "kind",
        "內容",
        Kind::Choice(&[
            ("framework", "框架或目錄"),
            ("mapping", "對照"),
            ("profile", "選用（profile）"),
        ]),
        "framework",
    )
    .required(),
    Field::new("file_name", "檔名", Kind::Text, "city-guide.yaml").required(),
    Field::new(
        "sha256",
        "檔案檢核碼",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    .help("由系統於匯入時計算")
    .required(),
    Field::new("requirements", "要求項數", Kind::Number, "4").help("含標題"),
    Field::new("assessable", "須作答項數", Kind::Number, "3"),
    Field::new("mappings", "對照數", Kind::Number, "2"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "standard",
    title: "自訂標準",
    help: "匯入的框架、目錄、選用與對照；內容由保存的檔案重新讀出",
    names_row: "title",
    fields: FIELDS,
    typed: Some(check::<Standard>),
    reach: Reach::System,
    flow: Flow::Own,
    page: Page::Own,
    ..RegisterSpec::TABLE
};

impl Row for Standard {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if !is_sha256(&self.sha256) {
            problems.push(FieldProblem::new(
                "sha256",
                "「檔案檢核碼」應為 64 個小寫十六進位字元，請重新匯入檔案",
            ));
        }
        if self.assessable > self.requirements {
            problems.push(FieldProblem::new(
                "assessable",
                "「須作答項數」不能多於「要求項數」，請重新匯入檔案",
            ));
        }
        problems
    }
}
