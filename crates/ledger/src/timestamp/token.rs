//! What is asked of a time-stamping authority, and what its answer says.

use super::error::TimestampError;
use crate::encoding::{Hash, hex};
use cms::cert::x509::ext::Extensions;
use cms::cert::x509::ext::pkix::name::GeneralName;
use cms::cert::x509::spki::AlgorithmIdentifier;
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::asn1::{Int, OctetString};
use der::oid::ObjectIdentifier;
use der::{Any, Decode, Encode, Sequence, Tag, Tagged};
use x509_tsp::{Accuracy, MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

/// `id-signedData`.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-sha256`.
pub(super) const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// `id-ct-TSTInfo`.
pub(super) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A request for a timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    imprint: Hash,
    nonce: [u8; 16],
}

impl Request {
    /// For the SHA-256 of something, by a number that nobody can foresee.
    pub fn new(imprint: Hash, random: [u8; 16]) -> Self {
        let mut nonce = random;
        // A positive number of just so many bytes is written in one way only.
        if let Some(first) = nonce.first_mut() {
            *first = *first & 0x3f | 0x40;
        }
        Self { imprint, nonce }
    }

    /// As it is sent: `application/timestamp-query`.
    ///
    /// # Errors
    /// Where it can't be encoded, which no request can't.
    pub fn to_der(&self) -> Result<Vec<u8>, TimestampError> {
        let request = TimeStampReq {
            version: TspVersion::V1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifier {
                    oid: SHA_256,
                    parameters: Some(Any::null()),
                },
                hashed_message: OctetString::new(self.imprint.as_slice())?,
            },
            req_policy: None,
            nonce: Some(Int::new(&self.nonce)?),
            // Whoever verifies the token years later needs the signer's certificate.
            cert_req: true,
            extensions: None,
        };
        Ok(request.to_der()?)
    }

    /// What an answer attests, if it answers this request.
    ///
    /// # Errors
    /// Where it was refused, answers something else, or can't be read.
    pub fn check(&self, answer: &Answer) -> Result<Timestamp, TimestampError> {
        let stamp = answer.timestamp()?;
        if stamp.imprint.as_slice() != self.imprint {
            return Err(TimestampError::OtherImprint);
        }
        if stamp.nonce.as_deref() != Some(self.nonce.as_slice()) {
            return Err(TimestampError::OtherNonce);
        }
        Ok(stamp)
    }
}

/// `TSTInfo` of RFC 3161. The time is read by ourselves: it may have fractions of a second.
#[derive(Clone, Debug, Eq, PartialEq, Sequence)]
struct TstInfo {
    version: TspVersion,
    policy: ObjectIdentifier,
    message_imprint: MessageImprint,
    serial_number: Int,
    gen_time: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<GeneralName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

/// What a token attests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Of what: the SHA-256.
    pub imprint: Vec<u8>,
    /// The authority's number of the token, in hexadecimal.
    pub serial: String,
    /// Under which policy it was issued.
    pub policy: String,
    nonce: Option<Vec<u8>>,
}

/// An authority's answer: what is kept as a `.tsr` file.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) signed: SignedData,
    /// The bytes of what is signed about.
    pub(super) content: Vec<u8>,
}

impl Answer {
    /// Reads an answer as it came.
    ///
    /// # Errors
    /// Where the authority refused, or it can't be read.
    pub fn read(bytes: &[u8]) -> Result<Self, TimestampError> {
        let answer = TimeStampResp::from_der(bytes)?;
        // 0: granted, 1: granted with modifications.
        let status = answer.status.status as u8;
        if status > 1 {
            let words = answer.status.status_string.iter().flatten();
            let text: Vec<&str> = words.map(|word| word.as_str()).collect();
            let text = text.join("，");
            return Err(TimestampError::Refused {
                status,
                text: text.chars().filter(|c| !c.is_control()).take(200).collect(),
            });
        }
        let token: ContentInfo = answer.time_stamp_token.ok_or(TimestampError::Missing)?;
        let unreadable = |what: &str| TimestampError::Unreadable(what.to_owned());
        if token.content_type != SIGNED_DATA {
            return Err(unreadable("內容不是簽章資料"));
        }
        let signed: SignedData = token.content.decode_as()?;
        if signed.encap_content_info.econtent_type != TST_INFO {
            return Err(unreadable("簽章的內容不是時戳"));
        }
        let content = signed.encap_content_info.econtent.as_ref();
        let content: OctetString = content.ok_or(TimestampError::Missing)?.decode_as()?;
        let content = content.into_bytes();
        Ok(Self { signed, content })
    }

    /// What it attests, whoever signed it.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn timestamp(&self) -> Result<Timestamp, TimestampError> {
        let info = TstInfo::from_der(&self.content)?;
        if info.message_imprint.hash_algorithm.oid != SHA_256 {
            return Err(TimestampError::OtherImprint);
        }
        if info.gen_time.tag() != Tag::GeneralizedTime {
            return Err(TimestampError::Unreadable("沒有時間".to_owned()));
        }
        let at = moment(info.gen_time.value())
            .ok_or_else(|| TimestampError::Unreadable("時間的寫法不對".to_owned()))?;
        Ok(Timestamp {
            at,
            imprint: info.message_imprint.hashed_message.into_bytes(),
            serial: hex(info.serial_number.as_bytes()),
            policy: info.policy.to_string(),
            nonce: info.nonce.map(|nonce| nonce.as_bytes().to_vec()),
        })
    }
}

/// `YYYYMMDDhhmmss[.f…]Z` in microseconds since 1970.
fn moment(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let number = |from: usize, to: usize| whole.get(from..to)?.parse::<u16>().ok();
    let small = |from: usize| u8::try_from(number(from, from + 2)?).ok();
    let day = der::DateTime::new(
        number(0, 4)?,
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        small(12)?,
    );
    let seconds = i64::try_from(day.ok()?.unix_duration().as_secs()).ok()?;
    let micros = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = micros.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_microsecond() {
        let whole = 1_686_137_186_000_000;
        for (text, at) in [
            ("20230607112626Z", Some(whole)),
            ("20230607112626.5Z", Some(whole + 500_000)),
            ("20230607112626.0000019Z", Some(whole + 1)),
            ("20230607112626.Z", None),
            ("20230607112626", None),
            ("20230607112626+0800", None),
            ("20231307112626Z", None),
            ("2023060711262Z", None),
            ("202306071126260Z", None),
            ("2023060711262xZ", None),
            ("202306071126+6Z", None),
            ("20230607112626.xZ", None),
        ] {
            assert_eq!(moment(text.as_bytes()), at, "{text}");
        }
    }

    #[test]
    fn a_request_has_a_positive_number_of_sixteen_bytes() {
        for random in [[0; 16], [0xff; 16]] {
            let request = Request::new([7; 32], random);
            let read = TimeStampReq::from_der(&request.to_der().unwrap()).unwrap();
            assert_eq!(read.nonce.unwrap().as_bytes(), request.nonce);
            assert!((0x40..0x80).contains(&request.nonce[0]));
            assert!(read.cert_req);
            assert_eq!(read.message_imprint.hashed_message.as_bytes(), [7; 32]);
        }
    }
}
