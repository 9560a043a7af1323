//! What every register is made of; it knows none of them.
//!
//! Why a folder with arrows in one direction: a register's file reads downwards only, and what
//! is here can be understood without any of them. In this order, each by those before it:
//! `field`, `text`, `shape`, `value` (a field and what it holds); `place`, `record`, `spec` (a
//! register, a row seen through its table); `checks` (what many registers judge); `form`
//! (versions), `stored` (a row as it is handed in), `table` and `row` (from a body to a row), `upgrade` (what newer forms make of
//! older bodies), `promote` (what lists go by).

pub(crate) mod checks;
pub(crate) mod examine;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod place;
pub(crate) mod promote;
pub(crate) mod record;
pub(crate) mod row;
pub(crate) mod shape;
pub(crate) mod spec;
pub(crate) mod stored;
mod table;
pub(crate) mod text;
pub(crate) mod upgrade;
pub(crate) mod value;

pub(crate) use examine::{Check, Lapse};
pub(crate) use field::{EVIDENCE, Field, FieldProblem, Kind, NOTE, Sensitivity};
pub(crate) use place::{Flow, Group, Hand, Page, Reach};
pub(crate) use record::{Book, Grade, Record, found, within};
pub(crate) use spec::{Alter, Bound, Ends, Gap, Limit, Proof, Raise, RegisterSpec, Renewal, Tally};
