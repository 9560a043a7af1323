//! 簽核: a record goes from draft through its steps to a numbered version that stays.
//!
//! Why a decision names the version it saw: nobody must approve what was changed behind
//! their back. Why the submitter can't take the last step: approving one's own paper is
//! no approval. What it can't know: who signed a paper; its scan is kept and named so.

use super::change::stale;
use super::decision::{Decision, PaperSignature, Verdict};
use super::record::{Standing, standing};
use super::standings::{approval_id, approval_row, route_of};
use super::{check, second};
use crate::AppError;
use crate::commit::Draft;
use crate::compiled::compiled_once;
use crate::ids::RowId;
use crate::principal::{Grant, Role};
use crate::visit::{Access, Act, Changes, Visit, act};
use registers::basics::approval::{self as kept, Approval, Approved, Event, State};
use registers::basics::step::{Approver, Does, Step};
use registers::{Record, RegisterSpec};
use serde_json::{Value, json};
use store::{Blob, NewRow, StoreError, StoredRow};

/// How often a number is taken anew where others take theirs at the same moment.
const TRIES: u64 = 40;

/// Sends a record on for approval.
///
/// # Errors
/// Where its register asks for none, or it is on its way already.
#[compiled_once]
pub async fn submit(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    (id, seen): (&RowId, u32),
) -> Result<Standing, AppError> {
    let access = visit.may(act::Submit, spec)?;
    let id = id.as_str();
    let row = access.visible(id).await?;
    let Some(way) = route_of(visit, spec)? else {
        return Err(AppError::bad_input(
            format!("「{}」的紀錄不需簽核", spec.title),
            "登錄並附佐證即可；需要簽核者，請於「簽核流程」訂定步驟",
        ));
    };
    if seen != row.version {
        return Err(stale(spec, seen, row.version));
    }
    // What is sent on must still hold: other records or the law may have changed since.
    check::checked_body(visit, spec, id, &row.body).await?;
    let before = approval_row(visit, spec, id);
    let known = before.map(|b| Approval::read(&b.body)).transpose()?;
    let current = known.as_ref().map(|a| standing(a, row.version));
    if let Some(current) = current.filter(|s| matches!(s.state, "submitted" | "final")) {
        return Err(AppError::conflict(
            format!("這一版{}", current.words),
            "簽核中者請等候或撤回；已定版者請先修改再送簽",
        ));
    }
    let event = event(visit, kept::Act::Submit, "", "", row.version, None);
    let approval = Approval::about((spec.key, id, row.version), way.steps, known).sent(event);
    save_approval(&access, before, &approval, "submit").await
}

/// Calls a submitted record back.
///
/// # Errors
/// Where it isn't on its way, or somebody else sent it.
#[compiled_once]
pub async fn call_back(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
) -> Result<Standing, AppError> {
    let access = visit.may(act::Submit, spec)?;
    let id = id.as_str();
    let row = access.visible(id).await?;
    let (before, approval) = under_way(&access, id, row.version)?;
    let own = approval.sender() == Some(&visit.who().id) || access.roles.contains(&Role::Officer);
    if !own {
        return Err(AppError::forbidden(
            "只有送件者或資安專責人員可以撤回",
            "請洽送件者，或由簽核步驟退回",
        ));
    }
    let event = event(visit, kept::Act::Withdraw, "", "", row.version, None);
    save_approval(&access, Some(before), &approval.called_back(event), "withdraw").await
}

