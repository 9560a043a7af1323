//! Who sees which rows: the one gate before every query and every change.
//!
//! Why not found instead of forbidden: whoever has nothing to do with an agency must not
//! learn which of its records exist. What it can't know: what a row says; filters go by
//! the fields unit and contract, and by who made it.

use super::masking::Hides;
use super::{RecordView, Standing};
use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Grant, Principal, Role, Scope};
use crate::{App, AppError};
use registers::basics::approval::Approval;
use registers::{Hand, Kind, RegisterSpec};
use serde_json::Value;
use std::collections::BTreeMap;
use store::{Own, Select, StoredRow};

/// What somebody may do with a register, narrowed to their rows.
pub(crate) struct Access {
    pub spec: &'static RegisterSpec,
    /// The roles that allow it.
    pub roles: Vec<Role>,
    /// Only these rows; all where none.
    pub own: Option<Own>,
    /// As the ledger stood there.
    pub at: Option<u64>,
    /// What of the rows is not shown.
    pub hides: Hides,
}

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
const MOST: u32 = 500;

/// No such agency, or none of the asker's: the same words for both.
pub(crate) fn no_agency(agency: &str) -> AppError {
    AppError::not_found(
        format!("沒有機關「{agency}」"),
        "請以 fazun agency list 查看機關代號，或確認您的帳號屬於該機關",
    )
}

pub(crate) fn register_of(key: &str) -> Result<&'static RegisterSpec, AppError> {
    registers::register(key).ok_or_else(|| {
        AppError::not_found(
            format!("沒有登記簿「{key}」"),
            "請由登記簿清單選取，或以 fazun record registers --agency 機關代號 查看代號",
        )
    })
}

pub(crate) fn no_record(spec: &RegisterSpec, id: &str) -> AppError {
    AppError::not_found(
        format!("「{}」沒有「{id}」這筆紀錄", spec.title),
        "請由清單開啟；紀錄可能已註銷，或不屬於本機關",
    )
}

impl App {
    /// The superiors of an agency, nearest first: by the agency id that each names as its parent.
    pub(crate) async fn superiors(&self, agency: &str) -> Result<Vec<String>, AppError> {
        let mut above = Vec::new();
        let mut at = agency.to_owned();
        // Deeper than any administration; also ends a circle that somebody entered.
        for _ in 0..12 {
            let row = self.store.row("agency", &at).await?;
            let parent = row
                .as_ref()
                .and_then(|r| r.body.get("parent"))
                .and_then(Value::as_str)
                .unwrap_or_default();
            if parent.is_empty() || parent == agency || above.iter().any(|a| a == parent) {
                break;
            }
            at = parent.to_owned();
            above.push(at.clone());
        }
        Ok(above)
    }

    /// Everything somebody is to an agency; nothing to do with it is an error.
    pub(crate) async fn grants(&self, who: &Principal, agency: &str) -> Result<Vec<Grant>, AppError> {
        let superiors = if who.is_local {
            Vec::new()
        } else {
            self.superiors(agency).await?
        };
        let grants = who.grants_for(agency, &superiors);
        let known = self.store.row("agency", agency).await?;
        let known = known.is_some_and(|r| r.agency == agency && !r.body.is_null());
        if grants.is_empty() || !known {
            return Err(no_agency(agency));
        }
        Ok(grants)
    }

    /// Whether somebody may do something with a register of an agency, and with which rows.
    pub(crate) async fn access(
        &self,
        who: &Principal,
        action: Action,
        agency: &str,
        register: &str,
    ) -> Result<Access, AppError> {
        who.demand(match action {
            Action::Read | Action::Export => Scope::Read,
            Action::Import => Scope::Import,
            Action::Decide => Scope::Approve,
            _ => Scope::Write,
        })?;
        self.rights(who, action, agency, register).await
    }

    /// As [`App::access`], whatever the asker's token is for: for what follows from an action
    /// that the token allows.
    pub(crate) async fn rights(
        &self,
        who: &Principal,
        action: Action,
        agency: &str,
        register: &str,
    ) -> Result<Access, AppError> {
        let grants = self.grants(who, agency).await?;
        let spec = register_of(register)?;
        let best = grants
            .iter()
            .map(|g| allowed(g.role, action, spec))
            .max()
            .unwrap_or(Allowed::No);
        if best == Allowed::No {
            let roles: Vec<&str> = grants.iter().map(|g| g.role.title()).collect();
            return Err(AppError::forbidden(
                format!(
                    "您在本機關的角色（{}）不能對「{}」{}",
                    roles.join("、"),
                    spec.title,
                    action.title()
                ),
                "請洽本機關資安專責人員辦理，或請其調整您的角色",
            ));
        }
        let holding: Vec<&Grant> = grants
            .iter()
            .filter(|g| allowed(g.role, action, spec) == best)
            .collect();
        let own = (best == Allowed::Own).then(|| own_rows(who, spec, &holding));
        // Only where nothing but an auditor's grant allows it is the auditor's moment shown; what an
        // auditor fills in is read as it stands now.
        let auditor = |g: &&Grant| g.role == Role::Auditor;
        let at = if holding.iter().all(auditor) && action == Action::Read && !spec.is_in(Hand::AuditorWrites)
        {
            holding.iter().filter_map(|g| g.position).min()
        } else {
            None
        };
        Ok(Access {
            spec,
            roles: holding.iter().map(|g| g.role).collect(),
            own,
            at,
            hides: Hides::of(&holding, best),
        })
    }

