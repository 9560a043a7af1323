//! The Why of a verdict: collected while judging, so that it can't disagree with it.

use crate::assessment::{DutyAssessment, FactUsed, Finding, ReadingUsed, StepUsed, Verdict};
use facts::{Done, FactValue, Snapshot, Subject, fact_spec};
use law::{CaseValue, Clause, Corpus, LosingReason, Overlay, Resolved};
use period::{Counting, Date, DateTime, Moment, Step};
use std::cmp::Ordering;

/// The reading that says which of several times binds that only a start can order.
const STRICTEST: &str = "strictest_by_outcome";

/// One duty to be judged, with everything it may look at.
pub(crate) struct Case<'a> {
    pub corpus: &'a Corpus,
    pub snapshot: &'a Snapshot,
    pub plans: &'a [Overlay],
    pub resolved: &'a Resolved<'a>,
    pub day: Date,
    /// The instant of that day up to which things have happened.
    pub now: DateTime,
}

impl Case<'_> {
    /// A result that says nothing yet but already knows its clauses, facts and readings.
    pub fn blank(&self) -> DutyAssessment {
        let resolved = self.resolved;
        let duty = resolved.duty;
        let mut binding = Vec::new();
        let mut losers = Vec::new();
        let period = resolved.period();
        // Where a period decides, its winning clauses bind; the bases of the duty bind with
        // them unless a clause of the same instrument already speaks or lost.
        if let Some(requirement) = period {
            // What binds is in force, but for a transitional clause: that of an earlier edition goes
            // on giving the date.
            binding.extend(requirement.winners.iter().cloned());
        }
        if duty.is_plan_form() {
            // A promise is enough to call it into being; whoever wins on each of them binds, the law included.
            for winner in resolved.requirements.iter().flat_map(|r| &r.winners) {
                if !binding.contains(winner) {
                    binding.push(winner.clone());
                }
            }
        }
        for requirement in &resolved.requirements {
            losers.extend(requirement.losers.iter().cloned());
        }
        for base in &resolved.bases {
            let said = binding.iter().any(|c| c.is_row_of(base));
            // A clause that asks less in everything it sets is told as a loser, not as a basis.
            let same = |c: &Clause| c.instrument == base.instrument && c.article == base.article;
            let weaker = resolved.requirements.iter().any(|r| {
                r.losers
                    .iter()
                    .any(|l| l.reason == LosingReason::Weaker && same(&l.clause))
            });
            let lost = weaker && !resolved.requirements.iter().any(|r| r.winners.iter().any(same));
            if !said && !lost {
                binding.push(base.clone());
            }
        }
        // Whose row binds is no loser for the time that another clause sets in its place: a step says so.
        losers.retain(|l| {
            l.reason != LosingReason::Displaced || !binding.iter().any(|c| c.is_row_of(&l.clause))
        });
        let mut facts: Vec<FactUsed> = Vec::new();
        for key in &resolved.facts {
            self.note_fact(&mut facts, key);
        }
        let mut readings: Vec<ReadingUsed> =
            duty.readings.iter().filter_map(|key| self.reading(key)).collect();
        if resolved.requirements.iter().any(|r| !r.rivals.is_empty()) {
            readings.extend(self.reading(STRICTEST));
        }
        DutyAssessment {
            key: duty.key.clone(),
            title: duty.title.clone(),
            aspect: duty.aspect.clone(),
            explain: duty.explain.clone(),
            subject: resolved.subject.clone(),
            subject_name: resolved.subject_name.clone(),
            verdict: Verdict::Unknown,
            reason_code: String::new(),
            reason: String::new(),
            due: None,
            due_at: None,
            part_of_day: None,
            late_by: None,
            due_not_before: None,
            provisional: false,
            proof_until: None,
            due_basis: String::new(),
            shape: duty.shape.name(),
            binding,
            losers,
            requirements: resolved.requirements.clone(),
            cases: resolved.cases.clone(),
            facts,
            steps: Vec::new(),
            readings,
            periods: Vec::new(),
            proof: duty.proof.clone(),
            done: self.done(),
            events: Vec::new(),
            counts: Vec::new(),
            parts: Vec::new(),
            declared: None,
            before_records: None,
        }
    }

    /// Whether something has happened by now. What is recorded by its day happens with that day.
    pub fn has_come(&self, at: Moment) -> bool {
        match at {
            Moment::Day(day) => day <= self.day,
            Moment::Instant(at) => at <= self.now,
        }
    }

    /// The first day of the earliest clause that binds this subject; `since` where the agency's own
    /// decision set it.
    pub fn first_basis(&self, since: Option<Date>) -> Option<Date> {
        let first = self.resolved.first.iter().map(|b| b.from).min()?;
        Some(since.map_or(first, |since| first.max(since)))
    }

    /// The day before which this subject surely had no such duty: by the agency's own decision, or
    /// because its clauses came with editions whose predecessors are modelled and did not have it.
    pub fn known_from(&self, since: Option<Date>) -> Option<Date> {
        let unseen = |basis: &&law::Basis| {
            let versions = self
                .corpus
                .instrument(&basis.cite.instrument)
                .map(|i| &i.versions);
            let before = versions
                .into_iter()
                .flatten()
                .take_while(|v| v.id != basis.cite.version)
                .last();
            before.is_some_and(|v| !v.modelled)
        };
        if since.is_none() && self.resolved.first.iter().any(unseen) {
            return None;
        }
        self.first_basis(since)
    }

    /// Adds a fact to those read, or its absence with who can supply it.
    pub fn note_fact(&self, facts: &mut Vec<FactUsed>, key: &str) {
        if facts.iter().any(|f| f.key == key) {
            return;
        }
        let spec = fact_spec(key);
        let fact = self.snapshot.fact(&Subject::Agency, key, self.day);
        facts.push(FactUsed {
            key: key.to_owned(),
            label: spec.map_or(key, |s| s.label).to_owned(),
            value: fact.map(|f| f.value.as_word()),
            source: fact.map(|f| f.source.clone()),
            supplied_by: if fact.is_none() {
                spec.map(|s| s.supplied_by.to_owned())
            } else {
                None
            },
        });
    }

    /// A dated fact of the agency.
    pub fn own_date(&self, key: &str) -> Option<Date> {
        match self
            .snapshot
            .fact(&Subject::Agency, key, self.day)
            .map(|f| &f.value)
        {
            Some(FactValue::Date(d)) => Some(*d),
            _ => None,
        }
    }

    /// What was done for this duty and subject up to the day, the latest first.
    pub fn done(&self) -> Vec<Done> {
        let mut done: Vec<Done> = self
            .snapshot
            .done
            .iter()
            .filter(|d| {
                d.duty == self.resolved.duty.key && d.subject == self.resolved.subject && d.on <= self.day
            })
            .filter(|d| self.is_of_edition(d))
            .cloned()
            .collect();
        done.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| a.source.row.cmp(&b.source.row)));
        done
    }

    /// Whether something was done against the edition that the duty asks for, or a later one.
    fn is_of_edition(&self, done: &Done) -> bool {
        let duty = self.resolved.duty;
        let (Some(asked), Some(made)) = (&duty.edition, &done.edition) else {
            return true;
        };
        let instrument = duty.home.as_ref().and_then(|home| self.corpus.instrument(home));
        let mut versions = instrument.into_iter().flat_map(|i| &i.versions);
        // From the one that is asked for on; an edition that nobody knows is none of them.
        versions.any(|v| v.id == *asked) && (asked == made || versions.any(|v| v.id == *made))
    }

    /// A reading of the law data, as results tell of it.
    pub fn reading(&self, key: &str) -> Option<ReadingUsed> {
        let body = self.snapshot.fact(&Subject::Agency, "body", self.day);
        let concerns = |r: &&law::InterpretiveReading| {
            r.body.is_empty() || body.is_some_and(|f| r.body.iter().any(|b| f.value.is_word(b)))
        };
        self.corpus
            .readings
            .get(key)
            .filter(concerns)
            .map(|r| ReadingUsed {
                key: r.key.clone(),
                text: r.text.clone(),
                alternative: r.alternative.clone(),
                certainty: r.certainty,
            })
    }

    /// A counting step with the clause it applies.
    pub fn step(&self, counting: Counting, step: &Step) -> StepUsed {
        let cite = self.corpus.counting_cite(counting, step.rule);
        StepUsed {
            rule: Some(step.rule),
            to: Some(step.to),
            note: step.note.clone(),
            cite: cite.cloned(),
            cite_label: cite.map(|c| self.corpus.print(c)),
        }
    }

    /// The duty does not bind because of these facts.
    pub fn not_applicable(&self, result: &mut DutyAssessment, because: &[String]) {
        result.verdict = Verdict::NotApplicable;
        let (code, text) = if because.iter().any(|k| k == "has_core_system") {
            (
                "no core system".to_owned(),
                "機關無核心資通系統，此事項只及於核心資通系統，免辦。".to_owned(),
            )
        } else {
            let labels: Vec<&str> = because
                .iter()
                .filter_map(|k| fact_spec(k))
                .map(|s| s.label)
                .collect();
            (
                format!("does not apply: {}", because.join(", ")),
                format!("機關無「{}」之情形，免辦。", labels.join("、")),
            )
        };
        for key in because {
            self.note_fact(&mut result.facts, key);
        }
        result.reason_code = code;
        result.reason = text;
    }

    /// These facts are missing and would decide.
    pub fn unknown(&self, result: &mut DutyAssessment, missing: &[String]) {
        result.verdict = Verdict::Unknown;
        result.reason_code = format!("missing fact: {}", missing.join(", "));
        let words: Vec<String> = missing
            .iter()
            .filter_map(|key| fact_spec(key))
            .map(|s| format!("「{}」（請{}提供）", s.label, s.supplied_by))
            .collect();
        result.reason = format!("缺少{}，無法判定。", words.join("、"));
        for key in missing {
            self.note_fact(&mut result.facts, key);
        }
    }
}

