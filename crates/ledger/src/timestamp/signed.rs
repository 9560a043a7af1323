//! Whether a token is signed by somebody whom a named authority vouches for.
//!
//! Why by the certificate's validity at the token's own time: a token is looked at years later, when
//! its signer's certificate has long run out. What it can't know: revocation, of which no list is
//! asked; whoever needs it asks the authority.

use super::error::TimestampError;
use super::token::{Answer, SHA_256, TST_INFO, Timestamp};
use cms::cert::CertificateChoices;
use cms::cert::x509::Certificate;
use cms::cert::x509::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use cms::signed_data::{SignerIdentifier, SignerInfo};
use der::Encode;
use der::asn1::{ObjectIdentifier, OctetString};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};

/// `id-kp-timeStamping`.
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
/// `rsaEncryption`, `sha*WithRSAEncryption`.
const RSA: &str = "1.2.840.113549.1.1.";
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
/// `ecdsa-with-SHA*`, and keys of elliptic curves.
const ECDSA: &str = "1.2.840.10045.";
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Certificates that a reader trusts.
#[derive(Debug, Clone)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// A token whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it attests.
    pub timestamp: Timestamp,
    /// Who signed it, as its certificate says.
    pub signer: String,
}

impl Authorities {
    /// Reads certificates in PEM.
    ///
    /// # Errors
    /// Where there is none, or one that can't be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TimestampError> {
        let unusable = |error: String| TimestampError::Authorities(error);
        let mut certificates = Vec::new();
        for one in CertificateDer::pem_slice_iter(pem) {
            let one = one.map_err(|e| unusable(e.to_string()))?;
            anchor_from_trusted_cert(&one).map_err(|e| unusable(e.to_string()))?;
            certificates.push(one);
        }
        if certificates.is_empty() {
            return Err(unusable("沒有 BEGIN CERTIFICATE".to_owned()));
        }
        Ok(Self(certificates))
    }

    /// Verifies who signed an answer's token.
    ///
    /// # Errors
    /// Where the signature doesn't hold, or its signer isn't vouched for.
    pub fn verify(&self, answer: &Answer) -> Result<Verified, TimestampError> {
        let timestamp = answer.timestamp()?;
        let infos = answer.signed.signer_infos.0.as_slice();
        let [signer] = infos else {
            return Err(TimestampError::NoSigner);
        };
        let carried: Vec<&Certificate> = answer
            .signed
            .certificates
            .iter()
            .flat_map(|set| set.0.iter())
            .filter_map(|choice| match choice {
                CertificateChoices::Certificate(certificate) => Some(certificate),
                CertificateChoices::Other(_) => None,
            })
            .collect();
        let own = carried.iter().find(|certificate| is_of(certificate, signer));
        let own = own.ok_or(TimestampError::NoSigner)?;
        let ders = carried.iter().map(|c| c.to_der().map(CertificateDer::from));
        let ders: Vec<CertificateDer<'static>> = ders.collect::<Result<_, _>>()?;
        let own_der = CertificateDer::from(own.to_der()?);
        let untrusted = |e: webpki::Error| TimestampError::Untrusted(e.to_string());
        let end = EndEntityCert::try_from(&own_der).map_err(untrusted)?;
        // First whether it was signed at all: what was changed is not a question of trust.
        signature(&end, signer, &answer.content)?;
        let anchors: Vec<TrustAnchor<'_>> = self
            .0
            .iter()
            .map(anchor_from_trusted_cert)
            .collect::<Result<_, _>>()
            .map_err(untrusted)?;
        if !is_for_stamping(own) {
            return Err(TimestampError::Untrusted("憑證未載明用於時戳".to_owned()));
        }
        let seconds = u64::try_from(timestamp.at.div_euclid(1_000_000)).unwrap_or(0);
        let then = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        end.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &ders,
            then,
            // Authorities between need not say what they are for; the signer must.
            KeyUsage::required_if_present(TIME_STAMPING.as_bytes()),
            None,
            None,
        )
        .map_err(untrusted)?;
        Ok(Verified {
            signer: own.tbs_certificate.subject.to_string(),
            timestamp,
        })
    }
}

