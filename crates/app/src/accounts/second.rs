//! The second factor: one-time codes of a device (RFC 6238) and recovery codes on paper.
//!
//! Why a step is used once: a code that was read over a shoulder is worth nothing. What it can't know:
//! how wrong the device's clock is; one step to either side is taken.

use super::kept::{Seen, keep, look};
use super::secret::{fill, hash, same};
use crate::{App, AppError};
use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Secret, TOTP};

const KIND: &str = "code";
const DIGITS: usize = 6;
const STEP: u64 = 30;
/// Steps to either side that are taken.
const SKEW: u8 = 1;
/// How many recovery codes somebody is given.
pub(crate) const RECOVERY: usize = 10;

#[derive(Serialize, Deserialize)]
struct Used {
    /// The last step of which a code was taken.
    step: u64,
}

fn broken(cause: &str) -> AppError {
    AppError::failed(format!("驗證碼無法計算（{cause}）"), "這是程式的錯誤，請回報")
}

/// A new shared secret, in base 32.
pub(crate) fn new_secret() -> Result<String, AppError> {
    let mut bytes = [0_u8; 20];
    fill(&mut bytes)?;
    match Secret::Raw(bytes.to_vec()).to_encoded() {
        Secret::Encoded(text) => Ok(text),
        Secret::Raw(_) => Err(broken("base32")),
    }
}

fn totp(secret: &str) -> Result<TOTP, AppError> {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes();
    let bytes = bytes.map_err(|e| broken(&format!("{e:?}")))?;
    TOTP::new(Algorithm::SHA1, DIGITS, SKEW, STEP, bytes).map_err(|e| broken(&e.to_string()))
}

/// What an authenticator reads from a picture.
pub(crate) fn address(secret: &str, login: &str) -> String {
    let login: String = login
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!(
        "otpauth://totp/Fazun:{login}?secret={secret}&issuer=Fazun&algorithm=SHA1&digits={DIGITS}&period={STEP}"
    )
}

/// The step of a right code about now; none of a wrong one.
fn step_of(secret: &str, code: &str, seconds: u64) -> Result<Option<u64>, AppError> {
    let totp = totp(secret)?;
    let now = seconds / STEP;
    let mut found = None;
    for step in now.saturating_sub(SKEW.into())..=now + u64::from(SKEW) {
        // Every step is compared, so that the time doesn't tell which one was right.
        if same(totp.generate(step * STEP).as_bytes(), code.as_bytes()) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// Takes a code, once: a right one that was taken before, or an earlier one, is none.
pub(crate) async fn take(app: &App, id: &str, secret: &str, code: &str) -> Result<bool, AppError> {
    let seconds = u64::try_from(app.now() / 1_000_000).unwrap_or(0);
    let Some(step) = step_of(secret, code, seconds)? else {
        return Ok(false);
    };
    let until = app.now() + 600_000_000;
    let seen = match look::<Used>(app, KIND, id).await? {
        Some(seen) if seen.body.step >= step => return Ok(false),
        Some(mut seen) => {
            seen.body.step = step;
            seen.until = until;
            seen
        }
        None => Seen::new(id.to_owned(), id.to_owned(), until, Used { step }),
    };
    // Of two who show the same code at once, one is let in.
    keep(app, KIND, &seen).await
}

/// Whether a code would be right now; for somebody who sets their device up.
pub(crate) fn is_right(app: &App, secret: &str, code: &str) -> Result<bool, AppError> {
    let seconds = u64::try_from(app.now() / 1_000_000).unwrap_or(0);
    Ok(step_of(secret, code, seconds)?.is_some())
}

/// A code as somebody types it: digits of any width, spaces and hyphens aside.
pub(crate) fn typed(code: &str) -> String {
    super::account::folded(code)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect()
}

/// New recovery codes, and what is kept of them.
pub(crate) fn new_recovery() -> Result<(Vec<String>, Vec<String>), AppError> {
    let mut codes = Vec::new();
    for _ in 0..RECOVERY {
        let mut bytes = [0_u8; 8];
        fill(&mut bytes)?;
        let text = ledger::hex(&bytes);
        let (a, b) = text.split_at(8);
        codes.push(format!("{a}-{b}"));
    }
    let kept = codes.iter().map(|c| hash(&typed(c))).collect();
    Ok((codes, kept))
}

/// Which of the recovery codes this is.
pub(crate) fn recovery_place(kept: &[String], code: &str) -> Option<usize> {
    let hashed = hash(&typed(code));
    let mut found = None;
    for (n, one) in kept.iter().enumerate() {
        if same(one.as_bytes(), hashed.as_bytes()) {
            found = Some(n);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, with its secret of twenty bytes; the last six digits of its eight.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = seconds / STEP;
            assert_eq!(step_of(secret, code, seconds).unwrap(), Some(step), "{seconds}");
            // One step early and late is taken, two are not.
            assert_eq!(step_of(secret, code, seconds + STEP).unwrap(), Some(step));
            assert_eq!(step_of(secret, code, seconds - STEP).unwrap(), Some(step));
            assert_eq!(step_of(secret, code, seconds + 2 * STEP).unwrap(), None);
            if let Some(early) = seconds.checked_sub(2 * STEP) {
                assert_eq!(step_of(secret, code, early).unwrap(), None);
            }
        }
        for wrong in ["", "28708", "2870820", "287083"] {
            assert_eq!(step_of(secret, wrong, 59).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn recovery_codes_are_read_as_they_are_typed() {
        let (codes, kept) = new_recovery().unwrap();
        assert_eq!((codes.len(), kept.len()), (RECOVERY, RECOVERY));
        let third = codes[2].to_uppercase().replace('-', " ");
        assert_eq!(recovery_place(&kept, &third), Some(2));
        assert_eq!(recovery_place(&kept, "00000000-00000000"), None);
        assert!(kept.iter().all(|k| !codes.contains(k)));
    }

    #[test]
    fn a_new_secret_is_one_that_devices_read() {
        let secret = new_secret().unwrap();
        assert_eq!(secret.len(), 32);
        assert!(address(&secret, "wang.sm@x").contains("Fazun:wang.sm%40x?secret="));
        assert!(totp(&secret).is_ok());
    }
}
