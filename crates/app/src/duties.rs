//! Duties of an agency on a day, as whoever asks may see them.
//!
//! Why veiled before they are assessed: what was done and what happened is told by the names of
//! records, in reasons too. What it can't know: what a duty's text gives away.

use crate::compiled::compiled_once;
use crate::ids::{DutyKey, register};
use crate::records::names::{self, Eyes, Sight};
use crate::visit::{Visit, act};
use crate::{AppError, Loaded, map};
use assess::{Assessment, DutyAssessment};
use facts::{Snapshot, Source};
use period::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use views::{DutyListView, DutyView, Status};

/// An agency as somebody may see its duties.
pub(crate) struct Seen {
    pub loaded: Arc<Loaded>,
    /// With the names that they may see, where those differ.
    veiled: Option<Snapshot>,
    /// Registers of which they may know nothing.
    hidden: BTreeSet<&'static str>,
    /// How they see the names of persons; none where they may not know who is there.
    people: Option<Sight>,
}

impl Seen {
    pub(crate) fn snapshot(&self) -> &Snapshot {
        self.veiled.as_ref().unwrap_or(&self.loaded.snapshot)
    }

    /// Whether nothing is hidden: whoever sees all sees the same.
    pub(crate) fn is_whole(&self) -> bool {
        let people = self.people.as_ref().is_some_and(|sight| !sight.veils());
        self.veiled.is_none() && self.hidden.is_empty() && people
    }

    /// The verdicts of a day.
    pub(crate) fn assessed(&self, visit: &Visit<'_>, day: Date) -> Arc<Assessment> {
        match &self.veiled {
            None => assessment(visit, &self.loaded, day),
            Some(snapshot) => {
                let (corpus, plans) = (visit.corpus(), &self.loaded.plans);
                Arc::new(assess::assess_at(snapshot, corpus, plans, visit.instant(day)))
            }
        }
    }

    /// Duties in the officer's words.
    pub(crate) fn views(&self, assessment: &Assessment) -> Vec<DutyView> {
        let duties = assessment.duties.iter();
        duties.map(|d| self.view(d, assessment.day)).collect()
    }

    /// One duty in the officer's words.
    pub(crate) fn view(&self, duty: &DutyAssessment, day: Date) -> DutyView {
        let mut view = map::duty(self.snapshot(), day, duty, (&self.loaded.rows, &self.hidden));
        for (count, shown) in duty.counts.iter().zip(&mut view.counts) {
            shown.who = count.lacking.iter().filter_map(|id| self.person(id)).collect();
        }
        view
    }

    /// A person's name as they may see it.
    fn person(&self, id: &str) -> Option<String> {
        let sight = self.people.as_ref()?;
        let row = self.loaded.rows.row(PERSON, id)?;
        let name = row.body.get("name")?.as_str()?;
        Some(sight.masked(id, name).unwrap_or_else(|| name.to_owned()))
    }
}

/// The register of those whom duties count.
const PERSON: &str = "person";

/// The agency as the visitor may see its duties.
///
/// # Errors
/// Where they may not.
pub(crate) async fn seen(visit: &Visit<'_>) -> Result<Seen, AppError> {
    visit.may(act::Read, register("activity")?)?;
    // Reasons name incidents, shortcomings and what proves what: not for a unit.
    let access = visit.may(act::Read, register("incident")?)?;
    if access.own.is_some() {
        return Err(AppError::forbidden(
            "您在本機關的角色不能閱覽全部應辦事項",
            "請洽資安專責人員",
        ));
    }
    let loaded = match access.at {
        None => visit.loaded()?,
        Some(at) => visit.loaded_at(at).await?,
    };
    veiled(visit, loaded).await
}

