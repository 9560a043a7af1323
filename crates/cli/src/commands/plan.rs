//! `fazun plan …`.

use crate::args::{PlanAdoptArgs, PlanReadArgs};
use crate::commands::{day, enter, maybe_day, open, read_file};
use crate::out;
use app::plans::{self, PlanFile};
use app::{App, AppError};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;
use views::{PlanMove, PlanRevisionView};

/// The largest plan that is looked at: 16 MiB.
pub const PLAN_LIMIT: u64 = 16 << 20;

pub fn read(law: Option<&Path>, args: &PlanReadArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let (name, bytes) = read_file(&args.file, PLAN_LIMIT)?;
    let corpus = app::load_law(law)?;
    let report = App::plan_report(&corpus, &name, &bytes, at)?;
    if args.json {
        out::json(&report.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let field = |path: &str| {
        report
            .json
            .pointer(path)
            .filter(|v| !v.is_null())
            .map_or_else(|| "讀不出來".into(), text)
    };
    out::line(&format!("機關　{}", field("/agency/name")));
    out::line(&format!("等級　{}", field("/level/value")));
    for (label, key) in [
        ("章", "chapters"),
        ("核心業務", "core_business"),
        ("非核心業務", "non_core_business"),
        ("參數", "parameters"),
    ] {
        let n = report.json.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        out::line(&format!("{label}　{n}"));
    }
    let editions = report
        .json
        .pointer("/judged_by/editions")
        .and_then(Value::as_array);
    out::line(&format!("依 {} 之法規判斷：", ::period::roc_short(at)));
    for edition in editions.into_iter().flatten() {
        out::line(&format!("　　{}", text(edition)));
    }
    let problems = report.json.get("problems").and_then(Value::as_array);
    out::line(&format!("問題　{}", problems.map_or(0, Vec::len)));
    for problem in problems.into_iter().flatten() {
        let get = |key: &str| problem.get(key).map_or_else(String::new, text);
        out::line(&format!(
            "　　第 {} 行　[{}]　{}",
            get("line"),
            get("kind"),
            get("message")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn adopt(law: Option<&Path>, args: &PlanAdoptArgs) -> Result<ExitCode, AppError> {
    let from = maybe_day(args.from.as_deref())?;
    let (name, bytes) = read_file(&args.file, PLAN_LIMIT)?;
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let file = PlanFile { name, bytes, from };
    let view = if args.yes {
        plans::adopt(&visit, file).await?
    } else {
        plans::preview(&visit, &file).await?
    };
    app.close().await;
    if args.json {
        out::json(&view)?;
    } else {
        tell(&view);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(view: &PlanRevisionView) {
    out::line(&format!("機關　{}", view.agency.name));
    let since = |from: Option<period::Date>| from.map_or_else(|| "未載".to_owned(), period::roc_short);
    match &view.former {
        Some((file, from)) if view.corrects => out::line(&format!("更正　{file}（{} 起）", since(*from))),
        Some((file, from)) => out::line(&format!("現行　{file}（{} 起）", since(*from))),
        None => out::line("現行　沒有計畫"),
    }
    out::line(&format!(
        "修正　{}（{} 起）",
        view.file_name,
        period::roc_short(view.from)
    ));
    for (title, moves) in [
        ("增加之應辦事項", &view.gained),
        ("減少之應辦事項", &view.lost),
        ("變嚴", &view.stricter),
        ("變寬", &view.looser),
        ("改變", &view.changed),
    ] {
        out::line(&format!("{title}　{}", moves.len()));
        for one in moves {
            out::line(&format!("　　{}", words(one)));
        }
    }
    for notice in &view.notices {
        out::error(&format!("注意　{notice}"));
    }
    out::line(match (view.written, &view.former) {
        (false, _) => "尚未寫入。確認後請加上 --yes 再執行一次。",
        (true, Some(_)) if !view.corrects => "已寫入；前一日以前仍適用原計畫。",
        (true, _) => "已寫入。",
    });
}

fn words(one: &PlanMove) -> String {
    let mut text = one.title.clone();
    if !one.subject.is_empty() {
        text = format!("{text}（{}）", one.subject);
    }
    if !one.what.is_empty() {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "沒有規定".to_owned());
        text = format!(
            "{text}：{}，{} → {}",
            one.what,
            side(&one.before),
            side(&one.after)
        );
    }
    match &one.clause {
        Some(clause) => format!("{text}　計畫 {clause}"),
        None => text,
    }
}
