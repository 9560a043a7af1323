//! 等級試算: the level that the agency's own statements and systems lead to, beside the one it was given.
//!
//! Why a finding and never a verdict: who proposes and who decides a level may set it higher or lower. What
//! it can't know: conditions that nobody answered; they are listed, and the level is then one at least.

use crate::{AppError, Loaded, map};
use facts::{FactValue, Subject};
use law::{Corpus, Criterion, Designating, height};
use period::Date;
use registers::system::{Operator, System};
use std::collections::BTreeMap;
use views::{LevelCondition, LevelTrial};

/// Whether the agency runs systems of its own, or has others run them: by its list of systems, else by
/// what it states.
fn systems(loaded: &Loaded, day: Date) -> Result<Option<bool>, AppError> {
    let mut others = false;
    for row in loaded.rows.standing("system") {
        let system: System = map::body(row)?;
        let runs = system.retired_on.is_none_or(|end| day < end);
        match system.operator {
            Operator::Own | Operator::Outsourced if runs => return Ok(Some(true)),
            Operator::Superior | Operator::Shared if runs => others = true,
            _ => {}
        }
    }
    let stated = loaded.snapshot.fact(&Subject::Agency, "develops_systems", day);
    Ok(match stated.map(|f| &f.value) {
        Some(FactValue::Flag(has)) => Some(*has),
        _ if others => Some(false),
        _ => None,
    })
}

/// What the agency answered: by condition, the latest row.
fn answers(loaded: &Loaded) -> BTreeMap<String, bool> {
    let rows = loaded.rows.standing("level_criterion");
    let answer = |row: &store::StoredRow| {
        let key = row.body.get("criterion")?.as_str()?.to_owned();
        Some((key, row.body.get("holds")?.as_bool()?))
    };
    rows.filter_map(answer).collect()
}

fn condition(corpus: &Corpus, version: &str, c: &Criterion) -> LevelCondition {
    let cite = c.cite(version);
    let sure = c.editions.iter().find(|(v, ..)| v == version);
    LevelCondition {
        key: c.key.clone(),
        text: c.text.clone(),
        level: c.level.clone(),
        clause: cite.map(|cite| corpus.print(cite)).unwrap_or_default(),
        certainty_label: sure.map_or("", |(.., certainty)| certainty.label()).to_owned(),
    }
}

/// The trial on a day; none where no edition of the conditions is in force.
///
/// # Errors
/// Where a row can't be read.
pub(crate) fn trial(corpus: &Corpus, loaded: &Loaded, day: Date) -> Result<Option<LevelTrial>, AppError> {
    let rules = &corpus.designating;
    let Some(version) = corpus
        .instrument(&rules.instrument)
        .and_then(|i| i.version_on(day))
    else {
        return Ok(None);
    };
    let word = |key: &str| {
        let fact = loaded.snapshot.fact(&Subject::Agency, key, day);
        fact.map(|f| f.value.as_word())
    };
    let (answers, systems) = (answers(loaded), systems(loaded, day)?);
    let body = word("body").unwrap_or_default();
    let tried = rules.try_level(&version.id, &body, &|key| answers.get(key).copied(), systems);
    let designated = word("responsibility_level");
    let print = |cites: &[law::Citation]| {
        let cite = Designating::cite(cites, &version.id);
        cite.map(|c| corpus.print(c)).unwrap_or_default()
    };
    let places = (
        designated.as_deref().and_then(height),
        tried.level.and_then(height),
    );
    let (differs, words, clause) = match (places, designated.as_deref(), tried.level) {
        ((Some(is), Some(would)), Some(given), Some(level)) if would < is => (
            true,
            format!(
                "依所填條件試算為 {level} 級，高於核定之 {given} 級：請向提交機關確認；確有組織或業務調整者，應即辦理等級變更。"
            ),
            print(&rules.change),
        ),
        ((Some(is), Some(would)), Some(given), Some(level)) if would > is && tried.open.is_empty() => (
            true,
            format!(
                "依所填條件試算為 {level} 級，低於核定之 {given} 級：核定時可能已依影響程度調整，請向提交機關確認。"
            ),
            print(&rules.adjust),
        ),
        ((Some(is), Some(would)), Some(given), _) if would == is => (
            false,
            format!("依所填條件試算，與核定之 {given} 級相符。"),
            print(&rules.highest),
        ),
        (_, Some(given), Some(level)) => (
            false,
            format!("就已回答者，試算至少為 {level} 級；核定為 {given} 級，尚有條件未回答，不能比較。"),
            print(&rules.highest),
        ),
        (_, None, Some(level)) => (
            false,
            format!("依所填條件試算至少為 {level} 級；尚無核定紀錄。"),
            print(&rules.highest),
        ),
        (_, _, None) => (
            false,
            "尚不能試算：請填機關情形、資通系統，並回答責任等級條件。".to_owned(),
            String::new(),
        ),
    };
    let list = |all: &[&Criterion]| all.iter().map(|c| condition(corpus, &version.id, c)).collect();
    Ok(Some(LevelTrial {
        designated: designated.clone(),
        tried: tried.level.map(str::to_owned),
        differs,
        words,
        clause,
        met: list(&tried.met),
        open: list(&tried.open),
    }))
}
