//! An account and its credentials: two rows of the installation's own chain.
//!
//! Why two: who somebody is may be listed; what they sign in by is read where they sign in and
//! nowhere else. Why in the chain: who gave whom an account, and who took it, must be shown. Why the
//! id is the hash of the name: of two accounts of one name the store refuses the second.

use crate::commit::{Draft, write};
use crate::principal::Principal;
use crate::reads::Reads;
use crate::{App, AppError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{INSTALLATION, NewRow};

const ACCOUNT: &str = "account";
const CREDENTIAL: &str = "credential";

/// The longest name to sign in by, in characters.
const LONGEST_LOGIN: usize = 64;

/// What somebody is to one agency: one of its 使用者.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The agency.
    pub agency: String,
    /// The member, by row id.
    pub member: String,
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    v: u32,
    /// What they sign in by; never changes.
    pub login: String,
    /// 姓名
    pub name: String,
    /// 電子郵件
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Whether they keep the installation: accounts and new agencies, no agency's content.
    #[serde(default)]
    pub platform: bool,
    /// Why nobody signs in by it any more; empty while somebody does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closed: String,
    /// Whom they are at which agency.
    #[serde(default)]
    pub members: Vec<Membership>,
}

/// What somebody signs in by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    v: u32,
    /// The password's hash, as a PHC string; empty where there is none.
    #[serde(default)]
    pub password: String,
    /// When it was set, in microseconds since 1970.
    #[serde(default)]
    pub set_at: i64,
    /// Whether somebody else set it: it must be changed at the first sign-in.
    #[serde(default)]
    pub must_change: bool,
    /// Hashes of those before, the latest first.
    #[serde(default)]
    pub former: Vec<String>,
    /// The shared secret of one-time codes, in base 32; empty where there is none.
    #[serde(default)]
    pub totp: String,
    /// Hashes of the recovery codes that were not used.
    #[serde(default)]
    pub recovery: Vec<String>,
}

impl Credential {
    /// Whether a second factor is asked for.
    pub fn has_second(&self) -> bool {
        !self.totp.is_empty()
    }
}

impl Account {
    /// A new one.
    pub(crate) fn new(login: &str, name: &str, email: &str) -> Self {
        Self {
            v: 1,
            login: login.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            platform: false,
            closed: String::new(),
            members: Vec::new(),
        }
    }

    /// Its id.
    pub fn id(&self) -> String {
        account_id(&self.login)
    }

    /// Who writes what is written of accounts.
    pub(crate) fn principal(&self) -> Principal {
        Principal::member(&format!("account:{}", self.login), &self.name, Vec::new())
    }
}

/// A row as it was seen.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub body: T,
    pub version: u32,
}

/// A name to sign in by, as it is compared: width and case don't matter.
pub(crate) fn folded(login: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    let text: String = login.chars().map(narrow).collect();
    text.trim().to_lowercase()
}

/// The id of the account of a name, whether or not there is one.
pub fn account_id(login: &str) -> String {
    let hash = ledger::hex(&ledger::sha256(folded(login).as_bytes()));
    format!("u{}", hash.get(..24).unwrap_or(&hash))
}

/// Whether something can be a name to sign in by.
///
/// # Errors
/// Why not.
pub(crate) fn check_login(login: &str) -> Result<String, AppError> {
    let login = folded(login);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if login.len() < 3 || login.len() > LONGEST_LOGIN || !login.chars().all(fits) {
        return Err(AppError::bad_input(
            "登入帳號限 3 至 64 個英文字母、數字或 . - _ @",
            "例如以公務電子郵件「@」之前的部分為帳號",
        ));
    }
    Ok(login)
}

async fn row<T: DeserializeOwned>(
    reads: &Reads<'_>,
    register: &str,
    id: &str,
) -> Result<Option<At<T>>, AppError> {
    let Some(row) = reads.row(register, id).await?.filter(|r| !r.body.is_null()) else {
        return Ok(None);
    };
    let version = row.version;
    let body = serde_json::from_value(row.body).map_err(|e| {
        AppError::failed(
            format!("帳號資料不是這個版本的程式看得懂的格式（{e}）"),
            "請改用較新的版本",
        )
    })?;
    Ok(Some(At { body, version }))
}

/// An account by id.
pub(crate) async fn account(reads: &Reads<'_>, id: &str) -> Result<Option<At<Account>>, AppError> {
    row(reads, ACCOUNT, id).await
}

/// What an account signs in by.
pub(crate) async fn credential(reads: &Reads<'_>, id: &str) -> Result<Option<At<Credential>>, AppError> {
    row(reads, CREDENTIAL, id).await
}

/// Every account, in the order of their names.
pub(crate) async fn all(app: &App) -> Result<Vec<Account>, AppError> {
    let reads = Reads::open(app, INSTALLATION).await?;
    let rows = reads.latest_of(ACCOUNT).await?;
    let read = rows.into_iter().filter(|r| !r.body.is_null());
    let mut accounts: Vec<Account> = read.filter_map(|r| serde_json::from_value(r.body).ok()).collect();
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(accounts)
}

fn changed<T: Serialize>(register: &str, id: &str, at: &At<T>) -> Result<NewRow, AppError> {
    let body = serde_json::to_value(&at.body)
        .map_err(|e| AppError::failed(format!("無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
    Ok(NewRow {
        register: register.to_owned(),
        row: id.to_owned(),
        expected_version: at.version,
        body,
    })
}

/// Writes what changed of an account, in one entry each, under the name of who did it.
pub(crate) async fn save(
    app: &App,
    who: &Principal,
    action: &str,
    id: &str,
    (account, credential): (Option<&At<Account>>, Option<&At<Credential>>),
) -> Result<(), AppError> {
    let mut rows = Vec::new();
    if let Some(account) = account {
        rows.push(changed(ACCOUNT, id, account)?);
    }
    if let Some(credential) = credential {
        rows.push(changed(CREDENTIAL, id, credential)?);
    }
    write(app, who, INSTALLATION, Draft::of(action, rows)).await
}

/// Refuses an account that isn't there.
pub(crate) fn no_account() -> AppError {
    AppError::not_found("沒有這個帳號", "請由帳號清單開啟")
}

/// Credentials that don't exist yet.
pub(crate) fn no_credential() -> At<Credential> {
    At {
        version: 0,
        body: Credential {
            v: 1,
            password: String::new(),
            set_at: 0,
            must_change: false,
            former: Vec::new(),
            totp: String::new(),
            recovery: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_other_width_and_case_is_one_account() {
        assert_eq!(account_id("Wang.SM"), account_id(" ｗａｎｇ．ＳＭ　"));
        assert_ne!(account_id("wang.sm"), account_id("wang-sm"));
        assert_eq!(check_login("Ｗang.Sm").unwrap(), "wang.sm");
        for wrong in ["ab", "王小明", "a b c", "a/b", "", &"x".repeat(65)] {
            assert!(check_login(wrong).is_err(), "{wrong}");
        }
        assert!(check_login(&"x".repeat(64)).is_ok() && check_login("abc").is_ok());
    }
}
