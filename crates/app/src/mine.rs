//! The day of those who don't see all of the agency's duties: what waits for them, what their unit owes,
//! what they may record, and their own training.
//!
//! Why one page for several roles: what each may do is asked of the permissions, not told apart here. What
//! it can't know: which person of the register somebody is, but by name and unit.

use crate::AppError;
use crate::compiled::compiled_once;
use crate::permission::Action;
use crate::places::{known, onward};
use crate::visit::Visit;
use registers::RegisterSpec;
use serde_json::Value;
use views::{Onward, PlaceView};

/// The day of whoever doesn't see the agency's duties: 本單位待辦, 我的事, 本次稽核.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<PlaceView, AppError> {
    let known = known(visit).await?;
    let title = crate::frame::mine_title(visit);
    let waiting = crate::records::waiting_for(visit).await?.len();
    let mut ways = Vec::new();
    let creates = |spec: &&RegisterSpec| {
        spec.is_written() && spec.reach != registers::Reach::System && visit.can(Action::Create, spec)
    };
    let can: Vec<&RegisterSpec> = registers::catalogue().iter().filter(creates).collect();
    for spec in can.iter().filter(|spec| spec.key == "incident") {
        ways.push(onward(
            "通報可疑事件",
            "收到怪信、電腦異常、資料外流：先通報，不確定也沒關係",
            &format!("registers/{}/new", spec.key),
        ));
    }
    if waiting > 0 {
        ways.push(onward("待我簽核", format!("{waiting} 件"), "approvals"));
    }
    if known.duties.is_some() {
        ways.push(onward("應辦事項", "本次稽核所見之各項狀態與依據", "duties"));
    }
    let others = can.iter().filter(|spec| spec.key != "incident");
    let seldom = others
        .map(|spec| {
            let title = format!("登錄{}", spec.title);
            onward(&title, spec.help, &format!("registers/{}/new", spec.key))
        })
        .collect();
    let todo = of_the_unit(visit);
    let waits = match waiting {
        0 => "目前沒有等您簽核的紀錄".to_owned(),
        n => format!("{n} 件紀錄等您簽核"),
    };
    let sentence = match todo.len() {
        0 => format!("{waits}。"),
        n => format!("{waits}；本單位有 {n} 項矯正措施未結案。"),
    };
    let is_head = title == "本單位待辦";
    let picks = |spec: &RegisterSpec| {
        let units = spec.is_in(registers::Hand::Unit) || spec.is_in(registers::Hand::Anybody);
        spec.reach != registers::Reach::System && (!is_head || units)
    };
    Ok(PlaceView {
        agency: known.head.clone(),
        title,
        sentence,
        due: None,
        months: Vec::new(),
        todo,
        onward: ways,
        seldom,
        groups: known.groups(&picks),
    })
}

/// What the units of whoever visits have still to mend, the earliest first.
fn of_the_unit(visit: &Visit<'_>) -> Vec<Onward> {
    let Some(spec) = registers::register("corrective").filter(|spec| visit.can(Action::Read, spec)) else {
        return Vec::new();
    };
    let text = |body: &Value, key: &str| {
        body.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let units: Vec<&str> = visit
        .grants()
        .iter()
        .filter(|g| g.role == crate::Role::UnitHead && !g.unit.is_empty())
        .map(|g| g.unit.as_str())
        .collect();
    let mut open: Vec<(String, Onward)> = visit
        .rows()
        .standing("corrective")
        .filter(|row| units.contains(&text(&row.body, "unit").as_str()))
        .filter(|row| text(&row.body, "closed_on").is_empty())
        .map(|row| {
            let due = text(&row.body, "due");
            let said = due.parse::<period::Date>().map_or_else(
                |_| "沒有預定完成日".to_owned(),
                |day| {
                    let late = if day < visit.today() { "，已逾期" } else { "" };
                    format!("預定 {} 完成{late}", period::roc_short(day))
                },
            );
            let name = visit.hides(spec).name(spec, &text(&row.body, spec.names_row));
            (
                due,
                onward(
                    &name,
                    said,
                    &format!("registers/{}/records/{}", spec.key, row.row),
                ),
            )
        })
        .collect();
    open.sort_by(|a, b| a.0.cmp(&b.0));
    open.into_iter().map(|(_, line)| line).collect()
}

/// A course that somebody was credited with.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// What it was.
    pub name: String,
    /// The day, as stored.
    pub on: String,
    /// Hours credited.
    pub hours: f64,
}

/// Somebody's training in the year of the visit's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// All hours.
    pub hours: f64,
    /// The courses, the latest first.
    pub courses: Vec<Course>,
}

/// The training hours of whoever visits this year, where exactly one person of the register bears their
/// name and unit: course, day, hours. None of several of that name, nor of those who see no such person.
pub fn training(visit: &Visit<'_>) -> Option<Training> {
    let grant = visit.grants().iter().find(|g| g.stands_for.is_none())?;
    let text = |body: &Value, key: &str| {
        body.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut named = visit.rows().standing("person").filter(|row| {
        let unit = text(&row.body, "unit");
        text(&row.body, "name") == visit.who().name && (grant.unit.is_empty() || unit == grant.unit)
    });
    let person = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let year = visit.day().year().to_string();
    let mut courses: Vec<Course> = visit
        .rows()
        .standing("attendance")
        .filter(|row| {
            text(&row.body, "person") == person.row && text(&row.body, "held_on").starts_with(&year)
        })
        .filter(|row| ["present", "makeup"].contains(&text(&row.body, "status").as_str()))
        .map(|row| {
            let hours = row.body.get("hours").and_then(Value::as_f64).unwrap_or_default();
            Course {
                name: text(&row.body, "course"),
                on: text(&row.body, "held_on"),
                hours,
            }
        })
        .collect();
    courses.sort_by(|a, b| b.on.cmp(&a.on));
    Some(Training {
        hours: courses.iter().map(|c| c.hours).sum(),
        courses,
    })
}
