//! From facts and law to verdicts.
//!
//! What: `assess(snapshot, corpus, plans, day)` turns every duty that binds an agency
//! on a day into a verdict with its deadline and its Why. Why a crate: it is a function
//! of its arguments and nothing else; the same three give the same bytes. What it
//! can't know: anything that is not in the snapshot. What is missing is named, with
//! who can supply it, and *unknown* never counts as met.

mod assessment;
mod clocks;
mod every;
mod once;
mod others;
mod why;

pub use assessment::{
    Assessment, DutyAssessment, ENGINE, FactUsed, Finding, PeriodVerdict, ReadingUsed, StepUsed, Verdict,
};

pub use clocks::{Clock, Incident, Otherwise, Side, clocks};

use facts::Snapshot;
use law::{Corpus, Overlay, Shape, Standing, resolve};
use period::Date;

/// Assesses one agency on one day; law time and fact time are that day.
pub fn assess(snapshot: &Snapshot, corpus: &Corpus, plans: &[Overlay], day: Date) -> Assessment {
    let mut duties = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for resolved in resolve(corpus, plans, snapshot, day) {
        for finding in why::findings(corpus, &resolved) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        let case = why::Case {
            corpus,
            snapshot,
            resolved: &resolved,
            day,
        };
        let mut result = case.blank();
        match &resolved.standing {
            Standing::NotApplicable { because } => case.not_applicable(&mut result, because),
            Standing::Unknown { missing } => case.unknown(&mut result, missing),
            Standing::Applies => match &resolved.duty.shape {
                Shape::Once { .. } => once::judge(&case, &mut result),
                Shape::Every { .. } => every::judge(&case, &mut result),
                Shape::OnEvent { .. } => others::on_event(&case, &mut result),
                Shape::Standing { .. } => others::standing(&case, &mut result),
            },
        }
        duties.push(result);
    }
    Assessment {
        agency: snapshot.agency.clone(),
        day,
        corpus: corpus.hash.clone(),
        position: snapshot.position,
        engine: ENGINE,
        duties,
        findings,
    }
}
