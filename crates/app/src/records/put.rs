//! New records and changes: each one commit with its ledger entry.
//!
//! Why a change names the version it saw: two people saving at once must not undo each
//! other without a word. What it can't know: who is right.

use super::access::{is_for_people, no_record};
use super::{RecordView, access};
use crate::commands::row_id;
use crate::permission::Action;
use crate::principal::{Principal, Role};
use crate::{App, AppError};
use registers::{Reach, RegisterSpec};
use serde_json::{Map, Value, json};
use store::{Blob, Holds, NewRow, Receipt};

/// A record as somebody gives it.
#[derive(Debug, Clone, Default)]
pub struct PutRecord {
    /// The row to change; a new one where none.
    pub id: Option<String>,
    /// The version that was seen; must be given for a change.
    pub seen: Option<u32>,
    /// Fields and values: stored forms, or as people write them.
    pub body: Value,
    /// Only the fields given change; the others stay. Else the body is the whole record.
    pub partial: bool,
    /// Files that the body names.
    pub files: Vec<crate::EvidenceFile>,
    /// The asker's own key and the hash of the request, for a request that may come twice.
    pub once: Option<(String, [u8; 32])>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The record.
    pub record: RecordView,
    /// Whether it is new.
    pub created: bool,
    /// Whether the same request had been answered before, and nothing was written now.
    pub repeated: bool,
}

/// That the version somebody saw is not the one that stands: an older one, or one that never was.
pub(crate) fn stale(spec: &RegisterSpec, seen: u32, found: u32) -> AppError {
    if seen > found {
        return AppError::stale(
            format!(
                "「{}」這筆紀錄還沒有第 {seen} 版，目前是第 {found} 版；沒有寫入",
                spec.title
            ),
            "請重新載入紀錄，依所得的版本再送一次",
        );
    }
    AppError::stale(
        format!(
            "「{}」這筆紀錄已被別人更新為第 {found} 版，您看到的是較早的版本；沒有寫入",
            spec.title
        ),
        "請重新開啟紀錄，確認對方的修改後再儲存",
    )
}

impl App {
    /// Writes a record.
    ///
    /// # Errors
    /// Where the asker may not, the record is refused, or somebody else was faster.
    pub async fn put_record(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        put: PutRecord,
    ) -> Result<Saved, AppError> {
        let action = if put.id.is_some() {
            Action::Amend
        } else {
            Action::Create
        };
        let access = self.access(who, action, agency, register).await?;
        let spec = access.spec;
        if let Some(done) = self.answered(who, put.once.as_ref()).await? {
            // Its writer is told the same again, also with a token that is only for writing.
            let record = self.written(who, agency, spec, &done).await?;
            return Ok(Saved {
                created: put.id.is_none(),
                record,
                repeated: true,
            });
        }
        refuse_system(spec)?;
        if spec.key == "agency" && put.id.is_none() {
            return Err(AppError::bad_input(
                "機關基本資料只有一筆，不能再新增",
                "請修改既有的那一筆；另一個機關請以 fazun agency init 建立",
            ));
        }
        if !put.body.is_object() {
            return Err(AppError::bad_input(
                "紀錄不是欄位與值之組合",
                "請以 JSON 物件送出，例如 {\"name\": \"公文系統\"}",
            ));
        }
        let mut sent = 0;
        let (id, expected, body) = match &put.id {
            None => (row_id(&format!("{agency}-r"), self.now()), 0, put.body.clone()),
            Some(id) => {
                let row = self.visible(&access, agency, id).await?;
                if let Some(seen) = put.seen
                    && seen != row.version
                {
                    return Err(stale(spec, seen, row.version));
                }
                // Read before the standing is: what is sent on from now on refuses the commit.
                sent = self
                    .approval_row(agency, spec, id)
                    .await?
                    .map_or(0, |a| a.version);
                let standing = self.standing_of(agency, spec, (id, row.version)).await?;
                if standing.state == "submitted" {
                    return Err(AppError::conflict(
                        "這筆紀錄正在簽核中，不能修改",
                        "請先撤回送簽，或等簽核完成後再修改",
                    ));
                }
                let hides = self.hides(who, agency, spec).await?;
                let given = hides.restored(spec, &row.body, put.body.clone());
                let body = if put.partial {
                    merged(&row.body, &given)
                } else {
                    given
                };
                (id.clone(), put.seen.unwrap_or(row.version), body)
            }
        };
        let (body, blobs) = with_files(body, put.files)?;
        let own = self.own_grants(who, &access, agency).await?;
        let body = self.placed(spec, body, &own).await?;
        let body = crate::uploads::plain_names(self.checked_body(agency, spec, &id, &body).await?);
        is_own(&body, &own)?;
        self.known_evidence(who, agency, (spec, &id), &body, &blobs)
            .await?;
        // Nobody may send it on for approval while it is being changed.
        let approval = super::approval::approval_id(spec, &id);
        let mut holds = Holds::default();
        holds.rows.push(("approval".to_owned(), approval, sent));
        holds.rows.extend(self.referred_rows(spec, &body).await?);
        let rows = vec![NewRow {
            register: spec.key.to_owned(),
            row: id.clone(),
            expected_version: expected,
            body,
        }];
        let receipt = put.once.map(|(key, request)| Receipt {
            principal: who.id.clone(),
            key,
            request,
            answer: super::once::written(&id, expected.saturating_add(1)),
        });
        let verb = if expected == 0 { "create" } else { "amend" };
        let action = format!("{}.{verb}", spec.key);
        let before = self
            .commit_once(who, agency, &action, rows, blobs, receipt, holds)
            .await?;
        let record = self
            .written(who, agency, spec, before.as_deref().unwrap_or(&id))
            .await?;
        Ok(Saved {
            record,
            created: expected == 0,
            repeated: before.is_some(),
        })
    }

