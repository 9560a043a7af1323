//! A package says what the database said, and every way to damage one is seen.

use crate::sample::{Sample, changed, check, names, refusal, sample, text_in, whole};
use ledger::{
    FileMeta, Head, Heads, Kept, PackageCheck, PackageError, PackageReader, PackageWriter, ProblemKind,
    Record, hex, sha256, verify_package,
};
use proptest::prelude::*;

fn kinds(package: &[u8]) -> Vec<ProblemKind> {
    let problems = check(package).unwrap().report.problems;
    problems.iter().map(|p| p.kind).collect()
}

#[test]
fn a_package_holds_the_chain_the_files_and_what_vouches_for_it() {
    let sample = sample();
    let package = sample.packed();
    assert_eq!(package, sample.packed(), "the same bytes twice");
    let checked = check(&package).unwrap();
    assert_eq!(checked.report.problems, []);
    assert_eq!(
        (checked.report.entries, checked.report.head.clone()),
        (6, sample.head())
    );
    assert_eq!((checked.files, checked.file_bytes), (2, 260 + 7));
    let vouched: Vec<_> = sample
        .vouched()
        .iter()
        .map(|v| (v.checkpoint, v.signature, v.head.seq))
        .collect();
    assert_eq!(checked.vouched, vouched);
    assert_eq!(vouched.iter().map(|v| v.2).collect::<Vec<_>>(), [4, 6]);
}

#[test]
fn a_package_is_read_part_by_part() {
    let sample = sample();
    let package = sample.packed();
    let mut reader = PackageReader::new(package.as_slice()).unwrap();
    assert_eq!(reader.head(), &sample.head());
    let (mut vouched, mut files, mut entries) = (vec![], vec![], vec![]);
    let mut ended = false;
    loop {
        let mut data = Vec::new();
        match reader.next(&mut |chunk| data.extend_from_slice(chunk)).unwrap() {
            Some(Record::Vouched(v)) => vouched.push(v),
            Some(Record::File { meta, length, found }) => {
                assert_eq!((length, found), (data.len() as u64, meta.sha256));
                files.push((meta, data));
            }
            Some(Record::Entry(entry, body)) => entries.push((*entry, String::from_utf8(body).unwrap())),
            Some(Record::End { whole }) => {
                assert!(whole);
                ended = true;
            }
            None => break,
        }
    }
    assert!(ended);
    assert_eq!(
        (vouched, files, entries),
        (sample.vouched(), sample.files, sample.entries)
    );
    assert!(reader.next(&mut |_| {}).unwrap().is_none());
}

#[test]
fn an_empty_chain_has_a_package() {
    let package = PackageWriter::new(Vec::new(), &Head::empty("a"))
        .unwrap()
        .finish()
        .unwrap();
    let checked = check(&package).unwrap();
    assert_eq!(checked.report.problems, []);
    assert_eq!((checked.report.head, checked.vouched), (Head::empty("a"), vec![]));
}

