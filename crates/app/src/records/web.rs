//! What pages ask beside lists and records: which registers prove a duty, an import read
//! again with other columns, and labels for assets.
//!
//! Why here: a page must not know field tables. What it can't know: how a label is printed.

use super::export::{ID, VERSION};
use super::import::{ImportOptions, ImportReport, Progress};
use super::{ListQuery, access};
use crate::principal::Principal;
use crate::{App, AppError};
use registers::{Kind, Page};
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

impl App {
    /// Registers whose records prove or report a duty: key and title.
    pub fn registers_for(&self, duty: &str) -> Vec<(&'static str, &'static str)> {
        registers::catalogue()
            .iter()
            .filter(|spec| spec.page == Page::Generic)
            .filter(|spec| {
                spec.proves.iter().any(|p| p.duty == duty) || spec.raises.iter().any(|r| r.duty == duty)
            })
            .map(|spec| (spec.key, spec.title))
            .collect()
    }

    /// The fields that a column of an import may be taken for: key and label.
    ///
    /// # Errors
    /// Where there is no such register.
    pub fn import_fields(&self, register: &str) -> Result<Vec<(&'static str, &'static str)>, AppError> {
        let spec = access::register_of(register)?;
        let entered = spec.fields.iter().filter(|f| f.kind != Kind::Json);
        Ok(entered.map(|f| (f.key, f.label)).chain([ID, VERSION]).collect())
    }

    /// Reads the file of an import again, with other columns or another sheet.
    ///
    /// # Errors
    /// Where the import isn't there for the asker, or the file can't be read so.
    pub async fn preview_again(
        &self,
        who: &Principal,
        agency: &str,
        id: &str,
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Result<ImportReport, AppError> {
        let report = self.import_report(who, agency, id).await?;
        if report.state == "discarded" {
            return Err(AppError::conflict(
                "這次匯入已經取消，不能再調整",
                "要匯入請重新上傳檔案",
            ));
        }
        let job = self
            .store
            .job(agency, id)
            .await?
            .ok_or_else(|| AppError::not_found(format!("沒有匯入作業「{id}」"), "請重新上傳檔案"))?;
        let file = (report.file.as_str(), job.bytes);
        self.preview_import(who, agency, &report.register, file, options, progress)
            .await
    }

    /// One page of asset labels, and after which id the next begins.
    ///
    /// # Errors
    /// Where the asker may not read the inventory.
    pub async fn asset_labels(
        &self,
        who: &Principal,
        agency: &str,
        after: &str,
    ) -> Result<(Vec<AssetLabel>, Option<String>), AppError> {
        let query = ListQuery {
            after: after.to_owned(),
            limit: LABELS,
            ..ListQuery::default()
        };
        let page = self.list_records(who, agency, "asset", &query).await?;
        let mut core = BTreeSet::new();
        for row in self.store.latest_of(agency, "system").await? {
            if row.body.get("core") == Some(&Value::Bool(true)) {
                let name = row.body.get("name").and_then(Value::as_str).unwrap_or_default();
                core.insert(name.to_owned());
                core.insert(row.row);
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
}
