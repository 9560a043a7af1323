//! What an agency records: one file per register.
//!
//! What: each register's field table, its invariants, the facts its rows state and the
//! duties they prove; and the snapshot in which the facts of one agency come together.
//! Why typed in code but generic in presentation: a form, a list, an import and an API
//! all follow from the field table, while an invariant is ordinary Rust. Registers whose
//! rows state facts have a type of their own; the rest are read through their table
//! ([`Record`]). What it can't know: where rows are kept, who may see them, the law's
//! limits, and whether what rows say is true.
//!
//! To add a register: its file in its group's folder, a line in that folder's `ALL`, its
//! samples under `samples/registers`.

pub mod access;
pub mod activity;
pub mod adoption;
pub mod agency;
pub mod appointment;
pub mod asset;
pub mod assets;
pub mod audit;
pub mod basics;
pub mod business;
mod checks;
pub mod contract;
pub mod designation;
pub mod documents;
pub mod entry;
mod field;
pub mod incidents;
pub mod operations;
pub mod organisation;
pub mod outsourcing;
pub mod people;
pub mod person;
pub mod plan;
mod proof;
mod record;
pub mod risk;
mod row;
mod snapshot;
mod spec;
pub mod standard;
pub mod system;
pub mod systems;

pub use field::{EVIDENCE, Field, FieldProblem, Kind, NOTE, Sensitivity};
pub use proof::{approvals, approved};
pub use record::{Book, BookRow, Record, found, within};
pub use row::{ReadError, Row, Stated, check, plain, read};
pub use snapshot::{Problem, RowRef, snapshot};
pub use spec::{Bound, Gap, Group, Limit, Proof, Raise, Reach, RegisterSpec, Severity};

use std::collections::HashMap;
use std::sync::LazyLock;

/// Registers whose rows state facts, and so have a type.
const TYPED: &[RegisterSpec] = &[
    agency::SPEC,
    designation::SPEC,
    plan::SPEC,
    business::SPEC,
    system::SPEC,
    asset::SPEC,
    appointment::SPEC,
    person::SPEC,
    adoption::SPEC,
    contract::SPEC,
    activity::SPEC,
    standard::SPEC,
];

static CATALOGUE: LazyLock<Vec<RegisterSpec>> = LazyLock::new(|| {
    let groups = [
        TYPED,
        organisation::ALL,
        documents::ALL,
        systems::ALL,
        assets::ALL,
        risk::ALL,
        access::ALL,
        operations::ALL,
        people::ALL,
        outsourcing::ALL,
        audit::ALL,
        incidents::ALL,
        basics::ALL,
    ];
    let mut all: Vec<RegisterSpec> = groups.concat();
    // Stable: within a group the order of the lists above stays.
    all.sort_by_key(|spec| spec.group);
    all
});

static BY_KEY: LazyLock<HashMap<&'static str, &'static RegisterSpec>> =
    LazyLock::new(|| catalogue().iter().map(|spec| (spec.key, spec)).collect());

/// Every register, in the order in which a page lists them.
pub fn catalogue() -> &'static [RegisterSpec] {
    &CATALOGUE
}

/// The register of that key.
pub fn register(key: &str) -> Option<&'static RegisterSpec> {
    BY_KEY.get(key).copied()
}
