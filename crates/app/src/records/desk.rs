//! What lies on somebody's desk: routes, steps, and the records that wait.
//!
//! Why apart: moving a record along and asking where it is are different questions.

use super::approval::{self, the_step};
use crate::AppError;
use crate::held::Rows;
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use registers::basics::approval::{Approval, State};
use registers::basics::route::Route;
use registers::basics::step::{Approver, Does, Step};

/// The route of a register in an agency.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub steps: Vec<Step>,
    pub prefix: String,
}

/// How a register's records become final in an agency; none where they need no approval.
pub(crate) fn route_of(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Option<Way>, AppError> {
    route_in(visit, visit.rows(), spec)
}

/// The same by some rows of the agency.
pub(crate) fn route_in(visit: &Visit<'_>, rows: &Rows, spec: &RegisterSpec) -> Result<Option<Way>, AppError> {
    let known = visit.corpus().route(spec.key);
    let default_prefix = known.map_or_else(String::new, |r| r.prefix.clone());
    for row in rows.standing("route") {
        let own = Route::read(&row.body)?;
        if own.register != spec.key {
            continue;
        }
        let prefix = match own.prefix.as_str() {
            "" if default_prefix.is_empty() => "FZ".to_owned(),
            "" => default_prefix,
            _ => own.prefix,
        };
        return Ok(Some(Way {
            steps: own.steps,
            prefix,
        }));
    }
    Ok(known.map(|r| Way {
        steps: r.steps.iter().map(|step| step_of(*step)).collect(),
        prefix: r.prefix.clone(),
    }))
}

/// Whether somebody takes the step at which a record stands.
pub(crate) async fn takes_step(visit: &Visit<'_>, spec: &RegisterSpec, id: &str) -> Result<bool, AppError> {
    let Some(row) = approval::approval_row(visit, spec, id) else {
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
    record: &super::RecordView,
) -> Result<Vec<(String, bool)>, AppError> {
    let Some(way) = route_of(visit, spec)? else {
        return Ok(Vec::new());
    };
    let approval = approval::approval_row(visit, spec, &record.id);
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
pub async fn waiting_for(visit: &Visit<'_>) -> Result<Vec<super::RecordView>, AppError> {
    let mut waiting = super::second::waiting(visit);
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

/// A step of the law's routes as approvals keep it.
pub fn step_of(step: law::Step) -> Step {
    Step {
        role: match step.role {
            law::Approver::Officer => Approver::Officer,
            law::Approver::UnitHead => Approver::UnitHead,
            law::Approver::SystemAdmin => Approver::SystemAdmin,
            law::Approver::Ciso => Approver::Ciso,
            law::Approver::Auditor => Approver::Auditor,
            law::Approver::Supervisor => Approver::Supervisor,
        },
        does: match step.does {
            law::Does::Reviews => Does::Reviews,
            law::Does::Consults => Does::Consults,
            law::Does::Approves => Does::Approves,
        },
    }
}
