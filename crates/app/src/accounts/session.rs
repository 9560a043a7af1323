//! Sessions: who is signed in, on which device, until when.
//!
//! Why by the hash of a secret: whoever reads the database can't go on with anybody's session. Why
//! looked up at every request: one that is ended is ended now, and so is what its holder may do. What
//! it can't know: whether the browser is still in the same hands; it ends when nothing comes.

use super::account::{self, Account};
use super::kept::{Seen, drop_of, find, held_by, keep, use_up};
use super::policy::Policy;
use super::secret::{hash, secret};
use crate::compiled::compiled_once;
use crate::principal::Principal;
use crate::reads::Reads;
use crate::{App, AppError};
use serde::{Deserialize, Serialize};
use store::INSTALLATION;

pub(crate) const KIND: &str = "session";
const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
/// The longest that a session lasts however busy it is: a working day, a choice of ours.
const LONGEST: i64 = 12 * 60 * MINUTE;
/// How old the last sign of life must be before another one is written.
const SIGN: i64 = MINUTE;
/// How long somebody who showed their password again needn't again.
const FRESH: i64 = 10 * MINUTE;
/// The most sessions of one account; the oldest make room.
const MOST: usize = 10;

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person, by account.
    Account(String),
    /// A role of the demonstration: agency and member.
    Shown {
        /// The agency.
        agency: String,
        /// The member.
        member: String,
    },
    /// Whoever keeps this machine, by a link that only its command line gives.
    Operator,
}

/// What is still to be done before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing.
    Full,
    /// The second factor is to be shown.
    Code,
    /// A password of one's own is to be set.
    Password,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Body {
    pub who: Who,
    pub stage: Stage,
    /// When it began.
    pub at: i64,
    /// The last sign of life that was written.
    pub seen: i64,
    /// When the password, or a second factor, was last shown.
    pub shown: i64,
    /// Minutes without a request after which it ends.
    pub idle: u32,
    /// Whence, as the server saw it.
    pub address: String,
    /// Which browser, in a few words.
    pub agent: String,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session's id: a hash, worth nothing to anybody.
    pub session: String,
    /// Whose it is.
    pub who: Who,
    /// 姓名
    pub name: String,
    /// What is still to be done.
    pub stage: Stage,
    /// Whether the password was shown a short while ago.
    pub is_fresh: bool,
    /// Minutes without a request after which it ends.
    pub idle: u32,
    /// The account, where it is a person's.
    pub account: Option<Account>,
}

impl Signed {
    /// Whether they keep the installation.
    pub fn keeps_platform(&self) -> bool {
        self.who == Who::Operator || self.account.as_ref().is_some_and(|a| a.platform)
    }

    /// The agency of whoever is something at one alone; none where they are at several, or at none.
    pub fn only_agency(&self) -> Option<&str> {
        let members = match (&self.who, &self.account) {
            (Who::Shown { agency, .. }, _) => return Some(agency),
            (_, Some(account)) => &account.members,
            (_, None) => return None,
        };
        let first = members.first()?;
        members
            .iter()
            .all(|m| m.agency == first.agency)
            .then_some(first.agency.as_str())
    }

    /// Who acts where no agency is.
    pub fn principal(&self) -> Principal {
        match (&self.who, &self.account) {
            (Who::Operator, _) => Principal::local("local"),
            (_, Some(account)) => account.principal(),
            (_, None) => Principal::member("nobody", &self.name, Vec::new()),
        }
    }
}

/// Whence somebody comes, for their own list of sessions.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// The address, as the server saw it.
    pub address: &'a str,
    /// The browser's words about itself.
    pub agent: &'a str,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The secret of the session, for the cookie.
    pub secret: String,
    /// What is still to be done.
    pub stage: Stage,
}

