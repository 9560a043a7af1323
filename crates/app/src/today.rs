//! 今天: what to do, most urgent first.

use crate::clock::days_between;
use crate::compiled::compiled_once;
use crate::duties::{self, Seen, count};
use crate::health;
use crate::ids::AgencyId;
use crate::records::register_counting;
use crate::visit::Visit;
use crate::{App, AppError, asks, map};
use facts::Subject;
use period::{Date, DateTime, Lateness, Moment};
use std::sync::Arc;
use views::{
    CountView, DutyView, EventView, Group, MomentView, MonthView, Notice, PartView, Status, Task, TodayView,
};

/// How many tasks a group shows before "the other n".
const SHOWN: usize = 7;
/// How many next steps are offered; those about incidents stand with the incidents.
const STEPS: usize = 9;

impl App {
    /// Instruments whose version in force on the day is listed but not modelled although another is.
    pub fn unmodelled(&self, day: Date) -> Vec<String> {
        self.corpus()
            .instruments
            .values()
            .filter(|i| i.versions.iter().any(|v| v.modelled))
            .filter_map(|i| i.version_on(day).filter(|v| !v.modelled))
            .map(|v| {
                format!(
                    "{}在這一天的版本（{}）尚未建檔，其應辦事項未列入。",
                    v.title, v.id
                )
            })
            .collect()
    }
}

/// The page 今天.
///
/// # Errors
/// Where the asker may not see the duties.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<Arc<TodayView>, AppError> {
    let seen = duties::seen(visit).await?;
    let days = (visit.day(), visit.today());
    let at = visit.instant(visit.day());
    let known = seen.loaded.kept.today.known(days, at);
    if let Some(known) = known.filter(|_| seen.is_whole()) {
        return Ok(known);
    }
    let (made, until) = drawn_up(visit, &seen, at);
    if seen.is_whole() {
        Ok(seen.loaded.kept.today.keep(days, (at, until), made))
    } else {
        Ok(Arc::new(made))
    }
}

/// Until when a page that tells minutes is true: the end of the minute.
fn end_of_minute(at: DateTime) -> DateTime {
    at.with()
        .second(59)
        .subsec_nanosecond(999_999_999)
        .build()
        .unwrap_or(at)
}

