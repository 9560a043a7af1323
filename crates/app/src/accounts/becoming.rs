//! What comes of a link: an account of one's own, one more agency for it, or a new password.
//!
//! Why whoever is invited names and sets everything but what they may do: nobody else ever knows
//! their password. What it can't know: whether the link reached whom it was meant for.

use super::account::{self, Account, At, Membership, check_login, no_account, no_credential};
use super::link::{self, LinkPurpose};
use super::policy::{Policy, policy_of};
use super::session::{self, Opened, Signed, Stage, Visitor, Who};
use super::{attempts, password};
use crate::compiled::compiled_once;
use crate::reads::Reads;
use crate::{App, AppError, people};
use store::INSTALLATION;

/// What a link offers, for the page that asks the rest.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// What the agency calls whom it invites; the account's name where a password is set anew.
    pub name: String,
    /// The agency, by name; empty where there is none.
    pub agency: String,
    /// The role there, in words.
    pub role: String,
    /// A name to sign in by that would do.
    pub login: String,
    /// 電子郵件
    pub email: String,
    /// What a password must keep to.
    pub policy: Policy,
}

/// What somebody filled in.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// The name to sign in by.
    pub login: &'a str,
    /// 姓名, where nobody knows it yet.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// The same again.
    pub again: &'a str,
}

/// A member as a link names them.
struct Invited {
    membership: Membership,
    name: String,
    email: String,
    role: String,
    agency: String,
}

async fn invited(app: &App, agency: &str, member: &str) -> Result<Invited, AppError> {
    let found = people::member_of(app, agency, member).await?;
    Ok(Invited {
        membership: Membership {
            agency: agency.to_owned(),
            member: member.to_owned(),
        },
        name: found.member.name,
        email: found.member.email,
        role: found.member.role.title().to_owned(),
        agency: found.agency,
    })
}

fn taken() -> AppError {
    AppError::conflict(
        "這個登入帳號已經有人使用",
        "如果是您自己的帳號，請先登入再開啟這個連結；否則請換一個帳號",
    )
}

/// Refuses a password that was typed in two ways or isn't good enough; hashes it where it is.
async fn good_hash(policy: &Policy, joining: &Joining<'_>, known: &[&str]) -> Result<String, AppError> {
    let mut problems = password::problems(joining.password, policy, known);
    if joining.password != joining.again {
        problems.push("兩次輸入的密碼不同，請再輸入一次".to_owned());
    }
    if !problems.is_empty() {
        return Err(AppError::bad_input(problems.join("；"), "請換一個密碼"));
    }
    password::hash(joining.password).await
}

impl App {
    /// What a link offers.
    ///
    /// # Errors
    /// Where it is none, was used or has ended; where whom it invites is no longer there.
    #[compiled_once]
    pub async fn invitation(&self, secret: &str) -> Result<Invitation, AppError> {
        let purpose = link::purpose(self, secret).await?;
        let policy = Policy::of_installation(self.corpus());
        let mut invitation = Invitation {
            purpose: purpose.clone(),
            name: String::new(),
            agency: String::new(),
            role: String::new(),
            login: String::new(),
            email: String::new(),
            policy,
        };
        match &purpose {
            LinkPurpose::First => "平臺管理者".clone_into(&mut invitation.role),
            LinkPurpose::Operator => "本機操作者".clone_into(&mut invitation.role),
            LinkPurpose::Join { agency, member } => {
                let invited = invited(self, agency, member).await?;
                invitation.policy = Policy::of_agencies(self, &[agency.as_str()]).await?;
                let login = invited.email.split('@').next().unwrap_or_default();
                invitation.login = check_login(login).unwrap_or_default();
                invitation.name = invited.name;
                invitation.email = invited.email;
                invitation.role = invited.role;
                invitation.agency = invited.agency;
            }
            LinkPurpose::Reset { account, .. } => {
                let reads = Reads::open(self, INSTALLATION).await?;
                let account = account::account(&reads, account).await?.ok_or_else(no_account)?;
                drop(reads);
                invitation.policy = policy_of(self, &account.body).await?;
                invitation.name.clone_from(&account.body.name);
                invitation.login.clone_from(&account.body.login);
            }
        }
        Ok(invitation)
    }

