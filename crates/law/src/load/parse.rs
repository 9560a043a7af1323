//! The TOML forms of law files, exactly as written: unknown keys are refused.

use super::file::File;
use crate::duty::SubjectKind;
use crate::error::LawError;
use crate::instrument::{Certainty, Rank};
use crate::parameter::ValueKind;
use period::{Counting, Date, Rule, Unit};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use std::collections::BTreeMap;
use toml::Spanned;

/// A TOML local date as a [`Date`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stamp = toml::value::Datetime::deserialize(deserializer)?;
        let date = stamp.date.filter(|_| stamp.time.is_none());
        let date = date.ok_or_else(|| D::Error::custom("應為日期，例如 2021-08-23"))?;
        let number = |n: u8| i8::try_from(n).unwrap_or(0);
        i16::try_from(date.year)
            .ok()
            .and_then(|year| Date::new(year, number(date.month), number(date.day)).ok())
            .map(Day)
            .ok_or_else(|| D::Error::custom(format!("曆法上沒有 {date} 這一天")))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInstrument {
    pub slug: Spanned<String>,
    pub pcode: Option<String>,
    pub rank: Rank,
    pub jurisdiction: Spanned<String>,
    pub jurisdiction_note: Option<String>,
    pub bodies: Option<Vec<Spanned<String>>>,
    pub authority: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub version: Vec<RawVersion>,
    #[serde(default)]
    pub event: Vec<RawEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawVersion {
    pub id: Spanned<String>,
    pub title: String,
    pub published: Option<Day>,
    pub from: Option<Day>,
    pub no_later_than: Option<Day>,
    pub until: Option<Day>,
    pub set_by: Option<String>,
    pub source: String,
    pub retrieved: Option<Day>,
    pub confirmed_on: Option<Day>,
    pub certainty: Certainty,
    #[serde(default = "yes")]
    pub modelled: bool,
    #[serde(default = "yes")]
    pub complete: bool,
    pub article_count: Option<u32>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEvent {
    pub date: Day,
    pub note: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawArticles {
    pub version: Spanned<String>,
    #[serde(default)]
    pub article: Vec<RawArticle>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawArticle {
    pub id: Spanned<String>,
    pub label: String,
    pub heading: String,
    pub gist: String,
    pub paragraphs: Option<u8>,
    pub items: Option<u8>,
    #[serde(default)]
    pub was: Vec<Spanned<String>>,
    #[serde(default)]
    pub about: Vec<String>,
    #[serde(default)]
    pub body: Vec<String>,
    #[serde(default)]
    pub signs: Vec<String>,
    pub certainty: Certainty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDuties {
    #[serde(default)]
    pub duty: Vec<RawDuty>,
    #[serde(default)]
    pub parameter: Vec<RawParameter>,
    #[serde(default)]
    pub basis: Vec<RawFurtherBasis>,
}

/// A clause on which a duty of another file rests too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFurtherBasis {
    pub duty: Spanned<String>,
    pub from: Day,
    pub until: Option<Day>,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub certainty: Option<Certainty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDuty {
    pub key: Spanned<String>,
    pub title: String,
    pub aspect: String,
    pub explain: String,
    #[serde(default)]
    pub proof: Vec<String>,
    pub subject: SubjectKind,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub when: RawWhen,
    #[serde(default)]
    pub requires: Vec<String>,
    #[serde(default)]
    pub basis: Vec<RawBasis>,
    #[serde(default)]
    pub transitional: Vec<RawTransitional>,
    #[serde(default)]
    pub restarts: Vec<RawRestart>,
    pub edition: Option<String>,
    #[serde(default)]
    pub readings: Vec<String>,
    #[serde(default)]
    pub kept: bool,
    #[serde(default)]
    pub relieves: Vec<String>,
    #[serde(default)]
    pub delegates: Vec<String>,
    #[serde(default)]
    pub counts: Vec<RawCount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCount {
    pub what: String,
    pub at_least: String,
    pub each: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProof {
    pub standing: RawShown,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawShown {
    pub within: u32,
    pub unit: Unit,
    pub reading: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, tag = "shape", rename_all = "snake_case")]
pub(crate) enum RawWhen {
    Once {
        within: String,
        counted_from: String,
        counting: Counting,
    },
    Every {
        interval: String,
        starts_after: Option<String>,
    },
    Monthly {
        by: String,
        after: Option<String>,
    },
    OnEvent {
        trigger: String,
        within: Option<String>,
        counting: Counting,
    },
    Standing {
        fact: Option<String>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBasis {
    pub from: Day,
    pub until: Option<Day>,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub certainty: Option<Certainty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTransitional {
    pub from: Day,
    pub until: Option<Day>,
    pub fact: String,
    pub before: Day,
    pub counted_from: Day,
    pub within: RawValue,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub certainty: Option<Certainty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRestart {
    pub from: Day,
    pub until: Option<Day>,
    pub on: Vec<String>,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub certainty: Option<Certainty>,
    pub reading: Option<String>,
}

/// A table of words in the order in which the file has them.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    struct InOrder;
    impl<'de> serde::de::Visitor<'de> for InOrder {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("詞彙對照表")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_map(InOrder)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawParameter {
    pub key: Spanned<String>,
    pub title: String,
    pub kind: ValueKind,
    #[serde(default)]
    pub unit: String,
    pub stricter: String,
    #[serde(default)]
    pub order: Vec<String>,
    #[serde(default, deserialize_with = "in_order")]
    pub words: Vec<(String, String)>,
    pub read_by: Option<String>,
    #[serde(default)]
    pub values: Vec<RawParameterValue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawParameterValue {
    pub from: Option<Day>,
    pub until: Option<Day>,
    pub value: RawValue,
    pub cite: Spanned<String>,
    #[serde(default)]
    pub applies: BTreeMap<String, Vec<String>>,
    pub certainty: Option<Certainty>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "值須為數、文字、{ every = …, unit = … }、{ within = …, unit = … }、{ number = …, unit = … } 或文字清單；unit 用 hour、calendar_day、working_day、week、month、year"
)]
pub(crate) enum RawValue {
    Number(f64),
    Word(String),
    Every(RawEvery),
    Within(RawWithin),
    Measure(RawMeasure),
    Set(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEvery {
    pub every: u32,
    pub unit: Unit,
    pub times: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWithin {
    pub within: u32,
    pub unit: Unit,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMeasure {
    pub number: f64,
    pub unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCounting {
    #[serde(default)]
    pub rule: Vec<RawCountingRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCountingRule {
    pub counting: Counting,
    pub rule: Rule,
    pub cite: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReadings {
    #[serde(default)]
    pub reading: Vec<RawReading>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReading {
    pub key: Spanned<String>,
    pub text: String,
    #[serde(default)]
    pub alternative: String,
    #[serde(default)]
    pub body: Vec<String>,
    pub certainty: Certainty,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCoverage {
    #[serde(default)]
    pub cover: Vec<RawCover>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCover {
    pub instrument: Spanned<String>,
    pub version: String,
    pub articles: Vec<Spanned<String>>,
    #[serde(rename = "as")]
    pub role: String,
    #[serde(default)]
    pub why: String,
}

/// A file that has entries in lists, which can be read one by one.
pub(crate) trait Listed: DeserializeOwned {
    /// Whether it has such lists; else it is one whole.
    const HAS_LISTS: bool;

    /// Adds what stands in the lists of another reading of the same file.
    fn append(&mut self, more: Self);

    /// Whether it says nothing: a head at most, and no entry.
    fn is_bare(&self) -> bool;
}

/// The lists of a file's form.
macro_rules! listed {
    ($form:ty: $($list:ident),*) => {
        impl $crate::load::parse::Listed for $form {
            const HAS_LISTS: bool = true;

            fn append(&mut self, more: Self) {
                $(self.$list.extend(more.$list);)*
            }

            fn is_bare(&self) -> bool {
                true $(&& self.$list.is_empty())*
            }
        }
    };
}
pub(crate) use listed;

/// A file that is one whole.
macro_rules! unlisted {
    ($form:ty) => {
        impl $crate::load::parse::Listed for $form {
            const HAS_LISTS: bool = false;

            fn append(&mut self, _: Self) {}

            fn is_bare(&self) -> bool {
                false
            }
        }
    };
}

listed!(RawInstrument: version, event);
listed!(RawArticles: article);
listed!(RawDuties: duty, parameter, basis);
listed!(RawCounting: rule);
listed!(RawReadings: reading);
listed!(RawCoverage: cover);
pub(crate) use unlisted;

unlisted!(RawProof);
unlisted!(period::CalendarYear);
unlisted!(period::FixedHolidays);

/// Reads one TOML file strictly; the error names the file, the line and the remedy.
pub(crate) fn read<T: DeserializeOwned>(file: &File<'_>) -> Result<T, LawError> {
    read_text(file, &file.text)
}

/// The same, of a text that has its lines where the file has them.
pub(crate) fn read_text<T: DeserializeOwned>(file: &File<'_>, text: &str) -> Result<T, LawError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| file.line(span.start));
        let message = format!("格式不符：{}", error.message().replace('\n', " "));
        LawError::new(&file.path, line, message, remedy(error.message()))
    })
}

fn remedy(message: &str) -> &'static str {
    if message.contains("unknown field") || message.contains("unknown variant") {
        "請改用訊息所列的名稱，或移除；各鍵的說明見 CONTRIBUTING.md"
    } else if message.contains("missing field") {
        "請補上訊息所指的鍵"
    } else if message.contains("duplicate") {
        "重複的兩處請只留一處"
    } else {
        "請更正該行；各檔的格式見 CONTRIBUTING.md"
    }
}
