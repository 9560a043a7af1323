//! A time-stamping authority, asked over HTTP as RFC 3161 says.
//!
//! Why a client that does so little: one question to the one address that the operator named. It
//! follows no redirection, uses no proxy, and reads no more of an answer than an answer can be. What
//! it can't know: what the answer is worth; that is judged by `ledger`.

use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long all of a question may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than any token with its certificates.
const MOST: u64 = 256 * 1024;

/// An authority by its address.
#[derive(Debug, Clone)]
pub struct Tsa {
    url: String,
    patience: Duration,
}

impl Tsa {
    /// At an address.
    ///
    /// # Errors
    /// Where it isn't one of HTTP.
    pub fn new(url: &str) -> Result<Self, String> {
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
        if authority.is_none_or(|authority| authority.is_empty() || authority.contains('@')) {
            // Not repeated: it may hold a password.
            return Err(
                "時戳服務的位址不能使用：請填 http:// 或 https:// 開頭的網址，不含帳號密碼".to_owned(),
            );
        }
        Ok(Self {
            url: url.to_owned(),
            patience: PATIENCE,
        })
    }

    /// Waits for an answer no longer than this.
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sends a request and reads the answer; on a thread that may wait for it.
    pub(super) fn ask(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        let failed = |e: ureq::Error| {
            format!(
                "時戳服務 {} 沒有可用的回應（{e}）。請確認 --checkpoint-tsa 的網址與網路",
                self.url
            )
        };
        let mut answer = self
            .agent()
            .post(&self.url)
            .header("content-type", "application/timestamp-query")
            .send(request)
            .map_err(failed)?;
        if answer.status().as_u16() != 200 {
            return Err(format!(
                "時戳服務 {} 回應 HTTP {}，沒有發給時戳",
                self.url,
                answer.status().as_u16()
            ));
        }
        answer
            .body_mut()
            .with_config()
            .limit(MOST)
            .read_to_vec()
            .map_err(failed)
    }

    fn agent(&self) -> Agent {
        let mut config = Agent::config_builder()
            .timeout_global(Some(self.patience))
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent("fazun");
        if self.url.starts_with("https://") {
            // Those of the system, as the database's connection does. Some that can't be read matter
            // only where none is left.
            let found = rustls_native_certs::load_native_certs();
            let roots = found.certs.iter().map(|c| Certificate::from_der(c).to_owned());
            let tls = TlsConfig::builder()
                .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
                .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .build();
            config = config.tls_config(tls);
        }
        config.build().new_agent()
    }
}

#[cfg(test)]
mod tests {
    use super::Tsa;

    #[test]
    fn addresses_are_of_http_and_hold_no_password() {
        for url in [
            "http://tsa.example.gov.tw",
            "https://tsa.example.gov.tw:8443/tsr?x=a@b",
        ] {
            assert!(Tsa::new(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "tsa.example.gov.tw",
            "ftp://tsa",
            "https://",
            "http:///tsr",
            "https://a:secret@tsa",
        ] {
            let said = Tsa::new(url).unwrap_err();
            assert!(
                said.contains("http://") && !said.contains("secret"),
                "{url}: {said}"
            );
        }
    }
}
