//! 體檢: everything missing or inconsistent, each with the link that mends it.
//!
//! What it can't know: what a finding means; the application's words are shown as they are.

use super::page::{Page, enter, show};
use crate::AppState;
use crate::day::Day;
use crate::error::Problem;
use crate::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;
use views::{Xray, XrayItem};

/// Findings of one severity: its word, and those of each register.
struct Severity {
    rank: u8,
    word: String,
    registers: Vec<(String, Vec<XrayItem>)>,
    count: usize,
}

#[derive(Template)]
#[template(path = "xray.html")]
struct XrayPage {
    page: Page,
    severities: Vec<Severity>,
    looked_at: u64,
    /// Registers with records.
    filled: BTreeSet<String>,
}

impl XrayPage {
    /// Where a finding is mended.
    fn mend(&self, item: &XrayItem) -> String {
        let register = format!("registers/{}", item.register);
        let target = match (item.id.as_str(), item.field.as_str()) {
            // What is said of many records is mended in their list.
            ("", _) if self.filled.contains(&item.register) => register,
            ("", _) => format!("{register}/new"),
            (id, "") => format!("{register}/records/{}", words::encode(id)),
            (id, field) => format!("{register}/records/{}/edit#f-{field}", words::encode(id)),
        };
        self.page.org(target)
    }

    fn verb(&self, item: &XrayItem) -> &'static str {
        match (item.id.as_str(), item.field.as_str()) {
            ("", _) if self.filled.contains(&item.register) => "看清單",
            ("", _) => "新增",
            (_, "") => "開啟紀錄",
            _ => "補正",
        }
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unused_self,
        reason = "templates ask the page"
    )]
    fn colour(&self, rank: &u8) -> &'static str {
        match rank {
            0 => "not_met",
            1 => "unknown",
            _ => "not_applicable",
        }
    }
}

fn grouped(xray: Xray) -> Vec<Severity> {
    let mut severities: Vec<Severity> = Vec::new();
    for item in xray.items {
        let at = severities.iter().position(|s| s.rank == item.rank);
        if at.is_none() {
            severities.push(Severity {
                rank: item.rank,
                word: item.severity.clone(),
                registers: Vec::new(),
                count: 0,
            });
        }
        let Some(severity) = severities.iter_mut().find(|s| s.rank == item.rank) else {
            continue;
        };
        severity.count += 1;
        match severity
            .registers
            .iter_mut()
            .find(|(title, _)| *title == item.title)
        {
            Some((_, items)) => items.push(item),
            None => severity.registers.push((item.title.clone(), vec![item])),
        }
    }
    severities
}

/// GET /{org}/xray
pub(crate) async fn xray(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
) -> Result<Response, Problem> {
    let visit = enter(&state, &org, state.app.today()).await?;
    let xray = app::xray::xray(&visit).await?;
    let index = app::records::register_index(&visit).await?;
    let filled = index.into_iter().filter(|h| h.count > 0).map(|h| h.key);
    let looked_at = xray.looked_at;
    let page = XrayPage {
        page: Page::of_registers(&state, &visit, "xray", "體檢", day)?,
        filled: filled.collect(),
        severities: grouped(xray),
        looked_at,
    };
    show(StatusCode::OK, &page)
}
