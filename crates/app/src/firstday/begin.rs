//! From a plan, or without one, to an agency: shown whole before it is written.
//!
//! Why the rows of the preview are those that would be written: what it counts is what there will be.
//! What it can't know: whether the plan says what is so.

use super::cities::{guessed, spelled};
use super::kept::{handed_in, once};
use super::{city_choices, city_of};
use crate::commands::{agency_of, agency_rows, checked_row, keeps_machine, lawful_alone};
use crate::commit::{self, Draft};
use crate::compiled::compiled_once;
use crate::doclint::{LintOptions, lint_document};
use crate::ids::AgencyId;
use crate::new_ids::new_id;
use crate::principal::Principal;
use crate::reading::read_plan;
use crate::reads::Reads;
use crate::visit::Surface;
use crate::{App, AppError, InitOptions, Initialised, Reading, health, map};
use assess::{Assessment, Verdict, assess};
use law::{Overlay, Rank};
use period::Date;
use registers::RowRef;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Blob, INSTALLATION, NewRow};
use views::{CityEffect, FirstFinding, FirstFindings, FirstPlanView};

/// What is said beside the plan's file.
#[derive(Debug, Clone, Default)]
pub struct Begin {
    /// The city; guessed from the name where nothing is said.
    pub city: Option<String>,
    /// The level; the plan's own where nothing is said.
    pub level: Option<String>,
    /// The day of the decision on the level, where it is known.
    pub approved_on: Option<Date>,
}

/// An agency that begins without a plan.
#[derive(Debug, Clone, Default)]
pub struct BeginBare {
    /// Its full name.
    pub name: String,
    /// Its level; nothing where it is not known.
    pub level: String,
    /// Its city.
    pub city: String,
    /// What kind of body it is.
    pub body: String,
    /// The day of the decision on the level, where it is known.
    pub approved_on: Option<Date>,
}

fn options(app: &App, name: &str, said: &Begin) -> Result<InitOptions, AppError> {
    if let Some(ahead) = said.approved_on.filter(|day| *day > app.today()) {
        return Err(AppError::bad_input(
            format!("核定日期 {} 在今天之後", period::roc_short(ahead)),
            "請填核定函所載日期，例如 113/03/15；不知道時留空",
        ));
    }
    let city = match &said.city {
        Some(city) => city_of(app, city)?,
        None => guessed(app.corpus(), name).unwrap_or_default(),
    };
    Ok(InitOptions {
        approved_on: said.approved_on,
        jurisdiction: Some(city).filter(|c| !c.is_empty()),
        level: said.level.clone().filter(|l| !l.is_empty()),
        ..InitOptions::default()
    })
}

/// What would be written, as the engine would judge it.
fn judged(app: &App, id: &str, rows: &[NewRow], plan: &[Overlay]) -> Result<Assessment, AppError> {
    let refs: Vec<RowRef<'_>> = rows
        .iter()
        .map(|r| RowRef {
            register: &r.register,
            row: &r.row,
            version: 1,
            body: &r.body,
        })
        .collect();
    let snapshot = registers::snapshot(id, &refs, 0, &BTreeSet::new()).map_err(|problems| {
        let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
        AppError::bad_input(text.join("；"), "請更正計畫後再上傳；沒有寫入任何資料")
    })?;
    Ok(assess(&snapshot, app.corpus(), plan, app.today()))
}

fn binding(assessment: &Assessment) -> usize {
    let of = assessment.duties.iter();
    of.filter(|d| d.verdict != Verdict::NotApplicable).count()
}

fn dated(assessment: &Assessment) -> usize {
    let of = assessment.duties.iter();
    of.filter(|d| d.verdict != Verdict::NotApplicable && d.due.is_some())
        .count()
}

