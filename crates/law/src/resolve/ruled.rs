//! Which interval ruled a duty when: an amendment, a plan, a decision of the agency or a changed
//! level ends one rule and begins another, and none of them reaches back.
//!
//! What it can't know: facts of days before they were recorded; there, what is recorded for the day
//! asked about is taken to have been so all along.

use super::Context;
use crate::duty::{Duty, Shape};
use crate::overlay::Overlay;
use crate::parameter::ParameterValue;
use crate::reach::Reach;
use crate::resolved::{Requirement, Ruled};
use facts::{ContractFacts, Subject};
use period::Date;
use std::rc::Rc;

impl<'c> Context<'_, 'c> {
    /// The rules of a duty that comes again and again, the earliest first, the one of the day last.
    /// Empty where the duty is of another shape or no interval rules it that day.
    pub(super) fn ruled(
        &self,
        duty: &'c Duty,
        reach: &Reach<'c>,
        contract: Option<&ContractFacts>,
        today: Option<&Requirement>,
    ) -> Vec<Ruled> {
        let Shape::Every { interval, .. } = &duty.shape else {
            return Vec::new();
        };
        if contract.is_none() && self.has_ruled_ever(interval, reach) {
            let ever = |period: &Requirement| Ruled {
                from: None,
                since: super::since(period, reach),
                period: Some(period.clone()),
            };
            return today.map(ever).into_iter().collect();
        }
        let mut rules: Vec<Ruled> = Vec::new();
        let mut rule = |from: Option<Date>, at: &Context<'_, 'c>, reach: &Reach<'c>| {
            let period = at.requirement(duty, interval, None, reach);
            let same = |r: &Ruled| match (&r.period, &period) {
                (Some(a), Some(b)) => a.value == b.value && a.winners == b.winners,
                (a, b) => a.is_none() && b.is_none(),
            };
            if !rules.last().is_some_and(same) {
                let since = period.as_ref().and_then(|p| super::since(p, reach));
                rules.push(Ruled { from, period, since });
            }
        };
        let turns = self.turns(interval, contract);
        if let Some(first) = turns.first().and_then(|day| day.yesterday().ok()) {
            let at = self.at(first);
            rule(None, &at, &at.within(contract, reach));
        }
        let (last, before) = match turns.split_last() {
            Some((last, before)) => (Some(*last), before),
            None => (None, &[][..]),
        };
        for day in before {
            let at = self.at(*day);
            rule(Some(*day), &at, &at.within(contract, reach));
        }
        rule(last, self, reach);
        // Before the first interval of which anything is known, that one is taken to have ruled.
        let known = rules.iter().position(|r| r.period.is_some());
        rules.drain(..known.unwrap_or(rules.len()));
        if let Some(first) = rules.first_mut() {
            first.from = None;
        }
        rules
    }

    /// Whether every value of the interval that this agency has had is the same: the usual case, told
    /// without asking how things were on other days.
    fn has_ruled_ever(&self, interval: &str, reach: &Reach<'c>) -> bool {
        let Some(parameter) = self.corpus.parameters.get(interval) else {
            return true;
        };
        let values = || {
            let begun = |v: &&ParameterValue| v.from.is_none_or(|from| from <= self.day);
            parameter.values.iter().filter(begun)
        };
        let promised = |o: &&Overlay| o.promises.iter().any(|p| p.key == interval);
        let dated = |from: Option<Date>, until: Option<Date>| from.is_some() || until.is_some();
        let plans = || self.all.iter().filter(promised);
        if plans().any(|p| dated(p.from, p.until)) || plans().count() > 1 {
            return false;
        }
        let mut adopted = self.snapshot.adopted.iter().filter(|a| dated(a.from, a.until));
        if adopted.any(|a| values().any(|v| v.cite.instrument == a.instrument)) {
            return false;
        }
        let keys = || values().flat_map(|v| v.applies.0.keys().map(String::as_str));
        let altered = |key: &str| {
            let of = |f: &&facts::Fact| f.subject == Subject::Agency && f.key == key;
            self.snapshot.facts.iter().filter(of).nth(1).is_some()
        };
        if altered("jurisdiction") || keys().any(altered) {
            return false;
        }
        let look = |key: &str| self.look(key);
        let mine = |v: &&ParameterValue| reach.holds(&v.cite.instrument) && !v.applies.excludes(&look);
        let mut all = values().filter(mine);
        let Some(first) = all.next() else {
            return true;
        };
        let goes_on = |v: &ParameterValue| {
            let ends = v.until.filter(|until| *until <= self.day);
            ends.is_none_or(|end| values().filter(mine).any(|next| next.from == Some(end)))
        };
        goes_on(first) && all.all(|v| v.value == first.value && goes_on(v))
    }

    /// Days up to this one on which something that the interval may hang on began or ceased.
    fn turns(&self, interval: &str, contract: Option<&ContractFacts>) -> Vec<Date> {
        let Some(parameter) = self.corpus.parameters.get(interval) else {
            return Vec::new();
        };
        // What binds nobody of this agency's kind turns nothing.
        let named = contract.map_or(&[][..], |c| c.baselines.as_slice());
        let near = |v: &&ParameterValue| {
            let slug = &v.cite.instrument;
            let mut adopted = self.snapshot.adopted.iter();
            self.reach.may_hold(slug) || named.contains(slug) || adopted.any(|a| a.instrument == *slug)
        };
        let values = parameter.values.iter().filter(near);
        let keys = values.clone().flat_map(|v| v.applies.0.keys());
        let keys: Vec<&str> = keys.map(String::as_str).chain(["jurisdiction"]).collect();
        let values = values.flat_map(|v| [v.from, v.until]);
        let plans = self.all.iter().flat_map(|p| [p.from, p.until]);
        let adopted = self.snapshot.adopted.iter().flat_map(|a| [a.from, a.until]);
        let facts = self.snapshot.facts.iter();
        let facts = facts
            .filter(|f| f.subject == Subject::Agency && keys.contains(&f.key.as_str()))
            .flat_map(|f| [f.from, f.until]);
        let all = values.chain(plans).chain(adopted).chain(facts).flatten();
        let mut turns: Vec<Date> = all.filter(|day| *day <= self.day).collect();
        turns.sort_unstable();
        turns.dedup();
        turns
    }

    /// The same agency on an earlier day.
    pub(super) fn at(&self, day: Date) -> Rc<Self> {
        if let Some(known) = self.earlier.borrow().get(&day) {
            return Rc::clone(known);
        }
        let then = Rc::new(Context::after(self, day));
        self.earlier.borrow_mut().insert(day, Rc::clone(&then));
        then
    }

    /// What reaches on this day, without what was taken out of the later day's.
    fn within(&self, contract: Option<&ContractFacts>, later: &Reach<'c>) -> Reach<'c> {
        let mut reach = match contract {
            Some(contract) => self.reach.under(contract),
            None => self.reach.clone(),
        };
        if let Some(slug) = later.out() {
            reach.take_out(slug);
        }
        reach
    }
}
