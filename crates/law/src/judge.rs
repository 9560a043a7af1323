//! What became of an article that somebody cites.
//!
//! A number alone does not tell an edition: §10 is a plan's legal basis in one edition
//! and outsourcing in the next. The sentence around the citation decides, by the key
//! words that each article carries in the corpus; where it doesn't, the edition that
//! the rest of the document cites.

use crate::corpus::Corpus;
use crate::instrument::{Article, Instrument, Version};
use crate::lineage::{Line, line};
use period::Date;
use serde::Serialize;

/// A citation as somebody wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawCitation<'t> {
    /// Name of the instrument as written.
    pub instrument: &'t str,
    /// `10`, `6-1`, `附表九`.
    pub article: Option<&'t str>,
    /// Chapter and sentence around it.
    pub context: &'t str,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CitationStatus {
    /// In force under that name and number.
    Current,
    /// The content stands under another number.
    Renumbered,
    /// The instrument has another name.
    Renamed,
    /// No longer in force, without a successor.
    Repealed,
    /// That instrument never had such an article.
    Nonexistent,
    /// It binds another kind of body.
    WrongBody,
    /// The corpus does not hold the instrument.
    Unknown,
}

/// A judged citation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Status.
    pub status: CitationStatus,
    /// Slug, where the corpus holds the instrument.
    pub instrument: Option<String>,
    /// How it is cited on the day asked: title and article.
    pub now: Option<String>,
    /// Version by which it was judged.
    pub edition: Option<String>,
    /// Version that the number belongs to.
    pub cited_edition: Option<String>,
    /// Whether the sentence itself decided (and not the rest of the document).
    pub sure: bool,
    /// Where the number stands for one matter now and stood for another before.
    #[serde(skip)]
    pub fits: Option<Fits>,
    /// The articles that continue it on the day asked, in their order.
    #[serde(skip)]
    pub articles: Vec<String>,
}

/// How many key words of each matter the sentence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fits {
    /// Of what the number stands for now.
    pub present: usize,
    /// Of what it stood for before.
    pub earlier: usize,
}

impl Judged {
    fn of(status: CitationStatus) -> Self {
        Self {
            status,
            instrument: None,
            now: None,
            edition: None,
            cited_edition: None,
            sure: true,
            fits: None,
            articles: Vec::new(),
        }
    }
}

/// Judges a citation by the law on a day, for a kind of body.
///
/// `hint` is the version of that instrument which the rest of the document cites, if known.
pub fn judge_citation(
    corpus: &Corpus,
    raw: RawCitation<'_>,
    body: Option<&str>,
    day: Date,
    hint: Option<&str>,
) -> Judged {
    let Some((instrument, named)) = find(corpus, raw.instrument) else {
        return Judged::of(CitationStatus::Unknown);
    };
    let mut judged = Judged {
        instrument: Some(instrument.slug.clone()),
        ..Judged::of(CitationStatus::Current)
    };
    let Some(version) = instrument.version_on(day) else {
        judged.status = CitationStatus::Repealed;
        return judged;
    };
    judged.edition = Some(version.id.clone());
    let later = |title: &str| {
        let mut ahead = instrument.versions.iter().filter(|v| v.start() > version.start());
        title != version.title && ahead.any(|v| v.title == title)
    };
    if named.is_some_and(later) {
        // A name that the instrument will only get later than the day asked: nothing to say yet.
        judged.status = CitationStatus::Unknown;
        return judged;
    }
    let old_name = named.filter(|title| *title != version.title);
    if old_name.is_some() {
        judged.status = CitationStatus::Renamed;
        judged.now = Some(version.title.clone());
    }
    let Some(article) = raw.article else { return judged };
    let (mut status, now, cited, sure, fits) = match old_name {
        Some(title) => under_old_name(instrument, version, title, article),
        None => judge_article(instrument, version, article, raw.context, hint),
    };
    judged.sure = sure;
    judged.fits = fits;
    judged.cited_edition = cited.map(|v| v.id.clone());
    let binds = now
        .first()
        .copied()
        .or_else(|| cited.and_then(|v| by_name(v, article)));
    if let (Some(a), Some(body)) = (binds, body)
        && !a.body.is_empty()
        && !a.body.iter().any(|b| b == body)
    {
        status = CitationStatus::WrongBody;
    }
    judged.status = status;
    // One article may have become several: all of them are named.
    if !now.is_empty() {
        let labels: Vec<&str> = now.iter().map(|a| a.label.as_str()).collect();
        judged.now = Some(format!("{}{}", version.title, labels.join("、")));
    }
    judged.articles = now.iter().map(|a| a.id.clone()).collect();
    if matches!(status, CitationStatus::Current | CitationStatus::Unknown) {
        judged.now = None;
    }
    judged
}

type Found<'c> = (
    CitationStatus,
    Vec<&'c Article>,
    Option<&'c Version>,
    bool,
    Option<Fits>,
);

/// An article cited under a name that the instrument had before: it is one of that edition.
fn under_old_name<'c>(
    instrument: &'c Instrument,
    version: &'c Version,
    title: &str,
    article: &str,
) -> Found<'c> {
    let mut named = instrument.versions.iter().rev().filter(|v| v.title == title);
    let mut never = false;
    let old = named.find(|v| {
        never |= v.complete && by_name(v, article).is_none() && !in_count(v, article);
        by_name(v, article).is_some() || in_count(v, article)
    });
    let Some(old) = old else {
        let status = if never {
            CitationStatus::Nonexistent
        } else {
            CitationStatus::Renamed
        };
        return (status, Vec::new(), None, true, None);
    };
    let now = by_name(old, article)
        .map(|a| instrument.continued(&old.id, &a.id, &version.id))
        .unwrap_or_default();
    (CitationStatus::Renamed, now, Some(old), true, None)
}

