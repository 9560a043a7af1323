//! What changed between two versions of an instrument: articles, duties, parameters.
//!
//! Duties and values are compared for each case that their `applies` tables tell apart
//! (each responsibility level, say), as either version stands at its end. Going back in
//! time gives the same list with its sides exchanged. What it can't know: whether two
//! gists differ because the text does (they are our words), and what a version asks whose
//! duties nobody has entered; such changes are *unknown*, never *new* or *gone*.

use crate::applies::Applies;
use crate::citation::Citation;
use crate::corpus::Corpus;
use crate::duty::{Basis, Duty, Transitional};
use crate::instrument::{Article, Certainty, Instrument, Version};
use crate::lineage::{Line, line};
use crate::parameter::{Parameter, ParameterValue, Value};
use facts::{FactKind, fact_spec};
use period::Date;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What became of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stands under another number.
    Moved,
    /// Same number; heading, gist or certainty differ.
    Kept,
    /// Nothing before it.
    Added,
    /// Nothing continues it.
    Repealed,
    /// Not shown by the versions at hand.
    Unknown,
}

/// An article whose number, words or certainty differ, or that has no counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleChange {
    /// What became of it.
    pub fate: Fate,
    /// Article of the first version.
    pub old: Option<String>,
    /// Article of the second version.
    pub new: Option<String>,
    /// Whether its heading differs.
    pub heading: bool,
    /// Whether its gist differs, where both were seen.
    pub gist: bool,
    /// How sure the first one is.
    pub old_certainty: Option<Certainty>,
    /// How sure the second one is.
    pub new_certainty: Option<Certainty>,
}

/// What became of a duty or a value for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the second version has it.
    New,
    /// Only the first version has it.
    Gone,
    /// Same content, another clause.
    Moved,
    /// It asks more.
    Tighter,
    /// It asks less.
    Looser,
    /// It asks something that can't be compared.
    Changed,
    /// Only one version has it; in the time of the other another instrument asked it.
    Elsewhere,
    /// Only one version has it, and what became of it in the other isn't at hand.
    Unknown,
}

impl Change {
    /// The same change, seen from the other version.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::New => Self::Gone,
            Self::Gone => Self::New,
            Self::Tighter => Self::Looser,
            Self::Looser => Self::Tighter,
            other => other,
        }
    }
}

/// A clause, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SureCite {
    /// The clause.
    pub cite: Citation,
    /// How sure.
    pub certainty: Certainty,
}

/// A duty that changed for a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DutyChange {
    /// Duty key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// For whom.
    pub scope: Applies,
    /// What became of it.
    pub change: Change,
    /// Its clauses in the first version.
    pub before: Vec<SureCite>,
    /// Its clauses in the second version.
    pub after: Vec<SureCite>,
}

/// A value with its clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SureValue {
    /// The value.
    pub value: Value,
    /// In words.
    pub words: String,
    /// Its clause.
    #[serde(flatten)]
    pub clause: SureCite,
}

/// A parameter that changed for a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterChange {
    /// Parameter key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// For whom.
    pub scope: Applies,
    /// What became of it.
    pub change: Change,
    /// In the first version.
    pub before: Option<SureValue>,
    /// In the second version.
    pub after: Option<SureValue>,
}

/// A transitional clause that only one of the versions has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransitionalChange {
    /// Duty key.
    pub key: String,
    /// The duty's name.
    pub title: String,
    /// For whom.
    pub scope: Applies,
    /// New or gone.
    pub change: Change,
    /// The clause.
    pub clause: SureCite,
    /// For those whose fact lies before this day.
    pub before: Date,
    /// From which day its period runs.
    pub counted_from: Date,
    /// Its period.
    pub within: Value,
}

/// Everything that differs between two versions of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Instrument slug.
    pub instrument: String,
    /// First version.
    pub from: String,
    /// Second version.
    pub to: String,
    /// Articles, in the order of the second version, then those without a counterpart there.
    pub articles: Vec<ArticleChange>,
    /// Duties whose clauses lie in the instrument.
    pub duties: Vec<DutyChange>,
    /// Parameters whose clauses lie in the instrument.
    pub parameters: Vec<ParameterChange>,
    /// Transitional clauses of the instrument.
    pub transitional: Vec<TransitionalChange>,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
            && self.duties.is_empty()
            && self.parameters.is_empty()
            && self.transitional.is_empty()
    }
}

/// Compares two versions of an instrument; `None` where the corpus lacks one of the three.
pub fn diff(corpus: &Corpus, slug: &str, from: &str, to: &str) -> Option<Difference> {
    let instrument = corpus.instrument(slug)?;
    let pair = Pair {
        corpus,
        instrument,
        slug,
        from: instrument.version(from)?,
        to: instrument.version(to)?,
    };
    let duties = corpus.duties.iter().flat_map(|d| pair.duty(d)).collect();
    let parameters = corpus.parameters.values();
    Some(Difference {
        instrument: slug.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        articles: articles(instrument, pair.from, pair.to),
        duties,
        parameters: parameters.flat_map(|p| pair.parameter(p)).collect(),
        transitional: corpus.duties.iter().flat_map(|d| pair.transitional(d)).collect(),
    })
}

