//! Every reader of user files, fed with broken copies of the samples: it may refuse, and must
//! neither panic nor take long.
//!
//! On the stable toolchain: no instrumentation, but seeds that reach deep. Short with the other
//! tests; for an hour: `FAZUN_FUZZ_SECONDS=3600 cargo test --release -p collectors --test fuzz
//! -- --nocapture`. A failure prints the seed; `FAZUN_FUZZ_SEED=<n>` starts there again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the samples are read from their files, and time is what bounds a run"
)]

use collectors::sheet::{Limits, read};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A small generator of our own: the same seed gives the same mutations everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }
}

/// Bytes that mean something to one format or another.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<",
    b">",
    b"&amp;",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"\"",
    b"'",
    b",",
    b"\r\n",
    b"\xa4\x40",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"table:number-rows-repeated=\"1048576\"",
    b"<row r=\"9999999\">",
    b"t=\"s\"",
    b"9999999999999999999",
    b"-1",
    b"1e308",
    b"{",
    b"[",
    b"&a",
    b"*a",
    b"%YAML",
    b"---",
    b"\xe2\x80\xae",
];

fn mutate(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(7) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = u8::try_from(dice.next() & 255).unwrap(),
            2 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            3 => {
                let token = TOKENS[dice.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            4 => {
                let end = (at + dice.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + dice.below(256)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                let piece: Vec<u8> = other[from..].iter().take(512).copied().collect();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn seeds(folders: &[&str], endings: &[&str]) -> Vec<Vec<u8>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples"));
    let mut found = Vec::new();
    for folder in folders {
        collect(&root.join(folder), endings, &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "{folders:?}");
    found
}

fn collect(dir: &Path, endings: &[&str], found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, endings, found);
            continue;
        }
        let name = path.to_string_lossy().into_owned();
        if endings.iter().any(|e| name.ends_with(e)) {
            let bytes = std::fs::read(&path).unwrap();
            // Large files make slow rounds, and small ones reach the same code.
            if bytes.len() < 200_000 {
                found.push(bytes);
            }
        }
    }
}

fn seconds() -> u64 {
    let given = std::env::var("FAZUN_FUZZ_SECONDS").ok();
    given.and_then(|s| s.parse().ok()).unwrap_or(3)
}

/// Runs a target on mutations until the time is over.
fn run(what: &str, seeds: &[Vec<u8>], target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let given = std::env::var("FAZUN_FUZZ_SEED").ok().and_then(|s| s.parse().ok());
    let mut seed: u64 = given.unwrap_or(0x5eed_0001);
    let until = Instant::now() + Duration::from_secs(seconds());
    let mut rounds = 0_u64;
    while Instant::now() < until {
        let mut dice = Dice(seed | 1);
        let bytes = mutate(&mut dice, seeds);
        let started = Instant::now();
        let result = catch_unwind(|| target(&bytes));
        assert!(result.is_ok(), "{what}: panicked; FAZUN_FUZZ_SEED={seed}");
        let took = started.elapsed();
        assert!(
            took < Duration::from_secs(20),
            "{what}: took {took:?}; FAZUN_FUZZ_SEED={seed}"
        );
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rounds += 1;
    }
    println!("{what}: {rounds} rounds");
}

#[test]
fn spreadsheets() {
    let seeds = seeds(&["sheets"], &[".csv", ".ods", ".xlsx"]);
    run("spreadsheets", &seeds, |bytes| {
        let mut first = Vec::new();
        let _ = read("x", bytes, None, &Limits::default(), &mut |row| {
            if first.len() < 15 {
                first.push(row);
            }
            ControlFlow::Continue(())
        });
        let known = [collectors::sheet::table::Known {
            key: "name",
            label: "名稱",
            synonyms: &["資產名稱"],
        }];
        let _ = collectors::sheet::table::find_header(&first, &known, &BTreeMap::new());
    });
}

#[test]
fn plans_and_texts() {
    let seeds = seeds(&["plan", "lint"], &[".txt", ".docx", ".odt"]);
    run("plans", &seeds, |bytes| {
        for name in ["x.txt", "x.docx", "x.odt"] {
            if let Ok(text) = collectors::extract(name, bytes) {
                let _ = collectors::citations(&text);
            }
            let _ = collectors::parse(name, bytes);
        }
    });
}

#[test]
fn standards() {
    let seeds = seeds(&["oscal", "ciso-assistant"], &[".json", ".yaml"]);
    run("standards", &seeds, |bytes| {
        for name in ["x.json", "x.yaml"] {
            let _ = collectors::standards::parse(name, bytes);
        }
    });
}

/// A package's parts: a broken byte in a packed part is refused by its checksum, so what is
/// broken is the part, and the package around it is whole.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    for n in 0..archive.len() {
        let Ok(part) = archive.by_index(n) else {
            return Vec::new();
        };
        let Ok(name) = part.name().map(std::borrow::Cow::into_owned) else {
            return Vec::new();
        };
        let mut whole = Vec::new();
        // Bombs among the samples are not unpacked here.
        let _ = part.take(300_000).read_to_end(&mut whole);
        parts.push((name, whole));
    }
    parts
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        if writer.start_file(name.as_str(), stored).is_ok() {
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn parts_of_packages() {
    let packages: Vec<Vec<(String, Vec<u8>)>> =
        seeds(&["sheets", "plan", "lint"], &[".ods", ".xlsx", ".docx", ".odt"])
            .iter()
            .map(|bytes| unpacked(bytes))
            .filter(|parts| !parts.is_empty())
            .collect();
    let xml: Vec<Vec<u8>> = packages
        .iter()
        .flatten()
        .map(|(_, bytes)| bytes.clone())
        .filter(|bytes| !bytes.is_empty())
        .collect();
    run("parts of packages", &xml, |bytes| {
        // Which package, and which of its parts: from the bytes, so that a seed says it all.
        let sum: usize = bytes.iter().map(|b| usize::from(*b)).sum();
        let mut parts = packages[sum % packages.len()].clone();
        let at = (sum / 7) % parts.len();
        parts[at].1 = bytes.to_vec();
        let package = packed(&parts);
        let _ = read("x", &package, None, &Limits::default(), &mut |_| {
            ControlFlow::Continue(())
        });
        let _ = collectors::parse("x.docx", &package);
        let _ = collectors::parse("x.odt", &package);
    });
}
