//! Duties from which an agency is relieved: with consent and filing the clauses that a relief may
//! reach cease to bind for its time; what other instruments ask of the same matter goes on.
//!
//! What it can't know: whether the difficulty that was claimed is real; that the authority judged.

use super::Context;
use crate::duty::{Duty, SubjectKind};
use crate::reach::Reach;
use crate::resolved::{Clause, Relief, Resolved, Ruled, Standing};
use facts::{Exemption, Subject};
use period::Date;

impl<'c> Context<'_, 'c> {
    /// A duty of one subject after what the agency asked to be relieved of.
    pub(super) fn relieve(&self, mut resolved: Resolved<'c>) -> Resolved<'c> {
        let duty = resolved.duty;
        let mine = |e: &&Exemption| {
            e.duty == duty.key && (e.subject == Subject::Agency || e.subject == resolved.subject)
        };
        let asked: Vec<&Exemption> = self.snapshot.exempt.iter().filter(mine).collect();
        let Some((by, home)) = self.corpus.relief() else {
            return resolved;
        };
        let reached = |c: &Clause| *c.instrument == *home && by.reaches(&c.article);
        if asked.is_empty() || !resolved.bases.iter().any(reached) {
            return resolved;
        }
        for relief in &asked {
            let others = self.others(&resolved, relief, home);
            carve(&mut resolved.ruled, relief, self.day, others);
        }
        let in_time = |e: &&&Exemption| e.is_asked_on(self.day);
        let holds = asked.iter().find(|e| e.holds_on(self.day));
        let Some(exemption) = holds.or_else(|| asked.iter().find(in_time)) else {
            return resolved;
        };
        let clauses = by.basis.iter().filter(|b| b.holds_on(self.day));
        let mut relief = Relief {
            exemption: (*exemption).clone(),
            holds: holds.is_some(),
            by: clauses.map(|b| self.clause(&b.cite, b.certainty, None)).collect(),
            instead_of: Vec::new(),
        };
        if holds.is_none() {
            resolved.relief = Some(relief);
            return resolved;
        }
        let subject = (resolved.subject.clone(), resolved.subject_name.clone());
        let without = self.reach.without(home);
        let rest = self.on(duty, &without, None, || (vec![subject], Vec::new(), Vec::new()));
        if let Some(mut rest) = rest.into_iter().next() {
            let stays = |c: &Clause| rest.bases.contains(c);
            relief.instead_of = resolved.bases.into_iter().filter(|c| !stays(c)).collect();
            rest.relief = Some(relief);
            // Before the relief the whole law ruled, within it what other instruments ask.
            rest.ruled = resolved.ruled;
            return rest;
        }
        relief.instead_of.clone_from(&resolved.bases);
        resolved.relief = Some(relief);
        resolved.standing = Standing::Relieved;
        resolved
    }

    /// What other instruments ruled up to the last day of a relief.
    fn others(&self, resolved: &Resolved<'c>, relief: &Exemption, home: &'c str) -> Vec<Ruled> {
        let begun = relief.begins().is_some_and(|from| from <= self.day);
        if resolved.ruled.is_empty() || !begun {
            return Vec::new();
        }
        let last = self.day.min(relief.until);
        let subject = (resolved.subject.clone(), resolved.subject_name.clone());
        let of = |at: &Context<'_, 'c>| {
            let without = at.reach.without(home);
            let rest = at.on(resolved.duty, &without, None, || {
                (vec![subject], Vec::new(), Vec::new())
            });
            rest.into_iter().next().map_or_else(Vec::new, |r| r.ruled)
        };
        if last == self.day {
            of(self)
        } else {
            of(&self.at(last))
        }
    }

    /// Whether the agency asked to be relieved of a duty.
    pub(super) fn asks_relief(&self, duty: &Duty) -> bool {
        duty.subject != SubjectKind::Contract && self.snapshot.exempt.iter().any(|e| e.duty == duty.key)
    }
}

/// Takes the time of a relief out of what ruled how often a duty comes; in it others may rule.
fn carve(ruled: &mut Vec<Ruled>, relief: &Exemption, day: Date, others: Vec<Ruled>) {
    let (Some(from), Ok(after)) = (relief.begins(), relief.until.tomorrow()) else {
        return;
    };
    if after <= from || from > day {
        return;
    }
    let before = |r: &Ruled, day| r.from.is_none_or(|first| first < day);
    let mut latest = ruled.iter().rev();
    let resumed = latest
        .find(|r| after <= day && r.from.is_none_or(|first| first <= after))
        .cloned();
    let (mut parts, later): (Vec<Ruled>, Vec<Ruled>) =
        std::mem::take(ruled).into_iter().partition(|r| before(r, from));
    let first = others
        .iter()
        .rposition(|r| r.from.is_none_or(|begins| begins <= from));
    parts.push(Ruled {
        from: Some(from),
        period: first.and_then(|at| others.get(at)?.period.clone()),
        since: first.and_then(|at| others.get(at)?.since),
    });
    let within = |r: &Ruled| r.from.is_some_and(|begins| begins > from && begins < after);
    parts.extend(others.into_iter().filter(within));
    parts.extend(resumed.map(|r| Ruled {
        from: Some(after),
        ..r
    }));
    parts.extend(
        later
            .into_iter()
            .filter(|r| r.from.is_some_and(|first| first > after)),
    );
    *ruled = parts;
}

impl<'c> Reach<'c> {
    /// The same without one instrument.
    fn without(&self, slug: &'c str) -> Self {
        let mut reach = self.clone();
        reach.take_out(slug);
        reach
    }
}
