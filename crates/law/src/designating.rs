//! What makes an agency's level, as far as the law itself says, and a trial of it.
//!
//! What: each condition with its level, and the level that answers lead to. Why only a trial: who
//! proposes and who decides a level may set it higher or lower by the effect of four kinds of things, which
//! no data decides. What it can't know: whether an answer is true.

use crate::citation::Citation;
use crate::instrument::Certainty;
use serde::{Deserialize, Serialize};

/// Who tells whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// The agency's own statement.
    Stated,
    /// That it runs systems of its own, or has others run them for it.
    Systems,
    /// That it runs none, and does its own work with them.
    NoSystems,
}

/// One condition of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// Stable key.
    pub key: String,
    /// The level that it makes: a word of the vocabulary.
    pub level: String,
    /// What it is, in our own words.
    pub text: String,
    /// Who tells of it.
    pub told_by: ToldBy,
    /// Bodies that it can concern; empty for all.
    pub body: Vec<String>,
    /// Its clause in each version, with how sure.
    pub editions: Vec<(String, Citation, Certainty)>,
}

impl Criterion {
    /// Its clause in a version.
    pub fn cite(&self, version: &str) -> Option<&Citation> {
        let edition = self.editions.iter().find(|(v, ..)| v == version);
        edition.map(|(_, cite, _)| cite)
    }
}

/// Every condition, and what else a level hangs on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Designating {
    /// The instrument whose conditions they are; empty where there are none.
    pub instrument: String,
    /// Conditions, the highest level first.
    pub criteria: Vec<Criterion>,
    /// Of several levels the highest, by version.
    pub highest: Vec<Citation>,
    /// That a level may be set otherwise, by version.
    pub adjust: Vec<Citation>,
    /// That a change is to be brought about, by version.
    pub change: Vec<Citation>,
}

/// What answers lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried<'d> {
    /// The highest level that is met; none where no condition is known to be.
    pub level: Option<&'d str>,
    /// Conditions that are met.
    pub met: Vec<&'d Criterion>,
    /// Conditions that nobody answered, of levels that would be higher.
    pub open: Vec<&'d Criterion>,
}

/// How high a level is: 0 the highest. None for a word that is none.
pub fn height(level: &str) -> Option<usize> {
    let spec = facts::fact_spec("responsibility_level")?;
    let facts::FactKind::Choice(words) = spec.kind else {
        return None;
    };
    words.iter().position(|w| *w == level)
}

