//! Which instruments reach an agency on a day.
//!
//! National law reaches everyone. A city's rules reach that city's agencies; a plan those that
//! adopted it; a contract baseline only the contracts that name it. An agency may adopt any
//! instrument by its own decision. What it can't know: an agency's city where nobody entered
//! it; then no city's rules reach it, and the caller says so.

use crate::corpus::Corpus;
use crate::instrument::Rank;
use facts::{FactValue, Snapshot, Subject};
use period::Date;
use std::collections::BTreeSet;

/// The instruments that do not bind of themselves, and those of them that reach a subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach<'c> {
    bound: BTreeSet<&'c str>,
    here: BTreeSet<&'c str>,
}

impl<'c> Reach<'c> {
    /// What reaches an agency on a day.
    pub fn of(corpus: &'c Corpus, snapshot: &Snapshot, day: Date) -> Self {
        let city = snapshot.fact(&Subject::Agency, "jurisdiction", day);
        let city = match city.map(|f| &f.value) {
            Some(FactValue::Choice(name)) => Some(same_city(name)),
            _ => None,
        };
        let mut reach = Self::default();
        for instrument in corpus.instruments.values().filter(|i| !i.is_national()) {
            let slug = instrument.slug.as_str();
            reach.bound.insert(slug);
            let mine = instrument.rank == Rank::Local
                && city
                    .as_ref()
                    .is_some_and(|c| *c == same_city(&instrument.jurisdiction));
            let adopted = |rank: Rank| {
                rank != Rank::Contract
                    && snapshot
                        .adopted
                        .iter()
                        .any(|a| a.instrument == slug && a.holds_on(day))
            };
            if mine || adopted(instrument.rank) {
                reach.here.insert(slug);
            }
        }
        reach
    }

    /// The same, for a contract that names these baselines.
    pub fn under(&self, baselines: &[String]) -> Self {
        let mut reach = self.clone();
        let named = self
            .bound
            .iter()
            .filter(|slug| baselines.iter().any(|b| b == *slug));
        reach.here.extend(named);
        reach
    }

    /// Whether an instrument reaches.
    pub fn holds(&self, slug: &str) -> bool {
        !self.bound.contains(slug) || self.here.contains(slug)
    }
}

/// 台 and 臺 name the same city.
fn same_city(name: &str) -> String {
    name.trim().replace('台', "臺")
}