#[test]
fn every_cut_is_refused() {
    // Without signatures, which are slow to verify so many times.
    let mut sample = sample();
    sample.kept.iter_mut().for_each(|kept| kept.signature = None);
    let package = sample.packed();
    for end in 0..package.len() {
        match check(&package[..end]).unwrap_err() {
            PackageError::NotAPackage => assert!(end < 17, "{end}"),
            PackageError::Truncated { at } => assert!(end >= 17 && at <= end as u64, "{end}"),
            other => panic!("{end}: {other}"),
        }
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    let mut package = whole().to_vec();
    package.push(b'\n');
    assert!(refusal(&package).contains("結尾之後還有內容"));
    let twice = [whole(), whole()].concat();
    assert!(refusal(&twice).contains("結尾之後還有內容"));
}

#[test]
fn something_else_is_no_package() {
    for bytes in [
        &b""[..],
        b"PK\x03\x04",
        b"SQLite format 3\0 and so on",
        b"fazun-package-v1\n",
        b"fazun-package-v2\r\n",
    ] {
        assert!(
            matches!(check(bytes), Err(PackageError::NotAPackage)),
            "{bytes:?}"
        );
    }
}

// Records of the sample: 0 H, 1 and 2 V, 3 F, 4 D, 5 F, 6 D, then E and B six times from 7 on.

#[test]
fn a_forger_who_mends_the_checksum_is_found_by_the_chain() {
    use ProblemKind::{
        AlteredFile, BadSignature, BodyMismatch, BrokenLink, Gap, MissingFile, Rewritten, Truncated,
        UnnamedFile, Unproven, WrongChain, WrongHead,
    };
    let sample = sample();
    let other_hash = "0".repeat(64);
    let (head, other) = (
        hex(&sample.head().hash),
        Head {
            hash: [0; 32],
            ..sample.head()
        }
        .to_string(),
    );
    let cases: Vec<(Vec<u8>, Vec<ProblemKind>)> = vec![
        (changed(|r| r[8].1 = b"{}".to_vec()), vec![BodyMismatch]),
        // A body that no longer names its files leaves them unnamed.
        (
            changed(|r| [10, 12, 16].iter().for_each(|n| r[*n].1 = b"{}".to_vec())),
            vec![BodyMismatch, BodyMismatch, BodyMismatch, UnnamedFile, UnnamedFile],
        ),
        (changed(|r| drop(r.drain(7..9))), vec![Gap]),
        (changed(|r| drop(r.drain(17..))), vec![Truncated, WrongHead]),
        (
            changed(|r| {
                let doubled = r[7..9].to_vec();
                r.splice(9..9, doubled);
            }),
            vec![Gap],
        ),
        (changed(|r| r[0].1 = other.clone().into_bytes()), vec![WrongHead]),
        (
            changed(|r| r[0].1 = sample.entries[4].0.head().to_string().into_bytes()),
            vec![WrongHead],
        ),
        (changed(|r| drop(r.drain(3..5))), vec![MissingFile, MissingFile]),
        (changed(|r| r[4].1.push(b' ')), vec![AlteredFile]),
        (
            changed(|r| text_in(&mut r[2], &head, &other_hash)),
            vec![Unproven, Rewritten],
        ),
        (
            changed(|r| text_in(&mut r[1], "v2 4 4 ", "v2 5 4 ")),
            vec![BadSignature],
        ),
        (
            changed(|r| text_in(&mut r[1], "fazun-proof-v2 1", "fazun-proof-v2 2")),
            vec![Unproven],
        ),
        (
            changed(|r| text_in(&mut r[1], "taoyuan-dbas 4", "yilan-dbas 4")),
            vec![WrongChain, Unproven],
        ),
    ];
    for (n, (package, expected)) in cases.into_iter().enumerate() {
        let mut found = kinds(&package);
        found.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "case {n}");
    }
    // An entry changed and the head with it: the next link, and every line that vouched.
    let package = changed(|r| {
        let actor = r[7].1.windows(4).position(|w| w == b"wang").unwrap();
        r[7].1[actor] = b'W';
    });
    assert_eq!(kinds(&package), [BrokenLink]);
}

