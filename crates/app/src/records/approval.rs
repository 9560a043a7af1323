//! 簽核: a record goes from draft through its steps to a numbered version that stays.
//!
//! Why a decision names the version it saw: nobody must approve what was changed behind
//! their back. Why the submitter can't take the last step: approving one's own paper is
//! no approval. What it can't know: who signed a paper; its scan is kept and named so.

use super::access::draft;
use super::paper::PaperSignature;
use super::{Standing, check, desk, put, second};
use crate::AppError;
use crate::commit::Draft;
use crate::ids::RowId;
use crate::principal::{Grant, Role};
use crate::visit::{Access, Act, Changes, Visit, act};
use law::{Approver, Does, Step};
use registers::RegisterSpec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Blob, NewRow, StoreError, StoredRow};

/// What somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// 同意
    Agree,
    /// 退回
    Return,
    /// 會辦意見
    Opinion,
}

impl Verdict {
    /// The verdict of a word.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "agree" => Some(Self::Agree),
            "return" => Some(Self::Return),
            "opinion" => Some(Self::Opinion),
            _ => None,
        }
    }
}

/// A decision on a version of a record.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What.
    pub verdict: Verdict,
    /// Why; must be given where it is returned.
    pub reason: String,
    /// The version that was seen.
    pub seen: u32,
}

/// One thing that happened on the way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub by: String,
    pub name: String,
    /// Whom a deputy stood for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stood_for: String,
    /// `submit`, `agree`, `return`, `opinion`, `withdraw`, `paper`.
    pub verdict: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    pub at: String,
    pub version: u32,
}

pub(super) fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn version_of(body: &Value) -> u32 {
    let version = body.get("version").and_then(Value::as_u64);
    version.and_then(|v| u32::try_from(v).ok()).unwrap_or(0)
}

pub(super) fn steps_of(body: &Value) -> Vec<Step> {
    body.get("steps")
        .and_then(|s| serde_json::from_value(s.clone()).ok())
        .unwrap_or_default()
}

pub(super) fn events_of(body: &Value) -> Vec<Event> {
    body.get("decisions")
        .and_then(|d| serde_json::from_value(d.clone()).ok())
        .unwrap_or_default()
}

pub(super) fn at_step(body: &Value) -> usize {
    let step = body.get("step").and_then(Value::as_u64).unwrap_or(0);
    usize::try_from(step).unwrap_or(0)
}

/// Where a version of a record stands, by its approval.
pub(crate) fn standing(body: &Value, version: u32) -> Standing {
    let approved = body.get("approved").filter(|a| !a.is_null());
    let approved_version = approved.map(version_of);
    let about = version_of(body);
    let blank = draft(approved_version);
    if about != version {
        return blank;
    }
    match text(body, "state") {
        "submitted" => {
            let step = steps_of(body).get(at_step(body)).copied();
            let waits_for = step.map(|s| s.role.title());
            Standing {
                state: "submitted",
                words: waits_for.map_or_else(|| "簽核中".to_owned(), |who| format!("簽核中，待{who}")),
                waits_for,
                ..blank
            }
        }
        "returned" => Standing {
            state: "returned",
            words: "已退回，請補正後再送".to_owned(),
            ..blank
        },
        "withdrawn" => Standing {
            state: "withdrawn",
            words: "已撤回".to_owned(),
            ..blank
        },
        "final" => Standing {
            state: "final",
            words: format!("已定版 {}", text(body, "number")),
            number: text(body, "number").to_owned(),
            ..blank
        },
        _ => blank,
    }
}

/// How often a number is taken anew where others take theirs at the same moment.
const TRIES: u64 = 40;

/// The approval of a record, if it was ever sent on.
pub(super) fn approval_row<'v>(visit: &'v Visit<'_>, spec: &RegisterSpec, id: &str) -> Option<&'v StoredRow> {
    visit.rows().there("approval", &approval_id(spec, id))
}

