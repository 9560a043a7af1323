//! 紙本核定: what was signed on paper becomes final with its scan.
//!
//! Why whoever brings the paper can't have signed it: that would approve one's own. What it
//! can't know: whether the signature is true; the scan is kept.

use super::{Standing, put};
use crate::permission::Action;
use crate::principal::{Principal, Role, Scope};
use crate::{App, AppError, EvidenceFile};
use registers::basics::approval::{Act, Approval, State};
use registers::basics::member::Member;
use registers::basics::step::Approver;

/// How the reason of such an approval begins; the name and the day follow.
pub(super) const ON_PAPER: &str = "紙本核定：";

/// An approval that was signed on paper.
#[derive(Debug, Clone)]
pub struct PaperSignature {
    /// Who signed, as it stands there.
    pub signed_by: String,
    /// When.
    pub on: period::Date,
    /// The scan.
    pub scan: EvidenceFile,
    /// The version that was printed.
    pub seen: u32,
}

impl App {
    /// Takes an approval that was signed on paper: the officer uploads the scan.
    ///
    /// # Errors
    /// Where the register asks for no approval, the scan is missing, or the day lies ahead.
    pub async fn approve_on_paper(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        id: &str,
        paper: PaperSignature,
    ) -> Result<Standing, AppError> {
        // It makes a version final, so a token that may only record is not enough.
        who.demand(Scope::Approve)?;
        let access = self.access(who, Action::Submit, agency, register).await?;
        if !access.roles.contains(&Role::Officer) {
            return Err(AppError::forbidden(
                "紙本核定由資安專責人員登錄",
                "請將簽名頁交由資安專責人員上傳",
            ));
        }
        let spec = access.spec;
        let row = self.visible(&access, agency, id).await?;
        if paper.seen != row.version {
            return Err(put::stale(spec, paper.seen, row.version));
        }
        let Some(way) = self.route_of(agency, spec.key).await? else {
            return Err(AppError::bad_input(
                format!("「{}」的紀錄不需簽核", spec.title),
                "登錄並附佐證即可",
            ));
        };
        if paper.signed_by.trim().is_empty() {
            return Err(AppError::bad_input("沒有核定者姓名", "請填寫簽名頁上之核定者"));
        }
        self.may_sign(agency, &way, paper.signed_by.trim(), who).await?;
        if paper.on > self.today() {
            return Err(AppError::bad_input("核定日在今天之後", "請填簽名頁所載日期"));
        }
        let paper = PaperSignature {
            scan: crate::uploads::scan(paper.scan)?,
            ..paper
        };
        self.checked_body(agency, spec, id, &row.body).await?;
        let before = self.approval_row(agency, spec, id).await?;
        let known = before.as_ref().map(|b| Approval::read(&b.body)).transpose()?;
        if known.as_ref().and_then(|a| a.state_of(row.version)) == Some(State::Final) {
            return Err(AppError::conflict("這一版已定版", "請先修改紀錄再送簽"));
        }
        let reason = format!(
            "{ON_PAPER}{}，{}",
            paper.signed_by.trim(),
            period::roc_short(paper.on)
        );
        let event = self.event(who, Act::Paper, "", &reason, row.version, None);
        let approval = Approval::about((spec.key, id, row.version), way.steps, known);
        let version = before.map_or(0, |b| b.version);
        self.finish(who, agency, spec, (version, &approval, &row), &event, Some(paper))
            .await?;
        self.standing_now(agency, spec, id, row.version).await
    }

    /// Whose signature approves: somebody of the deciding role, where anybody is known to have it;
    /// never whoever brings the paper.
    async fn may_sign(
        &self,
        agency: &str,
        way: &super::desk::Way,
        signed_by: &str,
        who: &Principal,
    ) -> Result<(), AppError> {
        if signed_by == who.name {
            return Err(AppError::forbidden(
                "登錄者不能以自己的簽名核定",
                "請由有權核定者簽名",
            ));
        }
        let today = self.today();
        let decides = way.steps.last().map(|s| s.role);
        let mut known = Vec::new();
        for row in self.store.latest_of(agency, "member").await? {
            if row.body.is_null() {
                continue;
            }
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
}
