//! Where the records of an agency stand: its routes and approvals, as a visit has them.
//!
//! Why approvals and not the records themselves: a draft goes on without touching what was
//! approved. What it can't know: who decides next as a person.

use super::record::{Standing, draft, standing};
use super::route::{Way, route_in};
use crate::AppError;
use crate::rows::Rows;
use crate::visit::Visit;
use registers::RegisterSpec;
use registers::basics::approval::Approval;
use std::collections::BTreeMap;
use store::{Select, StoredRow};

/// How a register's records become final in an agency; none where they need no approval.
pub(crate) fn route_of(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Option<Way>, AppError> {
    route_in(visit.corpus(), visit.rows(), spec)
}

/// The approval of a record, if it was ever sent on.
pub(crate) fn approval_row<'v>(visit: &'v Visit<'_>, spec: &RegisterSpec, id: &str) -> Option<&'v StoredRow> {
    visit.rows().there("approval", &approval_id(spec, id))
}

pub(crate) fn approval_id(spec: &RegisterSpec, id: &str) -> String {
    Approval::id(spec.key, id)
}

/// Where the records of a register stand, by row id.
pub(crate) fn standings(visit: &Visit<'_>, spec: &RegisterSpec) -> Result<Standings, AppError> {
    standings_in(visit, visit.rows(), spec)
}

/// Where the records of a register stood by some rows of the agency.
pub(crate) fn standings_in(
    visit: &Visit<'_>,
    rows: &Rows,
    spec: &RegisterSpec,
) -> Result<Standings, AppError> {
    if route_in(visit.corpus(), rows, spec)?.is_none() {
        return Ok(Standings::default());
    }
    // The id of an approval begins with the register that it is about.
    let of = Approval::id(spec.key, "");
    approvals(rows.standing("approval").filter(|r| r.row.starts_with(&of)))
}

/// Approvals by the rows that they are about.
fn approvals<'r>(rows: impl Iterator<Item = &'r StoredRow>) -> Result<Standings, AppError> {
    let mut by_row = BTreeMap::new();
    for row in rows {
        let approval = Approval::read(&row.body)?;
        by_row.insert(approval.row.clone(), approval);
    }
    Ok(Standings { asks: true, by_row })
}

/// Where one version of a record stands.
pub(crate) fn standing_of(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    (id, version): (&str, u32),
) -> Result<Standing, AppError> {
    let asks = route_of(visit, spec)?.is_some();
    let approval = approval_row(visit, spec, id).filter(|_| asks);
    let standings = approvals(approval.into_iter())?;
    Ok(Standings { asks, ..standings }.of(id, version))
}

/// Where some records of a register, or all, stood at an auditor's moment; now, where none.
pub(crate) async fn standings_at(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    ids: Option<&[&str]>,
    at: Option<u64>,
) -> Result<Standings, AppError> {
    if route_of(visit, spec)?.is_none() {
        return Ok(Standings::default());
    }
    let approval = |id: &&str| approval_id(spec, id);
    let rows: Vec<StoredRow> = match (at, ids) {
        (None, Some(ids)) => {
            let there = ids
                .iter()
                .filter_map(|id| visit.rows().there("approval", &approval(id)));
            there.cloned().collect()
        }
        (None, None) => return standings(visit, spec),
        (Some(_), _) => {
            let select = Select {
                equal: vec![("register".to_owned(), spec.key.to_owned())],
                among: ids.map(|ids| ids.iter().map(approval).collect()),
                at,
                ..Select::default()
            };
            visit.reads().list("approval", &select, u32::MAX).await?
        }
    };
    approvals(rows.iter())
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
        standing(approval, version)
    }
}
