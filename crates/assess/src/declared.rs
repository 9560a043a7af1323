//! What an agency says of a duty without a file to show it, and ends that lie before its records.
//!
//! Why beside the verdict: a statement proves nothing, so what is declared done stays not met; but it
//! is no breach that anybody knows of either. An end before the agency kept records here says nothing
//! of whether it was heeded. What it can't know: whether what is declared is so.

use crate::assessment::{DeclaredVerdict, DutyAssessment, Verdict};
use crate::why::Case;
use facts::{Declared, DeclaredAs};
use period::{Date, roc_short};

/// Code of a duty that is declared done and of which the proof is awaited.
pub(crate) const DECLARED: &str = "declared";
/// Code of one of which the proof was not brought in time.
const UNPROVEN: &str = "declared unproven";
/// Code of one whose end lies before the agency's records.
const BEFORE: &str = "before records";

/// Tells of a judged duty what its agency declares, and whether its end lies before the records.
pub(crate) fn tell(case: &Case<'_>, result: &mut DutyAssessment) {
    if result.shape == "on_event" || result.verdict == Verdict::NotApplicable {
        return;
    }
    before_records(case, result);
    let Some(said) = said(case) else {
        return;
    };
    result.declared = Some(DeclaredVerdict {
        state: said.state,
        on: said.on,
        document_no: said.document_no.clone(),
        prove_by: said.prove_by.filter(|_| said.state.is_done()),
        source: said.source.clone(),
    });
    if result.verdict != Verdict::NotMet {
        return;
    }
    let words = words(said);
    if !said.state.is_done() {
        result.reason = format!("{}現況盤點：{words}。", result.reason);
        return;
    }
    let until = said.prove_by.map_or_else(String::new, roc_short);
    if said.prove_by.is_some_and(|last| case.day > last) {
        UNPROVEN.clone_into(&mut result.reason_code);
        result.reason = format!(
            "自陳{words}，應於 {until} 前補附之佐證尚未提出。{}",
            result.reason
        );
    } else {
        DECLARED.clone_into(&mut result.reason_code);
        let by = if until.is_empty() {
            "請補附佐證".to_owned()
        } else {
            format!("請於 {until} 前補附佐證")
        };
        result.reason = format!("自陳{words}，待補佐證；{by}。未附佐證前不認定為已符合。");
    }
}

/// The latest statement up to the day.
fn said<'a>(case: &Case<'a>) -> Option<&'a Declared> {
    let duty = case.resolved.duty.key.as_str();
    let of = |d: &&Declared| d.duty == duty && d.subject == case.resolved.subject && d.said_on <= case.day;
    let all = case.snapshot.declared.iter().filter(of);
    all.max_by_key(|d| (d.said_on, d.source.row.as_str()))
}

fn words(said: &Declared) -> String {
    let on = said
        .on
        .map_or_else(String::new, |on| format!("已於 {} ", roc_short(on)));
    let number = if said.document_no.trim().is_empty() {
        String::new()
    } else {
        format!("（{}）", said.document_no.trim())
    };
    match said.state {
        DeclaredAs::Done if on.is_empty() => format!("已辦理{number}"),
        DeclaredAs::Done => format!("{on}辦理{number}"),
        DeclaredAs::BySuperior => format!("{on}由上級機關代辦{number}"),
        DeclaredAs::Part => format!("部分辦理{number}"),
        DeclaredAs::NotDone => "尚未辦理".to_owned(),
        DeclaredAs::NotKnown => "尚不知道是否辦理".to_owned(),
    }
}

/// An end before the first day of the records: nobody here counted the days since.
fn before_records(case: &Case<'_>, result: &mut DutyAssessment) {
    let Some(records) = case.snapshot.records_from else {
        return;
    };
    let last: Option<Date> = result.due.or(result.due_not_before);
    let Some(last) = last.filter(|last| *last < records) else {
        return;
    };
    if result.verdict != Verdict::NotMet || result.reason_code != "overdue" {
        return;
    }
    BEFORE.clone_into(&mut result.reason_code);
    result.before_records = Some(records);
    result.reason = format!(
        "期限 {} 早於啟用日 {}：當時之辦理情形還沒有登錄於本系統，不計逾期日數；請於現況盤點說明。",
        roc_short(last),
        roc_short(records)
    );
}
