//! The signature under a checkpoint: that whoever holds the installation's key made it.
//!
//! Why: a line that comes by mail could be anybody's. Whether the key is the installation's
//! the reader must know from elsewhere. What it can't show: that the holder of the key was
//! honest; who administers the host can sign another checkpoint at any time, which is why
//! the older ones are kept where that hand does not reach.

use crate::checkpoint::Checkpoint;
use crate::encoding::{bytes_from_hex, hex};
use crate::line::{LineError, hash, words};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use std::fmt;
use std::str::FromStr;

/// The tag of a signature's line.
pub const SIGNATURE: &str = "fazun-signature-v2";

/// An Ed25519 signature (RFC 8032) over the bytes of a checkpoint's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The public key.
    pub key: [u8; 32],
    /// The signature.
    pub bytes: [u8; 64],
}

/// The public key that belongs to a secret one: what readers must know from elsewhere.
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

impl Signature {
    /// Signs a checkpoint with a secret key: 32 random bytes.
    pub fn of(checkpoint: &Checkpoint, secret: &[u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(secret);
        Self {
            key: signing.verifying_key().to_bytes(),
            bytes: signing.sign(checkpoint.to_string().as_bytes()).to_bytes(),
        }
    }

    /// Whether it is this key's signature of this checkpoint.
    pub fn verify(&self, checkpoint: &Checkpoint) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&self.bytes);
        VerifyingKey::from_bytes(&self.key).is_ok_and(|key| {
            key.verify_strict(checkpoint.to_string().as_bytes(), &signature)
                .is_ok()
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SIGNATURE} {} {}", hex(&self.key), hex(&self.bytes))
    }
}

impl FromStr for Signature {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "fazun-signature-v2 公鑰 簽章";
        let words = words(line, SIGNATURE, SHAPE)?;
        let [key, bytes] = words.as_slice() else {
            return Err(LineError::Shape(SHAPE));
        };
        Ok(Self {
            key: hash(key)?,
            bytes: bytes_from_hex(bytes)
                .ok_or_else(|| LineError::Hexadecimal(bytes.chars().take(160).collect()))?,
        })
    }
}
