//! Changes after which the law counts a period anew: a new system, another grade, staff that left.
//!
//! Why beside the periods themselves: what was done before a change stays done, and what was never
//! done is not excused by one. What it can't know: changes that nobody recorded, such as the day on
//! which a system went live; then the period runs from the agency's own day, which is the stricter.

use crate::assessment::{CountVerdict, DutyAssessment, StepUsed, Verdict};
use crate::ends::{self, End};
use crate::why::Case;
use facts::{Altered, Subject};
use law::{Applicability, Restart};
use period::{Date, Moment};

/// A change that counts, in the words of the record.
pub(crate) struct Change<'a> {
    /// What: a key of `facts::ALTERATIONS`.
    what: &'a str,
    /// What changed, in a line; empty where the change has no record of its own.
    title: &'a str,
    /// The day.
    pub on: Date,
    /// The clause that counts from it; none where only a reading does.
    clause: Option<&'a Restart>,
}

impl Change<'_> {
    fn label(&self) -> &str {
        facts::alteration_label(self.what).unwrap_or_default()
    }

    /// What it is called where a period runs from it.
    pub fn start_label(&self) -> String {
        format!("{}之日", self.label())
    }

    fn words(&self) -> String {
        let day = period::roc_short(self.on);
        match self.title {
            "" => format!("{}（{day}）", self.label()),
            title => format!("{}「{title}」（{day}）", self.label()),
        }
    }
}

/// The clause that speaks of a change on a day, for this agency.
fn clause<'a>(case: &Case<'a>, what: &str, on: Date) -> Option<&'a Restart> {
    let look = |key: &str| case.snapshot.fact(&Subject::Agency, key, case.day);
    let restarts = case.resolved.duty.restarts.iter();
    restarts
        .filter(|r| r.speaks_of(what, on))
        .find(|r| r.applies.decide(&look) == Applicability::Yes)
}

fn change<'a>(case: &Case<'a>, altered: &'a Altered) -> Option<Change<'a>> {
    Some(Change {
        what: &altered.what,
        title: &altered.title,
        on: altered.on,
        clause: Some(clause(case, &altered.what, altered.on)?),
    })
}

impl Case<'_> {
    /// The day from which a period runs: that of a dated fact of the agency, or a later one of the
    /// system that is judged.
    pub fn date(&self, key: &str) -> Option<Date> {
        let day = self.own_date(key)?;
        Some(of_system(self, day).map_or(day, |change| change.on))
    }

    /// What that day is called.
    pub fn start_label(&self, key: &str) -> String {
        let change = self.own_date(key).and_then(|day| of_system(self, day));
        let spec = || facts::fact_spec(key).map_or(key, |s| s.label).to_owned();
        change.map_or_else(spec, |change| change.start_label())
    }
}

/// The last change of the system that is judged, where it came after the agency's own day: its periods
/// run from there.
pub(crate) fn of_system<'a>(case: &Case<'a>, day: Date) -> Option<Change<'a>> {
    if case.resolved.duty.restarts.is_empty() || !matches!(case.resolved.subject, Subject::System(_)) {
        return None;
    }
    let altered = case.snapshot.altered.iter();
    altered
        .filter(|a| a.subject == case.resolved.subject && a.on > day && a.on <= case.day)
        .filter_map(|a| change(case, a))
        .max_by_key(|c| c.on)
}

/// The first system of an agency that had none on its own day: nothing was due before it was there.
pub(crate) fn first<'a>(case: &Case<'a>, day: Date) -> Option<Change<'a>> {
    const ADDED: &str = "system.added";
    let asks = |r: &Restart| r.on.iter().any(|on| on == ADDED);
    if case.resolved.subject != Subject::Agency || !case.resolved.duty.restarts.iter().any(asks) {
        return None;
    }
    let added = || case.snapshot.altered.iter().filter(|a| a.what == ADDED);
    let dated = |id: &str| added().any(|a| matches!(&a.subject, Subject::System(of) if of == id));
    let all = case.snapshot.systems.iter().all(|s| dated(&s.id));
    let first = added().min_by_key(|a| a.on).filter(|a| all && a.on > day)?;
    Some(Change {
        what: &first.what,
        title: &first.title,
        on: first.on,
        clause: clause(case, &first.what, first.on),
    })
}

