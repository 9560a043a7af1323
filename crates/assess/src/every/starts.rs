//! From when on a rule counts.

use super::grid::Grid;
use crate::why::Case;
use law::Shape;
use period::Date;

/// The first block for which a clause counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// No such clause binds.
    Absent,
    /// It counts as far back as one may look.
    Ever,
    /// From this block on.
    Block(i32),
}

impl First {
    fn or_ever(block: Option<i32>) -> Self {
        block.map_or(Self::Ever, Self::Block)
    }

    fn counts(self, block: i32) -> bool {
        match self {
            Self::Absent => false,
            Self::Ever => true,
            Self::Block(first) => block >= first,
        }
    }
}

/// From which block on each binding clause counts. A window has begun once any of them does:
/// a plan can add periods to those of the law, never take them away.
pub(super) struct Starts<'a> {
    /// Clauses of the law.
    law: First,
    /// Promises of the plan.
    plan: First,
    /// The dated fact from which the law counts, and its day.
    pub counted: Option<(&'a str, Date)>,
    /// That fact, where nobody supplied it.
    missing: Option<&'a str>,
}

impl<'a> Starts<'a> {
    pub fn of(case: &Case<'a>, winners: &[law::Clause], since: Option<Date>, grid: Grid) -> Self {
        let promises = || winners.iter().filter(|c| c.is_promise());
        let days: Option<Vec<Date>> = promises().map(|c| c.since).collect();
        let plan = match promises().count() {
            0 => First::Absent,
            _ => First::or_ever(days.and_then(|d| d.into_iter().min()).map(|day| grid.block(day))),
        };
        let mut starts = Self {
            law: First::Absent,
            plan,
            counted: None,
            missing: None,
        };
        if winners.iter().all(law::Clause::is_promise) {
            return starts;
        }
        let known_from = case.known_from(since).map(|day| grid.block(day));
        let Shape::Every { starts_after, .. } = &case.resolved.duty.shape else {
            return starts;
        };
        let Some(key) = starts_after.as_deref() else {
            starts.law = First::or_ever(case.first_basis(since).map(|day| grid.block(day)));
            return starts;
        };
        if let Some(day) = case.date(key) {
            let following = (i32::from(day.year()) + 1) * 12 / grid.months;
            starts.counted = Some((key, day));
            starts.law = First::Block(known_from.map_or(following, |k| k.max(following)));
        } else {
            starts.missing = Some(key);
            starts.law = First::or_ever(known_from);
        }
        starts
    }

    /// Whether a window that begins with this block counts.
    pub fn begun(&self, block: i32) -> bool {
        self.law.counts(block) || self.plan.counts(block)
    }

    /// The first block that counts, where there is one.
    pub fn first(&self) -> Option<i32> {
        match (self.law, self.plan) {
            (First::Block(a), First::Block(b)) => Some(a.min(b)),
            (First::Block(a), First::Absent) | (First::Absent, First::Block(a)) => Some(a),
            _ => None,
        }
    }

    /// The missing fact that decides when the counting began, unless a promise counts anyway.
    pub fn undecided(&self) -> Option<&'a str> {
        self.missing.filter(|_| self.plan == First::Absent)
    }
}