fn articles(instrument: &Instrument, from: &Version, to: &Version) -> Vec<ArticleChange> {
    let mut changes = Vec::new();
    for new in &to.articles {
        match line(instrument, &to.id, &new.id, &from.id) {
            Line::To(ids) => {
                let olds = ids.iter().filter_map(|id| from.article(id));
                changes.extend(olds.filter_map(|old| continued(old, new)));
            }
            Line::Ends => changes.push(alone(None, Some(new), Fate::Added)),
            Line::Lost => changes.push(alone(None, Some(new), Fate::Unknown)),
        }
    }
    for old in &from.articles {
        match line(instrument, &from.id, &old.id, &to.id) {
            Line::To(_) => {}
            Line::Ends => changes.push(alone(Some(old), None, Fate::Repealed)),
            Line::Lost => changes.push(alone(Some(old), None, Fate::Unknown)),
        }
    }
    changes
}

fn continued(old: &Article, new: &Article) -> Option<ArticleChange> {
    let differs = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
    let change = ArticleChange {
        fate: if old.id == new.id { Fate::Kept } else { Fate::Moved },
        old: Some(old.id.clone()),
        new: Some(new.id.clone()),
        heading: differs(&old.heading, &new.heading),
        gist: differs(&old.gist, &new.gist),
        old_certainty: Some(old.certainty),
        new_certainty: Some(new.certainty),
    };
    let same = change.fate == Fate::Kept
        && !change.heading
        && !change.gist
        && change.old_certainty == change.new_certainty;
    (!same).then_some(change)
}

fn alone(old: Option<&Article>, new: Option<&Article>, fate: Fate) -> ArticleChange {
    ArticleChange {
        fate,
        old: old.map(|a| a.id.clone()),
        new: new.map(|a| a.id.clone()),
        heading: false,
        gist: false,
        old_certainty: old.map(|a| a.certainty),
        new_certainty: new.map(|a| a.certainty),
    }
}

struct Pair<'c> {
    corpus: &'c Corpus,
    instrument: &'c Instrument,
    slug: &'c str,
    from: &'c Version,
    to: &'c Version,
}

/// Whether an entry lies in a version and still holds when the version ends.
fn stands(slug: &str, version: &Version, cite: &Citation, until: Option<Date>) -> bool {
    cite.instrument == slug
        && cite.version == version.id
        && until.is_none_or(|u| version.until.is_some_and(|v| v <= u))
}

/// Whether two clauses of different versions have the same number; what one leaves out is no difference.
fn same_number(a: &Citation, b: &Citation) -> bool {
    let part = |x: Option<u8>, y: Option<u8>| x.zip(y).is_none_or(|(x, y)| x == y);
    a.article == b.article && part(a.paragraph, b.paragraph) && part(a.subparagraph, b.subparagraph)
}

