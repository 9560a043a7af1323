//! What an agency records: one file per register.
//!
//! What: each register's row as a type, its field table, its invariants, and the facts
//! its rows state; and the snapshot in which the facts of one agency come together.
//! Why typed in code but generic in presentation: a form, a list, an import and an API
//! all follow from the field table, while an invariant is ordinary Rust. What it can't
//! know: where rows are kept, who may see them, and whether what they say is true.
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
pub mod designation;
mod field;
pub mod person;
pub mod plan;
mod row;
mod snapshot;
pub mod standard;
pub mod system;

pub use field::{Field, FieldProblem, Kind, Sensitivity};
pub use row::{ReadError, RegisterSpec, Row, Stated, check, read};
pub use snapshot::{Problem, RowRef, snapshot};

static CATALOGUE: [RegisterSpec; 12] = [
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

/// Every register, in the order in which a page lists them.
pub fn catalogue() -> &'static [RegisterSpec] {
    &CATALOGUE
}

/// The register of that key.
pub fn register(key: &str) -> Option<&'static RegisterSpec> {
    CATALOGUE.iter().find(|spec| spec.key == key)
}
