//! What the binary asks of the system that it runs on, as `objdump -p` tells.
//!
//! A bare Debian has the C library and GCC's runtime, nothing else is asked for.

use std::collections::BTreeSet;

/// The oldest Debian that the binary runs on has this C library.
const BOOKWORM: (u32, u32) = (2, 36);
const OURS: [&str; 5] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

/// What a binary needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Needs {
    /// Shared libraries by name.
    pub libraries: BTreeSet<String>,
    /// The C library's version.
    pub glibc: (u32, u32),
}

impl Needs {
    /// As the packages of Debian that have it.
    pub fn packages(&self) -> String {
        let (major, minor) = self.glibc;
        let mut packages = format!("libc6 (>= {major}.{minor})");
        if self.libraries.contains("libgcc_s.so.1") {
            packages.push_str(", libgcc-s1");
        }
        packages + ", passwd"
    }
}

/// Reads what `objdump -p` says; an error where a bare Debian doesn't have what is needed.
pub fn needs(said: &str) -> Result<Needs, String> {
    let mut libraries = BTreeSet::new();
    let mut glibc = (0, 0);
    for line in said.lines() {
        let mut words = line.split_whitespace();
        if let (Some("NEEDED"), Some(library)) = (words.next(), words.next()) {
            libraries.insert(library.to_owned());
        }
        for word in line.split_whitespace() {
            if let Some(version) = word.strip_prefix("GLIBC_").and_then(version) {
                glibc = glibc.max(version);
            }
        }
    }
    if libraries.is_empty() || glibc == (0, 0) {
        return Err("objdump names no shared library: is this a binary for Linux with glibc?".to_owned());
    }
    if let Some(alien) = libraries.iter().find(|l| !OURS.contains(&l.as_str())) {
        return Err(format!(
            "the binary needs {alien}, which a bare Debian doesn't have: build that part in"
        ));
    }
    if glibc > BOOKWORM {
        return Err(format!(
            "the binary needs glibc {}.{}, Debian 12 has {}.{}: build it on Debian 12",
            glibc.0, glibc.1, BOOKWORM.0, BOOKWORM.1
        ));
    }
    Ok(Needs { libraries, glibc })
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(libraries: &[&str], newest: &str) -> String {
        let needed: Vec<String> = libraries.iter().map(|l| format!("  NEEDED     {l}")).collect();
        let needed = needed.join("\n");
        format!(
            "Dynamic Section:\n{needed}\n\nVersion References:\n  required from libc.so.6:\n    \
             0x069691b4 0x00 07 GLIBC_{newest}\n    0x09691a75 0x00 02 GLIBC_2.2.5\n"
        )
    }

    #[test]
    fn libraries_and_the_newest_symbol_are_read() {
        let needs = needs(&said(&["libc.so.6", "libgcc_s.so.1"], "2.34")).unwrap();
        assert_eq!(needs.glibc, (2, 34));
        assert_eq!(needs.packages(), "libc6 (>= 2.34), libgcc-s1, passwd");
    }

    #[test]
    fn what_a_bare_debian_lacks_is_refused() {
        let alien = needs(&said(&["libc.so.6", "libssl.so.3"], "2.34")).unwrap_err();
        assert!(alien.contains("libssl.so.3"), "{alien}");
        let new = needs(&said(&["libc.so.6"], "2.38")).unwrap_err();
        assert!(new.contains("2.38") && new.contains("2.36"), "{new}");
        assert!(needs("").is_err());
    }
}
