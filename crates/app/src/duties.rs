//! Duties of an agency on a day.

use crate::principal::Principal;
use crate::{App, AppError, Loaded, map};
use assess::Assessment;
use facts::Snapshot;
use period::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use views::{DutyListView, DutyView, Status};

impl App {
    /// Every duty of an agency on a day.
    ///
    /// # Errors
    /// Where there is no such agency.
    pub async fn duties(&self, agency: &str, day: Date) -> Result<Vec<DutyView>, AppError> {
        let loaded = self.load(agency).await?;
        Ok(Self::views(&loaded, &self.assessment(&loaded, day)))
    }

    /// Every duty of an agency on a day, as somebody may see it: an auditor by the records that
    /// stood at the audit's moment.
    ///
    /// # Errors
    /// Where the asker may not.
    pub async fn duties_for(
        &self,
        who: &Principal,
        agency: &str,
        day: Date,
    ) -> Result<Vec<DutyView>, AppError> {
        let loaded = match self.may_see_duties(who, agency).await? {
            None => self.load(agency).await?,
            Some(at) => {
                let rows = self.store.rows_at(agency, at).await?;
                Arc::new(self.assemble(agency, rows, at)?)
            }
        };
        let snapshot = self.veiled(who, &loaded.snapshot).await?;
        let assessment = assess::assess(&snapshot, self.corpus(), &loaded.plans, day);
        let view = |d| map::duty(&snapshot, assessment.day, d, &loaded.rows);
        Ok(assessment.duties.iter().map(view).collect())
    }

    /// A snapshot in which records are named as somebody may see their names: what was done and
    /// what happened is told by the record's name.
    async fn veiled(&self, who: &Principal, snapshot: &Snapshot) -> Result<Snapshot, AppError> {
        let mut snapshot = snapshot.clone();
        let sources = snapshot.done.iter().map(|d| &d.source);
        let sources = sources.chain(snapshot.events.iter().map(|e| &e.source));
        let registers: BTreeSet<String> = sources.map(|s| s.register.clone()).collect();
        let mut sights = BTreeMap::new();
        for spec in registers.iter().filter_map(|key| registers::register(key)) {
            let sight = self.sight(Some(who), &snapshot.agency, spec).await?;
            sights.insert(spec.key, (spec, sight));
        }
        let veil = |source: &facts::Source, title: &mut String| {
            let Some((spec, sight)) = sights.get(source.register.as_str()) else {
                return;
            };
            let name = title.strip_prefix(spec.title).and_then(|t| t.strip_prefix('：'));
            if let Some(masked) = name.and_then(|name| sight.masked(&source.row, name)) {
                *title = format!("{}：{masked}", spec.title);
            }
        };
        for done in &mut snapshot.done {
            veil(&done.source, &mut done.title);
        }
        for event in &mut snapshot.events {
            veil(&event.source, &mut event.title);
        }
        Ok(snapshot)
    }

    pub(crate) fn assessment(&self, loaded: &Loaded, day: Date) -> Assessment {
        assess::assess(&loaded.snapshot, self.corpus(), &loaded.plans, day)
    }

    pub(crate) fn views(loaded: &Loaded, assessment: &Assessment) -> Vec<DutyView> {
        assessment
            .duties
            .iter()
            .map(|d| map::duty(&loaded.snapshot, assessment.day, d, &loaded.rows))
            .collect()
    }

    /// The page 應辦事項.
    ///
    /// # Errors
    /// Where there is no such agency.
    pub async fn duty_list(
        &self,
        agency: &str,
        day: Date,
        filter: Option<Status>,
    ) -> Result<DutyListView, AppError> {
        let loaded = self.load(agency).await?;
        let duties = Self::views(&loaded, &self.assessment(&loaded, day));
        let counts = count(&duties);
        let mut groups: Vec<(String, Vec<DutyView>)> = Vec::new();
        for duty in duties
            .into_iter()
            .filter(|d| filter.is_none_or(|f| d.verdict == f))
        {
            match groups.iter_mut().find(|(aspect, _)| *aspect == duty.aspect) {
                Some((_, list)) => list.push(duty),
                None => groups.push((duty.aspect.clone(), vec![duty])),
            }
        }
        Ok(DutyListView {
            agency: map::head(&loaded.snapshot, day),
            day,
            filter,
            counts,
            groups,
        })
    }

    /// One duty; of a system, where one is named.
    ///
    /// # Errors
    /// Where the agency has no such duty on that day.
    pub async fn duty(
        &self,
        agency: &str,
        key: &str,
        system: Option<&str>,
        day: Date,
    ) -> Result<(views::AgencyHead, DutyView), AppError> {
        let loaded = self.load(agency).await?;
        let duties = Self::views(&loaded, &self.assessment(&loaded, day));
        let found = duties
            .into_iter()
            .filter(|d| d.key == key)
            .find(|d| system.is_none() || d.subject_id.as_deref() == system)
            .ok_or_else(|| {
                AppError::not_found(
                    format!("{} 沒有「{key}」這項應辦事項", period::roc_short(day)),
                    "請由應辦事項清單選取；等級或日期不同，應辦事項也不同",
                )
            })?;
        Ok((map::head(&loaded.snapshot, day), found))
    }

    /// An evidence or plan file by its hash, if this agency's rows name it.
    ///
    /// # Errors
    /// Where no row of the agency names it.
    pub async fn file(&self, agency: &str, sha256: &str) -> Result<(String, Vec<u8>), AppError> {
        let loaded = self.load(agency).await?;
        let named = loaded.rows.iter().any(|r| {
            let evidence = r.body.get("evidence").and_then(serde_json::Value::as_array);
            let in_list = evidence.is_some_and(|list| {
                list.iter()
                    .any(|e| e.get("sha256").and_then(serde_json::Value::as_str) == Some(sha256))
            });
            in_list || r.body.get("sha256").and_then(serde_json::Value::as_str) == Some(sha256)
        });
        let missing = || AppError::not_found("本機關沒有這個檔案", "請由應辦事項頁面開啟佐證");
        if !named {
            return Err(missing());
        }
        let blob = self.store.blob(sha256).await?.ok_or_else(missing)?;
        Ok((blob.name, blob.bytes))
    }
}

pub(crate) fn count(duties: &[DutyView]) -> Vec<(Status, usize)> {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for duty in duties {
        *counts.entry(duty.verdict).or_default() += 1;
    }
    Status::ALL
        .iter()
        .map(|s| (*s, counts.get(s).copied().unwrap_or_default()))
        .collect()
}
