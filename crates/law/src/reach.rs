//! Which instruments reach an agency on a day.
//!
//! National law reaches everyone. A city's rules reach those of that city that they name; a plan those that
//! adopted it; a contract baseline only the contracts that name it. An agency may adopt any
//! instrument by its own decision. What it can't know: an agency's city where nobody entered
//! it; then no city's rules reach it, and the caller says so.

use crate::corpus::Corpus;
use crate::instrument::Rank;
use facts::{ContractFacts, Fact, FactValue, Snapshot, Subject};
use period::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The instruments that do not bind of themselves, and those of them that reach a subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach<'c> {
    bound: BTreeSet<&'c str>,
    /// Those that reach, with the day since when, where that is a decision of the agency.
    here: BTreeMap<&'c str, Option<Date>>,
    /// Those whose reach hangs on the agency's city.
    city: BTreeSet<&'c str>,
    /// The one of which the agency is relieved.
    out: Option<&'c str>,
}

impl<'c> Reach<'c> {
    /// What reaches an agency of a city on a day.
    pub fn of(corpus: &'c Corpus, snapshot: &Snapshot, city: Option<&Fact>, day: Date) -> Self {
        let city = match city.map(|f| &f.value) {
            Some(FactValue::Choice(name)) => Some(same_city(name)),
            _ => None,
        };
        // Whose kind of body nobody stated is taken for one that the rules name.
        let body = snapshot.fact(&Subject::Agency, "body", day);
        let body = body.map(|f| f.value.as_word());
        let mut reach = Self::default();
        for instrument in corpus.instruments.values().filter(|i| !i.is_national()) {
            let slug = instrument.slug.as_str();
            reach.bound.insert(slug);
            if instrument.rank == Rank::Local {
                reach.city.insert(slug);
            }
            let mine = instrument.rank == Rank::Local
                && body.as_ref().is_none_or(|body| instrument.names(body))
                && city
                    .as_ref()
                    .is_some_and(|c| *c == same_city(&instrument.jurisdiction));
            let adopted = snapshot
                .adopted
                .iter()
                .find(|a| a.instrument == slug && a.holds_on(day) && instrument.rank != Rank::Contract);
            if mine {
                reach.here.insert(slug, None);
            } else if let Some(adopted) = adopted {
                reach.here.insert(slug, adopted.from);
            }
        }
        reach
    }

    /// The same, for a contract that names these baselines.
    pub fn under(&self, contract: &ContractFacts) -> Self {
        let mut reach = self.clone();
        let named = self
            .bound
            .iter()
            .filter(|slug| contract.baselines.iter().any(|b| b == *slug));
        reach.here.extend(named.map(|slug| (*slug, contract.from)));
        reach
    }

    /// Since when an instrument reaches, where a decision of the agency says so.
    pub fn since(&self, slug: &str) -> Option<Date> {
        self.here.get(slug).copied().flatten()
    }

    /// Whether an instrument's reach hangs on the agency's city.
    pub fn by_city(&self, slug: &str) -> bool {
        self.city.contains(slug)
    }

    /// Whether an instrument may reach on some day: all but what binds by decision or contract alone.
    pub fn may_hold(&self, slug: &str) -> bool {
        self.holds(slug) || self.city.contains(slug)
    }

    /// Has an instrument reach no more.
    pub fn take_out(&mut self, slug: &'c str) {
        self.bound.insert(slug);
        self.here.remove(slug);
        self.out = Some(slug);
    }

    /// The instrument that was taken out.
    pub fn out(&self) -> Option<&'c str> {
        self.out
    }

    /// Whether an instrument reaches.
    pub fn holds(&self, slug: &str) -> bool {
        !self.bound.contains(slug) || self.here.contains_key(slug)
    }
}

/// 台 and 臺 name the same city.
fn same_city(name: &str) -> String {
    name.trim().replace('台', "臺")
}
