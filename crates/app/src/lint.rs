//! Checks of law files before they are shipped or used.

use crate::AppError;
use crate::lawbook::{embedded_files, files_of, law_file, load};
use law::{LawError, SourceFile};
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
    let shown = path
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let own = law_file(shown.clone(), bytes);
    if let Some((why, remedy)) = own.unread {
        return Ok(vec![LawError::new(shown, 0, why, remedy)]);
    }
    let place = place(&own.text);
    let mut files = embedded_files();
    files.retain(|f| f.path != place);
    files.push(SourceFile::new(place.clone(), own.text));
    Ok(told(files, |file| (file == place).then(|| shown.clone())))
}

/// The problems of law files, those of one's own by the name one knows; of two places that contradict
/// each other one's own comes first.
fn told(files: Vec<SourceFile>, own: impl Fn(&str) -> Option<String>) -> Vec<LawError> {
    let errors = load(files).err().unwrap_or_default();
    let named = errors.into_iter().map(|mut error| {
        let mine = own(&error.file);
        let other = error.also.as_ref().and_then(|(file, _)| own(file));
        let turn = mine.is_none() && other.is_some();
        if let Some(name) = mine {
            error.file = name;
        }
        if let (Some(name), Some((file, _))) = (other, &mut error.also) {
            *file = name;
        }
        if turn { error.turned() } else { error }
    });
    named.collect()
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
    files.extend(own.into_iter().map(|mut f| {
        f.path = format!("{home}/{}", f.path);
        f
    }));
    let start = format!("{home}/");
    Ok(told(files, |file| {
        let rest = file.strip_prefix(&start)?;
        Some(folder.join(rest).display().to_string())
    }))
}

fn value(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Checks a law folder; the errors name the files by their path.
fn in_folder(root: &Path) -> Result<Vec<LawError>, AppError> {
    let files = files_of(root)?;
    Ok(told(files, |file| Some(root.join(file).display().to_string())))
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
