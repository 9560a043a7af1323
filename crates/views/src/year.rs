//! An agency's year: twelve months, what falls in them, and what could be spread.

use crate::AgencyHead;
use period::Date;
use serde::Serialize;

/// How something of the year stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum YearState {
    /// Its day has passed.
    Overdue,
    /// Its day is to come.
    Due,
    /// Something was done.
    Done,
}

impl YearState {
    /// Every state, worst first.
    pub const ALL: [Self; 3] = [Self::Overdue, Self::Due, Self::Done];

    /// The word on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Overdue => "逾期",
            Self::Due => "待辦",
            Self::Done => "已辦",
        }
    }

    /// A shape of its own: a picture must not speak by colour alone.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Overdue => "▲",
            Self::Due => "○",
            Self::Done => "●",
        }
    }

    /// The colour class, shared with verdicts.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Overdue => "not_met",
            Self::Due => "not_yet_due",
            Self::Done => "met",
        }
    }
}

/// Something that falls on a day of the year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearEntry {
    /// The last day on which it may be done; of what was done, the day.
    pub day: Date,
    /// That day in words, with the hour where the period ends at one.
    pub day_words: String,
    /// How it stands.
    pub state: YearState,
    /// What.
    pub title: String,
    /// About what; empty for the agency.
    pub subject: String,
    /// More, such as by how much it was late.
    pub note: String,
    /// Whether its day is an estimate.
    pub provisional: bool,
    /// 管理面, 技術面…
    pub aspect: String,
    /// Who says so.
    pub clause: String,
    /// Where its page is.
    pub href: String,
    /// Duty key.
    pub key: String,
    /// `once`, `every`, `on_event`, `standing`.
    pub shape: String,
    /// What makes it the same thing when it is asked for again.
    #[serde(skip)]
    pub same: String,
    /// The instant, where the period ends at one.
    #[serde(skip)]
    pub at: Option<period::DateTime>,
}

/// One month of one kind of duties.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearCell {
    /// 1 to 12.
    pub month: i8,
    /// How many stand how, worst first; only what is there.
    pub counts: Vec<(YearState, usize)>,
}

impl YearCell {
    /// How many things fall in it.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|(_, n)| n).sum()
    }
}

/// One kind of duties.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearRow {
    /// 管理面, 技術面…
    pub aspect: String,
    /// Its twelve months.
    pub cells: Vec<YearCell>,
}

/// A month with what falls in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearMonth {
    /// 1 to 12.
    pub month: i8,
    /// By day.
    pub entries: Vec<YearEntry>,
}

/// A duty of which no day is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Undated {
    /// What.
    pub title: String,
    /// About what; empty for the agency.
    pub subject: String,
    /// What isn't known.
    pub missing: String,
    /// Where its page is.
    pub href: String,
}

/// A month that the agency's own plan promises.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromisedMonth {
    /// What is promised.
    pub title: String,
    /// 1 to 12.
    pub month: i8,
    /// Line of the plan.
    pub line: u64,
    /// How it stands; none where the month is over and nothing is on record.
    pub kept: Option<YearState>,
}

/// A month proposed for what the law leaves the whole year for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpreadLine {
    /// What.
    pub title: String,
    /// How many subjects.
    pub count: usize,
    /// 1 to 12.
    pub month: i8,
    /// The last day that the law leaves.
    pub due: Date,
    /// Where its page is.
    pub href: String,
}

/// The page 年度.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearView {
    /// The agency.
    pub agency: AgencyHead,
    /// The year, of the Republic.
    pub year: i16,
    /// Years to choose from.
    pub years: Vec<i16>,
    /// The month that runs, where it is this year's.
    pub now: Option<i8>,
    /// One row for each kind of duties.
    pub rows: Vec<YearRow>,
    /// All together.
    pub sum: YearRow,
    /// The months with something in them.
    pub months: Vec<YearMonth>,
    /// What has no day.
    pub undated: Vec<Undated>,
    /// What is to be kept at all times and so falls in no month.
    pub standing: usize,
    /// Overdue since before this year.
    pub before: usize,
    /// Months that the plan promises.
    pub promised: Vec<PromisedMonth>,
    /// Months proposed.
    pub spread: Vec<SpreadLine>,
    /// Whether some day is an estimate.
    pub provisional: bool,
}

impl YearView {
    /// How many entries stand how.
    pub fn count(&self, state: YearState) -> usize {
        let counts = self.sum.cells.iter().flat_map(|c| &c.counts);
        counts.filter(|(s, _)| *s == state).map(|(_, n)| n).sum()
    }
}
