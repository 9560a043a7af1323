//! A whole file that isn't there: one error that says which, and how much hangs on it.
//!
//! Why by loading again: what refers to the file is told in many places, each by its own rule; what is
//! no longer told once the file is in doubt hung on it. It is only done where there are problems.
//! What it can't know: a file that nothing refers to.

use super::file::File;
use super::place::{Place, place};
use crate::error::LawError;
use std::collections::BTreeSet;
use toml::Table;

/// Files that others of the folder count on and that are not there, the likeliest first.
pub(super) fn candidates(files: &[File<'_>]) -> Vec<String> {
    let there: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let mut wanted: Vec<String> = Vec::new();
    let duties = of_duties(files);
    for file in files {
        let home = file.path.strip_suffix("instrument.toml");
        if let (Place::Instrument(slug), Some(home)) = (place(&file.path), home) {
            if duties.contains(slug) {
                wanted.push(format!("{home}duties.toml"));
            }
            let versions = listed(file, "version");
            // Of a version that is modelled its absence is told by a rule of its own.
            let modelled = |v: &&Table| v.get("modelled").and_then(toml::Value::as_bool) != Some(false);
            let cited = versions.iter().filter(|v| !modelled(v));
            let ids = cited.filter_map(|v| v.get("id")?.as_str());
            wanted.extend(ids.map(|id| format!("{home}articles/{id}.toml")));
        }
        if let Place::Articles(_) | Place::Duties(Some(_)) | Place::Clauses(_) = place(&file.path) {
            let home = file
                .path
                .rsplit_once("/articles/")
                .or_else(|| file.path.rsplit_once('/'));
            wanted.extend(home.map(|(home, _)| format!("{home}/instrument.toml")));
        }
        let (folder, name) = file.path.rsplit_once('/').unwrap_or_default();
        let beside: &[&str] = match place(&file.path) {
            Place::Baseline(..) => &["controls.toml", "dimensions.toml", "grading.toml"],
            // What a standard is without its head is told by its own reader.
            Place::Standard => &["controls.toml"],
            Place::Wordings => &["duties.toml"],
            _ => &[],
        };
        let beside = beside.iter().filter(|other| **other != name);
        wanted.extend(beside.map(|other| format!("{folder}/{other}")));
    }
    wanted.extend(["routes.toml", "readings.toml"].map(str::to_owned));
    // A folder of a city's or an agency's own may keep its readings beside its duties.
    let own = files
        .iter()
        .filter_map(|f| f.path.strip_suffix("instrument.toml"));
    let own = own.filter(|home| home.starts_with("local/"));
    wanted.extend(own.map(|home| format!("{home}readings.toml")));
    let mut seen = BTreeSet::new();
    wanted.retain(|path| !there.contains(path.as_str()) && seen.insert(path.clone()));
    wanted
}

/// Instruments of which other files say that duties rest on them.
fn of_duties(files: &[File<'_>]) -> BTreeSet<String> {
    let mut slugs = BTreeSet::new();
    for file in files {
        match place(&file.path) {
            Place::Coverage => {
                let covers = listed(file, "cover");
                let of = covers.iter().filter(|c| word(c, "as") == "duty");
                slugs.extend(of.map(|c| word(c, "instrument").to_owned()));
            }
            Place::Clauses(slug) if listed(file, "clause").iter().any(|c| word(c, "kind") == "duty") => {
                slugs.insert(slug.to_owned());
            }
            _ => {}
        }
    }
    slugs
}

fn word<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

/// The entries of a list, of a file that can be read at all.
fn listed(file: &File<'_>, list: &str) -> Vec<Table> {
    let table: Table = toml::from_str(&file.text).unwrap_or_default();
    let entries = table.get(list).and_then(toml::Value::as_array);
    let entries = entries.into_iter().flatten();
    entries.filter_map(|v| v.as_table().cloned()).collect()
}

/// The version whose articles a file holds, as it is told: `slug@id`.
fn version_of(path: &str) -> Option<String> {
    let (home, file) = path.split_once("/articles/")?;
    let slug = home.rsplit('/').next()?;
    Some(format!("{slug}@{}", file.strip_suffix(".toml")?))
}

fn hanging(hung: usize) -> String {
    match hung {
        0 | 1 => "其他檔案有引用其內容者".to_owned(),
        n => format!("有 {n} 處引用其內容"),
    }
}

/// How much hangs on files of articles that are told as missing: said with each.
///
/// `plain` loads with all that refers to such a file told as well.
pub(super) fn counted(mut errors: Vec<LawError>, plain: impl Fn(&str) -> Vec<LawError>) -> Vec<LawError> {
    let all = errors.len();
    for error in &mut errors {
        let Some((_, path)) = error.message.split_once("缺條文檔 ") else {
            continue;
        };
        let hung = plain(path).len().saturating_sub(all);
        if hung > 1 {
            let more = format!("，{}", hanging(hung));
            error.message.push_str(&more);
        }
    }
    errors
}

/// The problems that are left where the files that most of them hang on are told as missing.
///
/// `again` loads with files in doubt.
pub(super) fn told(
    files: &[File<'_>],
    mut errors: Vec<LawError>,
    again: impl Fn(&[String]) -> Vec<LawError>,
) -> Vec<LawError> {
    let mut missing: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for path in candidates(files) {
        if errors.is_empty() {
            break;
        }
        // Which version an article is sought in is told by name.
        if let Some(named) = version_of(&path)
            && !errors.iter().any(|e| e.message.contains(&named))
        {
            continue;
        }
        let mut doubted = missing.clone();
        doubted.push(path.clone());
        let left = again(&doubted);
        let hung = errors.len().saturating_sub(left.len());
        if hung == 0 {
            continue;
        }
        found.push(LawError::new(
            path,
            0,
            format!("缺這個檔案，{}", hanging(hung)),
            "請補上該檔；已不需要者，請一併移除引用它的各處",
        ));
        (missing, errors) = (doubted, left);
    }
    errors.extend(found);
    errors.sort();
    errors
}
