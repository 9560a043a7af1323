//! Answers of a time-stamping authority, checked in as files, read and verified.
//!
//! Why files: what is read here was written by another program, once, and stays the same bytes;
//! `timestamps/make` says how. What it can't know: how authorities elsewhere write theirs.

use ledger::{Authorities, TimestampAnswer, TimestampError, TimestampRequest, sha256};

/// A file of the folder `timestamps`.
macro_rules! file {
    ($name:literal) => {{
        let bytes: &[u8] = include_bytes!(concat!("timestamps/", $name));
        bytes
    }};
}

const ROOT: &[u8] = file!("root.pem");
/// What `in-2019` and `in-2046` attest: the last second of these years.
const IN_2019: i64 = 1_577_836_799_000_000;
const IN_2046: i64 = 2_429_913_599_000_000;

fn request() -> TimestampRequest {
    TimestampRequest::new(sha256(b"checkpoint"), [0x47; 16])
}

fn answer(bytes: &[u8]) -> TimestampAnswer {
    TimestampAnswer::read(bytes).unwrap()
}

/// Who signed an answer for the root, or why nobody did.
fn verified(bytes: &[u8]) -> Result<String, TimestampError> {
    let authorities = Authorities::from_pem(ROOT).unwrap();
    authorities.verify(&answer(bytes)).map(|verified| verified.signer)
}

/// Exchanges the first place where some bytes stand.
fn changed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn a_request_is_these_bytes() {
    assert_eq!(request().to_der().unwrap(), file!("request.tsq"));
}

#[test]
fn every_way_to_sign_that_we_know_is_verified() {
    for (name, bytes, signer) in [
        ("rsa-sha256", file!("rsa-sha256.tsr"), "rsa"),
        ("rsa-sha384", file!("rsa-sha384.tsr"), "rsa"),
        ("rsa-sha512", file!("rsa-sha512.tsr"), "rsa"),
        ("pss-sha256", file!("pss-sha256.tsr"), "rsa"),
        ("pss-sha384", file!("pss-sha384.tsr"), "rsa"),
        ("pss-sha512", file!("pss-sha512.tsr"), "rsa"),
        ("p256-sha256", file!("p256-sha256.tsr"), "p256"),
        ("p256-sha384", file!("p256-sha384.tsr"), "p256"),
        ("p384-sha256", file!("p384-sha256.tsr"), "p384"),
        ("p384-sha384", file!("p384-sha384.tsr"), "p384"),
        ("ed25519", file!("ed25519.tsr"), "ed25519"),
        // The signer is named by its key instead of issuer and number.
        ("key-id", file!("key-id.tsr"), "p256"),
        // The authority vouches for another one, whose certificate the token carries and which
        // doesn't say what it is for.
        ("below", file!("below.tsr"), "below"),
    ] {
        let words = format!("CN={signer},O=Test,C=TW");
        assert_eq!(verified(bytes), Ok(words), "{name}");
        // And none of them when the signature, which stands last, is another.
        let mut forged = bytes.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(verified(&forged), Err(TimestampError::Signature), "{name}");
    }
}

#[test]
fn ways_to_sign_that_are_weak_or_unknown_are_named() {
    for (bytes, oid) in [
        (file!("rsa-sha1.tsr"), "1.3.14.3.2.26"),
        (file!("p256-sha512.tsr"), "1.2.840.10045.4.3.4"),
    ] {
        let expected = TimestampError::Algorithm(oid.to_owned());
        assert_eq!(verified(bytes), Err(expected));
    }
    // A kind of signature of an arc beside that of curves. It stands last: certificates name theirs too.
    for (bytes, hash) in [
        (file!("p256-sha256.tsr"), 2),
        (file!("p256-sha384.tsr"), 3),
        (file!("p256-sha512.tsr"), 4),
    ] {
        let own = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, hash];
        let at = bytes.windows(own.len()).rposition(|w| w == own).unwrap();
        let mut bytes = bytes.to_vec();
        bytes[at + 6] = 0x3e;
        let expected = TimestampError::Algorithm(format!("1.2.840.10046.4.3.{hash}"));
        assert_eq!(verified(&bytes), Err(expected));
    }
}

#[test]
fn an_answer_says_when_what_and_under_which_number() {
    let stamp = answer(file!("in-2019.tsr")).timestamp().unwrap();
    assert_eq!(stamp.at, IN_2019);
    assert_eq!(answer(file!("in-2046.tsr")).timestamp().unwrap().at, IN_2046);
    assert_eq!(stamp.imprint, sha256(b"checkpoint"));
    assert_eq!(stamp.policy, "1.3.6.1.4.1.99999.1");
    let first = answer(file!("rsa-sha256.tsr")).timestamp().unwrap();
    let second = answer(file!("rsa-sha384.tsr")).timestamp().unwrap();
    assert_eq!((first.serial.as_str(), second.serial.as_str()), ("2b", "2c"));
}

