//! 責任等級核定: which level the agency was given, by which decision, from when on.
//!
//! Why whole decisions are kept: the day from which periods run is that of the first
//! decision of the present level (初次受核定或等級變更之日); a re-approval at the same level
//! changes nothing and must not restart them. What it can't know: decisions that were
//! not entered; an undated one gives a level but no day.

use crate::core::row::{Row, Stated, check};
use crate::core::stored::Problem;
use crate::core::{Book, Field, FieldProblem, Kind, Record, RegisterSpec, Sensitivity, found};
use facts::{Fact, FactValue, Source, Subject};
use period::Date;
use serde::{Deserialize, Serialize};

/// 資通安全責任等級
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// The strictest.
    A,
    /// 乙級
    B,
    /// 丙級
    C,
    /// 丁級
    D,
    /// 戊級
    E,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Designation {
    /// 核定等級
    pub level: Level,
    /// 核定日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_on: Option<Date>,
    /// 核定文號
    #[serde(default)]
    pub document_no: String,
    /// 核定機關
    #[serde(default)]
    pub authority: String,
    /// 備註
    #[serde(default)]
    pub note: String,
}

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new(
        "level",
        "核定等級",
        Kind::Choice(&[
            ("A", "A 級"),
            ("B", "B 級"),
            ("C", "C 級"),
            ("D", "D 級"),
            ("E", "E 級"),
        ]),
        "C",
    )
    .required()
    .law(LAW),
    Field::new("approved_on", "核定日期", Kind::Date, "2024-03-15")
        .help("核定函的日期；首次核定或等級變更之日起算各項期限。不知道時留空，期限會顯示為「未知」")
        .law(LAW),
    Field::new("document_no", "核定文號", Kind::Text, "府資安字第1130000000號"),
    Field::new("authority", "核定機關", Kind::Text, "示範市政府")
        .sensitivity(Sensitivity::Public)
        .law(LAW),
    Field::new("note", "備註", Kind::LongText, "每二年重新提報，等級未變。"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "designation",
    title: "責任等級核定",
    help: "每一次核定登錄一筆，包括等級未變的重新核定",
    names_row: "level",
    fields: FIELDS,
    typed: Some(check::<Designation>),
    identity: &["level", "approved_on"],
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

/// A decision that was not taken yet is no decision.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let ahead = row.date("approved_on").is_some_and(|day| day > book.today);
    found([ahead.then(|| {
        FieldProblem::new(
            "approved_on",
            "核定日在今天之後，請填核定函所載日期，例如 115/08/01",
        )
    })])
}

impl Row for Designation {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        Vec::new()
    }
}

/// What an agency's decisions state together: the level over time, and for every run of
/// decisions at one level the day of its first. Contradictions state nothing.
pub fn facts(rows: &[Stated<Designation>]) -> Result<Vec<Fact>, Vec<Problem>> {
    let mut dated: Vec<(Date, Level, &Source)> = rows
        .iter()
        .filter_map(|d| Some((d.row.approved_on?, d.row.level, &d.source)))
        .collect();
    dated.sort_by(|a, b| (a.0, a.1, &a.2.row).cmp(&(b.0, b.1, &b.2.row)));
    let mut undated = rows.iter().filter(|d| d.row.approved_on.is_none());
    let mut problems = Vec::new();
    for (a, b) in dated.iter().zip(dated.iter().skip(1)) {
        if a.0 == b.0 && a.1 != b.1 {
            problems.push(problem(
                b.2,
                format!(
                    "{} 這一天有兩筆等級不同的核定，請更正其中一筆的日期或等級",
                    period::roc_short(b.0)
                ),
            ));
        }
    }
    let mut facts = Vec::new();
    if let Some(first) = undated.next() {
        for other in undated.filter(|d| d.row.level != first.row.level) {
            problems.push(problem(
                &other.source,
                "有兩筆未載日期的核定，等級不同，請補上核定日期".to_owned(),
            ));
        }
        facts.push(level(first.row.level, None, None, &first.source));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    dated.dedup_by_key(|d| d.0);
    for (i, (day, held, source)) in dated.iter().enumerate() {
        let until = dated.get(i + 1).map(|next| next.0);
        facts.push(level(*held, Some(*day), until, source));
        let before = i.checked_sub(1).and_then(|p| dated.get(p));
        if before.is_none_or(|b| b.1 != *held) {
            let changed = dated.iter().skip(i).find(|d| d.1 != *held).map(|d| d.0);
            facts.push(Fact {
                subject: Subject::Agency,
                key: "level_approved_on".to_owned(),
                value: FactValue::Date(*day),
                from: Some(*day),
                until: changed,
                source: (*source).clone(),
            });
        }
    }
    Ok(facts)
}

fn level(level: Level, from: Option<Date>, until: Option<Date>, source: &Source) -> Fact {
    Fact {
        subject: Subject::Agency,
        key: "responsibility_level".to_owned(),
        value: FactValue::Choice(level.word().to_owned()),
        from,
        until,
        source: source.clone(),
    }
}

fn problem(source: &Source, message: String) -> Problem {
    Problem {
        register: source.register.clone(),
        row: source.row.clone(),
        message,
    }
}
