//! What a plan says, value by value, each with its line.
//!
//! What: the serialised shape of a reading; field names are a contract with every
//! surface that shows plans. Why: verdicts are merged in elsewhere, so nothing here
//! may depend on what the law requires. What it can't know: whether a value is good.

use serde::{Serialize, Serializer};

/// Everything that was read from one plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanReading {
    /// Whose plan it is.
    pub agency: Option<Agency>,
    /// The responsibility level that the plan states (資通安全責任等級).
    pub level: Option<Level>,
    /// The chapters in their order.
    pub chapters: Vec<Chapter>,
    /// Rows of the core business table (核心業務).
    pub core_business: Vec<CoreBusiness>,
    /// Rows of the non-core business table (非核心業務).
    pub non_core_business: Vec<NonCoreBusiness>,
    /// Whether the agency has core information systems (核心資通系統).
    pub core_systems: Option<Observation>,
    /// Whether it operates systems it develops or has developed (自行或委外開發).
    pub develops_systems: Option<Observation>,
    /// Quantified security objectives.
    pub objectives: Vec<Objective>,
    /// What the agency promises, as numbers.
    pub parameters: Vec<Parameter>,
    /// What the agency promises in words, with or without a number.
    pub undertakings: Vec<Undertaking>,
    /// Documents and forms referred to by number.
    pub documents: Vec<Document>,
    /// Legal instruments and articles referred to.
    pub citations: Vec<Citation>,
    /// Passages of which the law layer has something to say.
    pub clauses_of_interest: Vec<Interest>,
    /// Passages that quote the law's duty table; nothing in them counts as a promise.
    pub quoted: Vec<Quoted>,
    /// What could not be read, or contradicts itself.
    pub problems: Vec<Problem>,
    /// How many lines the source has.
    pub lines: u32,
}

/// The agency's name as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agency {
    /// Full name.
    pub name: String,
    /// Where it was first read.
    pub line: u32,
}

/// The responsibility level as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// `A` to `E`.
    pub value: String,
    /// Where it was read.
    pub line: u32,
}

/// One chapter heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// The number that the label stands for.
    pub number: u32,
    /// The label as written, without its divider.
    pub label: String,
    /// The title as written.
    pub title: String,
    /// Which chapter of the national template it is.
    pub item: Option<Item>,
    /// Where it begins.
    pub line: u32,
}

/// The seventeen chapters of the national template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 依據及目的
    BasisPurpose,
    /// 適用範圍
    Scope,
    /// 核心業務及重要性
    CoreBusiness,
    /// 資通安全政策及目標
    PolicyObjectives,
    /// 資通安全推動組織
    Organization,
    /// 專職(責)人力及經費配置
    Resources,
    /// 資訊及資通系統之盤點
    Inventory,
    /// 資通安全風險評估
    Risk,
    /// 資通安全防護及控制措施
    Controls,
    /// 資通安全事件通報、應變及演練
    Incident,
    /// 資通安全情資之評估及因應
    Intelligence,
    /// 資通系統或服務委外辦理之管理
    Outsourcing,
    /// 資通安全教育訓練
    Training,
    /// 所屬人員之考核機制
    PersonnelAssessment,
    /// 持續精進及績效管理
    Improvement,
    /// 實施情形之提出
    Report,
    /// 相關法規、程序及表單
    Annex,
}

impl Item {
    /// All chapters in the template's order.
    pub const ALL: [Self; 17] = [
        Self::BasisPurpose,
        Self::Scope,
        Self::CoreBusiness,
        Self::PolicyObjectives,
        Self::Organization,
        Self::Resources,
        Self::Inventory,
        Self::Risk,
        Self::Controls,
        Self::Incident,
        Self::Intelligence,
        Self::Outsourcing,
        Self::Training,
        Self::PersonnelAssessment,
        Self::Improvement,
        Self::Report,
        Self::Annex,
    ];

    /// The slug used in output.
    pub fn slug(self) -> &'static str {
        match self {
            Self::BasisPurpose => "basis_purpose",
            Self::Scope => "scope",
            Self::CoreBusiness => "core_business",
            Self::PolicyObjectives => "policy_objectives",
            Self::Organization => "organization",
            Self::Resources => "resources",
            Self::Inventory => "inventory",
            Self::Risk => "risk",
            Self::Controls => "controls",
            Self::Incident => "incident",
            Self::Intelligence => "intelligence",
            Self::Outsourcing => "outsourcing",
            Self::Training => "training",
            Self::PersonnelAssessment => "personnel_assessment",
            Self::Improvement => "improvement",
            Self::Report => "report",
            Self::Annex => "annex",
        }
    }

    /// The template's title, used in messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::BasisPurpose => "依據及目的",
            Self::Scope => "適用範圍",
            Self::CoreBusiness => "核心業務及重要性",
            Self::PolicyObjectives => "資通安全政策及目標",
            Self::Organization => "資通安全推動組織",
            Self::Resources => "專職(責)人力及經費配置",
            Self::Inventory => "資訊及資通系統之盤點",
            Self::Risk => "資通安全風險評估",
            Self::Controls => "資通安全防護及控制措施",
            Self::Incident => "資通安全事件通報、應變及演練",
            Self::Intelligence => "資通安全情資之評估及因應",
            Self::Outsourcing => "委外辦理之管理",
            Self::Training => "資通安全教育訓練",
            Self::PersonnelAssessment => "所屬人員考核機制",
            Self::Improvement => "持續精進及績效管理機制",
            Self::Report => "實施情形之提出",
            Self::Annex => "相關法規、程序及表單",
        }
    }
}

