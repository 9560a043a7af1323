//! A register as a spreadsheet: what is written can be read back without loss.
//!
//! Why ids and versions are columns: a file that comes back changes the rows it came from,
//! even where two have the same name. What it can't know: what an officer's program makes
//! of it before it comes back.

use super::access::{ListQuery, select_of};
use super::disclosure::{Taken, disclose};
use super::names::{self, Eyes, NameBook};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::AgencyId;
use crate::visit::{Access, Visit, act};
use documents::sheet::{Column, Table, Value as Cell};
use registers::{Field, Kind, RegisterSpec};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::StoredRow;

/// The column with a row's id.
pub(crate) const ID: (&str, &str) = ("_id", "系統編號");
/// The column with the version that was exported.
pub(crate) const VERSION: (&str, &str) = ("_version", "系統版本");

/// A format of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// OpenDocument: the government's format.
    Ods,
    /// Office Open XML.
    Xlsx,
    /// Text with commas.
    Csv,
}

impl ListFormat {
    /// The format of a file name's ending.
    pub fn of(ending: &str) -> Option<Self> {
        match ending {
            "ods" => Some(Self::Ods),
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// The file name's ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Ods => "ods",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A file to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
}

pub(crate) fn write_sheet(
    format: ListFormat,
    table: &Table,
    rows: &mut dyn Iterator<Item = Vec<Cell>>,
) -> Result<Vec<u8>, AppError> {
    let written = match format {
        ListFormat::Ods => documents::sheet::ods(table, rows),
        ListFormat::Xlsx => documents::sheet::xlsx(table, rows),
        ListFormat::Csv => documents::sheet::csv(table, rows),
    };
    written.map_err(|e| AppError::bad_input(e.to_string(), "請改用其他格式，或縮小範圍後再匯出"))
}

fn width(field: &Field) -> u16 {
    match field.kind {
        Kind::LongText | Kind::Evidence | Kind::Json => 40,
        Kind::Text | Kind::List | Kind::Reference(_) | Kind::References(_) => 22,
        _ => 14,
    }
}

fn choices(field: &Field) -> Vec<String> {
    match field.kind {
        Kind::Choice(choices) => choices.iter().map(|(_, shown)| (*shown).to_owned()).collect(),
        Kind::Flag => vec!["是".to_owned(), "否".to_owned()],
        _ => Vec::new(),
    }
}

pub(crate) fn table(agency: &AgencyId, spec: &RegisterSpec) -> Table {
    let own = |(key, label): (&str, &str)| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        width_chars: 16,
        choices: Vec::new(),
        note: "請勿更改；新增的列留空".to_owned(),
    };
    let mut columns = vec![own(ID), own(VERSION)];
    columns.extend(spec.fields.iter().map(|field| {
        let mut label = field.label.to_owned();
        if field.required {
            label.push_str("（必填）");
        }
        Column {
            key: field.key.to_owned(),
            label,
            width_chars: width(field),
            choices: choices(field),
            note: field.help.to_owned(),
        }
    }));
    Table {
        title: spec.title.to_owned(),
        columns,
        meta: vec![
            ("key".to_owned(), spec.key.to_owned()),
            ("agency".to_owned(), agency.to_string()),
        ],
    }
}

fn cell(field: &Field, value: Option<&Value>, names: &NameBook) -> Cell {
    let Some(value) = value.filter(|v| !v.is_null()) else {
        return Cell::Empty;
    };
    let text = value.as_str();
    match field.kind {
        Kind::Date => text.and_then(|t| t.parse().ok()).map_or(Cell::Empty, Cell::Day),
        Kind::Moment => text.map_or(Cell::Empty, |t| Cell::Moment(t.to_owned())),
        Kind::Number => Cell::Number(value.to_string()),
        Kind::Decimal => text.map_or(Cell::Empty, |t| Cell::Number(t.to_owned())),
        Kind::Flag => value.as_bool().map_or(Cell::Empty, Cell::Flag),
        _ => match registers::entry::write(field, value, names) {
            words if words.is_empty() => Cell::Empty,
            words => Cell::Text(words),
        },
    }
}

fn cells(spec: &RegisterSpec, row: &StoredRow, names: &NameBook) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(row.row.clone()), Cell::Number(row.version.to_string())];
    cells.extend(body_cells(spec, &row.body, names));
    cells
}

