//! What lies on somebody's desk: routes, steps, and the records that wait.
//!
//! Why apart: moving a record along and asking where it is are different questions.

use super::approval::the_step;
use super::record::RecordView;
use super::second;
use super::standings::{approval_row, route_of};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use registers::basics::approval::{Approval, State};

/// Whether somebody takes the step at which a record stands.
pub(crate) async fn takes_step(visit: &Visit<'_>, spec: &RegisterSpec, id: &str) -> Result<bool, AppError> {
    let Some(row) = approval_row(visit, spec, id) else {
        return Ok(false);
    };
    let Some(record) = visit.row(spec, id).await? else {
        return Ok(false);
    };
    let approval = Approval::read(&row.body)?;
    Ok(the_step(&approval, visit.grants(), (spec, &record)).is_ok())
}

/// The steps of a record's approval in words, each with whether it is done.
pub(crate) fn steps(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    record: &RecordView,
) -> Result<Vec<(String, bool)>, AppError> {
    let Some(way) = route_of(visit, spec)? else {
        return Ok(Vec::new());
    };
    let approval = approval_row(visit, spec, &record.id);
    let approval = approval.map(|a| Approval::read(&a.body)).transpose()?;
    let state = approval.as_ref().and_then(|a| a.state_of(record.version));
    let (steps, done) = match (approval, state) {
        (Some(a), Some(State::Final)) => {
            let all = a.steps.len();
            (a.steps, all)
        }
        (Some(a), Some(State::Submitted)) => (a.steps, a.step),
        _ => (way.steps, 0),
    };
    Ok(steps
        .iter()
        .enumerate()
        .map(|(n, step)| (step.title(), n < done))
        .collect())
}

/// Records that wait for somebody: register, id, name, since when.
///
/// # Errors
/// Where the store can't be read.
#[compiled_once]
pub async fn waiting_for(visit: &Visit<'_>) -> Result<Vec<RecordView>, AppError> {
    let mut waiting = second::waiting(visit);
    for row in visit.rows().standing("approval") {
        let approval = Approval::read(&row.body)?;
        let (register, id) = (approval.register.as_str(), approval.row.as_str());
        let Some(spec) = registers::register(register).filter(|_| approval.state == State::Submitted) else {
            continue;
        };
        if !visit.who().is_local && !takes_step(visit, spec, id).await? {
            continue;
        }
        // Not every register is open to everyone who takes a step somewhere.
        let Ok(reads) = visit.may(act::Read, spec) else {
            continue;
        };
        match reads.show(id).await {
            Ok(record) if record.standing.state == "submitted" => waiting.push(record),
            Ok(_) | Err(AppError::Told { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(waiting)
}
