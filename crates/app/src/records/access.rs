//! Lists and single records, for whoever may read them, and where each stands.
//!
//! Why on the access: what somebody may read is narrowed to their rows where the permission is
//! worked out, and nothing reads past it. What it can't know: what a row says; filters go by
//! the fields unit and contract, and by who made it.

use super::masking::is_kept_back;
use super::record::{RecordView, Standing};
use super::standings::{Standings, standings_at};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::RowId;
use crate::permission::{Action, Allowed};
use crate::principal::{Role, Scope};
use crate::rows::Rows;
use crate::visit::{Access, Visit, act};
use registers::{Kind, RegisterSpec};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Query, Select, StoredRow};

/// A question for a list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Fields that must hold exactly this.
    pub equal: Vec<(String, String)>,
    /// A text that some field must contain.
    pub contains: String,
    /// Rows after this id.
    pub after: String,
    /// How many; 50 where nothing is said, at most 500.
    pub limit: u32,
    /// Those that were withdrawn instead of those that stand.
    pub withdrawn: bool,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The rows.
    pub rows: Vec<RecordView>,
    /// How many there are in all.
    pub total: u64,
    /// After which id the next page begins; none on the last.
    pub next: Option<String>,
}

const PAGE: u32 = 50;
/// The most rows of one page of a list.
pub const PAGE_LIMIT: u32 = 500;

/// One page of a register.
///
/// # Errors
/// Where the asker may not, or a filter names no field.
#[compiled_once]
pub async fn list(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    query: &ListQuery,
) -> Result<RecordPage, AppError> {
    visit.may(act::Read, spec)?.list(query).await
}

/// One record.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn show(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
) -> Result<RecordView, AppError> {
    visit.may(act::Read, spec)?.show(id.as_str()).await
}

impl Access<'_, act::Read> {
    /// One page of the register.
    ///
    /// # Errors
    /// Where a filter names no field.
    #[compiled_once]
    pub async fn list(&self, query: &ListQuery) -> Result<RecordPage, AppError> {
        let mut select = select_of(self, query)?;
        select.at = self.at;
        let limit = match query.limit {
            0 => PAGE,
            n => n.min(PAGE_LIMIT),
        };
        let found = self.page(&select, limit.saturating_add(1)).await?;
        let more = found.len() > limit as usize;
        let rows = found.get(..limit as usize).unwrap_or(&found);
        let next = more.then(|| rows.last().map(|r| r.row.clone())).flatten();
        let whole = query.after.is_empty() && !more;
        let total = if whole {
            u64::try_from(rows.len()).unwrap_or(u64::MAX)
        } else {
            self.counted(select).await?
        };
        let ids: Vec<&str> = rows.iter().map(|r| r.row.as_str()).collect();
        let standings = standings_at(self.visit, self.spec, Some(&ids), self.at).await?;
        let rows = rows
            .iter()
            .map(|row| {
                let row = view(self, row.clone(), &standings)?;
                Ok(if query.withdrawn { as_withdrawn(row) } else { row })
            })
            .collect::<Result<_, AppError>>()?;
        Ok(RecordPage { rows, total, next })
    }

    /// The rows of one page: read once while nothing is written.
    async fn page(&self, select: &Select, limit: u32) -> Result<Arc<Vec<StoredRow>>, AppError> {
        let (reads, held) = (self.visit.reads(), self.visit.held());
        if self.at.is_some() {
            return Ok(Arc::new(reads.list(self.spec.key, select, limit).await?));
        }
        let query = Query::from(select);
        if let Some(rows) = held.page(self.spec.key, &query, limit) {
            return Ok(rows);
        }
        let rows = reads.list(self.spec.key, select, limit).await?;
        let rows = held.keep_page((self.spec.key, query, limit), rows);
        self.visit.app().cache.trim();
        Ok(rows)
    }

    /// How many rows a list has, whatever page of it is shown: counted once while nothing is written.
    async fn counted(&self, select: Select) -> Result<u64, AppError> {
        let held = self.visit.held();
        let query = Query {
            after: String::new(),
            ..Query::from(&select)
        };
        if let Some(count) = held.counted(self.spec.key, &query) {
            return Ok(count);
        }
        let count = self.visit.reads().count(self.spec.key, query.clone()).await?;
        held.keep_count(self.spec.key, query, count);
        Ok(count)
    }

    /// One record.
    pub(crate) async fn show(&self, id: &str) -> Result<RecordView, AppError> {
        let row = self.visible(id).await?;
        let standings = standings_at(self.visit, self.spec, Some(&[id]), self.at).await?;
        view(self, row, &standings)
    }

    /// A record that was withdrawn, as it stood before; none where it stands or never was there
    /// for the asker.
    pub(crate) async fn withdrawn(&self, id: &str) -> Result<Option<RecordView>, AppError> {
        let row = self.one(id, true).await?;
        let standings = Standings::default();
        let seen = row.map(|row| view(self, row, &standings)).transpose()?;
        Ok(seen.map(as_withdrawn))
    }

    /// Whether somebody sees a record, or saw it before it was withdrawn.
    pub(crate) async fn sees_history(&self, id: &str) -> Result<bool, AppError> {
        Ok(self.seen(id).await?.is_some() || self.one(id, true).await?.is_some())
    }
}

