//! What whoever keeps the installation does with accounts, and an agency with its invitations.
//!
//! Why by two hands: an agency says whom it invites to what, whoever keeps the installation lets people
//! in again and shuts them out. Neither ever knows a password. What it can't know: whether whoever asks
//! for a new password on the telephone is who they say.

use super::account::{self, Account, At, no_account};
use super::attempts;
use super::link::{self, LinkPurpose, OneTimeLink};
use super::own::fresh;
use super::policy::policy_of;
use super::session::{self, Signed};
use crate::compiled::compiled_once;
use crate::ids::{RowId, register};
use crate::principal::Principal;
use crate::reads::Reads;
use crate::visit::{Visit, act};
use crate::{App, AppError};
use registers::basics::member::Member;
use store::INSTALLATION;

/// How long an invitation is good, in minutes: a week, a choice of ours.
const INVITATION: u32 = 7 * 24 * 60;
/// How long the first link is good, in minutes.
const FIRST: u32 = 24 * 60;
/// How long the operator's link is good, in minutes.
const OPERATOR: u32 = 5;

/// Refuses whoever doesn't keep the installation.
pub(crate) fn keeper(signed: &Signed) -> Result<(), AppError> {
    if signed.keeps_platform() {
        return Ok(());
    }
    Err(AppError::forbidden(
        "只有平臺管理者可以管理帳號",
        "請洽平臺管理者",
    ))
}

async fn found(app: &App, id: &str) -> Result<At<Account>, AppError> {
    let reads = Reads::open(app, INSTALLATION).await?;
    account::account(&reads, id).await?.ok_or_else(no_account)
}

impl App {
    /// The link by which the first account is made; none where there is an account.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn first_link(&self) -> Result<Option<OneTimeLink>, AppError> {
        if self.has_accounts().await? {
            return Ok(None);
        }
        link::make(self, LinkPurpose::First, "system", FIRST)
            .await
            .map(Some)
    }

    /// A link for whoever keeps this machine: only its command line asks for one.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn operator_link(&self) -> Result<OneTimeLink, AppError> {
        link::make(self, LinkPurpose::Operator, "cli", OPERATOR).await
    }

    /// A link to set a new password, by the command line or whoever keeps the installation.
    ///
    /// # Errors
    /// Where there is no such account.
    #[compiled_once]
    pub async fn reset_link_for(&self, login: &str, second: bool) -> Result<OneTimeLink, AppError> {
        let id = account::account_id(login);
        let account = found(self, &id).await?;
        self.reset_link_of(&account, &Principal::local("cli"), second)
            .await
    }

    /// The same, on a page.
    ///
    /// # Errors
    /// Where somebody else asks, or the password was not shown a short while ago.
    #[compiled_once]
    pub async fn reset_link(&self, signed: &Signed, id: &str, second: bool) -> Result<OneTimeLink, AppError> {
        keeper(signed)?;
        if signed.account.is_some() {
            fresh(signed)?;
        }
        let account = found(self, id).await?;
        self.reset_link_of(&account, &signed.principal(), second).await
    }

    async fn reset_link_of(
        &self,
        account: &At<Account>,
        who: &Principal,
        second: bool,
    ) -> Result<OneTimeLink, AppError> {
        let id = account.body.id();
        let policy = policy_of(self, &account.body).await?;
        let purpose = LinkPurpose::Reset {
            account: id.clone(),
            second,
        };
        account::save(self, who, "account.reset.link", &id, (Some(account), None)).await?;
        attempts::forget(self, &id).await?;
        link::make(self, purpose, &who.id, policy.reset.value).await
    }

    /// Shuts an account for good, or opens it again; its sessions end at once.
    ///
    /// # Errors
    /// Where somebody else asks, or it would be their own, or the last that keeps the installation.
    #[compiled_once]
    pub async fn close_account(&self, signed: &Signed, id: &str, why: &str) -> Result<(), AppError> {
        keeper(signed)?;
        if signed.account.as_ref().is_some_and(|a| a.id() == id) {
            return Err(AppError::bad_input(
                "不能停用自己的帳號",
                "請另一位平臺管理者辦理",
            ));
        }
        if signed.account.is_some() {
            fresh(signed)?;
        }
        let mut account = found(self, id).await?;
        why.trim()
            .chars()
            .take(200)
            .collect::<String>()
            .clone_into(&mut account.body.closed);
        let action = if why.trim().is_empty() {
            "account.open"
        } else {
            "account.close"
        };
        account::save(self, &signed.principal(), action, id, (Some(&account), None)).await?;
        if !account.body.closed.is_empty() {
            session::end_all(self, id).await?;
            link::take_back(self, id).await?;
        }
        attempts::forget(self, id).await
    }

    /// Gives or takes the keeping of the installation.
    ///
    /// # Errors
    /// Where somebody else asks, or it would be their own.
    #[compiled_once]
    pub async fn set_platform(&self, signed: &Signed, id: &str, platform: bool) -> Result<(), AppError> {
        keeper(signed)?;
        if signed.account.as_ref().is_some_and(|a| a.id() == id) {
            return Err(AppError::bad_input(
                "不能變更自己的權限",
                "請另一位平臺管理者辦理",
            ));
        }
        if signed.account.is_some() {
            fresh(signed)?;
        }
        let mut account = found(self, id).await?;
        account.body.platform = platform;
        let action = if platform {
            "account.platform"
        } else {
            "account.platform.end"
        };
        account::save(self, &signed.principal(), action, id, (Some(&account), None)).await
    }
}

