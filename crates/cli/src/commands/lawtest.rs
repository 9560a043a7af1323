//! `fazun law test`: the worked cases of a law folder.
//!
//! Exit codes: 0 every case holds, 1 some don't, 2 they can't be tried.

use crate::args::LawTestArgs;
use crate::out;
use app::AppError;
use serde_json::json;
use std::process::ExitCode;

pub fn run(args: &LawTestArgs) -> Result<ExitCode, AppError> {
    let trial = app::test_law(&args.dir)?;
    if args.json {
        let failures: Vec<_> = trial
            .failures
            .iter()
            .map(|(file, f)| json!({ "file": file, "line": f.line, "case": f.case, "message": f.message }))
            .collect();
        out::json(&json!({ "files": trial.files, "cases": trial.cases, "failures": failures }))?;
    } else {
        for (file, failure) in &trial.failures {
            out::line(&format!("{file}:{failure}"));
        }
        let said = if trial.failures.is_empty() {
            "全部相符".to_owned()
        } else {
            format!("{} 處不符", trial.failures.len())
        };
        out::line(&format!(
            "{} 個檔案，{} 個案例，{said}。",
            trial.files, trial.cases
        ));
    }
    Ok(if trial.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