/// Promises of a lower rank that fall short of what a higher one asks.
pub(crate) fn findings(corpus: &Corpus, resolved: &Resolved<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for lower in &resolved.cases {
        let Some(parameter) = corpus.parameters.get(&lower.key) else {
            continue;
        };
        let stricter = |higher: &&CaseValue| {
            higher.key == lower.key
                && higher.clause.rank < lower.clause.rank
                && higher.case.iter().any(|level| lower.case.contains(level))
                && parameter.stricter.compare(&higher.value, &lower.value) == Some(Ordering::Greater)
        };
        let floor: Vec<&CaseValue> = resolved.cases.iter().filter(stricter).collect();
        let Some(first) = floor.first() else {
            continue;
        };
        found.push(Finding {
            kind: "below_statutory_floor",
            duty: resolved.duty.key.clone(),
            parameter: lower.key.clone(),
            clause: lower.clause.clone(),
            promised: format!("第 {} 級 {}", lower.case.join("、"), lower.words),
            asked: format!("第 {} 級 {}", first.case.join("、"), first.words),
            floor: floor.iter().map(|c| c.clause.clone()).collect(),
        });
    }
    for requirement in &resolved.requirements {
        for loser in requirement.losers.iter().filter(|l| l.below_floor) {
            found.push(Finding {
                kind: "below_statutory_floor",
                duty: resolved.duty.key.clone(),
                parameter: requirement.key.clone(),
                clause: loser.clause.clone(),
                promised: loser.outcome.clone(),
                asked: requirement.words.clone(),
                floor: requirement.winners.clone(),
            });
        }
    }
    found
}
