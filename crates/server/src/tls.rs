//! The certificate of this server: read, judged, shown in handshakes, and read anew when its files change.
//!
//! Why bytes are compared and not times: what renews certificates swaps links and copies old times.
//! Why the old one stays where the new one doesn't hold: a renewal that went wrong must not end the
//! service. What it can't know: whether browsers trust who issued it.

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use x509_cert::Certificate;
use x509_cert::der::Decode;

const DAY: i64 = 24 * 60 * 60;
/// The most bytes of either file.
const LARGEST: u64 = 1024 * 1024;
const MICROS: i64 = 1_000_000;

/// Why a certificate can't be used: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRefusal {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

impl TlsRefusal {
    fn new(message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            message: message.into(),
            remedy,
        }
    }
}

impl std::fmt::Display for TlsRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}。下一步：{}", self.message, self.remedy)
    }
}

/// What was read of both files.
#[derive(PartialEq, Eq)]
struct Bytes {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// A certificate with its key, as long as the server runs.
pub struct Tls {
    files: (PathBuf, PathBuf),
    clock: fn() -> i64,
    shown: Arc<Shown>,
    /// What was looked at last, held or not.
    seen: Mutex<Bytes>,
    config: Arc<ServerConfig>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// The certificate that handshakes show, and when it ends.
#[derive(Debug)]
struct Shown(RwLock<(Arc<CertifiedKey>, i64)>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.read().ok().map(|shown| Arc::clone(&shown.0))
    }
}

impl Tls {
    /// From a file of certificates, this server's first, and one of its key, both in PEM.
    ///
    /// # Errors
    /// Where they can't be read, don't belong together, or don't hold now; or others may read the key.
    pub fn load(certificate: &Path, key: &Path, clock: fn() -> i64) -> Result<Self, TlsRefusal> {
        let files = (certificate.to_owned(), key.to_owned());
        let seen = read(&files)?;
        let shown = Arc::new(Shown(RwLock::new(held(&seen, &files, clock())?)));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|e| TlsRefusal::new(format!("TLS 無法啟用（{e}）"), "請回報這個訊息"))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            files,
            clock,
            shown,
            seen: Mutex::new(seen),
            config: Arc::new(config),
        })
    }

    /// The instant after which the certificate holds no more, in microseconds.
    pub fn ends(&self) -> i64 {
        self.shown.0.read().map_or(0, |shown| shown.1)
    }

    /// Whole days for which it still holds.
    pub fn days_left(&self) -> i64 {
        (self.ends() - (self.clock)()).div_euclid(DAY * MICROS)
    }

    /// Looks at the files again; whether another certificate is shown from now on. Connections go on.
    ///
    /// # Errors
    /// Where the files hold something else that can't be used; then the former one stays. It is said
    /// once for each content.
    pub fn reload(&self) -> Result<bool, TlsRefusal> {
        let found = read(&self.files)?;
        {
            let Ok(mut seen) = self.seen.lock() else {
                return Ok(false);
            };
            if *seen == found {
                return Ok(false);
            }
            seen.certificate.clone_from(&found.certificate);
            seen.key.clone_from(&found.key);
        }
        let new = held(&found, &self.files, (self.clock)())?;
        if let Ok(mut shown) = self.shown.0.write() {
            *shown = new;
        }
        Ok(true)
    }

    /// Reloads now and says in the log what came of it.
    pub fn refresh(&self) {
        match self.reload() {
            Ok(true) => tracing::info!(days_left = self.days_left(), "the certificate is read anew"),
            Ok(false) => {}
            Err(refusal) => {
                tracing::error!(%refusal, "the new certificate can't be used; the former one stays");
            }
        }
    }

    /// Looks at the files again and again.
    pub async fn watch(self: Arc<Self>, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let tls = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || tls.refresh()).await;
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn read((certificate, key): &(PathBuf, PathBuf)) -> Result<Bytes, TlsRefusal> {
    let one = |what: &str, path: &Path| {
        let refuse = |why: String| {
            TlsRefusal::new(
                format!("無法讀取{what} {}（{why}）", path.display()),
                "請確認路徑正確，且執行服務的帳號可以讀取",
            )
        };
        let about = std::fs::metadata(path).map_err(|e| refuse(e.to_string()))?;
        if about.len() > LARGEST || !about.is_file() {
            return Err(refuse("不是憑證或金鑰檔".to_owned()));
        }
        std::fs::read(path).map_err(|e| refuse(e.to_string()))
    };
    let bytes = Bytes {
        certificate: one("憑證", certificate)?,
        key: one("私密金鑰", key)?,
    };
    private(key)?;
    Ok(bytes)
}

