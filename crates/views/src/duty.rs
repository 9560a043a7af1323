//! One duty of one subject, with its whole Why.

use period::{Date, DateTime, Moment};
use schemars::JsonSchema;
use serde::Serialize;

/// A verdict with the word and the colour class that every screen uses for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DutyStatus")]
pub enum Status {
    /// Due and not proven.
    NotMet,
    /// A missing fact prevents the decision.
    Unknown,
    /// The deadline lies ahead.
    NotYetDue,
    /// Proven.
    Met,
    /// It does not bind.
    NotApplicable,
}

impl Status {
    /// Every status, worst first.
    pub const ALL: [Self; 5] = [
        Self::NotMet,
        Self::Unknown,
        Self::NotYetDue,
        Self::Met,
        Self::NotApplicable,
    ];

    /// The word on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "已符合",
            Self::NotMet => "未符合",
            Self::NotYetDue => "未到期",
            Self::Unknown => "待查明",
            Self::NotApplicable => "不適用",
        }
    }

    /// One character for dense tables.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Met => "完",
            Self::NotMet => "未",
            Self::NotYetDue => "待",
            Self::Unknown => "疑",
            Self::NotApplicable => "免",
        }
    }

    /// The name in data, and of the colour class.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::NotYetDue => "not_yet_due",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The status of a name in data.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.slug() == slug)
    }
}

/// A clause.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct ClauseView {
    /// Instrument slug, or `plan:<agency>`.
    pub instrument: String,
    /// Version id.
    pub version: String,
    /// Article.
    pub article: String,
    /// Printed in the official way.
    pub label: String,
    /// act, regulation, …, plan.
    pub rank: String,
    /// What it says, in our own words.
    pub gist: String,
    /// primary, secondary, open.
    pub certainty: String,
    /// That certainty in words.
    pub certainty_label: String,
    /// The value it sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Line of the uploaded plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Where its page is; empty for a plan.
    #[serde(skip)]
    pub href: String,
}

impl ClauseView {
    /// Its edition as an officer calls it, 110 年版; none for a plan, or where it isn't told by a year.
    pub fn edition(&self) -> Option<String> {
        let year: i32 = self.version.parse().ok()?;
        let known = !self.href.is_empty() && self.version.len() == 4 && year > 1911;
        known.then(|| format!("{} 年版", year - 1911))
    }
}

/// A clause that does not bind.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct LoserView {
    /// The clause.
    #[serde(flatten)]
    pub clause: ClauseView,
    /// What it would have asked.
    pub outcome: String,
    /// weaker, displaced, relieved.
    pub reason: String,
    /// Why it lost, in words.
    pub reason_label: String,
    /// Whether a lower rank promises less than a higher one asks.
    pub below_floor: bool,
}

/// A fact read, or missing.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct FactView {
    /// Vocabulary key.
    pub key: String,
    /// What an officer calls it.
    pub label: String,
    /// Its value as data; none where it is missing.
    pub value: Option<String>,
    /// Its value in words.
    #[serde(skip)]
    pub words: String,
    /// register/row@version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who can supply it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplied_by: Option<String>,
}

/// One step to the deadline.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct StepView {
    /// Counting rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where it led.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// In words.
    pub note: String,
    /// The clause, printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
}

/// A reading relied on.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct ReadingView {
    /// Key.
    pub key: String,
    /// The reading taken.
    pub text: String,
    /// The other one.
    pub alternative: String,
    /// How sure.
    pub certainty: String,
    /// How sure, in words.
    pub certainty_label: String,
}

/// One earlier period.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct PeriodView {
    /// 114年度…
    pub label: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Status.
    pub status: Status,
}

/// A parameter of the duty.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct RequirementView {
    /// Key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// The binding value in words.
    pub value: String,
    /// Who says so.
    pub said_by: Vec<String>,
}

/// Something done.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct DoneView {
    /// The day.
    pub on: Date,
    /// What.
    pub title: String,
    /// More.
    pub note: String,
    /// Pieces of evidence.
    pub evidence: usize,
    /// Row id.
    pub row: String,
    /// Files: name and hash.
    pub files: Vec<(String, String)>,
}

