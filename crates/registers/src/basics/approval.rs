//! 簽核: where a record stands on its way to being final, and who decided what.
//!
//! Why a row of its own: a decision is about one version of a record, by its hash; the
//! record can then go on without losing what was approved. Why a type with states and events:
//! what may follow on what is said here once, and stored bodies have one reader. What it can't
//! know: whether a signature on paper is genuine (the scan is kept), and who holds a role.

use super::step::{Approver, Does, Step};
use crate::core::form::ReadError;
use crate::core::row::typed;
use crate::core::shape::Evidence;
use crate::core::{EVIDENCE, Field, Flow, Hand, Kind, Page, Reach, RegisterSpec};
use period::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 簽核中
    Submitted,
    /// 已退回
    Returned,
    /// 已撤回
    Withdrawn,
    /// 已定版
    Final,
}

/// What somebody did on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 送簽
    Submit,
    /// 同意
    Agree,
    /// 退回
    Return,
    /// 會辦意見
    Opinion,
    /// 撤回
    Withdraw,
    /// 登錄紙本核定
    Paper,
}

impl Act {
    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Submit => "送簽",
            Self::Agree => "同意",
            Self::Return => "退回",
            Self::Opinion => "會辦意見",
            Self::Withdraw => "撤回",
            Self::Paper => "登錄紙本核定",
        }
    }
}

/// One thing that happened on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Who, as the ledger names them.
    pub by: String,
    /// Who, as people know them.
    pub name: String,
    /// Whom a deputy stood for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stood_for: String,
    /// What.
    pub verdict: Act,
    /// In which role, as it is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When, in Taipei.
    pub at: String,
    /// The version that was seen.
    pub version: u32,
}

