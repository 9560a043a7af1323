//! The corpus: every law file, parsed, checked as a whole and immutable from then on.

use crate::baseline::Baseline;
use crate::citation::{Citation, suffix};
use crate::clause::{Part, SourceClause};
use crate::designating::Designating;
use crate::duty::{Duty, Shown};
use crate::incident::IncidentLevels;
use crate::instrument::{Article, Certainty, Instrument, Rank};
use crate::parameter::Parameter;
use crate::route::Route;
use crate::standard::Standard;
use crate::wording::{PlanRule, Wording};
use period::{Calendar, Counting, Date, Rule};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Which clause a counting rule stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountingCite {
    /// Regime.
    pub counting: Counting,
    /// Rule.
    pub rule: Rule,
    /// Clause.
    pub cite: Citation,
}

/// How the project reads the law where it leaves more than one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InterpretiveReading {
    /// Stable key.
    pub key: String,
    /// The reading taken.
    pub text: String,
    /// The other reading.
    pub alternative: String,
    /// Bodies whose duties it concerns; empty for all.
    pub body: Vec<String>,
    /// How sure.
    pub certainty: Certainty,
    /// Whose reading, and where it stands.
    pub source: String,
}

/// What one article of a modelled version is to the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Instrument slug.
    pub instrument: String,
    /// Version id.
    pub version: String,
    /// Article id.
    pub article: String,
    /// duty, parameter, definition, penalty, procedure, authority, `not_modelled`.
    pub role: String,
    /// Why it is not modelled.
    pub why: String,
}

/// A citation as results show it, shared by all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Printed {
    pub instrument: Arc<str>,
    pub version: Arc<str>,
    /// Article, 項 and 款: `4/2`.
    pub article: Arc<str>,
    /// Printed in the official way.
    pub label: Arc<str>,
    pub gist: Arc<str>,
    pub rank: Rank,
}

/// The whole law at hand.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Instruments by slug.
    pub instruments: BTreeMap<String, Instrument>,
    /// Duties in the order of the files.
    pub duties: Vec<Duty>,
    /// Parameters by key.
    pub parameters: BTreeMap<String, Parameter>,
    /// Working days.
    pub calendar: Calendar,
    /// Citations of the counting rules.
    pub counting: Vec<CountingCite>,
    /// Readings by key.
    pub readings: BTreeMap<String, InterpretiveReading>,
    /// How long a proof shows a state that must be kept; none where such a proof doesn't age.
    pub shown: Option<Shown>,
    /// What each article is to the product.
    pub coverage: Vec<Cover>,
    /// The protection baseline of systems and their grading.
    pub baseline: Baseline,
    /// Standards beside the law, by slug.
    pub standards: BTreeMap<String, Standard>,
    /// What carries each clause of the source documents.
    pub clauses: Vec<SourceClause>,
    /// What each duty that carries clauses consists of, by the duty's key; derived from `clauses`.
    pub parts: BTreeMap<String, Vec<Part>>,
    /// How incidents are graded.
    pub levels: IncidentLevels,
    /// What makes an agency's level.
    pub designating: Designating,
    /// What the plan reader calls otherwise than the law data does, by the reader's word.
    pub plan_words: BTreeMap<String, String>,
    /// The parameter that a number of the plan reader is where it is counted of others than the
    /// reader's own (in total, and not each); none where the law counts nothing of the kind.
    pub plan_counts: BTreeMap<String, BTreeMap<String, Option<String>>>,
    /// Which duty a sentence of a plan is.
    pub wordings: Vec<Wording>,
    /// What a plan's sentence may get wrong.
    pub plan_rules: Vec<PlanRule>,
    /// Who approves what, unless an agency sets its own.
    pub routes: Vec<Route>,
    /// Every citation on which a result may rest, printed.
    pub(crate) prints: HashMap<Citation, Printed>,
    /// SHA-256 over all files, in hex: which law an answer was given under.
    pub hash: String,
}

impl Corpus {
    /// An instrument by slug.
    pub fn instrument(&self, slug: &str) -> Option<&Instrument> {
        self.instruments.get(slug)
    }

    /// The article a citation names.
    pub fn article(&self, cite: &Citation) -> Option<&Article> {
        self.instrument(&cite.instrument)?
            .version(&cite.version)?
            .article(&cite.article)
    }

    /// How a register's records become final; none where they need no approval.
    pub fn route(&self, register: &str) -> Option<&Route> {
        self.routes.iter().find(|r| r.register == register)
    }

    /// A duty by key.
    pub fn duty(&self, key: &str) -> Option<&Duty> {
        self.duties.iter().find(|d| d.key == key)
    }

    /// The duty whose consent and filing relieve an agency of others, with the instrument that says so.
    pub fn relief(&self) -> Option<(&Duty, &str)> {
        let by = self.duties.iter().find(|d| !d.relieves.is_empty())?;
        Some((by, by.home.as_deref()?))
    }

    /// The duty by whose consent another may do a duty for the agency.
    pub fn delegates(&self, duty: &str) -> Option<&Duty> {
        self.duties
            .iter()
            .find(|by| by.delegates.iter().any(|key| key == duty))
    }

