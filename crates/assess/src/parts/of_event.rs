//! The parts of a duty that an event sets off, as one event was dealt with.
//!
//! Why by event: what shows a part of one release of an application shows nothing of the next. What
//! shows a part of an event is of that event for good and doesn't age. What it can't know: whether a
//! file that names a part shows it.

use super::{Looked, look_at, one};
use crate::assessment::{PartVerdict, ShownBy, Verdict};
use crate::why::Case;
use facts::{Done, Event};
use law::Part;
use period::Date;

/// Parts that are told one by one: where there are several, or records say more than that it was done.
pub(crate) fn apart<'c>(case: &Case<'c>, instruments: &[&str]) -> Vec<&'c Part> {
    let all = case.corpus.parts.get(&case.resolved.duty.key);
    let binds = |part: &&Part| instruments.contains(&part.instrument.as_str());
    let parts: Vec<&Part> = all.into_iter().flatten().filter(binds).collect();
    let told = parts.len() > 1 || parts.iter().any(|part| part.is_told_apart());
    if told { parts } else { Vec::new() }
}

/// What is to be said of each part of an event; `open` is what is said of one that nothing answers yet
/// while the event isn't settled.
pub(crate) fn judge(
    case: &Case<'_>,
    event: &Event,
    parts: &[&Part],
    open: Option<(Verdict, &'static str)>,
) -> (Vec<PartVerdict>, Option<Date>) {
    let several = parts.len() > 1;
    let mut last = None;
    let judged = parts.iter().map(|part| {
        let answer = answer(case, event, part, several);
        let mut told = match &answer {
            Some((by, words, on)) => {
                last = last.max(*on);
                one(part, (Verdict::Met, "done"), Some((*by, words.clone())))
            }
            None => one(part, open.unwrap_or((Verdict::NotMet, "no proof")), None),
        };
        let mine = |row: &facts::Checked| {
            let (mine, of) = (&event.source, &row.source);
            of.register != mine.register || of.row == mine.row
        };
        match look_at(case, part, &mine) {
            Looked::Fine(rows, _) if told.verdict != Verdict::Met => {
                let words = format!("依登錄紀錄檢核，{rows} 筆均符合");
                told = one(part, (Verdict::Met, "checked"), Some((ShownBy::Check, words)));
            }
            Looked::Wrong(rows) => {
                let words = format!("登錄紀錄有 {} 筆與本項不符", rows.len());
                let failed = (Verdict::NotMet, "check failed");
                told = one(part, failed, Some((ShownBy::Check, words)));
                let wrong = rows.iter().map(|row| (row.title.clone(), row.source.clone()));
                told.wrong = wrong.collect();
            }
            Looked::Silent | Looked::Fine(..) => {}
        }
        told
    });
    (judged.collect(), last)
}

type Answer = (ShownBy, String, Option<Date>);

/// What answers a part of an event: what names it and the event, or the record of the event itself.
fn answer(case: &Case<'_>, event: &Event, part: &Part, several: bool) -> Option<Answer> {
    let source = &event.source;
    let of = |d: &&Done| {
        let mine = d.event.as_ref();
        mine.is_some_and(|(register, row)| *register == source.register && *row == source.row)
            && d.duty == event.duty
            && d.subject == event.subject
            && d.on <= case.day
            && d.parts.contains(&part.key)
            && (d.evidence > 0 || d.stated_by.is_some())
    };
    let named = case.snapshot.done.iter().filter(of).max_by_key(|d| d.on);
    if let Some(done) = named {
        let on = Some(done.on);
        return Some(match &done.stated_by {
            Some(name) => {
                let words = format!("{name}於 {} 聲明：{}", period::roc_short(done.on), done.title);
                (ShownBy::Statement, words, on)
            }
            None => (ShownBy::Evidence, done.title.clone(), on),
        });
    }
    let settled = event.settled.as_ref().filter(|s| case.has_come(s.at));
    let tells = part.is_answered_by(&source.register, &event.says)
        || (!several && !part.is_particular_of(&source.register));
    (settled.is_some() && event.evidence > 0 && tells).then(|| (ShownBy::Record, event.title.clone(), None))
}