impl Pair<'_> {
    /// What it means that only one version has something.
    fn one_sided(&self, before: bool) -> Change {
        match (before, self.from.modelled, self.to.modelled) {
            (true, _, true) => Change::Gone,
            (false, true, _) => Change::New,
            _ => Change::Unknown,
        }
    }

    /// What it means that only one version has a duty, resting on these clauses.
    fn one_sided_duty(&self, duty: &Duty, before: bool, clauses: &[SureCite], case: &Case) -> Change {
        let change = self.one_sided(before);
        if change == Change::Unknown {
            return change;
        }
        let (has, lacks) = if before {
            (self.from, self.to)
        } else {
            (self.to, self.from)
        };
        // The article goes on, but what it asks there was never entered; or it can't be followed.
        let hidden =
            clauses.iter().any(
                |c| match line(self.instrument, &has.id, &c.cite.article, &lacks.id) {
                    Line::Ends => false,
                    Line::Lost => true,
                    Line::To(ids) => ids.iter().any(|id| {
                        self.corpus.coverage.iter().any(|cover| {
                            cover.instrument == self.slug
                                && cover.version == lacks.id
                                && cover.article == *id
                                && cover.role == "not_modelled"
                        })
                    }),
                },
            );
        if hidden {
            return Change::Unknown;
        }
        let day = lacks
            .until
            .and_then(|u| u.yesterday().ok())
            .or_else(|| lacks.start());
        let elsewhere = duty.basis.iter().any(|b| {
            b.cite.instrument != self.slug
                && day.is_some_and(|day| b.holds_on(day))
                && may_accept(&b.applies, case)
                && self
                    .corpus
                    .instrument(&b.cite.instrument)
                    .is_some_and(Instrument::is_national)
        });
        if elsewhere { Change::Elsewhere } else { change }
    }

    fn duty(&self, duty: &Duty) -> Vec<DutyChange> {
        let side = |version: &Version| -> Vec<Basis> {
            let bases = duty.basis.iter();
            bases
                .filter(|b| stands(self.slug, version, &b.cite, b.until))
                .cloned()
                .collect()
        };
        let (old, new) = (side(self.from), side(self.to));
        let tables = old.iter().chain(&new).map(|b| &b.applies);
        let groups = cases(tables, |case| {
            let pick = |bases: &[Basis]| -> Vec<SureCite> {
                let hit = bases.iter().filter(|b| accepts(&b.applies, case));
                let mut hit: Vec<SureCite> = hit.map(|b| sure(&b.cite, b.certainty)).collect();
                hit.sort();
                hit
            };
            let (before, after) = (pick(&old), pick(&new));
            let alone = match (before.is_empty(), after.is_empty()) {
                (true, false) => Some(self.one_sided_duty(duty, false, &after, case)),
                (false, true) => Some(self.one_sided_duty(duty, true, &before, case)),
                _ => None,
            };
            (before, after, alone)
        });
        let mut changes = Vec::new();
        for ((before, after, alone), scopes) in groups {
            let change = match (alone, before.is_empty()) {
                (Some(change), _) => change,
                (None, true) => continue,
                (None, false) => {
                    let within = |a: &[SureCite], b: &[SureCite]| {
                        a.iter().all(|x| b.iter().any(|y| same_number(&x.cite, &y.cite)))
                    };
                    if within(&before, &after) && within(&after, &before) {
                        continue;
                    }
                    Change::Moved
                }
            };
            changes.extend(scopes.into_iter().map(|scope| DutyChange {
                key: duty.key.clone(),
                title: duty.title.clone(),
                scope,
                change,
                before: before.clone(),
                after: after.clone(),
            }));
        }
        changes
    }

    fn parameter(&self, parameter: &Parameter) -> Vec<ParameterChange> {
        let side = |version: &Version| -> Vec<&ParameterValue> {
            let values = parameter.values.iter();
            values
                .filter(|v| stands(self.slug, version, &v.cite, v.until))
                .collect()
        };
        let (old, new) = (side(self.from), side(self.to));
        let tables = old.iter().chain(&new).map(|v| &v.applies);
        let groups = cases(tables, |case| {
            let pick = |values: &[&ParameterValue]| values.iter().position(|v| accepts(&v.applies, case));
            (pick(&old), pick(&new))
        });
        let mut changes = Vec::new();
        for ((before, after), scopes) in groups {
            let value = |v: &&ParameterValue| SureValue {
                value: v.value.clone(),
                words: parameter.words(v),
                clause: sure(&v.cite, v.certainty),
            };
            let before = before.and_then(|i| old.get(i)).map(value);
            let after = after.and_then(|i| new.get(i)).map(value);
            let change = match (&before, &after) {
                (None, None) => continue,
                (None, Some(_)) => self.one_sided(false),
                (Some(_), None) => self.one_sided(true),
                (Some(a), Some(b)) => match parameter.stricter.compare(&b.value, &a.value) {
                    Some(Ordering::Greater) => Change::Tighter,
                    Some(Ordering::Less) => Change::Looser,
                    None => Change::Changed,
                    Some(Ordering::Equal) if same_number(&a.clause.cite, &b.clause.cite) => continue,
                    Some(Ordering::Equal) => Change::Moved,
                },
            };
            changes.extend(scopes.into_iter().map(|scope| ParameterChange {
                key: parameter.key.clone(),
                title: parameter.title.clone(),
                scope,
                change,
                before: before.clone(),
                after: after.clone(),
            }));
        }
        changes
    }

    fn transitional(&self, duty: &Duty) -> Vec<TransitionalChange> {
        let side = |version: &Version| -> Vec<&Transitional> {
            let all = duty.transitional.iter();
            // By its own days, not by the version it cites: it may outlive that version.
            let last = version
                .until
                .and_then(|u| u.yesterday().ok())
                .unwrap_or(Date::MAX);
            all.filter(|t| t.cite.instrument == self.slug)
                .filter(|t| t.from <= last && t.until.is_none_or(|u| last < u))
                .collect()
        };
        let (old, new) = (side(self.from), side(self.to));
        let same = |a: &Transitional, b: &Transitional| {
            (&a.fact, a.before, a.counted_from, &a.within, &a.applies)
                == (&b.fact, b.before, b.counted_from, &b.within, &b.applies)
        };
        let only = |these: &[&Transitional], those: &[&Transitional], change: Change| {
            let mine = these.iter().filter(|t| !those.iter().any(|o| same(t, o)));
            mine.map(|t| TransitionalChange {
                key: duty.key.clone(),
                title: duty.title.clone(),
                scope: t.applies.clone(),
                change,
                clause: sure(&t.cite, t.certainty),
                before: t.before,
                counted_from: t.counted_from,
                within: t.within.clone(),
            })
            .collect::<Vec<_>>()
        };
        let mut changes = only(&new, &old, self.one_sided(false));
        changes.extend(only(&old, &new, self.one_sided(true)));
        changes
    }
}

