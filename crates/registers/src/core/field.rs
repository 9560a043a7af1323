//! The field table: what a form, a list and an import need to know about a field.
//!
//! Why constants and no macro: a table is read by people too. What it can't know: rules
//! between fields; those are in each register's `validate`.

use serde::Serialize;

/// What a field holds, and so how it is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// One of these: (as stored, as shown).
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no; left out where nobody said.
    Flag,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A day with its time of day in Taipei, `YYYY-MM-DDThh:mm`.
    Moment,
    /// A whole number, not negative.
    Number,
    /// A number with decimals (money, rates, hours), kept as the digits that were entered.
    Decimal,
    /// A length of time as a paper states it: `{kind, hours, text}`.
    Duration,
    /// Several of these: (as stored, as shown).
    Many(&'static [(&'static str, &'static str)]),
    /// A row of another register, by its id.
    Reference(&'static str),
    /// Several rows of another register, by their ids.
    References(&'static str),
    /// About whom: the agency, a system, or a person.
    Subject,
    /// Files: `[{sha256, name, size, media_type}]`.
    Evidence,
    /// Several short texts.
    List,
    /// Whatever a reader found; not entered by hand.
    Json,
}

/// Who should see a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// May be published.
    Public,
    /// For the agency and its supervisors.
    Internal,
    /// Personal data.
    Personal,
    /// Would help an attacker.
    Confidential,
}

/// One field of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key, as stored.
    pub key: &'static str,
    /// What an officer calls it.
    pub label: &'static str,
    /// What to enter.
    pub help: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row without it is refused.
    pub required: bool,
    /// Who should see it.
    pub sensitivity: Sensitivity,
    /// Slug of the legal instrument that asks for it; empty where none does.
    pub legal_basis: &'static str,
    /// Whether a row without it is incomplete, though it is taken.
    pub expected: bool,
    /// Other words that heads of columns use for it.
    pub synonyms: &'static [&'static str],
    /// An example: plain for text, choices and dates, JSON for the rest.
    pub example: &'static str,
}

impl Field {
    /// An optional, internal field.
    pub const fn new(key: &'static str, label: &'static str, kind: Kind, example: &'static str) -> Self {
        Self {
            key,
            label,
            help: "",
            kind,
            required: false,
            sensitivity: Sensitivity::Internal,
            legal_basis: "",
            expected: false,
            synonyms: &[],
            example,
        }
    }

    /// With a help text.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Should be given: a row without it is taken, and listed as incomplete.
    #[must_use]
    pub const fn expected(mut self) -> Self {
        self.expected = true;
        self
    }

    /// Words that heads of columns also use.
    #[must_use]
    pub const fn synonyms(mut self, words: &'static [&'static str]) -> Self {
        self.synonyms = words;
        self
    }

    /// Who should see it.
    #[must_use]
    pub const fn sensitivity(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    /// Which instrument asks for it.
    #[must_use]
    pub const fn law(mut self, slug: &'static str) -> Self {
        self.legal_basis = slug;
        self
    }

    /// The example as it would be stored.
    pub fn example_value(&self) -> serde_json::Value {
        match self.kind {
            Kind::Text
            | Kind::LongText
            | Kind::Choice(_)
            | Kind::Date
            | Kind::Moment
            | Kind::Decimal
            | Kind::Reference(_) => self.example.into(),
            _ => serde_json::from_str(self.example).unwrap_or_default(),
        }
    }

    /// The example as an officer would enter it; none where only programs write such a value.
    pub fn example_words(&self) -> Option<String> {
        let label = |choices: &[(&str, &str)], stored: &str| {
            let found = choices.iter().find(|(word, _)| *word == stored);
            found.map(|(_, label)| (*label).to_owned())
        };
        let items = || serde_json::from_str::<Vec<String>>(self.example).ok();
        let joined = |all: Vec<String>| Some(all.join("、")).filter(|text| !text.is_empty());
        match self.kind {
            Kind::Text | Kind::LongText => Some(self.example.to_owned()).filter(|text| !is_code(text)),
            Kind::Number | Kind::Decimal => Some(self.example.to_owned()),
            Kind::Choice(choices) => label(choices, self.example),
            Kind::Many(choices) => joined(items()?.iter().filter_map(|item| label(choices, item)).collect()),
            Kind::List => items()
                .filter(|all| !all.iter().any(|item| is_code(item)))
                .and_then(joined),
            Kind::Date => self.example.parse().ok().map(period::roc_short),
            Kind::Moment => self.example.parse().ok().map(period::roc_instant),
            Kind::Flag => Some(if self.example == "true" { "是" } else { "否" }.to_owned()),
            Kind::Duration
            | Kind::Reference(_)
            | Kind::References(_)
            | Kind::Subject
            | Kind::Evidence
            | Kind::Json => None,
        }
    }
}

/// What is wrong with a field, and what to do about it (zh-TW).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's key; empty for the row as a whole.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl FieldProblem {
    /// A problem of a field.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// Files that prove what a row says: the last but one field of most registers.
pub const EVIDENCE: Field = Field::new(
    "evidence",
    "佐證",
    Kind::Evidence,
    r#"[{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","name":"紀錄.odt","size":20480,"media_type":"application/vnd.oasis.opendocument.text"}]"#,
)
.synonyms(&["附件", "佐證資料"]);

/// 備註: the last field of most registers.
pub const NOTE: Field = Field::new("note", "備註", Kind::LongText, "無。").synonyms(&["說明事項", "附註"]);

/// Whether a text is a key of the program rather than what somebody would write.
fn is_code(text: &str) -> bool {
    let of_keys = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-' | '.' | ':');
    !text.is_empty() && text.chars().all(of_keys)
}
