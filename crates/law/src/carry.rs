//! What becomes of a self-assessment when a new edition takes effect.

use crate::baseline::{Baseline, Control, Grade};
use serde::Serialize;
use std::collections::BTreeSet;

/// A row whose answer can be carried over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Carried<'b> {
    /// The row.
    pub control: &'b Control,
    /// The answered rows that it continues.
    pub from: Vec<&'b Control>,
    /// Whether it asks something else now, so that the answer must be looked at again.
    pub changed: bool,
}

/// A row that was not answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct New<'b> {
    /// The row.
    pub control: &'b Control,
    /// Rows that it continues, which were asked of a higher grade only; none where it was added.
    pub from: Vec<&'b Control>,
}

/// A row that is no longer asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gone<'b> {
    /// The row.
    pub control: &'b Control,
    /// Rows that continue it, asked of a higher grade only; none where it was struck.
    pub into: Vec<&'b Control>,
}

/// A row that is asked from another grade on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved<'b> {
    /// The row.
    pub control: &'b Control,
    /// The grade in the earlier edition; the lowest of those it continues.
    pub was: Grade,
    /// The grade in the later.
    pub now: Grade,
}

/// A self-assessment under one edition, seen from a later one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Carry<'b> {
    /// The earlier edition.
    pub from: String,
    /// The later.
    pub to: String,
    /// The system's grade.
    pub grade: Grade,
    /// Answered: every row of the later edition is here or in `new`.
    pub carried: Vec<Carried<'b>>,
    /// To be answered.
    pub new: Vec<New<'b>>,
    /// No longer asked: every row of the earlier is here or continued by a carried one.
    pub gone: Vec<Gone<'b>>,
    /// Asked from another grade on, of those asked in either edition.
    pub moved: Vec<Moved<'b>>,
}

impl Baseline {
    /// What becomes of a self-assessment made under `from` when `to` is in force; nothing
    /// where either is unknown or `to` is not the later one.
    pub fn carry(&self, from: &str, to: &str, grade: Grade) -> Option<Carry<'_>> {
        let place = |version: &str| self.editions.iter().position(|e| e == version);
        let (first, last) = (place(from)?, place(to)?);
        if first >= last {
            return None;
        }
        let asked = |c: &Control, version: &str| c.edition(version).is_some_and(|e| e.grade <= grade);
        let mut carry = Carry {
            from: from.to_owned(),
            to: to.to_owned(),
            grade,
            carried: Vec::new(),
            new: Vec::new(),
            gone: Vec::new(),
            moved: Vec::new(),
        };
        // Which earlier rows each later row continues, whatever the grade.
        let chain: Vec<(&Control, Vec<&Control>)> = self
            .controls
            .iter()
            .filter(|c| c.edition(to).is_some())
            .map(|c| (c, self.earlier(c, first, last)))
            .collect();
        for (control, earlier) in &chain {
            let Some(now) = control.edition(to).map(|e| e.grade) else {
                continue;
            };
            let was = earlier
                .iter()
                .filter_map(|e| e.edition(from))
                .map(|e| e.grade)
                .min();
            if let Some(was) = was.filter(|was| *was != now && now.min(*was) <= grade) {
                carry.moved.push(Moved { control, was, now });
            }
            if now > grade {
                continue;
            }
            let answered: Vec<&Control> = earlier.iter().copied().filter(|e| asked(e, from)).collect();
            if answered.is_empty() {
                carry.new.push(New {
                    control,
                    from: earlier.clone(),
                });
                continue;
            }
            let same = answered.iter().all(|e| e.id == control.id);
            carry.carried.push(Carried {
                control,
                changed: !same || control.demand_in(from) != control.demand_in(to),
                from: answered,
            });
        }
        for control in self.required(from, grade) {
            let continued = |list: &[&Control]| list.iter().any(|e| e.id == control.id);
            if !carry.carried.iter().any(|c| continued(&c.from)) {
                let into = chain
                    .iter()
                    .filter(|(_, from)| continued(from))
                    .map(|(c, _)| *c)
                    .collect();
                carry.gone.push(Gone { control, into });
            }
        }
        Some(carry)
    }

    /// The rows of edition `first` that a row of edition `last` continues, in their order.
    fn earlier(&self, control: &Control, first: usize, last: usize) -> Vec<&Control> {
        let mut ids: BTreeSet<&str> = BTreeSet::from([control.id.as_str()]);
        let steps = self.editions.iter().zip(self.editions.iter().skip(1));
        let steps: Vec<_> = steps.skip(first).take(last - first).collect();
        for (before, after) in steps.into_iter().rev() {
            let mut older = BTreeSet::new();
            for c in self.controls.iter().filter(|c| ids.contains(c.id.as_str())) {
                let named = c.edition(after).map(|e| e.was.as_slice()).unwrap_or_default();
                older.extend(named.iter().map(String::as_str));
                if c.edition(before).is_some() && c.edition(after).is_some() {
                    older.insert(&c.id);
                }
            }
            ids = older;
        }
        self.controls
            .iter()
            .filter(|c| ids.contains(c.id.as_str()))
            .collect()
    }
}