impl Designating {
    /// The level that answers lead to under a version: `answer` tells of what is stated, `systems`
    /// whether there are systems of its own.
    pub fn try_level<'d>(
        &'d self,
        version: &str,
        body: &str,
        answer: &dyn Fn(&str) -> Option<bool>,
        systems: Option<bool>,
    ) -> Tried<'d> {
        let concerns = |c: &&Criterion| {
            c.cite(version).is_some() && (c.body.is_empty() || c.body.iter().any(|b| b == body))
        };
        let criteria: Vec<&Criterion> = self.criteria.iter().filter(concerns).collect();
        // Who leaves all of its work to others does none of its own.
        let lowest = criteria.iter().filter_map(|c| height(&c.level)).max();
        let left = |c: &&&Criterion| c.told_by == ToldBy::Stated && height(&c.level) == lowest;
        let leaves = criteria.iter().filter(left).any(|c| answer(&c.key) == Some(true));
        let holds = |c: &Criterion| match c.told_by {
            ToldBy::Stated => answer(&c.key),
            ToldBy::Systems => systems,
            ToldBy::NoSystems if leaves => Some(false),
            ToldBy::NoSystems => systems.map(|has| !has),
        };
        let met: Vec<&Criterion> = criteria
            .iter()
            .copied()
            .filter(|c| holds(c) == Some(true))
            .collect();
        let best = met.iter().filter_map(|c| height(&c.level)).min();
        let open = criteria.iter().copied().filter(|c| holds(c).is_none());
        let higher = |c: &&Criterion| height(&c.level).is_some_and(|h| best.is_none_or(|best| h < best));
        Tried {
            level: met
                .iter()
                .find(|c| height(&c.level) == best)
                .map(|c| c.level.as_str()),
            open: open.filter(higher).collect(),
            met,
        }
    }

    /// The clause of a list that stands in a version.
    pub fn cite<'c>(cites: &'c [Citation], version: &str) -> Option<&'c Citation> {
        cites.iter().find(|c| c.version == version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(key: &str, level: &str, told_by: ToldBy, body: &[&str]) -> Criterion {
        let cite = Citation {
            instrument: "i".into(),
            version: "1".into(),
            article: "4".into(),
            paragraph: None,
            subparagraph: None,
        };
        Criterion {
            key: key.into(),
            level: level.into(),
            text: key.into(),
            told_by,
            body: body.iter().map(|b| (*b).to_owned()).collect(),
            editions: vec![("1".into(), cite, Certainty::Primary)],
        }
    }

    fn rules() -> Designating {
        Designating {
            criteria: vec![
                criterion("secret", "A", ToldBy::Stated, &[]),
                criterion("centre", "A", ToldBy::Stated, &["public_agency"]),
                criterion("regional", "B", ToldBy::Stated, &[]),
                criterion("systems", "C", ToldBy::Systems, &[]),
                criterion("none", "D", ToldBy::NoSystems, &[]),
                criterion("left", "E", ToldBy::Stated, &[]),
            ],
            ..Designating::default()
        }
    }

    /// Level, open conditions.
    fn tried(said: &[(&str, bool)], systems: Option<bool>, body: &str) -> (Option<String>, Vec<String>) {
        let answer = |key: &str| said.iter().find(|(k, _)| *k == key).map(|(_, holds)| *holds);
        let rules = rules();
        let tried = rules.try_level("1", body, &answer, systems);
        (
            tried.level.map(str::to_owned),
            tried.open.iter().map(|c| c.key.clone()).collect(),
        )
    }

    const PUBLIC: &str = "public_agency";
    const ALL_NO: [(&str, bool); 3] = [("secret", false), ("centre", false), ("regional", false)];

    #[test]
    fn of_several_the_highest_and_only_higher_ones_stay_open() {
        let (level, open) = tried(&[("regional", true)], Some(true), PUBLIC);
        assert_eq!(
            (level.as_deref(), open.join(" ")),
            (Some("B"), "secret centre".into())
        );
        let (level, open) = tried(&[("secret", true)], None, PUBLIC);
        assert_eq!((level.as_deref(), open.len()), (Some("A"), 0));
        let (level, open) = tried(&ALL_NO, Some(true), PUBLIC);
        assert_eq!((level.as_deref(), open.len()), (Some("C"), 0));
    }

    #[test]
    fn who_leaves_all_work_to_others_does_none_of_its_own() {
        assert_eq!(tried(&ALL_NO, Some(false), PUBLIC).0.as_deref(), Some("D"));
        let left = [&ALL_NO[..], &[("left", true)]].concat();
        assert_eq!(tried(&left, Some(false), PUBLIC).0.as_deref(), Some("E"));
        // Systems of its own weigh more than what is said of others.
        assert_eq!(tried(&left, Some(true), PUBLIC).0.as_deref(), Some("C"));
    }

    #[test]
    fn what_nobody_answered_leaves_it_open() {
        let (level, open) = tried(&ALL_NO, None, PUBLIC);
        assert_eq!((level, open.join(" ")), (None, "systems none left".into()));
        assert_eq!(
            tried(&[], Some(true), "specific_non_government").1,
            ["secret", "regional"]
        );
        let rules = rules();
        assert_eq!(
            rules.try_level("2", PUBLIC, &|_| Some(true), Some(true)).level,
            None
        );
    }
}
