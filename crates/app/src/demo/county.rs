//! The made-up county: its offices, their systems, vendors and people.
//!
//! Why a county that isn't there: nothing in the demonstration may be taken for what a real agency
//! does. What it can't do: say which county's rules bind; it has none, and its agencies leave that blank.

use super::days::{later, roc};
use super::lot::Lot;
use period::{Date, DateTime};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What all offices share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct County {
    pub(super) offices: Vec<Office>,
    surnames: String,
    given_first: String,
    given_second: String,
    pub(super) brands: Vec<String>,
    /// Threat, weakness, measure.
    pub(super) threats: Vec<(String, String, String)>,
    /// Title, category, hours.
    pub(super) courses: Vec<(String, String, i64)>,
    pub(super) lecturers: Vec<String>,
}

/// An office as it is told of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Office {
    /// Which plan it has.
    pub(super) plan: String,
    pub(super) short: String,
    /// What its papers' numbers begin with.
    pub(super) code: String,
    pub(super) host: String,
    /// How many people are made up.
    people: usize,
    /// People whom the chapters tell of.
    #[serde(default)]
    known: Vec<Person>,
    dedicated: usize,
    /// How many proofs of what it must always have it still owes.
    pub(super) owed: usize,
    pub(super) assets: i64,
    pub(super) accounts: usize,
    ciso_position: String,
    pub(super) units: Vec<Unit>,
    pub(super) systems: Vec<System>,
    pub(super) vendors: Vec<String>,
    pub(super) contracts: Vec<Contract>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) it: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct System {
    pub(super) name: String,
    pub(super) core: bool,
    /// Confidentiality, integrity, availability, compliance, a character each.
    grades: String,
    pub(super) public: bool,
    pub(super) unit: String,
    pub(super) sub: String,
    pub(super) rto: i64,
    pub(super) vendor: usize,
}

impl System {
    /// The grade of each aspect, and the highest.
    pub(super) fn graded(&self) -> (Vec<String>, &'static str) {
        let each: Vec<String> = self.grades.chars().map(String::from).collect();
        let highest = ["高", "中"].into_iter().find(|grade| self.grades.contains(grade));
        (each, highest.unwrap_or("普"))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contract {
    pub(super) name: String,
    pub(super) vendor: usize,
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) amount: i64,
}

/// Somebody of an office.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) position: String,
    pub(super) dedicated: bool,
    pub(super) it: bool,
}

/// What the records of an office are made from.
pub(super) struct Ground<'c> {
    pub(super) county: &'c County,
    pub(super) office: &'c Office,
    pub(super) today: Date,
    /// The minute in which it is made.
    pub(super) now: DateTime,
    pub(super) lot: Lot,
    /// The chapters' people, then those made up.
    pub(super) people: Vec<Person>,
    pub(super) is_told: bool,
    /// The newest edition of the protection baseline, and its rows with the grade from which each applies.
    pub(super) edition: String,
    pub(super) controls: Vec<(String, String)>,
    /// How many risks there are, and how many above what is accepted.
    pub(super) risks: (i64, i64),
}

impl<'c> Ground<'c> {
    pub(super) fn new(county: &'c County, office: &'c Office, now: DateTime, seed: u64) -> Self {
        let mut lot = Lot::new(seed);
        let is_told = !office.known.is_empty();
        let mut people = office.known.clone();
        people.extend(made_up(county, office, &mut lot));
        Self {
            county,
            office,
            today: now.date(),
            now,
            lot,
            people,
            is_told,
            edition: String::new(),
            controls: Vec::new(),
            risks: (0, 0),
        }
    }

    /// So many days ago.
    pub(super) fn ago(&self, days: i64) -> String {
        self.ahead(-days)
    }

    /// In so many days.
    pub(super) fn ahead(&self, days: i64) -> String {
        later(self.today, days).map_or_else(String::new, |day| day.to_string())
    }

