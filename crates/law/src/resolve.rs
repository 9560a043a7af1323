//! Which clauses bind a subject on a day, and which lost and why.
//!
//! Every clause in force is collected, of any rank; declared exceptions displace;
//! of what is left the strictest binds, ties bind together, incomparable ones bind
//! side by side. A lower rank can tighten, never loosen: its looser value stays as a
//! loser and is reported as below the floor. The result does not depend on the order
//! of files.

mod combine;
mod delegated;
mod known;
mod relieved;
mod ruled;

use crate::applies::{Applicability, Applies};
use crate::citation::Citation;
use crate::corpus::Corpus;
use crate::duty::{Basis, Duty, Shape, SubjectKind, Transitional};
use crate::instrument::{Certainty, Rank};
use crate::overlay::{Overlay, Promise};
use crate::parameter::{Parameter, ParameterValue, Value};
use crate::reach::Reach;
use crate::resolved::{CaseValue, Clause, Loser, LosingReason, Requirement, Resolved, Standing};
use combine::combine;
use facts::{Fact, FactValue, INCIDENT_LEVEL, Snapshot, Subject, fact_spec, is_of_event, is_of_obligor};
use known::Known;
use period::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Resolves every duty of an agency on a day: law time and fact time are the same day.
pub fn resolve<'c>(
    corpus: &'c Corpus,
    overlays: &[Overlay],
    snapshot: &Snapshot,
    day: Date,
) -> Vec<Resolved<'c>> {
    resolve_those(corpus, overlays, snapshot, day, |_| true)
}

/// As [`resolve`], of those duties alone that are asked for.
pub fn resolve_those<'c>(
    corpus: &'c Corpus,
    overlays: &[Overlay],
    snapshot: &Snapshot,
    day: Date,
    wanted: impl Fn(&Duty) -> bool,
) -> Vec<Resolved<'c>> {
    let context = Context::new(corpus, overlays, snapshot, day);
    let wanted = corpus.duties.iter().filter(|duty| wanted(duty));
    wanted.flat_map(|duty| context.duty(duty)).collect()
}

/// One duty of one subject as an event of that day sets it off: by the law of that day, and by what
/// the event says of itself, such as its level. None where the duty didn't bind the subject then.
pub fn resolve_event<'c>(
    corpus: &'c Corpus,
    overlays: &[Overlay],
    snapshot: &Snapshot,
    (duty, subject): (&'c Duty, &Subject),
    (day, of_event): (Date, &[Fact]),
) -> Option<Resolved<'c>> {
    let mut context = Context::new(corpus, overlays, snapshot, day);
    for fact in of_event {
        if let Some(spec) = fact_spec(&fact.key) {
            context.known.insert(spec.key, fact);
        }
    }
    let mut resolved = context.duty(duty);
    let at = resolved.iter().position(|r| r.subject == *subject)?;
    Some(resolved.swap_remove(at))
}

/// The event after which a contract is over.
const CONTRACT_ENDED: &str = "contract.ended";

/// Subjects with their names, keys of facts that say there are none, keys of facts that are missing.
type Subjects = (Vec<(Subject, String)>, Vec<String>, Vec<String>);

struct Context<'a, 'c> {
    corpus: &'c Corpus,
    /// The plans of every day.
    all: &'a [Overlay],
    /// Those that hold that day.
    overlays: Vec<&'a Overlay>,
    snapshot: &'a Snapshot,
    /// The agency's facts of that day, by key.
    known: Known<'a>,
    reach: Reach<'c>,
    day: Date,
    /// The same on earlier days, as they were asked for.
    earlier: RefCell<BTreeMap<Date, Rc<Self>>>,
}

impl<'a, 'c> Context<'a, 'c> {
    fn new(corpus: &'c Corpus, overlays: &'a [Overlay], snapshot: &'a Snapshot, day: Date) -> Self {
        Self::with(corpus, overlays, snapshot, day, Known::on(snapshot, day))
    }

