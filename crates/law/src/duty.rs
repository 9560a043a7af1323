//! Duties: who, what, when, proof, and the dated list of their bases.

use crate::applies::Applies;
use crate::citation::Citation;
use crate::instrument::Certainty;
use crate::parameter::Value;
use period::{Counting, Date, Span};
use serde::{Deserialize, Serialize};

/// What a duty is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// The agency.
    Agency,
    /// Each core system (核心資通系統); none means not applicable.
    CoreSystem,
    /// Each system that is not core.
    NonCoreSystem,
    /// Each contract that names the instrument of the clause.
    Contract,
}

/// When a duty is due: one of a closed set of shapes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "shape")]
pub enum Shape {
    /// Once, within a span counted from a dated fact.
    Once {
        /// Parameter that holds the span.
        within: String,
        /// Fact key it runs from.
        counted_from: String,
        /// Counting regime.
        counting: Counting,
    },
    /// Again and again, by the calendar.
    Every {
        /// Parameter that holds the interval.
        interval: String,
        /// Dated fact whose following year begins the counting; empty: from the basis's first day.
        starts_after: Option<String>,
    },
    /// Each month by a day of it, for the month before.
    Monthly {
        /// Parameter that holds the day.
        by: String,
        /// The duty that, once done, makes it begin; empty: from the basis's first day.
        after: Option<String>,
    },
    /// Within a span of an event.
    OnEvent {
        /// The event: a key of `facts::TRIGGERS`, or its own words.
        trigger: String,
        /// Parameter that holds the span, where the clause names one.
        within: Option<String>,
        /// Counting regime.
        counting: Counting,
    },
    /// At all times.
    Standing {
        /// A flag that proves it, where one does.
        fact: Option<String>,
    },
}

impl Shape {
    /// The shape's name in data and in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Once { .. } => "once",
            Self::Every { .. } => "every",
            Self::Monthly { .. } => "monthly",
            Self::OnEvent { .. } => "on_event",
            Self::Standing { .. } => "standing",
        }
    }
}

/// A dated clause on which a duty rests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Basis {
    /// First day.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
    /// The clause.
    pub cite: Citation,
    /// For whom.
    pub applies: Applies,
    /// How sure.
    pub certainty: Certainty,
}

impl Basis {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|u| day < u)
    }
}

/// A transitional clause: displaces the ordinary period for those whose date lies before a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transitional {
    /// Law time over which it holds.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
    /// Dated fact it looks at.
    pub fact: String,
    /// It holds for those whose fact lies before this day.
    pub before: Date,
    /// Day from which its period runs.
    pub counted_from: Date,
    /// Its period.
    pub within: Value,
    /// The clause.
    pub cite: Citation,
    /// For whom.
    pub applies: Applies,
    /// How sure.
    pub certainty: Certainty,
}

/// A clause after which a period is counted anew, from the day of a change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restart {
    /// First day of the changes it speaks of.
    pub from: Date,
    /// First day no longer.
    pub until: Option<Date>,
    /// The changes: keys of `facts::ALTERATIONS`.
    pub on: Vec<String>,
    /// The clause.
    pub cite: Citation,
    /// For whom.
    pub applies: Applies,
    /// How sure.
    pub certainty: Certainty,
    /// The reading relied on where it counts.
    pub reading: Option<String>,
}

impl Restart {
    /// Whether it speaks of a change on a day.
    pub fn speaks_of(&self, what: &str, day: Date) -> bool {
        self.on.iter().any(|on| on == what) && self.from <= day && self.until.is_none_or(|u| day < u)
    }
}

/// How many of something a duty asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What is counted: a key of `facts::COUNTED`.
    pub what: String,
    /// Parameter with the least number; where it has no value, nothing is counted.
    pub at_least: String,
    /// Whose: each of these must have so many. None where so many are enough altogether.
    pub each: Option<String>,
}

/// How long a proof shows a state, where it says nothing of that itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// So long from the day it tells of.
    pub within: Span,
    /// The reading that says so.
    pub reading: String,
}

/// A duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Duty {
    /// Stable key; never an article's number.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// 管理面, 技術面, 認知與訓練…
    pub aspect: String,
    /// What to do, in our own words.
    pub explain: String,
    /// What counts as done, one line each.
    pub proof: Vec<String>,
    /// About whom or what.
    pub subject: SubjectKind,
    /// For whom, beside what each basis says.
    pub applies: Applies,
    /// When.
    pub shape: Shape,
    /// Parameters that say how much.
    pub requires: Vec<String>,
    /// Clauses, dated; a duty of plan form needs none.
    pub basis: Vec<Basis>,
    /// Transitional clauses.
    pub transitional: Vec<Transitional>,
    /// Clauses that count its period anew.
    pub restarts: Vec<Restart>,
    /// The edition against which it must be done: what was done against an earlier one isn't enough.
    pub edition: Option<String>,
    /// Readings relied on.
    pub readings: Vec<String>,
    /// Whether what was done once must be kept from then on: its proof ages like that of a standing duty.
    pub kept: bool,
    /// Articles and annexes of its own instrument from whose duties an agency is relieved by what this
    /// duty asks for, consent and filing.
    pub relieves: Vec<String>,
    /// Duties, by key, that another may do for the agency with the consent that this duty asks for.
    pub delegates: Vec<String>,
    /// How many of what it asks for.
    pub counts: Vec<Count>,
    /// Instrument whose folder holds it; empty for the forms of plan duties.
    pub home: Option<String>,
}

impl Duty {
    /// Whether a promise of an agency's own plan is enough to create it.
    pub fn is_plan_form(&self) -> bool {
        self.home.is_none()
    }

    /// The parameter that holds its period, where its shape has one.
    pub fn period_key(&self) -> Option<&str> {
        match &self.shape {
            Shape::Once { within, .. } => Some(within),
            Shape::Every { interval, .. } => Some(interval),
            Shape::Monthly { by, .. } => Some(by),
            Shape::OnEvent { within, .. } => within.as_deref(),
            Shape::Standing { .. } => None,
        }
    }

    /// Whether an article or annex row of its own instrument is one from which it relieves.
    pub fn reaches(&self, article: &str) -> bool {
        self.relieves.iter().any(|part| {
            let rest = article.strip_prefix(part.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether its proof ages: a state is shown anew.
    pub fn is_kept(&self) -> bool {
        self.kept || matches!(self.shape, Shape::Standing { .. })
    }

    /// Every parameter it looks at: its period first, then what it requires.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.period_key()
            .into_iter()
            .chain(self.requires.iter().map(String::as_str))
    }
}
