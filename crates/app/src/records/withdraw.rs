//! Taking a record back: its history stays, lists no longer show it.
//!
//! Why what others refer to can't be taken back: their words would name nothing. What it
//! can't know: whether the reason is a good one; it stays in the record's history.

use super::change::{refuse_system, stale};
use super::names::{self, Eyes};
use super::standings::{approval_id, approval_row, standing_of};
use super::{remarks, second};
use crate::AppError;
use crate::commit::Draft;
use crate::compiled::compiled_once;
use crate::ids::RowId;
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use serde_json::Value;
use store::{Holds, NewRow, StoreError, Unmoved};

/// A row that refers to another.
pub(super) struct Referring {
    spec: &'static RegisterSpec,
    row: String,
    name: String,
}

impl Referring {
    fn of(spec: &'static RegisterSpec, record: &registers::Record<'_>) -> Self {
        Self {
            spec,
            row: record.id.to_owned(),
            name: record.name().to_owned(),
        }
    }
}

/// Registers that can refer to rows of a register.
pub(super) fn referring(spec: &RegisterSpec) -> Vec<&'static str> {
    let refers = |f: &registers::Field| {
        f.kind == registers::Kind::Reference(spec.key) || f.kind == registers::Kind::References(spec.key)
    };
    let others = registers::catalogue()
        .iter()
        .filter(|o| o.fields.iter().any(refers));
    others.map(|o| o.key).collect()
}

/// Takes a record back: its history stays, lists no longer show it.
///
/// # Errors
/// Where the asker may not, other rows refer to it, or somebody else was faster.
#[compiled_once]
pub async fn withdraw(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (id, seen): (&RowId, Option<u32>),
    reason: &str,
) -> Result<(), AppError> {
    let access = visit.may(act::Withdraw, spec)?;
    let id = id.as_str();
    refuse_system(spec)?;
    if spec.key == "evidence" || spec.key == "agency" {
        return Err(AppError::bad_input(
            format!("「{}」不能註銷", spec.title),
            if spec.key == "agency" {
                "請改為修改其內容"
            } else {
                "佐證只能以新檔取代：請登錄新的佐證並選取所取代者"
            },
        ));
    }
    if reason.trim().is_empty() {
        return Err(AppError::bad_input("註銷須有理由", "請填寫理由，例如：重複登錄"));
    }
    let row = access.visible(id).await?;
    if let Some(seen) = seen
        && seen != row.version
    {
        return Err(stale(spec, seen, row.version));
    }
    second::not_ones_own(visit, spec, id, &Value::Null)?;
    let approval = approval_row(visit, spec, id);
    let standing = standing_of(visit, spec, (id, row.version))?;
    if standing.state == "submitted" || standing.approved_version.is_some() {
        return Err(AppError::conflict(
            "簽核中或已定版的紀錄不能註銷",
            "簽核中者請先撤回；已定版者請修改後重新送簽",
        ));
    }
    if let Some(other) = referring_to(visit, spec, id).await? {
        let other = told(visit, other).await?;
        return Err(AppError::conflict(
            format!("「{other}」仍引用這筆紀錄"),
            "請先更正引用它的紀錄，再註銷",
        ));
    }
    let rows = vec![
        NewRow {
            register: spec.key.to_owned(),
            row: id.to_owned(),
            expected_version: row.version,
            body: Value::Null,
        },
        remarks::remark(
            visit,
            spec,
            id,
            row.version,
            "comment",
            &format!("註銷：{reason}"),
        ),
    ];
    // Nobody may refer to it, or send it on, while it goes.
    let version = approval.map_or(0, |a| a.version);
    let holds = Holds {
        rows: vec![("approval".to_owned(), approval_id(spec, id), version)],
        unmoved: referring(spec)
            .into_iter()
            .map(|register| Unmoved {
                register: register.to_owned(),
                naming: id.to_owned(),
                ..Unmoved::default()
            })
            .collect(),
        since: visit.reads().position(),
    };
    let mut draft = Draft::of(&format!("{}.withdraw", spec.key), rows);
    draft.holds = holds;
    let gone = access.commit(draft).await.map(|_| ());
    gone.map_err(|error| match error {
        AppError::Store(StoreError::Moved { .. }) => AppError::conflict(
            "剛有人登錄了引用這筆紀錄的資料，沒有註銷",
            "請先更正引用它的紀錄，再註銷",
        ),
        error => error,
    })
}

/// A row of another register as somebody may hear of it: with its name, where they may see that.
pub(super) async fn told(visit: &Visit<'_>, other: Referring) -> Result<String, AppError> {
    let Referring { spec, row, name } = other;
    let access = visit.rights(act::Read, spec).ok();
    let seen = match &access {
        Some(access) => access.seen(&row).await?.is_some(),
        None => false,
    };
    let sight = names::sight(visit, Eyes::Theirs, spec).await?;
    let name = sight.masked(&row, &name).unwrap_or(name);
    Ok(if seen {
        format!("{}：{name}", spec.title)
    } else {
        spec.title.to_owned()
    })
}

/// A row of the agency that refers to one of these, by what names it. One pass over each
/// register that can.
pub(super) async fn referring_to_any(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    ids: &std::collections::BTreeSet<&str>,
) -> Result<Option<Referring>, AppError> {
    for other in registers::catalogue() {
        let refers = |f: &&registers::Field| {
            f.kind == registers::Kind::Reference(spec.key) || f.kind == registers::Kind::References(spec.key)
        };
        let fields: Vec<_> = other.fields.iter().filter(refers).collect();
        if fields.is_empty() || ids.is_empty() {
            continue;
        }
        let mut select = store::Select::default();
        loop {
            let rows = visit
                .reads()
                .list(other.key, &select, super::bulk::READ_AT_ONCE)
                .await?;
            let Some(last) = rows.last() else {
                break;
            };
            select.after.clone_from(&last.row);
            for row in rows.iter().filter(|r| !ids.contains(r.row.as_str())) {
                let body = registers::open_ref(other, &row.body)?;
                let record = registers::Record::new(other, &row.row, &body);
                let named = fields.iter().any(|f| {
                    ids.contains(record.text(f.key)) || record.list(f.key).iter().any(|i| ids.contains(i))
                });
                if named {
                    return Ok(Some(Referring::of(other, &record)));
                }
            }
        }
    }
    Ok(None)
}

/// A row of the agency that refers to this one, by what names it.
async fn referring_to(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    id: &str,
) -> Result<Option<Referring>, AppError> {
    for other in registers::catalogue() {
        for field in other.fields {
            let single = field.kind == registers::Kind::Reference(spec.key);
            let several = field.kind == registers::Kind::References(spec.key);
            if !single && !several {
                continue;
            }
            if !other.bulk {
                for row in visit.rows().standing(other.key) {
                    let body = registers::open_ref(other, &row.body)?;
                    let record = registers::Record::new(other, &row.row, &body);
                    if record.text(field.key) == id || record.list(field.key).contains(&id) {
                        return Ok(Some(Referring::of(other, &record)));
                    }
                }
                continue;
            }
            let select = store::Select {
                // A field that names several holds each of them.
                equal: vec![(field.key.to_owned(), id.to_owned())],
                contains: store::Text::default(),
                ..store::Select::default()
            };
            if let Some(row) = visit.reads().list(other.key, &select, 1).await?.first() {
                let body = registers::open_ref(other, &row.body)?;
                let record = registers::Record::new(other, &row.row, &body);
                return Ok(Some(Referring::of(other, &record)));
            }
        }
    }
    Ok(None)
}
