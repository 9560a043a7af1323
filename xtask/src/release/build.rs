//! The released binary: locked, without a path of the machine in it.

use crate::cargo::cargo;
use std::path::{Path, PathBuf};

/// Builds `fazun` from a folder of source into a target folder.
pub fn binary(source: &Path, target: &Path, host: &str, time: i64) -> Result<PathBuf, String> {
    let maps = maps(source, target)?;
    let flags: Vec<String> = maps
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={from}={to}"))
        .collect();
    let c_flags: Vec<String> = maps
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={from}={to}"))
        .collect();
    let mut command = cargo(source);
    // What the machine would add of its own is left out; what stays is in the tree.
    let ours = |name: &str| {
        name.starts_with("CARGO_PROFILE_")
            || name.starts_with("CARGO_BUILD_")
            || name.starts_with("CARGO_TARGET_")
            || ["RUSTFLAGS", "CFLAGS", "LDFLAGS", "CARGO_INCREMENTAL"].contains(&name)
    };
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "cli",
            "--bin",
            "fazun",
        ])
        .arg("--target-dir")
        .arg(target)
        .args(["--target", host])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env("CFLAGS", c_flags.join(" "))
        .env("CARGO_INCREMENTAL", "0")
        .env("SOURCE_DATE_EPOCH", time.to_string())
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC");
    println!("release: building in {}", target.display());
    // Its progress is seen, unlike that of what only answers.
    let status = command
        .status()
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    if !status.success() {
        return Err("the build failed; what cargo said is above".to_owned());
    }
    let binary = target.join(host).join("release/fazun");
    no_paths(&binary, &maps)?;
    Ok(binary)
}

/// Folders of this machine and what stands for them in the binary; of two that fit the later holds.
fn maps(source: &Path, target: &Path) -> Result<Vec<(String, String)>, String> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
        .ok_or("neither CARGO_HOME nor HOME is set")?;
    std::fs::create_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
    let mut maps = Vec::new();
    for (from, to) in [
        (cargo_home.as_path(), "/usr/src/cargo"),
        (source, "/usr/src/fazun"),
        (target, "/usr/src/target"),
    ] {
        let from = from
            .canonicalize()
            .map_err(|error| format!("{}: {error}", from.display()))?;
        maps.push((from.display().to_string(), to.to_owned()));
    }
    Ok(maps)
}

/// No folder of the machine is named in the binary.
fn no_paths(binary: &Path, maps: &[(String, String)]) -> Result<(), String> {
    let bytes = std::fs::read(binary).map_err(|error| format!("{}: {error}", binary.display()))?;
    for (from, _) in maps {
        if holds(&bytes, from.as_bytes()) {
            return Err(format!(
                "{} names {from}, a folder of this machine",
                binary.display()
            ));
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_machine_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("fazun");
        let maps = maps(folder.path(), &folder.path().join("target")).unwrap();
        assert!(maps.iter().any(|(_, to)| to == "/usr/src/fazun"));
        std::fs::write(&binary, "nothing of it").unwrap();
        assert!(no_paths(&binary, &maps).is_ok());
        let named = folder.path().canonicalize().unwrap().join("x.rs");
        std::fs::write(&binary, format!("\0{}\0", named.display())).unwrap();
        assert!(
            no_paths(&binary, &maps)
                .unwrap_err()
                .contains("a folder of this machine")
        );
    }
}