/// What a plan that was handed in says, and what becomes of it; writes nothing.
///
/// # Errors
/// Where it isn't there any more, or something said beside it can't be used.
#[compiled_once]
pub async fn preview(app: &App, who: &Principal, id: &str, said: &Begin) -> Result<FirstPlanView, AppError> {
    let (file_name, bytes) = handed_in(app, who, id).await?;
    let (corpus, today) = (app.corpus(), app.today());
    let json = read_plan(&file_name, &bytes)?;
    let reading = Reading::from_json(&json)?;
    let name = agency_of(&file_name, &reading)?;
    let options = options(app, &name, said)?;
    let of = |options: &InitOptions| -> Result<(Vec<NewRow>, Vec<String>, Assessment), AppError> {
        let (rows, notices) = agency_rows(id, &name, (&file_name, &bytes), &json, &reading, options, today)?;
        let title = format!("{name}資通安全維護計畫");
        let plan = [reading.overlay(corpus, (id, &title, "v1"), (None, None))];
        let found = judged(app, id, &rows, &plan)?;
        Ok((rows, notices, found))
    };
    let (rows, notices, whole) = of(&options)?;
    let without = of(&InitOptions {
        jurisdiction: None,
        ..options.clone()
    })?;
    let mut cities = Vec::new();
    for city in app.cities() {
        let (_, _, found) = of(&InitOptions {
            jurisdiction: Some(spelled(&city)),
            ..options.clone()
        })?;
        let rules = corpus
            .instruments
            .values()
            .filter(|i| i.rank == Rank::Local && i.jurisdiction == city)
            .filter_map(|i| {
                i.version_on(today)
                    .map(|v| (v.title.clone(), format!("/laws/{}", i.slug)))
            });
        cities.push(CityEffect {
            rules: rules.collect(),
            duties: binding(&found),
            name: spelled(&city),
        });
    }
    let linted = lint_document(corpus, &file_name, &bytes, &LintOptions::default(), today)?;
    let count = |register: &str| rows.iter().filter(|r| r.register == register).count();
    Ok(FirstPlanView {
        id: id.to_owned(),
        level: options
            .level
            .clone()
            .or_else(|| reading.level.as_ref().map(|l| l.value.clone())),
        body: reading.body().is_some().then(|| {
            match reading.body() {
                Some("specific_non_government") => "特定非公務機關",
                _ => "公務機關",
            }
            .to_owned()
        }),
        guessed: guessed(corpus, &name),
        city: options.jurisdiction.clone(),
        choices: city_choices(app),
        without: binding(&without.2),
        duties: binding(&whole),
        dated: dated(&whole),
        cities,
        approved_on: options.approved_on,
        businesses: count("business"),
        systems: count("system"),
        findings: findings(app, (&file_name, &bytes), &reading)?,
        fixable: linted.view.fixable,
        notices,
        name,
        file_name,
    })
}

/// What is wrong in a plan, each with the sentence of the plan.
fn findings(app: &App, file: (&str, &[u8]), reading: &Reading) -> Result<Vec<FirstFindings>, AppError> {
    let text = crate::pdf::as_text(file.0, file.1)?;
    let text = collectors::extract(file.0, &text)?;
    let sentence = |line: u64| {
        let found = text.lines.iter().find(|l| u64::from(l.number) == line);
        found.map_or_else(String::new, |l| l.text.trim().chars().take(240).collect())
    };
    let mut groups: Vec<FirstFindings> = Vec::new();
    for group in health::grouped(health::judge(app.corpus(), reading, None, app.today()).issues) {
        groups.push(FirstFindings {
            title: group.title,
            help: group.help,
            findings: group
                .issues
                .into_iter()
                .map(|issue| FirstFinding {
                    sentence: sentence(issue.line),
                    line: issue.line,
                    message: issue.message,
                    clauses: issue.clauses,
                })
                .collect(),
        });
    }
    Ok(groups)
}

