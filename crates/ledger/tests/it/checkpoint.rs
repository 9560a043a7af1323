//! The lines and files that are kept outside, and the proof for one agency.

use ledger::{
    Checkpoint, Head, Heads, HeadsError, Kept, KeptError, LineError, Proof, Signature, public_key, sha256,
};
use proptest::prelude::*;
use std::str::FromStr;

fn head(n: u64) -> Head {
    Head {
        agency: format!("agency-{n}"),
        seq: n + 1,
        hash: sha256(&n.to_be_bytes()),
    }
}

fn heads(count: u64) -> Heads {
    Heads::new((0..count).map(head).collect()).unwrap()
}

#[test]
fn heads_stand_in_the_order_of_their_ids_bytes() {
    let ids = ["z", "宜蘭", "a-1", "@installation", "a", "A"];
    let heads = Heads::new(ids.iter().map(|id| Head::empty(id)).collect()).unwrap();
    let order: Vec<&str> = heads.as_slice().iter().map(|h| h.agency.as_str()).collect();
    assert_eq!(order, ["@installation", "A", "a", "a-1", "z", "宜蘭"]);
    assert_eq!(heads.of("a-1"), Some(&Head::empty("a-1")));
    assert_eq!(heads.of("b"), None);
    assert_eq!(heads.proof("b"), None);
}

#[test]
fn heads_that_are_none_are_refused() {
    let twice = Head { seq: 9, ..head(1) };
    let refused = |more: Head| Heads::new(vec![head(1), head(2), more]).unwrap_err();
    assert_eq!(refused(twice), HeadsError::Doubled("agency-1".into()));
    for id in ["", "a b", "a\nb", "a\u{7f}b", "a\u{3000}b"] {
        assert_eq!(refused(Head::empty(id)), HeadsError::Id(id.into()), "{id:?}");
    }
}

#[test]
fn every_leaf_has_a_proof_and_no_other_head_passes_by_it() {
    for count in 1..=70 {
        let heads = heads(count);
        let checkpoint = heads.checkpoint(5);
        assert_eq!(checkpoint.leaves, count);
        for (n, head) in heads.as_slice().iter().enumerate() {
            let proof = heads.proof(&head.agency).unwrap();
            assert_eq!(proof.index, n as u64);
            assert!(proof.verify(head, &checkpoint), "{count} {n}");
            assert_eq!(proof.to_string().parse(), Ok(proof.clone()));
            // All others in small trees, the neighbours in larger ones.
            let near = |other: usize| count <= 17 || other.abs_diff(n) <= 1;
            for (_, other) in heads
                .as_slice()
                .iter()
                .enumerate()
                .filter(|(other, _)| near(*other))
            {
                assert_eq!(proof.verify(other, &checkpoint), other == head, "{count} {n}");
            }
            for changed in [
                Head {
                    seq: head.seq + 1,
                    ..head.clone()
                },
                Head {
                    hash: [0; 32],
                    ..head.clone()
                },
                Head {
                    agency: "x".into(),
                    ..head.clone()
                },
            ] {
                assert!(!proof.verify(&changed, &checkpoint));
            }
        }
    }
}

#[test]
fn a_proof_holds_for_one_place_in_one_tree() {
    for count in 1..=70 {
        let heads = heads(count);
        let checkpoint = heads.checkpoint(5);
        let head = &heads.as_slice()[usize::try_from(count / 2).unwrap()];
        let proof = heads.proof(&head.agency).unwrap();
        for index in (0..80).filter(|i| *i != proof.index).chain([u64::MAX]) {
            let moved = Proof {
                index,
                ..proof.clone()
            };
            assert!(!moved.verify(head, &checkpoint), "{count} {index}");
        }
        let mut longer = proof.clone();
        longer.path.push([1; 32]);
        assert!(!longer.verify(head, &checkpoint));
        for n in 0..proof.path.len() {
            let mut shorter = proof.clone();
            shorter.path.remove(n);
            assert!(!shorter.verify(head, &checkpoint));
            let mut changed = proof.clone();
            changed.path[n][0] ^= 1;
            assert!(!changed.verify(head, &checkpoint));
        }
        let root = Checkpoint {
            root: [0; 32],
            ..checkpoint
        };
        let none = Checkpoint {
            leaves: 0,
            ..checkpoint
        };
        assert!(!proof.verify(head, &root) && !proof.verify(head, &none));
    }
}

#[test]
fn another_number_of_leaves_is_another_tree() {
    for count in 1..=70 {
        let (fewer, more) = (heads(count), heads(count + 1));
        assert_ne!(fewer.checkpoint(5).root, more.checkpoint(5).root);
    }
    assert_eq!(Heads::default().checkpoint(5).root, sha256(b""));
}

