//! Failures to sign in: counted before anybody looks whether the password is right.
//!
//! Why before: of a thousand guesses sent at once each is counted, and not those that were seen to
//! fail. Why for names that don't exist too: what is told of them must not differ. What it can't know:
//! whether two addresses are one attacker; the server counts addresses besides.

use super::kept::{Seen, keep, look, use_up};
use super::policy::Policy;
use crate::{App, AppError};
use serde::{Deserialize, Serialize};

const KIND: &str = "failure";
const MINUTE: i64 = 60_000_000;
/// How often a count is tried against others who count at the same time.
const TRIES: usize = 20;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Failures {
    /// How many in a row.
    count: u32,
    /// Until when nobody is let in, in microseconds since 1970; 0 where somebody is.
    shut_until: i64,
}

/// What may be done with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// It may be looked at; the last one before nobody is let in any more, or not.
    Counted { last: bool },
    /// Nobody is let in now.
    Shut,
}

const NONE: Failures = Failures {
    count: 0,
    shut_until: 0,
};

/// Counts an attempt for an id, of an account that is there or is not.
pub(crate) async fn count(app: &App, id: &str, policy: &Policy) -> Result<Attempt, AppError> {
    let most = policy.lockout_attempts.value.max(1);
    let shut = i64::from(policy.lockout_minutes.value.max(1)) * MINUTE;
    for _ in 0..TRIES {
        let now = app.now();
        let seen = look::<Failures>(app, KIND, id).await?;
        let mut failures = seen.unwrap_or_else(|| Seen::new(id.to_owned(), String::new(), 0, NONE));
        if failures.until <= now {
            // What ended long ago counts no more; its row is changed, not made anew.
            failures.body = NONE;
        }
        if failures.body.shut_until > now {
            return Ok(Attempt::Shut);
        }
        failures.body.count += 1;
        let last = failures.body.count >= most;
        // Shut before it is looked at: whoever is right is let in and forgets it.
        failures.body.shut_until = if last { now + shut } else { 0 };
        // As long as a lock lasts: failures further apart are not in a row.
        failures.until = now + shut;
        if keep(app, KIND, &failures).await? {
            return Ok(Attempt::Counted { last });
        }
    }
    // So many at once are no person.
    Ok(Attempt::Shut)
}

/// Forgets the failures: somebody showed who they are, or an administrator lets them try again.
pub(crate) async fn forget(app: &App, id: &str) -> Result<(), AppError> {
    use_up(app, KIND, id).await.map(|_| ())
}

/// Whether nobody is let in now.
pub(crate) async fn is_shut(app: &App, id: &str) -> Result<bool, AppError> {
    let seen = look::<Failures>(app, KIND, id).await?;
    Ok(seen.is_some_and(|s| s.body.shut_until > app.now()))
}
