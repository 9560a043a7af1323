//! What the plan reader found, as it is kept: read back from its own JSON.
//!
//! Kept as JSON so that a reading made by an earlier version of the reader stays what
//! it was; fields that this version doesn't know are left alone.

use crate::AppError;
use law::{Corpus, Overlay, PlanParameter, Sentence};
use period::Date;
use serde::Deserialize;
use serde_json::Value;

/// A reading.
#[derive(Debug, Clone, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are those of the plan reader, documented there"
)]
pub struct Reading {
    pub agency: Option<Named>,
    pub level: Option<Stated>,
    #[serde(default)]
    pub chapters: Vec<Chapter>,
    #[serde(default)]
    pub core_business: Vec<Business>,
    #[serde(default)]
    pub non_core_business: Vec<Business>,
    pub core_systems: Option<Observation>,
    pub develops_systems: Option<Observation>,
    #[serde(default)]
    pub objectives: Vec<Objective>,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    pub undertakings: Vec<Undertaking>,
    #[serde(default)]
    pub citations: Vec<Citation>,
    #[serde(default)]
    pub clauses_of_interest: Vec<Interest>,
    #[serde(default)]
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    pub name: String,
    pub line: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Stated {
    pub value: String,
    pub line: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Chapter {
    pub number: u32,
    pub label: String,
    pub title: String,
    pub item: Option<String>,
    pub line: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Business {
    pub name: String,
    pub system: Option<String>,
    pub importance: Option<String>,
    pub impact: Option<String>,
    pub mtpd: Mtpd,
    pub line: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Mtpd {
    pub kind: String,
    pub hours: Option<f64>,
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Observation {
    pub value: bool,
    pub line: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Objective {
    pub key: String,
    pub value: f64,
    pub unit: String,
    pub line: u64,
    #[serde(default)]
    pub clause: String,
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Parameter {
    pub key: String,
    pub value: Value,
    #[serde(default)]
    pub unit: String,
    pub line: u64,
    #[serde(default)]
    pub clause: String,
    #[serde(default)]
    pub incident_levels: Vec<u32>,
    #[serde(default)]
    pub core: bool,
    #[serde(default)]
    pub per: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Undertaking {
    pub item: Option<String>,
    #[serde(default)]
    pub clause: String,
    pub line: u64,
    pub text: String,
    #[serde(default)]
    pub above: Vec<String>,
    #[serde(default)]
    pub firm: bool,
    #[serde(default)]
    pub core: bool,
    pub every: Option<Every>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Every {
    pub value: f64,
    pub unit: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Citation {
    pub text: String,
    pub instrument: String,
    pub article: Option<String>,
    pub line: u64,
    #[serde(default)]
    pub context: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Interest {
    pub kind: String,
    pub line: u64,
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    pub kind: String,
    pub line: u64,
    pub message: String,
}

impl Reading {
    /// Reads what the plan reader wrote.
    pub(crate) fn from_json(json: &Value) -> Result<Self, AppError> {
        Self::deserialize(json).map_err(|error| {
            AppError::failed(format!("計畫讀取結果的格式不符（{error}）"), "請重新匯入計畫檔")
        })
    }

    /// The promises, as the law weighs them.
    pub fn promises(&self) -> Vec<PlanParameter> {
        let of_parameters = self.parameters.iter().map(|p| PlanParameter {
            key: p.key.clone(),
            number: p.value.as_f64(),
            word: p.value.as_str().map(str::to_owned),
            unit: p.unit.clone(),
            clause: place(&p.clause, p.line),
            line: usize::try_from(p.line).unwrap_or_default(),
            levels: p.incident_levels.iter().map(ToString::to_string).collect(),
            core: p.core,
            per: p.per.clone(),
        });
        let of_objectives = self.objectives.iter().map(|o| PlanParameter {
            key: o.key.clone(),
            number: Some(o.value),
            word: None,
            unit: o.unit.clone(),
            clause: place(&o.clause, o.line),
            line: usize::try_from(o.line).unwrap_or_default(),
            levels: Vec::new(),
            core: false,
            per: None,
        });
        of_parameters.chain(of_objectives).collect()
    }

    /// The sentences that promise something, as the law's wordings look at them.
    pub fn sentences(&self) -> Vec<Sentence> {
        let of = |u: &Undertaking| Sentence {
            chapter: u.item.clone().unwrap_or_default(),
            clause: place(&u.clause, u.line),
            line: usize::try_from(u.line).unwrap_or_default(),
            text: u.text.clone(),
            above: u.above.clone(),
            firm: u.firm,
            core: u.core,
            every: u.every.as_ref().map(|e| (e.value, e.unit.clone())),
        };
        self.undertakings.iter().map(of).collect()
    }

    /// The plan as the law weighs it: its promises and the duties that its sentences are.
    pub fn overlay(
        &self,
        corpus: &Corpus,
        (agency, title, version): (&str, &str, &str),
        days: (Option<Date>, Option<Date>),
    ) -> Overlay {
        let (overlay, _left) = Overlay::new(corpus, agency, title, version, days, &self.promises());
        overlay.with_sentences(corpus, &self.sentences())
    }

    /// What kind of body the plan speaks of, as far as it says so.
    pub fn body(&self) -> Option<&'static str> {
        let says = |word: &str| self.chapters.iter().any(|c| c.title.contains(word));
        if says("特定非公務機關") {
            return Some("specific_non_government");
        }
        let name = self.agency.as_ref().map_or("", |a| a.name.as_str());
        let official = ["政府", "公所", "議會", "委員會"]
            .iter()
            .any(|w| name.contains(w))
            || [
                "局", "處", "署", "部", "院", "館", "所", "學校", "大學", "國中", "國小", "高中",
            ]
            .iter()
            .any(|w| name.ends_with(w));
        (says("公務機關") || official).then_some("public_agency")
    }
}

fn place(clause: &str, line: u64) -> String {
    if clause.is_empty() {
        return format!("第{line}行");
    }
    clause.to_owned()
}

/// Reads a plan's file into the reader's JSON.
pub(crate) fn read_plan(file_name: &str, bytes: &[u8]) -> Result<Value, AppError> {
    let text = crate::pdf::as_text(file_name, bytes)?;
    let reading = collectors::parse(file_name, &text)?;
    serde_json::to_value(&reading)
        .map_err(|e| AppError::failed(format!("讀取結果無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))
}
