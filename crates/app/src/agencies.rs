//! Agencies and what is known of one.

use crate::compiled::compiled_once;
use crate::duties;
use crate::ids::{AgencyId, register};
use crate::principal::{Principal, Scope};
use crate::today::missing_facts;
use crate::visit::{Visit, act};
use crate::{App, AppError, map};
use facts::{FactValue, Subject, fact_spec};
use registers::RowRef;
use registers::agency::{Agency, Body};
use registers::appointment::{Appointment, Role};
use registers::business::{Business, MtpdKind};
use registers::designation::Designation;
use registers::system::System;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use store::StoredRow;
use views::{
    AdoptionView, AgencyHead, AgencyView, BusinessView, ContractView, DesignationView, ObjectiveView,
    SystemView,
};

impl App {
    /// Every agency of this data directory.
    ///
    /// # Errors
    /// Where the store can't be read.
    #[compiled_once]
    pub async fn agencies(&self) -> Result<Vec<AgencyHead>, AppError> {
        let mut heads: Vec<AgencyHead> = directory(self).await?.into_iter().map(|l| l.head).collect();
        heads.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(heads)
    }

    /// The agency, where there is only one: what its pages of law belong to.
    ///
    /// # Errors
    /// Where the store can't be read.
    #[compiled_once]
    pub async fn only_agency(&self) -> Result<Option<AgencyHead>, AppError> {
        // Agencies are never taken away: where there are several, nothing needs to be read.
        if self.several.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut all = self.agencies().await?;
        if all.len() > 1 {
            self.several.store(true, Ordering::Relaxed);
            return Ok(None);
        }
        Ok(all.pop())
    }

    /// Agencies with which somebody has something to do: id and name.
    ///
    /// # Errors
    /// Where the token is not for reading, or the store can't be read.
    #[compiled_once]
    pub async fn agencies_of(&self, who: &Principal) -> Result<Vec<AgencyHead>, AppError> {
        who.demand(Scope::Read)?;
        let all = directory(self).await?;
        let parents: BTreeMap<&str, &str> = all
            .iter()
            .map(|l| (l.head.id.as_str(), l.parent.as_str()))
            .collect();
        let mut mine = Vec::new();
        for listed in &all {
            let id = AgencyId::parse(&listed.head.id)?;
            if !who.grants_for(&id, &above(&listed.head.id, &parents)).is_empty() {
                mine.push(listed.head.clone());
            }
        }
        mine.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(mine)
    }

    /// Cities of which the law data holds rules.
    pub fn cities(&self) -> Vec<String> {
        let local = self
            .corpus()
            .instruments
            .values()
            .filter(|i| i.rank == law::Rank::Local);
        let mut cities: Vec<String> = local.map(|i| i.jurisdiction.clone()).collect();
        cities.sort();
        cities.dedup();
        cities
    }
}

/// An agency as the directory lists it.
struct Listed {
    head: AgencyHead,
    parent: String,
}

