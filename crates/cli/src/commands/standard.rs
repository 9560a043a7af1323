//! `fazun law standard`, a standard beside the law with its crosswalk; `fazun standard …`, those
//! of the user's own.

use crate::args::{LawStandardArgs, ListArgs, StandardImportArgs, StandardShowArgs};
use crate::commands::{day, open, operator, read_file};
use crate::out;
use app::{AppError, LawBook};
use std::path::Path;
use std::process::ExitCode;
use views::{CrossingView, MappingSideView, OwnStandardHead, OwnStandardView, StandardFaultView};

/// Who writes: whoever may read the database.
/// The largest file that is looked at; the reader says more exactly what it takes.
const FILE_LIMIT: u64 = 25 << 20;

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

pub async fn import(law: Option<&Path>, args: StandardImportArgs) -> Result<ExitCode, AppError> {
    let (name, bytes) = read_file(&args.file, FILE_LIMIT)?;
    // Read first: a file that can't be read leaves no data directory behind.
    app::standards::check(&name, &bytes, args.strict)?;
    let app = open(law, &args.data, true).await?;
    let slug = args.slug.as_deref();
    let done = app::standards::import(&app, &operator(), &name, bytes, slug).await?;
    app.close().await;
    if args.json {
        out::json(&done)?;
        return Ok(ExitCode::SUCCESS);
    }
    let head = &done.head;
    let what = match done.outcome.as_str() {
        "new" => "已匯入".to_owned(),
        "new_edition" => format!("已匯入，為第 {} 次的內容", head.edition),
        _ => "內容與現有的相同，沒有寫入任何資料".to_owned(),
    };
    out::line(&format!("{}　{what}", head.slug));
    out::line(&summary(head));
    for (line, pointer, message) in &done.notes {
        out::error(&format!("注意　第 {line} 行（{pointer}）　{message}"));
    }
    for f in &done.faults {
        out::error(&fault(f));
    }
    if !done.faults.is_empty() {
        out::error(&format!(
            "檔案本身有 {} 處瑕疵，其餘內容仍已匯入。須完全無誤者，請加 --strict。",
            done.faults.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn fault(f: &StandardFaultView) -> String {
    format!(
        "瑕疵　第 {} 行（{}）　{}；{}",
        f.line, f.pointer, f.message, f.remedy
    )
}

/// The mark of an entry that has faults.
fn mark(faults: &[String]) -> String {
    if faults.is_empty() {
        String::new()
    } else {
        format!("　〔瑕疵：{}〕", faults.join("；"))
    }
}

fn summary(head: &OwnStandardHead) -> String {
    format!(
        "{}　{} 版　{}　{}　要求 {} 項（須作答 {}）　對照 {}",
        head.title,
        head.version,
        head.format_label,
        head.kind_label,
        head.requirements,
        head.assessable,
        head.mappings
    )
}

pub async fn list(law: Option<&Path>, args: &ListArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let list = app::standards::own_list(&app).await?;
    app.close().await;
    if args.json {
        out::json(&list)?;
    } else if list.is_empty() {
        out::line("還沒有匯入標準。");
    } else {
        for head in &list {
            out::line(&format!("{}　{}", head.slug, summary(head)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn show(law: Option<&Path>, args: &StandardShowArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let view = app::standards::own(&app, &args.slug).await?;
    app.close().await;
    if args.json {
        out::json(&view)?;
    } else {
        print(&view);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(view: &OwnStandardView) {
    out::line(&summary(&view.head));
    out::line(&format!("識別碼　{}", view.head.identifier));
    out::line(&format!("檔案　{}　{}", view.head.file_name, view.head.sha256));
    for (id, title) in &view.levels {
        out::line(&format!("等級　{id}　{title}"));
    }
    for r in &view.requirements {
        let indent = "　".repeat(r.depth);
        let levels = if r.levels.is_empty() {
            String::new()
        } else {
            format!("　［{}］", r.levels.join("、"))
        };
        let mark = mark(&r.faults);
        out::line(&format!("{indent}{}　{}{levels}{mark}", r.reference, r.title));
        for line in r.text.lines() {
            out::line(&format!("{indent}　　{line}"));
        }
    }
    for s in &view.selections {
        let what = if s.all {
            "全部".to_owned()
        } else {
            format!("{} 項", s.ids.len())
        };
        out::line(&format!("選取　{}　{what}", s.href));
        for (label, list) in [
            ("選", &s.ids),
            ("樣式", &s.patterns),
            ("不選", &s.excluded),
            ("找不到", &s.missing),
        ] {
            if !list.is_empty() {
                out::line(&format!("　　{label}　{}", list.join("、")));
            }
        }
        if let Some(slug) = &s.found_in {
            out::line(&format!("　　見匯入的 {slug}"));
        }
    }
    if !view.mappings.is_empty() {
        out::line(&format!("對照（{}）", view.mappings.len()));
    }
    for m in &view.mappings {
        let strength = m.strength.map_or_else(String::new, |s| format!("（強度 {s}）"));
        out::line(&format!(
            "　　{}　{}{strength}　{}　［{}］{}",
            side(&m.from),
            m.relation_label,
            side(&m.to),
            m.said_by,
            mark(&m.faults)
        ));
        let reached: Vec<&CrossingView> = m.from.rows.iter().chain(&m.to.rows).collect();
        for row in reached {
            out::line(&format!(
                "　　　　防護基準 {}　{}　{}　[{}]",
                row.row, row.measure, row.relation_label, row.certainty_label
            ));
        }
    }
    for (line, pointer, message) in &view.notes {
        out::line(&format!("注意　第 {line} 行（{pointer}）　{message}"));
    }
    for f in &view.faults {
        out::line(&fault(f));
    }
}

fn side(side: &MappingSideView) -> String {
    if side.home.is_empty() {
        format!("{}（未匯入）", side.id)
    } else {
        format!("{}（{}）", side.label, side.home)
    }
}
