//! Standards beside the law, and how their controls stand to the protection baseline.
//!
//! What: the identifiers of a standard's controls with short titles of our own, and a
//! crosswalk to rows of the baseline. Why apart from instruments: a standard binds nobody
//! by itself; an agency that is certified wants to see which evidence serves both. What it
//! can't know: the standard's text, which is not ours to keep, and whether a certifier
//! would agree with the crosswalk.

use crate::instrument::Certainty;
use serde::{Deserialize, Serialize};

/// A group of a standard's controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Key.
    pub key: String,
    /// Name.
    pub title: String,
}

/// One control: its identifier, and our words for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardControl {
    /// Identifier of the standard: `A.8.15`.
    pub id: String,
    /// Theme key.
    pub theme: String,
    /// Short title, ours.
    pub title: String,
}

/// How a standard's control stands to a row of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Both ask the same.
    Equal,
    /// The control asks less: the row holds it.
    Subset,
    /// The control asks more: it holds the row.
    Superset,
    /// They share a part.
    Intersects,
}

impl Relation {
    /// The mark that pages show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Equal => "相當",
            Self::Subset => "範圍較小",
            Self::Superset => "範圍較大，包含該列",
            Self::Intersects => "部分重疊",
        }
    }
}

/// One entry of a crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crossing {
    /// The standard's control.
    pub control: String,
    /// How it stands to each of the rows.
    pub relation: Relation,
    /// Rows of the baseline.
    pub rows: Vec<String>,
    /// How sure.
    pub certainty: Certainty,
    /// What else an officer should know.
    pub note: String,
}

/// A standard with its crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// Stable id, the folder's name.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Edition.
    pub edition: String,
    /// Other names.
    pub also: Vec<String>,
    /// What stands before a control's identifier in frameworks that others publish.
    pub prefixes: Vec<String>,
    /// Where this was taken from.
    pub source: String,
    /// How sure of the identifiers.
    pub certainty: Certainty,
    /// What must be known before it is relied on.
    pub note: String,
    /// Themes in their order.
    pub themes: Vec<Theme>,
    /// Controls in their order.
    pub controls: Vec<StandardControl>,
    /// The crosswalk, in the order of the file.
    pub crosswalk: Vec<Crossing>,
}

impl Standard {
    /// A control by its identifier.
    pub fn control(&self, id: &str) -> Option<&StandardControl> {
        self.controls.iter().find(|c| c.id == id)
    }

    /// The control that another's identifier names, by one of the known prefixes.
    pub fn named_by(&self, foreign: &str) -> Option<&StandardControl> {
        let lower = foreign.to_lowercase();
        let rest = self
            .prefixes
            .iter()
            .find_map(|p| lower.strip_prefix(p.as_str()))?;
        self.controls.iter().find(|c| c.id.to_lowercase() == rest)
    }

    /// The crosswalk's entries of a control.
    pub fn crossings(&self, control: &str) -> impl Iterator<Item = &Crossing> {
        self.crosswalk.iter().filter(move |c| c.control == control)
    }
}