/// Refuses a key that anybody on the machine may read, or its group may change.
#[cfg(unix)]
fn private(key: &Path) -> Result<(), TlsRefusal> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(key).map_or(0, |about| about.permissions().mode() & 0o777);
    if mode & 0o027 == 0 {
        return Ok(());
    }
    Err(TlsRefusal::new(
        format!(
            "私密金鑰 {} 的權限過寬（{mode:04o}），主機上的其他帳號可以讀取或更動",
            key.display()
        ),
        "請執行 chmod 600（或 640，僅限服務所屬群組讀取）後再啟動；若曾外流，請重新申請憑證",
    ))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), TlsRefusal> {
    Ok(())
}

/// The certificate that holds now, and when it ends.
fn held(bytes: &Bytes, files: &(PathBuf, PathBuf), now: i64) -> Result<(Arc<CertifiedKey>, i64), TlsRefusal> {
    let (name, key_name) = (files.0.display(), files.1.display());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&bytes.certificate)
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    let first = chain.first().ok_or_else(|| {
        TlsRefusal::new(
            format!("{name} 不是 PEM 格式的憑證"),
            "請提供以 BEGIN CERTIFICATE 開頭的憑證檔，本機憑證在前，中繼憑證在後",
        )
    })?;
    let (begins, ends) = validity(first)
        .ok_or_else(|| TlsRefusal::new(format!("{name} 的憑證無法解讀"), "請向憑證核發單位重新取得憑證檔"))?;
    let day = |micros| period::roc_long(app::taipei_day(micros));
    if now > ends {
        return Err(TlsRefusal::new(
            format!("{name} 的憑證已於{}到期", day(ends)),
            "請換發憑證後再啟動；並請確認主機時間正確",
        ));
    }
    if now < begins {
        return Err(TlsRefusal::new(
            format!("{name} 的憑證自{}起才生效", day(begins)),
            "請改用現行有效的憑證；並請確認主機時間正確",
        ));
    }
    let key = PrivateKeyDer::from_pem_slice(&bytes.key).map_err(|_| {
        TlsRefusal::new(
            format!("{key_name} 不是 PEM 格式且未加密的私密金鑰"),
            "請提供以 BEGIN PRIVATE KEY 開頭的金鑰檔；有通行碼的金鑰請先解密",
        )
    })?;
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|e| match e {
        rustls::Error::InconsistentKeys(_) => TlsRefusal::new(
            format!("私密金鑰 {key_name} 與憑證 {name} 不相符"),
            "請提供同一次申請所得的憑證與金鑰；憑證檔應以本機憑證開頭",
        ),
        e => TlsRefusal::new(
            format!("憑證或私密金鑰無法使用（{e}）"),
            "請改用 RSA 2048 位元以上、ECDSA P-256／P-384 或 Ed25519 的金鑰",
        ),
    })?;
    Ok((Arc::new(certified), ends))
}

/// From when to when a certificate holds, in microseconds.
fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let validity = Certificate::from_der(certificate).ok()?.tbs_certificate.validity;
    let micros = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs())
            .ok()?
            .checked_mul(MICROS)
    };
    Some((micros(validity.not_before)?, micros(validity.not_after)?))
}
