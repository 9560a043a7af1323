//! `fazun law standard`: a standard beside the law and its crosswalk.

use crate::args::LawStandardArgs;
use crate::commands::day;
use crate::out;
use app::{AppError, LawBook};
use std::path::Path;
use std::process::ExitCode;

pub fn of_law(law: Option<&Path>, args: &LawStandardArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let corpus = app::load_law(law)?;
    let book = LawBook(&corpus);
    let Some(slug) = &args.standard else {
        let list = book.standards();
        if args.json {
            out::json(&list)?;
        } else {
            for s in &list {
                out::line(&format!("{}　{}　{} 項", s.slug, s.title, s.count));
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    let view = book.standard(slug, at)?;
    if args.json {
        out::json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!(
        "{}（{}）　{} 項，其中 {} 項與防護基準 {} 版有對照",
        view.title, view.publisher, view.count, view.mapped, view.edition
    ));
    out::line(&format!("注意　{}", view.caution));
    out::line(&format!("來源　{}　[{}]", view.source, view.certainty_label));
    for theme in &view.themes {
        out::line("");
        out::line(&format!("{}（{}）", theme.title, theme.controls.len()));
        for control in &theme.controls {
            out::line(&format!("{}　{}", control.id, control.title));
            for row in &control.rows {
                let grade = if row.grade.is_empty() {
                    "這一版沒有這一列".to_owned()
                } else {
                    format!("{}起", row.grade)
                };
                out::line(&format!(
                    "　　{}　{}　{grade}　{}　[{}]",
                    row.row, row.measure, row.relation_label, row.certainty_label
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