/// An agency in which records are named as somebody may see their names: what was done and
/// what happened is told by the record's name.
async fn veiled(visit: &Visit<'_>, loaded: Arc<Loaded>) -> Result<Seen, AppError> {
    let sources = loaded.snapshot.done.iter().map(|d| &d.source);
    let sources = sources.chain(loaded.snapshot.events.iter().map(|e| &e.source));
    let told: BTreeSet<&str> = sources.map(|s| s.register.as_str()).collect();
    let (mut sights, mut hidden) = (BTreeMap::new(), BTreeSet::new());
    for spec in told.iter().filter_map(|key| registers::register(key)) {
        if !visit.can(crate::Action::Read, spec) {
            hidden.insert(spec.key);
            continue;
        }
        let sight = names::sight(visit, Eyes::Theirs, spec).await?;
        if sight.veils() {
            sights.insert(spec.key, (spec, sight));
        }
    }
    let person = register(PERSON)?;
    let people = if visit.can(crate::Action::Read, person) {
        Some(names::sight(visit, Eyes::Theirs, person).await?)
    } else {
        None
    };
    if hidden.is_empty() && sights.is_empty() {
        return Ok(Seen {
            loaded,
            veiled: None,
            hidden,
            people,
        });
    }
    let veil = |source: &Source, title: &mut String| {
        let key = source.register.as_str();
        if let Some(spec) = registers::register(key).filter(|s| hidden.contains(s.key)) {
            spec.title.clone_into(title);
        }
        let Some((spec, sight)) = sights.get(key) else {
            return;
        };
        let name = title.strip_prefix(spec.title).and_then(|t| t.strip_prefix('：'));
        if let Some(masked) = name.and_then(|name| sight.masked(&source.row, name)) {
            *title = format!("{}：{masked}", spec.title);
        }
    };
    let mut snapshot = loaded.snapshot.clone();
    for done in &mut snapshot.done {
        veil(&done.source, &mut done.title);
    }
    for event in &mut snapshot.events {
        veil(&event.source, &mut event.title);
    }
    Ok(Seen {
        loaded,
        veiled: Some(snapshot),
        hidden,
        people,
    })
}

/// The verdicts of a day, kept with the rows that they follow from until an hour of it changes them.
pub(crate) fn assessment(visit: &Visit<'_>, loaded: &Loaded, day: Date) -> Arc<Assessment> {
    let at = visit.instant(day);
    let kept = &loaded.kept.assessed;
    kept.known(day, at).unwrap_or_else(|| {
        let made = assess::assess_at(&loaded.snapshot, visit.corpus(), &loaded.plans, at);
        kept.keep(day, (at, made.holds_until), made)
    })
}

/// Every duty of the agency on the visit's day: an auditor's by the records that stood at the
/// audit's moment.
///
/// # Errors
/// Where the asker may not.
#[compiled_once]
pub async fn all(visit: &Visit<'_>) -> Result<Vec<DutyView>, AppError> {
    let seen = seen(visit).await?;
    Ok(seen.views(&seen.assessed(visit, visit.day())))
}

/// The page 應辦事項.
///
/// # Errors
/// Where the asker may not.
#[compiled_once]
pub async fn list(visit: &Visit<'_>, filter: Option<Status>) -> Result<DutyListView, AppError> {
    let day = visit.day();
    let seen = seen(visit).await?;
    let duties = seen.views(&seen.assessed(visit, day));
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
        agency: map::head(seen.snapshot(), day),
        day,
        filter,
        counts,
        groups,
    })
}

/// One duty; of a system, where one is named.
///
/// # Errors
/// Where the agency has no such duty on the visit's day.
#[compiled_once]
pub async fn one(
    visit: &Visit<'_>,
    key: &DutyKey,
    system: Option<&str>,
) -> Result<(views::AgencyHead, DutyView), AppError> {
    let day = visit.day();
    let seen = seen(visit).await?;
    let assessment = seen.assessed(visit, day);
    let found = seen
        .views(&assessment)
        .into_iter()
        .filter(|d| d.key == key.as_str())
        .find(|d| system.is_none() || d.subject_id.as_deref() == system)
        .ok_or_else(|| {
            AppError::not_found(
                format!("{} 沒有「{key}」這項應辦事項", period::roc_short(day)),
                "請由應辦事項清單選取；等級或日期不同，應辦事項也不同",
            )
        })?;
    Ok((map::head(seen.snapshot(), day), found))
}

/// A parameter's values for an agency on a day, or a duty's clauses: what binds and what lost.
///
/// # Errors
/// Where there is no such duty.
#[compiled_once]
pub async fn resolved(visit: &Visit<'_>, key: &str) -> Result<Vec<DutyView>, AppError> {
    let found: Vec<DutyView> = all(visit)
        .await?
        .into_iter()
        .filter(|d| d.key == key || d.requirements.iter().any(|r| r.key == key))
        .collect();
    if found.is_empty() {
        return Err(AppError::not_found(
            format!("{} 沒有「{key}」", period::roc_short(visit.day())),
            "請以 fazun duties --agency 機關代號 --json 查看應辦事項與參數的代號",
        ));
    }
    Ok(found)
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
