//! 今天: what to do, most urgent first.

use crate::clock::days_between;
use crate::compiled::compiled_once;
use crate::duties::{self, Seen, count};
use crate::health;
use crate::ids::AgencyId;
use crate::visit::Visit;
use crate::{App, AppError, map};
use facts::Subject;
use period::Date;
use std::sync::Arc;
use views::{DutyView, Group, Notice, Status, Task, TodayView};

/// How many tasks a group shows before "the other n".
const SHOWN: usize = 7;

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
    if let Some(known) = seen.loaded.kept.today.known(days).filter(|_| seen.is_whole()) {
        return Ok(known);
    }
    let made = drawn_up(visit, &seen);
    if seen.is_whole() {
        Ok(seen.loaded.kept.today.keep(days, made))
    } else {
        Ok(Arc::new(made))
    }
}

fn drawn_up(visit: &Visit<'_>, seen: &Seen) -> TodayView {
    let agency = visit.agency();
    let day = visit.day();
    let loaded = &seen.loaded;
    let assessment = seen.assessed(visit, day);
    let mut duties = seen.views(&assessment);
    let counts = count(&duties);
    duties.sort_by(|a, b| (a.due.is_none(), a.due, &a.key).cmp(&(b.due.is_none(), b.due, &b.key)));
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
            tasks: all
                .into_iter()
                .take(SHOWN)
                .map(|d| task(agency, day, d))
                .collect(),
        }
    };
    let groups = vec![
        group(
            "overdue",
            "逾期",
            "沒有逾期的事項。",
            format!("{list}?status=not_met"),
            &|d| d.verdict == Status::NotMet && d.due.is_some(),
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
            "缺佐證",
            "沒有缺佐證的事項。",
            format!("{list}?status=not_met"),
            &|d| d.verdict == Status::NotMet && d.due.is_none(),
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
    if city.is_none()
        && visit
            .corpus()
            .instruments
            .values()
            .any(|i| i.rank == law::Rank::Local)
    {
        notices.push(Notice {
            text: "尚未填所屬縣市：縣市自訂之資安規定還沒有列入。".into(),
            href: format!("/{agency}/agency#facts"),
            link: "補登所屬縣市".into(),
        });
    }
    if let Some(plan) = &loaded.plan {
        let found = health::health_issues(visit, loaded, plan, day).len();
        if found > 0 {
            notices.push(Notice {
                text: format!("維護計畫有 {found} 處需要處理。"),
                href: format!("/{agency}/plan"),
                link: "看計畫健檢".into(),
            });
        }
    }
    for text in visit.app().unmodelled(day) {
        notices.push(Notice {
            text,
            href: "/laws".into(),
            link: "看法規".into(),
        });
    }
    TodayView {
        agency: map::head(seen.snapshot(), day),
        day,
        travelled: day != visit.today(),
        groups,
        counts,
        notices,
    }
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

fn task(agency: &AgencyId, day: Date, duty: &DutyView) -> Task {
    let left = match duty.due {
        Some(due) => match days_between(day, due) {
            0 => "今天到期".to_owned(),
            n if n > 0 => format!("還有 {n} 天"),
            n => format!("逾期 {} 天", -n),
        },
        None => String::new(),
    };
    let missing = match duty.verdict {
        Status::Unknown => duty
            .facts
            .iter()
            .filter(|f| f.value.is_none())
            .map(|f| f.label.clone())
            .collect::<Vec<_>>()
            .join("、"),
        Status::NotMet | Status::NotYetDue => duty.proof.join("、"),
        Status::Met | Status::NotApplicable => String::new(),
    };
    let next = match duty.verdict {
        Status::Unknown => "補資料",
        // Proven by what a register says, and it says nothing yet.
        Status::NotMet if duty.facts.iter().any(|f| f.value.is_none()) => "補資料",
        Status::NotMet | Status::NotYetDue => "登錄辦理情形",
        Status::Met | Status::NotApplicable => "查看",
    };
    Task {
        key: duty.key.clone(),
        title: duty.title.clone(),
        subject: duty.subject_name().to_owned(),
        href: href(agency, duty),
        clause: duty.first_clause().to_owned(),
        due: duty.due_words(),
        left,
        missing,
        next: next.to_owned(),
        status: duty.verdict,
    }
}