/// How a maximum tolerable period of disruption (最大可容忍中斷時間) is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MtpdKind {
    /// A length of time.
    Duration,
    /// Said not to be defined, or not to apply.
    Undefined,
    /// Left to somebody else.
    Deferred,
    /// The cell is empty or absent, or holds a text that can't be read; that is reported.
    Missing,
}

/// The maximum tolerable period of disruption of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mtpd {
    /// How it is stated.
    pub kind: MtpdKind,
    /// The length in hours; always there when it is a length.
    #[serde(serialize_with = "optional_number")]
    pub hours: Option<f64>,
    /// The cell as written.
    pub text: String,
}

/// A row of the core business table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoreBusiness {
    /// The business; the part before the colon when the cell goes on to explain.
    pub name: String,
    /// The operations, from their own column or from after the colon.
    pub operation: Option<String>,
    /// The core system; null when the plan says there is none.
    pub system: Option<String>,
    /// Why it matters.
    pub importance: Option<String>,
    /// What its failure would do.
    pub impact: Option<String>,
    /// How long it may be down.
    pub mtpd: Mtpd,
    /// Where the row begins.
    pub line: u32,
}

/// A row of the non-core business table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NonCoreBusiness {
    /// The business or system.
    pub name: String,
    /// The system, when the table has such a column.
    pub system: Option<String>,
    /// What its failure would do.
    pub impact: Option<String>,
    /// How long it may be down.
    pub mtpd: Mtpd,
    /// Where the row begins.
    pub line: u32,
}

/// A yes or no with the line that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// Yes or no.
    pub value: bool,
    /// The line that says so.
    pub line: u32,
}

/// On which side of the value the objective lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The value or more.
    AtLeast,
    /// Below the value.
    LessThan,
    /// The value or less.
    AtMost,
}

/// A quantified objective.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Objective {
    /// Which objective; see [`super::objectives::OBJECTIVES`].
    pub key: &'static str,
    /// The number.
    #[serde(serialize_with = "number")]
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Where it was read.
    pub line: u32,
    /// Where that is, for a reader of the plan.
    pub clause: String,
    /// An excerpt of that line.
    pub text: String,
    /// On which side of it the objective lies.
    pub comparison: Comparison,
}

/// A promised value: a number, a word or a flag.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; whole ones are serialised without a decimal point.
    Number(f64),
    /// One of a key's words.
    Word(&'static str),
    /// Said or not said.
    Flag(bool),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(n) => number(n, serializer),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

/// Something the agency promises.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Which promise; see [`super::PARAMETERS`].
    pub key: &'static str,
    /// What is promised.
    pub value: Value,
    /// The unit of the value.
    pub unit: &'static str,
    /// Where it was read.
    pub line: u32,
    /// Where that is, for a reader of the plan.
    pub clause: String,
    /// An excerpt of that line.
    pub text: String,
    /// The incident levels (1 to 4) it is limited to; absent when it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incident_levels: Vec<u32>,
    /// Of whom the number is counted (`each`, `total`, `at_least_one`), where the sentence says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<&'static str>,
    /// Whether it is said of core systems only.
    #[serde(skip_serializing_if = "is_false")]
    pub core: bool,
}

/// How often, as written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Every {
    /// How many units.
    #[serde(serialize_with = "number")]
    pub value: f64,
    /// `year`, `month`, `week` or `day`.
    pub unit: &'static str,
}

/// A sentence that promises something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Undertaking {
    /// The chapter of the template it stands in.
    pub item: Option<Item>,
    /// Where that is, for a reader of the plan.
    pub clause: String,
    /// Where it begins.
    pub line: u32,
    /// The sentence, its widths folded and without blanks.
    pub text: String,
    /// The items above it, nearest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<String>,
    /// Whether its own words bind (應, 不得, 每年); else it only says what is done, or is an item of what binds.
    #[serde(skip_serializing_if = "is_false")]
    pub firm: bool,
    /// Whether it is said of core systems only.
    #[serde(skip_serializing_if = "is_false")]
    pub core: bool,
    /// How often, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
}

/// A document or form with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The number as written, joined when it was broken across lines.
    pub number: String,
    /// The title beside it; empty when there is none.
    pub title: String,
    /// Where it was first read.
    pub line: u32,
}

/// A legal instrument, and an article of it when one is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// The citation as written.
    pub text: String,
    /// The instrument's full name.
    pub instrument: String,
    /// `10`, `6-1` or `附表九`; null when only the instrument is named.
    pub article: Option<String>,
    /// The paragraph (項), when one is named.
    pub paragraph: Option<u32>,
    /// Where it was read.
    pub line: u32,
    /// The chapter's slug and the sentence around it.
    pub context: String,
}

/// A passage of interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interest {
    /// Which kind of passage.
    pub kind: &'static str,
    /// Where it was read.
    pub line: u32,
    /// The named thing, or the sentence.
    pub text: String,
}

/// A passage that quotes the law's duty table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quoted {
    /// What is quoted.
    pub kind: &'static str,
    /// Where it begins.
    pub line: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Its first words.
    pub text: String,
}

/// Something that could not be read, or contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which kind of problem.
    pub kind: &'static str,
    /// Where it is.
    pub line: u32,
    /// What it is and what to do, in the officer's words.
    pub message: String,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far below the limit")]
    if value.fract() == 0.0 && value.abs() < 1e12 {
        serializer.serialize_i64(*value as i64)
    } else {
        serializer.serialize_f64(*value)
    }
}

#[allow(clippy::ref_option, reason = "the signature that serde asks for")]
fn optional_number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => number(value, serializer),
        None => serializer.serialize_none(),
    }
}
