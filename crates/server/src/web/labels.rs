//! Labels for assets, a sheet of them to be printed.
//!
//! Why a code with the record's address: whoever counts assets reads it instead of typing.
//! What it can't know: the paper; the sheet has three columns of eight.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::AssetLabel;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around a code: readers ask for four.
const QUIET: usize = 4;

/// A code as the path of an SVG image: side length, and its dark modules.
struct Code {
    side: usize,
    path: String,
}

fn code(text: &str) -> Option<Code> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (n % width + QUIET, n / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some(Code {
        side: width + 2 * QUIET,
        path,
    })
}

#[derive(Template)]
#[template(path = "labels.html")]
struct LabelsPage {
    page: Page,
    labels: Vec<(AssetLabel, Option<Code>)>,
    next: Option<String>,
}

/// GET /{org}/registers/asset/labels
pub(crate) async fn labels(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let after = day.query("after").unwrap_or_default().to_owned();
    let visit = enter(&state, &org, state.app.today()).await?;
    let (labels, next) = app::records::asset_labels(&visit, &after).await?;
    let labels = labels
        .into_iter()
        .map(|label| {
            let id = words::encode(&label.id);
            let code = code(&format!("/{org}/registers/asset/records/{id}"));
            (label, code)
        })
        .collect();
    let list = format!("/{org}/registers/asset");
    let page = Page::of_registers(&state, &visit, "registers", "資產標籤", day)?
        .under("登記簿", &format!("/{org}/registers"))
        .under("資產", &list);
    let next = next.map(|after| with(&format!("{list}/labels"), "after", &after));
    let page = LabelsPage { page, labels, next };
    show(StatusCode::OK, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_a_quiet_border() {
        let code = code("/atest/registers/asset/records/atest-r1").unwrap();
        assert!(code.side >= 21 + 2 * QUIET);
        // The upper left corner of every code is dark.
        assert!(code.path.starts_with("M4 4h1v1h-1z"));
    }
}