/// What was made final.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// The version.
    pub version: u32,
    /// Its number.
    #[serde(default)]
    pub number: String,
    /// The day of the decision.
    pub on: Date,
    /// The hash of its body.
    #[serde(default)]
    pub hash: String,
    /// Its body as it was stored then, in the form of that time.
    pub body: Value,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The register of the record.
    pub register: String,
    /// The record.
    pub row: String,
    /// The version on which is decided.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// How many steps are done.
    #[serde(default)]
    pub step: usize,
    /// The steps, as they were when it was sent on.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What happened, oldest first, in all rounds.
    #[serde(default)]
    pub decisions: Vec<Event>,
    /// The number of the version that was made final.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// The hash of its body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body_hash: String,
    /// What was last made final, though the record may have gone on since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approved>,
    /// The scan of a signed page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl Approval {
    /// The id of the approval of a record.
    pub fn id(register: &str, row: &str) -> String {
        format!("{register}:{row}")
    }

    /// Reads a stored body: the only way to read one.
    ///
    /// # Errors
    /// Where it is of a newer form, or no approval.
    pub fn read(stored: &Value) -> Result<Self, ReadError> {
        typed(&SPEC, stored)
    }

    /// Its body as it is stored.
    pub fn body(&self) -> Value {
        let mut members = match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.insert("v".to_owned(), SPEC.v.into());
        Value::Object(members)
    }

    /// That a version is to be decided on, with what was known of the record's approval before.
    pub fn about(
        (register, row, version): (&str, &str, u32),
        steps: Vec<Step>,
        before: Option<Self>,
    ) -> Self {
        let (decisions, approved) = before.map_or_else(Default::default, |b| (b.decisions, b.approved));
        Self {
            register: register.to_owned(),
            row: row.to_owned(),
            version,
            state: State::Submitted,
            step: 0,
            steps,
            decisions,
            number: String::new(),
            body_hash: String::new(),
            approved,
            evidence: Vec::new(),
        }
    }

    /// Sent on.
    #[must_use]
    pub fn sent(self, event: Event) -> Self {
        Self { step: 0, ..self }.with(State::Submitted, event)
    }

    /// Called back by whoever sent it.
    #[must_use]
    pub fn called_back(self, event: Event) -> Self {
        self.with(State::Withdrawn, event)
    }

    /// Sent back with a reason.
    #[must_use]
    pub fn returned(self, at: usize, event: Event) -> Self {
        Self { step: at, ..self }.with(State::Returned, event)
    }

    /// Past the step at `at`, which was agreed to or answered.
    #[must_use]
    pub fn passed(self, at: usize, event: Event) -> Self {
        let step = at.saturating_add(1);
        Self { step, ..self }.with(State::Submitted, event)
    }

    /// Final: what was approved, and the scan of the signed page where there is one.
    #[must_use]
    pub fn finished(self, approved: Approved, evidence: Vec<Evidence>, event: Event) -> Self {
        Self {
            step: self.steps.len(),
            number: approved.number.clone(),
            body_hash: approved.hash.clone(),
            approved: Some(approved),
            evidence,
            ..self
        }
        .with(State::Final, event)
    }

    fn with(mut self, state: State, event: Event) -> Self {
        self.decisions.push(event);
        self.state = state;
        self
    }

    /// Where a version of the record stands in it; none where it is about another version.
    pub fn state_of(&self, version: u32) -> Option<State> {
        (self.version == version).then_some(self.state)
    }

    /// The version that was last made final.
    pub fn approved_version(&self) -> Option<u32> {
        self.approved.as_ref().map(|a| a.version)
    }

    /// The step at which it stands.
    pub fn current(&self) -> Option<Step> {
        self.steps.get(self.step).copied()
    }

    /// Steps that may be taken now, with their place: the one at which it stands, and the next
    /// after consultations, which hold nothing up.
    pub fn open_steps(&self) -> impl Iterator<Item = (usize, Step)> + '_ {
        let mut last = false;
        let from_here = self.steps.iter().copied().enumerate().skip(self.step);
        from_here.take_while(move |(_, step)| !std::mem::replace(&mut last, step.does != Does::Consults))
    }

    /// Who sent it on last.
    pub fn sender(&self) -> Option<&str> {
        let sent = self.decisions.iter().rev().find(|e| e.verdict == Act::Submit);
        sent.map(|e| e.by.as_str())
    }

    /// Whether somebody agreed to a step since it was last sent on: as a deputy one may take two
    /// steps, but nobody approves what they reviewed.
    pub fn agreed_in_this_round(&self, who: &str) -> bool {
        let round = self
            .decisions
            .iter()
            .rev()
            .take_while(|e| e.verdict != Act::Submit);
        round.into_iter().any(|e| e.by == who && e.verdict == Act::Agree)
    }

    /// Who made final what was last made final.
    pub fn approved_by(&self) -> Option<&str> {
        let version = self.approved_version()?;
        let decides = |e: &&Event| e.version == version && matches!(e.verdict, Act::Agree | Act::Paper);
        self.decisions.iter().rev().find(decides).map(|e| e.name.as_str())
    }

    /// Who takes the step at which it stands.
    pub fn waits_for(&self) -> Option<Approver> {
        self.current().map(|step| step.role)
    }
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "remote_permit").required(),
    Field::new("row", "紀錄", Kind::Text, "a1-r1").required(),
    Field::new("version", "版本", Kind::Number, "2").required(),
    Field::new(
        "state",
        "狀態",
        Kind::Choice(&[
            ("submitted", "簽核中"),
            ("returned", "已退回"),
            ("withdrawn", "已撤回"),
            ("final", "已定版"),
        ]),
        "final",
    )
    .required(),
    Field::new("step", "目前步驟", Kind::Number, "1"),
    Field::new(
        "steps",
        "步驟",
        Kind::Json,
        r#"[{"role":"ciso","does":"approves"}]"#,
    ),
    Field::new(
        "decisions",
        "歷程",
        Kind::Json,
        r#"[{"by":"m1","name":"王示範","verdict":"agree","at":"2026-05-20T10:00","version":2}]"#,
    ),
    Field::new("number", "定版編號", Kind::Text, "115-RA-001"),
    Field::new(
        "body_hash",
        "定版內容之雜湊",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    Field::new(
        "approved",
        "前次定版",
        Kind::Json,
        r#"{"version":2,"number":"115-RA-001","on":"2026-05-20","hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","body":{}}"#,
    )
    .help("最近一次定版之版本、編號、日期與內容"),
    EVIDENCE.help("紙本核定者，簽名頁之掃描檔"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "approval",
    title: "簽核",
    help: "紀錄之簽核歷程與定版內容",
    reach: Reach::System,
    hands: &[Hand::AboutAnother],
    flow: Flow::Own,
    page: Page::Own,
    names_row: "number",
    identity: &["register", "row"],
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
