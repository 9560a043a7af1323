//! 簽核流程: an agency's own steps for a register, where they differ from the default.
//!
//! Why its own register: who approves what is the agency's to say, as long as the last
//! step decides. What it can't know: who holds a role today.

use super::step::{Does, Step};
use crate::core::form::ReadError;
use crate::core::row::typed;
use crate::core::{Book, Field, FieldProblem, Flow, Hand, Kind, Reach, Record, RegisterSpec, found};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// An agency's own steps for a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The register, by key.
    pub register: String,
    /// Its steps; the last one approves.
    #[serde(serialize_with = "as_words", deserialize_with = "from_words")]
    pub steps: Vec<Step>,
    /// 字號
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// 核定文號
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document_no: String,
}

impl Route {
    /// Reads a stored body: the only way to read one.
    ///
    /// # Errors
    /// Where it is of a newer form, or no route.
    pub fn read(stored: &Value) -> Result<Self, ReadError> {
        typed(&SPEC, stored)
    }
}

fn as_words<S: Serializer>(steps: &[Step], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(steps.iter().map(|step| step.words()))
}

fn from_words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Step>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    let step = |words: &String| {
        Step::of(words).ok_or_else(|| de::Error::custom(format!("「{words}」不是可用的步驟")))
    };
    words.iter().map(step).collect()
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "remote_permit").required(),
    Field::new(
        "steps",
        "步驟",
        Kind::List,
        r#"["unit_head:reviews", "ciso:approves"]"#,
    )
    .required()
    .help("一行一步：角色:動作；角色 officer、unit_head、system_admin、ciso、auditor、supervisor，動作 reviews 審核、consults 會辦、approves 核定；最後一步為核定"),
    Field::new("prefix", "字號", Kind::Text, "RA").help("定版編號之英文字母"),
    Field::new("document_no", "核定文號", Kind::Text, "府資字第1150000000號"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "route",
    title: "簽核流程",
    help: "機關自訂之簽核步驟；未訂者依法規資料之預設",
    reach: Reach::System,
    hands: &[Hand::Accounts],
    flow: Flow::None,
    names_row: "register",
    identity: &["register"],
    fields: FIELDS,
    looks_at: &["route"],
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

/// What is wrong between the fields of a route whose register is `known` to be one that can be
/// approved, or not.
pub(crate) fn judged(row: &Record<'_>, known: bool) -> Vec<FieldProblem> {
    let words = row.list("steps");
    let steps: Vec<Option<Step>> = words.iter().map(|words| Step::of(words)).collect();
    let unknown = words.iter().zip(&steps).find(|(_, step)| step.is_none());
    let approves = |step: &Option<Step>| step.is_some_and(|s| s.does == Does::Approves);
    let ends = steps.last().is_some_and(approves);
    let early = steps.iter().rev().skip(1).any(approves);
    found([
        (!known).then(|| {
            let message = "沒有這個登記簿，或其紀錄由系統登錄而不簽核；請填登記簿代號，例如 remote_permit";
            FieldProblem::new("register", message)
        }),
        unknown.map(|(words, _)| {
            FieldProblem::new(
                "steps",
                format!("「{words}」不是可用的步驟，請寫如 unit_head:reviews"),
            )
        }),
        (unknown.is_none() && (!ends || early))
            .then(|| FieldProblem::new("steps", "核定（approves）應是最後一步，也只能有這一步")),
        row.text("prefix")
            .chars()
            .any(|c| !c.is_ascii_uppercase())
            .then(|| FieldProblem::new("prefix", "「字號」請用大寫英文字母，例如 RA")),
    ])
}

/// With two ways for one register nobody knows which one a record takes.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let twice = book
        .all("route")
        .any(|other| other.id != row.id && other.text("register") == row.text("register"));
    found([twice.then(|| FieldProblem::new("register", "這個登記簿已訂有簽核流程，請於原筆修改"))])
}