    /// Makes an account by a link and signs its owner in.
    ///
    /// # Errors
    /// Where the link is spent, the name is taken, or the password isn't good enough.
    #[compiled_once]
    pub async fn join(
        &self,
        secret: &str,
        joining: &Joining<'_>,
        from: &Visitor<'_>,
    ) -> Result<Opened, AppError> {
        let invitation = self.invitation(secret).await?;
        let (mut account, platform) = match &invitation.purpose {
            LinkPurpose::Reset { account, second } => {
                return self.reset(secret, (account, *second), joining, from).await;
            }
            LinkPurpose::Operator => return self.open_as_operator(secret, from).await,
            LinkPurpose::First => {
                let name = joining.name.trim();
                if name.is_empty() || name.chars().count() > 80 {
                    return Err(AppError::bad_input(
                        "請填姓名（80 字以內）",
                        "姓名會記在您所做的每件事上",
                    ));
                }
                (Account::new(&check_login(joining.login)?, name, ""), true)
            }
            LinkPurpose::Join { agency, member } => {
                let login = check_login(joining.login)?;
                let mut account = Account::new(&login, &invitation.name, &invitation.email);
                account.members.push(Membership {
                    agency: agency.clone(),
                    member: member.clone(),
                });
                (account, false)
            }
        };
        account.platform = platform;
        let id = account.id();
        let known = [
            account.login.as_str(),
            account.name.as_str(),
            account.email.as_str(),
        ];
        let hashed = good_hash(&invitation.policy, joining, &known).await?;
        let reads = Reads::open(self, INSTALLATION).await?;
        if account::account(&reads, &id).await?.is_some() {
            return Err(taken());
        }
        drop(reads);
        link::spend(self, secret).await?;
        let mut credential = no_credential();
        credential.body.password = hashed;
        credential.body.set_at = self.now();
        let who = account.principal();
        let at = At {
            body: account,
            version: 0,
        };
        let saved = account::save(self, &who, "account.create", &id, (Some(&at), Some(&credential))).await;
        saved.map_err(|e| {
            if e.kind() == crate::Kind::Stale {
                taken()
            } else {
                e
            }
        })?;
        let policy = policy_of(self, &at.body).await?;
        let whose = (Who::Account(id), Stage::Full);
        let secret = session::begin(self, whose, &policy, (from.address, from.agent)).await?;
        Ok(Opened {
            secret,
            stage: Stage::Full,
        })
    }

    /// Adds an agency to the account of whoever is signed in, by an invitation.
    ///
    /// # Errors
    /// Where the link is none for that, or was used.
    #[compiled_once]
    pub async fn join_with(&self, secret: &str, signed: &Signed) -> Result<(), AppError> {
        let LinkPurpose::Join { agency, member } = link::purpose(self, secret).await? else {
            return Err(AppError::bad_input(
                "這個連結不是機關的邀請",
                "請照連結頁面上的說明使用",
            ));
        };
        // Whoever has yet to show the second factor, or to set a password, is not in yet.
        let (Who::Account(id), Stage::Full) = (&signed.who, signed.stage) else {
            return Err(AppError::bad_input(
                "請先以自己的帳號登入",
                "登入後再開啟這個連結",
            ));
        };
        let invited = invited(self, &agency, &member).await?;
        let reads = Reads::open(self, INSTALLATION).await?;
        let mut account = account::account(&reads, id).await?.ok_or_else(no_account)?;
        drop(reads);
        if !account.body.members.contains(&invited.membership) {
            account.body.members.push(invited.membership);
        }
        link::spend(self, secret).await?;
        let who = account.body.principal();
        account::save(self, &who, "account.join", id, (Some(&account), None)).await
    }

    async fn reset(
        &self,
        secret: &str,
        (id, second): (&str, bool),
        joining: &Joining<'_>,
        from: &Visitor<'_>,
    ) -> Result<Opened, AppError> {
        let reads = Reads::open(self, INSTALLATION).await?;
        let account = account::account(&reads, id).await?.ok_or_else(no_account)?;
        let mut credential = account::credential(&reads, id)
            .await?
            .unwrap_or_else(no_credential);
        drop(reads);
        let policy = policy_of(self, &account.body).await?;
        super::own::set(
            self,
            (&account.body, &mut credential.body),
            &policy,
            (joining.password, joining.again),
        )
        .await?;
        if second {
            credential.body.totp.clear();
            credential.body.recovery.clear();
        }
        link::spend(self, secret).await?;
        let who = account.body.principal();
        account::save(self, &who, "account.reset", id, (None, Some(&credential))).await?;
        attempts::forget(self, id).await?;
        session::end_all(self, id).await?;
        // A lost password alone doesn't open an account with a second factor.
        let stage = if credential.body.has_second() {
            Stage::Code
        } else {
            Stage::Full
        };
        let whose = (Who::Account(id.to_owned()), stage);
        let secret = session::begin(self, whose, &policy, (from.address, from.agent)).await?;
        Ok(Opened { secret, stage })
    }
}
