//! Chains with bodies and files, and their packages, for the tests of packages.

use ledger::{
    Checked, Draft, Entry, FileMeta, Hash, Head, Heads, Kept, PackageCheck, PackageError, PackageWriter,
    Vouched, append, hex, sha256, verify_package,
};
use std::sync::LazyLock;

/// A chain with what belongs to it.
pub struct Sample {
    pub entries: Vec<(Entry, String)>,
    pub files: Vec<(FileMeta, Vec<u8>)>,
    pub kept: Vec<Kept>,
}

/// Six entries, two files that three of the bodies name, two checkpoints after entries 4 and 6.
pub fn sample() -> Sample {
    let contents = ["會議紀錄\n".repeat(20), "掃描\n".to_owned()];
    let mut files: Vec<(FileMeta, Vec<u8>)> = contents
        .into_iter()
        .enumerate()
        .map(|(n, text)| {
            let meta = FileMeta {
                sha256: sha256(text.as_bytes()),
                media_type: "text/plain".into(),
                name: format!("附件{n}.txt"),
            };
            (meta, text.into_bytes())
        })
        .collect();
    files.sort_by_key(|(meta, _)| meta.sha256);
    let [one, two] = [0, 1].map(|n| hex(&files[n].0.sha256));
    let bodies = [
        r#"{"name":"歲計業務"}"#.to_owned(),
        format!(r#"{{"name":"附件","sha256":"{one}"}}"#),
        format!(r#"{{"evidence":[{{"sha256":"{one}"}},{{"sha256":"{two}"}}],"sha256":""}}"#),
        "null".to_owned(),
        format!(r#"{{"evidence":[{{"sha256":"{two}"}}]}}"#),
        r#"{"evidence":[]}"#.to_owned(),
    ];
    let mut head = Head::empty("taoyuan-dbas");
    let mut entries = Vec::new();
    let mut kept = Vec::new();
    for (n, body) in (1..).zip(bodies) {
        let entry = append(
            &head,
            Draft {
                at: 1_577_836_800_000_000 + n,
                actor: "wang".into(),
                action: "create".into(),
                register: "document".into(),
                row: format!("d-{n}"),
                version: 1,
                body_hash: sha256(body.as_bytes()),
            },
        );
        head = entry.head();
        if [4, 6].contains(&n) {
            let others = ["@installation", "yilan-dbas", "zhongli"].map(Head::empty);
            let heads = Heads::new(others.into_iter().chain([head.clone()]).collect()).unwrap();
            kept.push(Kept::over(heads, n).signed(&[7; 32]));
        }
        entries.push((entry, body));
    }
    Sample { entries, files, kept }
}

impl Sample {
    pub fn head(&self) -> Head {
        self.entries.last().unwrap().0.head()
    }

    pub fn vouched(&self) -> Vec<Vouched> {
        self.kept
            .iter()
            .map(|k| k.vouched("taoyuan-dbas").unwrap())
            .collect()
    }

    pub fn packed(&self) -> Vec<u8> {
        let mut writer = PackageWriter::new(Vec::new(), &self.head()).unwrap();
        for vouched in self.vouched() {
            writer.vouch(&vouched).unwrap();
        }
        for (meta, bytes) in &self.files {
            writer
                .file(meta, bytes.len() as u64, &mut bytes.as_slice())
                .unwrap();
        }
        for (entry, body) in &self.entries {
            writer.entry(entry, body.as_bytes()).unwrap();
        }
        writer.finish().unwrap()
    }
}

/// The files that a body names: all non-empty values of members `sha256`, which suffices here.
pub fn names(body: &[u8]) -> Vec<String> {
    let body = String::from_utf8_lossy(body);
    let after = body.split(r#""sha256":""#).skip(1);
    after
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Records written by hand, as a hostile writer would, with a checksum that fits.
pub fn forged(records: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"fazun-package-v2\n".to_vec();
    for (kind, bytes) in records {
        out.push(*kind);
        out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        out.extend_from_slice(bytes);
    }
    let checksum: Hash = sha256(&out);
    out.push(b'Z');
    out.extend_from_slice(&32_u64.to_be_bytes());
    out.extend_from_slice(&checksum);
    out
}

/// The records of a package without its checksum.
pub fn records(package: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut rest = &package[17..];
    let mut records = Vec::new();
    while rest[0] != b'Z' {
        let length = u64::from_be_bytes(rest[1..9].try_into().unwrap());
        let (bytes, after) = rest[9..].split_at(usize::try_from(length).unwrap());
        records.push((rest[0], bytes.to_vec()));
        rest = after;
    }
    records
}

/// The sample's package, made once.
pub fn whole() -> &'static [u8] {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| sample().packed());
    &WHOLE
}

/// The verdict on a package, compared with nothing kept.
pub fn check(package: &[u8]) -> Result<Checked, PackageError> {
    verify_package(package, &PackageCheck::default(), &mut names)
}

/// Why a package is refused.
pub fn refusal(package: &[u8]) -> String {
    check(package).unwrap_err().to_string()
}

/// Changes the records and gives the package a checksum that fits.
pub fn changed(change: impl FnOnce(&mut Vec<(u8, Vec<u8>)>)) -> Vec<u8> {
    let mut all = records(whole());
    assert_eq!(forged(&all), whole());
    change(&mut all);
    forged(&all)
}

/// Exchanges text in a record.
pub fn text_in(record: &mut (u8, Vec<u8>), from: &str, to: &str) {
    let text = String::from_utf8(record.1.clone()).unwrap();
    assert!(text.contains(from));
    record.1 = text.replace(from, to).into_bytes();
}
