//! What `ledger verify` says of a checkpoint's timestamp and of the law in use.

use crate::{Place, code, error, fazun, json};
use testkit::Authority;

fn said(args: &[&str]) -> String {
    let output = fazun(args);
    assert_eq!(code(&output), 0, "{args:?}: {}", error(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_time_that_a_token_attests_is_told() {
    let place = Place::new();
    place.agency(None);
    let data = place.data();
    let file = place.file("unused", b"").replace("unused", "kept.checkpoint");
    let line = said(&["ledger", "checkpoint", "--data", &data, "--to", &file]);
    let verify = ["ledger", "verify", "--data", &data, "--checkpoint", &file];
    assert!(!said(&verify).contains("時戳"));

    let folder = tempfile::tempdir().unwrap();
    let Some(authority) = Authority::plain(folder.path()) else {
        return;
    };
    let root = authority.root().display().to_string();
    let with_root = [&verify[..], &["--tsa-ca", &root]].concat();
    let output = fazun(&with_root);
    assert!(
        code(&output) != 0 && error(&output).contains("沒有時戳檔"),
        "{}",
        error(&output)
    );

    // What is stamped is the checkpoint's line, without the end of the line.
    let line = line.trim().split_once('　').unwrap().1;
    let hash = ledger::hex(&ledger::sha256(line.as_bytes()));
    let token = authority.stamp(&hash);
    assert!(authority.verifies(&token, &hash));
    std::fs::write(file.replace(".checkpoint", ".tsr"), token).unwrap();
    assert!(said(&verify).contains("簽章尚未驗證"));
    let told = said(&with_root);
    assert!(
        told.contains("簽章驗證無誤") && told.contains("帳本完整"),
        "{told}"
    );
    let told = json(&[&with_root[..], &["--json"]].concat());
    assert!(told["timestamp"]["signer"].as_str().unwrap().contains("Stamper"));

    std::fs::write(
        file.replace(".checkpoint", ".tsr"),
        authority.stamp(&"1".repeat(64)),
    )
    .unwrap();
    let output = fazun(&with_root);
    assert!(
        code(&output) != 0 && error(&output).contains("別的內容"),
        "{}",
        error(&output)
    );
    let output = fazun(&[
        "ledger",
        "verify",
        "--data",
        &data,
        "--checkpoint",
        line,
        "--tsa-ca",
        &root,
    ]);
    assert!(code(&output) != 0, "{}", error(&output));
}

#[test]
fn a_package_is_held_against_its_own_chain_of_a_checkpoint() {
    let place = Place::new();
    let one = place.agency(None);
    place.agency(None);
    let data = place.data();
    let file = |name: &str| place.file("unused", b"").replace("unused", name);
    let (kept, package) = (file("two.checkpoint"), file("one.package"));
    said(&["ledger", "checkpoint", "--data", &data, "--to", &kept]);
    said(&["ledger", "export", "--data", &data, "--agency", &one, &package]);
    let again = fazun(&["ledger", "export", "--data", &data, "--agency", &one, &package]);
    let told = error(&again);
    assert_eq!(code(&again), 2, "{told}");
    assert!(
        told.contains("已經存在，不覆寫。下一步：請換一個檔名") && !told.contains("os error"),
        "{told}"
    );
    let told = said(&["ledger", "verify", &package, "--checkpoint", &kept]);
    assert!(told.contains("帳本完整"), "{told}");

    // Beside a backup lies what it can be held against, later too.
    let backup = file("kept.db");
    let told = said(&["backup", "--data", &data, "--to", &backup]);
    let beside = format!("{backup}.checkpoint");
    assert!(told.contains(&beside), "{told}");
    said(&["ledger", "verify", "--data", &data, "--checkpoint", &beside]);
    let again = fazun(&["backup", "--data", &data, "--to", &backup]);
    assert!(code(&again) != 0, "{}", error(&again));
}
