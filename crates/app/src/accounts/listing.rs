//! What is shown of accounts: one's own sessions, and the list for whoever keeps the installation.

use super::account;
use super::attempts;
use super::kept::held_by;
use super::policy::{Policy, policy_of};
use super::session::{self, Signed, Who};
use crate::compiled::compiled_once;
use crate::reads::Reads;
use crate::{App, AppError};
use store::INSTALLATION;

/// A session, as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// What it is ended by: a hash.
    pub id: String,
    /// When it began, in microseconds since 1970.
    pub at: i64,
    /// The last sign of life that was written.
    pub seen: i64,
    /// Whence.
    pub address: String,
    /// Which browser.
    pub agent: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// An account, as the list shows it.
#[derive(Debug, Clone)]
pub struct AccountLine {
    /// Its id.
    pub id: String,
    /// The account.
    pub account: super::Account,
    /// Whether a second factor is asked for.
    pub has_second: bool,
    /// Whether it is shut for a while.
    pub is_shut: bool,
    /// How many sessions it has.
    pub sessions: usize,
}

impl App {
    /// The sessions of whoever is signed in, the latest first.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn own_sessions(&self, signed: &Signed) -> Result<Vec<SessionLine>, AppError> {
        let Who::Account(id) = &signed.who else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let all = held_by::<session::Body>(self, session::KIND, id).await?;
        let mut lines: Vec<SessionLine> = all
            .into_iter()
            .filter(|s| s.until > now)
            .map(|s| SessionLine {
                is_this: s.id == signed.session,
                id: s.id,
                at: s.body.at,
                seen: s.body.seen,
                address: s.body.address,
                agent: s.body.agent,
            })
            .collect();
        lines.sort_by_key(|l| std::cmp::Reverse(l.seen));
        Ok(lines)
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// Where it is nobody's or somebody else's: the same words.
    #[compiled_once]
    pub async fn end_session(&self, signed: &Signed, id: &str) -> Result<(), AppError> {
        let mine = self.own_sessions(signed).await?;
        if !mine.iter().any(|s| s.id == id) {
            return Err(AppError::not_found("這個工作階段已經結束", "請重新整理清單"));
        }
        super::kept::use_up(self, session::KIND, id).await.map(|_| ())
    }

    /// What the password of whoever is signed in must keep to, and how they stand.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn own_rules(&self, signed: &Signed) -> Result<(Policy, Option<(i64, bool, usize)>), AppError> {
        let (Who::Account(id), Some(account)) = (&signed.who, &signed.account) else {
            return Ok((Policy::of_installation(self.corpus()), None));
        };
        let policy = policy_of(self, account).await?;
        let reads = Reads::open(self, INSTALLATION).await?;
        let credential = account::credential(&reads, id).await?;
        let how = credential.map(|c| (c.body.set_at, c.body.has_second(), c.body.recovery.len()));
        Ok((policy, how))
    }

    /// Every account, for whoever keeps the installation.
    ///
    /// # Errors
    /// Where somebody else asks.
    #[compiled_once]
    pub async fn accounts(&self, signed: &Signed) -> Result<Vec<AccountLine>, AppError> {
        super::desk::keeper(signed)?;
        self.accounts_on_this_machine().await
    }

    /// The same for the command line, whoever runs it.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn accounts_on_this_machine(&self) -> Result<Vec<AccountLine>, AppError> {
        let reads = Reads::open(self, INSTALLATION).await?;
        let mut lines = Vec::new();
        for account in account::all(self).await? {
            let id = account.id();
            let credential = account::credential(&reads, &id).await?;
            lines.push(AccountLine {
                has_second: credential.is_some_and(|c| c.body.has_second()),
                is_shut: attempts::is_shut(self, &id).await?,
                sessions: held_by::<session::Body>(self, session::KIND, &id).await?.len(),
                id,
                account,
            });
        }
        Ok(lines)
    }

    /// Whether anybody has an account yet.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn has_accounts(&self) -> Result<bool, AppError> {
        Ok(!account::all(self).await?.is_empty())
    }
}
