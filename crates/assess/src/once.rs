//! Duties due once, within a span counted from a dated fact.
//!
//! The edition in force on that date governs the length of the span; where the duty is
//! younger than the date, the first edition that had it does. A transitional clause
//! takes its place and runs from its own day.

use crate::assessment::{CountVerdict, DutyAssessment, StepUsed, Verdict};
use crate::ends::{self, End};
use crate::kept::{self, OUTDATED};
use crate::restart::{self, Change};
use crate::why::Case;
use law::{Clause, LosingReason, ParameterValue, Shape, Value};
use period::{Counting, Date, Moment, Outcome, Punctuality, Reading, Span, Start, deadline};

pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    let Shape::Once {
        within,
        counted_from,
        counting,
    } = &case.resolved.duty.shape
    else {
        return;
    };
    case.note_fact(&mut result.facts, counted_from);
    let own = case.own_date(counted_from);
    // A system of its own, or the first that there was, came after the agency's own day.
    let later = own.and_then(|day| restart::of_system(case, day).or_else(|| restart::first(case, day)));
    let fact = later.as_ref().map(|change| change.on).or(own);
    let transitional = case.resolved.transitional;
    let start = transitional.map(|t| t.counted_from).max(fact);
    let mut end = End::Open;
    let decided = start
        .zip(case.resolved.period())
        .and_then(|(start, period)| ends::decide(case.corpus, period, Moment::Day(start), *counting));
    if let Some(decided) = &decided {
        ends::tell(result, decided);
    }
    if let (Some(start), Some((span, earlier))) = (start, governing(case, within, fact, decided)) {
        if let Some(value) = earlier {
            superseded(case, result, span, value);
        }
        end = set_due(case, result, (start, later.as_ref()), span, *counting);
    }
    let decided = proven(case, result, &end);
    if let Some(change) = restart::unanswered(case, result, own)
        && let Some(period) = case.resolved.period()
        && let decided = ends::decide(case.corpus, period, Moment::Day(change.on), *counting)
        && let Some((span, _)) = governing(case, within, Some(change.on), decided)
    {
        let end = End::of(case.corpus, Moment::Day(change.on), span, *counting);
        let words = words(case, span);
        restart::say(case, result, &change, &end, &words);
        return;
    }
    if decided {
        return;
    }
    let Some(_) = start else {
        case.unknown(result, std::slice::from_ref(counted_from));
        return;
    };
    if case.resolved.period().is_none() {
        result.verdict = Verdict::Unknown;
        result.reason_code = "missing span".to_owned();
        result.reason =
            "這一天的規定沒有定期限，也還沒有辦理紀錄；請資通安全專責人員訂定辦理日期。".to_owned();
        return;
    }
    let (verdict, code, reason) = term(case, result, &end);
    result.verdict = verdict;
    code.clone_into(&mut result.reason_code);
    result.reason = reason;
}

/// What the term says of what was not done, or is no more as it was.
fn term(case: &Case<'_>, result: &DutyAssessment, end: &End) -> (Verdict, &'static str, String) {
    const NO_CALENDAR: &str = "該年政府行政機關辦公日曆尚未建檔，無法判定末日（請系統管理者更新日曆）。";
    let short: Vec<String> = result.short().map(CountVerdict::words).collect();
    let short = if short.is_empty() {
        String::new()
    } else {
        format!("；{}", short.join("；"))
    };
    match (end, result.due) {
        (End::NotBefore(first, likely), _) => {
            let told = match likely {
                Some(likely) => format!("期限{}", ends::provisional(*likely)),
                None => format!("期限不早於 {}", period::roc_short(*first)),
            };
            if case.day <= *first {
                let reason = format!("{told}，尚未屆至{short}。");
                (Verdict::NotYetDue, "not yet due", reason)
            } else if end.is_past(case.now) {
                let reason = format!("{told}，無論如何順延均已過，{}。", lacking(result));
                (Verdict::NotMet, "overdue", reason)
            } else {
                (
                    Verdict::Unknown,
                    "missing calendar",
                    format!("{told}；{NO_CALENDAR}"),
                )
            }
        }
        (_, Some(due)) if case.day <= due => {
            let reason = format!("期限 {}，尚未屆至{short}。", period::roc_short(due));
            (Verdict::NotYetDue, "not yet due", reason)
        }
        (_, Some(due)) => {
            let reason = format!("期限 {} 已過，{}。", period::roc_short(due), lacking(result));
            (Verdict::NotMet, "overdue", reason)
        }
        (_, None) => (Verdict::Unknown, "missing calendar", NO_CALENDAR.to_owned()),
    }
}

