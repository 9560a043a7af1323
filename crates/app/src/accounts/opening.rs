//! Signing in and out.
//!
//! Why one refusal for everything: whether there is such an account, whether it is shut, and which of
//! the two was wrong, is nobody's business who can't show both. What it can't know: who is at the keyboard.

use super::account::{self, At, Credential, account_id};
use super::attempts::{self, Attempt};
use super::policy::{Policy, policy_of};
use super::session::{self, Opened, Signed, Stage, Visitor, Who};
use super::{link, password, second};
use crate::clock::days_between;
use crate::compiled::compiled_once;
use crate::ids::{AgencyId, RowId};
use crate::principal::Principal;
use crate::reads::Reads;
use crate::{App, AppError, taipei_day};
use store::INSTALLATION;

/// What came of a code.
#[derive(Debug, Clone)]
pub enum Code {
    /// It was right.
    Right(Opened),
    /// It was a recovery code, and so many are left.
    Recovered(Opened, usize),
}

fn refused() -> AppError {
    AppError::forbidden(
        "帳號或密碼不正確，或這個帳號暫停登入中",
        "請確認後再試；連續失敗達規定次數會暫停一段時間，忘記密碼請洽機關之平臺管理者",
    )
}

fn wrong_code() -> AppError {
    AppError::forbidden(
        "驗證碼不正確、已用過，或暫停登入中",
        "請等裝置上出現下一組數字再輸入，並確認裝置的時間正確；裝置不在手邊時可用復原碼",
    )
}

/// What is asked for after the password, in order.
fn next(credential: &Credential, policy: &Policy, now: i64, code_shown: bool) -> Stage {
    if credential.has_second() && !code_shown {
        return Stage::Code;
    }
    let age = days_between(taipei_day(credential.set_at), taipei_day(now));
    let old = age >= i32::try_from(policy.max_age.value).unwrap_or(i32::MAX);
    if credential.must_change || old {
        return Stage::Password;
    }
    Stage::Full
}

/// Counts a failure that shut an account in the ledger: somebody will ask who tried.
async fn shut(app: &App, id: &str, from: &Visitor<'_>) -> Result<(), AppError> {
    let reads = Reads::open(app, INSTALLATION).await?;
    let Some(account) = account::account(&reads, id).await? else {
        return Ok(());
    };
    drop(reads);
    let who = Principal::local("system");
    let action = format!("account.shut {}", from.address);
    match account::save(app, &who, &action, id, (Some(&account), None)).await {
        // Whoever changed the account meanwhile is told of elsewhere.
        Err(error) if error.kind() == crate::Kind::Stale => Ok(()),
        other => other,
    }
}

impl App {
    /// Signs somebody in by name and password.
    ///
    /// # Errors
    /// Where either is wrong, the account is closed or shut: always the same words, after the same time.
    #[compiled_once]
    pub async fn sign_in(&self, login: &str, password: &str, from: &Visitor<'_>) -> Result<Opened, AppError> {
        let id = account_id(login);
        let reads = Reads::open(self, INSTALLATION).await?;
        let account = account::account(&reads, &id).await?;
        let credential = account::credential(&reads, &id).await?;
        drop(reads);
        let there = account.as_ref().filter(|a| a.body.closed.is_empty());
        let policy = match there {
            Some(account) => policy_of(self, &account.body).await?,
            None => Policy::of_installation(self.corpus()),
        };
        let attempt = attempts::count(self, &id, &policy).await?;
        let kept = credential
            .as_ref()
            .filter(|_| there.is_some() && attempt != Attempt::Shut);
        let right = password::is(password, kept.map_or("", |c| c.body.password.as_str())).await?;
        let (Some(credential), true) = (kept, right) else {
            if attempt == (Attempt::Counted { last: true }) {
                shut(self, &id, from).await?;
            }
            return Err(refused());
        };
        attempts::forget(self, &id).await?;
        let stage = next(&credential.body, &policy, self.now(), false);
        let who = Who::Account(id);
        let secret = session::begin(self, (who, stage), &policy, (from.address, from.agent)).await?;
        Ok(Opened { secret, stage })
    }

    /// Goes on after the second factor.
    ///
    /// # Errors
    /// Where the code is wrong or was used, or the account is shut.
    #[compiled_once]
    pub async fn show_code(&self, signed: &Signed, code: &str, from: &Visitor<'_>) -> Result<Code, AppError> {
        let (Who::Account(id), Some(account), Stage::Code) = (&signed.who, &signed.account, signed.stage)
        else {
            return Err(wrong_code());
        };
        let policy = policy_of(self, account).await?;
        let attempt = attempts::count(self, id, &policy).await?;
        if attempt == Attempt::Shut {
            return Err(wrong_code());
        }
        let reads = Reads::open(self, INSTALLATION).await?;
        let Some(mut credential) = account::credential(&reads, id).await? else {
            return Err(wrong_code());
        };
        drop(reads);
        let typed = second::typed(code);
        let mut left = None;
        if !second::take(self, id, &credential.body.totp, &typed).await? {
            let Some(place) = second::recovery_place(&credential.body.recovery, code) else {
                if attempt == (Attempt::Counted { last: true }) {
                    shut(self, id, from).await?;
                }
                return Err(wrong_code());
            };
            credential.body.recovery.remove(place);
            left = Some(credential.body.recovery.len());
            let changed: (_, Option<&At<Credential>>) = (None, Some(&credential));
            account::save(self, &account.principal(), "account.recover", id, changed).await?;
        }
        attempts::forget(self, id).await?;
        let stage = next(&credential.body, &policy, self.now(), true);
        let secret = session::go_on(self, signed, stage).await?;
        let opened = Opened { secret, stage };
        Ok(match left {
            Some(left) => Code::Recovered(opened, left),
            None => Code::Right(opened),
        })
    }

    /// A session of whoever keeps this machine, by a link of the command line.
    ///
    /// # Errors
    /// Where the link is none or was used.
    #[compiled_once]
    pub async fn open_as_operator(&self, link: &str, from: &Visitor<'_>) -> Result<Opened, AppError> {
        if link::purpose(self, link).await? != link::LinkPurpose::Operator {
            return Err(AppError::not_found(
                "這個連結不是本機操作者的",
                "請以 fazun account operator-link 另取",
            ));
        }
        link::spend(self, link).await?;
        self.operator_session(from).await
    }

    /// The same without a link: for whoever holds the database anyway.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn operator_session(&self, from: &Visitor<'_>) -> Result<Opened, AppError> {
        let policy = Policy::of_installation(self.corpus());
        let whence = (from.address, from.agent);
        let secret = session::begin(self, (Who::Operator, Stage::Full), &policy, whence).await?;
        Ok(Opened {
            secret,
            stage: Stage::Full,
        })
    }

    /// A session in a role of the demonstration.
    ///
    /// # Errors
    /// Where there is no such member.
    #[compiled_once]
    pub async fn shown_session(
        &self,
        agency: &AgencyId,
        member: &RowId,
        from: &Visitor<'_>,
    ) -> Result<Opened, AppError> {
        let policy = Policy::of_installation(self.corpus());
        let who = Who::Shown {
            agency: agency.to_string(),
            member: member.to_string(),
        };
        crate::people::member_of(self, agency.as_str(), member.as_str()).await?;
        let whence = (from.address, from.agent);
        let secret = session::begin(self, (who, Stage::Full), &policy, whence).await?;
        Ok(Opened {
            secret,
            stage: Stage::Full,
        })
    }
}
