//! What somebody who is signed in is at an agency: looked up at every request.
//!
//! Why by the members and not by the account: a term that ended this morning ended. Why what they are
//! at the agency itself comes first: the ledger names them as it names them there. What it can't know:
//! what the agency keeps from whom; the visit decides that.

use super::session::{Signed, Who};
use crate::compiled::compiled_once;
use crate::ids::AgencyId;
use crate::principal::Principal;
use crate::reads::Begun;
use crate::{App, AppError, Kind, people};

impl App {
    /// Who somebody is at an agency, with the reading by which it was found out where it is that
    /// agency's. Nobody there: a principal without grants, to whom nothing is shown.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn principal_at(
        &self,
        signed: &Signed,
        agency: &AgencyId,
    ) -> Result<(Principal, Option<Begun>), AppError> {
        let members: Vec<(&str, &str)> = match (&signed.who, &signed.account) {
            (Who::Operator, _) => return Ok((Principal::local("local"), None)),
            (Who::Shown { agency, member }, _) => vec![(agency, member)],
            (Who::Account(_), Some(account)) => {
                let all = account.members.iter();
                all.map(|m| (m.agency.as_str(), m.member.as_str())).collect()
            }
            (Who::Account(_), None) => Vec::new(),
        };
        let mut principal: Option<Principal> = None;
        let mut begun = None;
        let here = |of: &&(&str, &str)| of.0 == agency.as_str();
        let elsewhere = members.iter().filter(|of| !here(of));
        for (of, member) in members.iter().filter(here).chain(elsewhere) {
            let (found, reading) = match people::principal_of(self, of, member).await {
                Ok(found) => found,
                // Their term there has ended.
                Err(error) if error.kind() == Kind::Forbidden => continue,
                Err(error) => return Err(error),
            };
            if *of == agency.as_str() {
                begun = reading;
            }
            match &mut principal {
                Some(principal) => principal.grants.extend(found.grants),
                none => *none = Some(found),
            }
        }
        let nobody = || Principal::member("nobody", &signed.name, Vec::new());
        Ok((principal.unwrap_or_else(nobody), begun))
    }

    /// Who somebody is wherever they are something: for the list of their agencies.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn principal_anywhere(&self, signed: &Signed) -> Result<Principal, AppError> {
        let Ok(nowhere) = AgencyId::parse("nowhere") else {
            return Ok(signed.principal());
        };
        Ok(self.principal_at(signed, &nowhere).await?.0)
    }
}
