//! Readers of what an agency already has: one folder per source.
//!
//! What: every source is a pure function from bytes to values, each value with the
//! line it came from, and a list of what could not be read. Why: an officer must be
//! able to open the source at that line and agree. What it can't know: the law. A
//! collector says what a document says; whether that is enough is judged elsewhere.

mod archive;
pub mod cites;
pub mod plan;
pub mod sheet;
pub mod standards;
pub mod text;
pub mod work;

pub use cites::{Citations, Cited, citations, citations_within, renumbered};
pub use plan::{parse, parse_within};
pub use text::{Corrected, Edit, PlanError, Spot, Text, TextLine, correct, edited, extract, extract_within};
pub use work::{Stop, StopOnDrop, Work};
