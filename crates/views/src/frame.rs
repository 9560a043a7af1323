//! What stands around every page of an agency, and what its places open with.

use serde::Serialize;

/// One of the few places that somebody may go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceLink {
    /// Its key: `today`, `year`…
    pub key: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Where it is, within the agency.
    pub path: &'static str,
}

/// An incident that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunningIncident {
    /// What happened, as whoever looks may see it.
    pub title: String,
    /// 第三級; empty where it is not graded.
    pub level: String,
    /// Where its record is, within the agency.
    pub path: String,
    /// The next clock: what is to be done; empty where none is known.
    pub clock: String,
    /// Until when.
    pub due: String,
    /// How long still, or how long ago.
    pub left: String,
    /// Whether that clock has run out.
    pub is_late: bool,
    /// Whether it is so urgent that every page says so.
    pub is_hot: bool,
}

/// What stands around every page of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameView {
    /// The places, in their order.
    pub places: Vec<PlaceLink>,
    /// Whether the settings are among what they may see.
    pub settings: bool,
    /// Whether they decide on anything at all.
    pub decides: bool,
    /// Whether they fill in forms about what the agency did.
    pub edits: bool,
    /// How many records wait for them.
    pub waiting: usize,
    /// Incidents that are not over, the most urgent first.
    pub running: Vec<RunningIncident>,
}