/// Makes the agency of a plan that was handed in and looked at. Done twice, it is done once.
///
/// # Errors
/// As [`preview`].
#[compiled_once]
pub async fn confirm(app: &App, who: &Principal, id: &str, said: &Begin) -> Result<Initialised, AppError> {
    keeps_machine(who)?;
    if let Some(made) = made(app, who, id).await? {
        return Ok(made);
    }
    let (file_name, bytes) = handed_in(app, who, id).await?;
    let json = read_plan(&file_name, &bytes)?;
    let reading = Reading::from_json(&json)?;
    let name = agency_of(&file_name, &reading)?;
    let options = options(app, &name, said)?;
    let (rows, notices) = agency_rows(
        id,
        &name,
        (&file_name, &bytes),
        &json,
        &reading,
        &options,
        app.today(),
    )?;
    for row in &rows {
        lawful_alone(app, row)?;
    }
    let mut draft = Draft::of("agency.init_from_plan", rows);
    draft.blobs = vec![Blob {
        bytes,
        media_type: "application/octet-stream".into(),
        name: file_name,
    }];
    if let Err(error) = commit::write(app, who, id, draft).await {
        // Sent twice at once: the other one wrote.
        return made(app, who, id).await?.ok_or(error);
    }
    let (job, receipt) = super::kept::aside(INSTALLATION, id, who, app.now());
    // The agency is made; where its file can't be put aside now, it is forgotten when it is too old.
    let _closed = commit::close_first(app, &job, &receipt).await.is_ok();
    Ok(Initialised {
        id: id.to_owned(),
        name,
        notices,
    })
}

/// The agency that was made of a plan before.
async fn made(app: &App, who: &Principal, id: &str) -> Result<Option<Initialised>, AppError> {
    let agency = AgencyId::parse(id)?;
    let visit = match app.visit(who, &agency, app.today(), Surface::Web).await {
        Ok(visit) => visit,
        Err(error) if error.kind() == crate::Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let head = map::head(&visit.loaded()?.snapshot, app.today());
    Ok(Some(Initialised {
        id: head.id,
        name: head.name,
        notices: Vec::new(),
    }))
}

/// Makes an agency without a plan. The key is the form's own: sent twice, it is made once.
///
/// # Errors
/// Where something that was said can't be used, or somebody else asks.
#[compiled_once]
pub async fn begin_bare(
    app: &App,
    who: &Principal,
    key: &str,
    said: &BeginBare,
) -> Result<Initialised, AppError> {
    keeps_machine(who)?;
    let begin = Begin {
        city: Some(said.city.clone()),
        level: Some(said.level.clone()),
        approved_on: said.approved_on,
    };
    let options = options(app, &said.name, &begin)?;
    let reads = Reads::open(app, INSTALLATION).await?;
    let known = |receipt: store::Receipt| receipt.answer;
    let before = reads.receipt(super::kept::PLAN, key).await?.map(known);
    drop(reads);
    if let Some(id) = before
        && let Some(made) = made(app, who, &id).await?
    {
        return Ok(made);
    }
    let id = new_id("a");
    let agency: Value = json!({
        "name": said.name,
        "body": said.body,
        "records_from": app.today(),
        "jurisdiction": options.jurisdiction.clone().unwrap_or_default(),
    });
    let mut rows = vec![checked_row("agency", id.clone(), &agency)?];
    if let Some(level) = &options.level {
        let row = json!({ "level": level, "approved_on": options.approved_on });
        rows.push(checked_row("designation", format!("{id}-d1"), &row)?);
    }
    for row in &rows {
        lawful_alone(app, row)?;
    }
    if !key.is_empty() {
        let receipt = store::Receipt {
            answer: id.clone(),
            ..once(key)
        };
        let (job, _) = super::kept::aside(INSTALLATION, key, who, app.now());
        if !commit::close_first(app, &job, &receipt).await? {
            let reads = Reads::open(app, INSTALLATION).await?;
            let other = reads.receipt(super::kept::PLAN, key).await?.map(known);
            drop(reads);
            if let Some(other) = other
                && let Some(made) = made(app, who, &other).await?
            {
                return Ok(made);
            }
        }
    }
    commit::write(app, who, &id, Draft::of("agency.begin", rows)).await?;
    Ok(Initialised {
        id,
        name: said.name.clone(),
        notices: Vec::new(),
    })
}
