//! The style sheet and the icon, from memory.
//!
//! Why the hash in the address: the file may be cached for ever, and a new program's
//! pages still never meet an old style sheet.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::error::Problem;

const CSS: &str = include_str!("../assets/fazun.css");
const ICON: &str = include_str!("../assets/fazun.svg");

/// FNV-1a: it tells versions apart and protects nothing.
const fn hash(text: &str, seed: u64) -> u64 {
    let mut bytes = text.as_bytes();
    let mut hash = seed;
    while let [first, rest @ ..] = bytes {
        hash = (hash ^ (*first as u64)).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    hash
}

const VERSION: u64 = hash(ICON, hash(CSS, 0xcbf2_9ce4_8422_2325));

/// Where the style sheet is.
pub(crate) fn css_href() -> String {
    format!("/assets/{VERSION:016x}/fazun.css")
}

/// Where the icon is.
pub(crate) fn icon_href() -> String {
    format!("/assets/{VERSION:016x}/fazun.svg")
}

/// GET /assets/{version}/{name}
pub(crate) async fn asset(Path((version, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let (kind, text) = match name.as_str() {
        "fazun.css" => ("text/css; charset=utf-8", CSS),
        "fazun.svg" => ("image/svg+xml", ICON),
        _ => return Err(Problem::not_found()),
    };
    if version != format!("{VERSION:016x}") {
        return Err(Problem::not_found());
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, text).into_response())
}