    /// A record that was just written, as its writer may see it: by its id, or by the answer
    /// that names the version too.
    pub(crate) async fn written(
        &self,
        who: &Principal,
        agency: &str,
        spec: &'static RegisterSpec,
        id: &str,
    ) -> Result<RecordView, AppError> {
        let (id, version) = super::once::named(id);
        let row = match version {
            Some(version) => self.store.version(agency, spec.key, id, version).await?,
            None => self.store.row(spec.key, id).await?,
        };
        let row = row
            .filter(|r| r.agency == agency && !r.body.is_null())
            .ok_or_else(|| no_record(spec, id))?;
        let standing = self.standing_of(agency, spec, (id, row.version)).await?;
        let body = self.hides(who, agency, spec).await?.masked(spec, row.body);
        let record = registers::Record::new(spec, &row.row, &body);
        Ok(RecordView {
            register: spec.key,
            name: record.name().to_owned(),
            standing,
            id: row.row.clone(),
            version: row.version,
            body,
        })
    }

    /// The rows to which a body refers, as they stand: none of them may be withdrawn meanwhile.
    async fn referred_rows(
        &self,
        spec: &RegisterSpec,
        body: &Value,
    ) -> Result<Vec<(String, String, u32)>, AppError> {
        let record = registers::Record::new(spec, "", body);
        let mut named = std::collections::BTreeSet::new();
        for field in spec.fields {
            match field.kind {
                registers::Kind::Reference(key) => named.extend([(key, record.text(field.key))]),
                registers::Kind::References(key) => {
                    named.extend(record.list(field.key).into_iter().map(|id| (key, id)));
                }
                _ => {}
            }
        }
        let mut rows = Vec::new();
        for (key, id) in named.into_iter().filter(|(_, id)| !id.is_empty()) {
            if let Some(row) = self.store.row(key, id).await? {
                rows.push((key.to_owned(), id.to_owned(), row.version));
            }
        }
        Ok(rows)
    }

    /// What only one's own rows may say: a vendor's contract, an auditor's audit.
    async fn own_grants(
        &self,
        who: &Principal,
        access: &access::Access,
        agency: &str,
    ) -> Result<Vec<(&'static str, String)>, AppError> {
        let mut own = Vec::new();
        if who.is_local {
            return Ok(own);
        }
        for grant in self.grants(who, agency).await? {
            let (field, value) = match grant.role {
                Role::Vendor => ("contract", grant.contract),
                Role::Auditor => ("audit", grant.audit),
                _ => continue,
            };
            if access.roles.contains(&grant.role) && access.spec.field(field).is_some() {
                own.push((field, value));
            }
        }
        Ok(own)
    }