/// One duty of one subject.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct DutyView {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// `agency`, or `system:<name>`.
    pub subject: String,
    /// Register id of the system, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<String>,
    /// Verdict.
    pub verdict: Status,
    /// The reason in zh-TW.
    pub reason: String,
    /// The reason as a few fixed words for machines: `no core system`, `overdue`…
    pub reason_code: String,
    /// Last day.
    pub due: Option<Date>,
    /// The instant, as Taipei's civil time, where the period ends at one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime>,
    /// Until which part of that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of_day: Option<String>,
    /// By how much it was done too late, where it is met all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_by: Option<LateView>,
    /// Where the last day is unknown: it can't be before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_not_before: Option<Date>,
    /// Whether the last day is an estimate, which the calendar of a year not yet published decides.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// From what the due day follows.
    pub due_basis: String,
    /// once, every, `on_event`, standing.
    pub shape: String,
    /// 管理面, 技術面…
    pub aspect: String,
    /// What to do.
    pub explain: String,
    /// Clauses that bind.
    pub binding: Vec<ClauseView>,
    /// Clauses that do not.
    pub losers: Vec<LoserView>,
    /// Facts read.
    pub facts: Vec<FactView>,
    /// Steps to the deadline.
    pub steps: Vec<StepView>,
    /// Readings relied on.
    pub readings: Vec<ReadingView>,
    /// Parameters.
    pub requirements: Vec<RequirementView>,
    /// Earlier periods.
    pub periods: Vec<PeriodView>,
    /// What counts as done.
    pub proof: Vec<String>,
    /// What was done.
    pub done: Vec<DoneView>,
    /// The events that set it off, the worst first; of those that are over the latest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventView>,
    /// The last day that the proof shows, where what must be kept was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_until: Option<Date>,
    /// How many of what it asks for, and how many are on record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<CountView>,
    /// Its parts, where it carries several clauses or records answer one; it is met when all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartView>,
    /// What the agency says of it without a file to show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredView>,
    /// The first day of the agency's records, where its end lies before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_records: Option<Date>,
}

/// What an agency says of a duty without a file to show it.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct DeclaredView {
    /// `done`, `part`, `not_done`, `not_known`, `by_superior`.
    pub state: String,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// Under which document number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub document_no: String,
    /// The last day by which the proof is to be brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prove_by: Option<Date>,
    /// Row id of the statement.
    pub row: String,
}

/// How many of something a duty asks for, and how many are on record.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct CountView {
    /// What is counted: `dedicated_person`, `license`, `competence`, `paper`.
    pub what: String,
    /// What an officer calls it.
    pub label: String,
    /// Each of whom must have so many; none where so many are enough altogether.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// How many are asked for.
    pub needed: usize,
    /// How many there are; of several who must each have them, as many as who has the fewest.
    pub have: usize,
    /// How many persons have too few, where each must have them.
    pub lacking: usize,
    /// Their names, as the reader may see them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<String>,
    /// The last day on which there are, or were, enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enough_until: Option<Date>,
}

/// One part of a duty that carries several clauses.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct PartView {
    /// By what records name it, under `parts`.
    pub key: String,
    /// Where it stands, printed.
    pub label: String,
    /// What it asks.
    pub asks: String,
    /// Verdict.
    pub verdict: Status,
    /// The reason as a few fixed words for machines: `done`, `no proof`, `proof_outdated`, `checked`,
    /// `check failed`…
    pub reason_code: String,
    /// What answers it: `record`, `evidence`, `check`, `statement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_by: Option<String>,
    /// That, in words.
    pub shown: String,
    /// The last day that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What records are looked at for it: register key and what is looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<(String, String)>,
    /// Records that are otherwise than it asks, as far as the reader may know them: register key, row
    /// id and name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<(String, String, String)>,
}

