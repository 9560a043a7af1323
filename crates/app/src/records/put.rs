//! New records and changes: each one commit with its ledger entry.
//!
//! Why a change names the version it saw: two people saving at once must not undo each
//! other without a word. What it can't know: who is right.

use super::change::{PutRecord, Saved, no_file, refuse_system, stale};
use super::holds::holds_of;
use super::names::NameBook;
use super::once::{named, written as answer_of};
use super::record::RecordView;
use super::standings::standing_of;
use super::{check, files, second};
use crate::AppError;
use crate::commit::{Draft, answered};
use crate::compiled::compiled_once;
use crate::ids::no_record;
use crate::new_ids::row_id;
use crate::principal::Role;
use crate::visit::{Access, Changes, Visit, act};
use registers::RegisterSpec;
use serde_json::{Map, Value, json};
use store::{Blob, NewRow, Receipt, StoreError, StoredRow};

/// How often a record is judged anew because what it was judged by has moved.
const TRIES: u32 = 5;

/// Writes a record.
///
/// # Errors
/// Where the asker may not, the record is refused, or somebody else was faster.
#[compiled_once]
pub async fn put(visit: &Visit<'_>, spec: &'static RegisterSpec, put: PutRecord) -> Result<Saved, AppError> {
    let moved =
        |done: &Result<Saved, AppError>| matches!(done, Err(AppError::Store(StoreError::Moved { .. })));
    // Only where other rows were looked at can they have moved; files are not kept twice.
    let again = (!spec.looks_at.is_empty() && put.files.is_empty()).then(|| put.clone());
    let mut done = Box::pin(once(visit, spec, put)).await;
    for _ in 1..TRIES {
        let Some(again) = again.clone().filter(|_| moved(&done)) else {
            break;
        };
        done = Box::pin(once(&visit.again().await?, spec, again)).await;
    }
    done
}

async fn once(visit: &Visit<'_>, spec: &'static RegisterSpec, put: PutRecord) -> Result<Saved, AppError> {
    if put.id.is_some() {
        write(&visit.may(act::Amend, spec)?, put).await
    } else {
        write(&visit.may(act::Create, spec)?, put).await
    }
}

