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
    /// Parameters it sets: title and value.
    pub parameters: Vec<(String, String)>,
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