/// Sends a record on for approval.
///
/// # Errors
/// Where its register asks for none, or it is on its way already.
pub async fn submit(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (id, seen): (&RowId, u32),
) -> Result<Standing, AppError> {
    let access = visit.may(act::Submit, spec)?;
    let id = id.as_str();
    let row = access.visible(id).await?;
    let Some(way) = desk::route_of(visit, spec)? else {
        return Err(AppError::bad_input(
            format!("「{}」的紀錄不需簽核", spec.title),
            "登錄並附佐證即可；需要簽核者，請於「簽核流程」訂定步驟",
        ));
    };
    if seen != row.version {
        return Err(put::stale(spec, seen, row.version));
    }
    // What is sent on must still hold: other records or the law may have changed since.
    check::checked_body(visit, spec, id, &row.body).await?;
    let before = approval_row(visit, spec, id);
    let current = before.map(|b| standing(&b.body, row.version));
    if let Some(current) = current.filter(|s| matches!(s.state, "submitted" | "final")) {
        return Err(AppError::conflict(
            format!("這一版{}", current.words),
            "簽核中者請等候或撤回；已定版者請先修改再送簽",
        ));
    }
    let event = event(visit, "submit", "", "", row.version, None);
    let mut events = before.map(|b| events_of(&b.body)).unwrap_or_default();
    events.push(event);
    let body = json!({
        "v": 1, "register": spec.key, "row": id, "version": row.version, "state": "submitted",
        "step": 0, "steps": way.steps, "decisions": events,
        "approved": before.and_then(|b| b.body.get("approved")).cloned(),
    });
    save_approval(&access, before, (id, body), "submit").await
}

/// Calls a submitted record back.
///
/// # Errors
/// Where it isn't on its way, or somebody else sent it.
pub async fn call_back(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
) -> Result<Standing, AppError> {
    let access = visit.may(act::Submit, spec)?;
    let id = id.as_str();
    let row = access.visible(id).await?;
    let (approval, mut events) = under_way(&access, id, row.version)?;
    let sender = events.iter().rev().find(|e| e.verdict == "submit");
    let own = sender.is_some_and(|e| e.by == visit.who().id) || access.roles.contains(&Role::Officer);
    if !own {
        return Err(AppError::forbidden(
            "只有送件者或資安專責人員可以撤回",
            "請洽送件者，或由簽核步驟退回",
        ));
    }
    events.push(event(visit, "withdraw", "", "", row.version, None));
    let body = with(&approval.body, "withdrawn", at_step(&approval.body), &events);
    save_approval(&access, Some(approval), (id, body), "withdraw").await
}

/// Decides the step at which a record stands.
///
/// # Errors
/// Where the asker doesn't take that step, saw another version, or returns it without a reason.
pub async fn decide(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
    decision: Decision,
) -> Result<Standing, AppError> {
    let id = id.as_str();
    if let Some(settled) = second::decide(visit, spec, id, &decision).await? {
        return Ok(settled);
    }
    let access = visit.may(act::Decide, spec)?;
    // Nobody decides blind: an auditor who reads as of a past moment doesn't see it.
    let reads = visit.rights(act::Read, spec)?;
    reads.visible(id).await?;
    let row = access.visible(id).await?;
    if decision.seen != row.version {
        return Err(put::stale(spec, decision.seen, row.version));
    }
    let (approval, mut events) = under_way(&access, id, row.version)?;
    let steps = steps_of(&approval.body);
    let (at, step, grant) = the_step(&steps, at_step(&approval.body), visit.grants(), (spec, &row))?;
    if decision.verdict == Verdict::Return && decision.reason.trim().is_empty() {
        return Err(AppError::bad_input("退回須有理由", "請填寫退回理由與應補正之處"));
    }
    if (decision.verdict == Verdict::Opinion) != (step.does == Does::Consults) {
        return Err(AppError::bad_input(
            if step.does == Does::Consults {
                "會辦只表示意見，不能同意或退回"
            } else {
                "這一步應同意或退回，不是會辦"
            },
            "請依步驟選擇 agree（同意）、return（退回）或 opinion（會辦意見）",
        ));
    }
    let sender = events.iter().rev().find(|e| e.verdict == "submit");
    if step.does == Does::Approves
        && decision.verdict == Verdict::Agree
        && (sender.is_some_and(|e| e.by == visit.who().id) || decided_before(&events, &visit.who().id))
    {
        return Err(AppError::forbidden(
            "送件者與審核者不能核定自己經手的案件",
            "請由代理人或另一位有權者核定，或以紙本核定後上傳掃描檔",
        ));
    }
    let word = match decision.verdict {
        Verdict::Agree => "agree",
        Verdict::Return => "return",
        Verdict::Opinion => "opinion",
    };
    events.push(event(
        visit,
        word,
        step.role.title(),
        &decision.reason,
        row.version,
        grant.stands_for.as_deref(),
    ));
    if decision.verdict == Verdict::Return {
        let body = with(&approval.body, "returned", at, &events);
        save_approval(&access, Some(approval), (id, body), "return").await
    } else if step.does == Does::Approves {
        // What becomes final must hold on the day it does.
        check::checked_body(visit, spec, id, &row.body).await?;
        finish(&access, (approval, &row), events, None).await
    } else {
        let body = with(&approval.body, "submitted", at.saturating_add(1), &events);
        save_approval(&access, Some(approval), (id, body), "agree").await
    }
}

