//! What bringing an installation up to date would do, and doing it.
//!
//! Why told beforehand and without writing a byte: whoever updates the program wants to know what
//! it will read otherwise, what it can't read, and how long lists will wait, while the older one
//! still runs. Why bodies stay as they were stored: their bytes are hashed; they are opened in the
//! newest form whenever they are read. What it can't know: what a process of the older program
//! writes meanwhile; it should be stopped.

use crate::compiled::compiled_once;
use crate::{AppError, forms};
use registers::{Finds, RowRef};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Forms, Inspection, Location, OpenMode, Store, StoredRow};

/// Rows of a register that are read in a newer form than they are stored in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormChange {
    /// Register key.
    pub register: String,
    /// What an officer calls it.
    pub title: String,
    /// The form in which they are stored.
    pub from: u32,
    /// The form in which they are read.
    pub to: u32,
    /// How many rows.
    pub rows: u64,
    /// How many of them must be mended when they are next changed.
    pub to_mend: u64,
}

/// A chain whose lists and searches are derived anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rederived {
    /// Whose: an agency's id.
    pub agency: String,
    /// How many rows.
    pub rows: u64,
}

/// A row that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Whose.
    pub agency: String,
    /// Register key.
    pub register: String,
    /// What an officer calls the register.
    pub title: String,
    /// Row id.
    pub row: String,
    /// Why it can't be read, and what to do.
    pub why: String,
}

/// What an upgrade would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UpgradePlan {
    /// Which database.
    pub place: String,
    /// The schema that it has.
    pub schema_from: u32,
    /// The schema that it gets.
    pub schema_to: u32,
    /// How many bodies were looked at.
    pub looked_at: u64,
    /// What is read in a newer form.
    pub forms: Vec<FormChange>,
    /// What is derived anew.
    pub derive: Vec<Rederived>,
    /// What stands in the way: nothing is done while there is any.
    pub refused: Vec<Unreadable>,
}

impl UpgradePlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.schema_from == self.schema_to && self.derive.is_empty() && self.refused.is_empty()
    }
}

/// Rows that are looked at in one go.
const AT_ONCE: u32 = 500;

/// What an upgrade to this program would do; writes nothing.
///
/// # Errors
/// Where there is no database, it isn't ours, is newer or was altered.
#[compiled_once]
pub async fn upgrade_plan(location: &Location) -> Result<UpgradePlan, AppError> {
    upgrade_plan_by(location, forms(), registers::register).await
}

/// As [`upgrade_plan`], by other registers than those that are shipped.
///
/// # Errors
/// As [`upgrade_plan`].
#[compiled_once]
pub async fn upgrade_plan_by(
    location: &Location,
    forms: Arc<dyn Forms>,
    finds: Finds,
) -> Result<UpgradePlan, AppError> {
    let mut inspection = Store::inspect(location, forms).await?;
    let mut plan = UpgradePlan {
        place: inspection.place().to_owned(),
        schema_from: inspection.reached,
        schema_to: inspection.newest,
        ..UpgradePlan::default()
    };
    let mut changes: BTreeMap<(String, u32, u32), (u64, u64)> = BTreeMap::new();
    for chain in inspection.chains().await? {
        look(&mut inspection, &chain.agency, finds, &mut plan, &mut changes).await?;
        if !chain.is_derived {
            plan.derive.push(Rederived {
                agency: chain.agency,
                rows: chain.rows,
            });
        }
    }
    plan.forms = changes
        .into_iter()
        .map(|((register, from, to), (rows, to_mend))| FormChange {
            title: title(finds, &register),
            register,
            from,
            to,
            rows,
            to_mend,
        })
        .collect();
    Ok(plan)
}

fn title(finds: Finds, register: &str) -> String {
    finds(register).map_or_else(|| register.to_owned(), |spec| spec.title.to_owned())
}