    /// The duties of which an agency may be relieved.
    pub fn relievable(&self) -> impl Iterator<Item = &Duty> {
        let relief = self.relief();
        self.duties.iter().filter(move |duty| {
            relief.is_some_and(|(by, home)| {
                let mut cites = duty.basis.iter().map(|b| &b.cite);
                cites.any(|c| c.instrument == home && by.reaches(&c.article))
            })
        })
    }

    /// A citation printed in the official way: title, article, 項, 款.
    pub fn print(&self, cite: &Citation) -> String {
        let version = self
            .instrument(&cite.instrument)
            .and_then(|i| i.version(&cite.version));
        let title = version.map_or(cite.instrument.as_str(), |v| v.title.as_str());
        let label = version
            .and_then(|v| v.article(&cite.article))
            .map_or_else(|| cite.article.clone(), |a| a.label.clone());
        format!("{title}{label}{}", suffix(cite.paragraph, cite.subparagraph))
    }

    /// A citation as results show it.
    pub(crate) fn printed(&self, cite: &Citation) -> Printed {
        self.prints
            .get(cite)
            .cloned()
            .unwrap_or_else(|| self.print_out(cite))
    }

    /// Prints every citation of duties and values once, when the corpus is loaded.
    pub(crate) fn print_all(&mut self) {
        let bases = self.duties.iter().flat_map(|d| d.basis.iter().map(|b| &b.cite));
        let transitional = self
            .duties
            .iter()
            .flat_map(|d| d.transitional.iter().map(|t| &t.cite));
        let values = self
            .parameters
            .values()
            .flat_map(|p| p.values.iter().map(|v| &v.cite));
        let mut prints = HashMap::new();
        for cite in bases.chain(transitional).chain(values) {
            if !prints.contains_key(cite) {
                prints.insert(cite.clone(), self.print_out(cite));
            }
        }
        self.prints = prints;
    }

    fn print_out(&self, cite: &Citation) -> Printed {
        let instrument = self.instrument(&cite.instrument);
        let article = match (cite.paragraph, cite.subparagraph) {
            (Some(p), Some(s)) => format!("{}/{p}/{s}", cite.article),
            (Some(p), None) => format!("{}/{p}", cite.article),
            _ => cite.article.clone(),
        };
        Printed {
            instrument: cite.instrument.as_str().into(),
            version: cite.version.as_str().into(),
            article: article.into(),
            label: self.print(cite).into(),
            gist: self.article(cite).map_or("", |a| a.gist.as_str()).into(),
            rank: instrument.map_or(Rank::AdministrativeRule, |i| i.rank),
        }
    }

    /// The clause that a counting step applied, if the corpus names one.
    pub fn counting_cite(&self, counting: Counting, rule: Rule) -> Option<&Citation> {
        self.counting
            .iter()
            .find(|c| c.counting == counting && c.rule == rule)
            .map(|c| &c.cite)
    }

    /// The corpus as if no law had changed after a day: what holds then holds on, what would
    /// begin later does not. Versions and articles stay, so that every clause can be printed.
    #[must_use]
    pub fn frozen(&self, day: Date) -> Self {
        let mut corpus = self.clone();
        let hold_on = |until: &mut Option<Date>| *until = until.filter(|u| *u <= day);
        // A duty whose every basis lies ahead is no duty yet; it must not look like one of a plan.
        // But what a sentence of a plan is, it is without the law.
        let worded: BTreeSet<&str> = self.wordings.iter().filter_map(|w| w.meant.duty()).collect();
        corpus.duties.retain(|d| {
            let promised = d.is_plan_form() || worded.contains(d.key.as_str());
            promised || d.basis.iter().any(|b| b.from <= day)
        });
        for duty in &mut corpus.duties {
            duty.basis.retain(|b| b.from <= day);
            duty.basis.iter_mut().for_each(|b| hold_on(&mut b.until));
            duty.restarts.retain(|r| r.from <= day);
            duty.restarts.iter_mut().for_each(|r| hold_on(&mut r.until));
            duty.transitional.retain(|t| t.from <= day);
            duty.transitional.iter_mut().for_each(|t| hold_on(&mut t.until));
        }
        for parameter in corpus.parameters.values_mut() {
            parameter.values.retain(|v| v.from.is_none_or(|f| f <= day));
            parameter.values.iter_mut().for_each(|v| hold_on(&mut v.until));
        }
        for instrument in corpus.instruments.values_mut() {
            instrument.versions.retain(|v| v.start().is_none_or(|f| f <= day));
            instrument.versions.iter_mut().for_each(|v| hold_on(&mut v.until));
        }
        corpus
    }

    /// Every day on which the law at hand changes, in order.
    pub fn boundaries(&self) -> BTreeSet<Date> {
        let versions = self.instruments.values().flat_map(|i| &i.versions);
        let bases = self
            .duties
            .iter()
            .flat_map(|d| &d.basis)
            .flat_map(|b| [Some(b.from), b.until]);
        let values = self
            .parameters
            .values()
            .flat_map(|p| &p.values)
            .flat_map(|v| [v.from, v.until]);
        versions
            .flat_map(|v| [v.start(), v.until])
            .chain(bases)
            .chain(values)
            .flatten()
            .collect()
    }
}
