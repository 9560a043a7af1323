//! Worked cases of law files, tried by the engine that assesses agencies.
//!
//! What it can't know: whether a case says what the law does.

use crate::AppError;
use crate::lawbook::load;
use crate::lint::gathered;
use std::path::Path;

/// What came of the cases of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LawTrial {
    /// How many files of cases there are.
    pub files: usize,
    /// How many cases.
    pub cases: usize,
    /// What differs: the file by the name that the user knows, and what is said of it.
    pub failures: Vec<(String, assess::cases::Failure)>,
}

/// Tries the cases below a path: a law folder, the folder of one instrument, or a `cases.md`.
///
/// The law is that of the law folder around the path; the folder of one instrument alone takes its
/// place beside the law that is shipped.
///
/// # Errors
/// Where the path can't be read, holds no cases, or its law doesn't load.
pub fn test_law(path: &Path) -> Result<LawTrial, AppError> {
    let one = path.is_file();
    let asked = if one { path.parent().unwrap_or(path) } else { path };
    if one && path.file_name().is_none_or(|name| name != "cases.md") {
        return Err(AppError::bad_input(
            format!("{} 不是案例檔", path.display()),
            "請指定 cases.md，或內含 cases.md 的資料夾",
        ));
    }
    // `.` has no folders above it that could be looked at.
    let whole = asked.canonicalize().unwrap_or_else(|_| asked.to_owned());
    let (files, own) = gathered(&whole)?;
    let cases: Vec<(String, String)> = files
        .iter()
        .filter(|f| f.path.rsplit('/').next() == Some("cases.md"))
        .filter_map(|f| {
            let name = own.name(&f.path)?;
            let below = Path::new(&name).strip_prefix(&whole).ok()?.to_owned();
            let shown = if one { path.to_owned() } else { path.join(below) };
            Some((shown.display().to_string(), f.text.clone()))
        })
        .collect();
    if cases.is_empty() {
        return Err(AppError::bad_input(
            format!("{} 裡沒有 cases.md", path.display()),
            "請指定內含案例的法規資料夾，例如 law/national/audit-regulation",
        ));
    }
    let corpus = load(files)
        .map_err(|errors| AppError::Law(errors.into_iter().map(|error| own.told(error)).collect()))?;
    let mut trial = LawTrial::default();
    for (file, text) in cases {
        let tried = assess::cases::run_cases(&corpus, &text);
        trial.files += 1;
        trial.cases += tried.count;
        trial
            .failures
            .extend(tried.failures.into_iter().map(|f| (file.clone(), f)));
    }
    Ok(trial)
}
