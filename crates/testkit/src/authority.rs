//! A time-stamping authority of a test's own, made with the `openssl` command.
//!
//! What it can't know: how authorities elsewhere write their tokens; those of OpenSSL are what is
//! read here.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How its files are made.
const CONFIG: &str = "
[req]
distinguished_name = name
prompt = no
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = own
[own]
serial = serial
crypto_device = builtin
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
";

/// An authority with a root of its own, in a folder.
#[derive(Debug)]
pub struct Authority {
    dir: PathBuf,
    digest: &'static str,
}

impl Authority {
    /// Makes one in a folder that is there: keys as OpenSSL names them, and the hash it signs by. None
    /// where there is no `openssl`, which is said.
    pub fn new(dir: &Path, key: &[&str], digest: &'static str) -> Option<Self> {
        let found = Command::new("openssl").args(["ts", "-help"]).output();
        if !found.is_ok_and(|out| out.status.success()) {
            #[allow(clippy::print_stdout, reason = "a test that looks at nothing says so")]
            {
                println!("skipped: there is no openssl to make an authority with");
            }
            return None;
        }
        let own = Self {
            dir: dir.to_owned(),
            digest,
        };
        std::fs::write(dir.join("openssl.cnf"), CONFIG).expect("written");
        std::fs::write(dir.join("serial"), "2A\n").expect("written");
        let root = [
            "-subj",
            "/C=TW/O=Test/CN=Root",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
        ];
        let made = [
            "req",
            "-config",
            "openssl.cnf",
            "-nodes",
            "-x509",
            "-extensions",
            "root",
            "-days",
            "30",
        ];
        own.openssl(&[&made[..], &["-newkey", "rsa:2048"], &root].concat());
        let asked = [
            "req",
            "-config",
            "openssl.cnf",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
        ];
        own.openssl(&[&asked[..], &["-subj", "/C=TW/O=Test/CN=Stamper"], key].concat());
        own.openssl(&[
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-set_serial",
            "7",
            "-days",
            "30",
            "-extfile",
            "openssl.cnf",
            "-extensions",
            "stamper",
            "-out",
            "tsa.pem",
        ]);
        Some(own)
    }

    /// Keys of RSA, and SHA-256.
    pub fn plain(dir: &Path) -> Option<Self> {
        Self::new(dir, &["-newkey", "rsa:2048"], "sha256")
    }

    /// The file with its root's certificate.
    pub fn root(&self) -> PathBuf {
        self.dir.join("root.pem")
    }

    /// Its answer to a request.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        std::fs::write(self.dir.join("query"), query).expect("written");
        let digest = format!("-{}", self.digest);
        self.openssl(&[
            "ts",
            "-reply",
            "-config",
            "openssl.cnf",
            "-section",
            "own",
            "-queryfile",
            "query",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            &digest,
            "-out",
            "reply",
        ]);
        std::fs::read(self.dir.join("reply")).expect("made")
    }

    /// A token for the SHA-256 of something, asked for by the command.
    pub fn stamp(&self, sha256: &str) -> Vec<u8> {
        self.openssl(&[
            "ts", "-query", "-sha256", "-digest", sha256, "-cert", "-out", "asked",
        ]);
        self.reply(&std::fs::read(self.dir.join("asked")).expect("made"))
    }

    /// Whether the command itself finds that an answer holds for the SHA-256 of something.
    pub fn verifies(&self, answer: &[u8], sha256: &str) -> bool {
        std::fs::write(self.dir.join("answer"), answer).expect("written");
        let arguments = [
            "ts", "-verify", "-digest", sha256, "-in", "answer", "-CAfile", "root.pem",
        ];
        let out = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.dir)
            .output();
        out.expect("runs").status.success()
    }

    fn openssl(&self, arguments: &[&str]) {
        let out = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.dir)
            .output();
        let out = out.expect("runs");
        assert!(
            out.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
}
