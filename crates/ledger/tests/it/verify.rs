//! Every way to damage a chain is seen, and an honest chain is left alone.

use ledger::{
    Body, CLOCK_TOLERANCE, Draft, Entry, Head, LISTED, ProblemKind, Report, Verifier, append, from_hex,
    genesis, hex, sha256,
};
use proptest::prelude::*;

fn draft(n: u64) -> Draft {
    Draft {
        at: 1_000_000 * i64::try_from(n).unwrap(),
        actor: "wang".into(),
        action: "create".into(),
        register: "system".into(),
        row: format!("r{n}"),
        version: 1,
        body_hash: sha256(format!("{n}").as_bytes()),
    }
}

fn chain_of(agency: &str, drafts: impl IntoIterator<Item = Draft>) -> Vec<Entry> {
    let mut head = Head::empty(agency);
    drafts
        .into_iter()
        .map(|draft| {
            let entry = append(&head, draft);
            head = entry.head();
            entry
        })
        .collect()
}

fn chain(n: u64) -> Vec<Entry> {
    chain_of("a", (1..=n).map(draft))
}

fn verify(entries: &[Entry], expected: Option<Head>) -> Report {
    let mut v = Verifier::new("a");
    if let Some(kept) = expected {
        v = v.expecting(&kept);
    }
    for e in entries {
        v.push(e, None, Body::Unchecked);
    }
    v.finish()
}

/// With the hashes that a database keeps beside the entries.
fn verify_stored(entries: &[Entry], stored: &[[u8; 32]]) -> Report {
    let mut v = Verifier::new("a");
    for (entry, hash) in entries.iter().zip(stored) {
        v.push(entry, Some(hash), Body::Unchecked);
    }
    v.finish()
}

fn kinds(report: &Report) -> Vec<(u64, ProblemKind)> {
    report.problems.iter().map(|p| (p.seq, p.kind)).collect()
}

#[test]
fn an_honest_chain_is_sound() {
    let chain = chain(5);
    let report = verify(&chain, Some(chain[2].head()));
    assert_eq!(kinds(&report), []);
    assert_eq!(report.entries, 5);
    assert_eq!(report.head, chain[4].head());
    assert!(verify(&[], Some(Head::empty("a"))).is_sound());
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
    let mut v = Verifier::new("a");
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
    let report = verify(&chain[..2], Some(chain[3].head()));
    assert_eq!(kinds(&report), [(2, ProblemKind::Truncated)]);
}

#[test]
fn a_rewritten_chain_shows_only_against_a_checkpoint() {
    let old = chain(3);
    let mut head = old[0].head();
    let mut new = vec![old[0].clone()];
    for n in 2..=3 {
        let entry = append(
            &head,
            Draft {
                actor: "lin".into(),
                ..draft(n)
            },
        );
        head = entry.head();
        new.push(entry);
    }
    assert!(verify(&new, None).is_sound());
    let report = verify(&new, Some(old[2].head()));
    assert_eq!(kinds(&report), [(3, ProblemKind::Rewritten)]);
}

#[test]
fn bodies_are_compared() {
    let chain = chain(3);
    let mut v = Verifier::new("a");
    v.push(&chain[0], None, Body::Bytes(b"1"));
    v.push(&chain[1], None, Body::Bytes(b"3"));
    v.push(&chain[2], None, Body::Missing);
    assert_eq!(
        kinds(&v.finish()),
        [(2, ProblemKind::BodyMismatch), (3, ProblemKind::MissingBody)]
    );
}

#[test]
fn a_body_may_be_hashed_by_who_read_it() {
    let chain = chain(2);
    let mut v = Verifier::new("a");
    v.push(&chain[0], None, Body::Hashed(&sha256(b"1")));
    v.push(&chain[1], None, Body::Hashed(&sha256(b"1")));
    assert_eq!(kinds(&v.finish()), [(2, ProblemKind::BodyMismatch)]);
}

/// Entries at these seconds.
fn at(seconds: &[i64]) -> Vec<Entry> {
    let drafts = seconds.iter().enumerate().map(|(n, at)| Draft {
        at: at * 1_000_000,
        ..draft(n as u64 + 1)
    });
    chain_of("a", drafts)
}

