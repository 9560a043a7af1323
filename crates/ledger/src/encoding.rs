//! Digests, and the fields of which everything that is hashed is made.
//!
//! Why length prefixes: without them two different entries could encode to the same
//! bytes (`"ab","c"` and `"a","bc"`). What it can't know: what the fields mean.

use sha2::{Digest, Sha256};

/// The domain tag: names the format, and keeps these hashes apart from all others.
pub const DOMAIN: &str = "fazun-ledger-v2";

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes: also the hash of a body (its canonical bytes) and of a blob.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A digest as 64 lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

/// Reads 64 lower-case hexadecimal digits; `None` for anything else.
pub fn from_hex(text: &str) -> Option<Hash> {
    bytes_from_hex(text)
}

/// Reads lower-case hexadecimal digits, exactly so many as fill the array.
pub(crate) fn bytes_from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|b| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .filter_map(|pair| Some(pair.first()? << 4 | pair.last()?))
        .collect();
    if digits.len() == 2 * N {
        bytes.try_into().ok()
    } else {
        None
    }
}

/// A field of an encoding: its length as 8 bytes big-endian, then its bytes.
pub(crate) fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The next field of an encoding.
pub(crate) fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (field, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(field)
}

pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}