/// Looks at the bodies of one chain, page by page.
async fn look(
    inspection: &mut Inspection,
    chain: &str,
    finds: Finds,
    plan: &mut UpgradePlan,
    changes: &mut BTreeMap<(String, u32, u32), (u64, u64)>,
) -> Result<(), AppError> {
    let mut after = (String::new(), String::new());
    loop {
        let rows: Vec<StoredRow> = inspection.bodies(chain, (&after.0, &after.1), AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = (last.register.clone(), last.row.clone());
        let refs: Vec<RowRef<'_>> = rows
            .iter()
            .map(|r| RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        let found = registers::upgrades_by(finds, &refs);
        let looked_at = u64::try_from(found.looked_at).unwrap_or(u64::MAX);
        plan.looked_at = plan.looked_at.saturating_add(looked_at);
        for older in found.older {
            let key = (older.register, older.upgrade.from, older.upgrade.to);
            let (rows, to_mend) = changes.entry(key).or_default();
            *rows += 1;
            *to_mend += u64::from(!older.upgrade.to_mend.is_empty());
        }
        plan.refused
            .extend(found.unreadable.into_iter().map(|problem| Unreadable {
                agency: chain.to_owned(),
                title: title(finds, &problem.register),
                register: problem.register,
                row: problem.row,
                why: problem.message,
            }));
    }
}

/// Where a backup goes, asked for only once there is something to do: what wasn't needed leaves
/// nothing behind, not even a folder.
pub type BackupTo<'a> = &'a (dyn Fn() -> Result<PathBuf, AppError> + Send + Sync);

/// Brings an installation up to date: a backup where one is asked for, the tables, and what lists
/// and searches go by. May be begun again. Tells what it does, in words.
///
/// # Errors
/// Where something stands in the way; nothing is changed then. Where the database can't be written.
pub async fn upgrade(
    location: &Location,
    backup: Option<BackupTo<'_>>,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<UpgradePlan, AppError> {
    upgrade_by(location, backup, tell, forms(), registers::register).await
}

/// As [`upgrade`], by other registers than those that are shipped.
///
/// # Errors
/// As [`upgrade`].
pub async fn upgrade_by(
    location: &Location,
    backup: Option<BackupTo<'_>>,
    tell: &(dyn Fn(&str) + Send + Sync),
    forms: Arc<dyn Forms>,
    finds: Finds,
) -> Result<UpgradePlan, AppError> {
    let plan = upgrade_plan_by(location, Arc::clone(&forms), finds).await?;
    if let Some(first) = plan.refused.first() {
        return Err(AppError::conflict(
            format!(
                "有 {} 筆紀錄新版程式讀不出來，沒有升級；第一筆：{} 的「{}」{}：{}",
                plan.refused.len(),
                first.agency,
                first.title,
                first.row,
                first.why
            ),
            "請以 fazun upgrade --dry-run 查看全部，並洽程式提供者；在此之前請沿用原版程式",
        ));
    }
    if plan.is_empty() {
        return Ok(plan);
    }
    if let (Location::Sqlite(dir), Some(to)) = (location, backup) {
        let to = to()?;
        let bytes = Store::backup_as_it_is(dir, &to, &*forms).await?;
        tell(&format!("升級前的備份：{}　{bytes} 位元組，已驗證", to.display()));
    }
    let store = Store::open_at(location, OpenMode::MustExist, forms).await?;
    tell(&format!("資料結構：第 {} 版，完成", plan.schema_to));
    for chain in store.underived().await? {
        let mut after = (String::new(), String::new());
        let mut rows = 0_u64;
        loop {
            let done = store.derive_anew(&chain, (&after.0, &after.1), AT_ONCE).await?;
            rows = rows.saturating_add(done.rows);
            let Some(last) = done.last else {
                break;
            };
            after = last;
        }
        tell(&format!("{chain}：重新整理 {rows} 筆的清單與搜尋索引，完成"));
    }
    store.close().await;
    Ok(plan)
}
