//! An agency that somebody made by the pages: they are its first officer and its first administrator.
//!
//! Why both: in an office of one there is nobody else yet; 體檢 says so until there is. Why written as
//! the command line would: before this nobody may write there. What it can't know: whom they will invite.

use super::account::{self, Membership, no_account};
use super::desk::keeper;
use super::session::{Signed, Who};
use crate::compiled::compiled_once;
use crate::ids::{AgencyId, register};
use crate::principal::{Principal, Role};
use crate::reads::Reads;
use crate::records::{self, PutRecord};
use crate::visit::Surface;
use crate::{App, AppError};
use serde_json::json;
use store::INSTALLATION;

impl App {
    /// Who makes an agency on a page: whoever keeps the installation.
    ///
    /// # Errors
    /// Where somebody else asks.
    pub fn founder(&self, signed: &Signed) -> Result<Principal, AppError> {
        keeper(signed)?;
        Ok(match &signed.account {
            Some(account) => Principal::local(&account.principal().id),
            None => Principal::local("local"),
        })
    }

    /// Makes whoever made an agency its officer and its administrator, by the account they made it with.
    ///
    /// # Errors
    /// Where somebody else asks, or nothing can be written.
    #[compiled_once]
    pub async fn settle(&self, signed: &Signed, agency: &AgencyId) -> Result<(), AppError> {
        let who = self.founder(signed)?;
        let (Who::Account(id), Some(account)) = (&signed.who, &signed.account) else {
            return Ok(());
        };
        // A form that was sent twice makes one agency, and its founder is there once.
        if account.members.iter().any(|m| m.agency == agency.as_str()) {
            return Ok(());
        }
        let mut members = Vec::new();
        for role in [Role::Officer, Role::Administrator] {
            let visit = self.visit(&who, agency, self.today(), Surface::Web).await?;
            let body = json!({
                "name": account.name, "role": role.word(), "email": account.email,
                "from": self.today().to_string(),
            });
            let put = PutRecord {
                body,
                ..PutRecord::default()
            };
            let saved = records::put(&visit, register("member")?, put).await?.record;
            members.push(Membership {
                agency: agency.to_string(),
                member: saved.id,
            });
        }
        let reads = Reads::open(self, INSTALLATION).await?;
        let mut at = account::account(&reads, id).await?.ok_or_else(no_account)?;
        drop(reads);
        at.body.members.extend(members);
        account::save(self, &account.principal(), "account.join", id, (Some(&at), None)).await
    }
}
