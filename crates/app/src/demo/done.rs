//! What no register of its own shows as done: a record with its file for each duty and period, but for
//! a few that an office would still owe.
//!
//! Why looked up and not listed: which duties there are, and for when, the law and the plan say; by lists
//! of ours the demonstration would grow false with the next amendment.

use super::county::Ground;
use super::days::later;
use super::hands::{Hands, Sheet, agency};
use crate::{AppError, duties};
use period::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use views::{DutyView, Status};

/// How often it is looked again: a duty shows only so many of its periods.
const ROUNDS: usize = 4;

/// Enters what is still missing of what an office of this kind would have done.
pub(super) async fn the_rest(hands: &mut Hands<'_>, ground: &mut Ground<'_>) -> Result<(), AppError> {
    let mut owed: Option<BTreeSet<String>> = None;
    for _ in 0..ROUNDS {
        let visit = hands.visit("officer").await?;
        let mut rows = Vec::new();
        let all = duties::all(&visit).await?;
        let owed = owed.get_or_insert_with(|| owed_of(&all, ground));
        for duty in all.iter().filter(|d| !owed.contains(&d.key)) {
            let title = duty.proof.first().map_or(duty.title.as_str(), String::as_str);
            let parts: Vec<&str> = duty.parts.iter().map(|p| p.key.as_str()).collect();
            for day in days(duty, ground) {
                let of = duty
                    .subject
                    .split_once(':')
                    .map_or_else(String::new, |(_, name)| format!("（{name}）"));
                rows.push(json!({
                    "duty": duty.key, "subject": subject(duty), "on": day.to_string(),
                    "title": format!("{}{of}：{title}", duty.title), "parts": parts,
                }));
            }
        }
        if rows.is_empty() {
            break;
        }
        hands.enter_sheet(Sheet::proven("activity", rows)).await;
    }
    Ok(())
}

/// What is left as it is: what the chapters leave half done or out of date, and a few by lot.
fn owed_of(all: &[DutyView], ground: &mut Ground<'_>) -> BTreeSet<String> {
    let is_half_done = |d: &&DutyView| d.parts.len() > 1 && d.parts.iter().any(|p| p.verdict == Status::Met);
    let told = all.iter().filter(|d| d.is_outdated() || is_half_done(d));
    let mut owed: BTreeSet<String> = told.map(|d| d.key.clone()).collect();
    let could = all
        .iter()
        .filter(|d| d.shape == "standing" && d.verdict == Status::NotMet);
    let mut could: Vec<&DutyView> = could.filter(|d| !owed.contains(&d.key)).collect();
    for _ in 0..ground.office.owed.min(could.len()) {
        let at = ground.lot.below(i64::try_from(could.len()).unwrap_or(1));
        owed.insert(could.remove(usize::try_from(at).unwrap_or(0)).key.clone());
    }
    owed
}

fn subject(duty: &DutyView) -> Value {
    match (&duty.subject_id, duty.subject.split_once(':')) {
        (Some(id), Some((kind, _))) => json!({ "kind": kind, "id": id }),
        _ => agency(),
    }
}

/// Days on which it was done although no register says so.
fn days(duty: &DutyView, ground: &mut Ground<'_>) -> Vec<Date> {
    match duty.shape.as_str() {
        "every" | "monthly" => {
            let missed = duty.periods.iter().filter(|p| p.status == Status::NotMet);
            let middle = |from: Date, to: Date| {
                let half = i64::from(crate::clock::days_between(from, to)) / 2;
                later(from, half).filter(|day| *day < ground.today)
            };
            missed.filter_map(|p| middle(p.from, p.to)).collect()
        }
        "standing" | "once" if duty.verdict == Status::NotMet => {
            let days = 20 + ground.lot.below(200);
            later(ground.today, -days).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
