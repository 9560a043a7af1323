//! Who may use the system: tokens are issued, checked and revoked here.
//!
//! Why a token's own row and not a table aside: issuing and revoking are acts that the
//! ledger must show. Only the hash of a token is kept. What it can't know: whether a
//! token was copied; it ends by itself and can be revoked at once.

use crate::commands::new_id;
use crate::commit::Draft;
use crate::held::{self, Held};
use crate::ids::{PersonId, RowId, register};
use crate::principal::{Grant, Principal};
use crate::reads::{Begun, Reads};
use crate::visit::{Visit, act};
use crate::{App, AppError};
use period::Date;
use registers::basics::deputy::Deputy;
use registers::basics::member::Member;
use registers::basics::token::Token;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{NewRow, StoredRow};

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

/// The longest that a token may live, in days: a year and a day, so that a yearly renewal doesn't
/// fall short in a leap year. A choice of ours; no law sets it.
pub const LONGEST_TOKEN_DAYS: i32 = 366;

/// An agency's people: from what is kept in memory, or read row by row.
struct People<'r, 'a> {
    reads: &'r Reads<'a>,
    held: Option<Arc<Held>>,
}

impl People<'_, '_> {
    async fn row(&self, register: &str, id: &str) -> Result<Option<StoredRow>, AppError> {
        if let Some(held) = &self.held {
            return Ok(held.rows.there(register, id).cloned());
        }
        let row = self.reads.row(register, id).await?;
        Ok(row.filter(|r| !r.body.is_null()))
    }

    async fn deputies(&self) -> Result<Vec<StoredRow>, AppError> {
        match &self.held {
            Some(held) => Ok(held.rows.standing("deputy").cloned().collect()),
            None => self.reads.latest_of("deputy").await,
        }
    }

    /// Whose a token is today, and the version of its row.
    async fn of_token(&self, id: &str, today: Date) -> Result<(Principal, u32), AppError> {
        let row = self.row("token", id).await?.ok_or_else(refused)?;
        let token = Token::read(&row.body)?;
        if !token.holds(today) {
            return Err(refused());
        }
        let mut principal = self.of_member(&token.member, today).await?;
        principal.token = Some(id.to_owned());
        principal.scopes = token.scopes;
        Ok((principal, row.version))
    }

    /// A member with its role and the deputyships it holds today.
    async fn of_member(&self, member: &str, today: Date) -> Result<Principal, AppError> {
        let agency = self.reads.agency();
        let own = self.serving(member, today).await?.ok_or_else(refused)?;
        let mut grants = vec![grant(agency, &own, None)];
        for row in self.deputies().await?.iter().filter(|r| !r.body.is_null()) {
            let deputy = Deputy::read(&row.body)?;
            if deputy.deputy != member || !deputy.serves(today) {
                continue;
            }
            if let Some(other) = self.serving(&deputy.member, today).await? {
                grants.push(grant(agency, &other, Some(&other.name)));
            }
        }
        Ok(Principal::member(&format!("member:{member}"), &own.name, grants))
    }

    /// A member who serves on a day.
    async fn serving(&self, id: &str, day: Date) -> Result<Option<Member>, AppError> {
        let row = self.row("member", id).await?;
        let member = row.map(|r| Member::read(&r.body)).transpose()?;
        Ok(member.filter(|m| m.serves(day)))
    }
}

/// Whoever keeps this machine, on its surfaces, and what it does by itself.
const MACHINE: [&str; 4] = ["local", "cli", "demo", "system"];

/// Whoever asked for work that goes on without them, with the rights that they have by now.
pub(crate) async fn acting(app: &App, agency: &crate::AgencyId, actor: &str) -> Result<Principal, AppError> {
    let Some(member) = actor.strip_prefix("member:") else {
        return if MACHINE.contains(&actor) {
            Ok(Principal::local(actor))
        } else {
            Err(left())
        };
    };
    let reads = Reads::open(app, agency.as_str()).await?;
    let people = People {
        reads: &reads,
        held: None,
    };
    match people.of_member(member, app.today()).await {
        Err(error) if error.kind() == crate::Kind::Forbidden => Err(left()),
        found => found,
    }
}

/// Whoever asked for work and is nobody here any more.
fn left() -> AppError {
    AppError::forbidden(
        "提出這項工作的人員目前在本機關沒有權限",
        "請由有權限的人員由原頁面再做一次",
    )
}

/// The agency of a token, which its id begins with: `fazun_<agency>-t<token>_<secret>`.
fn home_of(id: &str) -> Option<&str> {
    let (agency, token) = id.rsplit_once('-')?;
    (token.starts_with('t') && !agency.is_empty()).then_some(agency)
}

impl App {
    /// Who presents a token.
    ///
    /// # Errors
    /// Where it is no token of ours, has ended, or its owner no longer serves: always the same words.
    pub async fn authenticate(&self, secret: &str) -> Result<Principal, AppError> {
        Ok(self.authenticated(secret).await?.0)
    }

    /// The same, with the reading by which it was found out: for [`App::visit_with`]. It holds a
    /// connection.
    ///
    /// # Errors
    /// As [`App::authenticate`].
    pub async fn authenticated(&self, secret: &str) -> Result<(Principal, Option<Begun>), AppError> {
        let id = secret
            .strip_prefix(MARK)
            .and_then(|rest| rest.rsplit_once('_'))
            .map(|(id, _)| id)
            .filter(|id| id.len() <= 64)
            .ok_or_else(refused)?;
        let reads = Reads::open(self, home_of(id).ok_or_else(refused)?).await?;
        let people = People {
            held: held::if_kept(self, &reads).await?,
            reads: &reads,
        };
        let hash = ledger::hex(&ledger::sha256(secret.as_bytes()));
        let row = people.row("token", id).await?.ok_or_else(refused)?;
        if !same(Token::read(&row.body)?.secret_hash.as_bytes(), hash.as_bytes()) {
            return Err(refused());
        }
        let principal = people.of_token(id, self.today()).await?.0;
        Ok((principal, reads.begun()))
    }
}

/// Issues a token for a member.
///
/// # Errors
/// Where the asker may not, the member isn't there, or a scope or the day can't be used.
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
    if crate::today::days_between(today, expires) > LONGEST_TOKEN_DAYS {
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
        let said = p
            .into_iter()
            .map(|p| crate::records::labelled(access.spec, p, ""));
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

/// A principal's token must still hold when it writes: the row and version that the write is
/// bound to, so that a token revoked in between writes nothing. A token of another agency, such
/// as a superior's, stands in that agency's chain: it is looked at again and can't be held.
pub(crate) async fn still_valid(visit: &Visit<'_>) -> Result<Vec<(String, String, u32)>, AppError> {
    let Some(id) = &visit.who().token else {
        return Ok(Vec::new());
    };
    let home = home_of(id).ok_or_else(refused)?;
    if home != visit.agency().as_str() {
        let reads = Reads::open(visit.app(), home).await?;
        let people = People {
            held: held::if_kept(visit.app(), &reads).await?,
            reads: &reads,
        };
        people.of_token(id, visit.today()).await?;
        return Ok(Vec::new());
    }
    let people = People {
        held: Some(visit.shared()),
        reads: visit.reads(),
    };
    let (_, version) = people.of_token(id, visit.today()).await?;
    Ok(vec![("token".to_owned(), id.clone(), version)])
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
