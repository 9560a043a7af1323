//! Every way to damage a chain is seen, and an honest chain is left alone.

use ledger::{Body, Checkpoint, Draft, Entry, ProblemKind, Report, Verifier, append, from_hex, hex, sha256};
use proptest::prelude::*;

fn draft(n: u64) -> Draft {
    Draft {
        at: 1_000_000 * i64::try_from(n).unwrap(),
        actor: "wang".into(),
        action: "create".into(),
        agency: "a".into(),
        register: "system".into(),
        row: format!("r{n}"),
        version: 1,
        body_hash: sha256(format!("{n}").as_bytes()),
    }
}

fn chain(n: u64) -> Vec<Entry> {
    let mut head = Checkpoint::empty();
    (1..=n)
        .map(|i| {
            let entry = append(&head, draft(i));
            head = entry.checkpoint();
            entry
        })
        .collect()
}

fn verify(entries: &[Entry], expected: Option<Checkpoint>) -> Report {
    let mut v = Verifier::new();
    if let Some(c) = expected {
        v = v.expecting(c);
    }
    for e in entries {
        v.push(e, None, Body::Unchecked);
    }
    v.finish()
}

fn kinds(report: &Report) -> Vec<(u64, ProblemKind)> {
    report.problems.iter().map(|p| (p.seq, p.kind)).collect()
}

#[test]
fn an_honest_chain_is_sound() {
    let chain = chain(5);
    let report = verify(&chain, Some(chain[2].checkpoint()));
    assert_eq!(kinds(&report), []);
    assert_eq!(report.entries, 5);
    assert_eq!(report.head, chain[4].checkpoint());
    assert!(verify(&[], Some(Checkpoint::empty())).is_sound());
}

#[test]
fn a_changed_entry_breaks_the_next_link() {
    let mut chain = chain(4);
    chain[1].actor = "lin".into();
    assert_eq!(kinds(&verify(&chain, None)), [(3, ProblemKind::BrokenLink)]);
}

#[test]
fn a_changed_last_entry_shows_by_its_stored_hash() {
    let mut chain = chain(2);
    let stored = chain[1].hash();
    chain[1].action = "update".into();
    let mut v = Verifier::new();
    v.push(&chain[0], None, Body::Unchecked);
    v.push(&chain[1], Some(&stored), Body::Unchecked);
    assert_eq!(kinds(&v.finish()), [(2, ProblemKind::WrongHash)]);
}

#[test]
fn a_removed_entry_is_a_gap() {
    let mut chain = chain(4);
    chain.remove(1);
    assert_eq!(kinds(&verify(&chain, None)), [(2, ProblemKind::Gap)]);
}

#[test]
fn a_doubled_entry_is_a_gap() {
    let mut chain = chain(3);
    chain.insert(1, chain[0].clone());
    assert_eq!(kinds(&verify(&chain, None)), [(1, ProblemKind::Gap)]);
}

#[test]
fn a_cut_tail_shows_only_against_a_checkpoint() {
    let chain = chain(4);
    assert!(verify(&chain[..2], None).is_sound());
    let report = verify(&chain[..2], Some(chain[3].checkpoint()));
    assert_eq!(kinds(&report), [(2, ProblemKind::Truncated)]);
}

#[test]
fn a_rewritten_chain_shows_only_against_a_checkpoint() {
    let old = chain(3);
    let mut head = old[0].checkpoint();
    let mut new = vec![old[0].clone()];
    for n in 2..=3 {
        let entry = append(
            &head,
            Draft {
                actor: "lin".into(),
                ..draft(n)
            },
        );
        head = entry.checkpoint();
        new.push(entry);
    }
    assert!(verify(&new, None).is_sound());
    let report = verify(&new, Some(old[2].checkpoint()));
    assert_eq!(kinds(&report), [(3, ProblemKind::Rewritten)]);
}

#[test]
fn bodies_are_compared() {
    let chain = chain(3);
    let mut v = Verifier::new();
    v.push(&chain[0], None, Body::Bytes(b"1"));
    v.push(&chain[1], None, Body::Bytes(b"3"));
    v.push(&chain[2], None, Body::Missing);
    assert_eq!(
        kinds(&v.finish()),
        [(2, ProblemKind::BodyMismatch), (3, ProblemKind::MissingBody)]
    );
}

#[test]
fn a_clock_that_ran_backwards_is_a_notice() {
    let first = append(&Checkpoint::empty(), draft(9));
    let second = append(&first.checkpoint(), draft(1));
    let report = verify(&[first, second], None);
    assert_eq!(kinds(&report), [(2, ProblemKind::TimeBackwards)]);
    assert!(report.is_sound());
}

#[test]
fn verification_can_start_at_a_trusted_head() {
    let chain = chain(6);
    let mut v = Verifier::after(chain[3].checkpoint());
    v.push(&chain[4], None, Body::Unchecked);
    v.push(&chain[5], None, Body::Unchecked);
    assert_eq!(kinds(&v.finish()), []);
}

#[test]
fn checkpoints_that_are_none_are_refused_with_a_reason() {
    for (line, reason) in [
        ("", "一行三段"),
        ("fazun-ledger-v1 3", "一行三段"),
        ("fazun-ledger-v2 3 00", "本版只讀"),
        ("fazun-ledger-v1 03 00", "不是數字"),
        ("fazun-ledger-v1 -3 00", "不是數字"),
        ("fazun-ledger-v1 3 00", "64"),
    ] {
        let error = line.parse::<Checkpoint>().unwrap_err().to_string();
        assert!(error.contains(reason), "{line}: {error}");
    }
    let upper = chain(1)[0].checkpoint().to_string().to_uppercase();
    assert!(upper.parse::<Checkpoint>().is_err());
}

proptest! {
    #[test]
    fn no_two_entries_encode_alike(a in "\\PC{0,6}", b in "\\PC{0,6}", c in "\\PC{0,6}", d in "\\PC{0,6}") {
        let make = |actor: &str, action: &str| append(&Checkpoint::empty(), Draft {
            actor: actor.into(), action: action.into(), ..draft(1)
        });
        let (x, y) = (make(&a, &b), make(&c, &d));
        prop_assert_eq!(x == y, x.encode() == y.encode());
    }

    #[test]
    fn checkpoints_survive_their_text(seq in any::<u64>(), head in any::<[u8; 32]>()) {
        let c = Checkpoint { seq, head };
        prop_assert_eq!(c.to_string().parse(), Ok(c));
        prop_assert_eq!(from_hex(&hex(&head)), Some(head));
    }

    #[test]
    fn any_change_of_a_field_is_found(at in 0usize..4, what in 0usize..8) {
        let mut chain = chain(5);
        let e = &mut chain[at];
        match what {
            0 => e.at += 1,
            1 => e.actor.push('x'),
            2 => e.action.push('x'),
            3 => e.agency.push('x'),
            4 => e.register.push('x'),
            5 => e.row.push('x'),
            6 => e.version += 1,
            _ => e.body_hash[0] ^= 1,
        }
        let found = verify(&chain, None);
        prop_assert!(found.problems.iter().any(|p| p.kind == ProblemKind::BrokenLink));
    }
}
