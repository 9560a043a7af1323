//! What must be the case at all times: until when a proof shows it, and whether the numbers suffice.
//!
//! Why a proof ages: a paper tells of its own day. What it says of how long it holds (a certificate, a
//! contract) decides; where it says nothing, a reading of the law data does. What it can't know: what
//! nobody recorded; it says what was shown last, never that it was given up.

use crate::assessment::{CountVerdict, DutyAssessment, Verdict};
use crate::why::Case;
use facts::{Counted, Done};
use law::Count;
use period::{Date, later};
use std::collections::BTreeSet;

/// Judges by the proofs and the numbers of a day; what was already said of a last day stays unless a
/// later one is known on which it was still so.
pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    result.counts = counts(case);
    let done = result.done.clone();
    let shown = shown(case, &done);
    if let Shown::Until(done, until) = &shown {
        result.proof_until = *until;
        reading(case, result, done);
    }
    let words: Vec<String> = result.short().map(CountVerdict::words).collect();
    if !words.is_empty() {
        let lapsed = result.short().filter_map(|c| c.enough_until).min();
        let reason = format!("數量不足：{}。", words.join("；"));
        due(result, lapsed, ENOUGH);
        say(result, Verdict::NotMet, "count short", reason);
        return;
    }
    let counted = !result.counts.is_empty();
    // Papers that are counted one by one, each with its file, show what a file of the whole would.
    if counted && result.counts.iter().all(|c| c.shown) {
        let reason = format!("{}。", all_words(&result.counts));
        say(result, Verdict::Met, "enough on record", reason);
        let last = result.counts.iter().filter_map(|c| c.enough_until).min();
        result.due = None;
        due(result, last, ENOUGH);
        return;
    }
    let words = if counted {
        format!("{}；", all_words(&result.counts))
    } else {
        String::new()
    };
    match shown {
        Shown::Until(done, until) if until.is_none_or(|until| case.day <= until) => {
            let till = until.map_or_else(String::new, |day| {
                format!("，可證明至 {}", period::roc_short(day))
            });
            let reason = format!(
                "{words}{} 之辦理紀錄「{}」附有佐證{till}。",
                period::roc_short(done.on),
                done.title
            );
            say(result, Verdict::Met, "done", reason);
            let enough = result.counts.iter().filter_map(|c| c.enough_until).min();
            if enough.is_some_and(|enough| until.is_none_or(|until| enough < until)) {
                due(result, enough, ENOUGH);
            } else {
                due(result, until, SHOWN);
            }
        }
        Shown::Until(done, until) => {
            let last = until.map_or_else(String::new, period::roc_short);
            let reason = format!(
                "{words}最近一次佐證「{}」（{}）只能證明至 {last}，其後之現況尚未再提出佐證；請補附現況之佐證。這不表示未辦理。",
                done.title,
                period::roc_short(done.on),
            );
            say(result, Verdict::NotMet, OUTDATED, reason);
            due(result, until, SHOWN);
        }
        Shown::Nothing { recorded } => {
            let reason = if recorded {
                format!("{words}已有辦理紀錄，尚未附佐證。")
            } else {
                format!("{words}應持續具備，尚無登錄紀錄或佐證。")
            };
            say(result, Verdict::NotMet, "no proof", reason);
        }
    }
}

/// Code of a duty whose last proof no longer shows how things are.
pub(crate) const OUTDATED: &str = "proof_outdated";

const SHOWN: &str = "佐證可證明之末日";
const ENOUGH: &str = "數量足額之末日";

/// A last day of what is so, where one is known.
fn due(result: &mut DutyAssessment, last: Option<Date>, basis: &str) {
    if last.is_some() {
        result.due = last;
        basis.clone_into(&mut result.due_basis);
    }
}

fn say(result: &mut DutyAssessment, verdict: Verdict, code: &str, reason: String) {
    result.verdict = verdict;
    code.clone_into(&mut result.reason_code);
    result.reason = reason;
    result.part_of_day = None;
}

fn all_words(counts: &[CountVerdict]) -> String {
    let words: Vec<String> = counts.iter().map(CountVerdict::words).collect();
    words.join("；")
}

enum Shown<'d> {
    Nothing {
        recorded: bool,
    },
    /// Which proof shows it longest, and until which day; none where it doesn't age.
    Until(&'d Done, Option<Date>),
}