/// The page, and until when it is true where that is before the day is over.
fn drawn_up(visit: &Visit<'_>, seen: &Seen, at: DateTime) -> (TodayView, Option<DateTime>) {
    let agency = visit.agency();
    let day = visit.day();
    let loaded = &seen.loaded;
    let assessment = seen.assessed(visit, day);
    let duties = seen.views(&assessment);
    let counts = count(&duties);
    let steps = if day == visit.today() {
        crate::firstday::steps_of(agency.as_str(), loaded, day, duties.clone())
    } else {
        Vec::new()
    };
    let running =
        |d: &DutyView| matches!(d.verdict, Status::NotMet | Status::NotYetDue) && d.due_at.is_some();
    let until = if duties.iter().any(running) {
        Some(end_of_minute(at))
    } else {
        assessment.holds_until
    };
    // What runs by the hour can't wait for what is late by years.
    let order = |d: &DutyView| {
        (
            d.due_at.is_none(),
            d.due_at,
            d.due.is_none(),
            d.due,
            d.key.clone(),
        )
    };
    let whole = duties;
    let mut duties: Vec<DutyView> = whole.iter().cloned().flat_map(apart).collect();
    duties.sort_by_cached_key(order);
    let within = |d: &DutyView, days: i32| {
        d.verdict == Status::NotYetDue && d.due.is_some_and(|due| days_between(day, due) <= days)
    };
    let list = format!("/{agency}/duties");
    let group = |id, title, empty, more: String, pick: &dyn Fn(&DutyView) -> bool| {
        let all: Vec<&DutyView> = duties.iter().filter(|d| pick(d)).collect();
        Group {
            id,
            title,
            empty,
            total: all.len(),
            more,
            tasks: all.into_iter().take(SHOWN).map(|d| task(agency, at, d)).collect(),
        }
    };
    let groups = vec![
        group(
            "overdue",
            "逾期",
            "沒有逾期的事項。",
            format!("{list}?status=not_met"),
            &|d| d.verdict == Status::NotMet && d.due.is_some() && !d.is_outdated() && !aside(d),
        ),
        group(
            "week",
            "今天與本週",
            "本週沒有到期的事項。",
            format!("{list}?status=not_yet_due"),
            &|d| within(d, 7),
        ),
        group(
            "month",
            "30 天內",
            "30 天內沒有其他到期的事項。",
            format!("{list}?status=not_yet_due"),
            &|d| within(d, 30) && !within(d, 7),
        ),
        group(
            "proof",
            "缺佐證或待更新佐證",
            "沒有缺佐證的事項。",
            format!("{list}?status=not_met"),
            &|d| d.verdict == Status::NotMet && (d.due.is_none() || d.is_outdated()) && !aside(d),
        ),
        group(
            "declared",
            "自陳已辦，待補佐證",
            "沒有待補佐證的自陳事項。",
            format!("{list}?status=not_met"),
            &DutyView::is_declared,
        ),
        group(
            "before",
            "期限早於啟用日，待盤點",
            "沒有待盤點的事項。",
            format!("{list}?status=not_met"),
            &DutyView::is_before_records,
        ),
        group(
            "renew",
            "佐證 30 天內到期",
            "30 天內沒有到期的佐證。",
            format!("{list}?status=met"),
            &|d| d.verdict == Status::Met && shown_until(d).is_some_and(|last| days_between(day, last) <= 30),
        ),
        group(
            "unknown",
            "待查明",
            "沒有缺少資料的事項。",
            format!("{list}?status=unknown"),
            &|d| d.verdict == Status::Unknown,
        ),
        group(
            "later",
            "其後",
            "沒有其他事項。",
            format!("{list}?status=not_yet_due"),
            &|d| d.verdict == Status::NotYetDue && !within(d, 30),
        ),
    ];
    let mut notices = Vec::new();
    let missing = missing_facts(&duties);
    if missing.iter().any(|key| key == "level_approved_on") {
        notices.push(Notice {
            text: "缺等級核定日：自核定日起算的期限都無法計算。".into(),
            href: format!("/{agency}/agency#designation"),
            link: "補登核定日".into(),
        });
    }
    let city = loaded.snapshot.fact(&Subject::Agency, "jurisdiction", day);
    let body = loaded.snapshot.fact(&Subject::Agency, "body", day);
    let named = |i: &law::Instrument| body.is_none_or(|f| i.names(&f.value.as_word()));
    if city.is_none()
        && visit
            .corpus()
            .instruments
            .values()
            .any(|i| i.rank == law::Rank::Local && named(i))
    {
        notices.push(Notice {
            text: "尚未填所屬縣市：縣市自訂之資安規定還沒有列入。".into(),
            href: format!("/{agency}/agency#facts"),
            link: "補登所屬縣市".into(),
        });
    }
    if let Some(plan) = loaded.plan_on(day) {
        let found = health::to_mend(visit, loaded, &plan.reading, day);
        if found > 0 {
            notices.push(Notice {
                text: format!("維護計畫有 {found} 處需要處理。"),
                href: format!("/{agency}/plan"),
                link: "看計畫健檢".into(),
            });
        }
    }
    let beyond = crate::beyond::notices(visit.corpus(), loaded, day);
    for text in visit.app().unmodelled(day).into_iter().chain(beyond) {
        notices.push(Notice {
            text,
            href: "/laws".into(),
            link: "看法規".into(),
        });
    }
    let page = TodayView {
        agency: map::head(seen.snapshot(), day),
        steps: most_urgent(duties.iter().cloned(), day)
            .iter()
            .take(STEPS)
            .map(|d| task(agency, at, d))
            .collect(),
        questions: asks::of(&whole),
        months: months(&whole, day),
        day,
        travelled: day != visit.today(),
        groups,
        counts,
        notices,
        first_steps: steps,
    };
    (page, until)
}

/// Whether a duty that is not met is told apart from what is overdue.
fn aside(duty: &DutyView) -> bool {
    duty.is_declared() || duty.is_before_records()
}