/// The cells of a body, in the order of the form.
pub(crate) fn body_cells(spec: &RegisterSpec, body: &Value, names: &NameBook) -> Vec<Cell> {
    let of = |field: &Field| cell(field, body.get(field.key), names);
    spec.fields.iter().map(of).collect()
}

/// How many rows a file would have.
pub(crate) async fn export_count(
    access: &Access<'_, act::Export>,
    query: &ListQuery,
) -> Result<u64, AppError> {
    let select = select_of(access, query)?;
    access.visit.reads().count(access.spec.key, &select).await
}

/// A register's rows as a file, narrowed as a list is.
///
/// # Errors
/// Where the asker may not, or the format can't hold a cell; where it can't be recorded that
/// personal or restricted data leaves.
#[compiled_once]
pub async fn export_records(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    query: &ListQuery,
    format: ListFormat,
) -> Result<ListFile, AppError> {
    let agency = visit.agency();
    let access = visit.may(act::Export, spec)?;
    let mut select = select_of(&access, query)?;
    // Rows are read by pages and written as they come: a large register is never held whole.
    let (lines, mut written) = tokio::sync::mpsc::channel::<Vec<Vec<Cell>>>(2);
    let head = table(agency, spec);
    let writer = tokio::task::spawn_blocking(move || {
        let mut rows = std::iter::from_fn(|| written.blocking_recv()).flatten();
        write_sheet(format, &head, &mut rows)
    });
    let mut count = 0_u64;
    loop {
        let mut rows = visit
            .reads()
            .list(spec.key, &select, super::bulk::READ_AT_ONCE)
            .await?;
        count = count.saturating_add(rows.len() as u64);
        let Some(last) = rows.last() else {
            break;
        };
        select.after.clone_from(&last.row);
        for row in &mut rows {
            row.body = registers::open(spec, row.body.take())?.body;
        }
        let mut mentioned: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for row in &rows {
            for (key, texts) in super::names::mentions(spec, &row.body) {
                mentioned.entry(key).or_default().extend(texts);
            }
        }
        let names = names::names(visit, Eyes::Theirs, spec, &mentioned).await?;
        let page = rows.into_iter().map(|mut row| {
            row.body = access.hides.masked(spec, row.body);
            cells(spec, &row, &names)
        });
        // The writer ends early only where it failed; its reason comes with its result.
        if lines.send(page.collect()).await.is_err() {
            break;
        }
    }
    drop(lines);
    let bytes = writer
        .await
        .map_err(|e| AppError::failed(format!("匯出中斷（{e}）"), "請再試一次"))??;
    let hidden = spec.fields.iter().filter(|field| access.hides.hides(field));
    let masked = hidden.map(|field| field.label).collect();
    disclose(visit, spec, Taken::Export { rows: count }, masked).await?;
    let day = visit.today();
    let year = period::roc_year(day).unwrap_or(0);
    // What no longer stands is told apart by its name too: it can't be imported again.
    let which = if query.withdrawn { "（已註銷）" } else { "" };
    Ok(ListFile {
        name: format!(
            "{}{which}{year:03}{:02}{:02}.{}",
            spec.title,
            day.month(),
            day.day(),
            format.ending()
        ),
        bytes,
        media_type: format.media_type(),
    })
}

/// An empty file with the register's columns, to be filled in.
///
/// # Errors
/// Where there is no such register.
#[compiled_once]
pub async fn import_template(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    format: ListFormat,
) -> Result<ListFile, AppError> {
    let agency = visit.agency();
    let access = visit.may(act::Import, spec)?;
    let bytes = write_sheet(format, &table(agency, access.spec), &mut std::iter::empty())?;
    Ok(ListFile {
        name: format!("{}空白表.{}", access.spec.title, format.ending()),
        bytes,
        media_type: format.media_type(),
    })
}
