//! `fazun law export …`: the law as files that other tools read.

use crate::args::ExportOscalArgs;
use crate::commands::day;
use crate::out;
use app::{AppError, LawBook};
use std::path::Path;
use std::process::ExitCode;

pub fn oscal(law: Option<&Path>, args: &ExportOscalArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let files = LawBook(&corpus).oscal(args.edition.as_deref(), day(None)?)?;
    let cannot = |path: &Path, error: &std::io::Error| {
        AppError::failed(
            format!("無法寫入 {}（{error}）", path.display()),
            "請確認資料夾路徑與權限",
        )
    };
    // Looked at first: either every file is written, or none.
    for (name, bytes) in &files {
        let path = args.out.join(name);
        if path.exists() && std::fs::read(&path).ok().as_ref() != Some(bytes) {
            return Err(AppError::bad_input(
                format!("{} 已經存在，內容不同", path.display()),
                "請指定另一個資料夾，或先移走該檔",
            ));
        }
    }
    std::fs::create_dir_all(&args.out).map_err(|e| cannot(&args.out, &e))?;
    for (name, bytes) in &files {
        let path = args.out.join(name);
        std::fs::write(&path, bytes).map_err(|e| cannot(&path, &e))?;
        out::line(&path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