/// Every agency by its own row and the decisions on its level; nothing else of it is read.
async fn directory(app: &App) -> Result<Vec<Listed>, AppError> {
    let day = app.today();
    let mut by_agency: BTreeMap<String, Vec<StoredRow>> = BTreeMap::new();
    for row in crate::reads::directory(app).await? {
        if !row.body.is_null() {
            by_agency.entry(row.agency.clone()).or_default().push(row);
        }
    }
    let mut listed = Vec::new();
    for (id, rows) in by_agency {
        let Some(own) = rows.iter().find(|r| r.register == "agency" && r.row == id) else {
            continue;
        };
        let text = |key: &str| {
            let said = own.body.get(key).and_then(serde_json::Value::as_str);
            said.unwrap_or_default().to_owned()
        };
        let refs: Vec<RowRef<'_>> = rows
            .iter()
            .map(|r| RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        // An agency whose decisions contradict each other is listed without its level.
        let head = registers::snapshot(&id, &refs, 0, &BTreeSet::new()).map_or_else(
            |_| AgencyHead {
                id: id.clone(),
                name: text("name"),
                level: None,
            },
            |snapshot| map::head(&snapshot, day),
        );
        listed.push(Listed {
            head,
            parent: text("parent"),
        });
    }
    Ok(listed)
}

/// The agencies above one, nearest first, by who names whom as its parent.
fn above(agency: &str, parents: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut above: Vec<String> = Vec::new();
    let mut at = agency;
    while let Some(parent) = parents.get(at).copied().filter(|p| !p.is_empty()) {
        // Also ends a circle that somebody entered.
        if parent == agency || above.iter().any(|a| a == parent) {
            break;
        }
        above.push(parent.to_owned());
        at = parent;
    }
    above
}

/// The agency's head on the visit's day.
///
/// # Errors
/// Where its rows contradict each other.
pub fn head(visit: &Visit<'_>) -> Result<AgencyHead, AppError> {
    Ok(map::head(&visit.loaded()?.snapshot, visit.day()))
}

/// The page 機關.
///
/// # Errors
/// Where the asker may not see its duties.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<AgencyView, AppError> {
    visit.may(act::Read, register("agency")?)?;
    let day = visit.day();
    let seen = duties::seen(visit).await?;
    let loaded = &seen.loaded;
    let of = |register: &'static str| loaded.rows.standing(register);
    let agency_row = of("agency").next().map(map::body::<Agency>).transpose()?;
    let body = match agency_row.as_ref().map(|a| a.body) {
        Some(Body::PublicAgency) => "公務機關",
        Some(Body::SpecificNonGovernment) => "特定非公務機關",
        None => "不明",
    };
    let flags = agency_row
        .map(|a| {
            vec![
                ("has_mail_server".to_owned(), a.has_mail_server),
                ("develops_systems".to_owned(), a.develops_systems),
                ("has_public_core_system".to_owned(), a.has_public_core_system),
                ("has_non_core_system".to_owned(), a.has_non_core_system),
                ("supervises_agencies".to_owned(), a.supervises_agencies),
                ("outsources_systems".to_owned(), a.outsources_systems),
                ("uses_restricted_products".to_owned(), a.uses_restricted_products),
                ("critical_infrastructure".to_owned(), a.critical_infrastructure),
            ]
        })
        .unwrap_or_default();
    let title = |slug: &str| {
        let version = visit
            .corpus()
            .instrument(slug)
            .and_then(|i| i.version_on(day).or_else(|| i.latest()));
        version.map_or_else(|| slug.to_owned(), |v| v.title.clone())
    };
    let adopted = loaded
        .snapshot
        .adopted
        .iter()
        .map(|a| AdoptionView {
            title: title(&a.instrument),
            instrument: a.instrument.clone(),
            from: a.from,
            until: a.until,
        })
        .collect();
    let contracts = loaded
        .snapshot
        .contracts
        .iter()
        .map(|c| ContractView {
            id: c.id.clone(),
            name: c.name.clone(),
            baselines: c.baselines.iter().map(|b| title(b)).collect(),
            from: c.from,
            until: c.until,
        })
        .collect();
    let jurisdiction = match loaded
        .snapshot
        .fact(&Subject::Agency, "jurisdiction", day)
        .map(|f| &f.value)
    {
        Some(FactValue::Choice(name)) => name.clone(),
        _ => String::new(),
    };
    let mut ciso: Option<Appointment> = None;
    for row in of("appointment") {
        let a: Appointment = map::body(row)?;
        let serves =
            a.role == Role::Ciso && a.from.is_none_or(|f| f <= day) && a.until.is_none_or(|u| day < u);
        if serves && ciso.as_ref().is_none_or(|c| c.from <= a.from) {
            ciso = Some(a);
        }
    }
    let mut designations = Vec::new();
    for row in of("designation") {
        let d: Designation = map::body(row)?;
        designations.push(DesignationView {
            level: map::word(&d.level),
            approved_on: d.approved_on,
            document_no: d.document_no,
        });
    }
    designations.sort_by_key(|d| d.approved_on);
    let mut businesses = Vec::new();
    for row in of("business") {
        let b: Business = map::body(row)?;
        businesses.push(BusinessView {
            mtpd: match (b.mtpd.kind, b.mtpd.hours) {
                (MtpdKind::Duration, Some(hours)) => format!("{hours} 小時"),
                (MtpdKind::Undefined, _) => "無須定義".into(),
                (MtpdKind::Deferred, _) => "由系統權管單位訂之".into(),
                _ => "未填".into(),
            },
            name: b.name,
            core: b.core,
            system: b.system,
            importance: b.importance,
            impact: b.impact,
            line: b.line,
        });
    }
    businesses.sort_by_key(|b| (!b.core, b.line));
    let mut systems = Vec::new();
    for row in of("system") {
        let s: System = map::body(row)?;
        systems.push(SystemView {
            core: match s.is_core() {
                Some(true) => "核心",
                Some(false) => "非核心",
                None => "未定",
            },
            grade: s.grade.map(|g| map::word(&g)).unwrap_or_default(),
            name: s.name,
        });
    }
    let core_systems = match loaded
        .snapshot
        .fact(&Subject::Agency, "has_core_system", day)
        .map(|f| &f.value)
    {
        Some(FactValue::Flag(true)) => "有",
        Some(FactValue::Flag(false)) => "無",
        _ => "不明",
    };
    let duties = seen.views(&seen.assessed(visit, day));
    let missing = missing_facts(&duties)
        .iter()
        .filter_map(|key| fact_spec(key))
        .map(|s| (s.key.to_owned(), s.label.to_owned(), s.supplied_by.to_owned()))
        .collect();
    let plan = loaded.plan_on(day);
    let objectives = plan.map(|p| p.reading.objectives.as_slice()).unwrap_or_default();
    Ok(AgencyView {
        agency: map::head(&loaded.snapshot, day),
        day,
        body: body.to_owned(),
        records_from: loaded.snapshot.records_from,
        flags,
        ciso: ciso.map(|c| (c.person_name, c.position, c.from)),
        core_systems: core_systems.to_owned(),
        jurisdiction,
        adopted,
        contracts,
        trial: crate::leveltrial::trial(visit.corpus(), loaded, day)?,
        missing,
        designations,
        businesses,
        systems,
        objectives: objectives
            .iter()
            .map(|o| ObjectiveView {
                text: o.text.clone(),
                line: usize::try_from(o.line).unwrap_or_default(),
            })
            .collect(),
        plan: plan.map(|p| (p.file_name.clone(), p.sha256.clone())),
        ledger: visit.reads().head(),
    })
}
