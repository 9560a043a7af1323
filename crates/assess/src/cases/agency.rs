//! Agencies built from a few words.

use facts::{
    Adopted, Altered, Checked, ContractFacts, Counted, Declared, Delegation, Done, Event, Exemption, Fact,
    FactValue, Snapshot, Source, Subject, SystemFacts,
};
use period::Date;

/// Builds a snapshot.
#[derive(Debug, Clone)]
pub struct AgencyBuilder(Snapshot);

pub(super) fn source(register: &str, row: &str) -> Source {
    Source {
        register: register.into(),
        row: row.into(),
        version: 1,
        line: None,
    }
}

impl AgencyBuilder {
    /// A public agency of a level, nothing else known.
    pub fn level(level: &str) -> Self {
        Self(Snapshot {
            agency: "test".into(),
            name: "測試機關".into(),
            position: 1,
            records_from: None,
            facts: Vec::new(),
            done: Vec::new(),
            events: Vec::new(),
            systems: Vec::new(),
            adopted: Vec::new(),
            contracts: Vec::new(),
            counted: Vec::new(),
            exempt: Vec::new(),
            delegated: Vec::new(),
            altered: Vec::new(),
            checked: Vec::new(),
            declared: Vec::new(),
        })
        .fact("body", FactValue::Choice("public_agency".into()))
        .fact("responsibility_level", FactValue::Choice(level.into()))
    }

    /// Adds an undated fact.
    #[must_use]
    pub fn fact(mut self, key: &str, value: FactValue) -> Self {
        self.0.facts.retain(|f| f.key != key);
        self.fact_over(Subject::Agency, key, value, (None, None))
    }

    /// Adds a fact about a subject that holds over `[from, until)`, beside what holds on other days.
    #[must_use]
    pub fn fact_over(
        mut self,
        subject: Subject,
        key: &str,
        value: FactValue,
        (from, until): (Option<Date>, Option<Date>),
    ) -> Self {
        let register = facts::fact_spec(key).map_or("", |spec| spec.register);
        self.0.facts.push(Fact {
            subject,
            key: key.into(),
            value,
            from,
            until,
            source: source(register, key),
        });
        self
    }

    /// Approved on a day.
    #[must_use]
    pub fn approved(self, on: Date) -> Self {
        self.fact("level_approved_on", FactValue::Date(on))
    }

    /// Without core systems.
    #[must_use]
    pub fn no_core_system(self) -> Self {
        self.fact("has_core_system", FactValue::Flag(false))
    }

    /// With a core system of that name.
    #[must_use]
    pub fn core_system(self, name: &str) -> Self {
        self.system(name, Some(true))
    }

    /// With a system of that name, core or not, or nobody said.
    #[must_use]
    pub fn system(mut self, name: &str, core: Option<bool>) -> Self {
        self.0.systems.push(SystemFacts {
            id: name.into(),
            name: name.into(),
            core,
            source: source("system", name),
        });
        match core {
            Some(true) => self.fact("has_core_system", FactValue::Flag(true)),
            Some(false) => self.fact("has_non_core_system", FactValue::Flag(true)),
            None => self,
        }
    }

    /// With a system of that name that is not core.
    #[must_use]
    pub fn other_system(self, name: &str) -> Self {
        self.system(name, Some(false))
    }

    /// An agency of that city.
    #[must_use]
    pub fn of_city(self, name: &str) -> Self {
        self.fact("jurisdiction", FactValue::Choice(name.into()))
    }

    /// That has adopted an instrument.
    #[must_use]
    pub fn adopts(self, slug: &str) -> Self {
        self.adopts_over(slug, None, None)
    }

    /// That has adopted an instrument over `[from, until)`.
    #[must_use]
    pub fn adopts_over(mut self, slug: &str, from: Option<Date>, until: Option<Date>) -> Self {
        self.0.adopted.push(Adopted {
            instrument: slug.into(),
            from,
            until,
            source: source("adoption", slug),
        });
        self
    }

    /// With a running contract that names these baselines.
    #[must_use]
    pub fn contract(self, name: &str, baselines: &[String]) -> Self {
        self.contract_over(name, baselines, (None, None))
    }