fn unpackable(
    sample: &Sample,
    write: impl FnOnce(&mut PackageWriter<Vec<u8>>) -> Result<(), PackageError>,
) -> String {
    let mut writer = PackageWriter::new(Vec::new(), &sample.head()).unwrap();
    write(&mut writer)
        .and_then(|()| writer.finish().map(|_| ()))
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_damaged_is_not_packed() {
    let s = sample();
    let entry = |n: usize| (s.entries[n].0.clone(), s.entries[n].1.as_bytes());
    let (first, body) = entry(0);
    let file = |w: &mut PackageWriter<Vec<u8>>, n: usize| {
        let (meta, bytes) = &s.files[n];
        w.file(meta, bytes.len() as u64, &mut bytes.as_slice())
    };
    let mut foreign = s.vouched()[0].clone();
    foreign.head.agency = "b".into();
    let mut renamed = first.clone();
    renamed.agency = "b".into();
    let long_name = FileMeta {
        name: "長".repeat(30_000),
        ..s.files[0].0.clone()
    };
    let cases = [
        (unpackable(&s, |_| Ok(())), "末筆與鏈頭不符"),
        (unpackable(&s, |w| w.entry(&first, b"{}")), "帳本有損壞"),
        (unpackable(&s, |w| w.entry(&renamed, body)), "帳本有損壞"),
        (unpackable(&s, |w| w.entry(&entry(1).0, entry(1).1)), "帳本有損壞"),
        (
            unpackable(&s, |w| w.entry(&first, body).and_then(|()| w.entry(&first, body))),
            "帳本有損壞",
        ),
        (unpackable(&s, |w| w.entry(&first, body)), "末筆與鏈頭不符"),
        (
            unpackable(&s, |w| w.entry(&first, body).and_then(|()| file(w, 0))),
            "檔案須先於記載",
        ),
        (
            unpackable(&s, |w| file(w, 1).and_then(|()| file(w, 0))),
            "依雜湊順序",
        ),
        (unpackable(&s, |w| file(w, 0).and_then(|()| file(w, 0))), "各一次"),
        (
            unpackable(&s, |w| w.file(&long_name, 0, &mut [].as_slice())),
            "檔名太長",
        ),
        (unpackable(&s, |w| w.vouch(&foreign)), "另一個機關"),
        (
            unpackable(&s, |w| file(w, 0).and_then(|()| w.vouch(&s.vouched()[0]))),
            "檢查點須先於",
        ),
        (
            unpackable(&s, |w| {
                w.entry(&first, body).and_then(|()| w.vouch(&s.vouched()[0]))
            }),
            "檢查點須先於",
        ),
        (
            unpackable(&s, |w| w.file(&s.files[0].0, 1 << 63, &mut [].as_slice())),
            "無法讀寫",
        ),
    ];
    for (n, (error, reason)) in cases.iter().enumerate() {
        assert!(error.contains(reason), "case {n}: {error}");
    }
}

#[test]
fn a_reader_compares_what_he_kept() {
    let s = sample();
    let package = s.packed();
    let found = |heads: &[Head], kept: &[Kept]| {
        let check = PackageCheck {
            heads,
            kept,
            now: Some(0),
        };
        let report = verify_package(package.as_slice(), &check, &mut names)
            .unwrap()
            .report;
        report.problems.iter().map(|p| p.kind).collect::<Vec<_>>()
    };
    let bare = |kept: &Kept| Kept {
        heads: None,
        ..kept.clone()
    };
    let future = ProblemKind::FutureTime;
    let heads: Vec<Head> = s.entries.iter().map(|(entry, _)| entry.head()).collect();
    assert_eq!(found(&heads, &[]), [future]);
    assert_eq!(
        found(&[], &[s.kept[0].clone(), bare(&s.kept[0]), bare(&s.kept[1])]),
        [future]
    );
    // Made over another history of this chain, with heads and without.
    let forged = Head {
        hash: [9; 32],
        ..heads[2].clone()
    };
    let over = |heads: Vec<Head>| Kept::over(Heads::new(heads).unwrap(), 3);
    assert_eq!(
        found(std::slice::from_ref(&forged), &[]),
        [ProblemKind::Rewritten, future]
    );
    assert_eq!(
        found(&[], &[over(vec![forged.clone()])]),
        [ProblemKind::Rewritten, future]
    );
    assert_eq!(
        found(&[], &[bare(&over(vec![forged]))]),
        [ProblemKind::NotCompared, future]
    );
    let later = Head {
        seq: 9,
        ..heads[2].clone()
    };
    assert_eq!(found(&[later], &[]), [ProblemKind::Truncated, future]);
    // This chain was not there yet: nothing to compare, nothing missed.
    assert_eq!(found(&[], &[over(vec![Head::empty("b")])]), [future]);
}

#[test]
fn vouching_needs_the_heads_and_the_chain_among_them() {
    let kept = &sample().kept[0];
    assert_eq!(kept.vouched("nobody"), None);
    assert_eq!(
        Kept {
            heads: None,
            ..kept.clone()
        }
        .vouched("taoyuan-dbas"),
        None
    );
    let vouched = kept.vouched("taoyuan-dbas").unwrap();
    assert_eq!(vouched.to_string().parse(), Ok(vouched.clone()));
    let plain = ledger::Vouched {
        signature: None,
        ..vouched
    };
    assert_eq!(plain.to_string().parse(), Ok(plain));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A single changed bit is refused, or told.
    #[test]
    fn any_change_of_a_byte_is_found(at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let mut package = whole().to_vec();
        let at = at.index(package.len());
        package[at] ^= 1 << bit;
        if let Ok(checked) = check(&package) {
            prop_assert!(!checked.report.is_sound());
        }
    }
}

#[test]
fn entries_are_decoded_as_they_are_encoded() {
    for (entry, _) in sample().entries {
        let bytes = entry.encode();
        assert_eq!(ledger::Entry::decode(&bytes).as_ref(), Some(&entry));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            // Nothing but the same bytes decodes to the same entry.
            if let Some(other) = ledger::Entry::decode(&changed) {
                assert_ne!(other, entry);
                assert_eq!(sha256(&other.encode()), sha256(&changed));
            }
        }
    }
}
