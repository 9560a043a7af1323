//! A table as a spreadsheet.
//!
//! What: ODS, XLSX and CSV with the same rows; [`collectors`' reader] gives back what was
//! written. Text is always written as text, so that no program runs it as a formula; days are
//! days, shown by ROC year. Why a key in a hidden place: a file that comes back tells which
//! table it is. What it can't know: what an officer's program makes of it.
//!
//! [`collectors`' reader]: ../../collectors/sheet/index.html

mod csv;
mod model;
mod ods;
mod parts;
mod xlsx;
mod xml;

pub use csv::csv;
pub use model::{Column, DocumentError, Table, Value};
pub use ods::ods;
pub use xlsx::xlsx;
