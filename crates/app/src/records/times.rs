//! When what a record tells of happened: not ahead, and not before the agency was there.
//!
//! Why here and not in each register: which of its days report an event or settle it its tables
//! say; whether they lie ahead only the clock knows, and since when there is an agency only its own
//! row. What is only to prove something may be entered ahead: it proves nothing before its day. What it can't know: days of records written before that row said so.

use crate::error::{FieldError, labelled};
use crate::visit::Visit;
use period::Date;
use registers::{FieldProblem, Kind, Record, RegisterSpec};
use serde_json::Value;
use std::collections::BTreeSet;

/// First and last days of a state may lie ahead, and what was agreed may begin later.
const BOUNDS: [&str; 3] = ["from", "until", "golive_on"];

/// The fields that tell when an event happened or what settled it; not those that prove something
/// besides, such as the day of a drill that is planned.
fn happened(spec: &RegisterSpec) -> BTreeSet<&'static str> {
    let raised = spec.raises.iter().flat_map(|r| [r.on, r.settled_on]);
    let dated = |key: &&str| {
        let kind = spec.field(key).map(|f| f.kind);
        matches!(kind, Some(Kind::Date | Kind::Moment))
            && !BOUNDS.contains(key)
            && !spec.proves.iter().any(|p| p.on == *key)
    };
    raised.filter(dated).collect()
}

/// # Errors
/// The first day that can't be, for each field.
pub(super) fn in_time(visit: &Visit<'_>, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let record = Record::new(spec, "", body);
    let (today, since) = (visit.today(), established(visit));
    let mut problems = Vec::new();
    let happened = happened(spec);
    let proven = spec.proves.iter().map(|p| p.on);
    let all: BTreeSet<&str> = happened.iter().copied().chain(proven).collect();
    for key in all {
        let Some(day) = record.date(key).or_else(|| record.day_of(key)) else {
            continue;
        };
        let label = record.label(key);
        if day > today && happened.contains(key) {
            let message = format!("「{label}」在今天之後，還沒有發生；請更正日期，或等辦理後再登錄");
            problems.push(labelled(spec, FieldProblem::new(key, message), ""));
        } else if let Some(since) = since.filter(|since| day < *since) {
            let since = period::roc_short(since);
            let message = format!("「{label}」早於機關成立日（{since}），請更正其中之一");
            problems.push(labelled(spec, FieldProblem::new(key, message), ""));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// The day on which the agency was established, where its row says so.
fn established(visit: &Visit<'_>) -> Option<Date> {
    let rows = visit.rows();
    let mut own = rows.standing("agency");
    let row = own.find(|row| row.row == visit.agency().as_str())?;
    row.body.get("established_on")?.as_str()?.parse().ok()
}
