//! What is random and handed out once: cookies, links, recovery codes. Only its hash is kept.

use crate::AppError;
pub(crate) use crate::people::same;

/// 256 bits of the operating system, as hexadecimal digits.
///
/// # Errors
/// Where the system gives no random numbers.
pub(crate) fn secret() -> Result<String, AppError> {
    let mut bytes = [0_u8; 32];
    fill(&mut bytes)?;
    Ok(ledger::hex(&bytes))
}

/// Random bytes of the operating system.
///
/// # Errors
/// Where it gives none.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), AppError> {
    getrandom::fill(bytes)
        .map_err(|e| AppError::failed(format!("作業系統沒有提供亂數（{e}）"), "請稍後再試，或檢查主機"))
}

/// What is kept of a secret.
pub(crate) fn hash(secret: &str) -> String {
    ledger::hex(&ledger::sha256(secret.as_bytes()))
}
