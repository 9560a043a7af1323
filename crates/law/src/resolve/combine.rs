//! Which of the clauses that set a value bind: the strictest, ties together, incomparable ones side
//! by side.

use crate::parameter::{Parameter, Value, span_days};
use crate::resolved::{Clause, Loser, LosingReason, Requirement, Rival};
use std::cmp::Ordering;

/// Sets the strictest apart; keeps ties and incomparable values together.
pub(super) fn combine(
    parameter: &Parameter,
    clauses: &[(Clause, Value)],
    mut losers: Vec<Loser>,
) -> Option<Requirement> {
    let stricter = |a: &Value, b: &Value| parameter.stricter.compare(a, b) == Some(Ordering::Greater);
    let beaten = |value: &Value| clauses.iter().any(|(_, other)| stricter(other, value));
    // Of times that a start has yet to order, the one that is shorter as a rule.
    let mut unbeaten: Vec<&Value> = clauses.iter().map(|(_, v)| v).filter(|v| !beaten(v)).collect();
    unbeaten.sort_by(|a, b| as_a_rule(a).total_cmp(&as_a_rule(b)));
    let mut value = unbeaten.first().map(|v| (*v).clone())?;
    if let Value::Set(union) = &mut value {
        // Sets that neither contains the other bind together: everything that any of them asks.
        for (_, other) in clauses {
            if let Value::Set(items) = other {
                union.extend(items.iter().cloned());
            }
        }
    }
    let mut winners = Vec::new();
    for (clause, v) in clauses {
        if beaten(v) {
            let below_floor = clauses
                .iter()
                .any(|(other, w)| other.rank < clause.rank && stricter(w, v));
            losers.push(Loser {
                clause: clause.clone(),
                outcome: clause.value.clone().unwrap_or_else(|| parameter.words_of(v)),
                reason: LosingReason::Weaker,
                below_floor,
            });
        } else {
            winners.push(clause.clone());
        }
    }
    let order = |a: &Clause, b: &Clause| {
        (a.rank, &a.instrument, &a.article).cmp(&(b.rank, &b.instrument, &b.article))
    };
    winners.sort_by(order);
    let rivals = rivals(parameter, clauses, &winners);
    losers.sort_by(|a, b| order(&a.clause, &b.clause));
    Some(Requirement {
        key: parameter.key.clone(),
        title: parameter.title.clone(),
        words: words(parameter, (&value, said(clauses, &winners, &value)), &rivals),
        value,
        winners,
        losers,
        rivals,
    })
}

/// A value as the first clause that sets it says it: six months are six months, not so many days.
fn said(clauses: &[(Clause, Value)], winners: &[Clause], value: &Value) -> Option<String> {
    if matches!(value, Value::Set(_)) {
        return None;
    }
    let sets = |winner: &&Clause| clauses.iter().any(|(c, v)| c == *winner && v == value);
    winners.iter().find(sets)?.value.clone()
}

/// How long a time is on average; nothing where a value is none.
fn as_a_rule(value: &Value) -> f64 {
    match value {
        Value::Span(span) => span_days(*span),
        Value::Interval(interval) => interval.days_per_time(),
        _ => 0.0,
    }
}

/// The winners with their own times, where these can't be ordered without a start.
fn rivals(parameter: &Parameter, clauses: &[(Clause, Value)], winners: &[Clause]) -> Vec<Rival> {
    let of = |winner: &Clause| clauses.iter().find(|(clause, _)| clause == winner);
    let all = winners.iter().filter_map(of);
    let rivals: Vec<Rival> = all
        .filter(|(_, value)| matches!(value, Value::Span(_) | Value::Interval(_)))
        .map(|(clause, value)| Rival {
            clause: clause.clone(),
            value: value.clone(),
            words: parameter.words_of(value),
        })
        .collect();
    let unordered = |a: &Rival, b: &Rival| parameter.stricter.compare(&a.value, &b.value).is_none();
    if rivals.iter().any(|a| rivals.iter().any(|b| unordered(a, b))) {
        rivals
    } else {
        Vec::new()
    }
}

