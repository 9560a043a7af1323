//! A package of a made-up binary: the same bytes twice, and what dpkg says of it.

use super::*;
use std::collections::BTreeSet;

fn tree() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tree = tempfile::tempdir().unwrap();
    let mut names: Vec<String> = PAGES.iter().map(|p| (*p).to_owned()).collect();
    for name in std::fs::read_dir(root.join(DEBIAN)).unwrap() {
        let name = name.unwrap().file_name();
        names.push(format!("{DEBIAN}/{}", name.to_str().unwrap()));
    }
    for name in names {
        put(
            &tree.path().join(&name),
            &std::fs::read(root.join(&name)).unwrap(),
            0o600,
        )
        .unwrap();
    }
    for unit in [UNIT, "fazun-worker.service"] {
        let unit = tree.path().join(UNITS).join(unit);
        put(
            &unit,
            b"[Unit]
Description=made up
",
            0o600,
        )
        .unwrap();
    }
    tree
}

fn pack(tree: &Path, folder: &Path) -> Result<Vec<u8>, String> {
    let needs = Needs {
        libraries: BTreeSet::from(["libc.so.6".to_owned()]),
        glibc: (2, 34),
    };
    let package = Package {
        version: "1.2.3",
        architecture: "amd64",
        needs: &needs,
        binary: b"#!/bin/sh\necho made up\n",
        bill: "{}\n",
        notices: "none\n",
        time: 1_700_000_000,
    };
    package.pack(tree, folder)
}

fn there() -> bool {
    let found = Command::new("dpkg-deb").arg("--version").output().is_ok();
    if !found {
        println!("skipped: no dpkg-deb here");
    }
    found
}

#[test]
fn a_package_is_the_same_twice_and_owned_by_root() {
    if !there() {
        return;
    }
    let (tree, one, other) = (tree(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = pack(tree.path(), &one.path().join("x")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let second = pack(tree.path(), &other.path().join("another/folder")).unwrap();
    assert!(first == second, "the same bytes");

    let file = one.path().join("fazun.deb");
    std::fs::write(&file, first).unwrap();
    let tell = |flag: &str| output(Command::new("dpkg-deb").arg(flag).arg(&file).env("TZ", "UTC")).unwrap();
    let list = tell("-c");
    for line in list.lines() {
        assert!(line.contains(" root/root "), "{line}");
        assert!(line.contains("2023-11-14 22:13"), "{line}");
        let mode = line.get(..10).unwrap();
        let right = if line.ends_with('/') {
            "drwxr-xr-x"
        } else if line.ends_with("./usr/bin/fazun") {
            "-rwxr-xr-x"
        } else if line.ends_with(SETTINGS) {
            "-rw-------"
        } else {
            "-rw-r--r--"
        };
        assert_eq!(mode, right, "{line}");
    }
    for path in [
        "./usr/bin/fazun",
        "./etc/fazun/fazun.env",
        "./usr/lib/systemd/system/fazun.service",
        "./usr/lib/systemd/system/fazun.service.d/debian.conf",
        "./usr/lib/systemd/system/fazun-worker.service",
        "./usr/lib/sysusers.d/fazun.conf",
        "./usr/share/doc/fazun/copyright",
        "./usr/share/doc/fazun/fazun.cdx.json.gz",
        "./usr/share/doc/fazun/docs/LEDGER.md.gz",
    ] {
        assert!(list.lines().any(|line| line.ends_with(path)), "{path} in {list}");
    }
    let about = tell("-I");
    for line in [
        "Version: 1.2.3",
        "Architecture: amd64",
        "Depends: libc6 (>= 2.34), passwd",
    ] {
        assert!(about.contains(line), "{line} in {about}");
    }
    assert!(!about.contains('@') || about.contains("maintainers@"), "{about}");
}

#[test]
fn without_the_unit_nothing_is_packed() {
    let (tree, folder) = (tree(), tempfile::tempdir().unwrap());
    std::fs::remove_file(tree.path().join(UNITS).join(UNIT)).unwrap();
    let told = pack(tree.path(), &folder.path().join("x")).unwrap_err();
    assert!(told.starts_with("deploy/systemd/fazun.service"), "{told}");
}

#[test]
fn the_scripts_are_shell() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DEBIAN);
    for script in ["postinst", "prerm", "postrm"] {
        output(Command::new("sh").arg("-n").arg(root.join(script))).unwrap();
    }
}

#[test]
fn architectures_are_debians() {
    assert_eq!(architecture("x86_64-unknown-linux-gnu"), Ok("amd64"));
    assert_eq!(architecture("aarch64-unknown-linux-gnu"), Ok("arm64"));
    assert!(architecture("riscv64gc-unknown-linux-gnu").is_err());
}
