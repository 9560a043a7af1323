//! Instruments, versions and articles.

use period::Date;
use serde::Serialize;

/// A version of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// In force from.
    pub from: Option<Date>,
    /// In force by this day at the latest.
    pub no_later_than: Option<Date>,
    /// No longer from.
    pub until: Option<Date>,
    /// Certainty.
    pub certainty: String,
    /// Certainty in words.
    pub certainty_label: String,
    /// Whether its duties are modelled.
    pub modelled: bool,
    /// When last compared with an official text.
    pub confirmed_on: Option<Date>,
    /// Where it was taken from.
    pub source: String,
    /// Whether it is in force on the day asked.
    pub in_force: bool,
    /// How many articles are listed.
    pub articles: usize,
}

impl VersionView {
    /// Its span in words.
    pub fn span(&self) -> String {
        let from = match (self.from, self.no_later_than) {
            (Some(day), _) => period::roc_short(day),
            (None, Some(day)) => format!("至遲 {}", period::roc_short(day)),
            (None, None) if self.until.is_none() => return "起日不明".to_owned(),
            (None, None) => "起日不明".to_owned(),
        };
        let until = match self.until.and_then(|d| d.yesterday().ok()) {
            Some(day) => format!("至 {}", period::roc_short(day)),
            None => "起".to_owned(),
        };
        format!("{from} {until}")
    }
}

/// An instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InstrumentView {
    /// Slug.
    pub slug: String,
    /// Title on the day asked.
    pub title: String,
    /// Rank in words.
    pub rank: String,
    /// Authority.
    pub authority: String,
    /// Code.
    pub pcode: Option<String>,
    /// Versions, newest first.
    pub versions: Vec<VersionView>,
    /// Events: day and note.
    pub events: Vec<(Date, String)>,
    /// Articles of the version shown: id, label, heading, gist, certainty words.
    pub articles: Vec<(String, String, String, String, String)>,
    /// The version whose articles are shown.
    pub shown: String,
}

/// One version of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleVersionView {
    /// The version.
    pub version: VersionView,
    /// Article id in that version.
    pub article: String,
    /// Its printed name.
    pub label: String,
    /// Heading.
    pub heading: String,
    /// Gist.
    pub gist: String,
    /// Certainty in words.
    pub certainty_label: String,
    /// What it is to the product.
    pub role: String,
    /// Duties that rest on it: key and title.
    pub duties: Vec<(String, String)>,
    /// Parameters it sets: key, title and value.
    pub parameters: Vec<(String, String, String)>,
}

/// A number of the law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LawNumberView {
    /// Key, as law files write it.
    pub key: String,
    /// What an officer calls it.
    pub title: String,
    /// What kind of value it takes, in words.
    pub kind: String,
    /// Which way is stricter, in words.
    pub stricter: String,
    /// Duties that ask for it: key and title.
    pub duties: Vec<(String, String)>,
    /// What reads it where no duty asks for it.
    pub read_by: Option<String>,
    /// Its values.
    pub values: Vec<LawValueView>,
}

/// One dated value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LawValueView {
    /// The value in words.
    pub value: String,
    /// The clause that sets it, printed.
    pub clause: String,
    /// Whom it binds, each dimension in words; nobody in particular where empty.
    pub applies: Vec<String>,
    /// First day, where it has one.
    pub from: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
    /// Certainty in words.
    pub certainty_label: String,
}

/// An article through all its versions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleView {
    /// Instrument slug.
    pub slug: String,
    /// Title of the instrument.
    pub title: String,
    /// The article asked for, printed.
    pub label: String,
    /// Its versions, newest first, under whatever number.
    pub versions: Vec<ArticleVersionView>,
}
