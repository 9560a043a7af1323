//! Passwords: what one must be, and what is kept of it.
//!
//! Why a guess at how many guesses it takes, beside the rules: what the rules ask is soon met by
//! `Password1!`. Why as many at once as there are places: each hash takes memory, and a flood of
//! sign-ins must not take all of it. What it can't know: whether it is written on a note.

use super::policy::{LONGEST, Policy};
use super::secret::fill;
use crate::AppError;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes: the first choice of OWASP's password storage cheat sheet of 2024
/// that fits a small machine.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// So many are hashed at once; the others wait.
static PLACES: Semaphore = Semaphore::const_new(2);
/// Guesses, as a power of ten, below which a password is refused whatever its characters are.
const GUESSES: f64 = 9.0;

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|e| failed(&e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(cause: &str) -> AppError {
    AppError::failed(format!("密碼無法雜湊（{cause}）"), "這是程式的錯誤，請回報")
}

/// Does what takes long in a thread of its own, a few at once.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let _place = PLACES.acquire().await.map_err(|e| failed(&e.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| failed(&e.to_string()))?
}

/// What is kept of a password.
pub(crate) async fn hash(password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    aside(move || {
        let mut salt = [0_u8; 16];
        fill(&mut salt)?;
        let salt = SaltString::encode_b64(&salt).map_err(|e| failed(&e.to_string()))?;
        let hashed = hasher()?.hash_password(password.as_bytes(), &salt);
        hashed.map(|h| h.to_string()).map_err(|e| failed(&e.to_string()))
    })
    .await
}

/// Whether a password is the one of which this was kept. Where nothing was kept it takes as long, and
/// is not.
pub(crate) async fn is(password: &str, kept: &str) -> Result<bool, AppError> {
    let (password, kept) = (password.to_owned(), kept.to_owned());
    aside(move || {
        // A hash of nothing that anybody has: the same work for names that don't exist.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$\
                              AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        if password.chars().count() > LONGEST {
            return Ok(false);
        }
        let there = if kept.is_empty() { NOBODY } else { &kept };
        let parsed = PasswordHash::new(there).map_err(|e| failed(&e.to_string()))?;
        let right = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && !kept.is_empty())
    })
    .await
}

/// How many of four kinds of characters there are: capital, small, digit, other.
fn classes(password: &str) -> usize {
    let has = |is: fn(char) -> bool| usize::from(password.chars().any(is));
    has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

/// What is wrong with a password of somebody whose name, account and agency are `known`; each in a
/// sentence that says what to do.
pub(crate) fn problems(password: &str, policy: &Policy, known: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let length = password.chars().count();
    let least = &policy.min_length;
    if length < usize::try_from(least.value).unwrap_or(usize::MAX) {
        problems.push(format!(
            "密碼至少 {} 個字元（{}），目前 {length} 個",
            least.value, least.source
        ));
    }
    if length > LONGEST {
        problems.push(format!("密碼最多 {LONGEST} 個字元，目前 {length} 個"));
        return problems;
    }
    let kinds = &policy.classes;
    if classes(password) < usize::try_from(kinds.value).unwrap_or(usize::MAX) {
        problems.push(format!(
            "大寫、小寫、數字、其他符號四類字元，至少用 {} 類（{}）",
            kinds.value, kinds.source
        ));
    }
    let lowered = password.to_lowercase();
    if known
        .iter()
        .any(|word| word.chars().count() > 2 && lowered.contains(&word.to_lowercase()))
    {
        problems.push("密碼不能含有帳號、姓名或電子郵件，請換一個".to_owned());
    } else if length > 0 && zxcvbn::zxcvbn(password, known).guesses_log10() < GUESSES {
        problems
            .push("這個密碼太容易猜到（常見的字、鍵盤順序、重複或日期），請用幾個不相干的詞組成".to_owned());
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let mut policy = Policy::of_installation(&testkit::corpus());
        policy.min_length.value = 12;
        policy.classes.value = 3;
        policy
    }

    #[test]
    fn short_long_plain_and_known_passwords_are_refused_each_with_its_reason() {
        let wrong = |text: &str| problems(text, &policy(), &["wang.sm", "王小明"]);
        let says = |text: &str, part: &str| {
            assert!(wrong(text).join("；").contains(part), "{text}: {:?}", wrong(text));
        };
        says("Qr7-tV9pLx2", "至少 12");
        says(&format!("aA1{}", "x".repeat(126)), "最多 128");
        says("abcdefghijklmnop", "至少用 3 類");
        says("Password1234!", "容易猜");
        says("Qr7-WANG.SM-tV9p", "帳號");
        says("Qr7-王小明-tV9p", "姓名");
        assert!(wrong("Qr7-tV9pLx2m").is_empty(), "{:?}", wrong("Qr7-tV9pLx2m"));
        assert_eq!(
            wrong(&format!("aA1{}", "x".repeat(125)))
                .iter()
                .filter(|p| p.contains("最多"))
                .count(),
            0
        );
    }

    #[tokio::test]
    async fn what_is_kept_is_known_again_and_says_nothing() {
        let kept = hash("正確 horse battery").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("正確 horse battery").await.unwrap());
        assert!(is("正確 horse battery", &kept).await.unwrap());
        for wrong in ["正確 horse batter", "", "正確 horse battery "] {
            assert!(!is(wrong, &kept).await.unwrap(), "{wrong}");
        }
        // Nobody has the empty hash, whatever they type.
        assert!(!is("", "").await.unwrap() && !is("x", "").await.unwrap());
    }
}
