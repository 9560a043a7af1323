//! What a time-stamping authority attests of a kept checkpoint.
//!
//! What it can't know: whether the authority is to be trusted; the reader names whom they trust.

use crate::{AppError, jobs};
use ledger::{Authorities, Kept, TimestampAnswer, TimestampError};
use serde::Serialize;
use std::path::Path;

/// A token beside a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StampReport {
    /// The time that it attests, in microseconds since 1970.
    pub at: i64,
    /// The authority's number of it.
    pub serial: String,
    /// Under which policy it was issued.
    pub policy: String,
    /// Who signed it, where the signature was verified.
    pub signer: Option<String>,
}

impl StampReport {
    /// In words.
    pub fn words(&self) -> String {
        let at = jiff::Timestamp::from_microsecond(self.at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let at = period::roc_instant(at.to_zoned(zone).datetime());
        match &self.signer {
            Some(signer) => format!(
                "時戳：檢查點至遲於 {at} 已存在（簽章驗證無誤，簽發者 {signer}，序號 {}）",
                self.serial
            ),
            None => format!(
                "時戳：檢查點旁的時戳所示時間為 {at}，簽章尚未驗證；請以 --tsa-ca 指定憑證機構的憑證檔再驗證（序號 {}）",
                self.serial
            ),
        }
    }
}

fn refused(error: &TimestampError) -> AppError {
    AppError::bad_input(
        error.to_string(),
        "請確認時戳檔（.tsr）與憑證檔是這份檢查點的；時戳若被換過，請改用另處保存的那一份",
    )
}

/// What the token beside a checkpoint's file attests, verified against certificates where a file of
/// them is named; none where no token lies there and none was asked for.
///
/// # Errors
/// Where a file can't be read, or the token is another checkpoint's, or its signature doesn't hold.
pub fn checkpoint_stamp(
    checkpoint: &Path,
    authorities: Option<&Path>,
) -> Result<Option<StampReport>, AppError> {
    let unreadable = |path: &Path, e: std::io::Error| {
        AppError::bad_input(format!("讀不到 {}（{e}）", path.display()), "請確認檔名與權限")
    };
    let beside = jobs::token_beside(checkpoint);
    let beside = beside.map_err(|e| AppError::bad_input(e, "請確認檔名與權限"))?;
    let Some(token) = beside else {
        return match authorities {
            None => Ok(None),
            Some(_) => Err(AppError::bad_input(
                format!("{} 旁沒有時戳檔", checkpoint.display()),
                "請將同名的 .tsr 檔放在檢查點旁，或不指定 --tsa-ca",
            )),
        };
    };
    let text = std::fs::read_to_string(checkpoint).map_err(|e| unreadable(checkpoint, e))?;
    let kept: Kept = text
        .parse()
        .map_err(|e: ledger::KeptError| AppError::bad_input(e.to_string(), "請指定檢查點檔"))?;
    let answer = TimestampAnswer::read(&token).map_err(|e| refused(&e))?;
    let imprint = ledger::sha256(kept.checkpoint.to_string().as_bytes());
    let (timestamp, signer) = match authorities {
        None => (answer.timestamp().map_err(|e| refused(&e))?, None),
        Some(file) => {
            let pem = std::fs::read(file).map_err(|e| unreadable(file, e))?;
            let authorities = Authorities::from_pem(&pem).map_err(|e| refused(&e))?;
            let verified = authorities.verify(&answer).map_err(|e| refused(&e))?;
            (verified.timestamp, Some(verified.signer))
        }
    };
    if timestamp.imprint.as_slice() != imprint {
        return Err(refused(&TimestampError::OtherImprint));
    }
    Ok(Some(StampReport {
        at: timestamp.at,
        serial: timestamp.serial,
        policy: timestamp.policy,
        signer,
    }))
}
