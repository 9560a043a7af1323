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
use views::WaitingView;

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

/// How many records wait for somebody, by what is in memory.
pub(crate) fn waiting_count(visit: &Visit<'_>) -> Result<usize, AppError> {
    let mut count = second::waiting(visit).len();
    for row in visit.rows().standing("approval") {
        // Most are decided: those are not read whole.
        if row.body.get("state").and_then(serde_json::Value::as_str) != Some("submitted") {
            continue;
        }
        let approval = Approval::read(&row.body)?;
        let Some(spec) = registers::register(&approval.register).filter(|spec| !spec.bulk) else {
            continue;
        };
        let Some(record) = visit.rows().there(spec.key, &approval.row) else {
            continue;
        };
        let stands = approval.state_of(record.version) == Some(State::Submitted);
        let reads = visit.can(crate::Action::Read, spec);
        let takes = || the_step(&approval, visit.grants(), (spec, record)).is_ok();
        if stands && reads && (visit.who().is_local || takes()) {
            count += 1;
        }
    }
    Ok(count)
}

/// Records that wait for a decision, the longest first: for the visitor, and for others.
///
/// # Errors
/// Where a row can't be read.
pub fn waiting_lines(visit: &Visit<'_>) -> Result<(Vec<WaitingView>, Vec<WaitingView>), AppError> {
    let (mut mine, mut others) = (Vec::new(), Vec::new());
    for record in second::waiting(visit) {
        let title = registers::register(record.register).map_or(record.register, |s| s.title);
        mine.push(WaitingView {
            title: format!("{title}「{}」的變更待確認", record.name),
            path: format!(
                "/{}/registers/{}/records/{}",
                visit.agency(),
                record.register,
                record.id
            ),
            whom: String::new(),
            since: String::new(),
            days: 0,
        });
    }
    for row in visit.rows().standing("approval") {
        if row.body.get("state").and_then(serde_json::Value::as_str) != Some("submitted") {
            continue;
        }
        let approval = Approval::read(&row.body)?;
        let Some(spec) = registers::register(&approval.register).filter(|spec| !spec.bulk) else {
            continue;
        };
        let Some(record) = visit.rows().there(spec.key, &approval.row) else {
            continue;
        };
        let stands = approval.state_of(record.version) == Some(State::Submitted);
        if !stands || visit.best(crate::Action::Read, spec) != crate::Allowed::Yes {
            continue;
        }
        let name = record
            .body
            .get(spec.names_row)
            .and_then(serde_json::Value::as_str);
        let name = visit.hides(spec).name(spec, name.unwrap_or(&record.row));
        let since = approval.decisions.last().map_or("", |d| d.at.as_str());
        let day = since.get(..10).and_then(|day| day.parse().ok());
        let takes = the_step(&approval, visit.grants(), (spec, record)).is_ok();
        let line = WaitingView {
            title: format!("{}「{name}」", spec.title),
            path: format!(
                "/{}/registers/{}/records/{}",
                visit.agency(),
                spec.key,
                record.row
            ),
            whom: approval
                .waits_for()
                .map_or_else(String::new, |who| who.title().to_owned()),
            since: day.map_or_else(String::new, period::roc_short),
            days: day.map_or(0, |day| crate::clock::days_between(day, visit.today())),
        };
        if takes {
            mine.push(line);
        } else {
            others.push(line);
        }
    }
    mine.sort_by_key(|line| std::cmp::Reverse(line.days));
    others.sort_by_key(|line| std::cmp::Reverse(line.days));
    Ok((mine, others))
}