fn clock(report: &Report) -> Vec<(u64, u64, u64)> {
    let micros = |p: &ledger::Problem| p.by_micros.unwrap() / 1_000_000;
    report
        .problems
        .iter()
        .map(|p| (p.seq, p.until, micros(p)))
        .collect()
}

#[test]
fn a_clock_that_ran_backwards_is_a_notice_that_says_how_far_and_for_how_long() {
    let day = 86_400;
    let report = verify(
        &at(&[400 * day, 0, 7_200, 400 * day + 1, 100, 400 * day + 2]),
        None,
    );
    assert!(report.is_sound());
    assert_eq!((report.damages, report.notices), (0, 2));
    assert!(
        report
            .problems
            .iter()
            .all(|p| p.kind == ProblemKind::TimeBackwards)
    );
    assert_eq!(clock(&report), [(2, 3, 400 * 86_400), (5, 5, 400 * 86_400 - 99)]);
    assert!(
        report.problems[0]
            .message
            .contains("第 2 筆至第 3 筆的時間早於第 1 筆")
    );
    assert!(report.problems[0].message.contains(" 400 天 0 小時"));
    assert!(report.problems[1].message.contains("第 5 筆的時間早於第 4 筆"));
    assert!(report.problems[1].message.contains(" 399 天 23 小時"));
    // To the very end, and in smaller units.
    let report = verify(&at(&[10_000, 10, 9_930]), None);
    assert_eq!(clock(&report), [(2, 3, 9_990)]);
    assert!(report.problems[0].message.contains(" 2 小時 46 分"));
    let report = verify(&at(&[100, 9]), None);
    assert!(report.problems[0].message.contains(" 1 分 31 秒"));
    // Of entries of one time, the last one is named.
    let report = verify(&at(&[100, 100, 9]), None);
    assert!(report.problems[0].message.contains("早於第 2 筆"));
}

#[test]
fn a_damage_says_in_words_where_it_is() {
    let said = |entries: &[Entry]| verify(entries, None).problems[0].message.clone();
    let honest = chain(5);
    let mut changed = honest.clone();
    changed[1].actor = "lin".into();
    let [stated, found] = [&honest[1], &changed[1]].map(|e| hex(&e.hash())[..12].to_owned());
    assert_eq!(
        said(&changed),
        format!("第 3 筆記載的前一筆雜湊是 {stated}…，實際算出是 {found}…：這一筆或前一筆被改過")
    );
    let without = [&honest[..1], &honest[3..]].concat();
    assert_eq!(said(&without), "第 2 筆至第 3 筆不見了");
    let doubled = [&honest[..2], &honest[..1]].concat();
    assert_eq!(said(&doubled), "第 1 筆重複或順序不對，此處應為第 3 筆");
    let mut v = Verifier::new("a");
    v.push(&honest[0], None, Body::Missing);
    let report = v.finish();
    let message = "第 1 筆所記的內容（system / r1 第 1 版）不見了";
    assert_eq!(report.problems[0].message, message);
}

#[test]
fn only_what_is_about_clocks_is_a_notice() {
    let notices = ProblemKind::ALL.into_iter().filter(|kind| kind.is_notice());
    let notices: Vec<&str> = notices.map(ProblemKind::as_str).collect();
    assert_eq!(notices, ["time_backwards", "future_time"]);
}

#[test]
fn clocks_of_several_machines_may_differ_a_little() {
    let tolerance = i64::try_from(CLOCK_TOLERANCE).unwrap();
    for (second, notices) in [(20_000_000 - tolerance, 0), (19_999_999 - tolerance, 1)] {
        let chain = chain_of("a", [20_000_000, second].map(|at| Draft { at, ..draft(1) }));
        assert_eq!(verify(&chain, None).notices, notices, "{second}");
        let mut v = Verifier::new("a").at(second);
        v.push(&chain[0], None, Body::Unchecked);
        assert_eq!(v.finish().notices, notices, "{second}");
    }
}

#[test]
fn a_time_that_has_not_come_is_a_notice() {
    let mut v = Verifier::new("a").at(20_000_000);
    for e in &at(&[1, 20, 90_020, 90_030, 90_040]) {
        v.push(e, None, Body::Unchecked);
    }
    let report = v.finish();
    assert!(report.is_sound());
    assert_eq!(kinds(&report), [(3, ProblemKind::FutureTime)]);
    assert_eq!(clock(&report), [(3, 5, 90_020)]);
    assert!(
        report.problems[0]
            .message
            .contains("第 3 筆至第 5 筆的時間晚於現在，最多相差 1 天 1 小時")
    );
}