/// What is to be done next, of some duties: what ends within hours, then what can still be done in time
/// this week, then what is late, the latest first, then the month; last what lacks its proof.
pub(crate) fn most_urgent(duties: impl Iterator<Item = DutyView>, day: Date) -> Vec<DutyView> {
    let rank = |d: &DutyView| {
        let days = d.due.map(|due| days_between(day, due));
        match (d.verdict, days) {
            (Status::NotYetDue, Some(_)) if d.due_at.is_some() => Some((0, days)),
            (Status::NotYetDue, Some(0..=7)) => Some((1, days)),
            (Status::NotMet, Some(late)) if !d.is_outdated() => Some((2, Some(-late))),
            (Status::NotYetDue, Some(0..=30)) => Some((3, days)),
            (Status::NotMet, _) => Some((4, days)),
            _ => None,
        }
    };
    let mut ranked: Vec<_> = duties
        .flat_map(apart)
        .filter_map(|d| Some((rank(&d)?, d)))
        .collect();
    ranked.sort_by(|(a, x), (b, y)| (a, x.due_at, &x.key).cmp(&(b, y.due_at, &y.key)));
    ranked.into_iter().map(|(_, d)| d).collect()
}

/// Duties as tasks, at the visit's hour.
pub(crate) fn tasks<'d>(visit: &Visit<'_>, duties: impl Iterator<Item = &'d DutyView>) -> Vec<Task> {
    let at = visit.instant(visit.day());
    duties.map(|d| task(visit.agency(), at, d)).collect()
}

/// The twelve months of the day's year: what is open in each, and what was done.
pub(crate) fn months(duties: &[DutyView], day: Date) -> Vec<MonthView> {
    let Some(year) = period::roc_year(day) else {
        return Vec::new();
    };
    let open = |d: &&DutyView| matches!(d.verdict, Status::NotMet | Status::NotYetDue);
    let month = |number: i8| {
        let first = Date::new(day.year(), number, 1).ok()?;
        let within = |on: &Date| (on.year(), on.month()) == (first.year(), number);
        let due = || {
            duties
                .iter()
                .filter(open)
                .filter(|d| d.due.as_ref().is_some_and(within))
        };
        let done = duties
            .iter()
            .flat_map(|d| &d.done)
            .filter(|done| within(&done.on));
        Some(MonthView {
            first,
            key: format!("{year}-{number:02}"),
            title: format!("{number} 月"),
            open: due().count(),
            late: due().filter(|d| d.verdict == Status::NotMet).count(),
            done: done.count(),
            is_now: number == day.month(),
        })
    };
    (1..=12).filter_map(month).collect()
}

/// What is still to be done for a duty, each of its events by itself: the clock of one can't stand
/// behind that of another.
fn apart(duty: DutyView) -> Vec<DutyView> {
    let open: Vec<EventView> = duty.events.iter().filter(|e| unsettled(e)).cloned().collect();
    if open.len() < 2 {
        return vec![duty];
    }
    let of = |event: EventView| {
        let due = event.due.as_ref().and_then(MomentView::moment);
        DutyView {
            verdict: event.verdict,
            reason_code: event.reason_code.clone(),
            due: due.map(Moment::date),
            due_at: match due {
                Some(Moment::Instant(at)) => Some(at),
                _ => None,
            },
            due_not_before: event
                .due_not_before
                .as_ref()
                .and_then(MomentView::moment)
                .map(Moment::date),
            provisional: event.provisional,
            events: vec![event],
            ..duty.clone()
        }
    };
    open.into_iter().map(of).collect()
}

fn unsettled(event: &EventView) -> bool {
    event.verdict != Status::Met
}

