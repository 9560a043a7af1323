//! `.ci/supply.toml`: licences that may be, and what is accepted although it was found.

use crate::checks::Problem;
use serde::Deserialize;
use spdx::Licensee;

pub(super) const POLICY: &str = ".ci/supply.toml";

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Licences that may stand beside ours, as SPDX ids.
    pub licences: Vec<String>,
    /// Advisories that were looked at and are lived with.
    #[serde(default, rename = "accept")]
    pub accepted: Vec<Accepted>,
    /// The licences, understood.
    #[serde(skip)]
    pub allowed: Vec<Licensee>,
    /// The file's own text, for lines.
    #[serde(skip)]
    text: String,
}

/// An advisory that is lived with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The advisory, `RUSTSEC-…`.
    pub advisory: String,
    /// The package.
    pub package: String,
    /// Why it does no harm here.
    pub why: String,
}

impl Policy {
    /// A violation at the first line of the file that holds a text.
    pub fn problem(&self, needle: &str, what: String, remedy: &str) -> Problem {
        let line = self.text.lines().position(|line| line.contains(needle));
        Problem::new(POLICY, line.map_or(1, |n| n + 1), what, remedy)
    }
}

/// Reads the file.
pub fn read(text: &str) -> Result<Policy, String> {
    let mut policy: Policy =
        toml::from_str(text).map_err(|error| format!("{POLICY} can't be read: {error}"))?;
    for licence in &policy.licences {
        let known = Licensee::parse(licence)
            .map_err(|error| format!("{POLICY}: {licence} is no SPDX licence: {error}"))?;
        policy.allowed.push(known);
    }
    if let Some(mute) = policy.accepted.iter().find(|a| a.why.trim().is_empty()) {
        return Err(format!(
            "{POLICY}: {} is accepted without a reason",
            mute.advisory
        ));
    }
    policy.text = text.to_owned();
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_licence_an_unknown_key_and_a_missing_reason_are_refused() {
        assert!(read("licences = [\"MIT\", \"Apache-2.0 WITH LLVM-exception\"]\n").is_ok());
        assert!(read("licences = [\"MTI\"]\n").unwrap_err().contains("MTI"));
        assert!(read("licences = []\nlicense = []\n").is_err());
        let mute =
            "licences = []\n[[accept]]\nadvisory = \"RUSTSEC-2024-0001\"\npackage = \"a\"\nwhy = \" \"\n";
        assert!(read(mute).unwrap_err().contains("without a reason"));
    }
}