fn refused<T: FromStr<Err = LineError> + std::fmt::Debug>(cases: &[(&str, &str)]) {
    for (line, reason) in cases {
        let error = line.parse::<T>().unwrap_err().to_string();
        assert!(error.contains(reason), "{line}: {error}");
    }
}

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn lines_that_are_none_are_refused_with_a_reason() {
    let upper = format!("fazun-ledger-v2 a 3 {}", HASH.to_uppercase());
    let longer = format!("fazun-ledger-v2 a 3 {HASH}0");
    let more = format!("fazun-ledger-v2 a 3 {HASH} {HASH}");
    let v1 = format!("fazun-ledger-v1 3 {HASH}");
    refused::<Head>(&[
        ("", "應為一行"),
        (" \t ", "應為一行"),
        ("fazun-ledger-v2 a 3", "應為一行"),
        (&more, "應為一行"),
        (&v1, "此處只讀「fazun-ledger-v2」"),
        ("fazun-ledger-v2 a 03 00", "不是數字"),
        ("fazun-ledger-v2 a -3 00", "不是數字"),
        ("fazun-ledger-v2 a +3 00", "不是數字"),
        ("fazun-ledger-v2 a 18446744073709551616 00", "不是數字"),
        ("fazun-ledger-v2 a 3 00", "十六進位"),
        (&upper, "十六進位"),
        (&longer, "十六進位"),
    ]);
    refused::<Checkpoint>(&[
        ("fazun-checkpoint-v2 1 2", "應為一行"),
        ("fazun-ledger-v2 1 2 3", "此處只讀「fazun-checkpoint-v2」"),
        ("fazun-checkpoint-v2 2026-01-01 2 00", "不是數字"),
        ("fazun-checkpoint-v2 1 x 00", "不是數字"),
        ("fazun-checkpoint-v2 1 2 00", "十六進位"),
    ]);
    let high = format!("fazun-proof-v2 0{}", format!(" {HASH}").repeat(65));
    refused::<Proof>(&[
        ("fazun-proof-v2", "應為一行"),
        ("fazun-proof-v2 x", "不是數字"),
        ("fazun-proof-v2 0 00", "十六進位"),
        (&high, "應為一行"),
    ]);
    let key = format!("fazun-signature-v2 {HASH} {HASH}");
    refused::<Signature>(&[
        ("fazun-signature-v2 0", "應為一行"),
        ("fazun-signature-v2 0 0", "十六進位"),
        (&key, "十六進位"),
    ]);
    // What a mail program does to white space is no matter.
    let spaced = format!("  fazun-checkpoint-v2\t1  2 {HASH} \r\n");
    assert_eq!(spaced.parse::<Checkpoint>().unwrap().leaves, 2);
}

#[test]
fn a_signature_is_of_one_checkpoint_by_one_key() {
    let checkpoint = heads(3).checkpoint(5);
    let signature = Signature::of(&checkpoint, &[1; 32]);
    assert_eq!(signature.key, public_key(&[1; 32]));
    assert!(signature.verify(&checkpoint));
    for other in [heads(3).checkpoint(6), heads(4).checkpoint(5)] {
        assert!(!signature.verify(&other));
    }
    let other_key = Signature {
        key: public_key(&[2; 32]),
        ..signature
    };
    let no_point = Signature {
        key: [2; 32],
        ..signature
    };
    assert!(!other_key.verify(&checkpoint) && !no_point.verify(&checkpoint));
    for byte in 0..64 {
        let mut changed = signature;
        changed.bytes[byte] ^= 1;
        assert!(!changed.verify(&checkpoint), "{byte}");
    }
}

#[test]
fn a_kept_checkpoint_survives_its_file() {
    let plain = Kept::over(heads(9), 5);
    let signed = plain.clone().signed(&[1; 32]);
    let bare = Kept {
        heads: None,
        ..signed.clone()
    };
    let empty = Kept::over(Heads::default(), 5);
    for kept in [&plain, &signed, &bare, &empty] {
        assert_eq!(kept.to_string().parse().as_ref(), Ok(kept));
    }
    let mailed = format!("# 請另行保存\r\n\r\n{}", signed.to_string().replace('\n', "\r\n"));
    assert_eq!(mailed.parse(), Ok(signed));
}

#[test]
fn a_kept_file_that_was_changed_is_refused() {
    let kept = Kept::over(heads(3), 5).signed(&[1; 32]);
    let text = kept.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let parse = |lines: &[&str]| lines.join("\n").parse::<Kept>();
    assert_eq!("# nothing\n".parse::<Kept>(), Err(KeptError::Empty));
    // Each head left out, doubled, or exchanged for another.
    for n in 2..5 {
        let mut without = lines.clone();
        without.remove(n);
        assert_eq!(parse(&without), Err(KeptError::OtherHeads));
        let mut doubled = lines.clone();
        doubled.push(lines[n]);
        assert!(matches!(
            parse(&doubled),
            Err(KeptError::Heads(HeadsError::Doubled(_)))
        ));
        let other = Head {
            seq: 77,
            ..head(n as u64 - 2)
        }
        .to_string();
        let mut changed = lines.clone();
        changed[n] = &other;
        assert_eq!(parse(&changed), Err(KeptError::OtherHeads));
    }
    let other = heads(3).checkpoint(6).to_string();
    assert_eq!(parse(&[&other, lines[1]]), Err(KeptError::Signature));
    for (lines, at) in [
        (vec![lines[1]], 1),
        (vec![lines[2], lines[0]], 1),
        (vec![lines[0], lines[0]], 2),
        (vec![lines[0], lines[1], lines[1]], 3),
        (vec![lines[0], lines[2], lines[1]], 3),
        (vec![lines[0], "note"], 2),
    ] {
        let error = parse(&lines).unwrap_err();
        assert!(
            matches!(error, KeptError::Line { line, .. } if line == at),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn lines_survive_their_text(agency in "[a-z@-]{1,9}", n in any::<u64>(), at in any::<i64>(), hash in any::<[u8; 32]>()) {
        let head = Head { agency, seq: n, hash };
        prop_assert_eq!(head.to_string().parse(), Ok(head));
        let checkpoint = Checkpoint { at, leaves: n, root: hash };
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    }

    #[test]
    fn nothing_that_is_typed_makes_a_panic(text in "(fazun-(ledger|checkpoint|proof|signature)-v2)?[ 0-9a-f\\PC\n]{0,90}") {
        let _ = (text.parse::<Head>(), text.parse::<Proof>(), text.parse::<Signature>());
        if let Ok(kept) = text.parse::<Kept>() {
            prop_assert_eq!(kept.to_string().parse(), Ok(kept));
        }
    }
}