#[test]
fn the_whole_range_of_times_is_taken() {
    let chain = chain_of("a", [i64::MAX, i64::MIN].map(|at| Draft { at, ..draft(1) }));
    let mut v = Verifier::new("a").at(i64::MIN);
    for e in &chain {
        v.push(e, None, Body::Unchecked);
    }
    let report = v.finish();
    assert_eq!(report.problems.len(), 2);
    assert!(report.problems.iter().all(|p| p.by_micros == Some(u64::MAX)));
}

#[test]
fn verification_can_start_at_a_trusted_head() {
    let chain = chain(6);
    let mut v = Verifier::after(chain[3].head());
    v.push(&chain[4], None, Body::Unchecked);
    v.push(&chain[5], None, Body::Unchecked);
    assert_eq!(kinds(&v.finish()), []);
}

#[test]
fn a_kept_head_that_was_not_read_is_not_taken_as_compared() {
    let chain = chain(6);
    let mut v = Verifier::after(chain[3].head()).expecting(&chain[1].head());
    v.push(&chain[4], None, Body::Unchecked);
    let report = v.finish();
    assert_eq!(kinds(&report), [(2, ProblemKind::NotCompared)]);
    assert!(!report.is_sound());
    let mut without = chain.clone();
    without.remove(1);
    assert_eq!(
        kinds(&verify(&without, Some(chain[1].head()))),
        [(2, ProblemKind::Gap), (2, ProblemKind::NotCompared)]
    );
}

#[test]
fn several_kept_heads_are_all_compared() {
    let chain = chain(5);
    let forged = Head {
        hash: [7; 32],
        ..chain[2].head()
    };
    let mut v = Verifier::new("a").expecting(&Head::empty("a"));
    for kept in [&chain[1].head(), &chain[2].head(), &forged, &chain[4].head()] {
        v = v.expecting(kept);
    }
    for e in &chain[..4] {
        v.push(e, None, Body::Unchecked);
    }
    assert_eq!(
        kinds(&v.finish()),
        [(3, ProblemKind::Rewritten), (4, ProblemKind::Truncated)]
    );
}

#[test]
fn a_chain_that_is_gone_is_one_that_was_cut() {
    let report = verify(&[], Some(chain(3)[2].head()));
    assert_eq!(kinds(&report), [(0, ProblemKind::Truncated)]);
    assert_eq!(report.head, Head::empty("a"));
}

#[test]
fn a_kept_head_of_another_chain_is_no_match() {
    let other = chain_of("b", [draft(1)]);
    let report = verify(&chain(1), Some(other[0].head()));
    assert_eq!(kinds(&report), [(1, ProblemKind::WrongChain)]);
}

#[test]
fn an_entry_of_another_chain_is_told_and_passed_over() {
    let mut mixed = chain(3);
    mixed.insert(1, chain_of("b", [draft(1), draft(2)])[1].clone());
    let report = verify(&mixed, None);
    assert_eq!(kinds(&report), [(2, ProblemKind::WrongChain)]);
    assert_eq!(report.entries, 3);
    assert!(report.problems[0].message.contains('b'));
}

#[test]
fn a_chain_does_not_pass_as_another_ones() {
    assert_ne!(genesis("a"), genesis("b"));
    let mut renamed = chain_of("b", (1..=3).map(draft));
    for entry in &mut renamed {
        entry.agency = "a".into();
    }
    let mut stored: Vec<_> = renamed.iter().map(Entry::hash).collect();
    let report = verify_stored(&renamed, &stored);
    assert_eq!(report.problems[0].kind, ProblemKind::BrokenLink);
    assert_eq!(report.problems[0].seq, 1);
    // Linked anew but for the first `prev`, which only the chain's own genesis fits.
    for n in 1..renamed.len() {
        renamed[n].prev = renamed[n - 1].hash();
        stored[n] = renamed[n].hash();
    }
    assert_eq!(
        kinds(&verify_stored(&renamed, &stored)),
        [(1, ProblemKind::BrokenLink)]
    );
}