#[test]
fn an_answer_is_held_against_its_request() {
    let bytes = file!("rsa-sha256.tsr");
    let stamp = request().check(&answer(bytes)).unwrap();
    assert_eq!(stamp, answer(bytes).timestamp().unwrap());
    let other = TimestampRequest::new(sha256(b"another"), [0x47; 16]);
    assert_eq!(other.check(&answer(bytes)), Err(TimestampError::OtherImprint));
    let again = TimestampRequest::new(sha256(b"checkpoint"), [0x48; 16]);
    assert_eq!(again.check(&answer(bytes)), Err(TimestampError::OtherNonce));
    // By another hash, though the request says nothing else.
    let by_sha1 = answer(file!("imprint-sha1.tsr"));
    assert_eq!(request().check(&by_sha1), Err(TimestampError::OtherImprint));
    assert_eq!(by_sha1.timestamp(), Err(TimestampError::OtherImprint));
}

#[test]
fn a_token_is_held_against_its_own_time() {
    for bytes in [file!("in-2019.tsr"), file!("in-2046.tsr")] {
        match verified(bytes) {
            Err(TimestampError::Untrusted(why)) => assert!(why.contains("Cert"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn only_a_named_authority_is_believed() {
    let of = |pem: &[u8]| Authorities::from_pem(pem).unwrap();
    for bytes in [file!("p256-sha256.tsr"), file!("below.tsr")] {
        let answer = answer(bytes);
        assert!(of(file!("both.pem")).verify(&answer).is_ok());
        let reversed = [file!("stranger.pem"), b"\nnotes between\n", ROOT].concat();
        assert_eq!(of(&reversed).verify(&answer), of(ROOT).verify(&answer));
        let refused = of(file!("stranger.pem")).verify(&answer);
        assert!(
            matches!(refused, Err(TimestampError::Untrusted(_))),
            "{refused:?}"
        );
    }
    // Certificates of the authority that are for mail, and for nothing in particular.
    for bytes in [file!("mailer.tsr"), file!("silent.tsr")] {
        let why = "憑證未載明用於時戳".to_owned();
        assert_eq!(verified(bytes), Err(TimestampError::Untrusted(why)));
    }
}

#[test]
fn authorities_are_certificates() {
    let refused = |pem: &[u8]| match Authorities::from_pem(pem) {
        Err(TimestampError::Authorities(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(refused(b"").contains("BEGIN CERTIFICATE"));
    assert!(refused(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").contains("BEGIN"));
    // A good one doesn't hide a bad one beside it.
    let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_ne!(refused(&[ROOT, bad].concat()), "");
    let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
    assert_ne!(refused(&[ROOT, cut].concat()), "");
}

#[test]
fn what_is_attested_can_t_be_changed() {
    let bytes = file!("p256-sha256.tsr");
    // The time is text in the token: another second, and another imprint.
    let info = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
    let from = bytes.windows(info.len()).position(|w| w == info).unwrap();
    let time = from + bytes[from..].iter().position(|b| *b == b'Z').unwrap() - 1;
    let imprint = bytes
        .windows(8)
        .position(|w| w == &sha256(b"checkpoint")[..8])
        .unwrap();
    for at in [time, imprint] {
        let mut forged = bytes.to_vec();
        forged[at] = if forged[at] == b'1' { b'2' } else { b'1' };
        assert_eq!(verified(&forged), Err(TimestampError::Signature), "{at}");
    }
    // What was signed as something else is not taken for a timestamp.
    let forged = changed(
        file!("other-kind.tsr"),
        b"\x09\x10\x01\x05\xa0",
        b"\x09\x10\x01\x04\xa0",
    );
    assert_eq!(verified(&forged), Err(TimestampError::Signature));
}

#[test]
fn one_signer_signs_by_attributes_and_is_there() {
    for (name, bytes, error) in [
        ("two signers", file!("two-signers.tsr"), TimestampError::NoSigner),
        ("no certificate", file!("bare.tsr"), TimestampError::NoSigner),
        (
            "no attributes",
            file!("no-attributes.tsr"),
            TimestampError::Signature,
        ),
    ] {
        assert_eq!(verified(bytes), Err(error), "{name}");
    }
    // The certificate that is carried has another number, or another key, than the signer says.
    let by_number = file!("p256-sha256.tsr");
    let version = b"\xa0\x03\x02\x01\x02\x02\x01";
    let number = by_number.windows(7).position(|w| w == version).unwrap() + version.len();
    let mut other = by_number.to_vec();
    other[number] += 1;
    assert_eq!(verified(&other), Err(TimestampError::NoSigner));
    // Or another issuer, and the same number.
    let other = changed(by_number, b"\x0c\x04root", b"\x0c\x04rood");
    assert_eq!(verified(&other), Err(TimestampError::NoSigner));
    let by_key = file!("key-id.tsr");
    let extension = b"\x06\x03\x55\x1d\x0e\x04\x16\x04\x14";
    let key = by_key.windows(9).position(|w| w == extension).unwrap() + extension.len();
    let mut other = by_key.to_vec();
    other[key] ^= 1;
    assert_eq!(verified(&other), Err(TimestampError::NoSigner));
}

#[test]
fn an_answer_without_a_timestamp_says_what_it_is_instead() {
    let refused = |bytes: &[u8]| TimestampAnswer::read(bytes).unwrap_err();
    let error = refused(file!("refused.tsr"));
    let text = "Bad request format or system error.";
    let expected = TimestampError::Refused {
        status: 2,
        text: text.to_owned(),
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        format!("時戳服務拒絕發給時戳（狀態 2：{text}）")
    );
    let silent = refused(b"\x30\x05\x30\x03\x02\x01\x02");
    assert_eq!(silent.to_string(), "時戳服務拒絕發給時戳（狀態 2）");
    assert_eq!(refused(file!("no-token.tsr")), TimestampError::Missing);

    for (bytes, what) in [
        (file!("no-signature.tsr"), "內容不是簽章資料"),
        (file!("data.tsr"), "簽章的內容不是時戳"),
    ] {
        assert_eq!(refused(bytes), TimestampError::Unreadable(what.to_owned()));
    }
    let whole = file!("p256-sha256.tsr");
    for bytes in [&b""[..], b"<html>", &whole[..whole.len() - 1]] {
        assert!(
            matches!(refused(bytes), TimestampError::Unreadable(_)),
            "{bytes:?}"
        );
    }
}

#[test]
fn granted_with_modifications_is_granted_and_what_follows_is_not() {
    let granted = file!("p256-sha256.tsr");
    let with = |status: u8| {
        let status = [0x30, 0x03, 0x02, 0x01, status];
        TimestampAnswer::read(&changed(granted, b"\x30\x03\x02\x01\x00", &status))
    };
    let stamp = with(1).unwrap().timestamp().unwrap();
    assert_eq!(stamp, answer(granted).timestamp().unwrap());
    for status in 2..=5 {
        let error = with(status).unwrap_err();
        assert_eq!(
            error,
            TimestampError::Refused {
                status,
                text: String::new()
            }
        );
    }
}

#[test]
fn what_an_authority_says_is_short_and_without_control_characters() {
    let said = |words: &[&str]| {
        let tlv = |tag: u8, bytes: &[u8]| {
            let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
            match bytes.len() {
                0..128 => [&[tag, length[1]], bytes].concat(),
                128..256 => [&[tag, 0x81, length[1]], bytes].concat(),
                _ => [&[tag, 0x82], &length[..], bytes].concat(),
            }
        };
        let texts: Vec<u8> = words.iter().flat_map(|w| tlv(0x0c, w.as_bytes())).collect();
        let status = [b"\x02\x01\x02", tlv(0x30, &texts).as_slice()].concat();
        match TimestampAnswer::read(&tlv(0x30, &tlv(0x30, &status))) {
            Err(TimestampError::Refused { text, .. }) => text,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(said(&["busy\r\n", "稍後再試"]), "busy，稍後再試");
    assert_eq!(said(&[&"長".repeat(300)]), "長".repeat(200));
}

#[test]
fn a_token_without_a_time_is_none() {
    let granted = file!("p256-sha256.tsr");
    // GeneralizedTime becomes a VisibleString, then a month is none.
    let tagged = b"\x18\x0f20";
    let untimed = answer(&changed(granted, tagged, b"\x1a\x0f20"));
    let expected = TimestampError::Unreadable("沒有時間".to_owned());
    assert_eq!(untimed.timestamp(), Err(expected));
    let wrong = answer(&changed(granted, tagged, b"\x18\x0fxx"));
    let expected = TimestampError::Unreadable("時間的寫法不對".to_owned());
    assert_eq!(wrong.timestamp(), Err(expected));
    // Nobody's signature is asked about a content that says nothing.
    let authorities = Authorities::from_pem(ROOT).unwrap();
    assert!(authorities.verify(&untimed).is_err());
    assert!(request().check(&untimed).is_err());
}
