//! What the API answers where it is no view of its own: lists under their name, and who calls.

use app::{HistoryEntry, RecordView, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use views::{AgencyHead, DutyView, RegisterHead};

/// Whoever a token stands for.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    /// As the ledger names them.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are where.
    pub grants: Vec<Granted>,
}

/// What somebody is to one agency, and of what part of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Granted {
    /// The agency; a superior's also covers those below it.
    pub agency: String,
    /// The role.
    #[schemars(schema_with = "roles")]
    pub role: Role,
    /// The unit of a head or a member of staff; else empty.
    pub unit: String,
    /// A vendor's contract, by its id; else empty.
    pub contract: String,
    /// Whom a deputy stands for.
    pub stands_for: Option<String>,
}

/// The words of the roles.
fn roles(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Role::ALL.map(Role::word) })
}

/// Agencies with which the caller has something to do.
#[derive(Serialize, JsonSchema)]
pub(super) struct Agencies {
    /// By name.
    pub agencies: Vec<AgencyHead>,
}

/// Duties of an agency, each for its subject.
#[derive(Serialize, JsonSchema)]
pub(super) struct Duties {
    /// The duties.
    pub duties: Vec<DutyView>,
}

/// Records that wait for the caller's decision.
#[derive(Serialize, JsonSchema)]
pub(super) struct Waiting {
    /// The records.
    pub records: Vec<RecordView>,
}

/// Registers that the caller may read.
#[derive(Serialize, JsonSchema)]
pub(super) struct Registers {
    /// The registers.
    pub registers: Vec<RegisterHead>,
}

/// One page of a register.
#[derive(Serialize, JsonSchema)]
pub(super) struct RecordsPage {
    /// The records.
    pub records: Vec<RecordView>,
    /// How many there are in all, narrowed as asked.
    pub total: u64,
    /// After which id the next page begins; none on the last.
    pub next: Option<String>,
}

/// A record that was written; a token that is not for reading is told only that it was.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum SavedRecord {
    /// For who may read.
    Record(Box<RecordView>),
    /// For who may only write.
    Written(Written),
}

/// That a record was written: nothing of what stands in it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Written {
    /// Its register.
    pub register: &'static str,
    /// Its id.
    pub id: String,
    /// Its version, for the next change.
    pub version: u32,
    /// Where it stands, as in a record's `standing`.
    pub state: &'static str,
}

/// What happened to a record.
#[derive(Serialize, JsonSchema)]
pub(super) struct History {
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
}