/// How many rows each register has that somebody may read.
///
/// # Errors
/// Where the token is not for reading.
#[compiled_once]
pub async fn register_counts(visit: &Visit<'_>) -> Result<Vec<(&'static RegisterSpec, u64)>, AppError> {
    visit.who().demand(Scope::Read)?;
    let mut bulk: Option<BTreeMap<String, u64>> = None;
    let mut listed = Vec::new();
    // An auditor's lists are of the audit's moment, and so are their counts.
    let reads_then = visit.grants().iter().any(|g| g.role == Role::Auditor);
    let then = visit.moment_seen();
    let past = match then {
        Some(_) => Some(visit.loaded_as_seen().await?),
        None => None,
    };
    for spec in registers::catalogue() {
        let best = visit.best(Action::Read, spec);
        match best {
            Allowed::No => {}
            Allowed::Yes if !reads_then && !spec.bulk => {
                listed.push((spec, count(visit.rows(), spec)));
            }
            Allowed::Yes if !reads_then => {
                if bulk.is_none() {
                    bulk = Some(visit.reads().counts().await?.into_iter().collect());
                }
                let counts = bulk.iter().flatten();
                let found = counts.into_iter().find(|(key, _)| *key == spec.key);
                listed.push((spec, found.map_or(0, |(_, n)| *n)));
            }
            Allowed::Yes | Allowed::Own => {
                let access = visit.may(act::Read, spec)?;
                // What all of an audit's moment shows is at hand already.
                if let Some(past) = past
                    .as_ref()
                    .filter(|_| access.own.is_none() && access.at.is_some() && access.at == then)
                {
                    listed.push((spec, count(&past.rows, spec)));
                    continue;
                }
                let select = Select {
                    own: access.own.clone(),
                    at: access.at,
                    ..Select::default()
                };
                listed.push((spec, visit.reads().count(spec.key, &select).await?));
            }
        }
    }
    Ok(listed)
}

fn count(rows: &Rows, spec: &RegisterSpec) -> u64 {
    u64::try_from(rows.standing(spec.key).count()).unwrap_or(u64::MAX)
}

fn view<A>(access: &Access<'_, A>, row: StoredRow, standings: &Standings) -> Result<RecordView, AppError> {
    let opened = registers::open(access.spec, row.body)?;
    let mut body = access.hides.masked(access.spec, opened.body);
    if let Some(members) = body.as_object_mut() {
        members.retain(|key, _| !is_kept_back(access.spec, key));
    }
    let record = registers::Record::new(access.spec, &row.row, &body);
    Ok(RecordView {
        register: access.spec.key,
        name: record.name().to_owned(),
        standing: standings.of(&row.row, row.version),
        id: row.row,
        version: row.version,
        body,
    })
}

/// A record that no longer stands.
fn as_withdrawn(mut record: RecordView) -> RecordView {
    record.standing = Standing {
        state: "void",
        words: "已註銷".to_owned(),
        waits_for: None,
        number: String::new(),
        approved_version: None,
    };
    record
}

/// A list's question in the store's words; filters name fields of the table only.
pub(crate) fn select_of<A>(access: &Access<'_, A>, query: &ListQuery) -> Result<Select, AppError> {
    let spec = access.spec;
    let mut equal = Vec::new();
    for (key, text) in &query.equal {
        let Some(field) = spec.field(key) else {
            let filtered = spec.fields.iter().filter(|f| registers::is_filtered_by(f));
            let known: Vec<&str> = filtered.map(|f| f.key).collect();
            return Err(AppError::bad_input(
                format!("「{}」沒有「{key}」這個欄位，不能篩選", spec.title),
                format!("可用的欄位：{}", known.join("、")),
            ));
        };
        if access.hides.hides(field) {
            return Err(AppError::forbidden(
                format!("「{}」對您的角色不顯示，不能依它篩選", field.label),
                "請改用其他欄位篩選，或洽資安專責人員",
            ));
        }
        if !registers::is_filtered_by(field) {
            return Err(AppError::bad_input(
                format!("「{}」是長文或附件，不能篩選", field.label),
                "請改以文字搜尋其內容，或依其他欄位篩選",
            ));
        }
        // What isn't kept to be compared would be found nowhere.
        if !text.is_empty() && !registers::is_short(text) {
            return Err(AppError::bad_input(
                format!(
                    "「{}」的篩選內容太長或不是一行文字，最多 {} 個字",
                    field.label,
                    registers::SHORT
                ),
                "請改以其中一段文字搜尋，或依其他欄位篩選",
            ));
        }
        let stored = match field.kind {
            Kind::Choice(choices) => choices
                .iter()
                .find(|(_, shown)| shown == text)
                .map_or(text.clone(), |(stored, _)| (*stored).to_owned()),
            Kind::Date if !text.is_empty() => period::parse_date(text)?.to_string(),
            Kind::Flag => match text.as_str() {
                "是" => "true".to_owned(),
                "否" => "false".to_owned(),
                other => other.to_owned(),
            },
            _ => text.clone(),
        };
        equal.push((key.clone(), stored));
    }
    Ok(Select {
        equal,
        contains: access.hides.searched(query.contains.trim()),
        after: query.after.clone(),
        own: access.own.clone(),
        withdrawn: query.withdrawn,
        ..Select::default()
    })
}
