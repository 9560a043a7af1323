//! Which duty a sentence of a plan is, by the words that the law data names.
//!
//! What: wordings of duties, and of what a plan's sentence may get wrong, matched against a
//! sentence, the items above it and its chapter. Why here: the reader of plans knows no law, and
//! no sentence of an agency stands in code. What it can't know: a promise in words that no
//! wording names; such a sentence is told as one that matches nothing.

use crate::instrument::Certainty;
use crate::parameter::Value;
use serde::Serialize;

/// A sentence of a plan, as the plan reader found it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sentence {
    /// The chapter of the template, by its slug; empty where it is none.
    pub chapter: String,
    /// Where in the plan.
    pub clause: String,
    /// Line of the uploaded text.
    pub line: usize,
    /// Its words.
    pub text: String,
    /// The items above it, outermost first.
    pub above: Vec<String>,
    /// Whether its own words bind.
    pub firm: bool,
    /// Whether it is said of core systems only.
    pub core: bool,
    /// How often, where it says so: number and unit.
    pub every: Option<(f64, String)>,
}

/// Words by which a sentence is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Signs {
    /// Chapters of the template in which it counts; empty for any.
    pub chapters: Vec<String>,
    /// One word of each of these is in the sentence.
    pub says: Vec<Vec<String>>,
    /// One word of each of these is in the sentence or above it.
    pub under: Vec<Vec<String>>,
    /// None of these is in the sentence.
    pub not: Vec<String>,
}

impl Signs {
    /// Whether a sentence shows them.
    pub fn shown_by(&self, sentence: &Sentence) -> bool {
        let in_text = |word: &String| sentence.text.contains(word.as_str());
        let near = |word: &String| in_text(word) || sentence.above.iter().any(|a| a.contains(word.as_str()));
        (self.chapters.is_empty() || self.chapters.contains(&sentence.chapter))
            && self.says.iter().all(|any| any.iter().any(in_text))
            && self.under.iter().all(|any| any.iter().any(near))
            && !self.not.iter().any(in_text)
    }
}

/// What a sentence tells of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// As often as it says itself.
    Interval,
    /// What the plan promises of another parameter.
    Like(String),
    /// This value.
    Value(Value),
    /// This one of a set.
    Item(String),
}

/// What a wording promises of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Telling {
    /// The parameter.
    pub parameter: String,
    /// How its value is told.
    pub value: Told,
    /// How sure.
    pub certainty: Certainty,
}

/// What a sentence is to the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Meant {
    /// This duty.
    Duty(String),
    /// No duty of its own: what it says is kept in this register.
    Register(String),
}

impl Meant {
    /// The duty, where it is one.
    pub fn duty(&self) -> Option<&str> {
        match self {
            Self::Duty(key) => Some(key),
            Self::Register(_) => None,
        }
    }
}

/// A wording of a duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wording {
    /// What such a sentence is.
    pub meant: Meant,
    /// Words by which its sentence is known.
    pub signs: Signs,
    /// What it promises of parameters.
    pub promises: Vec<Telling>,
}

impl Wording {
    /// Whether a sentence is so worded.
    pub fn says(&self, sentence: &Sentence) -> bool {
        self.signs.shown_by(sentence)
    }
}

/// What a plan's sentence may get wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanRule {
    /// Stable key.
    pub key: String,
    /// Words by which such a sentence is known.
    pub signs: Signs,
    /// Nothing is wrong where another sentence of the plan shows these.
    pub unless: Vec<Signs>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The duty that the law makes of it: its clauses say otherwise, and whom it doesn't bind isn't told.
    pub duty: String,
    /// How sure.
    pub certainty: Certainty,
}

impl PlanRule {
    /// The sentences of a plan that get it wrong.
    pub fn broken_by<'s>(&self, sentences: &'s [Sentence]) -> Vec<&'s Sentence> {
        let cured = |signs: &Signs| sentences.iter().any(|s| signs.shown_by(s));
        if self.unless.iter().any(cured) {
            return Vec::new();
        }
        sentences.iter().filter(|s| self.signs.shown_by(s)).collect()
    }
}
