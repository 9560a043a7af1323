//! Files that somebody may see: those that a record which they may read names, or named.
//!
//! Why every version counts: a record's readers see its history, and what was approved stays
//! proof while a draft goes on. What it can't know: what a file shows.

use super::disclosure::{Taken, disclose};
use super::own::own_version;
use crate::AppError;
use crate::compiled::compiled_once;
use crate::permission::Action;
use crate::principal::Scope;
use crate::visit::{Visit, act};
use registers::basics::approval::Approval;
use registers::{Reach, RegisterSpec};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{Own, Select, StoredRow};

/// What a row calls a file that it names as its evidence, or that is itself kept with it; a hash
/// in some text names none.
fn name_in(spec: &RegisterSpec, body: &Value, sha256: &str) -> Option<String> {
    let word = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let listed = body.get("evidence").and_then(Value::as_array);
    let mut listed = listed.into_iter().flatten();
    if spec.field("evidence").is_some()
        && let Some(file) = listed.find(|f| f.get("sha256").and_then(Value::as_str) == Some(sha256))
    {
        return word(file, "name").or_else(|| Some(NAMELESS.to_owned()));
    }
    // The plan is written by the system alone, so its hash is that of what was read.
    let kept = spec.reach == Reach::System && spec.field("sha256").is_some();
    (kept && word(body, "sha256").as_deref() == Some(sha256))
        .then(|| word(body, "file_name").unwrap_or_else(|| NAMELESS.to_owned()))
}

/// A file that its record gives no name.
const NAMELESS: &str = "檔案";

/// A kept file with its name. Where it belongs to a record with personal or restricted data, that it
/// was taken is recorded first.
///
/// # Errors
/// Where no record that the asker may read names it, or it can't be recorded.
#[compiled_once]
pub async fn file(visit: &Visit<'_>, sha256: &str) -> Result<(String, Vec<u8>), AppError> {
    visit.who().demand(Scope::Read)?;
    if let Some((name, seen_in)) = seen(visit, sha256).await?
        && let Some(blob) = visit.reads().blob(sha256).await?
    {
        if let Some(spec) = sensitive_owner(visit, sha256, seen_in).await? {
            disclose(visit, spec, Taken::Download { file_hash: sha256 }, Vec::new()).await?;
        }
        return Ok((name, blob.bytes));
    }
    Err(AppError::not_found(
        "沒有這個檔案",
        "請由引用它的紀錄開啟；檔案可能不屬於本機關",
    ))
}

/// Whether a record that somebody may read names a file.
pub(crate) async fn sees_file(visit: &Visit<'_>, sha256: &str) -> Result<bool, AppError> {
    Ok(seen(visit, sha256).await?.is_some())
}

/// The record to which a version's files belong: the scan of a signed page to the one that was signed.
fn about(version: &StoredRow) -> Result<(String, String), AppError> {
    Ok(match version.register.as_str() {
        "approval" => {
            let approval = Approval::read(&version.body)?;
            (approval.register, approval.row)
        }
        _ => (version.register.clone(), version.row.clone()),
    })
}

/// The register with personal or restricted data that a file belongs to: that by which it is seen,
/// where it is one, else any other whose record names it.
async fn sensitive_owner(
    visit: &Visit<'_>,
    sha256: &str,
    seen_in: &'static RegisterSpec,
) -> Result<Option<&'static RegisterSpec>, AppError> {
    if seen_in.is_sensitive() {
        return Ok(Some(seen_in));
    }
    for version in visit.reads().versions_naming(sha256).await? {
        let owner = registers::register(&about(&version)?.0);
        if let Some(spec) = owner.filter(|spec| spec.is_sensitive()) {
            return Ok(Some(spec));
        }
    }
    Ok(None)
}

/// What a record that somebody may read calls a file, and that record's register; none where no
/// such record names it. Not what it was first kept under: that may have been another agency's name
/// for it.
async fn seen(visit: &Visit<'_>, sha256: &str) -> Result<Option<(String, &'static RegisterSpec)>, AppError> {
    let mut looked_at: Option<((String, String), bool)> = None;
    for version in visit.reads().versions_naming(sha256).await? {
        let about = about(&version)?;
        let named =
            registers::register(&version.register).and_then(|spec| name_in(spec, &version.body, sha256));
        let (Some(name), Some(spec)) = (named, registers::register(&about.0)) else {
            continue;
        };
        if !visit.can(Action::Read, spec) {
            continue;
        }
        let access = visit.rights(act::Read, spec)?;
        if access.at.is_some_and(|at| version.seq > at) {
            continue;
        }
        // Whoever sees only own records sees the files of the time when they were.
        if let Some(own) = access.own.as_ref().filter(|own| !own.fields.is_empty())
            && !is_own(visit, own, &about, &version).await?
        {
            continue;
        }
        let sees = match &looked_at {
            Some((before, sees)) if *before == about => *sees,
            _ => access.sees_history(&about.1).await?,
        };
        if sees {
            return Ok(Some((name, spec)));
        }
        looked_at = Some((about, sees));
    }
    Ok(None)
}

/// Whether a version was somebody's own when it was written; of an approval, the version that
/// it is about.
async fn is_own(
    visit: &Visit<'_>,
    own: &Own,
    (register, row): &(String, String),
    version: &StoredRow,
) -> Result<bool, AppError> {
    let number = match version.register.as_str() {
        "approval" => Approval::read(&version.body)?.version,
        _ => version.version,
    };
    let versions = visit.reads().recorded(register, row).await?;
    let author = versions.first().map(|v| v.entry.entry.actor.as_str());
    let Some(mut at) = versions
        .iter()
        .find(|v| v.row.version == number)
        .map(|v| v.row.clone())
    else {
        return Ok(false);
    };
    if let Some(spec) = registers::register(register) {
        at.body = registers::open(spec, at.body)?.body;
    }
    Ok(own_version(own, &at, author))
}

/// Every file of an agency that some record which somebody may read names: for an import.
pub(crate) async fn files_seen(visit: &Visit<'_>) -> Result<BTreeSet<String>, AppError> {
    let mut by_register: BTreeMap<String, BTreeMap<String, Vec<(String, u64)>>> = BTreeMap::new();
    for (sha256, register, row, first) in visit.reads().named_files().await? {
        let rows = by_register.entry(register).or_default();
        rows.entry(row).or_default().push((sha256, first));
    }
    let mut seen = BTreeSet::new();
    for (register, mut named) in by_register {
        let Some(spec) = registers::register(&register) else {
            continue;
        };
        let keeps = spec.field("evidence").is_some() || spec.reach == Reach::System;
        if !visit.can(Action::Read, spec) || !keeps {
            continue;
        }
        let access = visit.rights(act::Read, spec)?;
        // Whoever sees every row as it stands sees every file that some row of it named.
        if access.own.is_none() && access.at.is_none() {
            seen.extend(named.into_values().flatten().map(|(sha256, _)| sha256));
            continue;
        }
        for withdrawn in [false, true] {
            let select = Select {
                among: Some(named.keys().cloned().collect()),
                own: access.own.clone(),
                at: access.at,
                withdrawn,
                ..Select::default()
            };
            for row in visit.reads().list(spec.key, &select, u32::MAX).await? {
                let files = named.remove(&row.row).unwrap_or_default();
                let then = files
                    .into_iter()
                    .filter(|(_, first)| access.at.is_none_or(|at| *first <= at));
                seen.extend(then.map(|(sha256, _)| sha256));
            }
        }
    }
    Ok(seen)
}
