//! From when on the rows of an edition that it changed are asked for: by level, for those whose level
//! is older than the edition.

use law::{Corpus, Duty, Shape, Transitional, Value};
use period::{Outcome, Start, deadline};

/// The duty whose period the changed rows of an edition have.
fn duty<'c>(corpus: &'c Corpus, edition: &str) -> Option<&'c Duty> {
    let home = &corpus.baseline.instrument;
    let mut duties = corpus.duties.iter();
    duties.find(|d| d.edition.as_deref() == Some(edition) && d.home.as_ref() == Some(home))
}

/// When a transitional clause's period ends, in words: an estimate where the calendar isn't there yet.
fn end(corpus: &Corpus, duty: &Duty, clause: &Transitional) -> Option<String> {
    let (Shape::Once { counting, .. }, Value::Span(span)) = (&duty.shape, &clause.within) else {
        return None;
    };
    match deadline(
        Start::Day(clause.counted_from),
        *span,
        *counting,
        &corpus.calendar,
    )
    .ok()?
    {
        Outcome::Known(d) => Some(format!("{} 前", period::roc_short(d.end.date()))),
        Outcome::Unknown(u) => {
            let day = u.likely.map_or(u.not_before, |likely| likely.end);
            Some(format!("{} 前（預估）", period::roc_short(day)))
        }
    }
}

/// By when whoever had a level before an edition must meet what it changed; empty where nothing says so.
pub(crate) fn of_edition(corpus: &Corpus, edition: &str) -> String {
    let Some(duty) = duty(corpus, edition) else {
        return String::new();
    };
    let mut before = None;
    let parts = duty.transitional.iter().filter_map(|t| {
        before = Some(t.before);
        let levels = t.applies.0.get("responsibility_level")?;
        Some(format!("{} 級 {}", levels.join("、"), end(corpus, duty, t)?))
    });
    let parts: Vec<String> = parts.collect();
    let Some(before) = before.filter(|_| !parts.is_empty()) else {
        return String::new();
    };
    format!("{} 前已受核定者：{}", period::roc_short(before), parts.join("，"))
}
