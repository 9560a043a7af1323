//! `fazun doctor`, and what `fazun serve` refuses to serve.

use crate::{Place, code, error, fazun};
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

/// An address that nobody listens on.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn doctor(data: &str, more: &[&str]) -> (Output, Vec<Value>) {
    let listen = free();
    let mut args = vec!["doctor", "--data", data, "--json"];
    if !more.contains(&"--listen") {
        args.extend(["--listen", &listen]);
    }
    args.extend(more);
    let output = fazun(&args);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", error(&output)));
    let findings = said["findings"].as_array().unwrap().clone();
    let wrong = findings.iter().any(|f| f["severity"] == "problem");
    assert_eq!(said["sound"], !wrong);
    assert_eq!(code(&output), i32::from(wrong));
    (output, findings)
}

/// The checks that found a problem.
fn problems(findings: &[Value]) -> Vec<&str> {
    let wrong = findings.iter().filter(|f| f["severity"] == "problem");
    wrong
        .map(|f| {
            assert!(!f["remedy"].as_str().unwrap().is_empty(), "{f}");
            f["check"].as_str().unwrap()
        })
        .collect()
}

fn chmod(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_sound_installation_has_no_problem() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    place.agency(None);
    let (_, findings) = doctor(&place.data(), &[]);
    assert_eq!(problems(&findings), [""; 0]);
    let checks: Vec<&str> = findings.iter().map(|f| f["check"].as_str().unwrap()).collect();
    assert_eq!(
        checks,
        [
            "directory",
            "permissions",
            "disk",
            "leftovers",
            "database",
            "ledger",
            "clock",
            "work",
            "law_used",
            "law",
            "port"
        ]
    );
    let listen = free();
    let output = fazun(&["doctor", "--data", &place.data(), "--listen", &listen]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("正常　帳本") && text.ends_with("沒有發現問題\n"),
        "{text}"
    );
}

#[test]
fn an_older_copy_is_known_by_what_was_kept_beside_it() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    let agency = place.agency(None);
    let data = place.data();
    let (database, old) = (Path::new(&data).join("fazun.db"), Path::new(&data).join("old"));
    fs::copy(&database, &old).unwrap();
    let put = ["record", "put", "--data", &data, "--agency", &agency];
    assert_eq!(
        code(&fazun(
            &[&put[..], &["--register", "vendor", "name=廠商"]].concat()
        )),
        0
    );
    let kept = Path::new(&data).join("checkpoints");
    fs::create_dir(&kept).unwrap();
    let kept = kept.join(format!("{:020}.checkpoint", 7)).display().to_string();
    assert_eq!(
        code(&fazun(&["ledger", "checkpoint", "--data", &data, "--to", &kept])),
        0
    );

    let verify = ["ledger", "verify", "--data", &data];
    let verify_one = [&verify[..], &["--agency", &agency]].concat();
    assert_eq!(code(&fazun(&verify)), 0);
    assert_eq!(code(&fazun(&verify_one)), 0);
    assert_eq!(problems(&doctor(&data, &[]).1), [""; 0]);

    fs::rename(&old, &database).unwrap();
    for args in [&verify[..], &verify_one] {
        let output = fazun(args);
        assert_eq!(code(&output), 1, "{}", error(&output));
        assert!(error(&output).contains("檢查點記載到第"), "{}", error(&output));
    }
    assert_eq!(problems(&doctor(&data, &[]).1), ["ledger"]);
}

#[test]
fn what_is_wrong_is_named_with_its_remedy() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    let data = place.data();
    let (_, findings) = doctor(&data, &[]);
    assert_eq!(problems(&findings), ["directory"]);

    place.agency(None);
    let database = Path::new(&data).join("fazun.db");
    chmod(&data, 0o705);
    chmod(&database, 0o604);
    assert_eq!(problems(&doctor(&data, &[]).1), ["permissions"]);
    // Nobody else can enter: what is in it is safe.
    chmod(&data, 0o700);
    assert_eq!(problems(&doctor(&data, &[]).1), [""; 0]);
    chmod(&database, 0o600);

    // No process has this number: the kernel's own limit is lower.
    fs::write(Path::new(&data).join("fazun.db.new-4999999"), b"half").unwrap();
    let (output, findings) = doctor(&data, &[]);
    assert_eq!(problems(&findings), ["leftovers"], "{}", error(&output));
    fs::remove_file(Path::new(&data).join("fazun.db.new-4999999")).unwrap();
    let mine = format!("fazun.db.new-{}", std::process::id());
    fs::write(Path::new(&data).join(&mine), b"under way").unwrap();
    assert_eq!(problems(&doctor(&data, &[]).1), [""; 0], "its writer is alive");
    fs::remove_file(Path::new(&data).join(&mine)).unwrap();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        // Somebody else's server: it answers, but not as ours.
        while let Ok((mut stream, _)) = taken.accept() {
            let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\n\r\nhello\n");
        }
    });
    assert_eq!(problems(&doctor(&data, &["--listen", &address]).1), ["port"]);

    let law = place.file("law.txt", b"no folder");
    assert_eq!(problems(&doctor(&data, &["--law", &law]).1), ["law"]);

    let mut bytes = fs::read(&database).unwrap();
    bytes[..16].copy_from_slice(b"something else..");
    fs::write(&database, bytes).unwrap();
    assert_eq!(problems(&doctor(&data, &[]).1), ["database"]);
}

#[test]
fn a_database_that_anybody_can_change_is_not_served() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    place.agency(None);
    let data = place.data();
    let database = Path::new(&data).join("fazun.db");
    for (directory, file) in [(0o707, 0o600), (0o701, 0o602)] {
        chmod(&data, directory);
        chmod(&database, file);
        let output = fazun(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
        assert_eq!(code(&output), 1, "{}", error(&output));
        let said = error(&output);
        assert!(
            said.contains("任何人都能改寫") && said.contains("下一步") && said.contains("chmod"),
            "{said}"
        );
        assert_eq!(problems(&doctor(&data, &[]).1).first(), Some(&"permissions"));
    }
}
