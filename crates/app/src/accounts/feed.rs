//! Calendars by secret address: of one person at one agency, until they end it or it lapses.
//!
//! Why a secret of its own: a program that fetches a calendar can't sign in, and must not be given a
//! password. Why whose it is is looked up at every fetch: a role that was taken away shows nothing any
//! more. What it can't know: into whose hands the address came; it can be changed at any time.

use super::account;
use super::kept::{Seen, drop_of, find, held_by, keep};
use super::secret::{hash, secret};
use super::session::{Signed, Stage, Who, holder};
use crate::compiled::compiled_once;
use crate::ids::AgencyId;
use crate::reads::Reads;
use crate::visit::Surface;
use crate::{App, AppError, duties};
use serde::{Deserialize, Serialize};
use store::INSTALLATION;

const KIND: &str = "calendar";
/// How long an address is good for: a year, a choice of ours.
const LASTS: i64 = 366 * 24 * 60 * 60 * 1_000_000;

#[derive(Serialize, Deserialize)]
struct Body {
    who: Who,
    agency: String,
    at: i64,
}

/// A calendar that somebody has.
#[derive(Debug, Clone)]
pub struct FeedLine {
    /// Of which agency.
    pub agency: String,
    /// Since when, in microseconds since 1970.
    pub at: i64,
    /// Until when.
    pub until: i64,
}

/// Whose calendars they are: of somebody at an agency, one.
fn whose(who: &Who, agency: &AgencyId) -> String {
    format!("{}@{agency}", holder(who))
}

impl App {
    /// A new address of somebody's calendar of an agency; the former one ends.
    ///
    /// # Errors
    /// Where they are nobody there, may not see the duties, or keep this machine.
    #[compiled_once]
    pub async fn new_feed(&self, signed: &Signed, agency: &AgencyId) -> Result<String, AppError> {
        if signed.who == Who::Operator {
            return Err(AppError::bad_input(
                "行事曆網址只給在這個機關有角色的人",
                "請以自己的帳號登入後再試",
            ));
        }
        let (who, begun) = self.principal_at(signed, agency).await?;
        let day = self.today();
        let visit = self.visit_with(begun, (&who, agency), day, Surface::Web).await?;
        // An address that would show nothing is not handed out.
        duties::seen(&visit).await?;
        drop(visit);
        let secret = secret()?;
        let of = whose(&signed.who, agency);
        drop_of(self, KIND, &of, "").await?;
        let body = Body {
            who: signed.who.clone(),
            agency: agency.to_string(),
            at: self.now(),
        };
        let seen = Seen::new(hash(&secret), of, self.now() + LASTS, body);
        if !keep(self, KIND, &seen).await? {
            return Err(AppError::failed("行事曆網址沒有建立", "請再試一次"));
        }
        Ok(format!("/calendar/{secret}.ics"))
    }

    /// Ends the address of somebody's calendar of an agency.
    ///
    /// # Errors
    /// Where the database can't be written.
    #[compiled_once]
    pub async fn end_feed(&self, signed: &Signed, agency: &AgencyId) -> Result<(), AppError> {
        drop_of(self, KIND, &whose(&signed.who, agency), "").await?;
        Ok(())
    }

    /// Somebody's calendar of an agency, where they have one.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn feed_at(&self, signed: &Signed, agency: &AgencyId) -> Result<Option<FeedLine>, AppError> {
        let all = held_by::<Body>(self, KIND, &whose(&signed.who, agency)).await?;
        let stands = all.into_iter().find(|f| f.until > self.now());
        Ok(stands.map(|f| FeedLine {
            agency: f.body.agency,
            at: f.body.at,
            until: f.until,
        }))
    }

    /// Whose a calendar is, and of which agency; none where its address was ended or its account closed.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn feed_of(&self, secret: &str) -> Result<Option<(Signed, AgencyId)>, AppError> {
        let reads = Reads::open(self, INSTALLATION).await?;
        let found = find::<Body>(&reads, KIND, &hash(secret)).await?;
        let Some(feed) = found.filter(|f| f.until > self.now()) else {
            return Ok(None);
        };
        let account = match &feed.body.who {
            Who::Account(id) => {
                let account = account::account(&reads, id).await?.map(|a| a.body);
                let Some(account) = account.filter(|a| a.closed.is_empty()) else {
                    return Ok(None);
                };
                Some(account)
            }
            Who::Shown { .. } => None,
            Who::Operator => return Ok(None),
        };
        let agency = AgencyId::parse(&feed.body.agency)?;
        let signed = Signed {
            session: String::new(),
            name: account.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
            who: feed.body.who,
            stage: Stage::Full,
            is_fresh: false,
            idle: 0,
            account,
        };
        Ok(Some((signed, agency)))
    }
}
