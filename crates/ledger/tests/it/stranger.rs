//! The verifier in Python, which follows only the page, finds what this crate finds.
#![expect(
    clippy::disallowed_methods,
    reason = "another program is run, over files written for it"
)]

use crate::sample::{names, sample};
use ledger::{Head, Kept, PackageCheck, hex, public_key, verify_package};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/examples/verify_ledger.py"
);

/// A folder of its own, or `None` where there is no Python to test with.
fn folder(name: &str) -> Option<PathBuf> {
    let found = Command::new("python3").arg("--version").output();
    if !found.is_ok_and(|out| out.status.success()) {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

fn run(arguments: &[&str]) -> (String, i32) {
    let out = Command::new("python3")
        .arg(SCRIPT)
        .args(arguments)
        .output()
        .unwrap();
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    (String::from_utf8(out.stdout).unwrap(), out.status.code().unwrap())
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The kinds of problems found in a target, or how it was refused, in order and each once.
fn of_stranger(output: &str, target: &str) -> Vec<String> {
    let about = |line: &str| line.strip_prefix(target)?.strip_prefix(": ").map(str::to_owned);
    let mut found: Vec<String> = output
        .lines()
        .filter_map(about)
        .filter_map(|line| line.split(':').next().map(str::to_owned))
        .collect();
    // What was found before it stopped is no verdict.
    if found.iter().any(|kind| kind == "unreadable") {
        found = vec!["unreadable".to_owned()];
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn of_crate(package: &[u8]) -> Vec<String> {
    let mut found = match verify_package(package, &PackageCheck::default(), &mut names) {
        Err(_) => vec!["unreadable".to_owned()],
        Ok(checked) => {
            let kinds = checked.report.problems.iter().map(|p| p.kind.as_str().to_owned());
            let verdict = if checked.report.is_sound() {
                "sound"
            } else {
                "damaged"
            };
            kinds.chain([verdict.to_owned()]).collect()
        }
    };
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn packages_whole_and_damaged_are_judged_alike() {
    let Some(folder) = folder("packages") else {
        println!("python3 is not here: not tested");
        return;
    };
    let package = sample().packed();
    let mut packages = vec![package.clone(), package[..package.len() - 1].to_vec()];
    for at in (0..package.len()).step_by(29) {
        let mut changed = package.clone();
        changed[at] ^= 1;
        packages.push(changed);
    }
    let targets: Vec<String> = (0..)
        .zip(&packages)
        .map(|(n, p)| written(&folder, &format!("{n}"), p))
        .collect();
    let (output, status) = run(&targets.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(status, 2);
    assert!(packages.len() > 100);
    assert_eq!(of_stranger(&output, &targets[0]), ["sound"]);
    for (target, package) in targets.iter().zip(&packages) {
        assert_eq!(of_stranger(&output, target), of_crate(package), "{target}");
    }
}

#[test]
fn kept_lines_and_keys_are_compared() {
    let Some(folder) = folder("kept") else {
        println!("python3 is not here: not tested");
        return;
    };
    let s = sample();
    let package = written(&folder, "package", &s.packed());
    let key = hex(&public_key(&[7; 32]));
    let other_key = hex(&public_key(&[8; 32]));
    let bare = Kept {
        heads: None,
        signature: None,
        ..s.kept[0].clone()
    };
    let alien = Kept {
        checkpoint: ledger::Checkpoint {
            at: 0,
            ..bare.checkpoint
        },
        ..bare.clone()
    };
    let later = Head { seq: 9, ..s.head() };
    let other = Head {
        hash: [0; 32],
        ..s.entries[2].0.head()
    };
    for (n, (kept, arguments, expected)) in [
        (s.kept[0].to_string(), vec!["--key", &key], vec!["sound"]),
        (s.kept[0].to_string(), vec!["--key", &other_key], vec![]),
        (bare.to_string(), vec![], vec!["sound"]),
        (bare.to_string(), vec!["--key", &key], vec![]),
        (alien.to_string(), vec![], vec!["damaged", "not_compared"]),
        (
            s.entries[3].0.head().to_string(),
            vec!["--key", &other_key],
            vec!["bad_signature", "damaged"],
        ),
        (later.to_string(), vec![], vec!["damaged", "truncated"]),
        (other.to_string(), vec![], vec!["damaged", "rewritten"]),
    ]
    .into_iter()
    .enumerate()
    {
        let kept = written(&folder, &format!("kept-{n}"), kept.as_bytes());
        let (output, status) = run(&[&arguments[..], &["--kept", &kept, &package]].concat());
        assert_eq!(of_stranger(&output, &package), expected, "{n}: {output}");
        let code = match expected.first() {
            None => 2,
            Some(&"sound") => 0,
            Some(_) => 1,
        };
        assert_eq!(status, code, "{n}: {output}");
    }
}

/// The tables of the page with the sample in them, as statements.
fn statements() -> String {
    let s = sample();
    let mut sql = "CREATE TABLE ledger_entry (agency TEXT, seq INTEGER, prev BLOB, at INTEGER, actor TEXT, action TEXT,
            register TEXT, row_id TEXT, version INTEGER, body_hash BLOB, hash BLOB);
        CREATE TABLE row_version (agency TEXT, register TEXT, row_id TEXT, version INTEGER, seq INTEGER, body TEXT);
        CREATE TABLE row_head (agency TEXT, register TEXT, row_id TEXT, version INTEGER, seq INTEGER);
        CREATE TABLE chain_head (agency TEXT, seq INTEGER, hash BLOB, at INTEGER);
        CREATE TABLE blob (agency TEXT, sha256 TEXT, media_type TEXT, name TEXT, bytes BLOB);"
        .to_owned();
    for (e, body) in &s.entries {
        let (prev, body_hash, hash) = (hex(&e.prev), hex(&e.body_hash), hex(&e.hash()));
        write!(sql,
            "INSERT INTO ledger_entry VALUES ('{0}', {1}, X'{prev}', {2}, '{3}', '{4}', '{5}', '{6}', {7}, X'{body_hash}', X'{hash}');
             INSERT INTO row_version VALUES ('{0}', '{5}', '{6}', {7}, {1}, '{body}');
             INSERT INTO row_head VALUES ('{0}', '{5}', '{6}', {7}, {1});",
            e.agency, e.seq, e.at, e.actor, e.action, e.register, e.row, e.version
        )
        .unwrap();
    }
    let head = s.head();
    write!(
        sql,
        "INSERT INTO chain_head VALUES ('{}', {}, X'{}', 0);",
        head.agency,
        head.seq,
        hex(&head.hash)
    )
    .unwrap();
    for (meta, bytes) in &s.files {
        write!(
            sql,
            "INSERT INTO blob VALUES ('{}', '{}', '', '', X'{}');",
            head.agency,
            hex(&meta.sha256),
            hex(bytes)
        )
        .unwrap();
    }
    sql
}

fn database(folder: &Path, name: &str, sql: &str) -> String {
    let statements = written(folder, &format!("{name}.sql"), sql.as_bytes());
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path);
    let made = Command::new("python3")
        .args(["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1], encoding='utf-8').read())"])
        .arg(&statements)
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_database_of_the_tables_of_the_page_is_verified() {
    let Some(folder) = folder("database") else {
        println!("python3 is not here: not tested");
        return;
    };
    let first = written(&folder, "kept", sample().kept[0].to_string().as_bytes());
    let one = hex(&sample().files[0].0.sha256);
    let forget = format!("DELETE FROM blob WHERE sha256 = '{one}'");
    let end = "DELETE FROM ledger_entry WHERE seq > 3; DELETE FROM row_version WHERE seq > 3; DELETE FROM row_head WHERE seq > 3;";
    let head =
        format!("{end} UPDATE chain_head SET seq = 3, hash = (SELECT hash FROM ledger_entry WHERE seq = 3)");
    let all = "DELETE FROM ledger_entry; DELETE FROM row_version; DELETE FROM row_head; DELETE FROM chain_head; DELETE FROM blob";
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (
            "UPDATE ledger_entry SET actor = 'lin' WHERE seq = 2",
            &["broken_link", "wrong_hash"],
        ),
        (
            "UPDATE ledger_entry SET agency = 'b' WHERE seq = 6",
            &[
                "gap",
                "missing_body",
                "unrecorded_row",
                "wrong_hash",
                "wrong_head",
            ],
        ),
        (
            "UPDATE row_version SET body = '{}' WHERE seq = 1",
            &["body_mismatch"],
        ),
        (
            "UPDATE row_version SET seq = 9 WHERE seq = 1",
            &["missing_body", "unrecorded_row", "wrong_latest"],
        ),
        (
            "DELETE FROM row_version WHERE seq = 1",
            &["missing_body", "wrong_latest"],
        ),
        (
            "INSERT INTO row_version VALUES ('taoyuan-dbas', 'document', 'd-1', 2, 9, 'null')",
            &["unrecorded_row", "wrong_latest"],
        ),
        ("UPDATE row_head SET seq = 3 WHERE seq = 1", &["wrong_latest"]),
        ("DELETE FROM row_head WHERE seq = 1", &["wrong_latest"]),
        ("DELETE FROM chain_head", &["wrong_head"]),
        ("UPDATE chain_head SET agency = 'b'", &["wrong_head"]),
        ("UPDATE blob SET bytes = X'00'", &["altered_file"]),
        ("UPDATE blob SET agency = 'b'", &["missing_file"]),
        (&forget, &["missing_file"]),
        (end, &["truncated", "wrong_head"]),
        (&head, &["truncated"]),
        (all, &["truncated"]),
    ];
    for (n, (damage, kinds)) in cases.iter().enumerate() {
        let sql = format!("{};{damage};", statements());
        let target = database(&folder, &format!("{n}.db"), &sql);
        // The kept checkpoint also names chains that are empty, which is no damage.
        let (output, status) = run(&["--kept", &first, &target]);
        let mut expected = kinds.to_vec();
        expected.push(if kinds.is_empty() { "sound" } else { "damaged" });
        expected.sort_unstable();
        assert_eq!(of_stranger(&output, &target), expected, "{damage}: {output}");
        assert_eq!(status, i32::from(!kinds.is_empty()));
    }
    // Without the kept line, a true older state is a true state.
    for damage in [&head, all] {
        let target = database(&folder, "older.db", &format!("{};{damage};", statements()));
        assert_eq!(of_stranger(&run(&[&target]).0, &target), ["sound"]);
    }
    let target = database(&folder, "other.db", "CREATE TABLE something (else_ TEXT)");
    assert_eq!(of_stranger(&run(&[&target]).0, &target), ["unreadable"]);
}
