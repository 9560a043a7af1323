//! 示範機關: an office of our own making, with a year of its records, told from today on.
//!
//! Why by the ways of everybody: its records are written, approved and judged as those of an agency are,
//! so that it can't show what the product doesn't do. Why days are counted from today: a demonstration
//! that was made in spring is still alive in autumn. What it can't know: when it is looked at; a clock
//! that ran when it was made runs on.

use crate::commands::{self, InitOptions};
use crate::compiled::compiled_once;
use crate::ids::{AgencyId, RowId, register};
use crate::principal::Principal;
use crate::records::{self, Decision, PutRecord, Verdict};
use crate::uploads::EvidenceFile;
use crate::visit::{Surface, Visit};
use crate::{App, AppError, clock, people};
use period::{Date, DateTime};
use registers::basics::member::Member;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Its plan, with the usual defects.
const PLAN: &str = include_str!("../../../samples/plan/demo.pass.txt");
const CHAPTERS: [&str; 4] = [
    include_str!("../../../samples/demo/01-office.pass.json"),
    include_str!("../../../samples/demo/02-systems.pass.json"),
    include_str!("../../../samples/demo/03-year.pass.json"),
    include_str!("../../../samples/demo/04-incidents.pass.json"),
];
/// So many days lie at least between a day of the year and today: what followed it is over by now.
const SETTLED: i64 = 30;

/// One record, as it is entered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    register: String,
    /// Name of the record that is changed, empty for the agency's own; a new one where none.
    row: Option<String>,
    /// Who enters it: a member by the name below, or whoever set the demonstration up.
    #[serde(default = "officer")]
    by: String,
    /// What the others call this member.
    #[serde(rename = "as")]
    called: Option<String>,
    body: Map<String, Value>,
    /// Whether a file goes with it.
    #[serde(default)]
    file: bool,
    /// Who takes each step of its approval.
    #[serde(default)]
    approve: Vec<String>,
}

fn officer() -> String {
    "officer".to_owned()
}

/// Makes the agency and its records; returns what was refused, which is none.
///
/// # Errors
/// Where the plan can't be read or nothing can be written.
#[compiled_once]
pub async fn make(app: &App) -> Result<Vec<String>, AppError> {
    let who = Principal::local("demo");
    let options = InitOptions {
        approved_on: Date::new(2019, 8, 1).ok(),
        ..InitOptions::default()
    };
    let made =
        commands::init_from_plan(app, &who, "demo.pass.txt", PLAN.as_bytes().to_vec(), options).await?;
    let mut office = Office {
        app,
        agency: AgencyId::parse(&made.id)?,
        members: BTreeMap::new(),
    };
    let now = clock::taipei_time(app.now());
    let mut refused = Vec::new();
    for chapter in CHAPTERS {
        let text = told(chapter, now).ok_or_else(|| broken("日期"))?;
        let steps: Vec<Step> = serde_json::from_str(&text).map_err(|e| broken(&e.to_string()))?;
        for step in steps {
            let what = format!("{} {}", step.register, Value::Object(step.body.clone()));
            if let Err(error) = office.take(step).await {
                refused.push(format!("{what}：{error}"));
            }
        }
    }
    Ok(refused)
}

fn broken(detail: &str) -> AppError {
    AppError::failed(format!("示範資料讀不出來（{detail}）"), "這是程式的錯誤，請回報")
}

/// A role of the demonstration, to be looked at from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// The agency.
    pub agency: String,
    /// What it is called.
    pub agency_name: String,
    /// The member, by row id.
    pub member: String,
    /// 角色
    pub role: &'static str,
    /// 姓名
    pub name: String,
}

/// Everybody in whose role the demonstration can be looked at, agency by agency.
///
/// # Errors
/// Where the database can't be read.
#[compiled_once]
pub async fn personas(app: &App) -> Result<Vec<Persona>, AppError> {
    let who = Principal::local("demo");
    let mut all = Vec::new();
    for head in app.agencies().await? {
        let agency = AgencyId::parse(&head.id)?;
        let visit = app.visit(&who, &agency, app.today(), Surface::Web).await?;
        let mut here = Vec::new();
        for row in visit.rows().standing("member") {
            let member = Member::read(&row.body)?;
            if member.serves(visit.today()) {
                here.push((
                    member.role,
                    Persona {
                        agency: head.id.clone(),
                        agency_name: head.name.clone(),
                        member: row.row.clone(),
                        role: member.role.title(),
                        name: member.name,
                    },
                ));
            }
        }
        here.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        all.extend(here.into_iter().map(|(_, persona)| persona));
    }
    Ok(all)
}

struct Office<'a> {
    app: &'a App,
    agency: AgencyId,
    /// Row ids by what the steps call a member.
    members: BTreeMap<String, String>,
}