fn sure(cite: &Citation, certainty: Certainty) -> SureCite {
    SureCite {
        cite: cite.clone(),
        certainty,
    }
}

type Case = BTreeMap<String, String>;

fn accepts(table: &Applies, case: &Case) -> bool {
    let holds = |(key, words): (&String, &Vec<String>)| case.get(key).is_some_and(|w| words.contains(w));
    table.0.iter().all(holds)
}

/// Whether a table could hold in a case that says nothing of some of its dimensions.
fn may_accept(table: &Applies, case: &Case) -> bool {
    let holds = |(key, words): (&String, &Vec<String>)| case.get(key).is_none_or(|w| words.contains(w));
    table.0.iter().all(holds)
}

/// Every word a fact can take, or those the tables name where the vocabulary has no list.
fn words_of(key: &str, named: &BTreeSet<String>) -> Vec<String> {
    match fact_spec(key).map(|s| s.kind) {
        Some(FactKind::Choice(words)) => words.iter().map(|w| (*w).to_owned()).collect(),
        Some(FactKind::Flag) => vec!["true".to_owned(), "false".to_owned()],
        _ => named.iter().cloned().collect(),
    }
}

/// The cases that the tables tell apart, put together where `answer` is the same.
fn cases<'a, A: PartialEq>(
    tables: impl Iterator<Item = &'a Applies>,
    answer: impl Fn(&Case) -> A,
) -> Vec<(A, Vec<Applies>)> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, words) in tables.flat_map(|t| &t.0) {
        named
            .entry(key.clone())
            .or_default()
            .extend(words.iter().cloned());
    }
    let space: Vec<(String, Vec<String>)> = named
        .into_iter()
        .map(|(key, words)| (key.clone(), words_of(&key, &words)))
        .collect();
    let mut all = vec![Case::new()];
    for (key, words) in &space {
        let longer = all.iter().flat_map(|case| {
            words.iter().map(|word| {
                let mut case = case.clone();
                case.insert(key.clone(), word.clone());
                case
            })
        });
        all = longer.collect();
    }
    let mut groups: Vec<(A, Vec<Case>)> = Vec::new();
    for case in all {
        let said = answer(&case);
        match groups.iter_mut().find(|(a, _)| *a == said) {
            Some((_, list)) => list.push(case),
            None => groups.push((said, vec![case])),
        }
    }
    groups
        .into_iter()
        .map(|(said, list)| (said, together(&space, &list)))
        .collect()
}

/// One table for all cases if they are a full product; else one for each.
fn together(space: &[(String, Vec<String>)], cases: &[Case]) -> Vec<Applies> {
    let table: BTreeMap<String, Vec<String>> = space
        .iter()
        .map(|(key, words)| {
            let used = words
                .iter()
                .filter(|w| cases.iter().any(|c| c.get(key) == Some(w)));
            (key.clone(), used.cloned().collect())
        })
        .collect();
    if table.values().map(Vec::len).product::<usize>() != cases.len() {
        let single = |case: &Case| case.iter().map(|(k, w)| (k.clone(), vec![w.clone()])).collect();
        return cases.iter().map(|case| Applies(single(case))).collect();
    }
    let narrow = table.into_iter().filter(|(key, used)| {
        let all = space.iter().find(|(k, _)| k == key);
        all.is_none_or(|(_, words)| words.len() != used.len())
    });
    vec![Applies(narrow.collect())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a case that says nothing of a dimension, a table may yet hold; of one that says otherwise never.
    #[test]
    fn a_table_may_hold_where_a_case_is_silent_but_not_where_it_says_otherwise() {
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
        let table = Applies([("body".to_owned(), words(&["public_agency"]))].into());
        let case = |key: &str, word: &str| Case::from([(key.to_owned(), word.to_owned())]);
        for (case, may, does) in [
            (case("body", "public_agency"), true, true),
            (case("body", "specific_non_government"), false, false),
            (case("responsibility_level", "A"), true, false),
            (Case::new(), true, false),
        ] {
            assert_eq!(
                (may_accept(&table, &case), accepts(&table, &case)),
                (may, does),
                "{case:?}"
            );
        }
        // What holds for everybody holds in every case.
        assert!(may_accept(&Applies::default(), &Case::new()));
    }
}