    /// What of a register's rows is not shown to somebody, whatever their token is for.
    pub(crate) async fn hides(
        &self,
        who: &Principal,
        agency: &str,
        spec: &RegisterSpec,
    ) -> Result<Hides, AppError> {
        let grants = self.grants(who, agency).await?;
        let reads = |g: &Grant| allowed(g.role, Action::Read, spec);
        let best = grants.iter().map(reads).max().unwrap_or(Allowed::No);
        let holding: Vec<&Grant> = grants.iter().filter(|g| reads(g) == best).collect();
        Ok(Hides::of(&holding, best))
    }

    /// A row that somebody may see, in its latest version or an auditor's.
    pub(crate) async fn visible(
        &self,
        access: &Access,
        agency: &str,
        id: &str,
    ) -> Result<StoredRow, AppError> {
        let row = self.seen(access, agency, id).await?;
        row.ok_or_else(|| no_record(access.spec, id))
    }

    /// The same; none where it isn't there for them.
    pub(crate) async fn seen(
        &self,
        access: &Access,
        agency: &str,
        id: &str,
    ) -> Result<Option<StoredRow>, AppError> {
        self.one(access, agency, id, false).await
    }

    async fn one(
        &self,
        access: &Access,
        agency: &str,
        id: &str,
        withdrawn: bool,
    ) -> Result<Option<StoredRow>, AppError> {
        let select = Select {
            among: Some(vec![id.to_owned()]),
            own: access.own.clone(),
            at: access.at,
            withdrawn,
            ..Select::default()
        };
        let rows = self.store.list(agency, access.spec.key, &select, 1).await?;
        Ok(rows.into_iter().next())
    }

    /// One page of a register.
    ///
    /// # Errors
    /// Where the asker may not, or a filter names no field.
    pub async fn list_records(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        query: &ListQuery,
    ) -> Result<RecordPage, AppError> {
        let access = self.access(who, Action::Read, agency, register).await?;
        let mut select = select_of(&access, query)?;
        select.at = access.at;
        let limit = match query.limit {
            0 => PAGE,
            n => n.min(MOST),
        };
        let mut rows = self
            .store
            .list(agency, access.spec.key, &select, limit.saturating_add(1))
            .await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = more.then(|| rows.last().map(|r| r.row.clone())).flatten();
        let total = self.store.count(agency, access.spec.key, &select).await?;
        let ids: Vec<&str> = rows.iter().map(|r| r.row.as_str()).collect();
        let standings = self
            .standings_at(agency, access.spec, Some(&ids), access.at)
            .await?;
        let rows = rows
            .into_iter()
            .map(|row| {
                let row = view(&access, row, &standings)?;
                Ok(if query.withdrawn { as_withdrawn(row) } else { row })
            })
            .collect::<Result<_, AppError>>()?;
        Ok(RecordPage { rows, total, next })
    }

    /// One record.
    ///
    /// # Errors
    /// Where it isn't there for the asker.
    pub async fn record(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        id: &str,
    ) -> Result<RecordView, AppError> {
        let access = self.access(who, Action::Read, agency, register).await?;
        let row = self.visible(&access, agency, id).await?;
        let standings = self
            .standings_at(agency, access.spec, Some(&[id]), access.at)
            .await?;
        view(&access, row, &standings)
    }

    /// A record that was withdrawn, as it stood before; none where it stands or never was there
    /// for the asker.
    pub(crate) async fn withdrawn_record(
        &self,
        access: &Access,
        agency: &str,
        id: &str,
    ) -> Result<Option<RecordView>, AppError> {
        let row = self.one(access, agency, id, true).await?;
        let standings = Standings::default();
        let seen = row.map(|row| view(access, row, &standings)).transpose()?;
        Ok(seen.map(as_withdrawn))
    }

