//! The lines of an import that can't be taken, as a file to mend.
//!
//! What it can't know: how to mend them; each says what is wrong with it.

use super::super::export::{ListFile, ListFormat, write_sheet};
use super::judge::judge_for;
use super::kept::{job_of, saved_columns};
use super::read::read_through;
use super::report::LineStatus;
use crate::AppError;
use crate::compiled::compiled_once;
use crate::visit::Visit;
use collectors::sheet::Cell;
use documents::sheet::{Column, Table, Value as Out};
use std::collections::HashMap;

/// The lines that can't be taken, each with its reason, in the officer's own columns.
///
/// # Errors
/// Where the import isn't there for the asker.
#[compiled_once]
pub async fn wrong_lines(visit: &Visit<'_>, id: &str) -> Result<ListFile, AppError> {
    let (job, report, spec) = job_of(visit, id).await?;
    let judge = judge_for(visit, spec).await?;
    let mut saved = saved_columns(visit, spec);
    saved.extend(report.options.columns.clone());
    let mut seen = HashMap::new();
    let mut rows: Vec<Vec<Out>> = Vec::new();
    let width = report.columns.len();
    read_through(
        spec,
        &saved,
        (&report.file, &job.bytes, report.options.sheet.as_deref()),
        &report.options.stop,
        &mut |header, row| {
            let judged = judge.judge(header, &row, &mut seen);
            if judged.line.status == LineStatus::Wrong {
                let mut cells = vec![
                    Out::Number(row.number.to_string()),
                    Out::Text(judged.line.problems.join("\n")),
                ];
                cells.extend((0..width).map(|n| match row.cells.get(n) {
                    None | Some(Cell::Empty) => Out::Empty,
                    Some(Cell::Text(text)) => Out::Text(text.clone()),
                    Some(Cell::Number(number)) => Out::Number(number.clone()),
                    Some(Cell::Day(day)) => Out::Day(*day),
                    Some(Cell::Moment(at)) => Out::Moment(at.clone()),
                    Some(Cell::Flag(flag)) => Out::Flag(*flag),
                }));
                rows.push(cells);
            }
        },
    )?;
    let column = |label: &str, width_chars: u16| Column {
        key: String::new(),
        label: label.to_owned(),
        width_chars,
        choices: Vec::new(),
        note: String::new(),
    };
    let mut columns = vec![column("原檔列號", 10), column("原因與更正方法", 50)];
    columns.extend(report.columns.iter().map(|(label, _)| column(label, 16)));
    let table = Table {
        title: format!("{}待更正", spec.title),
        columns,
        meta: vec![("key".to_owned(), spec.key.to_owned())],
    };
    let bytes = write_sheet(ListFormat::Ods, &table, &mut rows.into_iter())?;
    Ok(ListFile {
        name: format!("{}待更正.ods", spec.title),
        bytes,
        media_type: ListFormat::Ods.media_type(),
    })
}
