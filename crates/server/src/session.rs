//! Form tokens: one for each browser, which a page of another site can't know.
//!
//! Why signed: the token is a keyed hash of the browser's cookie, so nothing is stored, and
//! neither half is worth anything without the other. Beside it the cookie of whoever is signed in:
//! its secret is known to the browser alone. What it can't know: who sits at the browser.

use axum::http::{HeaderMap, HeaderValue, header};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

const COOKIE: &str = "fazun_session";
/// 128 bits, as hexadecimal digits.
const LENGTH: usize = 32;

/// The key that ties tokens to sessions.
pub(crate) struct FormKey {
    key: [u8; 32],
    count: AtomicU64,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl FormKey {
    /// A fresh key: forms of an earlier run of the program are refused.
    pub fn fresh() -> Self {
        // SipHash with secret keys of the process, in case the system gives no random numbers.
        let secret = RandomState::new();
        let mut key = [0_u8; 32];
        for (n, part) in key.chunks_mut(8).enumerate() {
            part.copy_from_slice(&secret.hash_one(n).to_be_bytes());
        }
        let mut more = [0_u8; 32];
        if getrandom::fill(&mut more).is_ok() {
            key = more;
        }
        Self::of(key)
    }

    /// A key that several processes share.
    pub fn of(key: [u8; 32]) -> Self {
        let start = RandomState::new().hash_one("sessions");
        Self {
            key,
            count: AtomicU64::new(start),
        }
    }

    fn mac(&self, purpose: &[u8], of: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).ok()?;
        mac.update(purpose);
        mac.update(of);
        Some(mac)
    }

    /// A session that nobody has yet.
    pub fn session(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut salt = [0_u8; 16];
        // Without it the number alone tells sessions apart, and the key hides it.
        let _ = getrandom::fill(&mut salt);
        let of = [&number[..], &salt].concat();
        let mac = self.mac(b"session", &of);
        let text = mac.map(|mac| hex(&mac.finalize().into_bytes()));
        text.map(|text| text.chars().take(LENGTH).collect())
            .unwrap_or_default()
    }

    /// The token of a session.
    pub fn token(&self, session: &str) -> String {
        let mac = self.mac(b"form", session.as_bytes());
        mac.map(|mac| hex(&mac.finalize().into_bytes()))
            .unwrap_or_default()
    }

    /// Whether it is; takes as long for a nearly right one as for a wrong one.
    pub fn is_token(&self, session: &str, given: &str) -> bool {
        let right = self.token(session);
        let (a, b) = (right.as_bytes(), given.as_bytes());
        !a.is_empty()
            && a.len() == b.len()
            && a.iter().zip(b).fold(0, |differing, (x, y)| differing | (x ^ y)) == 0
    }
}

/// The session that a browser shows: one, and of our form.
pub(crate) fn shown(headers: &HeaderMap) -> Option<String> {
    one_of(headers, COOKIE, LENGTH)
}

/// The value of a cookie that was sent once and is so many hexadecimal digits.
fn one_of(headers: &HeaderMap, cookie: &str, length: usize) -> Option<String> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == cookie)
        .map(|(_, value)| value);
    let value = found.next()?;
    let ours = value.len() == length && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (ours && found.next().is_none()).then(|| value.to_owned())
}

/// The cookie of somebody who is signed in.
const SIGNED: &str = "fazun_signed";
/// 256 bits, as hexadecimal digits.
const SIGNED_LENGTH: usize = 64;

/// The secret of the session that a browser shows: one, and of our form.
pub(crate) fn signed_shown(headers: &HeaderMap) -> Option<String> {
    one_of(headers, SIGNED, SIGNED_LENGTH)
}

/// How a browser is told that somebody is signed in there; gone when the browser is closed.
pub(crate) fn tell_signed(secret: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{SIGNED}={secret}; Path=/; HttpOnly; SameSite=Lax")).ok()
}

/// How it is told that nobody is any more.
pub(crate) fn tell_signed_out() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{SIGNED}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")).ok()
}

/// How a browser is told its session. No `Secure`: this machine is served without TLS.
pub(crate) fn tell(session: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_session_and_one_key() {
        let (mine, other) = (FormKey::of([1; 32]), FormKey::of([2; 32]));
        let (a, b) = (mine.session(), mine.session());
        assert_ne!(a, b);
        assert_eq!(a.len(), LENGTH);
        let token = mine.token(&a);
        assert!(mine.is_token(&a, &token));
        assert!(!mine.is_token(&b, &token) && !other.is_token(&a, &token));
        for wrong in ["", &token[1..], &format!("{token}0"), &token.to_uppercase()] {
            assert!(!mine.is_token(&a, wrong), "{wrong}");
        }
    }

    #[test]
    fn cookies_of_other_forms_are_none() {
        let good = "0123456789abcdef0123456789abcdef";
        for (line, expected) in [
            (format!("fazun_session={good}"), Some(good)),
            (format!("a=b; fazun_session={good}; c"), Some(good)),
            (format!("fazun_session={good}; fazun_session={good}"), None),
            (format!("fazun_session={}", &good[1..]), None),
            (format!("fazun_session={}", good.to_uppercase()), None),
            (format!("xfazun_session={good}"), None),
            (String::new(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(&line).unwrap());
            assert_eq!(shown(&headers).as_deref(), expected, "{line}");
        }
    }
}