    /// How many rows each register has that somebody may read.
    ///
    /// # Errors
    /// Where the asker has nothing to do with the agency.
    pub async fn register_counts(
        &self,
        who: &Principal,
        agency: &str,
    ) -> Result<Vec<(&'static RegisterSpec, u64)>, AppError> {
        who.demand(Scope::Read)?;
        let grants = self.grants(who, agency).await?;
        let counts: BTreeMap<String, u64> = self.store.counts(agency).await?.into_iter().collect();
        let mut listed = Vec::new();
        // An auditor's lists are of the audit's moment, and so are their counts.
        let reads_then = grants.iter().any(|g| g.role == Role::Auditor);
        for spec in registers::catalogue() {
            let best = grants
                .iter()
                .map(|g| allowed(g.role, Action::Read, spec))
                .max()
                .unwrap_or(Allowed::No);
            match best {
                Allowed::No => {}
                Allowed::Yes if !reads_then => {
                    listed.push((spec, counts.get(spec.key).copied().unwrap_or(0)));
                }
                Allowed::Yes | Allowed::Own => {
                    let access = self.access(who, Action::Read, agency, spec.key).await?;
                    let select = Select {
                        own: access.own.clone(),
                        at: access.at,
                        ..Select::default()
                    };
                    listed.push((spec, self.store.count(agency, spec.key, &select).await?));
                }
            }
        }
        Ok(listed)
    }

    /// Where the records of a register stand, by row id.
    pub(crate) async fn standings(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
    ) -> Result<Standings, AppError> {
        self.standings_at(agency, spec, None, None).await
    }

    /// Where one version of a record stands.
    pub(crate) async fn standing_of(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
        (id, version): (&str, u32),
    ) -> Result<Standing, AppError> {
        let standings = self.standings_at(agency, spec, Some(&[id]), None).await?;
        Ok(standings.of(id, version))
    }

    /// Where some records of a register, or all, stood at an auditor's moment; now, where none.
    async fn standings_at(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
        ids: Option<&[&str]>,
        at: Option<u64>,
    ) -> Result<Standings, AppError> {
        if self.route_of(agency, spec.key).await?.is_none() {
            return Ok(Standings::default());
        }
        let select = Select {
            equal: vec![("register".to_owned(), spec.key.to_owned())],
            among: ids.map(|ids| {
                let approval = |id: &&str| super::approval::approval_id(spec, id);
                ids.iter().map(approval).collect()
            }),
            at,
            ..Select::default()
        };
        let rows = self.store.list(agency, "approval", &select, u32::MAX).await?;
        let mut by_row = BTreeMap::new();
        for row in rows {
            let approval = Approval::read(&row.body)?;
            by_row.insert(approval.row.clone(), approval);
        }
        Ok(Standings { asks: true, by_row })
    }
}

/// Approvals of a register's records.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    pub asks: bool,
    pub by_row: BTreeMap<String, Approval>,
}

impl Standings {
    pub(crate) fn of(&self, row: &str, version: u32) -> Standing {
        if !self.asks {
            return Standing {
                state: "none",
                words: String::new(),
                waits_for: None,
                number: String::new(),
                approved_version: None,
            };
        }
        let Some(approval) = self.by_row.get(row) else {
            return draft(None);
        };
        super::approval::standing(approval, version)
    }
}

pub(crate) fn draft(approved_version: Option<u32>) -> Standing {
    Standing {
        state: "draft",
        words: match approved_version {
            Some(version) => format!("草稿（第 {version} 版已定版）"),
            None => "草稿".to_owned(),
        },
        waits_for: None,
        number: String::new(),
        approved_version,
    }
}

fn view(access: &Access, row: StoredRow, standings: &Standings) -> Result<RecordView, AppError> {
    let opened = registers::open(access.spec, row.body)?;
    let mut body = access.hides.masked(access.spec, opened.body);
    // Of no use to anybody but whoever would guess the token.
    if let Some(members) = body.as_object_mut().filter(|_| access.spec.key == "token") {
        members.remove("secret_hash");
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

/// Which rows are somebody's own: a vendor's by contract, an auditor's by audit, else by unit
/// or because they made them.
pub(crate) fn own_rows(who: &Principal, spec: &RegisterSpec, grants: &[&Grant]) -> Own {
    let mut own = Own::default();
    for grant in grants {
        match grant.role {
            Role::Vendor if spec.key == "contract" => own.rows.push(grant.contract.clone()),
            Role::Vendor if spec.field("contract").is_some() => {
                own.fields.push(("contract".to_owned(), grant.contract.clone()));
            }
            Role::Vendor => own.author = Some(who.id.clone()),
            Role::Auditor => {
                own.fields.push(("audit".to_owned(), grant.audit.clone()));
                own.author = Some(who.id.clone());
            }
            _ => {
                if !grant.unit.is_empty() && spec.field("unit").is_some() {
                    own.fields.push(("unit".to_owned(), grant.unit.clone()));
                }
                own.author = Some(who.id.clone());
            }
        }
    }
    own
}

/// A list's question in the store's words; filters name fields of the table only.
pub(crate) fn select_of(access: &Access, query: &ListQuery) -> Result<Select, AppError> {
    let spec = access.spec;
    let mut equal = Vec::new();
    for (key, text) in &query.equal {
        let Some(field) = spec.field(key) else {
            let known: Vec<&str> = spec.fields.iter().map(|f| f.key).collect();
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
        contains: query.contains.trim().to_owned(),
        after: query.after.clone(),
        unsearched: access.hides.keys(spec),
        own: access.own.clone(),
        withdrawn: query.withdrawn,
        ..Select::default()
    })
}
