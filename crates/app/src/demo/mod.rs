//! 示範資料: a made-up county with three agencies of different levels, and a year that was lived in,
//! told from today on.
//!
//! Why by the ways of everybody: its records are written, approved and judged as those of an agency are,
//! so that it can't show what the product doesn't do. Why made by code from a fixed seed: two people who
//! look at it on one day see the same. What it can't know: when it is looked at; a clock that ran when it
//! was made runs on.

mod assets;
mod audits;
mod county;
mod days;
mod done;
mod hands;
mod lot;
mod papers;
mod people;
mod year;

use crate::commands::{self, InitOptions};
use crate::compiled::compiled_once;
use crate::ids::AgencyId;
use crate::principal::Principal;
use crate::visit::Surface;
use crate::{App, AppError, clock};
use county::{County, Ground, Office};
use hands::{Hands, Step, broken};
use period::Date;
use registers::basics::member::Member;

const COUNTY: &str = include_str!("../../../../samples/demo/county.pass.json");
/// The plans, with the usual defects in one of them.
const PLANS: [(&str, &str); 3] = [
    ("a", include_str!("../../../../samples/demo/plan-a.pass.txt")),
    ("b", include_str!("../../../../samples/demo/plan-b.pass.txt")),
    ("c", include_str!("../../../../samples/plan/demo.pass.txt")),
];
/// What is told of the smallest agency record by record.
const CHAPTERS: [&str; 4] = [
    include_str!("../../../../samples/demo/01-office.pass.json"),
    include_str!("../../../../samples/demo/02-systems.pass.json"),
    include_str!("../../../../samples/demo/03-year.pass.json"),
    include_str!("../../../../samples/demo/04-incidents.pass.json"),
];
/// What the lot falls from.
const SEED: u64 = 1_150_101;

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

/// Makes the agencies and their records; returns what was refused, which is none.
///
/// # Errors
/// Where a plan can't be read or nothing can be written.
#[compiled_once]
pub async fn make(app: &App) -> Result<Vec<String>, AppError> {
    let county: County = serde_json::from_str(COUNTY).map_err(|e| broken(&e.to_string()))?;
    let mut told = Vec::new();
    let mut superior: Option<AgencyId> = None;
    for (n, office) in (0_u64..).zip(&county.offices) {
        let mut ground = Ground::new(
            &county,
            office,
            clock::taipei_time(app.now()),
            SEED.wrapping_add(n),
        );
        controls(app, &mut ground);
        let agency = begin(app, office).await?;
        let hands = Hands::new(app, agency.clone());
        told.push(Box::pin(tell(hands, ground, superior.clone())));
        superior = superior.or(Some(agency));
    }
    // While one waits for the disk, another goes on.
    let told: [_; 3] = told.try_into().map_err(|_| broken("應為三個機關"))?;
    let [first, second, third] = told;
    let (first, second, third) = tokio::join!(first, second, third);
    let mut refused = first?;
    refused.extend(second?);
    refused.extend(third?);
    Ok(refused)
}

/// The rows of the protection baseline's newest edition.
fn controls(app: &App, ground: &mut Ground<'_>) {
    let baseline = &app.corpus().baseline;
    let Some(edition) = baseline.editions.last() else {
        return;
    };
    let rows = baseline.required(edition, law::Grade::High).into_iter();
    let graded = rows.filter_map(|c| Some((c.id.clone(), c.edition(edition)?.grade.label().to_owned())));
    ground.controls = graded.collect();
    ground.edition.clone_from(edition);
}

/// An agency with nothing but its plan.
async fn begin(app: &App, office: &Office) -> Result<AgencyId, AppError> {
    let plan = PLANS.iter().find(|(key, _)| *key == office.plan);
    let (_, plan) = plan.ok_or_else(|| broken(&office.plan))?;
    let options = InitOptions {
        approved_on: Date::new(2019, 8, 1).ok(),
        records_from: Date::new(app.today().year().saturating_sub(1), 1, 1).ok(),
        ..InitOptions::default()
    };
    let who = Principal::local("demo");
    let file = format!("{}資通安全維護計畫（示範）.txt", office.short);
    let made = commands::init_from_plan(app, &who, &file, plan.as_bytes().to_vec(), options).await?;
    AgencyId::parse(&made.id)
}

/// An agency's year, from who is there to what is still to be decided.
async fn tell(
    mut hands: Hands<'_>,
    mut ground: Ground<'_>,
    superior: Option<AgencyId>,
) -> Result<Vec<String>, AppError> {
    let ground = &mut ground;
    hands.enter(people::agency(ground, superior.as_ref())).await;
    if ground.is_told {
        hands.enter_all(chapters(ground)?).await;
    } else {
        hands.enter_all(people::members(ground)).await;
    }
    for sheet in people::sheets(ground) {
        hands.enter_sheet(sheet).await;
    }
    hands.enter_all(assets::systems(ground)).await;
    for sheet in assets::sheets(ground) {
        hands.enter_sheet(sheet).await;
    }
    for sheet in year::sheets(ground) {
        hands.enter_sheet(sheet).await;
    }
    hands.enter_all(papers::decided(ground)).await;
    for sheet in papers::sheets(ground) {
        hands.enter_sheet(sheet).await;
    }
    hands.enter_all(papers::assessed(ground)).await;
    hands.enter_all(people::guests(ground)).await;
    done::the_rest(&mut hands, ground).await?;
    hands.enter_all(papers::undecided(ground)).await;
    Ok(hands.refused)
}

/// What the chapters tell.
fn chapters(ground: &Ground<'_>) -> Result<Vec<Step>, AppError> {
    let mut all = Vec::new();
    for chapter in CHAPTERS {
        let text = days::told(chapter, ground.now).ok_or_else(|| broken("日期"))?;
        let steps: Vec<Step> = serde_json::from_str(&text).map_err(|e| broken(&e.to_string()))?;
        all.extend(steps);
    }
    Ok(all)
}
