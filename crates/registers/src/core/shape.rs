//! Values that have members of their own: a length of time as a paper states it, and a file.
//!
//! Why here and not with the registers that brought them: any register may have such a field.
//! What they can't know: whether the file is kept, and what it shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a maximum tolerable downtime is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MtpdKind {
    /// A length of time.
    Duration,
    /// Said not to be defined, or not to apply.
    Undefined,
    /// Left to somebody else.
    Deferred,
    /// Not stated.
    Missing,
}

/// 最大可容忍中斷時間 as the paper states it.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mtpd {
    /// How it is stated.
    pub kind: MtpdKind,
    /// In hours, where it is a length that converts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// As written.
    #[serde(default)]
    pub text: String,
}

impl Default for Mtpd {
    fn default() -> Self {
        Self {
            kind: MtpdKind::Missing,
            hours: None,
            text: String::new(),
        }
    }
}

/// A file that proves it; the file itself is kept by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The name it came with.
    pub name: String,
    /// Its size in bytes.
    #[serde(default)]
    pub size: u64,
    /// Its media type.
    #[serde(default)]
    pub media_type: String,
}