fn shown<'d>(case: &Case<'_>, done: &'d [Done]) -> Shown<'d> {
    let proofs = done.iter().filter(|d| d.evidence > 0);
    let dated = proofs.map(|d| (d, until(case, d)));
    // A day that can't be reached by counting is none.
    let longest = dated.max_by_key(|(d, until)| (until.is_none(), *until, d.on));
    longest.map_or(
        Shown::Nothing {
            recorded: !done.is_empty(),
        },
        |(done, until)| Shown::Until(done, until),
    )
}

/// The last day for which something done shows how things are; none where it doesn't age.
pub(crate) fn until(case: &Case<'_>, done: &Done) -> Option<Date> {
    let shown = case.corpus.shown.as_ref();
    done.until.or_else(|| later(done.on, shown?.within))
}

/// The reading is relied on where the proof itself says nothing.
fn reading(case: &Case<'_>, result: &mut DutyAssessment, done: &Done) {
    if let (None, Some(shown)) = (done.until, &case.corpus.shown) {
        result.readings.extend(case.reading(&shown.reading));
    }
}

/// Every number that the law of the day asks for, with what is on record.
fn counts(case: &Case<'_>) -> Vec<CountVerdict> {
    let counts = case.resolved.duty.counts.iter();
    counts.filter_map(|count| verdict(case, count)).collect()
}

fn verdict(case: &Case<'_>, count: &Count) -> Option<CountVerdict> {
    let mut requirements = case.resolved.requirements.iter();
    let asked = requirements.find(|r| r.key == count.at_least)?;
    let needed = usize::try_from(asked.value.at_least()?).ok()?;
    let of = |what: &str| -> Vec<&Counted> {
        let all = case.snapshot.counted.iter();
        all.filter(|c| c.what == what).collect()
    };
    let things = of(&count.what);
    let holders = count.each.as_ref().map(|each| of(each));
    let enough = |day: Date| match &holders {
        None => number_on(&things, day, None),
        // As many as who has the fewest.
        Some(holders) => holders
            .iter()
            .filter(|h| h.holds_on(day))
            .map(|h| number_on(&things, day, Some(&h.of)))
            .min()
            .unwrap_or(0),
    };
    let label = |what: &str| facts::counted_label(what).unwrap_or_default().to_owned();
    let have = enough(case.day);
    let current = || things.iter().filter(|t| t.holds_on(case.day));
    Some(CountVerdict {
        what: count.what.clone(),
        label: label(&count.what),
        each: count.each.as_deref().map(label),
        needed,
        have,
        lacking: holders.as_deref().map_or_else(Vec::new, |holders| {
            let short =
                |h: &&&Counted| h.holds_on(case.day) && number_on(&things, case.day, Some(&h.of)) < needed;
            let rows = holders.iter().filter(short).map(|h| h.of.clone());
            rows.collect::<BTreeSet<String>>().into_iter().collect()
        }),
        enough_until: lapse(case.day, needed, have, &things, holders.as_deref(), enough),
        shown: current().all(|t| t.shown == Some(true)),
    })
}

/// How many hold on a day: a file that lacks shows nothing of what it is to show.
fn number_on(things: &[&Counted], day: Date, of: Option<&str>) -> usize {
    let holding = things
        .iter()
        .filter(|t| t.holds_on(day) && t.shown != Some(false));
    holding.filter(|t| of.is_none_or(|of| t.of == of)).count()
}

/// The last day on which there were enough: ahead where there are now, else behind.
fn lapse(
    day: Date,
    needed: usize,
    have: usize,
    things: &[&Counted],
    holders: Option<&[&Counted]>,
    enough: impl Fn(Date) -> usize,
) -> Option<Date> {
    let all = things.iter().chain(holders.unwrap_or_default());
    let mut turns: Vec<Date> = all.flat_map(|t| [t.from, t.until]).flatten().collect();
    turns.sort_unstable();
    turns.dedup();
    let last = |turn: &Date| turn.yesterday().ok();
    if have >= needed {
        let turn = turns.iter().find(|t| **t > day && enough(**t) < needed)?;
        return last(turn);
    }
    let before = turns.iter().rev().filter(|t| **t <= day).filter_map(last);
    before.into_iter().find(|before| enough(*before) >= needed)
}
