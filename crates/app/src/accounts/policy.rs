//! What sign-in must keep to: the baseline of this product's own grade, an agency's resolved rules
//! where they are stricter, and choices of ours where neither says a number.
//!
//! What it can't know: rules that an agency keeps on paper only.

use super::account::Account;
use crate::at_hand;
use crate::held::Loaded;
use crate::reads::Reads;
use crate::{App, AppError};
use facts::Subject;
use law::{Corpus, Parameter, Value};

/// One number with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The number.
    pub value: u32,
    /// Who says so, in words.
    pub source: String,
}

/// The rules for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Characters at least.
    pub min_length: Rule,
    /// Kinds of characters at least, of four.
    pub classes: Rule,
    /// Days until a password must be changed.
    pub max_age: Rule,
    /// Days before it may be changed again.
    pub min_age: Rule,
    /// So many passwords before may not come again.
    pub history: Rule,
    /// So many failures in a row and nobody is let in.
    pub lockout_attempts: Rule,
    /// For so many minutes.
    pub lockout_minutes: Rule,
    /// Minutes without a request after which a session ends.
    pub idle: Rule,
    /// Minutes for which a link to set a new password is good.
    pub reset: Rule,
}

/// Characters at most; longer ones are refused, so that nobody makes the server hash a book.
pub const LONGEST: usize = 128;

const OURS: &str = "本系統之預設";

fn ours(value: u32) -> Rule {
    Rule {
        value,
        source: OURS.to_owned(),
    }
}

fn whole(number: f64) -> Option<u32> {
    // A rule of the law is a small whole number; anything else is none that can be kept.
    let text = format!("{:.0}", number.ceil());
    text.parse().ok()
}

/// What the baseline itself sets for a parameter, in its newest edition.
fn of_baseline(corpus: &Corpus, key: &str) -> Option<Rule> {
    let control = corpus
        .baseline
        .controls
        .iter()
        .find(|c| c.parameters.iter().any(|p| p.key == key))?;
    let parameter = control.parameters.iter().find(|p| p.key == key)?;
    let annex = corpus.instrument(&corpus.baseline.instrument)?;
    let title = &annex.versions.last()?.title;
    Some(Rule {
        value: whole(parameter.value?)?,
        source: format!("{title}之防護基準「{}」", control.measure),
    })
}

/// How a rule of an agency is compared: the stricter one binds.
#[derive(Clone, Copy)]
enum Stricter {
    Higher,
    Lower,
}

impl Policy {
    /// Of the installation, whoever signs in.
    pub(crate) fn of_installation(corpus: &Corpus) -> Self {
        let or = |key: &str, value: u32| of_baseline(corpus, key).unwrap_or_else(|| ours(value));
        Self {
            min_length: or("password.min_length", 12),
            classes: or("password.classes", 1),
            max_age: or("password.max_age", 365),
            min_age: or("password.min_age", 1),
            history: or("password.history", 5),
            lockout_attempts: or("password.lockout_attempts", 5),
            lockout_minutes: or("password.lockout_minutes", 15),
            idle: or("session.idle", 30),
            reset: or("password.reset_ttl", 30),
        }
    }

    fn tightened(&mut self, key: &str, value: u32, source: &str) {
        let (rule, stricter) = match key {
            "password.min_length" => (&mut self.min_length, Stricter::Higher),
            "password.classes" => (&mut self.classes, Stricter::Higher),
            "password.max_age" => (&mut self.max_age, Stricter::Lower),
            "password.min_age" => (&mut self.min_age, Stricter::Higher),
            "password.history" => (&mut self.history, Stricter::Higher),
            "password.lockout_attempts" => (&mut self.lockout_attempts, Stricter::Lower),
            "password.lockout_minutes" => (&mut self.lockout_minutes, Stricter::Higher),
            "session.idle" => (&mut self.idle, Stricter::Lower),
            "password.reset_ttl" => (&mut self.reset, Stricter::Lower),
            _ => return,
        };
        let binds = match stricter {
            Stricter::Higher => value > rule.value,
            Stricter::Lower => value < rule.value && value > 0,
        };
        // Of equals, the one that somebody wrote down tells more than a choice of ours.
        if binds || (value == rule.value && rule.source == OURS) {
            *rule = Rule {
                value,
                source: source.to_owned(),
            };
        }
    }

    /// For a person of some agencies: the strictest of all of them.
    ///
    /// # Errors
    /// Where an agency can't be read.
    pub(crate) async fn of_agencies(app: &App, agencies: &[&str]) -> Result<Self, AppError> {
        let mut policy = Self::of_installation(app.corpus());
        for agency in agencies {
            let reads = Reads::open(app, agency).await?;
            let Some(held) = at_hand::held(app, &reads).await? else {
                continue;
            };
            let make = || Loaded::of(app.corpus(), agency, held.rows.clone(), reads.position());
            let loaded = held.loaded(make)?;
            policy.tighten(app, &loaded);
        }
        Ok(policy)
    }

    fn tighten(&mut self, app: &App, loaded: &Loaded) {
        const KEYS: [&str; 9] = [
            "password.min_length",
            "password.classes",
            "password.max_age",
            "password.min_age",
            "password.history",
            "password.lockout_attempts",
            "password.lockout_minutes",
            "session.idle",
            "password.reset_ttl",
        ];
        let corpus = app.corpus();
        let heeds = |duty: &law::Duty| duty.parameters().any(|key| KEYS.contains(&key));
        let duties = law::resolve_those(corpus, &loaded.plans, &loaded.snapshot, app.today(), heeds);
        for duty in duties {
            // What binds one system or contract of the agency doesn't bind this one.
            if duty.standing != law::Standing::Applies || duty.subject != Subject::Agency {
                continue;
            }
            for requirement in duty
                .requirements
                .iter()
                .filter(|r| KEYS.contains(&r.key.as_str()))
            {
                let Some(value) = number(corpus.parameters.get(&requirement.key), &requirement.value) else {
                    continue;
                };
                let source = requirement.winners.first().map(|w| w.label.to_string());
                self.tightened(&requirement.key, value, &source.unwrap_or_default());
            }
        }
    }
}

/// The rules for a person, by the agencies of the account.
pub(crate) async fn policy_of(app: &App, account: &Account) -> Result<Policy, AppError> {
    let mut agencies: Vec<&str> = account.members.iter().map(|m| m.agency.as_str()).collect();
    agencies.sort_unstable();
    agencies.dedup();
    Policy::of_agencies(app, &agencies).await
}

/// A requirement as the number that sign-in counts in: days, minutes, characters.
fn number(parameter: Option<&Parameter>, value: &Value) -> Option<u32> {
    match value {
        Value::Number(n) => whole(*n),
        Value::Span(span) => {
            let unit = parameter.map_or("", |p| p.unit.as_str());
            if unit == "minute" {
                return Some(span.amount);
            }
            let interval = law::Interval {
                every: span.amount,
                unit: span.unit,
                times: 1,
            };
            // A shorter whole number of days never lets a password live longer than the rule.
            format!("{:.0}", interval.days_per_time().floor()).parse().ok()
        }
        Value::Interval(interval) => format!("{:.0}", interval.days_per_time().floor()).parse().ok(),
        Value::Word(_) | Value::Set(_) => None,
    }
}