    /// With a contract that names these baselines and runs over `[from, until)`.
    #[must_use]
    pub fn contract_over(
        mut self,
        name: &str,
        baselines: &[String],
        (from, until): (Option<Date>, Option<Date>),
    ) -> Self {
        self.0.contracts.push(ContractFacts {
            id: name.into(),
            name: name.into(),
            baselines: baselines.to_vec(),
            from,
            until,
            source: source("contract", name),
        });
        self
    }

    /// Records complete from a day.
    #[must_use]
    pub fn records_from(mut self, day: Date) -> Self {
        self.0.records_from = Some(day);
        self
    }

    /// Something done for the agency, with one piece of evidence.
    #[must_use]
    pub fn done(self, duty: &str, on: Date) -> Self {
        self.done_for(Subject::Agency, duty, on)
    }

    /// Something done for a subject, with one piece of evidence.
    #[must_use]
    pub fn done_for(mut self, subject: Subject, duty: &str, on: Date) -> Self {
        let row = format!("{duty} {on}");
        self.0.done.push(Done {
            subject,
            duty: duty.into(),
            on,
            title: duty.into(),
            evidence: 1,
            until: None,
            edition: None,
            parts: Vec::new(),
            stated_by: None,
            event: None,
            says: Vec::new(),
            source: source("activity", &row),
        });
        self
    }

    /// The last of what was done answers these parts.
    #[must_use]
    pub fn answering(mut self, parts: &[&str]) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.parts = parts.iter().map(|part| (*part).to_owned()).collect();
        }
        self
    }

    /// The last of what was done is no file but a statement by name.
    #[must_use]
    pub fn stated_by(mut self, name: &str) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.evidence = 0;
            done.stated_by = Some(name.to_owned());
        }
        self
    }

    /// The last of what was done is a row of a register.
    #[must_use]
    pub fn by_row_of(mut self, register: &str) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            register.clone_into(&mut done.source.register);
        }
        self
    }

    /// The last of what was done is a row that says this of itself.
    #[must_use]
    pub fn saying(mut self, says: &[&str]) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.says = says.iter().map(|what| (*what).to_owned()).collect();
        }
        self
    }

    /// The last of what was done belongs to the event that a record tells of.
    #[must_use]
    pub fn of_event(mut self, register: &str, row: &str) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.event = Some((register.to_owned(), row.to_owned()));
        }
        self
    }

    /// What it says of a duty without a file to show it.
    #[must_use]
    pub fn declared(mut self, declared: Declared) -> Self {
        self.0.declared.push(declared);
        self
    }

    /// What a row says to a check.
    #[must_use]
    pub fn checked(mut self, checked: Checked) -> Self {
        self.0.checked.push(checked);
        self
    }

    /// Something that the last of its proofs shows until that day.
    #[must_use]
    pub fn shown_until(mut self, until: Date) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.until = Some(until);
        }
        self
    }

    /// The last of its proofs has so many files.
    #[must_use]
    pub fn shown_by(mut self, files: usize) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.evidence = files;
        }
        self
    }

    /// The last of its proofs was made against that edition of the law.
    #[must_use]
    pub fn of_edition(mut self, edition: &str) -> Self {
        if let Some(done) = self.0.done.last_mut() {
            done.edition = Some(edition.into());
        }
        self
    }

    /// A change of a system, after which periods may be counted anew.
    #[must_use]
    pub fn altered(mut self, what: &str, system: &str, on: Date) -> Self {
        self.0.altered.push(Altered {
            what: what.into(),
            subject: Subject::System(system.into()),
            on,
            title: system.into(),
            source: source("system", system),
        });
        self
    }

    /// Something that duties count.
    #[must_use]
    pub fn counted(mut self, counted: Counted) -> Self {
        self.0.counted.push(counted);
        self
    }

    /// Something that the agency asked to be relieved of.
    #[must_use]
    pub fn exempt(mut self, exemption: Exemption) -> Self {
        self.0.exempt.push(exemption);
        self
    }

    /// Something that another does for the agency.
    #[must_use]
    pub fn delegate(mut self, delegation: Delegation) -> Self {
        self.0.delegated.push(delegation);
        self
    }

    /// Something that happened.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.0.events.push(event);
        self
    }

    /// The snapshot.
    pub fn build(self) -> Snapshot {
        self.0
    }
}