/// Decides the step at which a record stands.
///
/// # Errors
/// Where the asker doesn't take that step, saw another version, or returns it without a reason.
#[compiled_once]
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
        return Err(stale(spec, decision.seen, row.version));
    }
    let (before, approval) = under_way(&access, id, row.version)?;
    let (at, step, grant) = the_step(&approval, visit.grants(), (spec, &row))?;
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
    let who = &visit.who().id;
    if step.does == Does::Approves
        && decision.verdict == Verdict::Agree
        && (approval.sender() == Some(who) || approval.agreed_in_this_round(who))
    {
        return Err(AppError::forbidden(
            "送件者與審核者不能核定自己經手的案件",
            "請由代理人或另一位有權者核定，或以紙本核定後上傳掃描檔",
        ));
    }
    let act = match decision.verdict {
        Verdict::Agree => kept::Act::Agree,
        Verdict::Return => kept::Act::Return,
        Verdict::Opinion => kept::Act::Opinion,
    };
    let event = event(
        visit,
        act,
        step.role.title(),
        &decision.reason,
        row.version,
        grant.stands_for.as_deref(),
    );
    if decision.verdict == Verdict::Return {
        save_approval(&access, Some(before), &approval.returned(at, event), "return").await
    } else if step.does == Does::Approves {
        // What becomes final must hold on the day it does.
        check::checked_body(visit, spec, id, &row.body).await?;
        finish(&access, (before.version, &approval, &row), &event, None).await
    } else {
        save_approval(&access, Some(before), &approval.passed(at, event), "agree").await
    }
}

/// Makes a version final: numbered by year, its content kept with the hash of its bytes.
pub(super) async fn finish<A: Changes>(
    access: &Access<'_, A>,
    (before, approval, row): (u32, &Approval, &StoredRow),
    event: &Event,
    paper: Option<PaperSignature>,
) -> Result<Standing, AppError> {
    // Another record became final at the same moment and took the number.
    let taken = |error: &AppError| matches!(error, AppError::Store(StoreError::Conflict { register, .. }) if register == "serial");
    let mut done = Box::pin(number(access, (before, approval, row), event, paper.clone())).await;
    for tries in 1..TRIES {
        if !done.as_ref().is_err_and(taken) {
            break;
        }
        // The longer the queue, the longer the wait.
        tokio::time::sleep(std::time::Duration::from_millis(3 * tries)).await;
        let visit = access.visit.again().await?;
        let access = visit.rights(A::IT, access.spec)?;
        done = Box::pin(number(&access, (before, approval, row), event, paper.clone())).await;
    }
    done
}

