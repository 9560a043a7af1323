//! A duty that carries several clauses: each of its parts is shown by itself.
//!
//! Why each part is judged as the duty itself would be: what shows a part is as old, as late and as
//! long good as what shows a whole duty. A proof that names no part answers none of several: nobody
//! said what it shows. What it can't know: whether a file that names a part shows it.

pub(crate) mod of_event;

use crate::assessment::{DutyAssessment, PartVerdict, PeriodVerdict, ShownBy, Verdict};
use crate::kept::OUTDATED;
use crate::why::Case;
use facts::Subject;
use facts::{Checked, Done};
use law::{Part, Shape};
use period::{Date, later};

/// Judges a duty by its parts, where several bind, or where checks over records answer one.
pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment, alone: fn(&Case<'_>, &mut DutyAssessment)) {
    let parts = binding(case, result);
    if parts.len() < 2 && !parts.iter().any(|part| part.is_told_apart()) {
        alone(case, result);
        return;
    }
    let several = parts.len() > 1;
    let periodic = matches!(case.resolved.duty.shape, Shape::Every { .. });
    let blank = result.clone();
    let mut judged: Vec<(PartVerdict, DutyAssessment)> = Vec::with_capacity(parts.len());
    for part in parts {
        let mut own = blank.clone();
        own.done = blank
            .done
            .iter()
            .filter_map(|d| answering(d, part, several))
            .collect();
        alone(case, &mut own);
        let mut shown = look(case, part);
        // That all is well today is no act of this period.
        if periodic && matches!(shown, Looked::Fine(..)) {
            shown = Looked::Silent;
        }
        judged.push(verdict(part, own, shown));
    }
    let periods = together(&judged);
    // The whole is what its worst part is.
    let worst = judged.iter().min_by_key(|(part, own)| rank(part, own));
    let Some(worst) = worst.map(|(_, own)| own.clone()) else {
        return;
    };
    let late_by = judged.iter().filter_map(|(_, own)| own.late_by);
    let late_by = late_by.max_by_key(|by| by.minutes());
    let done = std::mem::take(&mut result.done);
    *result = worst;
    result.done = done;
    result.periods = periods;
    result.late_by = late_by.filter(|_| result.verdict == Verdict::Met);
    result.parts = judged.into_iter().map(|(part, _)| part).collect();
    if several {
        result.reason = words(&result.parts, &result.reason);
    }
}

/// The parts whose instrument binds this subject on the day.
fn binding<'c>(case: &Case<'c>, result: &DutyAssessment) -> Vec<&'c Part> {
    let all = case.corpus.parts.get(&result.key);
    let binds = |part: &&Part| result.binding.iter().any(|c| *c.instrument == *part.instrument);
    all.into_iter().flatten().filter(binds).collect()
}

/// What was done, as far as it answers a part; a statement by name is a proof of the parts it names.
fn answering(done: &Done, part: &Part, several: bool) -> Option<Done> {
    let named = done.parts.contains(&part.key);
    let row = done.parts.is_empty() && part.is_answered_by(&done.source.register, &done.says);
    // Where there is one part only, what shows the duty shows it, but for rows that must say more.
    let whole = !several && done.parts.is_empty() && !part.is_particular_of(&done.source.register);
    (named || row || whole).then(|| {
        let mut done = done.clone();
        if named && done.stated_by.is_some() {
            done.evidence = done.evidence.max(1);
        }
        done
    })
}

/// What checks over records say of a part.
enum Looked<'a> {
    /// Nothing, or not all of it.
    Silent,
    /// All is as it must be, of so many rows, up to a day where the rows tell of their own only.
    Fine(usize, Option<Date>),
    /// These rows are otherwise.
    Wrong(Vec<&'a Checked>),
}

fn look<'a>(case: &Case<'a>, part: &Part) -> Looked<'a> {
    look_at(case, part, &|_| true)
}

/// What those rows say that are to be looked at and are about the subject of the duty; of what the whole
/// agency must see to, all are.
fn look_at<'a>(case: &Case<'a>, part: &Part, which: &dyn Fn(&Checked) -> bool) -> Looked<'a> {
    let (mut rows, mut last, mut silent) = (0_usize, None, part.checks.is_empty());
    let mut wrong = Vec::new();
    let subject = &case.resolved.subject;
    let mine = |c: &Checked| *subject == Subject::Agency || c.subject == *subject;
    for check in part.checks.iter().chain(&part.against) {
        let of = |c: &&Checked| c.check == *check && c.stands_on(case.day) && mine(c) && which(c);
        let standing = case.snapshot.checked.iter().filter(of);
        let fresh = standing.filter(|c| shown_until(case, c).is_none_or(|last| case.day <= last));
        let mut any = false;
        for row in fresh {
            any = true;
            match row.holds {
                Some(true) if !part.checks.contains(check) => {}
                Some(true) => {
                    rows += 1;
                    // Of several such rows the latest shows it longest.
                    last = last.max(shown_until(case, row));
                }
                Some(false) => wrong.push(row),
                None => silent |= part.checks.contains(check),
            }
        }
        silent |= part.checks.contains(check) && (!any || unassessed(case, check));
    }
    if !wrong.is_empty() {
        Looked::Wrong(wrong)
    } else if silent {
        Looked::Silent
    } else {
        Looked::Fine(rows, last)
    }
}

