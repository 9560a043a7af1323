//! What cells say where there is nothing to say.
//!
//! What it can't know: whether an empty cell was forgotten or meant.

use crate::plan::model::{Mtpd, MtpdKind};

/// Cells that say that there is none.
const NONE: [&str; 14] = [
    "無",
    "-",
    "--",
    "N/A",
    "NA",
    "n/a",
    "不適用",
    "尚無",
    "/",
    "無系統",
    "無資通系統",
    "無核心系統",
    "本項無",
    "免填",
];

/// Whether a cell says that there is none.
pub(super) fn none_word(text: &str) -> bool {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .trim_end_matches('。')
        .to_owned();
    text.is_empty()
        || NONE.contains(&text.as_str())
        || text.starts_with("無核心資通系統")
        || text.starts_with("無(")
        || text.starts_with("無，")
        || text.starts_with("無,")
}

/// What an absent or empty cell is.
pub(super) fn missing() -> Mtpd {
    Mtpd {
        kind: MtpdKind::Missing,
        hours: None,
        text: String::new(),
    }
}