impl PartView {
    /// The verdict in a word.
    pub fn status_words(&self) -> &'static str {
        match (self.verdict, self.reason_code.as_str()) {
            (_, "proof_outdated") => "待更新佐證",
            (_, "check failed") => "紀錄不符",
            (Status::Met, _) => "已證明",
            _ => "尚未證明",
        }
    }

    /// Whether it is answered.
    pub fn is_met(&self) -> bool {
        self.verdict == Status::Met
    }

    /// What kind of thing answers it: 檔案, 紀錄, 檢核, 聲明; empty where nothing does.
    pub fn shown_kind(&self) -> &'static str {
        match self.shown_by.as_deref() {
            Some("record") => "登錄紀錄",
            Some("evidence") => "佐證",
            Some("check") => "紀錄檢核",
            Some("statement") => "具名聲明",
            _ => "",
        }
    }
}

/// By how much something was too late.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct LateView {
    /// In words: 3 日, 2 小時 5 分鐘.
    pub words: String,
    /// In minutes; a day is 1,440 of them.
    pub minutes: u32,
}

/// When something was or ends, as Taipei's civil time: a day (`2026-03-13`), or an instant of it
/// (`2026-03-13T09:30:00`).
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(transparent)]
pub struct MomentView(String);

impl MomentView {
    /// What it was made from.
    pub fn moment(&self) -> Option<Moment> {
        Moment::try_from(self.0.clone()).ok()
    }

    /// As an officer reads it.
    pub fn words(&self) -> String {
        match self.moment() {
            Some(Moment::Day(day)) => period::roc_short_weekday(day),
            Some(Moment::Instant(at)) => period::roc_instant(at),
            None => self.0.clone(),
        }
    }
}

impl From<Moment> for MomentView {
    fn from(moment: Moment) -> Self {
        Self(match moment {
            Moment::Day(day) => day.to_string(),
            Moment::Instant(at) => at.to_string(),
        })
    }
}

/// One event that sets off a duty.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct EventView {
    /// What happened.
    pub title: String,
    /// When.
    pub at: MomentView,
    /// Level of the incident, where it is one and graded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Verdict.
    pub verdict: Status,
    /// The reason as a few fixed words for machines: `overdue`, `event open`, `done late`…
    pub reason_code: String,
    /// The time that the law of its day leaves; empty where it sets none.
    pub within: String,
    /// The end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<MomentView>,
    /// Where the end isn't known: it can't be before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_not_before: Option<MomentView>,
    /// Whether the end is an estimate, which the calendar of a year not yet published decides.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// When it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<MomentView>,
    /// By how much too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_by: Option<LateView>,
    /// The end under another reading of the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<OtherwiseView>,
    /// The clauses that set the time.
    pub clauses: Vec<ClauseView>,
    /// The parts of the duty, as this event was dealt with; it is met when all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartView>,
    /// Register key of the record that tells of it; empty where its reader may not know.
    pub register: String,
    /// Its row id; empty as well.
    pub row: String,
}

/// The end under another reading.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct OtherwiseView {
    /// What starts the clock under it.
    pub trigger: String,
    /// When.
    pub from: MomentView,
    /// The end, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<MomentView>,
}

impl EventView {
    /// The end in words, or what is known of it.
    pub fn due_words(&self) -> String {
        match (&self.due, &self.due_not_before) {
            (Some(due), _) => match due.moment() {
                Some(end) if self.provisional => format!("{}{}", due.words(), estimate(end.date())),
                _ => due.words(),
            },
            (None, Some(first)) => format!("不早於 {}", first.words()),
            (None, None) => "—".to_owned(),
        }
    }

    /// How many of its parts are not answered.
    pub fn open_parts(&self) -> usize {
        self.parts.iter().filter(|p| !p.is_met()).count()
    }

    /// By what a proof of its parts names it, under `event`; none where its reader may not know.
    pub fn named(&self) -> Option<String> {
        let known = !self.row.is_empty() && !self.parts.is_empty();
        known.then(|| format!("{}/{}", self.register, self.row))
    }

    /// The verdict in a word, and by how much it is late.
    pub fn status_words(&self) -> String {
        match self.reason_code.as_str() {
            "overdue" => "逾期未辦結".to_owned(),
            "event open" => "尚未辦結".to_owned(),
            "end unknown" => "尚未辦結，是否逾期待查明".to_owned(),
            "parts open" => format!("已辦結，{} 項未證明", self.open_parts()),
            _ => with_lateness(self.verdict, self.late_by.as_ref()),
        }
    }
}