fn judge_article<'c>(
    instrument: &'c Instrument,
    version: &'c Version,
    article: &str,
    context: &str,
    hint: Option<&str>,
) -> Found<'c> {
    let score = |a: &Article| {
        a.about
            .iter()
            .filter(|word| context.contains(word.as_str()))
            .count()
    };
    let here = by_name(version, article);
    let here_score = here.map_or(0, score);
    let older = instrument
        .versions
        .iter()
        .rev()
        .filter(|v| v.start() < version.start());
    let mut best: Option<(usize, &Version, &Article)> = None;
    let mut ever = None;
    for old in older {
        let Some(a) = by_name(old, article) else {
            if in_count(old, article) {
                ever = Some(old);
            }
            continue;
        };
        ever = Some(old);
        if best.is_none_or(|(s, _, _)| score(a) > s) {
            best = Some((score(a), old, a));
        }
    }
    if let Some((old_score, old, a)) = best {
        let now = instrument.continued(&old.id, &a.id, &version.id);
        if let (Some(h), Some(n)) = (here, now.first())
            && h.id == n.id
        {
            return (CitationStatus::Current, now, Some(version), true, None);
        }
        // A number that is not listed may still be there where not every article is.
        let there = here.is_some() || in_count(version, article) || !version.complete;
        let fits = there.then_some(Fits {
            present: here_score,
            earlier: old_score,
        });
        let hinted_old = hint.is_some_and(|h| h != version.id);
        let old_wins = old_score > here_score || (old_score == here_score && (hinted_old || here.is_none()));
        if old_wins {
            let status = match line(instrument, &old.id, &a.id, &version.id) {
                Line::To(_) => CitationStatus::Renumbered,
                Line::Ends => CitationStatus::Repealed,
                Line::Lost => CitationStatus::Unknown,
            };
            return (status, now, Some(old), old_score != here_score, fits);
        }
        return (
            CitationStatus::Current,
            here.into_iter().collect(),
            Some(version),
            old_score != here_score,
            fits,
        );
    }
    if here.is_some() || in_count(version, article) {
        return (
            CitationStatus::Current,
            here.into_iter().collect(),
            Some(version),
            true,
            None,
        );
    }
    match ever {
        Some(old) if version.complete => (CitationStatus::Repealed, Vec::new(), Some(old), true, None),
        Some(old) => (CitationStatus::Unknown, Vec::new(), Some(old), true, None),
        None if version.article_count.is_some() || version.complete || beyond(instrument, article) => {
            (CitationStatus::Nonexistent, Vec::new(), None, true, None)
        }
        None => (CitationStatus::Unknown, Vec::new(), None, true, None),
    }
}

/// Whether an article lies far beyond anything that any version is known to have: a version of
/// which not every article is known may still have a few more, but not twice as many.
fn beyond(instrument: &Instrument, article: &str) -> bool {
    if article.starts_with("附表") {
        let annexes = |v: &Version| v.articles.iter().any(|a| a.id.starts_with("annex-"));
        return instrument.versions.iter().any(annexes);
    }
    let numbers = |v: &Version| v.articles.iter().filter_map(|a| a.id.parse::<u32>().ok()).max();
    let known = |v: &Version| v.article_count.max(numbers(v));
    let most = instrument.versions.iter().filter_map(known).max();
    let number = article.split('-').next().and_then(|n| n.parse::<u32>().ok());
    number
        .zip(most)
        .is_some_and(|(n, most)| n > most.saturating_mul(2))
}

fn by_name<'v>(version: &'v Version, article: &str) -> Option<&'v Article> {
    version
        .article(article)
        .or_else(|| version.articles.iter().find(|a| a.label == article))
}

fn in_count(version: &Version, article: &str) -> bool {
    let number = article.split('-').next().and_then(|n| n.parse::<u32>().ok());
    number
        .zip(version.article_count)
        .is_some_and(|(n, count)| n >= 1 && n <= count && !article.contains('-'))
}

/// The instrument of a written name, and the official title it was written with (none for a short name).
fn find<'c>(corpus: &'c Corpus, written: &str) -> Option<(&'c Instrument, Option<&'c str>)> {
    let name: String = written
        .chars()
        .filter(|c| !c.is_whitespace() && !"《》〈〉「」『』".contains(*c))
        .collect();
    let mut best: Option<(usize, &Instrument, Option<&str>)> = None;
    for instrument in corpus.instruments.values() {
        let titles = instrument.versions.iter().map(|v| (v.title.as_str(), true));
        let aliases = instrument.aliases.iter().map(|a| (a.as_str(), false));
        for (title, official) in titles.chain(aliases) {
            let rank = if name == title {
                usize::MAX
            } else if official && name.ends_with(title) {
                title.len()
            } else {
                continue;
            };
            if best.is_none_or(|(r, _, _)| rank > r) {
                best = Some((rank, instrument, official.then_some(title)));
            }
        }
    }
    best.map(|(_, instrument, title)| (instrument, title))
}
