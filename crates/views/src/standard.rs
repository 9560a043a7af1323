//! Standards: those beside the law with the rows of the baseline that map to their controls,
//! and the user's own with what their mappings lead to.

use serde::Serialize;

/// A row of the protection baseline, as one entry of a crosswalk shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossingView {
    /// Row id.
    pub row: String,
    /// Its measure.
    pub measure: String,
    /// What it asks in the edition shown; as it was last asked where that edition has no such row.
    pub demand: String,
    /// Asked from this grade on; empty where the edition shown has no such row.
    pub grade: String,
    /// `equal`, `subset`, `superset`, `intersects`: the control compared with the row.
    pub relation: String,
    /// That in words.
    pub relation_label: String,
    /// How sure, in words.
    pub certainty_label: String,
    /// What else an officer should know.
    pub note: String,
}

/// One control of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardControlView {
    /// Identifier of the standard.
    pub id: String,
    /// Short title, ours.
    pub title: String,
    /// Rows of the baseline that map; none where the baseline has nothing of it.
    pub rows: Vec<CrossingView>,
}

/// A group of controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardThemeView {
    /// Key.
    pub key: String,
    /// Name.
    pub title: String,
    /// Its controls.
    pub controls: Vec<StandardControlView>,
}

/// A standard with its crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardView {
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Other names.
    pub also: Vec<String>,
    /// Where this was taken from.
    pub source: String,
    /// How sure of the identifiers, in words.
    pub certainty_label: String,
    /// What must be known before it is relied on.
    pub caution: String,
    /// Edition of the baseline shown.
    pub edition: String,
    /// That edition's span in words.
    pub span: String,
    /// How many controls there are.
    pub count: usize,
    /// How many of them map to a row of that edition.
    pub mapped: usize,
    /// Controls by theme.
    pub themes: Vec<StandardThemeView>,
}

/// A standard in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardHead {
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// How many controls there are.
    pub count: usize,
}

/// A standard of the user's own, as the list has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnStandardHead {
    /// Slug, by which it is shown.
    pub slug: String,
    /// The publisher's identifier.
    pub identifier: String,
    /// Title.
    pub title: String,
    /// Version, as the file says.
    pub version: String,
    /// Who publishes it.
    pub publisher: String,
    /// Format, in words.
    pub format_label: String,
    /// `framework`, `mapping`, `profile`.
    pub kind: String,
    /// That in words.
    pub kind_label: String,
    /// The file's name.
    pub file_name: String,
    /// The file's hash.
    pub sha256: String,
    /// How many requirements and headings.
    pub requirements: u64,
    /// How many of them are answered.
    pub assessable: u64,
    /// How many mappings.
    pub mappings: u64,
    /// How often it was imported anew: 1 for the first time.
    pub edition: u32,
}

/// A requirement of a standard of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnRequirementView {
    /// Identifier.
    pub id: String,
    /// What people call it.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The one above.
    pub parent: Option<String>,
    /// How deep it stands, from 0.
    pub depth: usize,
    /// Title.
    pub title: String,
    /// What it asks.
    pub text: String,
    /// Whether it is answered itself.
    pub assessable: bool,
    /// Levels it belongs to.
    pub levels: Vec<String>,
    /// Line in the file.
    pub line: u32,
    /// What is wrong with it in the file, in words.
    pub faults: Vec<String>,
}

/// One side of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MappingSideView {
    /// Identifier, as the file has it.
    pub id: String,
    /// What it is: reference and title; the identifier where it is not known here.
    pub label: String,
    /// The standard it belongs to; empty where it is not known here.
    pub home: String,
    /// Rows of the protection baseline that it is or maps to.
    pub rows: Vec<CrossingView>,
}

/// A mapping between requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MappingView {
    /// Source.
    pub from: MappingSideView,
    /// Target.
    pub to: MappingSideView,
    /// `equal`, `subset`, `superset`, `intersects`, `not_related`: source compared with target.
    pub relation: String,
    /// That in words.
    pub relation_label: String,
    /// How strong, as the file says; 0 to 10.
    pub strength: Option<u8>,
    /// The imported file that says so, by its slug.
    pub said_by: String,
    /// What is wrong with it in the file, in words.
    pub faults: Vec<String>,
}

/// What a profile chooses from one catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectionView {
    /// The catalogue, as the file names it.
    pub href: String,
    /// Everything in it.
    pub all: bool,
    /// Chosen, by identifier.
    pub ids: Vec<String>,
    /// Chosen by pattern, as written.
    pub patterns: Vec<String>,
    /// Whether what stands below is chosen too.
    pub with_children: bool,
    /// But not these.
    pub excluded: Vec<String>,
    /// The imported framework that has most of them, by its slug.
    pub found_in: Option<String>,
    /// Chosen, but not there.
    pub missing: Vec<String>,
}

/// A standard of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnStandardView {
    /// Head.
    pub head: OwnStandardHead,
    /// Declared levels: id and name.
    pub levels: Vec<(String, String)>,
    /// Requirements in the order of the file.
    pub requirements: Vec<OwnRequirementView>,
    /// Mappings of this file, and of other imported files to or from its requirements.
    pub mappings: Vec<MappingView>,
    /// Choices of a profile.
    pub selections: Vec<SelectionView>,
    /// What the file says and was not taken over: line, pointer and words.
    pub notes: Vec<(u32, String, String)>,
    /// What is wrong with the file, which was taken all the same.
    pub faults: Vec<StandardFaultView>,
}

/// Something wrong with a standard's file that concerns one entry only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardFaultView {
    /// Line, from 1.
    pub line: u32,
    /// Place in the file's structure.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandardImport {
    /// `new`, `new_edition`, `unchanged`.
    pub outcome: String,
    /// What is now there.
    pub head: OwnStandardHead,
    /// What was not taken over: line, pointer and words.
    pub notes: Vec<(u32, String, String)>,
    /// What is wrong with the file, which was taken all the same.
    pub faults: Vec<StandardFaultView>,
}