async fn number<A: Changes>(
    access: &Access<'_, A>,
    (before, approval, row): (u32, &Approval, &StoredRow),
    event: &Event,
    paper: Option<PaperSignature>,
) -> Result<Standing, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let agency = visit.agency();
    let prefix = route_of(visit, spec)?.map_or_else(|| "FZ".to_owned(), |way| way.prefix);
    let on = paper.as_ref().map_or_else(|| visit.today(), |p| p.on);
    let year = period::roc_year(visit.today()).unwrap_or(0);
    let serial_id = format!("{agency}:{prefix}:{year}");
    let serial = visit.rows().row("serial", &serial_id);
    let last = serial
        .and_then(|s| s.body.get("last"))
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let next = last.saturating_add(1);
    let earlier = approval.approved.as_ref().map(|a| a.number.clone());
    // A new version of a paper keeps its number; versions tell them apart.
    let number = earlier
        .filter(|n| !n.is_empty())
        .unwrap_or_else(|| format!("{year}-{prefix}-{next:03}"));
    let fresh = number == format!("{year}-{prefix}-{next:03}");
    let hash = ledger::hex(&ledger::sha256(&store::canonical(&row.body)));
    let approved = Approved {
        version: row.version,
        number,
        on,
        hash,
        body: row.body.clone(),
    };
    let (mut scans, mut blobs) = (Vec::new(), Vec::new());
    if let Some(paper) = paper {
        scans.push(registers::activity::Evidence {
            sha256: ledger::hex(&ledger::sha256(&paper.scan.bytes)),
            name: paper.scan.name.clone(),
            size: u64::try_from(paper.scan.bytes.len()).unwrap_or(u64::MAX),
            media_type: paper.scan.media_type.clone(),
        });
        blobs.push(Blob {
            bytes: paper.scan.bytes,
            media_type: paper.scan.media_type,
            name: paper.scan.name,
        });
    }
    let approval = approval.clone().finished(approved, scans, event.clone());
    let mut rows = vec![NewRow {
        register: "approval".to_owned(),
        row: approval_id(spec, &row.row),
        expected_version: before,
        body: approval.body(),
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
    let stands = standing(&approval, row.version);
    let mut draft = Draft::of(&format!("{}.approve", spec.key), rows);
    draft.blobs = blobs;
    draft.holds.rows = vec![(spec.key.to_owned(), row.row.clone(), row.version)];
    said(access.commit(draft).await?.as_deref(), stands)
}

/// Where the record stands after a commit: as it was written, or as the same request, which was
/// faster, was told.
fn said(answer: Option<&str>, written: Standing) -> Result<Standing, AppError> {
    match answer {
        None => Ok(written),
        Some(_) => Err(AppError::stale(
            "同一個請求剛才已經辦理",
            "請重新開啟紀錄，確認目前的狀態",
        )),
    }
}

async fn save_approval<A: Changes>(
    access: &Access<'_, A>,
    before: Option<&StoredRow>,
    approval: &Approval,
    verb: &str,
) -> Result<Standing, AppError> {
    let spec = access.spec;
    let rows = vec![NewRow {
        register: "approval".to_owned(),
        row: approval_id(spec, &approval.row),
        expected_version: before.map_or(0, |b| b.version),
        body: approval.body(),
    }];
    let mut draft = Draft::of(&format!("{}.{verb}", spec.key), rows);
    // The record must still be the version that is decided on.
    draft.holds.rows = vec![(spec.key.to_owned(), approval.row.clone(), approval.version)];
    said(
        access.commit(draft).await?.as_deref(),
        standing(approval, approval.version),
    )
}

pub(super) fn event(
    visit: &Visit<'_>,
    act: kept::Act,
    role: &str,
    reason: &str,
    version: u32,
    stood_for: Option<&str>,
) -> Event {
    Event {
        by: visit.who().id.clone(),
        name: visit.who().name.clone(),
        stood_for: stood_for.unwrap_or_default().to_owned(),
        verdict: act,
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
) -> Result<(&'v StoredRow, Approval), AppError> {
    if let Some(row) = approval_row(access.visit, access.spec, id) {
        let approval = Approval::read(&row.body)?;
        if approval.state_of(version) == Some(State::Submitted) {
            return Ok((row, approval));
        }
    }
    Err(AppError::conflict(
        "這筆紀錄不在簽核中",
        "請重新開啟紀錄，確認目前的狀態",
    ))
}

/// The step that somebody takes: the one at which the record stands, or, past a consultation
/// that nobody answered, the next.
pub(super) fn the_step<'g>(
    approval: &Approval,
    grants: &'g [Grant],
    (spec, row): (&RegisterSpec, &StoredRow),
) -> Result<(usize, Step, &'g Grant), AppError> {
    let mut waited = None;
    for (n, step) in approval.open_steps() {
        let mut elsewhere = None;
        for grant in grants.iter().filter(|g| g.role.takes(step.role)) {
            // A head who stands for another is of two units.
            match same_unit(spec, row, step, grant) {
                Ok(()) => return Ok((n, step, grant)),
                Err(error) => elsewhere = Some(error),
            }
        }
        if let Some(error) = elsewhere {
            return Err(error);
        }
        waited = waited.or(Some(step.role));
    }
    let who = waited.map_or("其他人", Approver::title);
    Err(AppError::forbidden(
        format!("這一步由{who}辦理，您的角色不能簽核"),
        "請等候該步驟完成；請假時請其登錄代理人",
    ))
}

/// A unit head decides on what is of the unit.
fn same_unit(spec: &RegisterSpec, row: &StoredRow, step: Step, grant: &Grant) -> Result<(), AppError> {
    if step.role != Approver::UnitHead || spec.field("unit").is_none() {
        return Ok(());
    }
    let body = registers::open_ref(spec, &row.body)?;
    let unit = Record::new(spec, &row.row, &body).text("unit");
    if unit.is_empty() || grant.unit.is_empty() || unit == grant.unit {
        return Ok(());
    }
    Err(AppError::forbidden(
        format!("這筆紀錄屬於「{unit}」，不是您的單位"),
        "請由該單位主管簽核",
    ))
}