    /// A body with what goes without saying: whose it is, and from where an auditor reads.
    async fn placed(
        &self,
        spec: &RegisterSpec,
        mut body: Value,
        own: &[(&'static str, String)],
    ) -> Result<Value, AppError> {
        let is_auditor = spec.key == "member" && body.get("role").and_then(Value::as_str) == Some("auditor");
        let position = if is_auditor && body.get("position").is_none_or(Value::is_null) {
            Some(self.store.position().await?)
        } else {
            None
        };
        if let Some(members) = body.as_object_mut() {
            for (field, value) in own {
                let given = members.get(*field).and_then(Value::as_str).unwrap_or_default();
                if given.is_empty() {
                    members.insert((*field).to_owned(), Value::from(value.as_str()));
                }
            }
            if let Some(position) = position {
                members.insert("position".to_owned(), Value::from(position));
            }
        }
        Ok(body)
    }

    /// Files that a body names must come with it, stand in the record already, or be such as the
    /// writer may open elsewhere: a hash alone is no right to a file.
    async fn known_evidence(
        &self,
        who: &Principal,
        agency: &str,
        (spec, id): (&RegisterSpec, &str),
        body: &Value,
        blobs: &[Blob],
    ) -> Result<(), AppError> {
        if spec.field("evidence").is_none() {
            return Ok(());
        }
        let fresh: Vec<String> = blobs
            .iter()
            .map(|b| ledger::hex(&ledger::sha256(&b.bytes)))
            .collect();
        let standing = self.store.row(spec.key, id).await?;
        let standing = standing.filter(|r| r.agency == agency).map(|r| r.body);
        let kept = standing.unwrap_or_default();
        let kept = registers::Record::new(spec, id, &kept).files("evidence");
        let record = registers::Record::new(spec, id, body);
        for sha256 in record.files("evidence") {
            let known = fresh.iter().any(|f| f == sha256) || kept.contains(&sha256);
            if !known && !self.sees_file(who, agency, sha256).await? {
                return Err(AppError::Fields(vec![crate::error::FieldError {
                    field: "evidence".to_owned(),
                    label: "佐證".to_owned(),
                    message: no_file(sha256),
                    clause: String::new(),
                }]));
            }
        }
        Ok(())
    }
}

/// A vendor writes about its contract only, an auditor about the audit at hand; asked once
/// names are understood, since a contract may be given by its name.
fn is_own(body: &Value, own: &[(&'static str, String)]) -> Result<(), AppError> {
    let said = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    if own.iter().all(|(field, value)| said(field) == value) {
        return Ok(());
    }
    Err(AppError::forbidden(
        "這筆紀錄不屬於您的契約或稽核",
        "請只填報自己的契約或本次稽核之紀錄",
    ))
}

/// That the agency has no such file: of another's, the same is said as of nobody's.
pub(crate) fn no_file(sha256: &str) -> String {
    let short = sha256.get(..12).unwrap_or(sha256);
    format!("本機關沒有檢核碼為 {short} 的檔案，請先上傳")
}

/// Registers that the system writes are changed by doing what they record.
pub(super) fn refuse_system(spec: &RegisterSpec) -> Result<(), AppError> {
    let managed = ["member", "deputy", "route"].contains(&spec.key);
    if spec.reach == Reach::System && !managed {
        return Err(AppError::bad_input(
            format!("「{}」由系統登錄，不能直接填寫", spec.title),
            "請由對應的功能辦理，例如送簽、意見、匯入計畫",
        ));
    }
    debug_assert!(managed || is_for_people(spec));
    Ok(())
}

/// The standing body with the given fields in place of its own; a null clears a field.
fn merged(standing: &Value, given: &Value) -> Value {
    let mut members: Map<String, Value> = standing.as_object().cloned().unwrap_or_default();
    for (key, value) in given.as_object().into_iter().flatten() {
        members.insert(key.clone(), value.clone());
    }
    Value::Object(members)
}

/// Adds uploaded files to the body's evidence.
fn with_files(mut body: Value, files: Vec<crate::EvidenceFile>) -> Result<(Value, Vec<Blob>), AppError> {
    let mut blobs = Vec::new();
    for file in files {
        let file = crate::uploads::accepted(file)?;
        let entry = json!({
            "sha256": ledger::hex(&ledger::sha256(&file.bytes)), "name": file.name,
            "size": file.bytes.len(), "media_type": file.media_type,
        });
        if let Some(members) = body.as_object_mut() {
            let list = members
                .entry("evidence")
                .or_insert_with(|| Value::Array(Vec::new()));
            // Files that stay may come as the lines of a form.
            if let Value::String(lines) = list {
                *list = registers::entry::read(&registers::EVIDENCE, lines, &registers::entry::NoNames)
                    .map_err(|message| AppError::bad_input(message, "請重新選取要保留的檔案"))?;
            }
            if !list.is_array() {
                *list = Value::Array(Vec::new());
            }
            if let Some(list) = list.as_array_mut() {
                list.push(entry);
            }
        }
        blobs.push(Blob {
            bytes: file.bytes,
            media_type: file.media_type,
            name: file.name,
        });
    }
    Ok((body, blobs))
}
