//! The Debian package, packed by `dpkg-deb`: who owns what and when is said here, not by the folder.

use super::elf::Needs;
use crate::cargo::output;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Units of services, relative to the tree.
const UNITS: &str = "deploy/systemd";
/// That of the product; without it there is no package.
const UNIT: &str = "fazun.service";
/// Settings that an operator changes, and that an upgrade leaves alone.
const SETTINGS: &str = "etc/fazun/fazun.env";
const DEBIAN: &str = "deploy/debian";
/// Pages that travel along, packed.
const PAGES: [&str; 9] = [
    "README.md",
    "CHANGELOG.md",
    "docs/LEDGER.md",
    "docs/officer-guide.md",
    "docs/plan-reader.md",
    "docs/glossary.md",
    "docs/operations.md",
    "docs/reference/permissions.md",
    "docs/reference/api.md",
];

/// What a package is made of, besides the files of the tree.
pub struct Package<'a> {
    /// The product's version.
    pub version: &'a str,
    /// As Debian calls it.
    pub architecture: &'a str,
    /// What the binary asks of the system.
    pub needs: &'a Needs,
    /// The binary.
    pub binary: &'a [u8],
    /// The bill of materials.
    pub bill: &'a str,
    /// Licence texts of others.
    pub notices: &'a str,
    /// The time that everything bears.
    pub time: i64,
}

/// A target's architecture as Debian calls it.
pub fn architecture(target: &str) -> Result<&'static str, String> {
    match target.split('-').next() {
        Some("x86_64") => Ok("amd64"),
        Some("aarch64") => Ok("arm64"),
        _ => Err(format!(
            "no Debian package is made for {target}: say in xtask/src/release/deb.rs what Debian calls it"
        )),
    }
}

/// Writes a file with its mode, and the folders above it.
pub fn put(path: &Path, bytes: &[u8], mode: u32) -> Result<(), String> {
    let bad = |error: std::io::Error| format!("{} can't be written: {error}", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(bad)?;
    }
    std::fs::write(path, bytes).map_err(bad)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(bad)
}

impl Package<'_> {
    /// The package's bytes; a folder is used for what it is packed from.
    pub fn pack(&self, source: &Path, folder: &Path) -> Result<Vec<u8>, String> {
        let bad = |error: std::io::Error| format!("{}: {error}", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(bad)?;
        }
        let root = folder.join("root");
        let read = |path: &str| {
            std::fs::read(source.join(path)).map_err(|error| format!("{path} can't be read: {error}"))
        };
        let debian = |name: &str| read(&format!("{DEBIAN}/{name}"));

        put(&root.join("usr/bin/fazun"), self.binary, 0o755)?;
        let system = root.join("usr/lib/systemd/system");
        put(&system.join(UNIT), &read(&format!("{UNITS}/{UNIT}"))?, 0o644)?;
        for unit in files(&source.join(UNITS))? {
            let unit = unit.display().to_string();
            put(&system.join(&unit), &read(&format!("{UNITS}/{unit}"))?, 0o644)?;
        }
        put(
            &system.join("fazun.service.d/debian.conf"),
            &debian("fazun.service.conf")?,
            0o644,
        )?;
        // It may hold the database's password.
        put(&root.join(SETTINGS), &debian("fazun.env")?, 0o600)?;
        put(
            &root.join("usr/lib/sysusers.d/fazun.conf"),
            &debian("fazun.sysusers")?,
            0o644,
        )?;
        let docs = root.join("usr/share/doc/fazun");
        put(&docs.join("copyright"), &debian("copyright")?, 0o644)?;
        put(
            &docs.join("fazun.cdx.json.gz"),
            &gzip(self.bill.as_bytes())?,
            0o644,
        )?;
        put(
            &docs.join("third-party-licences.txt.gz"),
            &gzip(self.notices.as_bytes())?,
            0o644,
        )?;
        for page in PAGES {
            let name = match page {
                "CHANGELOG.md" => "changelog.gz".to_owned(),
                page => format!("{page}.gz"),
            };
            put(&docs.join(name), &gzip(&read(page)?)?, 0o644)?;
        }

        let installed = files(&root)?;
        let mut size = 0;
        for file in &installed {
            size += std::fs::metadata(root.join(file))
                .map_err(bad)?
                .len()
                .div_ceil(1024);
        }
        let control = String::from_utf8_lossy(&debian("control")?)
            .replace("@version@", self.version)
            .replace("@architecture@", self.architecture)
            .replace("@size@", &size.to_string())
            .replace("@depends@", &self.needs.packages());
        let sums = output(Command::new("md5sum").args(&installed).current_dir(&root))?;
        put(&root.join("DEBIAN/control"), control.as_bytes(), 0o644)?;
        put(&root.join("DEBIAN/md5sums"), sums.as_bytes(), 0o644)?;
        put(
            &root.join("DEBIAN/conffiles"),
            format!("/{SETTINGS}\n").as_bytes(),
            0o644,
        )?;
        for script in ["postinst", "prerm", "postrm"] {
            put(&root.join("DEBIAN").join(script), &debian(script)?, 0o755)?;
        }
        open_folders(&root).map_err(bad)?;

        let packed = folder.join("fazun.deb");
        output(
            Command::new("dpkg-deb")
                .args(["--root-owner-group", "--threads-max=1", "-Zxz", "--build"])
                .arg(&root)
                .arg(&packed)
                .env("SOURCE_DATE_EPOCH", self.time.to_string()),
        )?;
        std::fs::read(&packed).map_err(bad)
    }
}

/// Every file below a folder, relative to it, in order.
fn files(root: &Path) -> Result<Vec<PathBuf>, String> {
    let bad = |at: &Path, error: std::io::Error| format!("{}: {error}", at.display());
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).map_err(|error| bad(&at, error))? {
            let path = entry.map_err(|error| bad(&at, error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(below) = path.strip_prefix(root) {
                found.push(below.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Folders as everybody may enter them, whatever the builder's umask.
fn open_folders(at: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(at, std::fs::Permissions::from_mode(0o755))?;
    for entry in std::fs::read_dir(at)? {
        let path = entry?.path();
        if path.is_dir() {
            open_folders(&path)?;
        }
    }
    Ok(())
}

/// Packed without name and time.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let bad = |error: std::io::Error| format!("gzip can't be run: {error}");
    let mut child = Command::new("gzip")
        .args(["-9n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(bad)?;
    let mut input = child.stdin.take().ok_or("gzip takes no input")?;
    let bytes = bytes.to_vec();
    // In a thread of its own: it prints before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let done = child.wait_with_output().map_err(bad)?;
    match writer.join() {
        Ok(Ok(())) if done.status.success() => Ok(done.stdout),
        _ => Err("gzip failed".to_owned()),
    }
}

#[cfg(test)]
mod tests;