/// A browser's words about itself, shortened to what tells devices apart.
fn short(agent: &str) -> String {
    agent.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn ends(body: &Body) -> i64 {
    (body.seen + i64::from(body.idle.max(1)) * MINUTE).min(body.at + LONGEST)
}

/// Begins a session: the secret for its cookie.
pub(crate) async fn begin(
    app: &App,
    (who, stage): (Who, Stage),
    policy: &Policy,
    (address, agent): (&str, &str),
) -> Result<String, AppError> {
    let secret = secret()?;
    let now = app.now();
    let body = Body {
        who,
        stage,
        at: now,
        seen: now,
        shown: now,
        idle: policy.idle.value,
        address: address.to_owned(),
        agent: short(agent),
    };
    start(app, &secret, body).await?;
    Ok(secret)
}

/// By what a holder's sessions are listed.
pub(crate) fn holder(who: &Who) -> String {
    match who {
        Who::Account(id) => id.clone(),
        Who::Shown { agency, member } => format!("{agency}/{member}"),
        Who::Operator => "local".to_owned(),
    }
}

async fn start(app: &App, secret: &str, body: Body) -> Result<(), AppError> {
    let holder = holder(&body.who);
    let until = ends(&body);
    if !keep(app, KIND, &Seen::new(hash(secret), holder.clone(), until, body)).await? {
        return Err(AppError::failed("工作階段沒有建立", "請再登入一次"));
    }
    let mut others = held_by::<Body>(app, KIND, &holder).await?;
    others.retain(|s| s.id != hash(secret));
    others.sort_by_key(|s| s.body.seen);
    let spare = (others.len() + 1).saturating_sub(MOST);
    for old in others.into_iter().take(spare) {
        use_up(app, KIND, &old.id).await?;
    }
    Ok(())
}

/// Goes on under another secret, at another stage: whoever knew the former one knows nothing more.
pub(crate) async fn go_on(app: &App, former: &Signed, stage: Stage) -> Result<String, AppError> {
    let seen = super::kept::look::<Body>(app, KIND, &former.session).await?;
    let Some(seen) = seen.filter(|s| s.until > app.now()) else {
        return Err(ended());
    };
    // Of two that go on at once, one does.
    if !use_up(app, KIND, &former.session).await? {
        return Err(ended());
    }
    let secret = secret()?;
    let now = app.now();
    let body = Body {
        stage,
        seen: now,
        shown: now,
        ..seen.body
    };
    start(app, &secret, body).await?;
    Ok(secret)
}

fn ended() -> AppError {
    AppError::conflict("這次登入已經結束", "請再登入一次")
}

impl App {
    /// Who is signed in by a session's secret; nobody where it has ended. Counts as a sign of life.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn signed(&self, secret: &str) -> Result<Option<Signed>, AppError> {
        let id = hash(secret);
        let now = self.now();
        let reads = Reads::open(self, INSTALLATION).await?;
        let seen = find::<Body>(&reads, KIND, &id).await?;
        let Some(mut seen) = seen.filter(|s| s.until > now) else {
            return Ok(None);
        };
        let (name, account) = match &seen.body.who {
            Who::Account(of) => {
                let account = account::account(&reads, of).await?;
                let Some(account) = account.map(|a| a.body).filter(|a| a.closed.is_empty()) else {
                    return Ok(None);
                };
                (account.name.clone(), Some(account))
            }
            Who::Shown { .. } => (String::new(), None),
            Who::Operator => ("本機操作者".to_owned(), None),
        };
        drop(reads);
        let name = match &seen.body.who {
            Who::Shown { agency, member } => match crate::people::member_of(self, agency, member).await {
                Ok(found) => format!("{}（{}）", found.member.name, found.member.role.title()),
                Err(_) => return Ok(None),
            },
            _ => name,
        };
        let signed = Signed {
            session: id,
            who: seen.body.who.clone(),
            name,
            stage: seen.body.stage,
            is_fresh: seen.body.stage == Stage::Full && now - seen.body.shown < FRESH,
            idle: seen.body.idle,
            account,
        };
        if now - seen.body.seen > SIGN {
            seen.body.seen = now;
            seen.until = ends(&seen.body);
            // Of several requests at once one writes it; for the others it is written. Where nothing can
            // be written, pages are read all the same, and the session ends the earlier.
            let _ = keep(self, KIND, &seen).await;
        }
        Ok(Some(signed))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn sign_out(&self, signed: &Signed) -> Result<(), AppError> {
        use_up(self, KIND, &signed.session).await.map(|_| ())
    }

    /// Ends all sessions of whoever is signed in but this one; how many there were.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn end_other_sessions(&self, signed: &Signed) -> Result<u64, AppError> {
        drop_of(self, KIND, &holder(&signed.who), &signed.session).await
    }
}

/// Ends every session of an account.
pub(crate) async fn end_all(app: &App, id: &str) -> Result<u64, AppError> {
    drop_of(app, KIND, id, "").await
}
