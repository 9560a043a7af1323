//! The agency's facts of a day, by key: a dozen or two, asked for a thousand times.

use facts::{Fact, Snapshot, Subject, VOCABULARY};
use period::Date;

/// What is known, in no order: to look along so few is quicker than to hash a key.
#[derive(Clone)]
pub(super) struct Known<'a>(Vec<(&'static str, &'a Fact)>);

impl<'a> Known<'a> {
    /// What the snapshot states for a day.
    pub fn on(snapshot: &'a Snapshot, day: Date) -> Self {
        let stated = VOCABULARY
            .iter()
            .filter_map(|spec| Some((spec.key, snapshot.fact(&Subject::Agency, spec.key, day)?)));
        Self(stated.collect())
    }

    /// The fact of a key.
    pub fn get(&self, key: &str) -> Option<&'a Fact> {
        let mut all = self.0.iter();
        all.find(|(known, _)| *known == key).map(|(_, fact)| *fact)
    }

    /// Takes a fact in, in place of another of its key.
    pub fn insert(&mut self, key: &'static str, fact: &'a Fact) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, fact));
    }

    /// The same on an earlier day; what nobody recorded for it is as it is now.
    pub fn earlier(&self, snapshot: &'a Snapshot, day: Date) -> Self {
        let then = |(key, now): &(&'static str, &'a Fact)| {
            let fact = snapshot.fact(&Subject::Agency, key, day);
            (*key, fact.unwrap_or(*now))
        };
        Self(self.0.iter().map(then).collect())
    }
}
