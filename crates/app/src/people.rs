//! Who somebody is: by a token that they present, or by work that they asked for.
//!
//! Why looked at again when something is written: a token is revoked, and a member leaves, at once.
//! What it can't know: whether a token was copied; it ends by itself and can be revoked.

use crate::at_hand::if_kept;
use crate::compiled::compiled_once;
use crate::held::Held;
use crate::ids::AgencyId;
use crate::principal::{Grant, Principal};
use crate::reads::{Begun, Reads};
use crate::visit::Visit;
use crate::{App, AppError};
use period::Date;
use registers::basics::deputy::Deputy;
use registers::basics::member::Member;
use registers::basics::token::Token;
use std::sync::Arc;
use store::StoredRow;

/// What all tokens begin with, so that leaked ones can be searched for.
pub(crate) const MARK: &str = "fazun_";

/// Compares without telling by its time how much was right.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0_u8, |d, (x, y)| d | (x ^ y)) == 0
}

fn refused() -> AppError {
    AppError::forbidden(
        "存取權杖無效、已到期或已廢止",
        "請平臺管理者以 fazun token create 另發新的權杖",
    )
}

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
pub(crate) async fn acting(app: &App, agency: &AgencyId, actor: &str) -> Result<Principal, AppError> {
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

/// A principal's token must still hold when it writes: the row and version that the write is
/// bound to, so that a token revoked in between writes nothing. A token of another agency, such
/// as a superior's, stands in that agency's chain: it is looked at again and can't be held.
pub(crate) async fn still_valid(visit: &Visit<'_>) -> Result<Vec<(String, String, u32)>, AppError> {
    let Some(id) = &visit.who().token else {
        return serving_still(visit);
    };
    let home = home_of(id).ok_or_else(refused)?;
    if home != visit.agency().as_str() {
        let reads = Reads::open(visit.app(), home).await?;
        let people = People {
            held: if_kept(visit.app(), &reads).await?,
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

/// Whoever came by sign-in is held by their own row: a role taken away in between writes nothing.
fn serving_still(visit: &Visit<'_>) -> Result<Vec<(String, String, u32)>, AppError> {
    let member = visit.who().id.strip_prefix("member:");
    let row = member.and_then(|id| visit.rows().there("member", id));
    Ok(match row {
        Some(row) if Member::read(&row.body)?.serves(visit.app().today()) => {
            vec![("member".to_owned(), row.row.clone(), row.version)]
        }
        Some(_) => return Err(left()),
        // A superior's row stands in another chain.
        None => Vec::new(),
    })
}

/// A member as an agency knows them.
pub(crate) struct FoundMember {
    /// The member.
    pub member: Member,
    /// What the agency is called.
    pub agency: String,
}

/// One of an agency's members who serves today, or will.
pub(crate) async fn member_of(app: &App, agency: &str, member: &str) -> Result<FoundMember, AppError> {
    let id = AgencyId::parse(agency)?;
    let reads = Reads::open(app, id.as_str()).await?;
    let row = reads.row("member", member).await?.filter(|r| !r.body.is_null());
    let gone = || AppError::not_found("邀請的對象已不是該機關的使用者", "請該機關再邀請一次");
    let found = Member::read(&row.ok_or_else(gone)?.body)?;
    if found.until.is_some_and(|until| until <= app.today()) {
        return Err(gone());
    }
    let own = reads.row("agency", agency).await?;
    let name = own.as_ref().and_then(|r| r.body.get("name")?.as_str());
    Ok(FoundMember {
        member: found,
        agency: name.unwrap_or(agency).to_owned(),
    })
}

/// A member of an agency as a principal, with the reading by which that was found out.
pub(crate) async fn principal_of(
    app: &App,
    agency: &str,
    member: &str,
) -> Result<(Principal, Option<Begun>), AppError> {
    let reads = Reads::open(app, agency).await?;
    let people = People {
        held: if_kept(app, &reads).await?,
        reads: &reads,
    };
    let principal = people.of_member(member, app.today()).await?;
    drop(people);
    Ok((principal, reads.begun()))
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

impl App {
    /// Who presents a token.
    ///
    /// # Errors
    /// Where it is no token of ours, has ended, or its owner no longer serves: always the same words.
    #[compiled_once]
    pub async fn authenticate(&self, secret: &str) -> Result<Principal, AppError> {
        Ok(self.authenticated(secret).await?.0)
    }

    /// The same, with the reading by which it was found out: for [`App::visit_with`]. It holds a
    /// connection.
    ///
    /// # Errors
    /// As [`App::authenticate`].
    #[compiled_once]
    pub async fn authenticated(&self, secret: &str) -> Result<(Principal, Option<Begun>), AppError> {
        let id = secret
            .strip_prefix(MARK)
            .and_then(|rest| rest.rsplit_once('_'))
            .map(|(id, _)| id)
            .filter(|id| id.len() <= 64)
            .ok_or_else(refused)?;
        let reads = Reads::open(self, home_of(id).ok_or_else(refused)?).await?;
        let people = People {
            held: if_kept(self, &reads).await?,
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
