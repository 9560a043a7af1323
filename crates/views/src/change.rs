//! The law's change over time: between two versions, for an agency, and what is in doubt.

use crate::{AgencyHead, ClauseView, DoneView, ReadingView, Status, VersionView};
use period::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// A clause of the law, with the value it sets where it sets one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CiteView {
    /// `instrument@version/article`.
    pub at: String,
    /// Printed in the official way.
    pub label: String,
    /// primary, secondary, open.
    pub certainty: String,
    /// That certainty in words.
    pub certainty_label: String,
    /// The value it sets, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where its page is.
    #[serde(skip)]
    pub href: String,
}

/// For whom: facts and their words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScopeView {
    /// As data: any of these words for each key; empty means everybody.
    pub applies: BTreeMap<String, Vec<String>>,
    /// In words.
    pub words: String,
}

/// An article that moved, changed, came or went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleChangeView {
    /// moved, kept, added, repealed, unknown.
    pub fate: String,
    /// That in words.
    pub fate_label: String,
    /// Article before.
    pub old: Option<String>,
    /// Its printed name.
    pub old_label: Option<String>,
    /// Article after.
    pub new: Option<String>,
    /// Its printed name.
    pub new_label: Option<String>,
    /// Heading, of the later one where there is one.
    pub heading: String,
    /// Whether the heading differs.
    pub heading_changed: bool,
    /// Whether our gist differs.
    pub gist_changed: bool,
    /// Gist before.
    pub old_gist: String,
    /// Gist after.
    pub new_gist: String,
    /// How sure before, in words.
    pub old_certainty: Option<String>,
    /// How sure after, in words.
    pub new_certainty: Option<String>,
}

/// A duty that changed for somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DutyChangeView {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// For whom.
    pub scope: ScopeView,
    /// new, gone, moved, unknown.
    pub change: String,
    /// That in words.
    pub change_label: String,
    /// Clauses before.
    pub before: Vec<CiteView>,
    /// Clauses after.
    pub after: Vec<CiteView>,
}

/// A value that changed for somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterChangeView {
    /// Parameter key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// For whom.
    pub scope: ScopeView,
    /// new, gone, moved, tighter, looser, changed, unknown.
    pub change: String,
    /// That in words.
    pub change_label: String,
    /// Before.
    pub before: Option<CiteView>,
    /// After.
    pub after: Option<CiteView>,
    /// Items of a list that only the later one asks.
    pub more: Vec<String>,
    /// Items of a list that only the earlier one asks.
    pub less: Vec<String>,
    /// Values of the same duty that change with it for the same bodies; read them together.
    pub beside: Vec<String>,
}

/// A transitional clause that came or went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransitionalChangeView {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// For whom.
    pub scope: ScopeView,
    /// new, gone, unknown.
    pub change: String,
    /// That in words.
    pub change_label: String,
    /// The clause and its period.
    pub clause: CiteView,
    /// For those whose date lies before this day.
    pub before: Date,
    /// From which day the period runs.
    pub counted_from: Date,
}

/// What changed between two versions of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LawDiffView {
    /// Instrument slug.
    pub instrument: String,
    /// The first version.
    pub from: VersionView,
    /// The second version.
    pub to: VersionView,
    /// Articles.
    pub articles: Vec<ArticleChangeView>,
    /// Duties.
    pub duties: Vec<DutyChangeView>,
    /// Parameters.
    pub parameters: Vec<ParameterChangeView>,
    /// Transitional clauses.
    pub transitional: Vec<TransitionalChangeView>,
    /// What to keep in mind while reading.
    pub cautions: Vec<String>,
}

impl LawDiffView {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
            && self.duties.is_empty()
            && self.parameters.is_empty()
            && self.transitional.is_empty()
    }
}

/// What a change of law does to a duty of an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpactKind {
    /// It did not bind this agency.
    Appears,
    /// It no longer does.
    Vanishes,
    /// It asks more.
    Tighter,
    /// It asks less.
    Looser,
    /// It asks something else.
    Changed,
    /// It is due earlier.
    DueEarlier,
    /// It is due later.
    DueLater,
    /// Another verdict on the same facts.
    Verdict,
    /// The same clause under another number.
    Renumbered,
    /// Other clauses bind.
    OtherClause,
}

impl ImpactKind {
    /// Every kind, the most urgent first.
    pub const ALL: [Self; 10] = [
        Self::Appears,
        Self::Vanishes,
        Self::Tighter,
        Self::Looser,
        Self::Changed,
        Self::DueEarlier,
        Self::DueLater,
        Self::Verdict,
        Self::Renumbered,
        Self::OtherClause,
    ];

