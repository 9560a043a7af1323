//! The first day: a plan is handed in and looked at before anything is written, the agency is made,
//! and how its duties stand is taken stock of.
//!
//! Why previews are kept: what is confirmed is what was shown, by whom it was handed in, until it is
//! too old. What it can't know: who will sign in; people are invited elsewhere.

mod begin;
mod cities;
mod kept;
mod revise;
mod steps;
mod stocktake;

pub use begin::{Begin, BeginBare, begin_bare, confirm, preview};
pub use cities::{CENTRAL, city_choices, city_of};
pub use kept::{discard, hand_in, handed_in};
pub use revise::{adopt_handed_in, discard_revision, hand_in_revision, preview_revision, revision_file};
pub(crate) use steps::of as steps_of;
pub use steps::steps;
pub use stocktake::{Answer, STATES, stocktake, stocktake_answer, stocktake_sheet};
