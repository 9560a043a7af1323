//! Intervals of different kinds: half a year by the calendar, twenty-six weeks from the last time.
//!
//! Each is judged by itself, as if it alone bound; what ends first from the actual start binds.
//! Before anything was done both stand, with the rule that will decide.

use crate::assessment::DutyAssessment;
use crate::ends::tell_of;
use crate::why::Case;
use law::{Clause, Loser, LosingReason, Requirement, Resolved, Rival, Ruled, Value};
use period::Date;

/// Judges by each of a duty's intervals that only a start can order; false where there are none.
pub(super) fn judge(
    case: &Case<'_>,
    result: &mut DutyAssessment,
    alone: fn(&Case<'_>, &mut DutyAssessment),
) -> bool {
    let Some(period) = case.resolved.period().filter(|p| !p.rivals.is_empty()) else {
        return false;
    };
    let mut values: Vec<&Value> = Vec::new();
    for rival in &period.rivals {
        if !values.contains(&&rival.value) {
            values.push(&rival.value);
        }
    }
    let mut judged: Vec<(&Value, DutyAssessment)> = Vec::with_capacity(values.len());
    for value in values {
        let resolved = by(case.resolved, &period.key, value);
        let own = Case {
            resolved: &resolved,
            ..*case
        };
        let mut told = result.clone();
        alone(&own, &mut told);
        judged.push((value, told));
    }
    let ends = |told: &DutyAssessment| told.due.unwrap_or(Date::MAX);
    let Some(at) = (0..judged.len()).min_by_key(|at| judged.get(*at).map(|(_, told)| ends(told))) else {
        return false;
    };
    let (value, first) = judged.swap_remove(at);
    let end = ends(&first);
    let later: Vec<(&Value, Date)> = judged
        .iter()
        .map(|(value, told)| (*value, ends(told)))
        .filter(|(_, other)| *other > end)
        .collect();
    *result = first;
    // Nothing was done yet and no record tells since when: both stand.
    if result.done.is_empty() && case.snapshot.records_from.is_none() {
        result.due_basis.clone_from(&period.words);
        return true;
    }
    let (winners, losers) = decided(period, &later);
    let first = period.rivals.iter().find(|r| r.value == *value);
    let words = first.map_or("", |r| r.words.as_str());
    tell_of(result, (value.clone(), words), &winners, &losers);
    true
}

/// The same duty as if one of its intervals alone bound.
fn by<'c>(resolved: &Resolved<'c>, key: &str, value: &Value) -> Resolved<'c> {
    let mut own = resolved.clone();
    for requirement in own.requirements.iter_mut().filter(|r| r.key == key) {
        alone(requirement, value);
    }
    let ruled = own.ruled.iter_mut();
    for period in ruled.filter_map(|Ruled { period, .. }| period.as_mut()) {
        alone(period, value);
    }
    own
}

/// Leaves one of a requirement's rivals, where it has that one.
fn alone(requirement: &mut Requirement, value: &Value) {
    let mine: Vec<&Rival> = requirement.rivals.iter().filter(|r| r.value == *value).collect();
    let Some(first) = mine.first() else { return };
    requirement.value = value.clone();
    requirement.words.clone_from(&first.words);
    requirement.winners = mine.iter().map(|r| r.clause.clone()).collect();
    requirement.rivals.clear();
}

/// The clauses that bind from the actual start, and those whose time ends later.
fn decided(period: &Requirement, later: &[(&Value, Date)]) -> (Vec<Clause>, Vec<Loser>) {
    let end = |rival: &Rival| {
        later
            .iter()
            .find(|(v, _)| **v == rival.value)
            .map(|(_, end)| *end)
    };
    let winners: Vec<&Rival> = period.rivals.iter().filter(|r| end(r).is_none()).collect();
    let highest = winners.iter().map(|r| r.clause.rank).min();
    let lost = |rival: &Rival| {
        Some(Loser {
            clause: rival.clause.clone(),
            outcome: format!("{}（至 {}）", rival.words, period::roc_short(end(rival)?)),
            reason: LosingReason::Weaker,
            below_floor: highest.is_some_and(|rank| rank < rival.clause.rank),
        })
    };
    let losers = period.rivals.iter().filter_map(lost).collect();
    (winners.into_iter().map(|r| r.clause.clone()).collect(), losers)
}
