//! Instruments, their versions in time, and the articles of each version.

use period::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How high an instrument stands. A lower one can tighten, never loosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// 法律.
    Act,
    /// 法規命令.
    Regulation,
    /// 行政規則.
    AdministrativeRule,
    /// 地方自治法規及地方機關之規範.
    Local,
    /// An agency's own 資通安全維護計畫.
    Plan,
    /// 契約所引之資安需求規範: binds the contracts that name it.
    Contract,
}

/// How sure the project is of a fact of law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Compared with an official text.
    Primary,
    /// From a second-hand source that quotes the official text.
    Secondary,
    /// Not settled or not seen.
    Open,
}

impl Certainty {
    /// The mark that pages show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Primary => "已核對條文",
            Self::Secondary => "二手資料，待核對",
            Self::Open => "尚未確定",
        }
    }
}

/// One legal instrument over its whole life; renaming and rewriting leave the slug.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Instrument {
    /// Stable id, the folder's name.
    pub slug: String,
    /// Code in 全國法規資料庫.
    pub pcode: Option<String>,
    /// Rank.
    pub rank: Rank,
    /// `national`, or the city whose agencies it binds.
    pub jurisdiction: String,
    /// Kinds of body that it names, words of the vocabulary; empty where it names none apart.
    pub bodies: Vec<String>,
    /// Folder of the law data above its own: `national`, or the city in Latin letters.
    pub folder: String,
    /// Competent authority.
    pub authority: String,
    /// Short names people write.
    pub aliases: Vec<String>,
    /// Versions, oldest first.
    pub versions: Vec<Version>,
    /// What altered the meaning without touching the text.
    pub events: Vec<Event>,
}

impl Instrument {
    /// Whether it binds of itself, everywhere: a city's rules bind that city's agencies, a plan
    /// those who adopted it, a contract baseline the contracts that name it.
    pub fn is_national(&self) -> bool {
        !matches!(self.rank, Rank::Local | Rank::Plan | Rank::Contract)
    }

    /// Whether it names a kind of body, or names none apart.
    pub fn names(&self, body: &str) -> bool {
        self.bodies.is_empty() || self.bodies.iter().any(|b| b == body)
    }

    /// The version in force on a day.
    pub fn version_on(&self, day: Date) -> Option<&Version> {
        self.versions.iter().find(|v| v.in_force_on(day))
    }

    /// A version by id.
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|v| v.id == id)
    }

    /// The newest version known.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }
}

/// One version of an instrument, in force over `[from, until)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// Id, unique within the instrument.
    pub id: String,
    /// Official title at the time.
    pub title: String,
    /// Day of publication.
    pub published: Option<Date>,
    /// First day in force, where known.
    pub from: Option<Date>,
    /// In force by this day at the latest, where the first day is not known.
    pub no_later_than: Option<Date>,
    /// First day no longer in force.
    pub until: Option<Date>,
    /// What set the effect.
    pub set_by: Option<String>,
    /// Where the facts were taken from.
    pub source: String,
    /// When they were taken.
    pub retrieved: Option<Date>,
    /// When last compared with an official text.
    pub confirmed_on: Option<Date>,
    /// How sure.
    pub certainty: Certainty,
    /// Whether its duties are modelled, or it is listed for identity and citations only.
    pub modelled: bool,
    /// Whether every article is listed.
    pub complete: bool,
    /// How many numbered articles it has, where known.
    pub article_count: Option<u32>,
    /// Articles and annex rows.
    pub articles: Vec<Article>,
    /// Where each of them stands in the list, by id.
    #[serde(skip)]
    pub(crate) places: HashMap<String, usize>,
}

impl Version {
    /// The first day on which it is certainly in force.
    pub fn start(&self) -> Option<Date> {
        self.from.or(self.no_later_than)
    }

    /// Whether it is in force on a day.
    pub fn in_force_on(&self, day: Date) -> bool {
        self.start().is_none_or(|f| f <= day) && self.until.is_none_or(|u| day < u)
    }

    /// An article by id.
    pub fn article(&self, id: &str) -> Option<&Article> {
        self.articles.get(*self.places.get(id)?)
    }
}

/// One article or annex row of one version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Article {
    /// `10`, `6-1`, `annex-5.internal-audit`.
    pub id: String,
    /// Printed name: 第10條.
    pub label: String,
    /// Heading, ours.
    pub heading: String,
    /// What it says, in our own words; empty where no source is at hand.
    pub gist: String,
    /// How many 項 it has.
    pub paragraphs: Option<u8>,
    /// The most 款 any 項 has.
    pub items: Option<u8>,
    /// Articles of the previous version that it continues.
    pub was: Vec<String>,
    /// Key words that a sentence citing it would hold.
    pub about: Vec<String>,
    /// Bodies that it binds; empty where it binds all or none.
    pub body: Vec<String>,
    /// Observations of the plan reader that point to this article.
    pub signs: Vec<String>,
    /// How sure.
    pub certainty: Certainty,
}

/// An event that altered the meaning without touching the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// From this day.
    pub date: Date,
    /// What it changed.
    pub note: String,
    /// Where it stands.
    pub source: String,
}