fn is_of(certificate: &Certificate, signer: &SignerInfo) -> bool {
    let own = &certificate.tbs_certificate;
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(id) => {
            own.issuer == id.issuer && own.serial_number == id.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => own
            .get::<SubjectKeyIdentifier>()
            .is_ok_and(|found| found.is_some_and(|(_, found)| found == *id)),
    }
}

/// Whether a certificate says that it is for timestamps, as RFC 3161 wants of a signer's.
fn is_for_stamping(certificate: &Certificate) -> bool {
    let found = certificate.tbs_certificate.get::<ExtendedKeyUsage>();
    found.is_ok_and(|found| found.is_some_and(|(_, usage)| usage.0.contains(&TIME_STAMPING)))
}

/// Whether a signer signed this content: by the attributes, which hold the content's hash.
fn signature(end: &EndEntityCert<'_>, signer: &SignerInfo, content: &[u8]) -> Result<(), TimestampError> {
    let attributes = signer.signed_attrs.as_ref().ok_or(TimestampError::Signature)?;
    let single = |oid: ObjectIdentifier| {
        let found = attributes.iter().find(|attribute| attribute.oid == oid);
        let values = found.map(|attribute| attribute.values.as_slice());
        match values {
            Some([one]) => Ok(one),
            _ => Err(TimestampError::Signature),
        }
    };
    let kind = single(CONTENT_TYPE)?.decode_as::<ObjectIdentifier>()?;
    let digest = single(MESSAGE_DIGEST)?.decode_as::<OctetString>()?;
    let made = match signer.digest_alg.oid {
        SHA_256 => Sha256::digest(content).to_vec(),
        SHA_384 => Sha384::digest(content).to_vec(),
        SHA_512 => Sha512::digest(content).to_vec(),
        other => return Err(TimestampError::Algorithm(other.to_string())),
    };
    if kind != TST_INFO || digest.as_bytes() != made {
        return Err(TimestampError::Signature);
    }
    let covered = attributes.to_der()?;
    let bytes = signer.signature.as_bytes();
    let candidates = algorithms(signer)?;
    let holds = |algorithm| end.verify_signature(algorithm, &covered, bytes).is_ok();
    if candidates.into_iter().any(holds) {
        return Ok(());
    }
    Err(TimestampError::Signature)
}

/// What a signature may be by its two algorithms; of curves, the certificate's key says which.
fn algorithms(
    signer: &SignerInfo,
) -> Result<Vec<&'static dyn SignatureVerificationAlgorithm>, TimestampError> {
    let oid = signer.signature_algorithm.oid;
    let (digest, words) = (signer.digest_alg.oid, oid.to_string());
    Ok(match digest {
        _ if oid == ED25519 => vec![ring::ED25519],
        SHA_256 if oid == RSA_PSS => vec![ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY],
        SHA_384 if oid == RSA_PSS => vec![ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY],
        SHA_512 if oid == RSA_PSS => vec![ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY],
        SHA_256 if words.starts_with(RSA) => vec![ring::RSA_PKCS1_2048_8192_SHA256],
        SHA_384 if words.starts_with(RSA) => vec![ring::RSA_PKCS1_2048_8192_SHA384],
        SHA_512 if words.starts_with(RSA) => vec![ring::RSA_PKCS1_2048_8192_SHA512],
        SHA_256 if words.starts_with(ECDSA) => vec![ring::ECDSA_P256_SHA256, ring::ECDSA_P384_SHA256],
        SHA_384 if words.starts_with(ECDSA) => vec![ring::ECDSA_P256_SHA384, ring::ECDSA_P384_SHA384],
        _ => return Err(TimestampError::Algorithm(words)),
    })
}
