//! Agencies and what is known of one.

use crate::today::missing_facts;
use crate::{App, AppError, map};
use facts::{FactValue, Subject, fact_spec};
use period::Date;
use registers::agency::{Agency, Body};
use registers::appointment::{Appointment, Role};
use registers::business::{Business, MtpdKind};
use registers::designation::Designation;
use registers::system::System;
use views::{
    AdoptionView, AgencyHead, AgencyView, BusinessView, ContractView, DesignationView, ObjectiveView,
    SystemView,
};

impl App {
    /// Every agency of this data directory.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn agencies(&self) -> Result<Vec<AgencyHead>, AppError> {
        let day = self.today();
        let mut heads = Vec::new();
        for id in self.store.agencies().await? {
            if id == crate::standards::OWNER {
                continue;
            }
            heads.push(map::head(&self.load(&id).await?.snapshot, day));
        }
        heads.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(heads)
    }

    /// One agency's head on a day.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn agency_head(&self, agency: &str, day: Date) -> Result<AgencyHead, AppError> {
        Ok(map::head(&self.load(agency).await?.snapshot, day))
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

    /// The page 機關.
    ///
    /// # Errors
    /// Where there is no such agency.
    pub async fn agency_view(&self, agency: &str, day: Date) -> Result<AgencyView, AppError> {
        let loaded = self.load(agency).await?;
        let of = |register: &'static str| {
            loaded
                .rows
                .iter()
                .filter(move |r| r.register == register && !r.body.is_null())
        };
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
                ]
            })
            .unwrap_or_default();
        let title = |slug: &str| {
            let version = self
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
        let duties = Self::views(&loaded, &self.assessment(&loaded, day));
        let missing = missing_facts(&duties)
            .iter()
            .filter_map(|key| fact_spec(key))
            .map(|s| (s.key.to_owned(), s.label.to_owned(), s.supplied_by.to_owned()))
            .collect();
        let objectives = loaded
            .plan
            .as_ref()
            .map(|p| p.objectives.as_slice())
            .unwrap_or_default();
        let plan = of("plan")
            .next()
            .map(map::body::<registers::plan::Plan>)
            .transpose()?;
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
            plan: plan.map(|p| (p.file_name, p.sha256)),
            ledger: self.store.head().await?.to_string(),
        })
    }
}