/// Makes a version final: numbered by year, its content kept with the hash of its bytes.
pub(super) async fn finish<A: Changes>(
    access: &Access<'_, A>,
    (approval, row): (&StoredRow, &StoredRow),
    events: Vec<Event>,
    paper: Option<PaperSignature>,
) -> Result<Standing, AppError> {
    // Another record became final at the same moment and took the number.
    let taken = |error: &AppError| matches!(error, AppError::Store(StoreError::Conflict { register, .. }) if register == "serial");
    let mut done = number(access, (approval, row), events.clone(), paper.clone()).await;
    for tries in 1..TRIES {
        if !done.as_ref().is_err_and(taken) {
            break;
        }
        // The longer the queue, the longer the wait.
        tokio::time::sleep(std::time::Duration::from_millis(3 * tries)).await;
        let visit = access.visit.again().await?;
        let access = visit.rights(A::IT, access.spec)?;
        done = number(&access, (approval, row), events.clone(), paper.clone()).await;
    }
    done
}

async fn number<A: Changes>(
    access: &Access<'_, A>,
    (approval, row): (&StoredRow, &StoredRow),
    events: Vec<Event>,
    paper: Option<PaperSignature>,
) -> Result<Standing, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let agency = visit.agency();
    let prefix = desk::route_of(visit, spec)?.map_or_else(|| "FZ".to_owned(), |way| way.prefix);
    let on = paper.as_ref().map_or_else(|| visit.today(), |p| p.on);
    let year = period::roc_year(visit.today()).unwrap_or(0);
    let serial_id = format!("{agency}:{prefix}:{year}");
    let serial = visit.rows().row("serial", &serial_id);
    let last = serial
        .and_then(|s| s.body.get("last"))
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let next = last.saturating_add(1);
    let earlier = approval
        .body
        .get("approved")
        .map(|a| text(a, "number").to_owned());
    // A new version of a paper keeps its number; versions tell them apart.
    let number = earlier
        .filter(|n| !n.is_empty())
        .unwrap_or_else(|| format!("{year}-{prefix}-{next:03}"));
    let fresh = number == format!("{year}-{prefix}-{next:03}");
    let hash = ledger::hex(&ledger::sha256(&store::canonical(&row.body)));
    let mut body = json!({
        "v": 1, "register": spec.key, "row": row.row, "version": row.version, "state": "final",
        "step": steps_of(&approval.body).len(), "steps": approval.body.get("steps"),
        "decisions": events, "number": number, "body_hash": hash,
        "approved": {
            "version": row.version, "number": number, "on": on.to_string(),
            "hash": hash, "body": row.body,
        },
    });
    let mut blobs = Vec::new();
    if let Some(paper) = paper {
        let scan = json!([{
            "sha256": ledger::hex(&ledger::sha256(&paper.scan.bytes)), "name": paper.scan.name,
            "size": paper.scan.bytes.len(), "media_type": paper.scan.media_type,
        }]);
        if let Some(members) = body.as_object_mut() {
            members.insert("evidence".to_owned(), scan);
        }
        blobs.push(Blob {
            bytes: paper.scan.bytes,
            media_type: paper.scan.media_type,
            name: paper.scan.name,
        });
    }
    let mut rows = vec![NewRow {
        register: "approval".to_owned(),
        row: approval.row.clone(),
        expected_version: approval.version,
        body,
    }];
    if fresh {
        // The counter's version makes two approvals at once collide instead of sharing a number.
        rows.push(NewRow {
            register: "serial".to_owned(),
            row: serial_id,
            expected_version: serial.map_or(0, |s| s.version),
            body: json!({ "last": next }),
        });
    }
    let stands = rows.first().map(|r| standing(&r.body, row.version));
    let mut draft = Draft::of(&format!("{}.approve", spec.key), rows);
    draft.blobs = blobs;
    draft.holds.rows = vec![(spec.key.to_owned(), row.row.clone(), row.version)];
    said(access.commit(draft).await?, stands)
}

/// Where the record stands after a commit: as it was written, or as the same request, which was
/// faster, was told.
fn said(answer: Option<String>, written: Option<Standing>) -> Result<Standing, AppError> {
    match (answer, written) {
        (None, Some(written)) => Ok(written),
        _ => Err(AppError::stale(
            "同一個請求剛才已經辦理",
            "請重新開啟紀錄，確認目前的狀態",
        )),
    }
}

