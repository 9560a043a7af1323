//! How the articles of one version continue those of another, through every version between.
//!
//! `was` names the articles of the version before. Where nothing does, the reason matters:
//! an article without a successor is repealed only where everything that could succeed it
//! has been seen, and one without a predecessor is new only where everything before it has.

use crate::instrument::{Article, Certainty, Instrument, Version};

/// What became of an article on the way to another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// These articles of the other version, in its order.
    To(Vec<String>),
    /// Nothing, and everything that could be it is listed.
    Ends,
    /// Nothing that is listed; the versions at hand don't show what.
    Lost,
}

/// An article whose number is known and nothing else: it may continue anything.
fn unseen(article: &Article) -> bool {
    article.certainty == Certainty::Open && article.was.is_empty() && article.gist.is_empty()
}

/// Whether a version lists everything that an article could be.
fn lists_all(version: &Version, article: &str) -> bool {
    let numbered = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_digit());
    let range_known = || {
        numbered(article)
            && version.article_count.is_some_and(|count| {
                (1..=count).all(|n| version.articles.iter().any(|a| a.id == n.to_string()))
            })
    };
    version.complete || range_known()
}

/// The articles of `to` that continue an article of `from`, whichever of them came first.
pub(crate) fn line(instrument: &Instrument, from: &str, article: &str, to: &str) -> Line {
    let place = |id: &str| instrument.versions.iter().position(|v| v.id == id);
    let (Some(start), Some(end)) = (place(from), place(to)) else {
        return Line::Lost;
    };
    let mut ids = vec![article.to_owned()];
    let mut lost = false;
    let mut here = start;
    while here != end && !ids.is_empty() {
        let next = if end > here { here + 1 } else { here - 1 };
        let (Some(this), Some(that)) = (instrument.versions.get(here), instrument.versions.get(next)) else {
            return Line::Lost;
        };
        // A version of which no article is known shows nothing, and hides nothing that comes after it.
        if that.articles.is_empty() && next != end {
            here = next;
            continue;
        }
        let mut found: Vec<String> = Vec::new();
        for id in &ids {
            let (step, all) = if next > here {
                forwards(that, id)
            } else {
                backwards(this, that, id)
            };
            lost |= step.is_empty() && !all;
            found.extend(step);
        }
        ids = that
            .articles
            .iter()
            .map(|a| a.id.clone())
            .filter(|id| found.contains(id))
            .collect();
        here = next;
    }
    match (ids.is_empty(), lost) {
        (false, _) => Line::To(ids),
        (true, false) => Line::Ends,
        (true, true) => Line::Lost,
    }
}

/// One step to the next version; and whether nothing there would mean that nothing is.
fn forwards(newer: &Version, id: &str) -> (Vec<String>, bool) {
    let found = newer
        .articles
        .iter()
        .filter(|a| a.was.iter().any(|w| w == id))
        .map(|a| a.id.clone())
        .collect();
    let all = lists_all(newer, id) && !newer.articles.iter().any(unseen);
    (found, all)
}

/// One step to the version before.
fn backwards(newer: &Version, older: &Version, id: &str) -> (Vec<String>, bool) {
    let article = newer.article(id);
    let was = article.map(|a| a.was.as_slice()).unwrap_or_default();
    let found = older
        .articles
        .iter()
        .filter(|a| was.contains(&a.id))
        .map(|a| a.id.clone())
        .collect();
    let all = lists_all(older, id) && article.is_some_and(|a| !unseen(a));
    (found, all)
}

impl Instrument {
    /// The articles of version `to` that continue an article of version `from`, in either direction.
    pub fn continued(&self, from: &str, article: &str, to: &str) -> Vec<&Article> {
        let Some(version) = self.version(to) else {
            return Vec::new();
        };
        match line(self, from, article, to) {
            Line::To(ids) => ids.iter().filter_map(|id| version.article(id)).collect(),
            Line::Ends | Line::Lost => Vec::new(),
        }
    }
}
