//! The worked example in `docs/LEDGER.md` is what this crate computes.
#![expect(
    clippy::disallowed_methods,
    reason = "the specification is read from its page"
)]

use ledger::ProblemKind::*;
use ledger::{Body, Checkpoint, Draft, Verifier, append, from_hex, genesis, hex, sha256};
use std::collections::BTreeMap;

fn blocks() -> Vec<BTreeMap<String, String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/LEDGER.md");
    let page = std::fs::read_to_string(path).unwrap();
    let vector = page.split("## Test vector").nth(1).unwrap();
    let vector = vector.split("```text\n").nth(1).unwrap();
    let vector = vector.split("```").next().unwrap();
    vector
        .split("\n\n")
        .map(|block| {
            block
                .lines()
                .filter_map(|line| line.split_once(" = "))
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect()
        })
        .collect()
}

#[test]
fn the_worked_example_of_the_specification_holds() {
    let blocks = blocks();
    assert_eq!(blocks[0]["genesis"], hex(&genesis()));
    let mut head = Checkpoint::empty();
    let mut verifier = Verifier::new();
    let mut entries = 0;
    for block in &blocks[1..] {
        let Some(body) = block.get("body") else {
            continue;
        };
        let entry = append(
            &head,
            Draft {
                at: block["at"].parse().unwrap(),
                actor: block["actor"].clone(),
                action: block["action"].clone(),
                agency: block["agency"].clone(),
                register: block["register"].clone(),
                row: block["row"].clone(),
                version: block["version"].parse().unwrap(),
                body_hash: sha256(body.as_bytes()),
            },
        );
        assert_eq!(block["seq"], entry.seq.to_string());
        assert_eq!(block["prev"], hex(&entry.prev));
        assert_eq!(block["body_hash"], hex(&entry.body_hash));
        assert_eq!(block["hash"], hex(&entry.hash()));
        if let Some(encoded) = block.get("encoded") {
            assert_eq!(encoded, &hex(&entry.encode()));
        }
        let stored = from_hex(&block["hash"]).unwrap();
        verifier.push(&entry, Some(&stored), Body::Bytes(body.as_bytes()));
        head = entry.checkpoint();
        entries += 1;
    }
    assert_eq!(entries, 3);
    let checkpoint = &blocks.last().unwrap()["checkpoint"];
    assert_eq!(checkpoint, &head.to_string());
    let report = verifier.finish();
    assert_eq!(report.problems, []);
    assert_eq!(report.head, checkpoint.parse().unwrap());
}

#[test]
fn every_problem_kind_is_specified() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/LEDGER.md");
    let page = std::fs::read_to_string(path).unwrap();
    for kind in [
        BrokenLink,
        WrongHash,
        Gap,
        BodyMismatch,
        MissingBody,
        Truncated,
        Rewritten,
        TimeBackwards,
    ] {
        assert!(page.contains(&format!("| `{}` |", kind.as_str())), "{kind:?}");
    }
}
