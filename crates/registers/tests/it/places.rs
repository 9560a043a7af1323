//! Where registers stand: reach, hands, flow and page, and the page that tells of them.
#![expect(clippy::disallowed_methods, reason = "the page is read from its file")]

use registers::{Field, Flow, Hand, Page, Reach, catalogue, reference, register};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn in_hands(hand: Hand) -> BTreeSet<&'static str> {
    let of = catalogue().iter().filter(|spec| spec.is_in(hand));
    of.map(|spec| spec.key).collect()
}

/// Rights follow from these alone; a change here changes who may do what.
#[test]
fn registers_are_in_these_hands() {
    let unit = "account asset attendance change corrective disposal entry_log exception incident inventory media \
        movement need remote_permit risk";
    for (hand, keys) in [
        (Hand::Unit, unit),
        (
            Hand::Anybody,
            "account entry_log exception incident movement need remote_permit",
        ),
        (
            Hand::VendorReads,
            "acceptance contract data_return remote_permit subcontract undertaking vendor_check vendor_response",
        ),
        (
            Hand::VendorWrites,
            "acceptance data_return undertaking vendor_response",
        ),
        (Hand::AuditorWrites, "audit_item auditor"),
        (Hand::SystemsRead, "contract"),
        (Hand::SystemsAdd, "evidence"),
        (Hand::Apart, "evidence"),
        (Hand::Accounts, "deputy member route token"),
        (Hand::Hidden, "token"),
        (Hand::AboutAnother, "approval comment"),
        (Hand::Nobody, "mapping"),
    ] {
        assert_eq!(in_hands(hand), keys.split_whitespace().collect(), "{hand:?}");
    }
    let listed: BTreeSet<&str> = Hand::ALL.into_iter().flat_map(in_hands).collect();
    for spec in catalogue() {
        assert_eq!(listed.contains(spec.key), !spec.hands.is_empty(), "{}", spec.key);
    }
}

#[test]
fn reach_hands_flow_and_page_agree() {
    for spec in catalogue() {
        let system = spec.reach == Reach::System;
        let ours = |h: &Hand| {
            matches!(
                h,
                Hand::Accounts | Hand::Hidden | Hand::AboutAnother | Hand::Nobody
            )
        };
        assert!(spec.hands.iter().all(|h| ours(h) == system), "{}", spec.key);
        assert_eq!(spec.flow == Flow::Approval, !system, "{}", spec.key);
        // What no form writes has no page of the forms.
        assert_eq!(spec.page == Page::Own, spec.flow == Flow::Own, "{}", spec.key);
        assert_eq!(spec.is_written(), spec.flow != Flow::Own, "{}", spec.key);
        let hands: BTreeSet<Hand> = spec.hands.iter().copied().collect();
        assert_eq!(hands.len(), spec.hands.len(), "{}: a hand twice", spec.key);
        assert!(
            !spec.is_in(Hand::VendorWrites) || spec.is_in(Hand::VendorReads),
            "{}",
            spec.key
        );
        assert!(
            !spec.is_in(Hand::Anybody) || spec.is_in(Hand::Unit),
            "{}",
            spec.key
        );
    }
    let written = ["deputy", "member", "route"];
    let of_system = catalogue()
        .iter()
        .filter(|s| s.reach == Reach::System && s.is_written());
    assert_eq!(of_system.map(|s| s.key).collect::<BTreeSet<_>>(), written.into());
}

/// `docs/reference/registers.md` is what the registers say. `FAZUN_BLESS=1` writes it again.
#[test]
fn the_page_of_the_registers_is_the_one_checked_in() {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/registers.md"
    ));
    let now = reference();
    if std::env::var_os("FAZUN_BLESS").is_some() {
        std::fs::write(&path, &now).expect("written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == now,
        "registers changed: review them, then run with FAZUN_BLESS=1"
    );
}

#[test]
fn the_page_tells_every_field_of_every_register() {
    let page = reference();
    let mut sections = page.split("\n### ").skip(1);
    for spec in catalogue() {
        let section = sections.next().unwrap();
        assert!(
            section.starts_with(&format!("{}（`{}`）", spec.title, spec.key)),
            "{section}"
        );
        let rows: Vec<&str> = section.lines().filter(|l| l.starts_with("| ")).skip(2).collect();
        assert_eq!(rows.len(), spec.fields.len(), "{}", spec.key);
        for (row, field) in rows.iter().zip(spec.fields) {
            let Field { label, key, .. } = field;
            assert!(row.starts_with(&format!("| {label} | `{key}` | ")), "{row}");
            let needed = row.split(" | ").nth(3).unwrap();
            let wanted = if field.required {
                "必填"
            } else if field.expected {
                "應填"
            } else {
                ""
            };
            assert_eq!(needed.trim(), wanted, "{row}");
        }
        for proof in spec.proves {
            assert!(
                section.contains(&format!("`{}`", proof.duty)),
                "{} {}",
                spec.key,
                proof.duty
            );
        }
        let says = |what: &str| {
            section
                .lines()
                .any(|l| l.starts_with("- 檢核：") && l.contains(what))
        };
        assert_eq!(says("與其他紀錄之間"), spec.rules.is_some(), "{}", spec.key);
        assert_eq!(says("體檢"), spec.gaps.is_some(), "{}", spec.key);
        let fields = spec.typed.is_some() || spec.validate.is_some();
        assert_eq!(says("欄位之間"), fields, "{}", spec.key);
    }
    assert!(sections.next().is_none());
    assert!(register("token").is_some());
}
