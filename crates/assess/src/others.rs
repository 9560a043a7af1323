//! Duties at all times, and duties that an event sets off.

use crate::assessment::{DutyAssessment, Verdict};
use crate::why::Case;
use facts::{Event, FactValue, Subject};
use law::{Shape, Value};
use period::{Date, Moment, Outcome, Start, Unit, deadline};

/// Standing: proven by a flag of the registers, or by something done with evidence.
pub(crate) fn standing(case: &Case<'_>, result: &mut DutyAssessment) {
    let Shape::Standing { fact } = &case.resolved.duty.shape else {
        return;
    };
    result.due_basis = "持續具備".to_owned();
    if let Some(key) = fact {
        case.note_fact(&mut result.facts, key);
        let value = case
            .snapshot
            .fact(&Subject::Agency, key, case.day)
            .map(|f| &f.value);
        if value == Some(&FactValue::Flag(true)) {
            result.verdict = Verdict::Met;
            result.reason_code = "on record".to_owned();
            let spec = facts::fact_spec(key);
            let (label, register) = spec.map_or((key.as_str(), ""), |s| (s.label, s.register));
            result.reason = match register {
                "plan" => format!("{label}：計畫檔已登錄，並以雜湊保存。"),
                _ => format!("{label}：已有登錄紀錄。"),
            };
            return;
        }
    }
    if let Some(done) = result.done.iter().find(|d| d.evidence > 0) {
        result.verdict = Verdict::Met;
        result.reason_code = "done".to_owned();
        result.reason = format!(
            "{} 之辦理紀錄「{}」附有佐證。",
            period::roc_short(done.on),
            done.title
        );
        return;
    }
    result.verdict = Verdict::NotMet;
    result.reason_code = "no proof".to_owned();
    result.reason = if result.done.is_empty() {
        "應持續具備，尚無登錄紀錄或佐證。".to_owned()
    } else {
        "已有辦理紀錄，尚未附佐證。".to_owned()
    };
}

/// Set off by an event: nothing is due while no such event is on record; met when every event
/// on record is settled with evidence.
pub(crate) fn on_event(case: &Case<'_>, result: &mut DutyAssessment) {
    let events: Vec<&Event> = case
        .snapshot
        .events
        .iter()
        .filter(|e| e.duty == result.key && e.subject == result.subject && e.on <= case.day)
        .collect();
    if !events.is_empty() {
        judge_events(case, result, &events);
        return;
    }
    result.verdict = Verdict::NotApplicable;
    result.reason_code = "no event on record".to_owned();
    result.due_basis = "事由發生時".to_owned();
    result.reason = "目前沒有引起此事項之事由紀錄。".to_owned();
}

/// The last day for an event, where the clause counts in days or longer from it.
fn due(case: &Case<'_>, on: Date) -> Option<Date> {
    let Shape::OnEvent { counting, .. } = &case.resolved.duty.shape else {
        return None;
    };
    let span = match case.resolved.period()?.value {
        // Hours run from a moment, of which only the day is known here: whatever the moment was,
        // they are over once as many days as they fill have passed.
        Value::Span(span) if span.unit == Unit::Hour => {
            let days = i64::from(span.amount.div_ceil(24));
            return on.checked_add(period::days(days)).ok();
        }
        Value::Span(span) => span,
        _ => return None,
    };
    match deadline(Start::Day(on), span, *counting, &case.corpus.calendar) {
        Ok(Outcome::Known(d)) => match d.end {
            Moment::Day(day) => Some(day),
            Moment::Instant(at) => Some(at.date()),
        },
        _ => None,
    }
}

fn judge_events(case: &Case<'_>, result: &mut DutyAssessment, events: &[&Event]) {
    let settled = |e: &&&Event| e.settled_on.is_some_and(|d| d <= case.day);
    let open: Vec<&&Event> = events.iter().filter(|e| !settled(e)).collect();
    result.due_basis = "事由發生時".to_owned();
    let first = open.iter().min_by_key(|e| (due(case, e.on), e.on));
    if let Some(first) = first {
        result.due = due(case, first.on);
        let late = result.due.is_some_and(|due| due < case.day);
        (result.verdict, result.reason_code) = if late {
            (Verdict::NotMet, "overdue".to_owned())
        } else {
            (Verdict::NotYetDue, "event open".to_owned())
        };
        let until = result.due.map_or_else(String::new, |due| {
            format!(
                "，期限 {}{}",
                period::roc_short(due),
                if late { " 已過" } else { "" }
            )
        });
        result.reason = format!(
            "{} 之「{}」尚未辦結{until}；未辦結者共 {} 件。",
            period::roc_short(first.on),
            first.title,
            open.len()
        );
        return;
    }
    if let Some(bare) = events.iter().find(|e| e.evidence == 0) {
        result.verdict = Verdict::NotMet;
        result.reason_code = "no proof".to_owned();
        result.reason = format!("「{}」已辦結，尚未附佐證或核定。", bare.title);
    } else {
        result.verdict = Verdict::Met;
        let late = events
            .iter()
            .filter(|e| e.settled_on > due(case, e.on) && due(case, e.on).is_some())
            .count();
        result.reason_code = if late > 0 { "done late" } else { "done" }.to_owned();
        let said = match late {
            0 => String::new(),
            n => format!("，其中 {n} 件逾期"),
        };
        result.reason = format!("{} 件事由均已辦結{said}，並有佐證。", events.len());
    }
}
