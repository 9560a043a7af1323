//! Packages that somebody made to hurt: no panic, no memory for what isn't there.

use crate::sample::{changed, check, forged, records, refusal, sample, whole};
use ledger::{Head, LISTED, MAX_BODY, MAX_FILES, PackageError, PackageReader, PackageWriter, Record};
use proptest::prelude::*;
use std::io::Read;

#[test]
fn parts_out_of_place_are_refused() {
    let swapped = |a: usize, b: usize| changed(|r| r.swap(a, b));
    let with = |n: usize, kind: u8, bytes: &[u8]| {
        let bytes = bytes.to_vec();
        changed(move |r| r[n] = (kind, bytes))
    };
    for (package, reason) in [
        (changed(|r| drop(r.remove(0))), "沒有鏈頭"),
        (with(0, b'H', b"\xff"), "不是文字"),
        (with(0, b'H', b"fazun-ledger-v1 1 00"), "fazun-ledger-v2"),
        (with(1, b'H', b""), "不認得"),
        (with(1, b'V', b"one\ntwo"), "應為一行"),
        (with(1, b'V', &vec![b' '; (64 << 10) + 1]), "太長"),
        (with(1, b'Z', &[0; 31]), "核對碼長度"),
        (with(1, b'Z', &[0; 33]), "核對碼長度"),
        (with(3, b'F', b"one"), "檔案說明讀不懂"),
        (with(4, b'E', b""), "缺少檔案的內容"),
        (with(7, b'E', b"one"), "記載讀不懂"),
        (with(8, b'E', b"one"), "缺少記載的內容"),
        (changed(|r| r.swap(3, 5)), "重複或順序不對"),
        (changed(|r| r[5] = r[3].clone()), "重複或順序不對"),
        (
            changed(|r| {
                let file = r.drain(5..7).collect::<Vec<_>>();
                r.splice(9..9, file);
            }),
            "段落順序不對",
        ),
        (swapped(2, 4), "不認得"),
        (changed(|r| r[7].1.push(0)), "記載讀不懂"),
        (changed(|r| r[7].1.truncate(200)), "記載讀不懂"),
    ] {
        let error = refusal(&package);
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[test]
fn a_stated_length_reserves_nothing() {
    let head = Head::empty("a").to_string();
    for (kind, lead) in [
        (b'V', vec![]),
        (b'D', vec![(b'F', records(whole())[3].1.clone())]),
        (b'B', vec![(b'E', sample().entries[0].0.encode())]),
        (b'E', vec![]),
        (b'Z', vec![]),
        (b'?', vec![]),
    ] {
        for length in [u64::MAX, 1 << 63, 1 << 40, (64 << 20) + 1] {
            let mut all = vec![(b'H', head.clone().into_bytes())];
            all.extend(lead.clone());
            let mut package = forged(&all);
            package.truncate(package.len() - 41);
            package.push(kind);
            package.extend_from_slice(&length.to_be_bytes());
            package.extend_from_slice(b"a few bytes");
            let error = check(&package).unwrap_err();
            match kind {
                b'D' => assert!(matches!(error, PackageError::Truncated { .. }), "{error}"),
                _ => assert!(matches!(error, PackageError::Malformed { .. }), "{error}"),
            }
        }
    }
    // An entry's own lengths.
    let entry = sample().entries[0].0.encode();
    for at in [0, 23, 43] {
        for length in [u64::MAX, 1 << 63, 1 << 40] {
            let mut entry = entry.clone();
            entry[at..at + 8].copy_from_slice(&length.to_be_bytes());
            let package = changed(|r| r[7].1 = entry);
            assert!(refusal(&package).contains("記載讀不懂"), "{at}");
        }
    }
}

#[test]
fn a_part_has_its_length_and_no_more() {
    // White space at the end of a line is free, so a checkpoint's part can be as long as any.
    let padded = |length: usize| {
        changed(|r| {
            assert_eq!(r[2].1.pop(), Some(b'\n'));
            r[2].1.resize(length - 1, b' ');
            r[2].1.push(b'\n');
        })
    };
    assert!(check(&padded(64 << 10)).unwrap().report.is_sound());
    assert!(refusal(&padded((64 << 10) + 1)).contains("太長"));
    // A body may be that long; one that is not there is missed, a longer one is not looked for.
    let stated = |length: u64| {
        let head = Head::empty("a").to_string().into_bytes();
        let mut package = forged(&[(b'H', head), (b'E', sample().entries[0].0.encode())]);
        package.truncate(package.len() - 41);
        package.push(b'B');
        package.extend_from_slice(&length.to_be_bytes());
        refusal(&package)
    };
    assert!(stated(MAX_BODY).contains("中斷"));
    assert!(stated(MAX_BODY + 1).contains("太長"));
    assert_eq!((MAX_BODY, MAX_FILES), (67_108_864, 1_000_000));
}

/// A package as long as one likes that is never in memory as a whole.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
        buffer[..most].fill(b'x');
        self.0 -= most as u64;
        Ok(most)
    }
}

#[test]
fn a_large_file_streams_through() {
    let length = (1 << 20) + 7;
    let mut found = Vec::new();
    let mut meta = sample().files[0].0.clone();
    let mut writer = PackageWriter::new(std::io::sink(), &Head::empty("a")).unwrap();
    // Its hash is other than stated, which is told after it was read.
    let error = writer
        .file(&meta, length, &mut Endless(length))
        .unwrap_err()
        .to_string();
    assert!(error.contains("檔案的內容與雜湊不符"));
    meta.name = "大檔".into();
    let mut described = Vec::new();
    for field in [&meta.sha256[..], meta.media_type.as_bytes(), meta.name.as_bytes()] {
        described.extend_from_slice(&(field.len() as u64).to_be_bytes());
        described.extend_from_slice(field);
    }
    let mut start = forged(&[
        (b'H', Head::empty("a").to_string().into_bytes()),
        (b'F', described),
    ]);
    start.truncate(start.len() - 41);
    start.push(b'D');
    start.extend_from_slice(&(length).to_be_bytes());
    let input = start.as_slice().chain(Endless(length));
    let mut reader = PackageReader::new(input).unwrap();
    let record = reader.next(&mut |chunk| found.push(chunk.len())).unwrap();
    assert!(matches!(record, Some(Record::File { length: l, .. }) if l == length));
    assert!(found.iter().all(|n| *n <= 64 << 10));
    assert_eq!(found.iter().sum::<usize>() as u64, length);
}

#[test]
fn a_report_of_many_missing_files_stays_small() {
    let body = format!(r#""sha256":"{}","#, "x".repeat(500)).repeat(LISTED + 20);
    let mut package = records(whole());
    package[8].1 = body.into_bytes();
    let report = check(&forged(&package)).unwrap().report;
    assert_eq!(report.problems.len(), LISTED);
    assert_eq!(report.damages, LISTED as u64 + 21);
    assert!(report.problems.iter().all(|p| p.message.len() < 300));
}

proptest! {
    #[test]
    fn nothing_that_is_read_makes_a_panic(kinds in prop::collection::vec((prop::sample::select(b"HVFDEBZ?".to_vec()), prop::collection::vec(any::<u8>(), 0..40)), 0..6), cut in 0usize..100) {
        let mut all = vec![(b'H', Head::empty("a").to_string().into_bytes())];
        all.extend(kinds);
        let mut package = forged(&all);
        package.truncate(package.len().saturating_sub(cut));
        if let Ok(checked) = check(&package) {
            prop_assert_eq!(checked.report.entries, 0);
        }
    }
}