fn estimate(due: Date) -> String {
    format!("（預估，{} 年辦公日曆公布後確定）", due.year() - 1911)
}

fn with_lateness(verdict: Status, late_by: Option<&LateView>) -> String {
    match late_by {
        Some(by) => format!("{}（逾期 {}）", verdict.word(), by.words),
        None => verdict.word().to_owned(),
    }
}

impl DutyView {
    /// The worst event that is not settled, where the reader may see the record that tells of it: there
    /// it is settled.
    pub fn open_event(&self) -> Option<&EventView> {
        let open =
            |e: &&EventView| e.verdict != Status::Met && e.reason_code != "parts open" && !e.row.is_empty();
        self.events.iter().find(open)
    }

    /// The event that is settled but for parts that nothing shows yet.
    pub fn event_in_parts(&self) -> Option<&EventView> {
        self.events.iter().find(|e| e.reason_code == "parts open")
    }

    /// How many of its parts are not answered.
    pub fn open_parts(&self) -> usize {
        self.parts.iter().filter(|p| !p.is_met()).count()
    }

    /// Whether its last proof no longer shows how things are: nothing says that they are otherwise.
    pub fn is_outdated(&self) -> bool {
        self.reason_code == "proof_outdated"
    }

    /// Whether it is declared done and its proof is awaited: not met, and no breach that is known of.
    pub fn is_declared(&self) -> bool {
        self.reason_code == "declared"
    }

    /// Whether its end lies before the agency's records, and nobody has said how it stood.
    pub fn is_before_records(&self) -> bool {
        self.reason_code == "before records"
    }

    /// The name of its colour: that of its verdict, but for what is not met and not known to be wrong.
    pub fn tone(&self) -> &'static str {
        let denied = self.declared.as_ref().is_some_and(|d| d.state == "not_done");
        if self.is_declared() || (self.is_before_records() && !denied) {
            return "declared";
        }
        self.verdict.slug()
    }

    /// The verdict in a word, and by how much what was done was too late.
    pub fn status_words(&self) -> String {
        if self.is_outdated() {
            return "待更新佐證".to_owned();
        }
        if self.reason_code == "by_superior" {
            return "由上級代辦".to_owned();
        }
        if self.is_declared() {
            return "自陳已辦，待補佐證".to_owned();
        }
        if self.is_before_records() {
            return "期限早於啟用日".to_owned();
        }
        with_lateness(self.verdict, self.late_by.as_ref())
    }

    /// The last day in words, with its weekday, and the hour where there is one.
    pub fn due_words(&self) -> String {
        if let Some(at) = self.due_at {
            let day = period::roc_short_weekday(at.date());
            return format!("{day}{:02}:{:02}", at.hour(), at.minute());
        }
        match (self.due, self.due_not_before) {
            (Some(due), _) => {
                let part = if self.part_of_day.as_deref() == Some("morning") {
                    "上午"
                } else {
                    ""
                };
                let estimate = if self.provisional {
                    estimate(due)
                } else {
                    String::new()
                };
                format!("{}{part}{estimate}", period::roc_short_weekday(due))
            }
            (None, Some(day)) => format!("不早於 {}", period::roc_short(day)),
            (None, None) if self.shape == "standing" => "持續具備".to_owned(),
            (None, None) => "—".to_owned(),
        }
    }

    /// The name of the system or the contract, or an empty text for the agency.
    pub fn subject_name(&self) -> &str {
        self.subject.split_once(':').map_or("", |(_, name)| name)
    }

    /// What kind of thing the duty is about: 系統, 契約, 人員; empty for the agency.
    pub fn subject_kind(&self) -> &'static str {
        match self.subject.split_once(':').map(|(kind, _)| kind) {
            Some("system") => "系統",
            Some("contract") => "契約",
            Some("person") => "人員",
            _ => "",
        }
    }

    /// The first clause that binds, printed.
    pub fn first_clause(&self) -> &str {
        self.binding.first().map_or("", |c| c.label.as_str())
    }
}
