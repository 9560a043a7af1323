//! The worked example in `docs/LEDGER.md` is what this crate computes.
#![expect(
    clippy::disallowed_methods,
    reason = "the specification is read from its page"
)]

use ledger::{
    Body, Checkpoint, Draft, Head, Heads, Kept, PackageCheck, PackageReader, PackageWriter, ProblemKind,
    Proof, Record, Signature, Verifier, append, from_hex, genesis, hex, sha256, verify_package,
};
use std::collections::BTreeMap;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/LEDGER.md");
    std::fs::read_to_string(path).unwrap()
}

fn blocks() -> Vec<BTreeMap<String, String>> {
    let page = page();
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
    let mut verifier = Verifier::new("");
    let mut head = Head::empty("");
    let mut heads = Vec::new();
    let (mut entries, mut encodings) = (0, 0);
    for block in &blocks() {
        if let Some(given) = block.get("genesis") {
            let agency = &block["agency"];
            assert_eq!(given, &hex(&genesis(agency)));
            head = Head::empty(agency);
            verifier = Verifier::new(agency);
        }
        if let Some(body) = block.get("body") {
            let entry = append(
                &head,
                Draft {
                    at: block["at"].parse().unwrap(),
                    actor: block["actor"].clone(),
                    action: block["action"].clone(),
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
                encodings += 1;
            }
            let stored = from_hex(&block["hash"]).unwrap();
            verifier.push(&entry, Some(&stored), Body::Bytes(body.as_bytes()));
            head = entry.head();
            entries += 1;
        }
        if let Some(line) = block.get("head") {
            assert_eq!(line, &head.to_string());
            let report = verifier.clone().expecting(&line.parse().unwrap()).finish();
            assert_eq!(report.problems, []);
            heads.push(report.head);
        }
    }
    assert_eq!((entries, encodings, heads.len()), (6, 1, 3));
    tree(heads);
}

fn tree(heads: Vec<Head>) {
    let blocks = blocks();
    let heads = Heads::new(heads).unwrap();
    let last = blocks.iter().find(|b| b.contains_key("checkpoint")).unwrap();
    let checkpoint: Checkpoint = last["checkpoint"].parse().unwrap();
    assert_eq!(heads.checkpoint(checkpoint.at), checkpoint);
    let secret = from_hex(&last["secret"]).unwrap();
    let signature: Signature = last["signature"].parse().unwrap();
    assert_eq!(Signature::of(&checkpoint, &secret), signature);
    assert_eq!(
        Kept::over(heads.clone(), checkpoint.at).signed(&secret).signature,
        Some(signature)
    );
    let leaves: Vec<_> = blocks.iter().filter(|b| b.contains_key("leaf of")).collect();
    assert_eq!(leaves.len(), 3);
    for block in leaves {
        let agency = &block["leaf of"];
        let proof: Proof = block["proof"].parse().unwrap();
        assert_eq!(heads.proof(agency), Some(proof.clone()));
        assert!(proof.verify(heads.of(agency).unwrap(), &checkpoint));
        if let Some(bytes) = block.get("leaf bytes") {
            assert_eq!(hex(&sha256(&self::bytes(bytes))), block["leaf"]);
        }
        // A leaf is a hash beside the way of its neighbour, or the root where it is alone.
        assert!(
            block["leaf"] == hex(&checkpoint.root)
                || heads.as_slice().iter().any(|head| {
                    let path = heads.proof(&head.agency).unwrap().path;
                    path.iter().any(|beside| hex(beside) == block["leaf"])
                })
        );
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|n| u8::from_str_radix(&digits[n..n + 2], 16).unwrap())
        .collect()
}

#[test]
fn the_package_of_the_specification_is_what_is_written() {
    let blocks = blocks();
    let block = blocks.last().unwrap();
    let package = bytes(&block["package"]);
    let checked = verify_package(
        package.as_slice(),
        &PackageCheck::default(),
        &mut crate::sample::names,
    )
    .unwrap();
    assert_eq!(checked.report.problems, []);
    assert_eq!(checked.report.head.agency, block["package of"]);
    assert_eq!(
        (checked.report.entries, checked.files, checked.vouched.len()),
        (2, 1, 1)
    );
    assert!(
        blocks
            .iter()
            .any(|b| b.get("head") == Some(&checked.report.head.to_string()))
    );
    // Written anew from its parts.
    let mut reader = PackageReader::new(package.as_slice()).unwrap();
    let mut writer = PackageWriter::new(Vec::new(), reader.head()).unwrap();
    let mut data = Vec::new();
    while let Some(record) = reader.next(&mut |chunk| data.extend_from_slice(chunk)).unwrap() {
        match record {
            Record::Vouched(vouched) => writer.vouch(&vouched).unwrap(),
            Record::File { meta, length, .. } => {
                assert_eq!(data, "會議紀錄\n".as_bytes());
                writer.file(&meta, length, &mut data.as_slice()).unwrap();
            }
            Record::Entry(entry, body) => writer.entry(&entry, &body).unwrap(),
            Record::End { whole } => assert!(whole),
        }
    }
    assert_eq!(writer.finish().unwrap(), package);
}

#[test]
fn every_problem_kind_is_specified() {
    let page = page();
    for kind in ProblemKind::ALL {
        assert!(page.contains(&format!("| `{}` |", kind.as_str())), "{kind:?}");
    }
}