pub(crate) fn missing_facts(duties: &[DutyView]) -> Vec<String> {
    let mut keys: Vec<String> = duties
        .iter()
        .flat_map(|d| &d.facts)
        .filter(|f| f.value.is_none() && f.supplied_by.is_some())
        .map(|f| f.key.clone())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Where a duty's page is.
pub(crate) fn href(agency: &AgencyId, duty: &DutyView) -> String {
    match &duty.subject_id {
        Some(id) => format!("/{agency}/duties/{}?system={id}", duty.key),
        None => format!("/{agency}/duties/{}", duty.key),
    }
}

/// The last day that what proves a standing state shows.
fn shown_until(duty: &DutyView) -> Option<Date> {
    let enough = duty.counts.iter().filter_map(|c| c.enough_until);
    duty.proof_until.into_iter().chain(enough).min()
}

/// How long there is to an end, or since it passed.
fn left(at: DateTime, duty: &DutyView) -> String {
    if let (Status::Met, Some(last)) = (duty.verdict, shown_until(duty)) {
        return format!("還可證明 {} 天", days_between(at.date(), last));
    }
    if duty.is_before_records() {
        return "期限早於啟用日".to_owned();
    }
    let proof_by = duty.declared.as_ref().and_then(|d| d.prove_by);
    if let (true, Some(last)) = (duty.is_declared(), proof_by) {
        return match days_between(at.date(), last) {
            0 => "今天應補佐證".to_owned(),
            n => format!("還有 {n} 天補佐證"),
        };
    }
    if let (true, Some(last)) = (duty.is_outdated(), duty.due) {
        return format!("佐證已過期 {} 天", days_between(last, at.date()));
    }
    if let Some(due) = duty.due_at {
        let seconds = at.duration_until(due).as_secs();
        let minutes = u32::try_from(seconds.unsigned_abs() / 60).unwrap_or(u32::MAX);
        let words = Lateness::Minutes(minutes.max(1)).words();
        return if due < at {
            format!("逾期 {words}")
        } else {
            format!("還有 {words}")
        };
    }
    match duty.due.map(|due| days_between(at.date(), due)) {
        Some(0) => "今天到期".to_owned(),
        Some(n) if n > 0 => format!("還有 {n} 天"),
        Some(n) => format!("逾期 {} 天", -n),
        None => String::new(),
    }
}

/// How many parts of a duty are not answered, and which comes next.
fn open_parts(parts: &[PartView]) -> String {
    let mut open = parts.iter().filter(|p| !p.is_met());
    let next = open
        .next()
        .map_or_else(String::new, |part| format!("，先辦「{}」", part.label));
    let left = parts.iter().filter(|p| !p.is_met()).count();
    format!("{} 項中 {left} 項尚未證明{next}", parts.len())
}

fn task(agency: &AgencyId, at: DateTime, duty: &DutyView) -> Task {
    let left = left(at, duty);
    let lacks = |c: &&CountView| c.have < c.needed;
    let short: Vec<String> = duty
        .counts
        .iter()
        .filter(lacks)
        .map(|c| c.label.clone())
        .collect();
    let missing = match duty.verdict {
        Status::Unknown => duty
            .facts
            .iter()
            .filter(|f| f.value.is_none())
            .map(|f| f.label.clone())
            .collect::<Vec<_>>()
            .join("、"),
        _ if duty.verdict != Status::NotApplicable && !short.is_empty() => short.join("、"),
        Status::NotMet | Status::NotYetDue if duty.parts.len() > 1 => open_parts(&duty.parts),
        Status::NotMet if let Some(event) = duty.event_in_parts() => open_parts(&event.parts),
        Status::NotMet | Status::NotYetDue => duty.proof.join("、"),
        Status::Met if shown_until(duty).is_some() => duty.proof.join("、"),
        Status::Met | Status::NotApplicable => String::new(),
    };
    // What settles an event is told by the record that tells of it.
    let event = duty.events.iter().find(|e| unsettled(e));
    // What is settled but for its parts is shown on the duty's own page.
    let record = event.filter(|e| !e.row.is_empty() && e.reason_code != "parts open");
    let counted = duty.counts.iter().find(lacks);
    let counted = counted.and_then(|c| Some(register_counting(&c.what)?.0));
    let record = record.map(|e| (e.register.clone(), e.row.clone()));
    let record = record.or(counted.map(|register| (register.to_owned(), String::new())));
    let next = match duty.verdict {
        Status::NotMet | Status::NotYetDue if counted.is_some() => "補登資料",
        Status::NotMet | Status::NotYetDue | Status::Unknown if record.is_some() => "補登辦結情形",
        Status::NotMet if duty.is_outdated() => "更新佐證",
        Status::NotMet if duty.is_declared() => "補附佐證",
        Status::Met if shown_until(duty).is_some() => "更新佐證",
        Status::Unknown => "補資料",
        // Proven by what a register says, and it says nothing yet.
        Status::NotMet if duty.facts.iter().any(|f| f.value.is_none()) => "補資料",
        Status::NotMet | Status::NotYetDue => "登錄辦理情形",
        Status::Met | Status::NotApplicable => "查看",
    };
    Task {
        key: duty.key.clone(),
        title: duty.title.clone(),
        subject: match event {
            Some(event) => event.title.clone(),
            None if duty.subject_name().is_empty() => String::new(),
            None => format!("{}：{}", duty.subject_kind(), duty.subject_name()),
        },
        href: href(agency, duty),
        clause: duty.first_clause().to_owned(),
        due: duty.due_words(),
        left,
        missing,
        next: next.to_owned(),
        record,
        status: duty.verdict,
        state: duty.status_words(),
        tone: duty.tone(),
    }
}
