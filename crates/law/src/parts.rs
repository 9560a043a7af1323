//! What a duty that carries several clauses consists of.
//!
//! Why derived from `clauses.toml` and not listed with the duty: that file already says which duty
//! carries which clause, and two lists would disagree. A clause that only sets a number, or only
//! says how others work together, is no part: the number is compared by itself. What it can't
//! know: whether what answers a part shows what its clause means.

use crate::citation::Citation;
use crate::clause::{ClauseKind, Fulfilment, Part, SourceClause};
use crate::corpus::Corpus;
use std::collections::BTreeMap;

impl ClauseKind {
    /// Whether a clause of this kind is something to be shown by itself.
    pub fn is_shown(self) -> bool {
        !matches!(self, Self::Scope | Self::Param | Self::Rule)
    }
}

impl SourceClause {
    /// What carries it of one sort: the keys of all `duty:`, `register:`…
    pub fn carriers<'c>(&'c self, sort: &'c str) -> impl Iterator<Item = &'c str> {
        let by = match &self.fulfilment {
            Fulfilment::Carried { by } => by.as_slice(),
            _ => &[],
        };
        let split = by.iter().filter_map(|c| c.split_once(':'));
        split.filter(move |(what, _)| *what == sort).map(|(_, key)| key)
    }
}

/// The parts of every duty that carries clauses, in the order of the files.
pub(crate) fn of(corpus: &Corpus) -> BTreeMap<String, Vec<Part>> {
    let mut parts: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for clause in corpus.clauses.iter().filter(|c| c.kind.is_shown()) {
        for duty in clause.carriers("duty") {
            let part = part(corpus, clause);
            let all = parts.entry(duty.to_owned()).or_default();
            // Two clauses of one article that nothing tells apart are one thing to show.
            match all
                .iter_mut()
                .find(|p| p.cite == part.cite && p.asks == part.asks)
            {
                Some(same) => {
                    add(&mut same.registers, part.registers);
                    add(&mut same.checks, part.checks);
                    add(&mut same.against, part.against);
                }
                None => all.push(part),
            }
        }
    }
    parts
}

fn add(to: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !to.contains(&one) {
            to.push(one);
        }
    }
}

fn part(corpus: &Corpus, clause: &SourceClause) -> Part {
    let cite = Citation {
        instrument: clause.instrument.clone(),
        version: clause.version.clone(),
        article: clause.article.clone(),
        paragraph: None,
        subparagraph: None,
    };
    let gist = || corpus.article(&cite).map_or_else(String::new, |a| a.gist.clone());
    let all = |sort: &str| clause.carriers(sort).map(str::to_owned).collect();
    Part {
        key: clause.id.clone(),
        instrument: clause.instrument.clone(),
        label: corpus.print(&cite),
        asks: clause.asks.clone().unwrap_or_else(gist),
        registers: all("register"),
        checks: all("check"),
        against: all("against"),
        cite,
    }
}
