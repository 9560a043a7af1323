//! `fazun law baseline`.

use crate::args::LawBaselineArgs;
use crate::commands::day;
use crate::out;
use app::{AppError, LawBook};
use std::path::Path;
use std::process::ExitCode;
use views::{BaselineView, CarryRow, CarryView};

pub fn run(law: Option<&Path>, args: &LawBaselineArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let corpus = app::load_law(law)?;
    let book = LawBook(&corpus);
    if let Some([from, to]) = args.carry.as_deref() {
        let grade = args.grade.as_deref().unwrap_or_default();
        let view = book.carry(from, to, grade, at)?;
        if args.json {
            out::json(&view)?;
        } else {
            carry(&view);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let view = book.baseline(args.edition.as_deref(), args.grade.as_deref(), at)?;
    if args.json {
        out::json(&view)?;
    } else {
        rows(&view);
    }
    Ok(ExitCode::SUCCESS)
}

fn rows(view: &BaselineView) {
    out::line(&format!(
        "資通系統防護基準　{}版（{}）　等級「{}」　{} 列",
        view.edition, view.span, view.grade, view.count
    ));
    if !view.caution.is_empty() {
        out::line(&format!("注意　{}", view.caution));
    }
    for group in &view.groups {
        out::line("");
        out::line(&format!("{}　{}", group.key, group.title));
        for row in &group.rows {
            let mark = if row.mark.is_empty() {
                String::new()
            } else {
                format!("　［{}］", row.mark)
            };
            out::line(&format!("{}　{}　{}起{mark}", row.id, row.measure, row.grade));
            if !row.effect.is_empty() {
                out::line(&format!("　　{}", row.effect));
            }
            out::line(&format!("　　{}", row.demand));
            if !row.parameters.is_empty() {
                out::line(&format!("　　參數　{}", row.parameters.join("、")));
            }
            out::line(&format!("　　佐證　{}", row.evidence.join("、")));
            out::line(&format!("　　{}　{}", row.check_label, row.how));
            if !row.note.is_empty() {
                out::line(&format!("　　備註　{}", row.note));
            }
        }
    }
}

fn carry(view: &CarryView) {
    out::line(&format!(
        "依 {} 版所做、等級「{}」的自評，帶到 {} 版：可帶 {} 列，待補 {} 列，不再要求 {} 列",
        view.from,
        view.grade,
        view.to,
        view.carried.len(),
        view.new.len(),
        view.gone.len()
    ));
    if !view.caution.is_empty() {
        out::line(&format!("注意　{}", view.caution));
    }
    let (again, plain): (Vec<&CarryRow>, Vec<&CarryRow>) = view.carried.iter().partition(|r| r.again);
    list("待補", &view.new.iter().collect::<Vec<_>>());
    list("可帶，但須重看", &again);
    list("不再要求", &view.gone.iter().collect::<Vec<_>>());
    list("起始等級變動", &view.moved.iter().collect::<Vec<_>>());
    if !plain.is_empty() {
        out::line("");
        out::line(&format!("直接可帶（{}）", plain.len()));
        let ids: Vec<&str> = plain.iter().map(|r| r.id.as_str()).collect();
        out::line(&format!("　　{}", ids.join("、")));
    }
}

fn list(title: &str, rows: &[&CarryRow]) {
    if rows.is_empty() {
        return;
    }
    out::line("");
    out::line(&format!("{title}（{}）", rows.len()));
    for row in rows {
        out::line(&format!("{}　{}　{}", row.id, row.measure, row.why));
        out::line(&format!("　　{}", row.demand));
    }
}
