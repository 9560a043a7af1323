//! To whom a clause applies: a table of dimensions, AND across, OR within.

use facts::{Fact, fact_spec, is_of_event};
use serde::Serialize;
use std::collections::BTreeMap;

/// A table of dimensions: key of the vocabulary → accepted words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Applies(pub BTreeMap<String, Vec<String>>);

/// Whether a clause applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Applicability {
    /// Every dimension holds.
    Yes,
    /// These dimensions fail.
    No {
        /// Keys of the failing dimensions.
        because: Vec<String>,
    },
    /// These facts are missing and nothing fails.
    Unknown {
        /// Keys of the missing facts.
        missing: Vec<String>,
    },
}

impl Applies {
    /// Decides for a subject whose facts `look` gives.
    pub fn decide<'f>(&self, look: &dyn Fn(&str) -> Option<&'f Fact>) -> Applicability {
        self.weigh(look, &|_| true)
    }

    /// Decides as far as the facts go: a dimension of an event that nobody spoke of is left open.
    pub fn decide_so_far<'f>(&self, look: &dyn Fn(&str) -> Option<&'f Fact>) -> Applicability {
        self.weigh(look, &|key| !is_of_event(key) || look(key).is_some())
    }

    /// The words of the first dimension that only an event decides, where none is on record.
    pub fn left_open<'f>(&self, look: &dyn Fn(&str) -> Option<&'f Fact>) -> Option<&[String]> {
        let open = self
            .0
            .iter()
            .find(|(key, _)| is_of_event(key) && look(key).is_none());
        open.map(|(_, words)| words.as_slice())
    }

    fn weigh<'f>(
        &self,
        look: &dyn Fn(&str) -> Option<&'f Fact>,
        counts: &dyn Fn(&str) -> bool,
    ) -> Applicability {
        let (mut because, mut missing) = (Vec::new(), Vec::new());
        for (key, accepted) in self.0.iter().filter(|(key, _)| counts(key)) {
            match look(key) {
                None => missing.push(key.clone()),
                Some(fact) if accepted.contains(&fact.value.as_word()) => {}
                Some(_) => because.push(key.clone()),
            }
        }
        if !because.is_empty() {
            Applicability::No { because }
        } else if missing.is_empty() {
            Applicability::Yes
        } else {
            Applicability::Unknown { missing }
        }
    }

    /// Whether some subject could fall under both tables.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().all(|(key, mine)| {
            other
                .0
                .get(key)
                .is_none_or(|theirs| mine.iter().any(|word| theirs.contains(word)))
        })
    }

    /// The first key or word that the vocabulary doesn't hold.
    pub fn unknown_word(&self) -> Option<String> {
        self.0.iter().find_map(|(key, words)| {
            let Some(spec) = fact_spec(key) else {
                return Some(key.clone());
            };
            words
                .iter()
                .find(|word| !accepts(spec.kind, word))
                .map(|word| format!("{key} = {word}"))
        })
    }
}

fn accepts(kind: facts::FactKind, word: &str) -> bool {
    match kind {
        facts::FactKind::Choice(words) => words.contains(&word),
        facts::FactKind::Flag => matches!(word, "true" | "false"),
        facts::FactKind::Date | facts::FactKind::Number | facts::FactKind::Name => false,
    }
}