    fn with(
        corpus: &'c Corpus,
        overlays: &'a [Overlay],
        snapshot: &'a Snapshot,
        day: Date,
        known: Known<'a>,
    ) -> Self {
        Self {
            corpus,
            all: overlays,
            overlays: overlays.iter().filter(|o| o.holds_on(day)).collect(),
            snapshot,
            reach: Reach::of(corpus, snapshot, known.get("jurisdiction"), day),
            known,
            day,
            earlier: RefCell::default(),
        }
    }

    /// The agency of a context on an earlier day; what nobody recorded for it is as it is now.
    fn after(now: &Self, day: Date) -> Self {
        let known = now.known.earlier(now.snapshot, day);
        Self::with(now.corpus, now.all, now.snapshot, day, known)
    }

    fn look(&self, key: &str) -> Option<&Fact> {
        self.known.get(key)
    }

    fn duty(&self, duty: &'c Duty) -> Vec<Resolved<'c>> {
        let mut all = self.bound(duty);
        if let Some(delegated) = self.delegated(duty) {
            for resolved in &mut all {
                resolved.delegated = Some(delegated.clone());
            }
        }
        if self.asks_relief(duty) {
            return all.into_iter().map(|r| self.relieve(r)).collect();
        }
        all
    }

    fn bound(&self, duty: &'c Duty) -> Vec<Resolved<'c>> {
        if duty.subject == SubjectKind::Contract {
            // What outlives a contract is what its end sets off.
            let after = matches!(&duty.shape, Shape::OnEvent { trigger, .. } if trigger == CONTRACT_ENDED);
            let bound = |c: &&facts::ContractFacts| {
                c.holds_on(self.day) || after && c.until.is_some_and(|u| u <= self.day)
            };
            return self
                .snapshot
                .contracts
                .iter()
                .filter(bound)
                .flat_map(|contract| {
                    let subject = (Subject::Contract(contract.id.clone()), contract.name.clone());
                    self.on(duty, &self.reach.under(contract), Some(contract), || {
                        (vec![subject], Vec::new(), Vec::new())
                    })
                })
                .collect();
        }
        self.on(duty, &self.reach, None, || match duty.subject {
            SubjectKind::CoreSystem => self.systems("has_core_system", true),
            SubjectKind::NonCoreSystem => self.systems("has_non_core_system", false),
            SubjectKind::Agency | SubjectKind::Contract => {
                (vec![(Subject::Agency, String::new())], Vec::new(), Vec::new())
            }
        })
    }

    /// The systems that a duty speaks of, and the fact that says there are none or is missing.
    fn systems(&self, key: &str, core: bool) -> Subjects {
        let systems: Vec<_> = self
            .snapshot
            .systems
            .iter()
            .filter(|s| s.core == Some(core))
            .map(|s| (Subject::System(s.id.clone()), s.name.clone()))
            .collect();
        let agency = vec![(Subject::Agency, String::new())];
        match self.look(key).map(|f| &f.value) {
            Some(FactValue::Flag(false)) => (agency, vec![key.to_owned()], Vec::new()),
            Some(_) if systems.is_empty() => (agency, Vec::new(), Vec::new()),
            Some(_) => (systems, Vec::new(), Vec::new()),
            None => (agency, Vec::new(), vec![key.to_owned()]),
        }
    }

    /// Resolves a duty within the reach of instruments, for the subjects that `subjects` names.
    fn on(
        &self,
        duty: &'c Duty,
        reach: &Reach<'c>,
        contract: Option<&facts::ContractFacts>,
        subjects: impl FnOnce() -> Subjects,
    ) -> Vec<Resolved<'c>> {
        let (bases, mut missing) = self.bases(duty, reach);
        if bases.is_empty() && missing.is_empty() {
            return Vec::new();
        }
        let mut because = Vec::new();
        match duty.applies.decide_so_far(&|key| self.look(key)) {
            Applicability::Yes => {}
            Applicability::No { because: keys } => because.extend(keys),
            Applicability::Unknown { missing: keys } => missing.extend(keys),
        }
        // A duty of others is no duty at all; any other condition that fails is worth telling
        // ("not applicable, because …").
        if because.iter().any(|key| is_of_obligor(key)) {
            return Vec::new();
        }
        let here = || duty.basis.iter().filter(|b| reach.holds(&b.cite.instrument));
        // What only a clause would ask that a known fact already keeps away isn't missing.
        let asked = |applies: &Applies| !applies.excludes(&|key| self.look(key));
        let keys = std::iter::once(&duty.applies).chain(here().map(|b| &b.applies));
        let keys: BTreeSet<&str> = keys
            .flat_map(|applies| applies.0.keys().map(move |key| (key.as_str(), applies)))
            .filter(|(key, applies)| !is_of_event(key) && (self.look(key).is_some() || asked(applies)))
            .map(|(key, _)| key)
            .collect();
        let mut facts: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        if here().any(|b| reach.by_city(&b.cite.instrument)) {
            facts.push("jurisdiction".to_owned());
        }
        let (subjects, not_because, not_known) = subjects();
        match duty.subject {
            SubjectKind::CoreSystem => facts.push("has_core_system".to_owned()),
            SubjectKind::NonCoreSystem => facts.push("has_non_core_system".to_owned()),
            SubjectKind::Agency | SubjectKind::Contract => {}
        }
        because.extend(not_because);
        missing.extend(not_known);
        facts.sort();
        facts.dedup();
        missing.sort();
        missing.dedup();
        let standing = if !because.is_empty() {
            Standing::NotApplicable { because }
        } else if missing.is_empty() {
            Standing::Applies
        } else {
            Standing::Unknown { missing }
        };
        let transitional = self.transitional(duty);
        if let Some(t) = transitional {
            facts.push(t.fact.clone());
        }
        let requirements: Vec<Requirement> = duty
            .parameters()
            .filter_map(|key| self.requirement(duty, key, transitional, reach))
            .collect();
        let cases: Vec<CaseValue> = duty.parameters().flat_map(|key| self.cases(key, reach)).collect();
        let look = |key: &str| self.look(key);
        let yes =
            |b: &&Basis| !b.applies.excludes(&look) && b.applies.decide_so_far(&look) == Applicability::Yes;
        let mut first: Vec<&Basis> = Vec::new();
        for basis in here().filter(yes) {
            match first
                .iter_mut()
                .find(|b| b.cite.instrument == basis.cite.instrument)
            {
                Some(earlier) if basis.from < earlier.from => *earlier = basis,
                Some(_) => {}
                None => first.push(basis),
            }
        }
        let today = requirements
            .iter()
            .find(|r| Some(r.key.as_str()) == duty.period_key());
        let ruled = self.ruled(duty, reach, contract, today);
        let common = Resolved {
            duty,
            subject: Subject::Agency,
            subject_name: String::new(),
            standing,
            bases,
            requirements,
            cases,
            first,
            ruled,
            transitional,
            relief: None,
            delegated: None,
            facts,
        };
        let count = subjects.len();
        let mut subjects = subjects.into_iter();
        let mut all: Vec<Resolved<'c>> = Vec::with_capacity(count);
        let last = subjects.next_back();
        for (subject, subject_name) in subjects {
            all.push(Resolved {
                subject,
                subject_name,
                ..common.clone()
            });
        }
        all.extend(last.map(|(subject, subject_name)| Resolved {
            subject,
            subject_name,
            ..common
        }));
        all
    }

    /// Clauses on which the duty rests that day, and the facts that would decide others.
    fn bases(&self, duty: &Duty, reach: &Reach<'_>) -> (Vec<Clause>, Vec<String>) {
        let (mut bases, mut missing) = (Vec::new(), Vec::new());
        let near = |b: &&Basis| {
            b.holds_on(self.day)
                && !b.applies.excludes(&|key| self.look(key))
                && reach.holds(&b.cite.instrument)
        };
        for basis in duty.basis.iter().filter(near) {
            match basis.applies.decide_so_far(&|key| self.look(key)) {
                Applicability::Yes => bases.push(self.clause(&basis.cite, basis.certainty, None)),
                Applicability::No { .. } => {}
                Applicability::Unknown { missing: keys } => missing.extend(keys),
            }
        }
        if duty.is_plan_form() || (reach.out().is_some() && self.promises_alone(duty)) {
            let keys: Vec<&str> = duty.parameters().collect();
            for overlay in &self.overlays {
                for promise in overlay.promises.iter().filter(|p| keys.contains(&p.key.as_str())) {
                    let words = Some(promise.said.clone());
                    let clause = plan_clause(overlay, promise, words);
                    if self.of_core(promise.core)
                        && !bases.iter().any(|b: &Clause| b.article == clause.article)
                    {
                        bases.push(clause);
                    }
                }
            }
        }
        for overlay in &self.overlays {
            let said = overlay.undertakings.iter().filter(|u| u.duty == duty.key);
            for said in said.filter(|u| self.of_core(u.core)) {
                let place = (said.clause.as_str(), said.line, Certainty::Primary);
                let clause = clause_of(overlay, place, None);
                let known = |b: &Clause| b.instrument == clause.instrument && b.article == clause.article;
                if !bases.iter().any(known) {
                    bases.push(clause);
                }
            }
        }
        if !bases.is_empty() {
            missing.clear();
        }
        (bases, missing)
    }

    /// Whether a plan's own promise asks for a duty of which the law relieved the agency: what it
    /// promises tells when, or the duty has no period that it would have to tell.
    fn promises_alone(&self, duty: &Duty) -> bool {
        let promised = |key: &str| {
            let all = self.overlays.iter().flat_map(|o| &o.promises);
            all.into_iter()
                .any(|p| p.key == key && self.binds_of(duty, p.core))
        };
        duty.period_key().is_none_or(promised)
    }

    /// The transitional clause whose case this subject is.
    fn transitional(&self, duty: &'c Duty) -> Option<&'c Transitional> {
        duty.transitional.iter().find(|t| {
            let holds = t.from <= self.day && t.until.is_none_or(|u| self.day < u);
            let case =
                matches!(self.look(&t.fact).map(|f| &f.value), Some(FactValue::Date(d)) if *d < t.before);
            holds && case && t.applies.decide(&|key| self.look(key)) == Applicability::Yes
        })
    }

    fn requirement(
        &self,
        duty: &Duty,
        key: &str,
        transitional: Option<&Transitional>,
        reach: &Reach<'_>,
    ) -> Option<Requirement> {
        let parameter = self.corpus.parameters.get(key)?;
        let mut clauses: Vec<(Clause, Value)> = Vec::new();
        let mut losers = Vec::new();
        let period = matches!(&duty.shape, Shape::Once { within, .. } if within == key);
        for v in self.values(parameter, reach) {
            if v.applies.left_open(&|k| self.look(k)).is_some() {
                continue;
            }
            let words = parameter.words(v);
            let clause = self.clause(&v.cite, v.certainty, Some(words.clone()));
            match transitional {
                Some(t) if period && t.cite.instrument == v.cite.instrument => losers.push(Loser {
                    clause,
                    outcome: words,
                    reason: LosingReason::Displaced,
                    below_floor: false,
                }),
                _ => clauses.push((clause, v.value.clone())),
            }
        }
        if let Some(t) = transitional.filter(|_| period) {
            let words = parameter.words_of(&t.within);
            clauses.push((self.clause(&t.cite, t.certainty, Some(words)), t.within.clone()));
        }
        for overlay in &self.overlays {
            let meant = |p: &&Promise| p.key == key && self.meant(&p.levels) == Some(true);
            let scoped = |p: &&Promise| self.binds_of(duty, p.core);
            for promise in overlay.promises.iter().filter(meant).filter(scoped) {
                let words = promise.said.clone();
                let clause = plan_clause(overlay, promise, Some(words));
                clauses.push((clause, promise.value.clone()));
            }
        }
        combine(parameter, &clauses, losers)
    }

    /// The values of a parameter that hold for this agency, whatever the event.
    fn values<'p>(
        &'p self,
        parameter: &'p Parameter,
        reach: &'p Reach<'_>,
    ) -> impl Iterator<Item = &'p ParameterValue> {
        let near = |v: &&ParameterValue| {
            v.holds_on(self.day) && !v.applies.excludes(&|k| self.look(k)) && reach.holds(&v.cite.instrument)
        };
        let mine = |v: &&ParameterValue| v.applies.decide_so_far(&|k| self.look(k)) == Applicability::Yes;
        parameter.values.iter().filter(near).filter(mine)
    }

