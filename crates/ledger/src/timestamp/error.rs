//! Why an answer is no timestamp, in the words of whoever reads it.

/// Why an answer is no timestamp for what was asked, or a token doesn't hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// What came is no answer of a time-stamping authority.
    #[error("時戳回應讀不出來（{0}）：回應的不是 RFC 3161 的時戳服務，或內容已損毀")]
    Unreadable(String),
    /// The authority refused.
    #[error("時戳服務拒絕發給時戳（狀態 {status}{}）", said(.text))]
    Refused {
        /// Its status, as RFC 3161 counts.
        status: u8,
        /// What it said about it.
        text: String,
    },
    /// The authority granted it and gave none.
    #[error("時戳服務的回應裡沒有時戳")]
    Missing,
    /// The token is for other bytes, or by another hash.
    #[error("時戳是別的內容的：雜湊與檢查點不符")]
    OtherImprint,
    /// The token answers another request.
    #[error("時戳不是這次要求的：隨機數（nonce）與要求不符，可能是先前回應的重放")]
    OtherNonce,
    /// Nobody named in the token signed it.
    #[error("時戳沒有可用的簽章者憑證，無法驗證")]
    NoSigner,
    /// A hash or signature that is too weak or unknown.
    #[error("時戳使用不支援的演算法（{0}）")]
    Algorithm(String),
    /// The signature is not one of the token.
    #[error("時戳的簽章不符：內容被改過，或不是憑證所示的簽章者所簽")]
    Signature,
    /// The signer is not vouched for by the authorities that were named.
    #[error("時戳簽章者的憑證不是由指定的憑證機構簽發，或在時戳所示時間無效、不得用於時戳（{0}）")]
    Untrusted(String),
    /// The file of authorities holds none.
    #[error("憑證機構檔裡沒有可用的憑證（{0}）；請指定 PEM 格式的 CA 憑證檔")]
    Authorities(String),
}

fn said(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("：{text}")
    }
}

impl From<der::Error> for TimestampError {
    fn from(error: der::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
