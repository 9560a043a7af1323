//! What stands around every page of an agency: where somebody may go, what waits for them, what is burning.
//!
//! Why from what is in memory alone: every page asks for it. What it can't know: clocks of incidents before
//! the agency was assessed since it last wrote; until then an incident is told without them.

use crate::compiled::compiled_once;
use crate::permission::{Action, Allowed};
use crate::records::names::{self, Eyes};
use crate::records::waiting_count;
use crate::visit::Visit;
use crate::{AppError, Role};
use assess::{Assessment, EventVerdict, Verdict};
use period::{DateTime, Lateness, Moment};
use registers::{Group, Reach, RegisterSpec};
use serde_json::Value;
use std::sync::Arc;
use views::{FrameView, PlaceLink, RunningIncident};

/// A place of the menu to which registers belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// 年度
    Year,
    /// 清冊
    Inventory,
    /// 稽核與事件
    Matters,
    /// 文件
    Papers,
    /// 設定
    Settings,
}

/// The place to which a register belongs.
pub fn place_of(spec: &RegisterSpec) -> Place {
    if spec.reach == Reach::System {
        return Place::Settings;
    }
    match spec.key {
        "drill" | "change" | "remote_permit" | "exception" => return Place::Matters,
        "objective" | "measurement" => return Place::Year,
        _ => {}
    }
    match spec.group {
        Group::Systems
        | Group::Assets
        | Group::Access
        | Group::Operations
        | Group::People
        | Group::Outsourcing => Place::Inventory,
        Group::Audit | Group::Incidents => Place::Matters,
        Group::Documents => Place::Papers,
        Group::Organisation | Group::Risk => Place::Year,
        Group::Basics => Place::Settings,
    }
}

/// Whether somebody may see all duties; [`crate::duties`] refuses everybody else.
pub fn sees_duties(visit: &Visit<'_>) -> bool {
    let reads = |key: &str| registers::register(key).map(|spec| visit.best(Action::Read, spec));
    reads("activity").is_some_and(|a| a != Allowed::No) && reads("incident") == Some(Allowed::Yes)
}

/// Where the day of whoever visits begins, within the agency: by the first of their roles.
pub fn landing(visit: &Visit<'_>) -> &'static str {
    let is = |role: Role| visit.grants().iter().any(|g| g.role == role);
    if is(Role::Officer) {
        "today"
    } else if is(Role::Ciso) {
        "approvals"
    } else if visit.grants().iter().all(|g| g.role == Role::Administrator) {
        "settings"
    } else if visit.grants().iter().all(|g| g.role == Role::Supervisor) {
        "today"
    } else {
        "mine"
    }
}

/// What stands around the visitor's pages.
///
/// # Errors
/// Where a row can't be read.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<FrameView, AppError> {
    let duties = sees_duties(visit);
    let reads = |place: Place| {
        registers::catalogue()
            .iter()
            .any(|spec| place_of(spec) == place && visit.can(Action::Read, spec))
    };
    let mut places = Vec::new();
    let mut add = |key, title, path| places.push(PlaceLink { key, title, path });
    match landing(visit) {
        "mine" => add("mine", mine_title(visit), "mine"),
        "settings" => {}
        _ if duties => add("today", "今天", "today"),
        _ => {}
    }
    let auditing = duties && visit.moment_seen().is_some();
    if auditing {
        add("today", "今天", "today");
    }
    if duties {
        add("year", "年度", "year");
    }
    for (place, key, title) in [
        (Place::Inventory, "inventory", "清冊"),
        (Place::Matters, "matters", "稽核與事件"),
        (Place::Papers, "papers", "文件"),
    ] {
        if reads(place) {
            add(key, title, key);
        }
    }
    let any = registers::catalogue()
        .iter()
        .any(|spec| visit.can(Action::Read, spec));
    let decides = registers::catalogue()
        .iter()
        .any(|spec| visit.can(Action::Decide, spec));
    Ok(FrameView {
        places,
        settings: any,
        decides,
        edits: registers::register("activity").is_some_and(|s| visit.can(Action::Create, s)),
        waiting: waiting_count(visit)?,
        running: running(visit).await?,
    })
}