/// Whether it is decided by what was done: by the first that was proven, and where it must be kept by how
/// things are today.
fn proven(case: &Case<'_>, result: &mut DutyAssessment, end: &End) -> bool {
    let proofs = result.done.iter().filter(|d| d.evidence > 0);
    let first = proofs.min_by_key(|d| d.on).cloned();
    let late = first
        .as_ref()
        .and_then(|done| match end.punctuality(Moment::Day(done.on)) {
            Punctuality::Late(by) => Some(by),
            _ => None,
        });
    let words = late.map_or_else(String::new, |by| format!("；逾期限 {}", by.words()));
    if case.resolved.duty.kept {
        let term = (result.due, result.part_of_day, result.due_basis.clone());
        kept::judge(case, result);
        if result.verdict == Verdict::Met {
            result.late_by = late;
            result.reason = format!("{}{words}。", result.reason.trim_end_matches('。'));
            return true;
        }
        let runs = term
            .0
            .or(result.due_not_before)
            .is_some_and(|last| case.day <= last);
        let ceased = result.reason_code == OUTDATED || result.short().any(|c| c.enough_until.is_some());
        if ceased && !runs {
            return true;
        }
        // It was never so, or need not be yet: the term decides.
        (result.due, result.part_of_day, result.due_basis) = term;
        return false;
    }
    let Some(done) = first else {
        return false;
    };
    result.verdict = Verdict::Met;
    result.late_by = late;
    result.reason_code = if late.is_some() { "done late" } else { "done" }.to_owned();
    result.reason = format!(
        "已於 {} 完成「{}」，佐證 {} 件{words}。",
        period::roc_short(done.on),
        done.title,
        done.evidence,
    );
    true
}

/// What is lacking, in words.
fn lacking(result: &DutyAssessment) -> String {
    let short: Vec<String> = result.short().map(CountVerdict::words).collect();
    if !short.is_empty() {
        short.join("；")
    } else if result.done.is_empty() {
        "尚無辦理紀錄與佐證".to_owned()
    } else {
        "辦理紀錄尚未附佐證".to_owned()
    }
}

/// The span that governs: that of the edition in force on the fact's day, and its clause where
/// that is not the one now in force.
fn governing<'c>(
    case: &Case<'c>,
    within: &str,
    fact: Option<Date>,
    decided: Option<ends::Decided>,
) -> Option<(Span, Option<&'c ParameterValue>)> {
    let ends::Decided { span, winners, .. } = decided?;
    let (Some(fact), None) = (fact, case.resolved.transitional) else {
        return Some((span, None));
    };
    let parameter = case.corpus.parameters.get(within)?;
    let look = |key: &str| case.snapshot.fact(&facts::Subject::Agency, key, case.day);
    // Another edition speaks for the clause that now binds only, not for one of another instrument.
    let binds = |v: &&ParameterValue| winners.iter().any(|c| *c.instrument == *v.cite.instrument);
    let mut values: Vec<&ParameterValue> = parameter
        .values
        .iter()
        .filter(|v| v.applies.decide(&look) == law::Applicability::Yes)
        .filter(|v| v.from.is_none_or(|f| f <= case.day))
        .filter(binds)
        .collect();
    values.sort_by_key(|v| v.from);
    let then = values
        .iter()
        .find(|v| v.holds_on(fact))
        .or_else(|| values.iter().find(|v| v.from.is_some_and(|f| f > fact)));
    match then.and_then(|v| Some((ends::span(case.corpus, within, &v.value)?, *v))) {
        Some((earlier, value)) if earlier != span => Some((earlier, Some(value))),
        _ => Some((span, None)),
    }
}

