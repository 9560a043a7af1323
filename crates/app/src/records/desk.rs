//! What lies on somebody's desk: routes, steps, and the records that wait.
//!
//! Why apart: moving a record along and asking where it is are different questions.

use super::approval::{self, at_step, steps_of, text, the_step, version_of};
use crate::AppError;
use crate::held::Rows;
use crate::visit::{Visit, act};
use law::{Does, Step};
use registers::RegisterSpec;
use serde_json::{Value, json};

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
    let own = rows
        .standing("route")
        .find(|r| text(&r.body, "register") == spec.key);
    let default_prefix = known.map_or_else(String::new, |r| r.prefix.clone());
    if let Some(own) = own {
        let listed = own.body.get("steps").and_then(Value::as_array);
        let steps = listed
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter_map(|s| s.split_once(':'))
            .map(|(role, does)| serde_json::from_value(json!({ "role": role, "does": does })))
            .collect::<Result<Vec<Step>, _>>()
            .map_err(|_| AppError::failed("機關自訂的簽核流程讀不懂", "請更正「簽核流程」之步驟"))?;
        let prefix = match text(&own.body, "prefix") {
            "" if default_prefix.is_empty() => "FZ".to_owned(),
            "" => default_prefix,
            own => own.to_owned(),
        };
        return Ok(Some(Way { steps, prefix }));
    }
    Ok(known.map(|r| Way {
        steps: r.steps.clone(),
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
    let steps = steps_of(&row.body);
    Ok(the_step(&steps, at_step(&row.body), visit.grants(), (spec, &record)).is_ok())
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
    let (steps, done) = match approval.filter(|a| version_of(&a.body) == record.version) {
        Some(a) if record.standing.state == "final" => {
            let steps = steps_of(&a.body);
            let all = steps.len();
            (steps, all)
        }
        Some(a) if record.standing.state == "submitted" => (steps_of(&a.body), at_step(&a.body)),
        _ => (way.steps, 0),
    };
    let words = |step: &Step| {
        let does = match step.does {
            Does::Reviews => "審核",
            Does::Consults => "會辦",
            Does::Approves => "核定",
        };
        format!("{}{does}", step.role.title())
    };
    Ok(steps
        .iter()
        .enumerate()
        .map(|(n, s)| (words(s), n < done))
        .collect())
}

/// Records that wait for somebody: register, id, name, since when.
///
/// # Errors
/// Where the store can't be read.
pub async fn waiting_for(visit: &Visit<'_>) -> Result<Vec<super::RecordView>, AppError> {
    let mut waiting = super::second::waiting(visit);
    for row in visit.rows().standing("approval") {
        if text(&row.body, "state") != "submitted" {
            continue;
        }
        let (register, id) = (text(&row.body, "register"), text(&row.body, "row"));
        let Some(spec) = registers::register(register) else {
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