impl Office<'_> {
    async fn principal(&self, name: &str) -> Result<Principal, AppError> {
        match self.members.get(name) {
            Some(id) => people::acting(self.app, &self.agency, &format!("member:{id}")).await,
            None => Ok(Principal::local("demo")),
        }
    }

    async fn take(&mut self, step: Step) -> Result<(), AppError> {
        let spec = register(&step.register)?;
        let who = self.principal(&step.by).await?;
        let visit = self.visit(&who).await?;
        let mut put = PutRecord {
            body: Value::Object(step.body),
            ..PutRecord::default()
        };
        if let Some(name) = &step.row {
            let (id, version) = found(&visit, &step.register, name)?;
            put.id = Some(RowId::parse(&id)?);
            put.seen = Some(version);
            put.partial = true;
        }
        if step.file {
            put.files = vec![paper(&put.body)];
        }
        let record = records::put(&visit, spec, put).await?.record;
        if let Some(called) = step.called {
            self.members.insert(called, record.id.clone());
        }
        if step.approve.is_empty() {
            return Ok(());
        }
        let id = RowId::parse(&record.id)?;
        let visit = self.visit(&who).await?;
        records::submit(&visit, spec, (&id, record.version)).await?;
        for decider in step.approve {
            let who = self.principal(&decider).await?;
            let decision = Decision {
                verdict: Verdict::Agree,
                reason: String::new(),
                seen: record.version,
            };
            records::decide(&self.visit(&who).await?, spec, &id, decision).await?;
        }
        Ok(())
    }

    async fn visit<'v>(&'v self, who: &Principal) -> Result<Visit<'v>, AppError> {
        self.app
            .visit(who, &self.agency, self.app.today(), Surface::Cli)
            .await
    }
}

/// The record of that name: its id and version.
fn found(visit: &Visit<'_>, register: &str, name: &str) -> Result<(String, u32), AppError> {
    let named = |body: &Value| name.is_empty() || body.get("name").and_then(Value::as_str) == Some(name);
    let mut rows = visit.rows().standing(register);
    let row = rows.find(|row| named(&row.body));
    let row = row.ok_or_else(|| broken(&format!("沒有「{name}」")))?;
    Ok((row.row.clone(), row.version))
}

/// A file that says that it is none.
fn paper(body: &Value) -> EvidenceFile {
    let title = ["title", "name", "number", "person_name", "system"]
        .iter()
        .find_map(|key| body.get(key)?.as_str());
    let text = format!(
        "示範佐證：{}\n本檔為示範資料，不是真正的佐證。\n",
        title.unwrap_or_default()
    );
    EvidenceFile {
        name: "示範佐證.txt".to_owned(),
        bytes: text.into_bytes(),
        media_type: "text/plain".to_owned(),
    }
}

/// A chapter with its days: `{{-40d}}` forty days ago, `{{-40d 09:10}}` at that hour, `{{-20m}}` twenty
/// minutes ago, `{{05-20+9d}}` nine days after the last 20 May that is long enough ago, `{{roc}}` the year,
/// `{{roc-1}}` the one before, `{{roc 05-20}}` that of such a day.
fn told(chapter: &str, now: DateTime) -> Option<String> {
    let mut parts = chapter.split("{{");
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (what, rest) = part.split_once("}}")?;
        text.push_str(&said(what, now)?);
        text.push_str(rest);
    }
    Some(text)
}

fn said(what: &str, now: DateTime) -> Option<String> {
    let roc = |day: Date| (day.year() - 1911).to_string();
    if let Some(rest) = what.strip_prefix("roc") {
        return Some(match rest {
            "" => roc(now.date()),
            "-1" => roc(later(now.date(), -365)?),
            day => roc(of_year(day.trim(), now.date())?),
        });
    }
    if let Some(minutes) = what.strip_suffix('m') {
        let minutes: i64 = minutes.parse().ok()?;
        let at = now.checked_add(jiff::SignedDuration::from_mins(minutes)).ok()?;
        return Some(at.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    let (day, hour) = what.split_once(' ').unwrap_or((what, ""));
    let day = match day.strip_prefix(['+', '-']).and_then(|n| n.strip_suffix('d')) {
        Some(days) => {
            let days: i64 = days.parse().ok()?;
            later(now.date(), if what.starts_with('-') { -days } else { days })?
        }
        None => of_year(day, now.date())?,
    };
    Some(if hour.is_empty() {
        day.to_string()
    } else {
        format!("{day}T{hour}")
    })
}

fn later(day: Date, days: i64) -> Option<Date> {
    day.checked_add(period::days(days)).ok()
}

/// `05-20`, with `+9d` or `-9d`.
fn of_year(what: &str, today: Date) -> Option<Date> {
    let (month, rest) = what.split_once('-')?;
    let day = rest.get(..2)?;
    let more = rest.get(2..)?.strip_suffix('d').unwrap_or("0").parse().ok()?;
    let last = later(today, -SETTLED)?;
    let of = |year| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    let this = of(last.year())?;
    let base = if this <= last { this } else { of(last.year() - 1)? };
    later(base, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_from_today_on() {
        let now: DateTime = "2027-01-05T09:30:20".parse().unwrap();
        let all = "{{-40d}} {{+2d}} {{-40d 09:10}} {{-20m}} {{roc}} {{roc-1}} {{12-06}} {{12-07}} {{12-06+9d}} \
                   {{12-06-1d}} {{roc 12-07}}.";
        assert_eq!(
            told(all, now).unwrap(),
            "2026-11-26 2027-01-07 2026-11-26T09:10 2027-01-05T09:10 116 115 2026-12-06 2025-12-07 2026-12-15 \
             2026-12-05 114."
        );
        for wrong in ["{{x}}", "{{-40", "{{13-40}}", "{{5m5}}"] {
            assert_eq!(told(wrong, now), None, "{wrong}");
        }
    }
}
