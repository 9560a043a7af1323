//! Links that are good once: the first administrator's, an invitation, a new password.
//!
//! Why no default password: whoever has the link sets one of their own. What it can't know: into whose
//! hands it came on the way; it ends soon, and its use is in the ledger.

use super::kept::{Seen, keep, look, use_up};
use super::secret::{hash, secret};
use crate::{App, AppError};
use serde::{Deserialize, Serialize};

const KIND: &str = "link";
const MINUTE: i64 = 60_000_000;

/// What a link is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The account of whoever keeps the installation.
    First,
    /// An account for one of an agency's 使用者.
    Join {
        /// The agency.
        agency: String,
        /// The member.
        member: String,
    },
    /// A new password for an account.
    Reset {
        /// The account.
        account: String,
        /// Whether the second factor goes as well: its device is lost.
        second: bool,
    },
    /// A session of whoever keeps this machine.
    Operator,
}

#[derive(Serialize, Deserialize)]
struct Body {
    purpose: LinkPurpose,
    /// Who gave it, as the ledger names them.
    by: String,
}

/// A link as it is shown once.
#[derive(Debug, Clone)]
pub struct OneTimeLink {
    /// Its path on this server.
    pub path: String,
    /// Until when, in microseconds since 1970.
    pub until: i64,
}

/// Makes a link that is good for so many minutes.
pub(crate) async fn make(
    app: &App,
    purpose: LinkPurpose,
    by: &str,
    minutes: u32,
) -> Result<OneTimeLink, AppError> {
    let secret = secret()?;
    let until = app.now() + i64::from(minutes) * MINUTE;
    let holder = match &purpose {
        LinkPurpose::First | LinkPurpose::Operator => "local".to_owned(),
        LinkPurpose::Join { agency, member } => format!("{agency}/{member}"),
        LinkPurpose::Reset { account, .. } => account.clone(),
    };
    let body = Body {
        purpose,
        by: by.to_owned(),
    };
    // One for each: a new one takes the place of one that may have been lost.
    super::kept::drop_of(app, KIND, &holder, "").await?;
    if !keep(app, KIND, &Seen::new(hash(&secret), holder, until, body)).await? {
        return Err(AppError::failed("連結沒有建立", "請再試一次"));
    }
    Ok(OneTimeLink {
        path: format!("/link/{secret}"),
        until,
    })
}

/// What a link is still good for.
///
/// # Errors
/// Where it is none of ours, was used or has ended: the same words.
pub(crate) async fn purpose(app: &App, secret: &str) -> Result<LinkPurpose, AppError> {
    let seen = look::<Body>(app, KIND, &hash(secret)).await?;
    let seen = seen.filter(|s| s.until > app.now()).ok_or_else(gone)?;
    Ok(seen.body.purpose)
}

/// Uses a link up.
///
/// # Errors
/// Where somebody else did.
pub(crate) async fn spend(app: &App, secret: &str) -> Result<(), AppError> {
    if use_up(app, KIND, &hash(secret)).await? {
        Ok(())
    } else {
        Err(gone())
    }
}

/// Takes back whatever was given for an account.
pub(crate) async fn take_back(app: &App, account: &str) -> Result<(), AppError> {
    super::kept::drop_of(app, KIND, account, "").await.map(|_| ())
}

fn gone() -> AppError {
    AppError::not_found(
        "這個連結已經用過、已逾時，或不完整",
        "請確認網址完整；仍不能使用時，請寄連結給您的人再給一個新的",
    )
}