    /// Whether what is said of core systems only is said of anything here.
    fn of_core(&self, core: bool) -> bool {
        !core
            || self
                .look("has_core_system")
                .is_none_or(|f| f.value != FactValue::Flag(false))
    }

    /// Whether a promise, perhaps for core systems only, is one about what the duty is about.
    fn binds_of(&self, duty: &Duty, core: bool) -> bool {
        self.of_core(core) && !(core && duty.subject == SubjectKind::NonCoreSystem)
    }

    /// Whether the levels that something names are those of the incident; `None` where only an
    /// incident could tell.
    fn meant(&self, levels: &[String]) -> Option<bool> {
        if levels.is_empty() {
            return Some(true);
        }
        let level = self.look(INCIDENT_LEVEL)?;
        Some(levels.iter().any(|l| level.value.is_word(l)))
    }

    /// What a parameter asks in each case that only an event decides.
    fn cases(&self, key: &str, reach: &Reach<'_>) -> Vec<CaseValue> {
        let Some(parameter) = self.corpus.parameters.get(key) else {
            return Vec::new();
        };
        let case_value = |case: &[String], value: &Value, words: String, clause: Clause| CaseValue {
            key: parameter.key.clone(),
            title: parameter.title.clone(),
            case: case.to_vec(),
            value: value.clone(),
            words,
            clause,
        };
        let of_law = self.values(parameter, reach).filter_map(|v| {
            let case = v.applies.left_open(&|k| self.look(k))?;
            let words = parameter.words(v);
            let clause = self.clause(&v.cite, v.certainty, Some(words.clone()));
            Some(case_value(case, &v.value, words, clause))
        });
        let of_plans = self.overlays.iter().flat_map(|overlay| {
            let mine = |p: &&Promise| p.key == parameter.key && self.meant(&p.levels).is_none();
            overlay.promises.iter().filter(mine).map(|p| {
                let clause = plan_clause(overlay, p, Some(p.said.clone()));
                case_value(&p.levels, &p.value, p.said.clone(), clause)
            })
        });
        of_law.chain(of_plans).collect()
    }

    fn clause(&self, cite: &Citation, certainty: Certainty, value: Option<String>) -> Clause {
        Clause::of(self.corpus, cite, certainty, value)
    }
}

/// Since when a period binds, where the agency's own decisions alone set that day.
fn since(period: &Requirement, reach: &Reach<'_>) -> Option<Date> {
    let days: Option<Vec<Date>> = period
        .winners
        .iter()
        .map(|c| reach.since(&c.instrument))
        .collect();
    days.and_then(|days| days.into_iter().min())
}

fn plan_clause(overlay: &Overlay, promise: &Promise, value: Option<String>) -> Clause {
    let place = (promise.clause.as_str(), promise.line, promise.certainty);
    clause_of(overlay, place, value)
}

fn clause_of(
    overlay: &Overlay,
    (clause, line, certainty): (&str, usize, Certainty),
    value: Option<String>,
) -> Clause {
    Clause {
        instrument: overlay.instrument.as_str().into(),
        version: overlay.version.as_str().into(),
        article: clause.into(),
        label: format!("{} {clause}", overlay.title).into(),
        rank: Rank::Plan,
        gist: "".into(),
        certainty,
        value,
        line: Some(line),
        since: overlay.from,
    }
}
