//! Questions about an incident that need the law and no agency: which level, which clocks.

use crate::AppError;
use assess::{Clock, Incident, clocks};
use facts::{FactKind, INCIDENT_LEVEL, TRIGGERS, fact_spec, trigger_label};
use law::{Answer, Corpus, Instrument, LevelFound, Rank};
use period::{Date, DateTime};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is asked about the clocks of an incident.
#[derive(Debug, Clone)]
pub struct ClockQuestion {
    /// Level, as typed.
    pub level: String,
    /// Nature of the body.
    pub body: String,
    /// City; empty for none.
    pub jurisdiction: String,
    /// Contract baseline: its slug, or a city or word that names only one.
    pub contract: Option<String>,
    /// The law of this day.
    pub edition: Date,
    /// Moments: trigger key and instant.
    pub moments: Vec<(String, DateTime)>,
}

/// The clocks of an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockReport {
    /// Level.
    pub level: String,
    /// The law of this day.
    pub edition: Date,
    /// Title of the instrument that sets the statutory clocks on that day.
    pub instrument: Option<String>,
    /// Slug of the contract baseline.
    pub contract: Option<String>,
    /// Every clock.
    pub clocks: Vec<Clock>,
    /// What the reader must know: texts not at hand, moments that contradict each other.
    pub notes: Vec<String>,
}

/// The clocks that an incident sets off under the law of one day.
///
/// # Errors
/// Where the level, the body, a trigger or the contract is none that the law data knows.
pub fn incident_clocks(corpus: &Corpus, question: &ClockQuestion) -> Result<ClockReport, AppError> {
    choice(INCIDENT_LEVEL, &question.level, "事件等級")?;
    choice("body", &question.body, "機關性質")?;
    for (trigger, _) in &question.moments {
        if !TRIGGERS.iter().any(|(key, _)| key == trigger) {
            let known: Vec<String> = TRIGGERS.iter().map(|(k, l)| format!("{k}（{l}）")).collect();
            return Err(AppError::bad_input(
                format!("沒有「{trigger}」這種時點"),
                format!("可用的時點：{}", known.join("、")),
            ));
        }
    }
    in_order(&question.moments)?;
    let contract = question
        .contract
        .as_deref()
        .map(|name| contract_baseline(corpus, name, question.edition))
        .transpose()?;
    let incident = Incident {
        level: &question.level,
        body: &question.body,
        jurisdiction: &question.jurisdiction,
        contract: contract.map(|i| i.slug.as_str()),
        edition: question.edition,
        moments: question
            .moments
            .iter()
            .map(|(key, at)| (key.as_str(), *at))
            .collect::<BTreeMap<_, _>>(),
    };
    let levels = corpus.instrument(&corpus.levels.instrument);
    Ok(ClockReport {
        level: question.level.clone(),
        edition: question.edition,
        instrument: levels
            .and_then(|i| i.version_on(question.edition))
            .map(|v| v.title.clone()),
        contract: contract.map(|i| i.slug.clone()),
        clocks: clocks(corpus, &incident),
        notes: notes(corpus, question.edition),
    })
}

/// An incident happens before it is known, and is known before it is contained and handled.
fn in_order(moments: &[(String, DateTime)]) -> Result<(), AppError> {
    const ORDER: [&str; 4] = [
        "incident.occurred",
        "incident.known",
        "incident.contained",
        "incident.handled",
    ];
    let at = |key: &str| moments.iter().find(|(k, _)| k == key).map(|(_, at)| *at);
    for (i, earlier) in ORDER.iter().enumerate() {
        for later in ORDER.iter().skip(i + 1) {
            if let (Some(a), Some(b)) = (at(earlier), at(later))
                && a > b
            {
                return Err(AppError::bad_input(
                    format!("「{}」晚於「{}」", trigger_label(earlier), trigger_label(later)),
                    "請確認兩個時點，或只給確定的那一個",
                ));
            }
        }
    }
    Ok(())
}

/// Articles of the regulation on incidents whose text was not at hand for this edition.
fn notes(corpus: &Corpus, day: Date) -> Vec<String> {
    let version = corpus
        .instrument(&corpus.levels.instrument)
        .and_then(|i| i.version_on(day));
    let Some(version) = version else {
        return Vec::new();
    };
    let unseen: Vec<&str> = version
        .articles
        .iter()
        .filter(|a| a.certainty == law::Certainty::Open && a.gist.is_empty())
        .map(|a| a.label.as_str())
        .collect();
    if unseen.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{}（{}）之{}未取得條文，其時限未列入；請對照當時條文。",
        version.title,
        version.id,
        unseen.join("、")
    )]
}

