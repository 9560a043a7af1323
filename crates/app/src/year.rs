//! 年度: an agency's year in twelve months, with what could be spread, and as a calendar.
//!
//! Why months ahead are assessed one by one: what comes each month is due once in each. Why what is done
//! stays in its month: a year that was lived is seen to have been. What it can't know: what happens
//! until then; a day ahead is what today's records make it.

use crate::clock::utc;
use crate::compiled::compiled_once;
use crate::duties::{self, Seen};
use crate::ics::{self, Item, When};
use crate::ids::AgencyId;
use crate::visit::{Surface, Visit};
use crate::{App, AppError, Kind, map, today};
use period::{Date, Moment, roc_instant, roc_short_weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use views::{
    DutyView, EventView, MomentView, PromisedMonth, SpreadLine, Status, Undated, YearCell, YearEntry,
    YearMonth, YearRow, YearState, YearView,
};

/// Years of the Republic begin so many after.
const FOUNDED: i16 = 1911;
/// So many years before and after this one can be chosen: a choice of ours.
const BEFORE: i16 = 2;
const AFTER: i16 = 1;
/// The most that a calendar holds.
const MOST: usize = 1000;

/// The page 年度; this year where none is asked for.
///
/// # Errors
/// Where the asker may not see the duties, or the year is out of reach.
#[compiled_once]
pub async fn view(visit: &Visit<'_>, year: Option<i16>) -> Result<YearView, AppError> {
    let this = visit.day().year() - FOUNDED;
    let year = year.unwrap_or(this);
    if !(this - BEFORE..=this + AFTER).contains(&year) {
        return Err(AppError::not_found(
            format!("沒有 {year} 年度的資料"),
            "請由頁面上方選擇年度",
        ));
    }
    let seen = duties::seen(visit).await?;
    let all = seen.views(&seen.assessed(visit, visit.day()));
    Ok(drawn_up(visit, &seen, &all, year))
}

fn drawn_up(visit: &Visit<'_>, seen: &Seen, all: &[DutyView], year: i16) -> YearView {
    let day = visit.day();
    let this = day.year() - FOUNDED;
    let entries = entries(visit, seen, all, year);
    let now = (year == this).then(|| day.month());
    let aspects: BTreeSet<&str> = entries.iter().map(|e| e.aspect.as_str()).collect();
    let row = |aspect: &str, of: &[&YearEntry]| YearRow {
        aspect: aspect.to_owned(),
        cells: (1..=12).map(|month| cell(month, of)).collect(),
    };
    let rows = aspects.iter().map(|aspect| {
        let of: Vec<&YearEntry> = entries.iter().filter(|e| e.aspect == *aspect).collect();
        row(aspect, &of)
    });
    let rows = rows.collect();
    let sum = row("合計", &entries.iter().collect::<Vec<_>>());
    let undated = all
        .iter()
        .filter(|d| d.verdict == Status::Unknown && d.due.is_none());
    let undated = undated.map(|d| Undated {
        title: d.title.clone(),
        subject: d.subject_name().to_owned(),
        missing: missing(d),
        href: today::href(visit.agency(), d),
    });
    let first = Date::new(year + FOUNDED, 1, 1).unwrap_or(day);
    let late =
        |d: &&DutyView| d.verdict == Status::NotMet && d.due.is_some_and(|due| due < first && due < day);
    YearView {
        agency: map::head(seen.snapshot(), day),
        year,
        years: (this - BEFORE..=this + AFTER).collect(),
        now,
        rows,
        sum,
        undated: undated.collect(),
        standing: all
            .iter()
            .filter(|d| d.shape == "standing" && d.verdict != Status::NotApplicable)
            .count(),
        before: all.iter().filter(late).count(),
        promised: promised(seen, all, &entries, (day, year)),
        spread: spread(&entries, (day, year)),
        provisional: entries.iter().any(|e| e.provisional),
        months: by_month(entries),
    }
}

fn missing(duty: &DutyView) -> String {
    let facts = duty.facts.iter().filter(|f| f.value.is_none());
    let labels: Vec<&str> = facts.map(|f| f.label.as_str()).collect();
    if labels.is_empty() {
        duty.reason.clone()
    } else {
        format!("缺：{}", labels.join("、"))
    }
}

fn cell(month: i8, of: &[&YearEntry]) -> YearCell {
    let counts = YearState::ALL.into_iter().filter_map(|state| {
        let n = of
            .iter()
            .filter(|e| e.day.month() == month && e.state == state)
            .count();
        (n > 0).then_some((state, n))
    });
    YearCell {
        month,
        counts: counts.collect(),
    }
}

fn by_month(entries: Vec<YearEntry>) -> Vec<YearMonth> {
    let mut months: BTreeMap<i8, Vec<YearEntry>> = BTreeMap::new();
    for entry in entries {
        months.entry(entry.day.month()).or_default().push(entry);
    }
    let each = months.into_iter();
    each.map(|(month, entries)| YearMonth { month, entries })
        .collect()
}

/// Something of a duty on a day.
fn entry(visit: &Visit<'_>, duty: &DutyView, (day, state): (Date, YearState)) -> YearEntry {
    let subject = duty.subject_id.as_deref().unwrap_or_default();
    YearEntry {
        day,
        day_words: roc_short_weekday(day),
        state,
        title: duty.title.clone(),
        subject: duty.subject_name().to_owned(),
        note: String::new(),
        provisional: false,
        aspect: duty.aspect.clone(),
        clause: duty.first_clause().to_owned(),
        href: today::href(visit.agency(), duty),
        key: duty.key.clone(),
        shape: duty.shape.clone(),
        same: format!("{}/{subject}", duty.key),
        at: None,
    }
}

/// What falls in a year, by day: what was done, what is overdue where it was due, what is to come.
fn entries(visit: &Visit<'_>, seen: &Seen, all: &[DutyView], year: i16) -> Vec<YearEntry> {
    let day = visit.day();
    let western = year + FOUNDED;
    let within = |date: Date| date.year() == western;
    let mut found = Vec::new();
    for duty in all.iter().filter(|d| d.verdict != Status::NotApplicable) {
        let mut add = |on: Date, state: YearState, note: &str| {
            if within(on) {
                let mut made = entry(visit, duty, (on, state));
                note.clone_into(&mut made.note);
                found.push(made);
            }
        };
        if duty.events.is_empty() {
            let days: BTreeSet<Date> = duty.done.iter().map(|d| d.on).collect();
            for on in days.into_iter().filter(|on| *on <= day) {
                add(on, YearState::Done, "");
            }
        }
        for past in duty.periods.iter().filter(|p| p.status == Status::NotMet) {
            if past.to < day && Some(past.to) != duty.due {
                add(past.to, YearState::Overdue, &past.label);
            }
        }
        if duty.events.is_empty() {
            found.extend(own(visit, duty, day).filter(|e| within(e.day)));
        }
        let events = duty.events.iter();
        found.extend(
            events
                .filter_map(|event| of_event(visit, duty, event))
                .filter(|e| within(e.day)),
        );
    }
    ahead(visit, seen, (all, western), &mut found);
    found.sort_by(|a, b| (a.day, a.state, &a.same).cmp(&(b.day, b.state, &b.same)));
    found.dedup_by(|a, b| (a.day, a.state, &a.same, &a.note) == (b.day, b.state, &b.same, &b.note));
    found
}

/// A duty's own end, where it isn't told by what was done.
fn own(visit: &Visit<'_>, duty: &DutyView, day: Date) -> impl Iterator<Item = YearEntry> {
    let state = match duty.verdict {
        Status::NotMet => YearState::Overdue,
        _ => YearState::Due,
    };
    // What is met is told by the day on which it was done; what shows it lapses.
    let end = match duty.verdict {
        Status::Met => duty.proof_until.filter(|until| *until >= day),
        _ => duty.due,
    };
    let made = end.map(|end| {
        let state = if end >= day { YearState::Due } else { state };
        let mut made = entry(visit, duty, (end, state));
        made.provisional = duty.provisional;
        made.at = duty.due_at.filter(|at| at.date() == end);
        if let Some(at) = made.at {
            made.day_words = roc_instant(at);
        }
        if duty.verdict == Status::Met {
            "佐證到期".clone_into(&mut made.note);
        } else if duty.verdict == Status::Unknown {
            made.note = format!("待查明，{}", missing(duty));
        }
        made
    });
    made.into_iter()
}

fn of_event(visit: &Visit<'_>, duty: &DutyView, event: &EventView) -> Option<YearEntry> {
    let settled = event.settled.as_ref().and_then(MomentView::moment);
    let due = event.due.as_ref().and_then(MomentView::moment);
    let (state, moment) = match event.verdict {
        Status::Met => (YearState::Done, settled.or(due)?),
        Status::NotMet => (YearState::Overdue, due?),
        Status::NotYetDue | Status::Unknown => (YearState::Due, due?),
        Status::NotApplicable => return None,
    };
    let mut made = entry(visit, duty, (moment.date(), state));
    if let Moment::Instant(at) = moment {
        made.day_words = roc_instant(at);
        made.at = Some(at);
    }
    made.subject.clone_from(&event.title);
    made.note = event.status_words();
    made.provisional = event.provisional && state != YearState::Done;
    made.same = format!("{}/{}/{}/{}", duty.key, event.register, event.row, event.title);
    Some(made)
}

/// What comes again in the months ahead.
fn ahead(visit: &Visit<'_>, seen: &Seen, (all, western): (&[DutyView], i16), found: &mut Vec<YearEntry>) {
    let day = visit.day();
    let mut told: BTreeSet<(String, Date)> = found
        .iter()
        .filter(|e| e.state != YearState::Done)
        .map(|e| (e.same.clone(), e.day))
        .collect();
    let done = |same: &str, due: Date| {
        // Met for the window that ends there.
        let at = |d: &&DutyView| format!("{}/{}", d.key, d.subject_id.as_deref().unwrap_or_default()) == same;
        all.iter()
            .filter(at)
            .any(|d| d.verdict == Status::Met && d.due == Some(due))
    };
    let months = (1..=12).filter_map(|month| Date::new(western, month, 1).ok());
    for first in months.filter(|first| *first > day) {
        let at = period::end_of(first);
        let then = assess::assess_at(seen.snapshot(), visit.corpus(), &seen.loaded.plans, at);
        for duty in then.duties.iter().filter(|d| d.shape == "every") {
            let due = duty.due.filter(|due| due.year() == western && *due > day);
            let Some(due) = due.filter(|due| *due >= first || due.month() == first.month()) else {
                continue;
            };
            let view = seen.view(duty, first);
            if view.verdict == Status::NotApplicable {
                continue;
            }
            let mut made = entry(visit, &view, (due, YearState::Due));
            made.provisional = duty.provisional;
            if !done(&made.same, due) && told.insert((made.same.clone(), due)) {
                found.push(made);
            }
        }
    }
}

/// Months that the plan promises, and whether something was done in them.
fn promised(
    seen: &Seen,
    all: &[DutyView],
    entries: &[YearEntry],
    (day, year): (Date, i16),
) -> Vec<PromisedMonth> {
    let Some(plan) = seen.loaded.plan_on(day) else {
        return Vec::new();
    };
    let months = plan.reading.parameters.iter();
    let months = months.filter(|p| p.unit == "month_of_year");
    let mut found = Vec::new();
    for parameter in months {
        let Some(duty) = all
            .iter()
            .find(|d| d.requirements.iter().any(|r| r.key == parameter.key))
        else {
            continue;
        };
        let said = match &parameter.value {
            serde_json::Value::Array(many) => many.clone(),
            one => vec![one.clone()],
        };
        let said = said
            .iter()
            .filter_map(serde_json::Value::as_f64)
            .filter_map(|n| (1..=12_i8).find(|m| (f64::from(*m) - n).abs() < 0.5));
        for month in said {
            let done = entries
                .iter()
                .any(|e| e.key == duty.key && e.state == YearState::Done && e.day.month() == month);
            let over = (year + FOUNDED, month) < (day.year(), day.month());
            let kept = match (done, over) {
                (true, _) => Some(YearState::Done),
                (false, true) => None,
                (false, false) => Some(YearState::Due),
            };
            found.push(PromisedMonth {
                title: duty.title.clone(),
                month,
                line: parameter.line,
                kept,
            });
        }
    }
    found.sort_by_key(|p| p.month);
    found
}

/// Months for what may be done at any time until the year's end: the emptiest first, none after its
/// last day and none that is over.
fn spread(entries: &[YearEntry], (day, year): (Date, i16)) -> Vec<SpreadLine> {
    let western = year + FOUNDED;
    let from = match western.cmp(&day.year()) {
        std::cmp::Ordering::Less => return Vec::new(),
        // What is left of this month is no month.
        std::cmp::Ordering::Equal => day.month() + 1,
        std::cmp::Ordering::Greater => 1,
    };
    let once = |e: &&YearEntry| {
        let others = entries.iter().filter(|o| o.same == e.same).count();
        e.state == YearState::Due && e.shape == "every" && e.day.month() == 12 && others == 1
    };
    let mut free: BTreeMap<&str, Vec<&YearEntry>> = BTreeMap::new();
    for entry in entries.iter().filter(once) {
        free.entry(&entry.key).or_default().push(entry);
    }
    let is_free = |e: &YearEntry| free.get(e.key.as_str()).is_some_and(|of| of.contains(&e));
    let mut load: BTreeMap<i8, usize> = (from..=12).map(|month| (month, 0)).collect();
    for entry in entries
        .iter()
        .filter(|e| e.state == YearState::Due && !is_free(e))
    {
        if let Some(n) = load.get_mut(&entry.day.month()) {
            *n += 1;
        }
    }
    let mut lines = Vec::new();
    for of in free.values() {
        let Some(first) = of.first() else { continue };
        let due = of.iter().map(|e| e.day).min().unwrap_or(first.day);
        let open = load.iter().filter(|(month, _)| **month <= due.month());
        let Some(month) = open.min_by_key(|(month, n)| (**n, **month)).map(|(m, _)| *m) else {
            continue;
        };
        *load.entry(month).or_default() += of.len();
        lines.push(SpreadLine {
            title: first.title.clone(),
            count: of.len(),
            month,
            due,
            href: first.href.clone(),
        });
    }
    lines.sort_by(|a, b| (a.month, &a.title).cmp(&(b.month, &b.title)));
    lines
}

/// What is open this year and next, as a calendar: of several systems or incidents of one duty on one
/// day one line, and no name of any of them.
fn items(agency: &AgencyId, entries: &[YearEntry]) -> Vec<Item> {
    let open = entries.iter().filter(|e| e.state != YearState::Done);
    let mut lines: BTreeMap<(Date, Option<period::DateTime>, &str), Vec<&YearEntry>> = BTreeMap::new();
    for entry in open {
        lines
            .entry((entry.day, entry.at, &entry.key))
            .or_default()
            .push(entry);
    }
    let made = lines.into_iter().filter_map(|((day, at, key), of)| {
        let first = of.first()?;
        let mut summary = first.title.clone();
        if of.len() > 1 {
            let _ = write!(summary, "（{} 項）", of.len());
        }
        if of.iter().any(|e| e.state == YearState::Overdue) {
            summary.insert_str(0, "【逾期】");
        }
        if of.iter().any(|e| e.provisional) {
            summary.push_str("（預估）");
        }
        let when = at.map_or(When::Day(day), When::At);
        let told = at.map_or(day.to_string(), |at| at.to_string());
        let uid = ledger::hex(&ledger::sha256(format!("{agency}/{key}/{told}").as_bytes()));
        Some(Item {
            uid: format!("{}@fazun", uid.get(..32).unwrap_or(&uid)),
            when,
            summary,
            description: format!("{}。期限 {}", first.clause, first.day_words),
        })
    });
    made.take(MOST).collect()
}

/// The calendar of a secret address; none where it was ended, or whoever had it is nobody there now.
///
/// # Errors
/// Where the database can't be read.
#[compiled_once]
pub async fn calendar(app: &App, secret: &str) -> Result<Option<String>, AppError> {
    let Some((signed, agency)) = app.feed_of(secret).await? else {
        return Ok(None);
    };
    let (who, begun) = app.principal_at(&signed, &agency).await?;
    let made = fetched(app, (&who, &agency), begun).await;
    match made {
        Err(error) if [Kind::NotFound, Kind::Forbidden].contains(&error.kind()) => Ok(None),
        made => made.map(Some),
    }
}

async fn fetched(
    app: &App,
    (who, agency): (&crate::Principal, &AgencyId),
    begun: Option<crate::Begun>,
) -> Result<String, AppError> {
    let day = app.today();
    let visit = app.visit_with(begun, (who, agency), day, Surface::Web).await?;
    let seen = duties::seen(&visit).await?;
    let all = seen.views(&seen.assessed(&visit, day));
    let this = day.year() - FOUNDED;
    let mut found = entries(&visit, &seen, &all, this);
    found.extend(entries(&visit, &seen, &all, this + 1));
    let stamp: String = utc(app.now()).chars().filter(|c| !"-:".contains(*c)).collect();
    let stamp = format!("{}Z", stamp.get(..15).unwrap_or(&stamp));
    let name = format!("資安應辦事項－{}", seen.snapshot().name);
    Ok(ics::calendar(&name, &stamp, &items(agency, &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(key: &str, subject: &str, on: (i8, i8)) -> YearEntry {
        YearEntry {
            day: Date::constant(2027, on.0, on.1),
            day_words: "116/12/31".to_owned(),
            state: YearState::Due,
            title: key.to_owned(),
            subject: subject.to_owned(),
            note: String::new(),
            provisional: false,
            aspect: "管理面".to_owned(),
            clause: "依據".to_owned(),
            href: String::new(),
            key: key.to_owned(),
            shape: "every".to_owned(),
            same: format!("{key}/{subject}"),
            at: None,
        }
    }

    #[test]
    fn what_may_be_done_all_year_goes_to_the_emptiest_months_that_are_left() {
        let mut all = vec![
            due("a", "", (12, 31)),
            due("b", "x", (12, 31)),
            due("b", "y", (12, 31)),
        ];
        for month in 1..=12 {
            // Comes each month, so it is not free.
            all.push(due("monthly", "", (month, 5)));
        }
        all.push(due("spring", "", (1, 31)));
        let of = |day: Date| {
            let lines = spread(&all, (day, 116));
            lines
                .iter()
                .map(|l| (l.title.clone(), l.month, l.count))
                .collect::<Vec<_>>()
        };
        let before = of(Date::constant(2026, 12, 1));
        assert_eq!(before, [("a".to_owned(), 2, 1), ("b".to_owned(), 3, 2)]);
        let autumn = of(Date::constant(2027, 10, 20));
        assert_eq!(autumn, [("a".to_owned(), 11, 1), ("b".to_owned(), 12, 2)]);
        assert!(of(Date::constant(2027, 12, 2)).is_empty(), "no month is left");
        assert!(of(Date::constant(2028, 1, 2)).is_empty(), "the year is over");
    }

    #[test]
    fn a_calendar_names_no_system_and_tells_one_thing_once() {
        let agency = AgencyId::parse("atest").unwrap();
        let all = [
            due("scan", "秘密系統甲", (12, 31)),
            due("scan", "秘密系統乙", (12, 31)),
            YearEntry {
                state: YearState::Done,
                ..due("done", "", (3, 1))
            },
        ];
        let made = items(&agency, &all);
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].summary, "scan（2 項）");
        assert!(!format!("{made:?}").contains("秘密"));
        assert_eq!(made[0].uid, items(&agency, &all[..2])[0].uid, "the same again");
        let later = [due("scan", "秘密系統甲", (11, 30))];
        assert_ne!(made[0].uid, items(&agency, &later)[0].uid);
    }

    #[test]
    fn a_cell_counts_the_worst_first() {
        let late = YearEntry {
            state: YearState::Overdue,
            ..due("a", "", (3, 1))
        };
        let (one, other) = (due("b", "", (3, 9)), due("c", "", (4, 9)));
        let of = cell(3, &[&one, &late, &other]);
        assert_eq!(of.counts, [(YearState::Overdue, 1), (YearState::Due, 1)]);
        assert_eq!(of.total(), 2);
    }
}
