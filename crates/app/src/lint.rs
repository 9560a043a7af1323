//! Checks of law files before they are shipped or used.

use crate::AppError;
use crate::lawbook::{embedded_files, files_of, utf8};
use law::{Corpus, LawError, SourceFile};
use std::path::Path;

/// Checks a law folder, one of its files, or a single law file on its own.
///
/// A file inside a law folder is checked together with the whole folder; the folder of one
/// instrument, or a file on its own, takes its place beside the law that is shipped.
///
/// # Errors
/// Where the path can't be read.
pub fn lint_law(path: &Path) -> Result<Vec<LawError>, AppError> {
    let root = path
        .ancestors()
        .skip(usize::from(!path.is_dir()))
        .find(|dir| dir.join("counting.toml").is_file() && dir.join("national").is_dir());
    if let Some(root) = root {
        return in_folder(root);
    }
    if path.is_dir() {
        return if path.join("instrument.toml").is_file() {
            beside_shipped(path)
        } else {
            in_folder(path)
        };
    }
    let bytes = std::fs::read(path).map_err(|e| {
        AppError::bad_input(
            format!("讀不到 {}（{e}）", path.display()),
            "請確認檔名；法規資料檔為 UTF-8 的 .toml",
        )
    })?;
    let text = utf8(path, bytes)?;
    let shown = path
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let place = place(&text);
    let mut files = embedded_files();
    files.retain(|f| f.path != place);
    files.push(SourceFile {
        path: place.clone(),
        text,
    });
    let mut errors = Corpus::load(files).err().unwrap_or_default();
    for error in &mut errors {
        if error.file == place {
            error.file.clone_from(&shown);
        }
    }
    Ok(errors)
}

/// Checks the folder of one instrument beside the law that is shipped.
fn beside_shipped(folder: &Path) -> Result<Vec<LawError>, AppError> {
    let own = files_of(folder)?;
    let slug = own
        .iter()
        .find(|f| f.path == "instrument.toml")
        .and_then(|f| value(&f.text, "slug"))
        .unwrap_or_default();
    // The place of an instrument that is shipped already, or a place of its own.
    let shipped = embedded_files();
    let end = format!("/{slug}/instrument.toml");
    let home = shipped
        .iter()
        .find(|f| f.path.ends_with(&end))
        .and_then(|f| f.path.strip_suffix("/instrument.toml"))
        .map_or_else(|| format!("local/lint/{slug}"), str::to_owned);
    let mut files = shipped;
    files.retain(|f| !f.path.starts_with(&format!("{home}/")));
    files.extend(own.into_iter().map(|f| SourceFile {
        path: format!("{home}/{}", f.path),
        text: f.text,
    }));
    let mut errors = Corpus::load(files).err().unwrap_or_default();
    for error in &mut errors {
        if let Some(rest) = error.file.strip_prefix(&format!("{home}/")) {
            error.file = folder.join(rest).display().to_string();
        }
    }
    Ok(errors)
}

fn value(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Checks a law folder; the errors name the files by their path.
fn in_folder(root: &Path) -> Result<Vec<LawError>, AppError> {
    let mut errors = Corpus::load(files_of(root)?).err().unwrap_or_default();
    for error in &mut errors {
        error.file = root.join(&error.file).display().to_string();
    }
    Ok(errors)
}

/// Where a file of this form would stand.
fn place(text: &str) -> String {
    let value = |key: &str| value(text, key);
    let has = |table: &str| text.lines().any(|line| line.trim() == format!("[[{table}]]"));
    if let (Some(slug), Some(_)) = (value("slug"), value("edition")) {
        format!("standards/{slug}/standard.toml")
    } else if let Some(slug) = value("slug") {
        format!("national/{slug}/instrument.toml")
    } else if has("article") {
        format!(
            "national/unknown/articles/{}.toml",
            value("version").unwrap_or_default()
        )
    } else if has("cover") {
        "coverage.toml".into()
    } else if has("rule") {
        "counting.toml".into()
    } else if has("reading") {
        "readings.toml".into()
    } else if has("control") && value("theme").is_some() {
        standard("controls.toml")
    } else if has("row") && value("relation").is_some() {
        standard("crosswalk.toml")
    } else if has("control") {
        shipped("baseline/controls.toml")
    } else if has("dimension") {
        shipped("baseline/dimensions.toml")
    } else if has("aspect") {
        shipped("baseline/grading.toml")
    } else if value("year").is_some() {
        format!("calendars/tw/{}.toml", value("year").unwrap_or_default())
    } else {
        "lint/duties.toml".into()
    }
}

/// The file of a shipped standard: while there is one, a file on its own takes its place.
fn standard(name: &str) -> String {
    embedded_files()
        .into_iter()
        .map(|f| f.path)
        .find(|path| path.starts_with("standards/") && path.ends_with(name))
        .unwrap_or_else(|| format!("standards/unknown/{name}"))
}

/// The shipped file that ends so: there is one baseline, and a file on its own takes its place.
fn shipped(end: &str) -> String {
    embedded_files()
        .into_iter()
        .map(|f| f.path)
        .find(|path| path.ends_with(end))
        .unwrap_or_else(|| format!("national/unknown/{end}"))
}
