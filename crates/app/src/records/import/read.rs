//! From a file to lines under a header: streamed, and refused where it is of something else.
//!
//! Why the header is looked for: officers' own files begin with titles, merged cells and
//! two rows of headings. What it can't know: what a heading nobody uses means.

use super::super::export::{ID, VERSION};
use crate::AppError;
use collectors::sheet::table::{HEAD_ROWS, Header, Known, find_header};
use collectors::sheet::{Cell, Limits, SheetRow, read_within};
use collectors::work::{SHEET, Stop, Work};
use registers::RegisterSpec;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// How many lines between two signs of progress.
pub(super) const STEP: u64 = 1_000;

/// A sheet read through, each line handed on.
pub(super) struct Through {
    pub(super) opened: collectors::sheet::Opened,
    pub(super) header: Header,
}

fn known(spec: &'static RegisterSpec) -> Vec<Known<'static>> {
    let own = [ID, VERSION].map(|(key, label)| Known {
        key,
        label,
        synonyms: &[],
    });
    let fields = spec.fields.iter().map(|f| Known {
        key: f.key,
        label: f.label,
        synonyms: f.synonyms,
    });
    own.into_iter().chain(fields).collect()
}

fn other_register(spec: &RegisterSpec, first: &[SheetRow]) -> AppError {
    let looks_like = registers::catalogue()
        .iter()
        .filter(|other| other.key != spec.key)
        .filter_map(|other| {
            let header = find_header(first, &known(other), &BTreeMap::new())?;
            let hits = header.columns.iter().flatten().count();
            Some((hits, other.title))
        })
        .max_by_key(|(hits, _)| *hits)
        .filter(|(hits, _)| *hits >= 3);
    let seen = looks_like.map_or_else(String::new, |(_, title)| format!("，看起來像「{title}」"));
    AppError::bad_input(
        format!("在前幾列找不到「{}」的表頭{seen}", spec.title),
        "請確認檔案與工作表，或先下載空白表，依其表頭填寫",
    )
}

/// Whether a line says anything, where the register tells by which field it would.
fn answers(by: Option<&str>, header: &Header, row: &SheetRow) -> bool {
    let Some(column) = by.and_then(|by| header.columns.iter().position(|c| c.as_deref() == Some(by))) else {
        return true;
    };
    match row.cells.get(column).unwrap_or(&Cell::Empty) {
        Cell::Empty => false,
        Cell::Text(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// Rows on their way from the file to whoever takes them, once the header is known.
struct Feed<'a> {
    known: Vec<Known<'static>>,
    saved: &'a BTreeMap<String, String>,
    first: Vec<SheetRow>,
    header: Option<Header>,
    is_other: bool,
    answered_by: Option<&'static str>,
    each: &'a mut dyn FnMut(&Header, SheetRow),
}

impl Feed<'_> {
    fn push(&mut self, row: SheetRow) -> ControlFlow<()> {
        if let Some(header) = &self.header {
            if answers(self.answered_by, header, &row) {
                (self.each)(header, row);
            }
            return ControlFlow::Continue(());
        }
        self.first.push(row);
        if self.first.len() >= HEAD_ROWS {
            self.settle();
        }
        if self.is_other {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Finds the header among the first rows, and hands on those below it.
    fn settle(&mut self) {
        match find_header(&self.first, &self.known, self.saved) {
            None => self.is_other = true,
            Some(header) => {
                for row in std::mem::take(&mut self.first) {
                    if row.number > header.rows.1 && answers(self.answered_by, &header, &row) {
                        (self.each)(&header, row);
                    }
                }
                self.header = Some(header);
            }
        }
    }
}

pub(super) fn read_through(
    spec: &'static RegisterSpec,
    saved: &BTreeMap<String, String>,
    (name, bytes, sheet): (&str, &[u8], Option<&str>),
    stop: &Stop,
    each: &mut dyn FnMut(&Header, SheetRow),
) -> Result<Through, AppError> {
    let mut feed = Feed {
        known: known(spec),
        saved,
        first: Vec::new(),
        header: None,
        is_other: false,
        answered_by: spec.answered_by,
        each,
    };
    let work = Work::new(&SHEET, bytes.len(), stop.clone());
    let mut each = |row| feed.push(row);
    let opened = read_within(name, bytes, sheet, &Limits::default(), &work, &mut each)?;
    if let Some(key) = opened.hidden_key.as_deref().filter(|key| *key != spec.key) {
        let title = registers::register(key).map_or("其他登記簿", |r| r.title);
        return Err(AppError::bad_input(
            format!("這是由「{title}」匯出的檔案，不是「{}」", spec.title),
            format!("請改匯入至「{title}」，或選擇正確的檔案"),
        ));
    }
    if feed.header.is_none() && !feed.is_other {
        feed.settle();
    }
    match feed.header {
        Some(header) => Ok(Through { opened, header }),
        None => Err(other_register(spec, &feed.first)),
    }
}
