//! `fazun plan read`.

use crate::args::PlanReadArgs;
use crate::commands::{day, read_file};
use crate::out;
use app::{App, AppError};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

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
