//! What somebody does with their own account: password, second factor, recovery codes.
//!
//! Why the password is asked for again: a session left open must not become somebody else's account.
//! What it can't know: whether the device with the codes is in the same bag.

use super::account::{self, Account, At, Credential, no_account};
use super::attempts::{self, Attempt};
use super::policy::{Policy, policy_of};
use super::session::{self, Opened, Signed, Stage, Who};
use super::{password, second};
use crate::clock::days_between;
use crate::compiled::compiled_once;
use crate::reads::Reads;
use crate::{App, AppError, taipei_day};
use store::INSTALLATION;

/// What a device is set up by: shown once.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The shared secret, in base 32.
    pub secret: String,
    /// The address that an authenticator reads from a picture.
    pub address: String,
}

/// How long a shared secret is, in characters of base 32.
const SECRET: usize = 32;

fn wrong() -> AppError {
    AppError::forbidden("目前的密碼不正確，或這個帳號暫停登入中", "請再輸入一次目前的密碼")
}

/// Whose session it is, where it is a person's.
fn person(signed: &Signed) -> Result<(&str, &Account), AppError> {
    match (&signed.who, &signed.account) {
        (Who::Account(id), Some(account)) => Ok((id, account)),
        _ => Err(AppError::bad_input(
            "示範角色與本機操作者沒有自己的帳號",
            "請以自己的帳號登入",
        )),
    }
}

/// Refuses a wrong password, counting it.
pub(crate) async fn right(app: &App, account: &Account, id: &str, given: &str) -> Result<(), AppError> {
    let policy = policy_of(app, account).await?;
    let attempt = attempts::count(app, id, &policy).await?;
    let reads = Reads::open(app, INSTALLATION).await?;
    let credential = account::credential(&reads, id).await?;
    drop(reads);
    let kept = credential
        .map(|c| c.body.password)
        .filter(|_| attempt != Attempt::Shut);
    if !password::is(given, kept.as_deref().unwrap_or_default()).await? {
        return Err(wrong());
    }
    attempts::forget(app, id).await
}

/// Sets a password among credentials: refused where it is no good, one of those before, or too soon.
pub(crate) async fn set(
    app: &App,
    (account, credential): (&Account, &mut Credential),
    policy: &Policy,
    (new, again): (&str, &str),
) -> Result<(), AppError> {
    let known = [
        account.login.as_str(),
        account.name.as_str(),
        account.email.as_str(),
    ];
    let mut problems = password::problems(new, policy, &known);
    if new != again {
        problems.push("兩次輸入的密碼不同，請再輸入一次".to_owned());
    }
    if problems.is_empty() {
        let history = usize::try_from(policy.history.value).unwrap_or(usize::MAX);
        let before = std::iter::once(&credential.password).chain(&credential.former);
        for kept in before.filter(|k| !k.is_empty()).take(history) {
            if password::is(new, kept).await? {
                problems.push(format!(
                    "不能與前 {} 次用過的密碼相同（{}）",
                    policy.history.value, policy.history.source
                ));
                break;
            }
        }
    }
    if !problems.is_empty() {
        return Err(AppError::bad_input(problems.join("；"), "請換一個密碼"));
    }
    let hashed = password::hash(new).await?;
    let former = std::mem::replace(&mut credential.password, hashed);
    if !former.is_empty() {
        credential.former.insert(0, former);
    }
    let keep = usize::try_from(policy.history.value).unwrap_or(usize::MAX);
    credential.former.truncate(keep.saturating_sub(1));
    credential.set_at = app.now();
    credential.must_change = false;
    Ok(())
}

async fn mine(app: &App, id: &str) -> Result<At<Credential>, AppError> {
    let reads = Reads::open(app, INSTALLATION).await?;
    account::credential(&reads, id).await?.ok_or_else(no_account)
}

impl App {
    /// Changes the password of whoever is signed in; their other sessions end.
    ///
    /// # Errors
    /// Where the former one is wrong, or the new one no good or too soon.
    #[compiled_once]
    pub async fn change_password(
        &self,
        signed: &Signed,
        former: &str,
        (new, again): (&str, &str),
    ) -> Result<Opened, AppError> {
        let (id, account) = person(signed)?;
        if signed.stage == Stage::Code {
            return Err(wrong());
        }
        right(self, account, id, former).await?;
        let policy = policy_of(self, account).await?;
        let mut credential = mine(self, id).await?;
        let since = days_between(taipei_day(credential.body.set_at), self.today());
        let least = i32::try_from(policy.min_age.value).unwrap_or(i32::MAX);
        if signed.stage == Stage::Full && !credential.body.must_change && since < least {
            return Err(AppError::bad_input(
                format!(
                    "密碼設定後 {} 天內不得再變更（{}）",
                    policy.min_age.value, policy.min_age.source
                ),
                "懷疑密碼外洩時，請平臺管理者給您重設連結",
            ));
        }
        set(self, (account, &mut credential.body), &policy, (new, again)).await?;
        account::save(
            self,
            &account.principal(),
            "account.password",
            id,
            (None, Some(&credential)),
        )
        .await?;
        let secret = session::go_on(self, signed, Stage::Full).await?;
        let now = self.signed(&secret).await?;
        if let Some(now) = now {
            self.end_other_sessions(&now).await?;
        }
        Ok(Opened {
            secret,
            stage: Stage::Full,
        })
    }