fn choice(key: &str, word: &str, label: &str) -> Result<(), AppError> {
    let Some(FactKind::Choice(words)) = fact_spec(key).map(|s| s.kind) else {
        return Ok(());
    };
    if words.contains(&word) {
        return Ok(());
    }
    Err(AppError::bad_input(
        format!("{label}不能是「{word}」"),
        format!("請用 {}", words.join("、")),
    ))
}

/// The contract baseline of that slug, or the only one whose slug or city holds the word.
pub(crate) fn contract_baseline<'c>(
    corpus: &'c Corpus,
    name: &str,
    day: Date,
) -> Result<&'c Instrument, AppError> {
    let all: Vec<&Instrument> = corpus
        .instruments
        .values()
        .filter(|i| i.rank == Rank::Contract)
        .collect();
    let by_slug = all.iter().find(|i| i.slug == name);
    let near: Vec<&&Instrument> = all
        .iter()
        .filter(|i| i.folder == name || i.slug.contains(name) || i.jurisdiction.contains(name))
        .collect();
    let found = match (by_slug, near.as_slice()) {
        (Some(i), _) => *i,
        (None, [only]) => **only,
        _ => {
            let known: Vec<String> = all
                .iter()
                .map(|i| format!("{}（{}）", i.slug, i.jurisdiction))
                .collect();
            return Err(AppError::not_found(
                format!("沒有「{name}」這一部契約規範，或不只一部"),
                format!("可用的代號：{}", known.join("、")),
            ));
        }
    };
    if found.version_on(day).is_none() {
        return Err(AppError::bad_input(
            format!("{}在 {} 沒有施行中的版本", found.slug, period::roc_short(day)),
            "請改用較晚的 --edition",
        ));
    }
    Ok(found)
}

/// One case that an officer may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelChoice {
    /// Aspect key.
    pub aspect: String,
    /// Aspect title.
    pub title: String,
    /// Case key.
    pub case: String,
    /// What happened.
    pub text: String,
    /// Its level.
    pub level: u8,
    /// Its clause, printed.
    pub clause: String,
    /// How sure.
    pub certainty: law::Certainty,
}

/// What the level wizard answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelReport {
    /// The edition: a version id.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// Every case of that edition.
    pub choices: Vec<LevelChoice>,
    /// The level, where answers were given.
    pub found: Option<LevelFound>,
}

/// The level rules of the edition in force on a day, and the level that answers lead to.
///
/// # Errors
/// Where no edition is in force, or an answer names an aspect or case that it doesn't have.
pub fn incident_level(
    corpus: &Corpus,
    day: Date,
    answers: &[(String, String)],
) -> Result<LevelReport, AppError> {
    let version = corpus
        .instrument(&corpus.levels.instrument)
        .and_then(|i| i.version_on(day))
        .ok_or_else(|| {
            AppError::not_found(
                format!("{} 沒有施行中的事件分級規定", period::roc_short(day)),
                "請改用 108/01/01 以後的日期",
            )
        })?;
    let choices: Vec<LevelChoice> = corpus
        .levels
        .aspects
        .iter()
        .flat_map(|a| {
            corpus
                .levels
                .cases(&a.key, &version.id)
                .map(move |(c, l)| (a, c, l))
        })
        .map(|(a, c, l)| LevelChoice {
            aspect: a.key.clone(),
            title: a.title.clone(),
            case: c.key.clone(),
            text: c.text.clone(),
            level: l.level,
            clause: corpus.print(&l.cite),
            certainty: l.certainty,
        })
        .collect();
    if choices.is_empty() {
        return Err(AppError::not_found(
            format!("{}（{}）之分級未建檔", version.title, version.id),
            "請以 fazun law show 查看該版本",
        ));
    }
    let asked: Vec<Answer<'_>> = answers
        .iter()
        .map(|(aspect, case)| Answer { aspect, case })
        .collect();
    let found = (!asked.is_empty())
        .then(|| corpus.levels.grade(&version.id, &asked))
        .transpose()
        .map_err(|key| {
            AppError::bad_input(
                format!("這一版的分級沒有「{key}」"),
                "不加 --answer 執行一次，會列出可用的構面與情形",
            )
        })?;
    Ok(LevelReport {
        edition: version.id.clone(),
        title: version.title.clone(),
        choices,
        found,
    })
}