/// What the first place of somebody without the agency's duties is called.
pub(crate) fn mine_title(visit: &Visit<'_>) -> &'static str {
    let is = |role: Role| visit.grants().iter().any(|g| g.role == role);
    if is(Role::UnitHead) {
        "本單位待辦"
    } else if is(Role::Auditor) {
        "本次稽核"
    } else {
        "我的事"
    }
}

fn said<'b>(body: &'b Value, key: &str) -> &'b str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Incidents that are not over, the most urgent first, for those who may see them all.
///
/// # Errors
/// Where a row can't be read.
#[compiled_once]
pub async fn running(visit: &Visit<'_>) -> Result<Vec<RunningIncident>, AppError> {
    let Some(spec) = registers::register("incident") else {
        return Ok(Vec::new());
    };
    // What an auditor sees stood still.
    if visit.best(Action::Read, spec) != Allowed::Yes || visit.moment_seen().is_some() {
        return Ok(Vec::new());
    }
    let open: Vec<_> = visit
        .rows()
        .standing("incident")
        .filter(|row| said(&row.body, "closed_on").is_empty())
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let sight = names::sight(visit, Eyes::Theirs, spec).await?;
    let assessed = visit.loaded()?.kept.assessed.latest(visit.today());
    let at = visit.instant(visit.today());
    let mut running: Vec<(Option<DateTime>, RunningIncident)> = Vec::new();
    for row in open {
        let name = said(&row.body, "title");
        let next = assessed.as_ref().and_then(|a| next_clock(a, &row.row));
        let due = next.as_ref().and_then(|(_, event)| event.due);
        let ends = due.map(|due| match due {
            Moment::Instant(at) => at,
            Moment::Day(day) => period::end_of(day),
        });
        let level = spec.field("level").and_then(|f| match f.kind {
            registers::Kind::Choice(words) => words
                .iter()
                .find(|(stored, _)| *stored == said(&row.body, "level"))
                .map(|(_, shown)| (*shown).to_owned()),
            _ => None,
        });
        running.push((
            ends,
            RunningIncident {
                title: sight.masked(&row.row, name).unwrap_or_else(|| name.to_owned()),
                level: level.unwrap_or_default(),
                path: format!("registers/incident/records/{}", row.row),
                clock: next.as_ref().map_or_else(String::new, |(title, _)| title.clone()),
                due: due.map_or_else(String::new, |due| match due {
                    Moment::Instant(at) => period::roc_instant(at),
                    Moment::Day(day) => period::roc_short(day),
                }),
                left: due.map_or_else(String::new, |due| left(at, due)),
                is_late: ends.is_some_and(|end| end < at),
                is_hot: said(&row.body, "contained_at").is_empty() || matches!(due, Some(Moment::Instant(_))),
            },
        ));
    }
    running.sort_by_key(|(ends, _)| (ends.is_none(), *ends));
    Ok(running.into_iter().map(|(_, incident)| incident).collect())
}

/// The clock of an incident that ends next and is not settled, with the duty's name.
fn next_clock(assessment: &Arc<Assessment>, row: &str) -> Option<(String, EventVerdict)> {
    let of = assessment.duties.iter().flat_map(|duty| {
        let events = duty.events.iter();
        let mine = events.filter(|e| e.source.register == "incident" && e.source.row == row);
        mine.filter(|e| e.verdict != Verdict::Met)
            .map(|e| (duty.title.clone(), e.clone()))
    });
    of.min_by_key(|(_, event)| {
        (
            event.due.is_none(),
            event.due.map(Moment::date),
            instant(event.due),
        )
    })
}

fn instant(due: Option<Moment>) -> Option<DateTime> {
    match due {
        Some(Moment::Instant(at)) => Some(at),
        _ => None,
    }
}

/// How long there is to an end, or since it passed.
fn left(at: DateTime, due: Moment) -> String {
    match due {
        Moment::Instant(due) => {
            let seconds = at.duration_until(due).as_secs();
            let minutes = u32::try_from(seconds.unsigned_abs() / 60).unwrap_or(u32::MAX);
            let words = Lateness::Minutes(minutes.max(1)).words();
            if due < at {
                format!("逾期 {words}")
            } else {
                format!("還有 {words}")
            }
        }
        Moment::Day(day) => match crate::clock::days_between(at.date(), day) {
            0 => "今天到期".to_owned(),
            n if n > 0 => format!("還有 {n} 天"),
            n => format!("逾期 {} 天", -n),
        },
    }
}
