//! Who may use the system: tokens are issued, checked and revoked here.
//!
//! Why a token's own row and not a table aside: issuing and revoking are acts that the
//! ledger must show. Only the hash of a token is kept. What it can't know: whether a
//! token was copied; it ends by itself and can be revoked at once.

use crate::AppError;
use crate::commit::Draft;
use crate::compiled::compiled_once;
use crate::ids::{PersonId, RowId, register};
use crate::new_ids::new_id;
use crate::people::MARK;
use crate::visit::{Visit, act};
use period::Date;
use registers::basics::member::Member;
use serde_json::{Value, json};
use store::NewRow;

/// A token as it is shown once, and never again.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// Its row's id, for revoking.
    pub id: String,
    /// What the program presents.
    pub secret: String,
}

/// The longest that a token may live, in days: a year and a day, so that a yearly renewal doesn't
/// fall short in a leap year. A choice of ours; no law sets it.
pub const LONGEST_TOKEN_DAYS: i32 = 366;

/// Issues a token for a member.
///
/// # Errors
/// Where the asker may not, the member isn't there, or a scope or the day can't be used.
#[compiled_once]
pub async fn issue_token(
    visit: &Visit<'_>,
    member: &PersonId,
    (label, scopes, expires): (&str, &[String], Date),
) -> Result<IssuedToken, AppError> {
    let access = visit.may(act::Create, register("token")?)?;
    let (agency, today) = (visit.agency(), visit.today());
    let Some(row) = visit.rows().there("member", member.as_str()) else {
        return Err(AppError::not_found(
            format!("本機關沒有使用者「{member}」"),
            format!("請以 fazun record list --agency {agency} --register member 查看使用者編號"),
        ));
    };
    if !Member::read(&row.body)?.serves(today) {
        return Err(AppError::bad_input("這位使用者不在使用期間", "請先更正其起訖日"));
    }
    if expires <= today {
        return Err(AppError::bad_input("到期日應在今天之後", "請填將來的日期"));
    }
    if crate::clock::days_between(today, expires) > LONGEST_TOKEN_DAYS {
        return Err(AppError::bad_input(
            format!("存取權杖最長 {LONGEST_TOKEN_DAYS} 天"),
            "請填較早的到期日，到期前再另發新的權杖",
        ));
    }
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| AppError::failed(format!("作業系統沒有提供亂數（{e}）"), "請稍後再試，或檢查主機"))?;
    let id = new_id(&format!("{agency}-t"));
    let secret = format!("{MARK}{id}_{}", ledger::hex(&bytes));
    let body = json!({
        "label": label, "member": member.as_str(), "scopes": scopes, "expires": expires.to_string(),
        "secret_hash": ledger::hex(&ledger::sha256(secret.as_bytes())),
    });
    let body = access.spec.check(&body).map_err(|p| {
        let said = p.into_iter().map(|p| crate::error::labelled(access.spec, p, ""));
        AppError::Fields(said.collect())
    })?;
    let rows = vec![NewRow {
        register: "token".to_owned(),
        row: id.clone(),
        expected_version: 0,
        body,
    }];
    let mut draft = Draft::of("token.create", rows);
    // A member who is changed meanwhile is looked at again.
    draft.holds.rows = vec![("member".to_owned(), member.to_string(), row.version)];
    access.commit(draft).await?;
    Ok(IssuedToken { id, secret })
}

/// Revokes a token; from this moment nothing more is done with it.
///
/// # Errors
/// Where the asker may not, or it isn't there.
#[compiled_once]
pub async fn revoke_token(visit: &Visit<'_>, id: &RowId) -> Result<(), AppError> {
    let access = visit.may(act::Withdraw, register("token")?)?;
    let agency = visit.agency();
    let Some(row) = visit.rows().there("token", id.as_str()) else {
        return Err(AppError::not_found(
            format!("本機關沒有存取權杖「{id}」"),
            format!("請以 fazun token list --agency {agency} 查看編號"),
        ));
    };
    let mut body = row.body.clone();
    if let Some(members) = body.as_object_mut() {
        members.insert("revoked_at".to_owned(), Value::from(visit.moment()));
    }
    let rows = vec![NewRow {
        register: "token".to_owned(),
        row: id.to_string(),
        expected_version: row.version,
        body,
    }];
    access.commit(Draft::of("token.revoke", rows)).await.map(|_| ())
}
