//! Files that officers open in programs of their own.
//!
//! What: tables as spreadsheets. Why a crate: only this one writes file formats, and it knows
//! nothing but days: what is in a table is said by whoever hands it over. The same table gives
//! the same bytes, whenever it is written. What it can't know: the law, and who may see a row.

pub mod sheet;
