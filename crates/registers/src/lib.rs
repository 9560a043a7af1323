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
//! To add a register: its file, a line in [`catalogue`], its samples under
//! `samples/registers`.

pub mod activity;
pub mod adoption;
pub mod agency;
pub mod appointment;
pub mod asset;
pub mod business;
pub mod contract;
pub mod corrective;
pub mod designation;
pub mod entry;
mod field;
pub mod person;
pub mod plan;
mod record;
pub mod remote_permit;
mod row;
mod snapshot;
mod spec;
pub mod standard;
pub mod system;

pub use field::{EVIDENCE, Field, FieldProblem, Kind, NOTE, Sensitivity};
pub use record::{Book, BookRow, Record, found, within};
pub use row::{ReadError, Row, Stated, check, read};
pub use snapshot::{Problem, RowRef, snapshot};
pub use spec::{Bound, Gap, Group, Limit, Proof, Reach, RegisterSpec, Severity};

static CATALOGUE: [RegisterSpec; 14] = [
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
    remote_permit::SPEC,
    corrective::SPEC,
];

/// Every register, in the order in which a page lists them.
pub fn catalogue() -> &'static [RegisterSpec] {
    &CATALOGUE
}

/// The register of that key.
pub fn register(key: &str) -> Option<&'static RegisterSpec> {
    CATALOGUE.iter().find(|spec| spec.key == key)
}
