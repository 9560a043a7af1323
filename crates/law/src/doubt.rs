//! What the corpus is not sure of, in one list: work for a legal officer.

use crate::citation::Citation;
use crate::corpus::Corpus;
use crate::duty::Shape;
use crate::instrument::{Certainty, Instrument, Version};
use serde::Serialize;

/// What kind of entry is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// A version's identity: title, days, numbers.
    Version,
    /// An article's place and gist.
    Article,
    /// A clause on which a duty rests.
    Basis,
    /// A transitional clause.
    Transitional,
    /// A value of a parameter.
    Value,
    /// A reading of the law.
    Reading,
}

/// One entry that was not compared with an official text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// What kind.
    pub kind: DoubtKind,
    /// Where: `instrument@version/article`, or a reading's key.
    pub at: String,
    /// What it says.
    pub what: String,
    /// How sure.
    pub certainty: Certainty,
    /// Where it was taken from.
    pub source: String,
    /// The clause, where it is one.
    pub cite: Option<Citation>,
}

/// Every entry whose certainty is secondary or open, by kind and in the order of the files.
pub fn doubts(corpus: &Corpus) -> Vec<Doubt> {
    let mut found = Vec::new();
    for instrument in corpus.instruments.values() {
        for version in &instrument.versions {
            version_of(instrument, version, &mut found);
        }
    }
    for duty in &corpus.duties {
        let bases = duty
            .basis
            .iter()
            .map(|b| (DoubtKind::Basis, &b.cite, b.certainty, String::new()));
        let transitional = duty.transitional.iter().map(|t| {
            let parameter = match &duty.shape {
                Shape::Once { within, .. } => corpus.parameters.get(within),
                _ => None,
            };
            let words = parameter.map_or_else(String::new, |p| format!("：{}", p.words_of(&t.within)));
            (DoubtKind::Transitional, &t.cite, t.certainty, words)
        });
        for (kind, cite, certainty, words) in bases.chain(transitional) {
            clause(
                corpus,
                kind,
                cite,
                certainty,
                format!("{}{words}", duty.title),
                &mut found,
            );
        }
    }
    for parameter in corpus.parameters.values() {
        for v in &parameter.values {
            let what = format!("{}：{}", parameter.title, parameter.words(v));
            clause(corpus, DoubtKind::Value, &v.cite, v.certainty, what, &mut found);
        }
    }
    found.extend(corpus.readings.values().map(|r| Doubt {
        kind: DoubtKind::Reading,
        at: r.key.clone(),
        what: r.text.clone(),
        certainty: r.certainty,
        source: r.source.clone(),
        cite: None,
    }));
    found.retain(|d| d.certainty != Certainty::Primary);
    found.sort_by_key(|d| d.kind);
    found
}

fn version_of(instrument: &Instrument, version: &Version, found: &mut Vec<Doubt>) {
    let at = format!("{}@{}", instrument.slug, version.id);
    found.push(Doubt {
        kind: DoubtKind::Version,
        at: at.clone(),
        what: version.title.clone(),
        certainty: version.certainty,
        source: version.source.clone(),
        cite: None,
    });
    found.extend(version.articles.iter().map(|a| {
        Doubt {
            kind: DoubtKind::Article,
            at: format!("{at}/{}", a.id),
            what: format!("{}{} {}", version.title, a.label, a.heading)
                .trim_end()
                .to_owned(),
            certainty: a.certainty,
            source: version.source.clone(),
            cite: Some(Citation {
                instrument: instrument.slug.clone(),
                version: version.id.clone(),
                article: a.id.clone(),
                paragraph: None,
                subparagraph: None,
            }),
        }
    }));
}

fn clause(
    corpus: &Corpus,
    kind: DoubtKind,
    cite: &Citation,
    certainty: Certainty,
    what: String,
    found: &mut Vec<Doubt>,
) {
    let version = corpus
        .instrument(&cite.instrument)
        .and_then(|i| i.version(&cite.version));
    found.push(Doubt {
        kind,
        at: cite.to_string(),
        what,
        certainty,
        source: version.map_or_else(String::new, |v| v.source.clone()),
        cite: Some(cite.clone()),
    });
}