/// The edition in force on the fact's day decides: its clause is cited, the present one lost.
fn superseded(case: &Case<'_>, result: &mut DutyAssessment, span: Span, value: &ParameterValue) {
    let said = words(case, span);
    let mut now = None;
    for clause in result
        .binding
        .iter_mut()
        .filter(|c| *c.instrument == *value.cite.instrument)
    {
        now = clause.value.take().or(now);
    }
    let governs = Clause::of(case.corpus, &value.cite, value.certainty, Some(said.clone()));
    result.binding.insert(0, governs);
    for requirement in result.requirements.iter_mut().take(1) {
        requirement.value = Value::Span(span);
        requirement.words.clone_from(&said);
    }
    result.steps.push(StepUsed {
        rule: None,
        to: None,
        note: match now {
            Some(now) => {
                format!("受核定（或等級變更）時之版本為{said}，期限依該版本，而不依現行版本之{now}。")
            }
            None => format!("受核定（或等級變更）時之版本為{said}，期限依該版本。"),
        },
        cite: Some(value.cite.clone()),
        cite_label: Some(case.corpus.print(&value.cite)),
    });
}

/// What the transitional clause takes the place of, in words.
fn displaced(case: &Case<'_>) -> String {
    let losers = case.resolved.period().map_or(&[][..], |p| p.losers.as_slice());
    let displaced = losers.iter().find(|l| l.reason == LosingReason::Displaced);
    displaced.map_or_else(String::new, |l| {
        format!("，取代 {} 之{}", l.clause.label, l.outcome)
    })
}

/// A span of the duty's period, in words.
fn words(case: &Case<'_>, span: Span) -> String {
    let parameter = case
        .resolved
        .period()
        .and_then(|r| case.corpus.parameters.get(&r.key));
    parameter.map_or_else(String::new, |p| p.words_of(&Value::Span(span)))
}

fn set_due(
    case: &Case<'_>,
    result: &mut DutyAssessment,
    (start, later): (Date, Option<&Change<'_>>),
    span: Span,
    counting: Counting,
) -> End {
    let words = words(case, span);
    let from = match (later, case.resolved.transitional) {
        (Some(change), _) if change.on == start => {
            restart::tell(case, result, change);
            change.start_label()
        }
        (_, Some(t)) => {
            let label = case.corpus.print(&t.cite);
            let text = format!(
                "{}前已受核定，依過渡規定自 {} 起算{}。",
                period::roc_short(t.before),
                period::roc_short(t.counted_from),
                displaced(case)
            );
            result.steps.push(StepUsed {
                rule: None,
                to: Some(Moment::Day(t.counted_from)),
                note: text,
                cite: Some(t.cite.clone()),
                cite_label: Some(label),
            });
            "過渡規定起算日".to_owned()
        }
        (_, None) => "受核定（或等級變更）之日".to_owned(),
    };
    result.due_basis = format!("自{from} {} 起{words}", period::roc_short(start));
    match deadline(Start::Day(start), span, counting, &case.corpus.calendar) {
        Ok(Outcome::Known(d)) => {
            if let Moment::Day(day) = d.end {
                result.due = Some(day);
            }
            result.part_of_day = Some(d.part_of_day);
            result.steps.extend(ends::steps(case, counting, &d.steps));
            result.readings.extend(d.readings.iter().map(reading));
            End::Between(d.clone(), d)
        }
        Ok(Outcome::Unknown(u)) => {
            result.due_not_before = Some(u.not_before);
            result.due = u.likely.map(|likely| likely.end);
            result.part_of_day = u.likely.map(|likely| likely.part_of_day);
            result.provisional = u.likely.is_some();
            result.steps.extend(ends::steps(case, counting, &u.steps));
            End::NotBefore(u.not_before, u.likely)
        }
        Err(error) => {
            result.steps.push(StepUsed {
                rule: None,
                to: None,
                note: error.to_string(),
                cite: None,
                cite_label: None,
            });
            End::Open
        }
    }
}

fn reading(r: &Reading) -> crate::ReadingUsed {
    crate::ReadingUsed {
        key: r.key.clone(),
        text: if r.taken { r.note.clone() } else { String::new() },
        alternative: if r.taken { String::new() } else { r.note.clone() },
        certainty: law::Certainty::Open,
    }
}