async fn write<A: Changes>(access: &Access<'_, A>, put: PutRecord) -> Result<Saved, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let agency = visit.agency();
    if let Some(done) = answered(visit, put.once.as_ref()).await? {
        // Its writer is told the same again, also with a token that is only for writing.
        return Ok(Saved {
            created: put.id.is_none(),
            record: written(visit, spec, &done).await?,
            repeated: true,
            unchanged: false,
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
    let (id, before, body) = match &put.id {
        None => (
            row_id(&format!("{agency}-r"), visit.now()),
            None,
            put.body.clone(),
        ),
        Some(id) => {
            let row = access.visible(id.as_str()).await?;
            if let Some(seen) = put.seen
                && seen != row.version
            {
                return Err(stale(spec, seen, row.version));
            }
            let standing = standing_of(visit, spec, (id.as_str(), row.version))?;
            if standing.state == "submitted" {
                return Err(AppError::conflict(
                    "這筆紀錄正在簽核中，不能修改",
                    "請先撤回送簽，或等簽核完成後再修改",
                ));
            }
            let hides = visit.hides(spec);
            let stands = registers::open_ref(spec, &row.body)?;
            // Part of a body of a newer form is refused as a whole one is.
            registers::open_ref(spec, &put.body)?;
            let given = hides.restored(spec, &stands, put.body.clone());
            let body = if put.partial {
                merged(&stands, &given)
            } else {
                given
            };
            // Before anything is checked: a record that today's law wouldn't let in is not refused
            // to whoever leaves it as it is.
            if put.files.is_empty() && is_same(&body, &stands) {
                return unchanged(visit, spec, row.clone());
            }
            (id.as_str().to_owned(), Some(row), body)
        }
    };
    let expected = before.as_ref().map_or(0, |row| row.version);
    let (body, blobs) = with_files(body, put.files)?;
    let own = own_grants(access);
    let body = own_named(visit, spec, placed(visit, spec, body, &own), &own)?;
    let body = crate::uploads::plain_names(check::checked_body(visit, spec, &id, &body).await?);
    is_own(&body, &own)?;
    // Once more: the same may be given in other words, a day as 115/11/30 or a name for an id.
    if let Some(row) = before.as_ref().filter(|_| blobs.is_empty())
        && is_same(&body, &*registers::open_ref(spec, &row.body)?)
    {
        return unchanged(visit, spec, row.clone());
    }
    known_evidence(visit, spec, (&id, before.as_ref()), &body, &blobs).await?;
    second::not_ones_own(visit, spec, &id, &body)?;
    let receipt = put.once.map(|(key, request)| Receipt {
        principal: visit.who().id.clone(),
        key,
        request,
        answer: answer_of(&id, expected.saturating_add(1)),
    });
    let holds = holds_of(visit, spec, &id, &body).await?;
    if second::is_needed(visit, spec, before.as_ref().map(|r| &r.body), &body)? {
        return second::ask(access, (&id, before.as_ref()), body, (receipt, holds)).await;
    }
    let verb = if expected == 0 { "create" } else { "amend" };
    let rows = vec![NewRow {
        register: spec.key.to_owned(),
        row: id.clone(),
        expected_version: expected,
        body: body.clone(),
    }];
    let mut draft = Draft::of(&format!("{}.{verb}", spec.key), rows);
    draft.blobs = blobs;
    draft.receipt = receipt;
    draft.holds = holds;
    match access.commit(draft).await? {
        Some(before) => Ok(Saved {
            record: written(&visit.again().await?, spec, &before).await?,
            created: expected == 0,
            repeated: true,
            unchanged: false,
        }),
        None => Ok(Saved {
            record: shown(visit, spec, (&id, expected.saturating_add(1)), body)?,
            created: expected == 0,
            repeated: false,
            unchanged: false,
        }),
    }
}

/// Whether two bodies say the same: by their canonical bytes, 72 and 72.0 are one number.
fn is_same(a: &Value, b: &Value) -> bool {
    store::canonical(a) == store::canonical(b)
}

/// The record as it stands: a version that says what the one before said would only begin its
/// approval anew.
fn unchanged(visit: &Visit<'_>, spec: &'static RegisterSpec, row: StoredRow) -> Result<Saved, AppError> {
    Ok(Saved {
        record: shown(visit, spec, (&row.row, row.version), row.body)?,
        created: false,
        repeated: false,
        unchanged: true,
    })
}

/// A record that was written before, as its writer may see it: by the answer that names it.
async fn written(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    answer: &str,
) -> Result<RecordView, AppError> {
    let (id, version) = named(answer);
    let row = match version {
        Some(version) => visit.reads().version(spec.key, id, version).await?,
        None => visit.row(spec, id).await?,
    };
    match row.filter(|r| !r.body.is_null()) {
        Some(row) => shown(visit, spec, (id, row.version), row.body),
        // What waits for a second person was not written yet.
        None => second::asked(visit, spec, id).ok_or_else(|| no_record(spec, id)),
    }
}

/// A version of a record as whoever wrote it may see it.
fn shown(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (id, version): (&str, u32),
    body: Value,
) -> Result<RecordView, AppError> {
    let body = visit.hides(spec).masked(spec, registers::open(spec, body)?.body);
    let record = registers::Record::new(spec, id, &body);
    Ok(RecordView {
        register: spec.key,
        name: record.name().to_owned(),
        standing: standing_of(visit, spec, (id, version))?,
        id: id.to_owned(),
        version,
        body,
    })
}

/// What only one's own rows may say: a vendor's contract, an auditor's audit.
fn own_grants<A>(access: &Access<'_, A>) -> Vec<(&'static str, String)> {
    let mut own = Vec::new();
    if access.visit.who().is_local {
        return own;
    }
    for grant in access.visit.grants() {
        let (field, value) = match grant.role {
            Role::Vendor => ("contract", grant.contract.clone()),
            Role::Auditor => ("audit", grant.audit.clone()),
            _ => continue,
        };
        if access.roles.contains(&grant.role) && access.spec.field(field).is_some() {
            own.push((field, value));
        }
    }
    own
}

/// A body with what goes without saying: whose it is, and from where an auditor reads.
fn placed(visit: &Visit<'_>, spec: &RegisterSpec, mut body: Value, own: &[(&'static str, String)]) -> Value {
    let is_auditor = spec.key == "member" && body.get("role").and_then(Value::as_str) == Some("auditor");
    let position = is_auditor && body.get("position").is_none_or(Value::is_null);
    if let Some(members) = body.as_object_mut() {
        for (field, value) in own {
            let given = members.get(*field).and_then(Value::as_str).unwrap_or_default();
            if given.is_empty() {
                members.insert((*field).to_owned(), Value::from(value.as_str()));
            }
        }
        if position {
            members.insert("position".to_owned(), Value::from(visit.reads().position()));
        }
    }
    body
}

/// Files that a body names must come with it, stand in the record already, or be such as the
/// writer may open elsewhere: a hash alone is no right to a file.
async fn known_evidence(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    (id, before): (&str, Option<&StoredRow>),
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
    let empty = Value::Null;
    let kept = registers::open_ref(spec, before.map_or(&empty, |r| &r.body))?;
    let kept = registers::Record::new(spec, id, &kept).files("evidence");
    let record = registers::Record::new(spec, id, body);
    for sha256 in record.files("evidence") {
        let known = fresh.iter().any(|f| f == sha256) || kept.contains(&sha256);
        if !known && !files::sees_file(visit, sha256).await? {
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

/// A body that names the writer's own contract or audit by its id. Before any other name is
/// understood: of what is another's, the same is said as of what is nowhere.
fn own_named(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    mut body: Value,
    own: &[(&'static str, String)],
) -> Result<Value, AppError> {
    for (key, id) in own {
        let given = body.get(*key).and_then(Value::as_str);
        let (Some(given), Some(field)) = (given, spec.field(key)) else {
            continue;
        };
        let registers::Kind::Reference(register) = field.kind else {
            continue;
        };
        let names = NameBook::of_row(visit, register, id)?;
        let meant = registers::entry::read(field, given, &names).ok();
        if given != id && meant.as_ref().and_then(Value::as_str) != Some(id) {
            return Err(not_own());
        }
        if let Some(members) = body.as_object_mut() {
            members.insert((*key).to_owned(), Value::from(id.as_str()));
        }
    }
    Ok(body)
}

/// A vendor writes about its contract only, an auditor about the audit at hand.
fn is_own(body: &Value, own: &[(&'static str, String)]) -> Result<(), AppError> {
    let said = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    if own.iter().all(|(field, value)| said(field) == value) {
        return Ok(());
    }
    Err(not_own())
}

fn not_own() -> AppError {
    AppError::forbidden(
        "這筆紀錄不屬於您的契約或稽核",
        "請只填報自己的契約或本次稽核之紀錄",
    )
}

/// The standing body with the given fields in place of its own; a null clears a field.
fn merged(standing: &Value, given: &Value) -> Value {
    let mut members: Map<String, Value> = standing.as_object().cloned().unwrap_or_default();
    // What is given is part of a body of the newest form, as the standing one is.
    for (key, value) in given
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "v")
    {
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
