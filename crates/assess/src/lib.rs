//! From facts and law to verdicts.
//!
//! What: `assess(snapshot, corpus, plans, day)` turns every duty that binds an agency
//! on a day into a verdict with its deadline and its Why. Why a crate: it is a function
//! of its arguments and nothing else; the same three give the same bytes. What it
//! can't know: anything that is not in the snapshot. What is missing is named, with
//! who can supply it, and *unknown* never counts as met.

mod assessment;
pub mod cases;
mod clocks;
mod declared;
mod delegation;
mod ends;
mod events;
mod every;
mod kept;
mod monthly;
mod once;
mod parts;
mod relief;
mod restart;
mod standing;
mod why;

pub use assessment::{
    Assessment, CountVerdict, DeclaredVerdict, DutyAssessment, ENGINE, EventVerdict, FactUsed, Finding,
    PartVerdict, PeriodVerdict, ReadingUsed, ShownBy, StepUsed, Verdict,
};

pub use clocks::{Clock, Incident, Side, clocks};

use facts::Snapshot;
use law::{Corpus, Overlay, Shape, Standing, resolve};
use period::{Date, DateTime, Moment, end_of, just_before};

/// Assesses one agency on one day; law time and fact time are that day, at whose end everything of
/// it has happened.
pub fn assess(snapshot: &Snapshot, corpus: &Corpus, plans: &[Overlay], day: Date) -> Assessment {
    assess_at(snapshot, corpus, plans, end_of(day))
}

/// Assesses one agency at one instant, as Taipei's civil time: what has its hour later that day has
/// not happened, and what ends later is not over.
pub fn assess_at(snapshot: &Snapshot, corpus: &Corpus, plans: &[Overlay], now: DateTime) -> Assessment {
    let day = now.date();
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
            plans,
            resolved: &resolved,
            day,
            now,
        };
        let mut result = case.blank();
        match &resolved.standing {
            Standing::NotApplicable { because } => case.not_applicable(&mut result, because),
            Standing::Unknown { missing } => case.unknown(&mut result, missing),
            Standing::Relieved => {}
            Standing::Applies => match &resolved.duty.shape {
                Shape::Once { .. } => parts::judge(&case, &mut result, once::judge),
                Shape::Every { .. } => parts::judge(&case, &mut result, every::judge),
                Shape::OnEvent { .. } => events::judge(&case, &mut result),
                Shape::Monthly { .. } => monthly::judge(&case, &mut result),
                Shape::Standing { .. } => parts::judge(&case, &mut result, standing::judge),
            },
        }
        declared::tell(&case, &mut result);
        if let Some(relief) = &resolved.relief {
            case.relieved(&mut result, relief);
        }
        if let Some(delegated) = &resolved.delegated {
            case.delegated(&mut result, delegated);
        }
        if let Shape::Every {
            starts_after: Some(key),
            ..
        } = &resolved.duty.shape
            && let Some(change) = case.own_date(key).and_then(|day| restart::of_system(&case, day))
        {
            restart::tell(&case, &mut result, &change);
        }
        duties.push(result);
    }
    Assessment {
        agency: snapshot.agency.clone(),
        day,
        holds_until: turn(snapshot, &duties, now),
        corpus: corpus.hash.clone(),
        position: snapshot.position,
        engine: ENGINE,
        duties,
        findings,
    }
}

/// Up to when of a day its verdicts stay as they are at an instant: an event may yet happen or be
/// settled that day, and what is open may end.
fn turn(snapshot: &Snapshot, duties: &[DutyAssessment], now: DateTime) -> Option<DateTime> {
    let ends = duties
        .iter()
        .flat_map(|d| &d.events)
        .filter_map(|e| e.closes)
        .filter(|at| *at >= now);
    let before = |at: Moment| match at {
        // It says otherwise from that very instant on.
        Moment::Instant(at) if at > now => Some(just_before(at)),
        _ => None,
    };
    let events = snapshot.events.iter();
    let starts = events.flat_map(|e| [Some(e.at), e.settled.as_ref().map(|s| s.at)]);
    let starts = starts.flatten().filter_map(before);
    ends.chain(starts).filter(|at| at.date() == now.date()).min()
}