    /// Shows the password once more before something that can't be undone; the session goes on under
    /// another secret.
    ///
    /// # Errors
    /// Where it is wrong, or the account is shut.
    #[compiled_once]
    pub async fn show_again(&self, signed: &Signed, password: &str) -> Result<Opened, AppError> {
        let (Who::Account(id), Some(account)) = (&signed.who, &signed.account) else {
            return Err(wrong());
        };
        right(self, account, id, password).await?;
        let secret = session::go_on(self, signed, Stage::Full).await?;
        Ok(Opened {
            secret,
            stage: Stage::Full,
        })
    }

    /// A shared secret for a new device; nothing is kept before a code of it is shown.
    ///
    /// # Errors
    /// Where whoever is signed in has no account.
    #[compiled_once]
    pub async fn enrolment(&self, signed: &Signed) -> Result<Enrolment, AppError> {
        let (_, account) = person(signed)?;
        let secret = second::new_secret()?;
        let address = second::address(&secret, &account.login);
        Ok(Enrolment { secret, address })
    }

    /// A shared secret that was shown before, for a form that is shown again.
    ///
    /// # Errors
    /// Where whoever is signed in has no account, or it is no secret of ours.
    pub fn enrolment_of(&self, signed: &Signed, secret: &str) -> Result<Enrolment, AppError> {
        let (_, account) = person(signed)?;
        if secret.len() != SECRET || !secret.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(AppError::bad_input("金鑰不完整", "請重新設定驗證裝置"));
        }
        Ok(Enrolment {
            secret: secret.to_owned(),
            address: second::address(secret, &account.login),
        })
    }

    /// Takes a device by a code of it: the recovery codes, shown once.
    ///
    /// # Errors
    /// Where the code is not of that secret, or the password was not shown a short while ago.
    #[compiled_once]
    pub async fn enrol(&self, signed: &Signed, secret: &str, code: &str) -> Result<Vec<String>, AppError> {
        let (id, account) = person(signed)?;
        fresh(signed)?;
        let typed = second::typed(code);
        if secret.len() != SECRET || !second::is_right(self, secret, &typed)? {
            return Err(AppError::bad_input(
                "驗證碼與這個裝置的設定不符",
                "請確認裝置的時間正確，再輸入裝置上目前的六位數字",
            ));
        }
        let mut credential = mine(self, id).await?;
        let (codes, kept) = second::new_recovery()?;
        secret.clone_into(&mut credential.body.totp);
        credential.body.recovery = kept;
        account::save(
            self,
            &account.principal(),
            "account.second",
            id,
            (None, Some(&credential)),
        )
        .await?;
        // Whoever saw this code over a shoulder doesn't sign in by it.
        second::take(self, id, secret, &typed).await?;
        self.end_other_sessions(signed).await?;
        Ok(codes)
    }

    /// Gives the device up; the password alone is asked for from then on, and other sessions end.
    ///
    /// # Errors
    /// Where the password was not shown a short while ago.
    #[compiled_once]
    pub async fn give_up_device(&self, signed: &Signed) -> Result<(), AppError> {
        let (id, account) = person(signed)?;
        fresh(signed)?;
        let mut credential = mine(self, id).await?;
        credential.body.totp.clear();
        credential.body.recovery.clear();
        account::save(
            self,
            &account.principal(),
            "account.second.end",
            id,
            (None, Some(&credential)),
        )
        .await?;
        self.end_other_sessions(signed).await.map(|_| ())
    }

    /// New recovery codes in the place of those before.
    ///
    /// # Errors
    /// Where there is no second factor, or the password was not shown a short while ago.
    #[compiled_once]
    pub async fn new_recovery_codes(&self, signed: &Signed) -> Result<Vec<String>, AppError> {
        let (id, account) = person(signed)?;
        fresh(signed)?;
        let mut credential = mine(self, id).await?;
        if !credential.body.has_second() {
            return Err(AppError::bad_input(
                "尚未設定驗證裝置",
                "請先設定驗證裝置，會一併給您復原碼",
            ));
        }
        let (codes, kept) = second::new_recovery()?;
        credential.body.recovery = kept;
        account::save(
            self,
            &account.principal(),
            "account.recovery",
            id,
            (None, Some(&credential)),
        )
        .await?;
        Ok(codes)
    }
}

/// Refuses where the password was not shown a short while ago.
pub(crate) fn fresh(signed: &Signed) -> Result<(), AppError> {
    if signed.is_fresh {
        return Ok(());
    }
    Err(AppError::forbidden(
        "這件事要先再確認一次密碼",
        "請輸入目前的密碼後再做一次",
    ))
}
