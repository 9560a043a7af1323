//! Who may use the system: tokens are issued, checked and revoked here.
//!
//! Why a token's own row and not a table aside: issuing and revoking are acts that the
//! ledger must show. Only the hash of a token is kept. What it can't know: whether a
//! token was copied; it ends by itself and can be revoked at once.

use crate::commands::new_id;
use crate::permission::Action;
use crate::principal::{Grant, Principal};
use crate::{App, AppError};
use registers::basics::deputy::Deputy;
use registers::basics::member::Member;
use registers::basics::token::Token;
use serde_json::{Value, json};
use store::{Holds, NewRow};

/// A token as it is shown once, and never again.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// Its row's id, for revoking.
    pub id: String,
    /// What the program presents.
    pub secret: String,
}

/// What all tokens begin with, so that leaked ones can be searched for.
const MARK: &str = "fazun_";

/// Compares without telling by its time how much was right.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0_u8, |d, (x, y)| d | (x ^ y)) == 0
}

fn refused() -> AppError {
    AppError::forbidden(
        "存取權杖無效、已到期或已廢止",
        "請平臺管理者以 fazun token create 另發新的權杖",
    )
}

impl App {
    /// Issues a token for a member.
    ///
    /// # Errors
    /// Where the asker may not, the member isn't there, or a scope or the day can't be used.
    pub async fn issue_token(
        &self,
        who: &Principal,
        agency: &str,
        member: &str,
        (label, scopes, expires): (&str, &[String], period::Date),
    ) -> Result<IssuedToken, AppError> {
        let access = self.access(who, Action::Create, agency, "token").await?;
        let row = self.store.row("member", member).await?;
        let row = row.filter(|r| r.agency == agency && !r.body.is_null());
        let Some(row) = row else {
            return Err(AppError::not_found(
                format!("本機關沒有使用者「{member}」"),
                format!("請以 fazun record list --agency {agency} --register member 查看使用者編號"),
            ));
        };
        if !Member::read(&row.body)?.serves(self.today()) {
            return Err(AppError::bad_input("這位使用者不在使用期間", "請先更正其起訖日"));
        }
        if expires <= self.today() {
            return Err(AppError::bad_input("到期日應在今天之後", "請填將來的日期"));
        }
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|e| {
            AppError::failed(format!("作業系統沒有提供亂數（{e}）"), "請稍後再試，或檢查主機")
        })?;
        let id = new_id(&format!("{agency}-t"));
        let secret = format!("{MARK}{id}_{}", ledger::hex(&bytes));
        let body = json!({
            "label": label, "member": member, "scopes": scopes, "expires": expires.to_string(),
            "secret_hash": ledger::hex(&ledger::sha256(secret.as_bytes())),
        });
        let body = access.spec.check(&body).map_err(|p| {
            AppError::Fields(
                p.into_iter()
                    .map(|p| crate::records::labelled(access.spec, p, ""))
                    .collect(),
            )
        })?;
        let rows = vec![NewRow {
            register: "token".to_owned(),
            row: id.clone(),
            expected_version: 0,
            body,
        }];
        self.commit_holding(who, agency, "token.create", rows, Vec::new(), Holds::default())
            .await?;
        Ok(IssuedToken { id, secret })
    }

    /// Revokes a token; from this moment nothing more is done with it.
    ///
    /// # Errors
    /// Where the asker may not, or it isn't there.
    pub async fn revoke_token(&self, who: &Principal, agency: &str, id: &str) -> Result<(), AppError> {
        self.access(who, Action::Withdraw, agency, "token").await?;
        let row = self.store.row("token", id).await?;
        let Some(row) = row.filter(|r| r.agency == agency && !r.body.is_null()) else {
            return Err(AppError::not_found(
                format!("本機關沒有存取權杖「{id}」"),
                format!("請以 fazun token list --agency {agency} 查看編號"),
            ));
        };
        let mut body = row.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.insert("revoked_at".to_owned(), Value::from(self.moment()));
        }
        let rows = vec![NewRow {
            register: "token".to_owned(),
            row: id.to_owned(),
            expected_version: row.version,
            body,
        }];
        self.commit_holding(who, agency, "token.revoke", rows, Vec::new(), Holds::default())
            .await
    }

    /// Who presents a token.
    ///
    /// # Errors
    /// Where it is no token of ours, has ended, or its owner no longer serves: always the same words.
    pub async fn authenticate(&self, secret: &str) -> Result<Principal, AppError> {
        let id = secret
            .strip_prefix(MARK)
            .and_then(|rest| rest.rsplit_once('_'))
            .map(|(id, _)| id)
            .filter(|id| id.len() <= 64)
            .ok_or_else(refused)?;
        let hash = ledger::hex(&ledger::sha256(secret.as_bytes()));
        let row = self.store.row("token", id).await?;
        let row = row.filter(|r| !r.body.is_null()).ok_or_else(refused)?;
        if !same(Token::read(&row.body)?.secret_hash.as_bytes(), hash.as_bytes()) {
            return Err(refused());
        }
        self.principal_of_token(id).await
    }

    /// A principal's token must still hold when it writes: the row and version that the write
    /// is bound to, so that a token revoked in between writes nothing.
    pub(crate) async fn still_valid(&self, who: &Principal) -> Result<Vec<(String, String, u32)>, AppError> {
        let Some(id) = &who.token else {
            return Ok(Vec::new());
        };
        let row = self.store.row("token", id).await?.ok_or_else(refused)?;
        self.principal_of_token(id).await?;
        Ok(vec![("token".to_owned(), id.clone(), row.version)])
    }

    async fn principal_of_token(&self, id: &str) -> Result<Principal, AppError> {
        let today = self.today();
        let row = self.store.row("token", id).await?.ok_or_else(refused)?;
        let held = Some(&row.body)
            .filter(|b| !b.is_null())
            .map(Token::read)
            .transpose()?;
        let token = held.filter(|t| t.holds(today)).ok_or_else(refused)?;
        let mut principal = self.principal_of_member(&row.agency, &token.member).await?;
        principal.token = Some(id.to_owned());
        principal.scopes = token.scopes;
        Ok(principal)
    }

    /// A member with its role and the deputyships it holds today.
    pub(crate) async fn principal_of_member(
        &self,
        agency: &str,
        member: &str,
    ) -> Result<Principal, AppError> {
        let today = self.today();
        let own = self.serving(agency, member, today).await?.ok_or_else(refused)?;
        let mut grants = vec![grant(agency, &own, None)];
        for row in self.store.latest_of(agency, "deputy").await? {
            if row.body.is_null() {
                continue;
            }
            let deputy = Deputy::read(&row.body)?;
            if deputy.deputy != member || !deputy.serves(today) {
                continue;
            }
            if let Some(other) = self.serving(agency, &deputy.member, today).await? {
                grants.push(grant(agency, &other, Some(&other.name)));
            }
        }
        Ok(Principal::member(&format!("member:{member}"), &own.name, grants))
    }

    /// A member of an agency who serves on a day.
    async fn serving(&self, agency: &str, id: &str, day: period::Date) -> Result<Option<Member>, AppError> {
        let row = self.store.row("member", id).await?;
        let row = row.filter(|r| r.agency == agency && !r.body.is_null());
        let member = row.map(|r| Member::read(&r.body)).transpose()?;
        Ok(member.filter(|m| m.serves(day)))
    }
}

fn grant(agency: &str, member: &Member, stands_for: Option<&str>) -> Grant {
    Grant {
        role: member.role,
        agency: agency.to_owned(),
        unit: member.unit.clone(),
        contract: member.contract.clone(),
        audit: member.audit.clone(),
        position: member.position,
        stands_for: stands_for.map(str::to_owned),
    }
}
