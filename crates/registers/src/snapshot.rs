//! One agency's rows come together as the snapshot that is assessed.
//!
//! Why all or nothing: a row that can't be read might hold the fact that decides; a
//! snapshot without it would look complete. What it can't know: rows of registers that
//! are not in the catalogue; they state no facts and are passed over, as are withdrawn
//! rows (a body `null`).

use crate::activity::Activity;
use crate::adoption::Adoption;
use crate::agency::Agency;
use crate::appointment::Appointment;
use crate::catalogue::register;
use crate::contract::Contract;
use crate::core::row::{Row, Stated, read};
use crate::core::stored::{Finds, Problem, RowRef};
use crate::designation::{self, Designation};
use crate::plan::Plan;
use crate::proof::{self, Told};
use crate::stocktake::Stocktake;
use crate::system::{self, System};
use facts::{Snapshot, Source};
use std::collections::BTreeSet;

/// The snapshot of an agency from the latest version of each of its rows.
///
/// Records of the registers in `asking` prove something only in the version that was approved.
///
/// # Errors
/// Every row that can't be read, or that there is no agency.
pub fn snapshot(
    agency_id: &str,
    rows: &[RowRef<'_>],
    position: u64,
    asking: &BTreeSet<&str>,
) -> Result<Snapshot, Vec<Problem>> {
    snapshot_by(register, agency_id, rows, position, asking)
}

/// Registers whose rows can contradict each other, or without which there is no snapshot: what
/// [`snapshot`] finds wrong in any other follows from that row alone.
pub const CONTRADICTING: [&str; 2] = [Agency::SPEC.key, Designation::SPEC.key];

/// As [`snapshot`], where rows are of other registers than those that are shipped.
///
/// # Errors
/// As [`snapshot`].
pub fn snapshot_by(
    finds: Finds,
    agency_id: &str,
    rows: &[RowRef<'_>],
    position: u64,
    asking: &BTreeSet<&str>,
) -> Result<Snapshot, Vec<Problem>> {
    let mut problems = Vec::new();
    let agencies = all::<Agency>(rows, &mut problems);
    let designations = all::<Designation>(rows, &mut problems);
    let plans = all::<Plan>(rows, &mut problems);
    let appointments = all::<Appointment>(rows, &mut problems);
    let activities = all::<Activity>(rows, &mut problems);
    let adoptions = all::<Adoption>(rows, &mut problems);
    let contracts = all::<Contract>(rows, &mut problems);
    let stocktakes = all::<Stocktake>(rows, &mut problems);
    let mut systems = all::<System>(rows, &mut problems);
    for system in &mut systems {
        system.source.line = system.row.line;
    }
    let levels = designation::facts(&designations).unwrap_or_else(|found| {
        problems.extend(found);
        Vec::new()
    });
    // The agency's own row has its id; an import may have made it under another.
    let agency = agencies
        .iter()
        .find(|a| a.source.row == agency_id)
        .or(match agencies.as_slice() {
            [only] => Some(only),
            _ => None,
        });
    let mut told = Told {
        done: activities.iter().map(Stated::<Activity>::done).collect(),
        ..Told::default()
    };
    problems.extend(proof::collect(finds, rows, asking, &mut told));
    let Some(agency) = agency.filter(|_| problems.is_empty()) else {
        if problems.is_empty() {
            problems.push(Problem {
                register: Agency::SPEC.key.to_owned(),
                row: agency_id.to_owned(),
                message: "尚未登錄機關基本資料，請先填寫「機關基本資料」".to_owned(),
            });
        }
        return Err(problems);
    };
    let mut facts = agency.facts();
    facts.extend(levels);
    facts.extend(system::has_core(&systems, agency));
    facts.extend(system::has_non_core(&systems, agency));
    facts.extend(plans.iter().map(Stated::<Plan>::facts));
    facts.extend(appointments.iter().filter_map(Stated::<Appointment>::facts));
    Ok(Snapshot {
        agency: agency_id.to_owned(),
        name: agency.row.name.clone(),
        position,
        records_from: agency.row.records_from,
        facts,
        done: told.done,
        events: told.events,
        counted: told.counted,
        exempt: told.exempt,
        delegated: told.delegated,
        altered: told.altered,
        checked: told.checked,
        declared: stocktakes
            .iter()
            .map(|row| row.declared(agency.row.stocktake_until))
            .collect(),
        systems: systems.iter().map(Stated::<System>::system_facts).collect(),
        adopted: adoptions.iter().map(Stated::<Adoption>::adopted).collect(),
        contracts: contracts.iter().map(Stated::<Contract>::contract_facts).collect(),
    })
}

/// Every row of one register, by id, so that the order of the input doesn't matter.
fn all<R: Row>(rows: &[RowRef<'_>], problems: &mut Vec<Problem>) -> Vec<Stated<R>> {
    let mut of_register: Vec<&RowRef<'_>> = rows
        .iter()
        .filter(|r| r.register == R::SPEC.key && !r.body.is_null())
        .collect();
    of_register.sort_by_key(|r| r.row);
    let mut stated = Vec::with_capacity(of_register.len());
    for r in of_register {
        match read::<R>(r.body) {
            Ok(row) => stated.push(Stated {
                row,
                source: Source {
                    register: r.register.to_owned(),
                    row: r.row.to_owned(),
                    version: r.version,
                    line: None,
                },
            }),
            Err(error) => problems.push(Problem::of(r, &error)),
        }
    }
    stated
}
