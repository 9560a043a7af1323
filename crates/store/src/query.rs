//! What a list asks for, in the words of records; no SQL, and answered alike by both databases.
//!
//! Why a tree: what somebody may see, what they filter by and what they look for come from three
//! places and are put together without either knowing the others. What it can't know: which
//! fields a register promotes; one that is not promoted has no value here.

use crate::forms::{Derived, Promoted, Scalar, folded, has_pairs};

/// What must be true of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of these; true where there is none.
    And(Vec<Condition>),
    /// One of these; false where there is none.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A field, or an item of it, is exactly this.
    Equals(String, Scalar),
    /// A field has no value, or an empty text.
    Blank(String),
    /// A field, or an item of it, comes before this: an earlier day, a smaller number.
    Before(String, Scalar),
    /// A field, or an item of it, comes after this.
    After(String, Scalar),
    /// A field refers to one of these rows.
    Names(String, Vec<String>),
    /// A text is found in what is searched.
    Text(Text),
    /// It is one of these rows.
    Rows(Vec<String>),
    /// This account wrote its first version.
    Author(String),
}

/// A text to be found, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Part of a text, in any position, whatever the case.
    pub part: String,
    /// Also in personal data of others.
    pub personal: bool,
    /// Also in what would help an attacker.
    pub confidential: bool,
}

/// In which order rows come; rows that are alike come by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Order {
    /// By row id.
    #[default]
    Row,
    /// By a promoted field's least value; rows without one come first.
    Field {
        /// The field.
        field: String,
        /// The greatest first.
        descending: bool,
    },
}

/// A question for a list of one register.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// What must be true; of every row, where nothing is said.
    pub condition: Option<Condition>,
    /// In which order.
    pub order: Order,
    /// How many rows of that order come before the first one given.
    pub skip: u64,
    /// Only rows after this id; for lists in the order of ids.
    pub after: String,
    /// As the agency's chain stood there; now, where none.
    pub at: Option<u64>,
    /// The rows that were withdrawn, as they stood before, instead of those that stand.
    pub withdrawn: bool,
}

impl Query {
    /// The first text that is looked for by pairs of characters, in lower case.
    pub(crate) fn first_part(&self) -> Option<String> {
        self.condition.as_ref().and_then(Condition::first_part)
    }
}

/// A row as a condition sees it.
pub(crate) struct Seen<'r> {
    pub row: &'r str,
    pub author: &'r str,
    pub promoted: &'r Promoted,
}

impl Condition {
    /// In the order in which the database is asked.
    fn first_part(&self) -> Option<String> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().find_map(Self::first_part),
            Self::Not(not) => not.first_part(),
            Self::Text(text) => Some(folded(&text.part)).filter(|part| has_pairs(part)),
            _ => None,
        }
    }

    /// Whether it is true of a row: the meaning of what the databases are asked.
    pub(crate) fn holds(&self, seen: &Seen<'_>) -> bool {
        let values = |field: &'_ str| {
            let field = field.to_owned();
            let all = seen.promoted.values.iter();
            all.filter(move |(key, _)| *key == field)
                .map(|(_, value)| value.as_str())
        };
        match self {
            Self::And(all) => all.iter().all(|c| c.holds(seen)),
            Self::Or(any) => any.iter().any(|c| c.holds(seen)),
            Self::Not(not) => !not.holds(seen),
            Self::Equals(field, value) => values(field).any(|v| v == value.stored()),
            Self::Blank(field) => !values(field).any(|v| v != "t"),
            Self::Before(field, value) => {
                let bound = value.stored();
                values(field).any(|v| same_kind(v, &bound) && v < bound.as_str())
            }
            Self::After(field, value) => {
                let bound = value.stored();
                values(field).any(|v| same_kind(v, &bound) && v > bound.as_str())
            }
            Self::Names(field, rows) => values(field).any(|v| {
                v.strip_prefix('t')
                    .is_some_and(|v| rows.iter().any(|row| row == v))
            }),
            Self::Text(text) => {
                let part = folded(&text.part);
                let promoted = seen.promoted;
                promoted.open.contains(&part)
                    || (text.personal && promoted.personal.contains(&part))
                    || (text.confidential && promoted.confidential.contains(&part))
            }
            Self::Rows(rows) => rows.iter().any(|row| row == seen.row),
            Self::Author(author) => seen.author == author,
        }
    }
}

/// Texts are compared with texts, numbers with numbers.
fn same_kind(a: &str, b: &str) -> bool {
    a.as_bytes().first() == b.as_bytes().first()
}

/// The value by which a row comes in an order.
pub(crate) fn sorts_by(order: &Order, derived: &Derived) -> String {
    match order {
        Order::Row => String::new(),
        Order::Field { field, .. } => {
            let of = derived.values.iter().filter(|(key, _)| key == field);
            of.map(|(_, value)| value.stored()).min().unwrap_or_default()
        }
    }
}

/// What a list shows, as a register's list asks for it.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// Fields that must hold exactly this text (a flag as `true` or `false`, a number in digits);
    /// an empty text asks for rows without one.
    pub equal: Vec<(String, String)>,
    /// A text that some field must contain.
    pub contains: Text,
    /// Rows after this id.
    pub after: String,
    /// Only these rows; all where none is said.
    pub among: Option<Vec<String>>,
    /// Only rows of which one of these is true.
    pub own: Option<Own>,
    /// As the agency's chain stood there; now, where none.
    pub at: Option<u64>,
    /// The rows that were withdrawn, as they stood before, instead of those that stand.
    pub withdrawn: bool,
}

/// Rows that are somebody's own; without anything, none are.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Fields that hold exactly this text.
    pub fields: Vec<(String, String)>,
    /// Who wrote the first version.
    pub author: Option<String>,
    /// Rows by id.
    pub rows: Vec<String>,
}

impl From<&Select> for Query {
    fn from(select: &Select) -> Self {
        let mut all = Vec::new();
        for (field, text) in &select.equal {
            all.push(match (text.as_str(), text.parse::<f64>()) {
                ("", _) => Condition::Blank(field.clone()),
                (_, Ok(number)) => Condition::Or(vec![
                    Condition::Equals(field.clone(), Scalar::Text(text.clone())),
                    Condition::Equals(field.clone(), Scalar::Number(number)),
                ]),
                _ => Condition::Equals(field.clone(), Scalar::Text(text.clone())),
            });
        }
        if let Some(rows) = &select.among {
            all.push(Condition::Rows(rows.clone()));
        }
        if let Some(own) = &select.own {
            let mut any: Vec<Condition> = own
                .fields
                .iter()
                .map(|(field, text)| Condition::Equals(field.clone(), Scalar::Text(text.clone())))
                .collect();
            if !own.rows.is_empty() {
                any.push(Condition::Rows(own.rows.clone()));
            }
            any.extend(own.author.clone().map(Condition::Author));
            all.push(Condition::Or(any));
        }
        if !select.contains.part.is_empty() {
            all.push(Condition::Text(select.contains.clone()));
        }
        Self {
            condition: (!all.is_empty()).then_some(Condition::And(all)),
            order: Order::Row,
            skip: 0,
            after: select.after.clone(),
            at: select.at,
            withdrawn: select.withdrawn,
        }
    }
}

impl From<Select> for Query {
    fn from(select: Select) -> Self {
        Self::from(&select)
    }
}
