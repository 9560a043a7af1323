//! What pages ask beside lists and records: which registers prove a duty, an import read
//! again with other columns, and labels for assets.
//!
//! Why here: a page must not know field tables. What it can't know: how a label is printed.

use super::export::{ID, VERSION};
use super::import::{self, ImportOptions, ImportReport, Imported, Progress};
use super::{ListQuery, access};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::visit::Visit;
use registers::system::System;
use registers::{Kind, Page, RegisterSpec};
use serde_json::Value;
use std::collections::BTreeSet;

/// Labels on one page.
const LABELS: u32 = 24;

/// What stands on an asset's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetLabel {
    /// The asset's id.
    pub id: String,
    /// 資產名稱
    pub name: String,
    /// 財產編號, else the asset's own number.
    pub number: String,
    /// 管理者
    pub custodian: String,
    /// 廠牌
    pub brand: String,
    /// 型號
    pub model: String,
    /// Whether it is core, by itself or by its system.
    pub core: bool,
}

/// Registers whose records prove or report a duty: key and title.
pub fn registers_for(duty: &str) -> Vec<(&'static str, &'static str)> {
    registers::catalogue()
        .iter()
        .filter(|spec| spec.page == Page::Generic)
        .filter(|spec| {
            spec.proves.iter().any(|p| p.duty == duty) || spec.raises.iter().any(|r| r.duty == duty)
        })
        .map(|spec| (spec.key, spec.title))
        .collect()
}

/// The register whose records are counted as that: key and title.
pub fn register_counting(what: &str) -> Option<(&'static str, &'static str)> {
    let mut specs = registers::catalogue().iter();
    let spec = specs.find(|spec| spec.tallies.iter().any(|t| t.what == what))?;
    Some((spec.key, spec.title))
}

/// The fields that a column of an import may be taken for: key and label.
pub fn import_fields(spec: &RegisterSpec) -> Vec<(&'static str, &'static str)> {
    let entered = spec.fields.iter().filter(|f| f.kind != Kind::Json);
    entered.map(|f| (f.key, f.label)).chain([ID, VERSION]).collect()
}

/// Reads the file of an import again, with other columns or another sheet.
///
/// # Errors
/// Where the import isn't there for the asker, or the file can't be read so.
pub fn preview_again<'a>(
    visit: &'a Visit<'_>,
    id: &'a str,
    options: ImportOptions,
    progress: Progress<'a>,
) -> Imported<'a> {
    Box::pin(async move {
        let new = crate::new_ids::new_id(&format!("{}-i", visit.agency()));
        preview_again_as(visit, id, options, progress, new).await
    })
}

/// The same under an id that was given beforehand.
pub(crate) async fn preview_again_as(
    visit: &Visit<'_>,
    id: &str,
    options: ImportOptions,
    progress: Progress<'_>,
    new: String,
) -> Result<ImportReport, AppError> {
    let report = import::import_report(visit, id).await?;
    if report.state == "discarded" {
        return Err(AppError::conflict(
            "這次匯入已經取消，不能再調整",
            "要匯入請重新上傳檔案",
        ));
    }
    let job = visit
        .reads()
        .job(id)
        .await?
        .ok_or_else(|| AppError::not_found(format!("沒有匯入作業「{id}」"), "請重新上傳檔案"))?;
    let file = (report.file.as_str(), job.bytes);
    import::preview_as(visit, register(&report.register)?, file, options, progress, new).await
}

/// One page of asset labels, and after which id the next begins.
///
/// # Errors
/// Where the asker may not read the inventory.
#[compiled_once]
pub async fn asset_labels(
    visit: &Visit<'_>,
    after: &str,
) -> Result<(Vec<AssetLabel>, Option<String>), AppError> {
    let query = ListQuery {
        after: after.to_owned(),
        limit: LABELS,
        ..ListQuery::default()
    };
    let page = access::list(visit, register("asset")?, &query).await?;
    let mut core = BTreeSet::new();
    for row in visit.rows().standing("system") {
        let system: System = crate::map::body(row)?;
        if system.core == Some(true) {
            core.insert(system.name);
            core.insert(row.row.clone());
        }
    }
    core.remove("");
    let label = |row: super::RecordView| {
        let text = |key: &str| {
            row.body
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .trim()
        };
        let number = ["property_no", "number"]
            .map(text)
            .into_iter()
            .find(|n| !n.is_empty());
        let systems = row
            .body
            .get("systems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let mut named = systems
            .filter_map(Value::as_str)
            .chain(["system", "system_name"].map(text));
        AssetLabel {
            core: row.body.get("core") == Some(&Value::Bool(true)) || named.any(|n| core.contains(n)),
            number: number.unwrap_or_default().to_owned(),
            custodian: text("custodian").to_owned(),
            brand: text("brand").to_owned(),
            model: text("model").to_owned(),
            name: row.name,
            id: row.id,
        }
    };
    Ok((page.rows.into_iter().map(label).collect(), page.next))
}