/// A value in words; of times that a start has yet to order, all of them.
fn words(parameter: &Parameter, (value, said): (&Value, Option<String>), rivals: &[Rival]) -> String {
    if rivals.is_empty() {
        return said.unwrap_or_else(|| parameter.words_of(value));
    }
    let mut all: Vec<&str> = rivals.iter().map(|r| r.words.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    format!("{}（先屆至者為準）", all.join("或"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{Certainty, Rank};
    use crate::parameter::{Direction, Interval, ValueKind};
    use period::{Span, Unit};
    use proptest::prelude::*;

    fn parameter(stricter: Direction) -> Parameter {
        Parameter {
            key: "p".into(),
            title: "p".into(),
            kind: ValueKind::Number,
            unit: "day".into(),
            stricter,
            words: Vec::new(),
            read_by: None,
            values: Vec::new(),
        }
    }

    fn clause(article: usize, rank: Rank) -> Clause {
        Clause {
            instrument: "i".into(),
            version: "1".into(),
            article: article.to_string().into(),
            label: article.to_string().into(),
            rank,
            gist: "".into(),
            certainty: Certainty::Primary,
            value: None,
            line: None,
            since: None,
        }
    }

    const RANKS: [Rank; 3] = [Rank::Act, Rank::Local, Rank::Plan];

    fn clauses(values: &[Value]) -> Vec<(Clause, Value)> {
        values
            .iter()
            .enumerate()
            .map(|(i, v)| (clause(i, RANKS[i % RANKS.len()]), v.clone()))
            .collect()
    }

    fn values() -> impl Strategy<Value = (Direction, Vec<Value>)> {
        let numbers = prop::collection::vec((0_u8..5).prop_map(|n| Value::Number(f64::from(n))), 1..7);
        let sets = prop::collection::vec(
            prop::collection::btree_set("[abc]", 0..4).prop_map(Value::Set),
            1..7,
        );
        let unit = prop::sample::select(vec![Unit::Month, Unit::Year]);
        let intervals = prop::collection::vec(
            (1_u32..25, unit, 1_u32..3)
                .prop_map(|(every, unit, times)| Value::Interval(Interval { every, unit, times })),
            1..7,
        );
        let unit = prop::sample::select(vec![Unit::CalendarDay, Unit::Month, Unit::WorkingDay]);
        let spans = prop::collection::vec(
            (1_u32..70, unit).prop_map(|(amount, unit)| Value::Span(Span { amount, unit })),
            1..7,
        );
        prop_oneof![
            spans.prop_map(|v| (Direction::Lower, v)),
            numbers.clone().prop_map(|v| (Direction::Lower, v)),
            numbers.prop_map(|v| (Direction::Higher, v)),
            intervals.prop_map(|v| (Direction::Lower, v)),
            sets.prop_map(|v| (Direction::Superset, v)),
        ]
    }

    proptest! {
        /// Commutative: the order in which clauses are found changes nothing.
        #[test]
        fn order_does_not_matter(((direction, values), seed) in (values(), any::<u64>())) {
            let parameter = parameter(direction);
            let one = clauses(&values);
            let mut other = one.clone();
            other.sort_by_key(|(c, _)| seed.wrapping_mul(c.article.len() as u64 + u64::from(c.article.as_bytes()[0])) % 97);
            let a = combine(&parameter, &one, Vec::new()).expect("a winner");
            let b = combine(&parameter, &other, Vec::new()).expect("a winner");
            prop_assert_eq!(&a.winners, &b.winners);
            prop_assert_eq!(&a.losers, &b.losers);
            prop_assert_eq!(parameter.stricter.compare(&a.value, &b.value), Some(Ordering::Equal));
        }

        /// Idempotent and associative: combining the winners again, or adding a loser back, keeps the winners.
        #[test]
        fn winners_stay_winners((direction, values) in values()) {
            let parameter = parameter(direction);
            let all = clauses(&values);
            let first = combine(&parameter, &all, Vec::new()).expect("a winner");
            let kept: Vec<_> = all.iter().filter(|(c, _)| first.winners.contains(c)).cloned().collect();
            let again = combine(&parameter, &kept, Vec::new()).expect("a winner");
            prop_assert_eq!(&again.winners, &first.winners);
            prop_assert!(again.losers.is_empty());
            prop_assert_eq!(first.winners.len() + first.losers.len(), all.len());
        }

        /// A lower rank never loosens: what it falls short of is reported.
        #[test]
        fn a_looser_plan_is_reported((statute, plan) in (1_u32..100, 1_u32..100)) {
            let parameter = parameter(Direction::Lower);
            let both = vec![
                (clause(0, Rank::Act), Value::Number(f64::from(statute))),
                (clause(1, Rank::Plan), Value::Number(f64::from(plan))),
            ];
            let result = combine(&parameter, &both, Vec::new()).expect("a winner");
            prop_assert_eq!(result.value, Value::Number(f64::from(statute.min(plan))));
            prop_assert_eq!(result.losers.iter().any(|l| l.below_floor), plan > statute);
        }
    }
}
