//! 紙本核定: what was signed on paper becomes final with its scan.
//!
//! Why whoever brings the paper can't have signed it: that would approve one's own. What it
//! can't know: whether the signature is true; the scan is kept.

use super::change::stale;
use super::decision::{ON_PAPER, PaperSignature};
use super::record::Standing;
use super::route::Way;
use super::standings::{approval_row, route_of};
use super::{approval, check};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::RowId;
use crate::principal::{Role, Scope};
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use registers::basics::approval::{Act, Approval, State};
use registers::basics::member::Member;
use registers::basics::step::Approver;

/// Takes an approval that was signed on paper: the officer uploads the scan.
///
/// # Errors
/// Where the register asks for no approval, the scan is missing, or the day lies ahead.
#[compiled_once]
pub async fn approve_on_paper(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
    paper: PaperSignature,
) -> Result<Standing, AppError> {
    // It makes a version final, so a token that may only record is not enough.
    visit.who().demand(Scope::Approve)?;
    let access = visit.may(act::Submit, spec)?;
    let id = id.as_str();
    if !access.roles.contains(&Role::Officer) {
        return Err(AppError::forbidden(
            "紙本核定由資安專責人員登錄",
            "請將簽名頁交由資安專責人員上傳",
        ));
    }
    let row = access.visible(id).await?;
    if paper.seen != row.version {
        return Err(stale(spec, paper.seen, row.version));
    }
    let Some(way) = route_of(visit, spec)? else {
        return Err(AppError::bad_input(
            format!("「{}」的紀錄不需簽核", spec.title),
            "登錄並附佐證即可",
        ));
    };
    if paper.signed_by.trim().is_empty() {
        return Err(AppError::bad_input("沒有核定者姓名", "請填寫簽名頁上之核定者"));
    }
    may_sign(visit, &way, paper.signed_by.trim())?;
    if paper.on > visit.today() {
        return Err(AppError::bad_input("核定日在今天之後", "請填簽名頁所載日期"));
    }
    let paper = PaperSignature {
        scan: crate::uploads::scan(paper.scan)?,
        ..paper
    };
    check::checked_body(visit, spec, id, &row.body).await?;
    let before = approval_row(visit, spec, id);
    let known = before.map(|b| Approval::read(&b.body)).transpose()?;
    if known.as_ref().and_then(|a| a.state_of(row.version)) == Some(State::Final) {
        return Err(AppError::conflict("這一版已定版", "請先修改紀錄再送簽"));
    }
    let reason = format!(
        "{ON_PAPER}{}，{}",
        paper.signed_by.trim(),
        period::roc_short(paper.on)
    );
    let event = approval::event(visit, Act::Paper, "", &reason, row.version, None);
    let approval = Approval::about((spec.key, id, row.version), way.steps, known);
    let version = before.map_or(0, |b| b.version);
    approval::finish(&access, (version, &approval, &row), &event, Some(paper)).await
}

/// Whose signature approves: somebody of the deciding role, where anybody is known to have it;
/// never whoever brings the paper.
fn may_sign(visit: &Visit<'_>, way: &Way, signed_by: &str) -> Result<(), AppError> {
    if signed_by == visit.who().name {
        return Err(AppError::forbidden(
            "登錄者不能以自己的簽名核定",
            "請由有權核定者簽名",
        ));
    }
    let today = visit.today();
    let decides = way.steps.last().map(|s| s.role);
    let mut known = Vec::new();
    for row in visit.rows().standing("member") {
        let member = Member::read(&row.body)?;
        if decides.is_some_and(|step| member.role.takes(step)) && member.serves(today) {
            known.push(member.name);
        }
    }
    if known.is_empty() || known.iter().any(|name| signed_by.contains(name.as_str())) {
        return Ok(());
    }
    let role = decides.map_or("核定者", Approver::title);
    Err(AppError::forbidden(
        format!("「{signed_by}」不是本機關登錄的{role}（{}）", known.join("、")),
        "請由該角色簽名；人員已更換者，請平臺管理者先更新「使用者」",
    ))
}