/// The earliest change that what was done doesn't answer: it came after the agency's own day, and
/// nothing was shown on it or since; or persons left, and there are too few.
pub(crate) fn unanswered<'a>(
    case: &Case<'a>,
    result: &DutyAssessment,
    day: Option<Date>,
) -> Option<Change<'a>> {
    if case.resolved.duty.restarts.is_empty() || case.resolved.subject != Subject::Agency {
        return None;
    }
    if result.verdict != Verdict::Met {
        return left(case, result);
    }
    let shown = |on: Date| result.done.iter().any(|d| d.evidence > 0 && d.on >= on);
    let altered = case.snapshot.altered.iter();
    altered
        .filter(|a| day.is_some_and(|day| a.on > day) && a.on <= case.day && !shown(a.on))
        .filter_map(|a| change(case, a))
        .min_by_key(|c| c.on)
}

/// Since when persons lack that were there.
fn left<'a>(case: &Case<'a>, result: &DutyAssessment) -> Option<Change<'a>> {
    const SHORT: &str = "staff.short";
    let last = result.short().filter_map(|c| c.enough_until).min()?;
    let on = last.tomorrow().ok()?;
    Some(Change {
        what: SHORT,
        title: "",
        on,
        clause: Some(clause(case, SHORT, on)?),
    })
}

/// Tells of a change from which a period runs, with the clause or the reading that says so.
pub(crate) fn tell(case: &Case<'_>, result: &mut DutyAssessment, change: &Change<'_>) {
    let cite = change.clause.map(|r| &r.cite);
    result.steps.push(StepUsed {
        rule: None,
        to: Some(Moment::Day(change.on)),
        note: format!("{}，自該日起算。", change.words()),
        cite: cite.cloned(),
        cite_label: cite.map(|c| case.corpus.print(c)),
    });
    let reading = change
        .clause
        .map_or(Some(NOTHING_BEFORE), |r| r.reading.as_deref());
    result.readings.extend(reading.and_then(|key| case.reading(key)));
}

/// The reading by which nothing is due of what isn't there.
const NOTHING_BEFORE: &str = "system_later";

/// The verdict on what a change asks anew, by the end of its period.
pub(crate) fn say(
    case: &Case<'_>,
    result: &mut DutyAssessment,
    change: &Change<'_>,
    end: &End,
    within: &str,
) {
    let short: Vec<String> = result.short().map(CountVerdict::words).collect();
    let lacks = if short.is_empty() {
        "此後尚無辦理紀錄與佐證".to_owned()
    } else {
        short.join("；")
    };
    tell(case, result, change);
    let (due, told, provisional) = match end {
        End::Between(_, last) => (last.end.date(), period::roc_short(last.end.date()), false),
        End::NotBefore(day, likely) => {
            let due = likely.map_or(*day, |likely| likely.end);
            (
                due,
                likely.map_or_else(|| period::roc_short(*day), ends::provisional),
                likely.is_some(),
            )
        }
        End::Open => return,
    };
    result.due = Some(due);
    result.due_at = None;
    result.part_of_day = end.known().map(|d| d.part_of_day);
    result.provisional = provisional;
    result.late_by = None;
    result.due_basis = format!(
        "自{} {} 起{within}",
        change.start_label(),
        period::roc_short(change.on)
    );
    let words = change.words();
    (result.verdict, result.reason_code, result.reason) = if end.is_past(case.now) {
        (
            Verdict::NotMet,
            "overdue".to_owned(),
            format!("{words}後，期限重新起算，{told} 已過，{lacks}。"),
        )
    } else if end.may_be_past(case.now) {
        (
            Verdict::Unknown,
            "missing calendar".to_owned(),
            format!("{words}後，期限重新起算，{told}；{lacks}。"),
        )
    } else {
        (
            Verdict::NotYetDue,
            "restarted".to_owned(),
            format!("{words}後，期限重新起算至 {told}，尚未屆至；{lacks}。"),
        )
    };
}