    /// The word on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Appears => "新增",
            Self::Vanishes => "不再適用",
            Self::Tighter => "要求加嚴",
            Self::Looser => "要求放寬",
            Self::Changed => "要求不同",
            Self::DueEarlier => "期限提前",
            Self::DueLater => "期限延後",
            Self::Verdict => "判斷改變",
            Self::Renumbered => "條號變更",
            Self::OtherClause => "依據增減",
        }
    }
}

/// A duty under one law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImpactSide {
    /// Verdict.
    pub verdict: Status,
    /// The reason in words.
    pub reason: String,
    /// Last day.
    pub due: Option<Date>,
    /// The last day, or what is known of it, in words.
    pub due_words: String,
    /// Clauses that bind.
    pub clauses: Vec<ClauseView>,
}

/// A requirement of a duty that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequirementChangeView {
    /// Parameter key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// tighter, looser, changed.
    pub change: ImpactKind,
    /// Value before, in words.
    pub before: Option<String>,
    /// Value after, in words.
    pub after: Option<String>,
}

/// A line of the agency's plan that the change makes wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanLineView {
    /// Line of the uploaded text.
    pub line: u64,
    /// Its chapter.
    pub chapter: String,
    /// Kind of issue.
    pub kind: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a change of law does to one duty of one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImpactDutyView {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// The system's name; empty for the agency.
    pub subject: String,
    /// 管理面, 技術面…
    pub aspect: String,
    /// What happens to it, most urgent first.
    pub kinds: Vec<ImpactKind>,
    /// Verdict on the first day, as it was; none where the agency did not have the duty.
    pub then: Option<Status>,
    /// On the second day, had the law not changed.
    pub before: Option<ImpactSide>,
    /// On the second day.
    pub after: Option<ImpactSide>,
    /// Requirements that changed.
    pub requirements: Vec<RequirementChangeView>,
    /// Lines of the plan that cite what moved.
    pub plan: Vec<PlanLineView>,
    /// What was done for it up to the second day.
    pub records: Vec<DoneView>,
    /// Readings of the law that the result rests on, where more than the number changed.
    pub readings: Vec<ReadingView>,
    /// What to know or do, in words.
    pub notes: Vec<String>,
}

/// An instrument whose version in force differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LawMoveView {
    /// Instrument slug.
    pub slug: String,
    /// Title and version on the first day.
    pub before: Option<(String, String)>,
    /// Title and version on the second day.
    pub after: Option<(String, String)>,
    /// First day of what holds on the second day, or first day without the earlier one.
    pub since: Option<Date>,
    /// Whether that day is the latest possible one, the true one not being known.
    pub at_latest: bool,
    /// Whether the duties of both versions are entered.
    pub modelled: bool,
    /// How sure, in words.
    pub certainty_label: String,
}

/// A duty whose state differs between the days for another reason than the law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OtherChangeView {
    /// Duty key.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// The system's name; empty for the agency.
    pub subject: String,
    /// On the first day.
    pub before: Option<Status>,
    /// On the second day, had the law not changed.
    pub after: Option<Status>,
}

/// What the law's change between two days does to an agency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImpactView {
    /// The agency on the second day.
    pub agency: AgencyHead,
    /// First day.
    pub from: Date,
    /// Second day.
    pub to: Date,
    /// Instruments that changed.
    pub laws: Vec<LawMoveView>,
    /// Duties that the change touches, most urgent first.
    pub duties: Vec<ImpactDutyView>,
    /// How many duties rest on a new version under the same number, asking the same.
    pub same: usize,
    /// Lines of the plan that were right on the first day and no longer are.
    pub plan: Vec<PlanLineView>,
    /// Systems touched.
    pub systems: Vec<String>,
    /// Duties that differ for another reason: time, level, records.
    pub others: Vec<OtherChangeView>,
    /// What to keep in mind while reading.
    pub cautions: Vec<String>,
}

/// An entry of the law data that was not compared with an official text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DoubtView {
    /// version, article, basis, transitional, value, reading.
    pub kind: String,
    /// That in words.
    pub kind_label: String,
    /// `instrument@version/article`, or a reading's key.
    pub at: String,
    /// The clause, printed; the key of a reading.
    pub label: String,
    /// What it says.
    pub what: String,
    /// secondary, open.
    pub certainty: String,
    /// That in words.
    pub certainty_label: String,
    /// Where it was taken from.
    pub source: String,
}
