//! Duties that another body does for an agency: the law lets it, with consent.
//!
//! What it can't know: whether it was done; who does it has to say so.

use super::Context;
use crate::duty::Duty;
use crate::resolved::Delegated;
use facts::Delegation;

impl Context<'_, '_> {
    /// Who does a duty for the agency by what is on record, on a day on which the law lets another do it.
    pub(super) fn delegated(&self, duty: &Duty) -> Option<Delegated> {
        let begun = |d: &&Delegation| d.duty == duty.key && d.from <= self.day;
        // Of several the one whose time it is, of these the one with consent.
        let delegation = self.snapshot.delegated.iter().filter(begun).max_by_key(|d| {
            let shown = d.shown_on(self.day);
            (
                d.is_asked_on(self.day),
                d.decided && shown.is_some(),
                shown,
                d.from,
            )
        })?;
        let by = self.corpus.delegates(&duty.key)?;
        let clauses: Vec<_> = by
            .basis
            .iter()
            .filter(|b| b.holds_on(self.day))
            .map(|b| self.clause(&b.cite, b.certainty, None))
            .collect();
        (!clauses.is_empty()).then(|| Delegated {
            delegation: delegation.clone(),
            by: clauses,
            readings: by.readings.clone(),
        })
    }
}
