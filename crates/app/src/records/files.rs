//! Files that somebody may see: those that a record which they may read names, or named.
//!
//! Why every version counts: a record's readers see its history, and what was approved stays
//! proof while a draft goes on. What it can't know: what a file shows.

use super::access::{Access, no_agency};
use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Grant, Principal, Scope};
use crate::{App, AppError};
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

impl App {
    /// A kept file with its name.
    ///
    /// # Errors
    /// Where no record that the asker may read names it.
    pub async fn file_for(
        &self,
        who: &Principal,
        agency: &str,
        sha256: &str,
    ) -> Result<(String, Vec<u8>), AppError> {
        who.demand(Scope::Read)?;
        if let Some(name) = self.file_name(who, agency, sha256).await?
            && let Some(blob) = self.store.blob(sha256).await?
        {
            return Ok((name, blob.bytes));
        }
        Err(AppError::not_found(
            "沒有這個檔案",
            "請由引用它的紀錄開啟；檔案可能不屬於本機關",
        ))
    }

    /// Whether a record that somebody may read names a file.
    pub(crate) async fn sees_file(
        &self,
        who: &Principal,
        agency: &str,
        sha256: &str,
    ) -> Result<bool, AppError> {
        Ok(self.file_name(who, agency, sha256).await?.is_some())
    }

    /// What a record that somebody may read calls a file; none where no such record names it. Not
    /// what it was first kept under: that may have been another agency's name for it.
    async fn file_name(
        &self,
        who: &Principal,
        agency: &str,
        sha256: &str,
    ) -> Result<Option<String>, AppError> {
        let grants = self.grants(who, agency).await?;
        let mut looked_at: Option<((String, String), bool)> = None;
        for version in self.store.versions_naming(agency, sha256).await? {
            // The scan of a signed page belongs to the record that was signed.
            let about = match version.register.as_str() {
                "approval" => {
                    let approval = Approval::read(&version.body)?;
                    (approval.register, approval.row)
                }
                _ => (version.register.clone(), version.row.clone()),
            };
            let named =
                registers::register(&version.register).and_then(|spec| name_in(spec, &version.body, sha256));
            let (Some(name), Some(spec)) = (named, registers::register(&about.0)) else {
                continue;
            };
            let reads = |g: &Grant| allowed(g.role, Action::Read, spec) != Allowed::No;
            if !grants.iter().any(reads) {
                continue;
            }
            let access = self.rights(who, Action::Read, agency, spec.key).await?;
            if access.at.is_some_and(|at| version.seq > at) {
                continue;
            }
            // Whoever sees only own records sees the files of the time when they were.
            if let Some(own) = access.own.as_ref().filter(|own| !own.fields.is_empty())
                && !self.is_own(own, &about, &version).await?
            {
                continue;
            }
            let sees = match &looked_at {
                Some((before, sees)) if *before == about => *sees,
                _ => self.sees_history(&access, agency, &about.1).await?,
            };
            if sees {
                return Ok(Some(name));
            }
            looked_at = Some((about, sees));
        }
        Ok(None)
    }

    /// Whether a version was somebody's own when it was written; of an approval, the version that
    /// it is about.
    async fn is_own(
        &self,
        own: &Own,
        (register, row): &(String, String),
        version: &StoredRow,
    ) -> Result<bool, AppError> {
        let number = match version.register.as_str() {
            "approval" => Approval::read(&version.body)?.version,
            _ => version.version,
        };
        let versions = self.store.recorded(&version.agency, register, row).await?;
        let author = versions.first().map(|v| v.entry.entry.actor.as_str());
        let at = versions.iter().find(|v| v.row.version == number);
        Ok(at.is_some_and(|v| super::history::own_version(own, &v.row, author)))
    }

    /// Whether somebody sees a record, or saw it before it was withdrawn.
    pub(crate) async fn sees_history(
        &self,
        access: &Access,
        agency: &str,
        id: &str,
    ) -> Result<bool, AppError> {
        Ok(self.seen(access, agency, id).await?.is_some()
            || self.withdrawn_record(access, agency, id).await?.is_some())
    }

    /// Every file of an agency that some record which somebody may read names: for an import.
    pub(crate) async fn files_seen(
        &self,
        who: &Principal,
        agency: &str,
    ) -> Result<BTreeSet<String>, AppError> {
        let grants = self.grants(who, agency).await?;
        let mut by_register: BTreeMap<String, BTreeMap<String, Vec<(String, u64)>>> = BTreeMap::new();
        for (sha256, register, row, first) in self.store.named_files(agency).await? {
            let rows = by_register.entry(register).or_default();
            rows.entry(row)
                .or_default()
                .push((sha256, u64::try_from(first).unwrap_or(u64::MAX)));
        }
        let mut seen = BTreeSet::new();
        for (register, mut named) in by_register {
            let Some(spec) = registers::register(&register) else {
                continue;
            };
            let reads = |g: &Grant| allowed(g.role, Action::Read, spec) != Allowed::No;
            let keeps = spec.field("evidence").is_some() || spec.reach == Reach::System;
            if !grants.iter().any(reads) || !keeps {
                continue;
            }
            let access = self.rights(who, Action::Read, agency, spec.key).await?;
            for withdrawn in [false, true] {
                let select = Select {
                    among: Some(named.keys().cloned().collect()),
                    own: access.own.clone(),
                    at: access.at,
                    withdrawn,
                    ..Select::default()
                };
                for row in self.store.list(agency, spec.key, &select, u32::MAX).await? {
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

    /// Refuses whoever may not see an agency's duties: those who may read what was done for them.
    /// Gives the ledger position at which an auditor reads.
    ///
    /// # Errors
    /// Where the asker may not.
    pub(crate) async fn may_see_duties(
        &self,
        who: &Principal,
        agency: &str,
    ) -> Result<Option<u64>, AppError> {
        self.access(who, Action::Read, agency, "activity").await?;
        // Reasons name incidents, shortcomings and what proves what: not for a unit.
        let access = self.access(who, Action::Read, agency, "incident").await?;
        if access.own.is_none() {
            return Ok(access.at);
        }
        Err(AppError::forbidden(
            "您在本機關的角色不能閱覽全部應辦事項",
            "請洽資安專責人員",
        ))
    }

    /// Agencies with which somebody has something to do: id and name.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn agencies_of(&self, who: &Principal) -> Result<Vec<views::AgencyHead>, AppError> {
        who.demand(Scope::Read)?;
        let mut mine = Vec::new();
        for head in self.agencies().await? {
            match self.grants(who, &head.id).await {
                Ok(_) => mine.push(head),
                Err(error) if error.to_string() == no_agency(&head.id).to_string() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(mine)
    }
}
