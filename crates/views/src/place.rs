//! A place of the menu as it opens: how it stands, what is due from it, then its lists.

use crate::{AgencyHead, Group, MonthView, RegisterHead};
use serde::Serialize;

/// One way on from a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Onward {
    /// What is there.
    pub title: String,
    /// What it says of it.
    pub text: String,
    /// Where, within the agency.
    pub path: String,
}

/// Registers of a place that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterGroup {
    /// What they are of.
    pub title: String,
    /// Those that the agency needs: duties rest on them, or they hold records.
    pub needed: Vec<RegisterHead>,
    /// The others.
    pub others: Vec<RegisterHead>,
}

/// A place of the menu.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceView {
    /// The agency.
    pub agency: AgencyHead,
    /// What it is called.
    pub title: &'static str,
    /// How it stands, in a sentence.
    pub sentence: String,
    /// What is due from it; none for whoever may not see the duties.
    pub due: Option<Group>,
    /// The year, where the place is about it.
    pub months: Vec<MonthView>,
    /// What somebody's own unit has still to do.
    pub todo: Vec<Onward>,
    /// Ways on.
    pub onward: Vec<Onward>,
    /// Ways on that are seldom taken.
    pub seldom: Vec<Onward>,
    /// Its registers.
    pub groups: Vec<RegisterGroup>,
}