async fn save_approval<A: Changes>(
    access: &Access<'_, A>,
    before: Option<&StoredRow>,
    (id, body): (&str, Value),
    verb: &str,
) -> Result<Standing, AppError> {
    let spec = access.spec;
    // The record must still be the version that is decided on.
    let version = version_of(&body);
    let stands = standing(&body, version);
    let rows = vec![NewRow {
        register: "approval".to_owned(),
        row: approval_id(spec, id),
        expected_version: before.map_or(0, |b| b.version),
        body,
    }];
    let mut draft = Draft::of(&format!("{}.{verb}", spec.key), rows);
    draft.holds.rows = vec![(spec.key.to_owned(), id.to_owned(), version)];
    said(access.commit(draft).await?, Some(stands))
}

pub(super) fn event(
    visit: &Visit<'_>,
    verdict: &str,
    role: &str,
    reason: &str,
    version: u32,
    stood_for: Option<&str>,
) -> Event {
    Event {
        by: visit.who().id.clone(),
        name: visit.who().name.clone(),
        stood_for: stood_for.unwrap_or_default().to_owned(),
        verdict: verdict.to_owned(),
        role: role.to_owned(),
        reason: reason.trim().to_owned(),
        at: visit.moment(),
        version,
    }
}

fn under_way<'v, A: Act>(
    access: &Access<'v, A>,
    id: &str,
    version: u32,
) -> Result<(&'v StoredRow, Vec<Event>), AppError> {
    let approval = approval_row(access.visit, access.spec, id);
    let approval = approval.filter(|a| standing(&a.body, version).state == "submitted");
    let approval =
        approval.ok_or_else(|| AppError::conflict("這筆紀錄不在簽核中", "請重新開啟紀錄，確認目前的狀態"))?;
    Ok((approval, events_of(&approval.body)))
}

pub(super) fn approval_id(spec: &RegisterSpec, id: &str) -> String {
    format!("{}:{id}", spec.key)
}

fn with(body: &Value, state: &str, step: usize, events: &[Event]) -> Value {
    let mut members = body.as_object().cloned().unwrap_or_default();
    members.insert("state".to_owned(), Value::from(state));
    members.insert("step".to_owned(), Value::from(step));
    members.insert("decisions".to_owned(), json!(events));
    Value::Object(members)
}

/// The step that somebody takes: the one at which the record stands, or, past a consultation
/// that nobody answered, the next.
pub(super) fn the_step<'g>(
    steps: &[Step],
    at: usize,
    grants: &'g [Grant],
    (spec, row): (&RegisterSpec, &StoredRow),
) -> Result<(usize, Step, &'g Grant), AppError> {
    let mut waited = None;
    for (n, step) in steps.iter().enumerate().skip(at) {
        let mut elsewhere = None;
        for grant in grants.iter().filter(|g| g.role.takes(step.role)) {
            // A head who stands for another is of two units.
            match same_unit(spec, row, *step, grant) {
                Ok(()) => return Ok((n, *step, grant)),
                Err(error) => elsewhere = Some(error),
            }
        }
        if let Some(error) = elsewhere {
            return Err(error);
        }
        waited = waited.or(Some(step.role));
        if step.does != Does::Consults {
            break;
        }
    }
    let who = waited.map_or("其他人", Approver::title);
    Err(AppError::forbidden(
        format!("這一步由{who}辦理，您的角色不能簽核"),
        "請等候該步驟完成；請假時請其登錄代理人",
    ))
}

/// Whether somebody decided an earlier step since the record was last sent on: as a deputy one
/// may take two steps, but nobody approves what they reviewed.
fn decided_before(events: &[Event], id: &str) -> bool {
    let round = events.iter().rev().take_while(|e| e.verdict != "submit");
    round.into_iter().any(|e| e.by == id && e.verdict == "agree")
}

/// A unit head decides on what is of the unit.
fn same_unit(spec: &RegisterSpec, row: &StoredRow, step: Step, grant: &Grant) -> Result<(), AppError> {
    if step.role != Approver::UnitHead || spec.field("unit").is_none() {
        return Ok(());
    }
    let unit = text(&row.body, "unit");
    if unit.is_empty() || grant.unit.is_empty() || unit == grant.unit {
        return Ok(());
    }
    Err(AppError::forbidden(
        format!("這筆紀錄屬於「{unit}」，不是您的單位"),
        "請由該單位主管簽核",
    ))
}
