//! Citations: a type, not a string.
//!
//! Written in law files as `instrument@version/article[/paragraph[/subparagraph]]`,
//! or shorter inside an instrument's own folder, where the instrument and the version
//! in force on the entry's first day are supplied. Article ids never hold a slash;
//! an annex row is `annex-5.internal-audit`.

use serde::Serialize;
use std::fmt::{self, Write as _};

/// A resolved citation: the corpus has made sure that it names something that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Citation {
    /// Instrument slug.
    pub instrument: String,
    /// Version id.
    pub version: String,
    /// Article id.
    pub article: String,
    /// 項, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u8>,
    /// 款, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subparagraph: Option<u8>,
}

/// A citation as written in a law file, before it is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Instrument, where written.
    pub instrument: Option<String>,
    /// Version, where written.
    pub version: Option<String>,
    /// Article id.
    pub article: String,
    /// 項.
    pub paragraph: Option<u8>,
    /// 款.
    pub subparagraph: Option<u8>,
}

impl Cited {
    /// Reads a citation as law files write it; `None` where the form is wrong.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('/').collect::<Vec<_>>();
        let (mut instrument, mut version) = (None, None);
        if let Some((head, tail)) = parts.split_first()
            && let Some((name, id)) = head.split_once('@')
        {
            instrument = Some(name.to_owned()).filter(|n| !n.is_empty());
            version = Some(id.to_owned()).filter(|v| !v.is_empty());
            instrument.as_ref()?;
            version.as_ref()?;
            parts = tail.to_vec();
        }
        let mut parts = parts.into_iter();
        let article = parts.next().filter(|a| !a.is_empty())?.to_owned();
        let number = |part: Option<&str>| match part {
            None => Some(None),
            Some(p) => p.parse::<u8>().ok().filter(|n| *n > 0).map(Some),
        };
        let paragraph = number(parts.next())?;
        let subparagraph = number(parts.next())?;
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            instrument,
            version,
            article,
            paragraph,
            subparagraph,
        })
    }
}

impl fmt::Display for Citation {
    /// The long form of law files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}/{}", self.instrument, self.version, self.article)?;
        for part in [self.paragraph, self.subparagraph].into_iter().flatten() {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}

/// The number in the way Taiwan's administration writes it after an article: 第4項.
pub(crate) fn suffix(paragraph: Option<u8>, subparagraph: Option<u8>) -> String {
    let mut out = String::new();
    if let Some(p) = paragraph {
        let _ = write!(out, "第{p}項");
    }
    if let Some(s) = subparagraph {
        let _ = write!(out, "第{s}款");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_long_and_the_short_form() {
        let long = Cited::read("some-act@2021/11/4/2").expect("reads");
        assert_eq!(long.instrument.as_deref(), Some("some-act"));
        assert_eq!(
            (long.article.as_str(), long.paragraph, long.subparagraph),
            ("11", Some(4), Some(2))
        );
        let short = Cited::read("annex-5.internal-audit").expect("reads");
        assert_eq!(
            (short.instrument, short.article.as_str()),
            (None, "annex-5.internal-audit")
        );
    }

    #[test]
    fn refuses_other_forms() {
        for bad in ["", "/4", "a@/4", "@2021/4", "4/0", "4/x", "4/1/2/3", "a@2021"] {
            assert!(Cited::read(bad).is_none(), "{bad}");
        }
    }
}
