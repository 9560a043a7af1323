//! Many agencies on one or more servers: PostgreSQL, and what speaks like it.
//!
//! What: the statements are those of every database; here is what only PostgreSQL has: addresses,
//! pools, one transaction an act, the second wall (row-level security by agency), its catalogue,
//! its tools. What it can't know: what the server does with what it acknowledged; `warnings` tells
//! where its settings say that it doesn't keep it.

pub(crate) mod address;
#[cfg(any(test, feature = "testing"))]
mod alone;
pub(crate) mod backup;
mod errors;
pub(crate) mod look;
mod open;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
mod texts;
mod values;
mod writer;

pub(crate) use errors::sorted;
pub(crate) use open::{Across, Postgres};
pub(crate) use texts::{put as put_texts, wrong_pairs};
pub(crate) use values::{ask, execute};