/// A link by which one of an agency's 使用者 comes to an account.
///
/// # Errors
/// Where the visitor may not change 使用者, or there is none such, or they no longer serve.
#[compiled_once]
pub async fn invite(visit: &Visit<'_>, member: &RowId) -> Result<OneTimeLink, AppError> {
    visit.may(act::Amend, register("member")?)?;
    let Some(row) = visit.rows().there("member", member.as_str()) else {
        return Err(AppError::not_found("沒有這位使用者", "請由使用者清單開啟"));
    };
    let found = Member::read(&row.body)?;
    if found.until.is_some_and(|until| until <= visit.today()) {
        return Err(AppError::bad_input(
            "這位使用者的期間已經結束",
            "請先更正其起訖日",
        ));
    }
    let purpose = LinkPurpose::Join {
        agency: visit.agency().to_string(),
        member: member.to_string(),
    };
    link::make(visit.app(), purpose, &visit.who().id, INVITATION).await
}

/// One of an agency's 使用者, with how they come in.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The row.
    pub id: String,
    /// 姓名
    pub name: String,
    /// 角色
    pub role: &'static str,
    /// 單位
    pub unit: String,
    /// First day.
    pub from: period::Date,
    /// First day no longer.
    pub until: Option<period::Date>,
    /// Whether they serve today.
    pub serves: bool,
    /// What they sign in by; empty where nobody took the invitation yet.
    pub login: String,
}

/// Whether the visitor may invite.
pub fn may_invite(visit: &Visit<'_>) -> bool {
    register("member").is_ok_and(|spec| visit.may(act::Amend, spec).is_ok())
}

/// An agency's 使用者, those who serve first.
///
/// # Errors
/// Where the visitor may not see them.
#[compiled_once]
pub async fn members(visit: &Visit<'_>) -> Result<Vec<MemberLine>, AppError> {
    visit.may(act::Read, register("member")?)?;
    let accounts = account::all(visit.app()).await?;
    let agency = visit.agency().as_str();
    let login = |member: &str| {
        let mut all = accounts.iter().filter(|a| a.closed.is_empty());
        let found = all.find(|a| a.members.iter().any(|m| m.agency == agency && m.member == member));
        found.map(|a| a.login.clone()).unwrap_or_default()
    };
    let mut lines = Vec::new();
    for row in visit.rows().standing("member") {
        let member = Member::read(&row.body)?;
        lines.push(MemberLine {
            login: login(&row.row),
            id: row.row.clone(),
            role: member.role.title(),
            serves: member.serves(visit.today()),
            name: member.name,
            unit: member.unit,
            from: member.from,
            until: member.until,
        });
    }
    lines.sort_by(|a, b| (!a.serves, &a.name, &a.id).cmp(&(!b.serves, &b.name, &b.id)));
    Ok(lines)
}