    /// So many days after a day, where that is over; nothing yet otherwise.
    pub(super) fn by_now(&self, day: Date, days: i64) -> Value {
        later(day, days)
            .filter(|day| *day <= self.today)
            .map_or(Value::Null, |day| json!(day.to_string()))
    }

    /// Somebody of this office, always the same for the same number.
    pub(super) fn person(&self, n: usize) -> String {
        let at = n.checked_rem(self.people.len()).unwrap_or(0);
        self.people.get(at).map_or_else(String::new, |p| p.name.clone())
    }

    /// Somebody who keeps systems.
    pub(super) fn keeper(&self, n: usize) -> String {
        let its: Vec<&Person> = self
            .people
            .iter()
            .filter(|p| p.it && p.position != "科長")
            .collect();
        let at = n.checked_rem(its.len()).unwrap_or(0);
        its.get(at).map_or_else(String::new, |p| p.name.clone())
    }

    /// Who looks over what the keepers did.
    pub(super) fn head(&self) -> String {
        if self.is_told {
            "李示範".to_owned()
        } else {
            self.person(1)
        }
    }

    /// The first whose position is this.
    pub(super) fn at(&self, position: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.position == position)
    }

    /// The first person of a unit.
    pub(super) fn of_unit(&self, unit: &str) -> String {
        let found = self.people.iter().find(|p| p.unit == unit);
        found.map_or_else(|| self.person(0), |p| p.name.clone())
    }

    pub(super) fn unit(&self, n: usize) -> String {
        let at = n.checked_rem(self.office.units.len()).unwrap_or(0);
        self.office
            .units
            .get(at)
            .map_or_else(String::new, |u| u.name.clone())
    }

    pub(super) fn vendor(&self, n: usize) -> String {
        self.office.vendors.get(n).cloned().unwrap_or_default()
    }

    /// The contract's full name, of the year in which it began.
    pub(super) fn contract(&self, contract: &Contract) -> String {
        let begun = later(self.today, contract.from).unwrap_or(self.today);
        format!("{}年{}", roc(begun), contract.name)
    }
}

/// People with names that no two of an office share: the 資通安全長, a head for each unit, those who
/// do nothing else, and everybody else.
fn made_up(county: &County, office: &Office, lot: &mut Lot) -> Vec<Person> {
    let letters = |of: &str| of.chars().collect::<Vec<_>>();
    let (surnames, first, second) = (
        letters(&county.surnames),
        letters(&county.given_first),
        letters(&county.given_second),
    );
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    let heads = office.units.len();
    for n in 0..office.people {
        let mut name = String::new();
        while name.is_empty() || !taken.insert(name.clone()) {
            name = [&surnames, &first, &second]
                .into_iter()
                .filter_map(|of| lot.pick(of))
                .collect();
        }
        let is_small = office.people <= heads;
        let unit = office
            .units
            .get(n.saturating_sub(1).checked_rem(heads).unwrap_or(0));
        let Some(unit) = unit.filter(|_| !is_small).or(office.units.last()) else {
            continue;
        };
        let dedicated = !is_small && n > heads && n <= heads.saturating_add(office.dedicated);
        let unit = if dedicated {
            office.units.first().unwrap_or(unit)
        } else {
            unit
        };
        let position = match n {
            0 if !is_small => office.ciso_position.clone(),
            n if !is_small && n <= heads => {
                let is_room = unit.name.ends_with('室');
                (if is_room { "主任" } else { "科長" }).to_owned()
            }
            _ if dedicated => lot.word(&["分析師", "技正", "技士"]),
            _ if unit.it => lot.word(&["設計師", "助理設計師", "技佐", "管理師"]),
            _ => lot.word(&["科員", "專員", "辦事員", "約僱人員", "助理員"]),
        };
        people.push(Person {
            name,
            unit: unit.name.clone(),
            position,
            dedicated,
            it: unit.it && n > 0,
        });
    }
    people
}