#[test]
fn a_report_lists_so_many_and_counts_all() {
    let chain = chain(LISTED as u64 + 50);
    let mut v = Verifier::new("a");
    for e in &chain {
        v.push(e, None, Body::Missing);
    }
    let report = v.finish();
    assert_eq!(report.problems.len(), LISTED);
    assert_eq!(report.damages, LISTED as u64 + 50);
    // Notices never push a damage out of the list.
    let mut seconds: Vec<i64> = (0..2 * i64::try_from(LISTED).unwrap() + 10)
        .map(|n| if n % 2 == 0 { 100 } else { 1 })
        .collect();
    seconds.push(200);
    let mut chain = at(&seconds);
    chain.last_mut().unwrap().prev = [0; 32];
    let report = verify(&chain, None);
    assert_eq!(report.notices, LISTED as u64 + 5);
    assert_eq!(report.problems.len(), LISTED + 1);
    assert_eq!(report.problems[0].kind, ProblemKind::BrokenLink);
    assert!(!report.is_sound());
}

proptest! {
    #[test]
    fn no_two_entries_encode_alike(a in "\\PC{0,6}", b in "\\PC{0,6}", c in "\\PC{0,6}", d in "\\PC{0,6}") {
        let make = |agency: &str, actor: &str| append(&Head { agency: agency.into(), ..Head::empty("") }, Draft {
            actor: actor.into(), ..draft(1)
        });
        let (x, y) = (make(&a, &b), make(&c, &d));
        prop_assert_eq!(x == y, x.encode() == y.encode());
    }

    #[test]
    fn hashes_survive_their_text(hash in any::<[u8; 32]>()) {
        prop_assert_eq!(from_hex(&hex(&hash)), Some(hash));
    }

    /// The stored hash tells at once; without it the next entry does.
    #[test]
    fn any_change_of_a_field_is_found(at in 0usize..5, what in 0usize..10) {
        let mut chain = chain(5);
        let stored: Vec<_> = chain.iter().map(Entry::hash).collect();
        prop_assert!(verify_stored(&chain, &stored).is_sound());
        let e = &mut chain[at];
        match what {
            0 => e.at += 1,
            1 => e.actor.push('x'),
            2 => e.action.push('x'),
            3 => e.agency.push('x'),
            4 => e.register.push('x'),
            5 => e.row.push('x'),
            6 => e.version += 1,
            7 => e.seq += 1,
            8 => e.prev[31] ^= 1,
            _ => e.body_hash[0] ^= 1,
        }
        let seq = at as u64 + 1;
        let kind = if what == 3 { ProblemKind::WrongChain } else { ProblemKind::WrongHash };
        let found = verify_stored(&chain, &stored);
        prop_assert!(found.problems.iter().any(|p| p.kind == kind && (p.seq == seq || what == 7)));
        if at < 4 {
            let kinds = [ProblemKind::BrokenLink, ProblemKind::WrongChain, ProblemKind::Gap];
            prop_assert!(verify(&chain, None).problems.iter().any(|p| kinds.contains(&p.kind)));
        }
    }

    #[test]
    fn any_change_of_a_stored_hash_is_found(at in 0usize..5, byte in 0usize..32, bit in 0u32..8) {
        let chain = chain(5);
        let mut stored: Vec<_> = chain.iter().map(Entry::hash).collect();
        stored[at][byte] ^= 1 << bit;
        prop_assert_eq!(kinds(&verify_stored(&chain, &stored)), [(at as u64 + 1, ProblemKind::WrongHash)]);
    }

    /// Any order of some of the entries, with some doubled, is sound only where it is a beginning.
    #[test]
    fn any_other_order_is_found(picked in prop::collection::vec(0usize..6, 0..8)) {
        let chain = chain(6);
        let mixed: Vec<Entry> = picked.iter().map(|&n| chain[n].clone()).collect();
        let beginning = picked.iter().enumerate().all(|(n, &p)| n == p);
        prop_assert_eq!(verify(&mixed, None).is_sound(), beginning);
        let whole = verify(&mixed, Some(chain[5].head()));
        prop_assert_eq!(whole.is_sound(), beginning && picked.len() == 6);
    }
}
