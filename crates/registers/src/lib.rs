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
//! Arrows go one way: [`core`] knows no register; a register's file knows `core` and, where it must,
//! the file of another; the catalogue knows them all; `entry`, `proof`, `snapshot`, `upgrade` and
//! `reference` read rows by the catalogue.
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
mod catalogue;
pub mod contract;
mod core;
pub mod designation;
pub mod documents;
pub mod entry;
pub mod incidents;
pub mod operations;
pub mod organisation;
pub mod outsourcing;
pub mod people;
pub mod person;
pub mod plan;
mod proof;
mod reference;
pub mod risk;
mod snapshot;
pub mod standard;
pub mod stocktake;
pub mod system;
pub mod systems;
mod upgrade;

pub use catalogue::{catalogue, check_of, register};
pub use core::examine::{Check, Lapse};
pub use core::field::{EVIDENCE, Field, FieldProblem, Kind, NOTE, Sensitivity};
pub use core::form::{Opened, ReadError, open, open_ref};
pub use core::place::{Flow, Group, Hand, Page, Reach};
pub use core::promote::{
    PROMOTION, Promoted, PromotedValue, SHORT, is_filtered_by, is_short, promoted, searchable,
    searchable_fields,
};
pub use core::record::{Book, BookRow, Grade, Record, Table, found, within};
pub use core::row::{Row, Stated, check, read};
pub use core::spec::{
    Alter, Bound, Ends, Gap, Gaps, Limit, Proof, Raise, RegisterSpec, Renewal, Rules, Severity, Tally, Typed,
    Upcast,
};
pub use core::stored::{Finds, Problem, RowRef};
pub use core::text::plain;
pub use core::upgrade::{Upgrade, upgrade};
pub use proof::approved;
pub use reference::reference;
pub use snapshot::{CONTRADICTING, snapshot, snapshot_by};
pub use upgrade::{OlderRow, Upgrades, upgrades, upgrades_by};
