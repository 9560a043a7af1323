//! What was refused, so that what refers to it isn't told of as well.
//!
//! Why: all problems of all files are told at once, and a file that can't be read is one problem, not
//! one for each place that refers to what stands in it. What it can't know: whether a reference
//! would hold once the file is mended; the next load tells.

use std::collections::BTreeSet;

/// What a reference can be to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An instrument, or one version of it (`slug@version`).
    Law,
    /// An article, whichever instrument's.
    Article,
    /// An instrument's days: which version is in force when.
    Days,
    Duty,
    Parameter,
    Reading,
    Control,
    Dimension,
    Clause,
    Route,
    Cover,
    Calendar,
    Standard,
}

/// The names that may stand for something that was refused.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    names: BTreeSet<(Kind, String)>,
    /// Kinds of which something was refused whose name isn't known.
    all: BTreeSet<Kind>,
    /// Kinds of which anything was refused.
    some: BTreeSet<Kind>,
}

impl Doubts {
    /// Of this nothing is sure: it was refused, or a part of it.
    pub(crate) fn add(&mut self, kind: Kind, name: &str) {
        self.some.insert(kind);
        self.names.insert((kind, name.to_owned()));
    }

    /// Something was refused that may have any name.
    pub(crate) fn all(&mut self, kind: Kind) {
        self.some.insert(kind);
        self.all.insert(kind);
    }

    /// Whether that may be what was refused.
    pub(crate) fn of(&self, kind: Kind, name: &str) -> bool {
        self.all.contains(&kind)
            || (self.some.contains(&kind) && self.names.contains(&(kind, name.to_owned())))
    }

    /// Whether an instrument was refused, or that version of it.
    pub(crate) fn version(&self, slug: &str, id: &str) -> bool {
        self.of(Kind::Law, slug) || self.of(Kind::Law, &format!("{slug}@{id}"))
    }

    /// Whether any version of an instrument was refused.
    pub(crate) fn some_version(&self, slug: &str) -> bool {
        let of = |name: &str| name.strip_prefix(slug).is_some_and(|rest| rest.starts_with('@'));
        self.names
            .iter()
            .any(|(kind, name)| *kind == Kind::Law && of(name))
    }

    /// Whether anything of that kind was refused.
    pub(crate) fn any(&self, kind: Kind) -> bool {
        self.some.contains(&kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_of_its_name_or_of_all_names_of_its_kind() {
        let mut doubts = Doubts::default();
        assert!(!doubts.of(Kind::Duty, "a") && !doubts.any(Kind::Duty));
        doubts.add(Kind::Duty, "a");
        assert!(doubts.of(Kind::Duty, "a") && doubts.any(Kind::Duty));
        assert!(!doubts.of(Kind::Duty, "b"));
        assert!(!doubts.of(Kind::Parameter, "a"));
        doubts.add(Kind::Law, "act@2025");
        assert!(doubts.version("act", "2025") && !doubts.version("act", "2018"));
        assert!(doubts.some_version("act") && !doubts.some_version("ac") && !doubts.some_version("act@"));
        doubts.add(Kind::Law, "act");
        assert!(doubts.version("act", "2018") && !doubts.version("rules", "2025"));
        doubts.all(Kind::Parameter);
        assert!(doubts.of(Kind::Parameter, "b") && doubts.any(Kind::Parameter));
        assert!(!doubts.of(Kind::Duty, "b"));
    }
}
