//! Checks of law files before they are shipped or used.

use crate::AppError;
use crate::lawbook::{embedded_files, files_of, law_file, load};
use law::{LawError, SourceFile};
use std::path::{Path, PathBuf};

/// Checks a law folder, one of its files, or a single law file on its own.
///
/// A file inside a law folder is checked together with the whole folder; the folder of one
/// instrument, or a file on its own, takes its place beside the law that is shipped.
///
/// # Errors
/// Where the path can't be read.
pub fn lint_law(path: &Path) -> Result<Vec<LawError>, AppError> {
    let (files, own) = gathered(path)?;
    let errors = load(files).err().unwrap_or_default();
    Ok(errors.into_iter().map(|error| own.told(error)).collect())
}

/// Which of the files are the user's own, and what they call them.
pub(crate) enum Own {
    /// All of a law folder.
    Folder(PathBuf),
    /// Those of one instrument's folder, which take a place beside the law that is shipped.
    Beside { home: String, folder: PathBuf },
    /// One file, which takes a place.
    Alone { place: String, shown: String },
}

impl Own {
    /// The path that the user knows; none for a file that is not theirs.
    pub(crate) fn name(&self, file: &str) -> Option<String> {
        match self {
            Self::Folder(root) => Some(root.join(file).display().to_string()),
            Self::Beside { home, folder } => {
                let rest = file.strip_prefix(home.as_str())?;
                Some(folder.join(rest).display().to_string())
            }
            Self::Alone { place, shown } => (file == place).then(|| shown.clone()),
        }
    }

    /// A problem by the names that the user knows; of two places that contradict each other one's own
    /// comes first.
    pub(crate) fn told(&self, mut error: LawError) -> LawError {
        let mine = self.name(&error.file);
        let other = error.also.as_ref().and_then(|(file, _)| self.name(file));
        let turn = mine.is_none() && other.is_some();
        if let Some(name) = mine {
            error.file = name;
        }
        if let (Some(name), Some((file, _))) = (other, &mut error.also) {
            *file = name;
        }
        if turn { error.turned() } else { error }
    }
}

/// The law that a path is checked with, and which of its files are the user's own.
pub(crate) fn gathered(path: &Path) -> Result<(Vec<SourceFile>, Own), AppError> {
    let root = path
        .ancestors()
        .skip(usize::from(!path.is_dir()))
        .find(|dir| dir.join("counting.toml").is_file() && dir.join("national").is_dir());
    if let Some(root) = root {
        return Ok((files_of(root)?, Own::Folder(root.to_owned())));
    }
    if path.is_dir() {
        return if path.join("instrument.toml").is_file() {
            beside_shipped(path)
        } else {
            Ok((files_of(path)?, Own::Folder(path.to_owned())))
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
    let mut own = law_file(shown.clone(), bytes);
    let place = place(&own.text);
    own.path.clone_from(&place);
    let mut files = embedded_files();
    files.retain(|f| f.path != place);
    files.push(own);
    Ok((files, Own::Alone { place, shown }))
}

/// The folder of one instrument beside the law that is shipped.
fn beside_shipped(folder: &Path) -> Result<(Vec<SourceFile>, Own), AppError> {
    let own = files_of(folder)?;
    let slug = own
        .iter()
        .find(|f| f.path == "instrument.toml")
        .and_then(|f| value(&f.text, "slug"))
        .unwrap_or_default();
    // The place of an instrument that is shipped already, or a place of its own.
    let mut files = embedded_files();
    let end = format!("/{slug}/instrument.toml");
    let home = files
        .iter()
        .find(|f| f.path.ends_with(&end))
        .and_then(|f| f.path.strip_suffix("instrument.toml"))
        .map_or_else(|| format!("local/lint/{slug}/"), str::to_owned);
    files.retain(|f| !f.path.starts_with(&home));
    files.extend(own.into_iter().map(|mut f| {
        f.path = format!("{home}{}", f.path);
        f
    }));
    let folder = folder.to_owned();
    Ok((files, Own::Beside { home, folder }))
}

fn value(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
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