/// Whether systems that the duty is about were never looked at where a check has its rows by system: what
/// others say of themselves says nothing of those.
fn unassessed(case: &Case<'_>, check: &str) -> bool {
    let Some((family, _)) = check.split_once('/') else {
        return false;
    };
    let looked = |id: &str| {
        case.snapshot.checked.iter().any(|c| {
            let of = c.check.split_once('/').is_some_and(|(key, _)| key == family);
            let mine = matches!(&c.subject, Subject::System(system) if system == id);
            of && mine && c.stands_on(case.day)
        })
    };
    let mut systems = case.snapshot.systems.iter();
    case.resolved.subject == Subject::Agency && systems.any(|system| !looked(&system.id))
}

/// The last day for which a row that tells of its first day only shows how things are.
fn shown_until(case: &Case<'_>, row: &Checked) -> Option<Date> {
    let within = case.corpus.shown.as_ref()?.within;
    row.from.filter(|_| row.ages).and_then(|from| later(from, within))
}

fn verdict(part: &Part, mut own: DutyAssessment, looked: Looked<'_>) -> (PartVerdict, DutyAssessment) {
    let proof = own.done.iter().filter(|d| d.evidence > 0).max_by_key(|d| d.on);
    let mut shown_by = proof.map(|done| {
        let stated = done.stated_by.clone();
        match stated {
            Some(name) => (ShownBy::Statement, format!("{name}聲明：{}", done.title)),
            None if part.is_answered_by(&done.source.register, &done.says) => {
                (ShownBy::Record, done.title.clone())
            }
            None => (ShownBy::Evidence, done.title.clone()),
        }
    });
    let mut wrong = Vec::new();
    match looked {
        Looked::Fine(rows, last) if own.verdict != Verdict::Met && own.short().next().is_none() => {
            own.verdict = Verdict::Met;
            "checked".clone_into(&mut own.reason_code);
            own.reason = format!("依登錄紀錄檢核，{rows} 筆均符合。");
            own.due = last;
            own.proof_until = last;
            shown_by = Some((ShownBy::Check, own.reason.trim_end_matches('。').to_owned()));
        }
        // What the records say outweighs a paper that says otherwise.
        Looked::Wrong(rows) => {
            own.verdict = Verdict::NotMet;
            "check failed".clone_into(&mut own.reason_code);
            own.reason = format!("登錄紀錄有 {} 筆與本項不符。", rows.len());
            own.due = None;
            own.proof_until = None;
            shown_by = Some((ShownBy::Check, own.reason.trim_end_matches('。').to_owned()));
            wrong = rows
                .iter()
                .map(|row| (row.title.clone(), row.source.clone()))
                .collect();
        }
        Looked::Silent | Looked::Fine(..) => {}
    }
    let told = PartVerdict {
        until: own.proof_until,
        wrong,
        ..one(part, (own.verdict, &own.reason_code), shown_by)
    };
    (told, own)
}

fn one(part: &Part, (verdict, code): (Verdict, &str), shown: Option<(ShownBy, String)>) -> PartVerdict {
    PartVerdict {
        key: part.key.clone(),
        label: part.label.clone(),
        asks: part.asks.clone(),
        verdict,
        reason_code: code.to_owned(),
        shown_by: shown.as_ref().map(|(by, _)| *by),
        shown: shown.map(|(_, words)| words).unwrap_or_default(),
        until: None,
        checks: part.checks.iter().chain(&part.against).cloned().collect(),
        wrong: Vec::new(),
    }
}

/// How many names a sentence tells.
const TOLD: usize = 3;

/// The worst first: what was broken, what isn't known, what is too old, what may yet be done; then what
/// ends first.
fn rank(part: &PartVerdict, own: &DutyAssessment) -> (u8, bool, Option<Date>) {
    let verdict = match part.verdict {
        Verdict::NotMet if part.reason_code == OUTDATED => 1,
        Verdict::NotMet => 0,
        Verdict::Unknown => 2,
        Verdict::NotYetDue => 3,
        Verdict::Met => 4,
        Verdict::NotApplicable => 5,
    };
    (verdict, own.due.is_none(), own.due)
}

/// A period is what its worst part was.
fn together(judged: &[(PartVerdict, DutyAssessment)]) -> Vec<PeriodVerdict> {
    let Some((_, first)) = judged.first() else {
        return Vec::new();
    };
    let mut periods = first.periods.clone();
    let order = |verdict: Verdict| match verdict {
        Verdict::NotMet => 0,
        Verdict::Unknown => 1,
        Verdict::NotYetDue => 2,
        Verdict::Met => 3,
        Verdict::NotApplicable => 4,
    };
    for period in &mut periods {
        let same = judged
            .iter()
            .flat_map(|(_, own)| &own.periods)
            .filter(|p| p.from == period.from && p.to == period.to);
        if let Some(worst) = same.map(|p| p.verdict).min_by_key(|verdict| order(*verdict)) {
            period.verdict = worst;
        }
    }
    periods
}

fn words(parts: &[PartVerdict], worst: &str) -> String {
    match lacking(parts) {
        None => format!("涵蓋 {} 項，均已證明。其中最先到期者：{worst}", parts.len()),
        Some(lacking) => format!("{lacking}。{worst}"),
    }
}

/// How many parts are answered and which are not; none where all are.
pub(crate) fn lacking(parts: &[PartVerdict]) -> Option<String> {
    let met = parts.iter().filter(|p| p.verdict == Verdict::Met).count();
    let open: Vec<String> = parts
        .iter()
        .filter(|p| p.verdict != Verdict::Met)
        .map(|p| format!("「{}」", p.label))
        .collect();
    let n = parts.len();
    if open.is_empty() {
        return None;
    }
    let more = if open.len() > TOLD { "等" } else { "" };
    let named: Vec<&str> = open.iter().take(TOLD).map(String::as_str).collect();
    Some(format!(
        "涵蓋 {n} 項，已證明 {met} 項，尚缺{}{more}",
        named.join("、")
    ))
}
