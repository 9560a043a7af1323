//! What the agency promises, as numbers.
//!
//! What: reads intervals, limits and counts from the plan's own sentences, one value
//! per key, and reports a key that is given different values. Why: these are compared
//! with the law and, later, with what was really done. What it can't know: promises
//! in documents that the plan only refers to.

mod access;
mod hit;
mod intervals;
mod keys;
mod people;

pub use keys::{PARAMETERS, ParameterKey};

use super::context::{Plan, Sentence};
use super::model::{Every, Item, Parameter, Problem, Value};

/// The first interval that a text names.
pub(super) fn every(text: &str) -> Option<Every> {
    intervals::intervals(text).first().map(intervals::Interval::every)
}

/// Whether a sentence speaks of core systems only: 核心資通系統, and neither 非核心 nor more than those.
pub(super) fn core_only(s: &Sentence<'_>) -> bool {
    let speaks = |text: &str| {
        // 所有核心資通系統 are core ones.
        let mut text = text.to_owned();
        for all in ["所有", "全部", "全數", "各"] {
            text = text.replace(&format!("{all}核心"), "核心");
        }
        (text.contains("核心資通系統") || text.contains("核心系統") || text.contains("核心業務系統"))
            && ![
                "非核心",
                "核心與",
                "及核心",
                "、核心",
                "所有",
                "全部",
                "各資通系統",
                "及相關",
            ]
            .iter()
            .any(|w| text.contains(w))
    };
    speaks(s.text)
}

/// Promises that may be made for core systems only; what else a sentence about them promises holds for all.
const OF_SYSTEMS: [&str; 6] = [
    "backup.test_interval",
    "continuity.drill_interval",
    "scan.interval",
    "pentest.interval",
    "health_check.interval",
    "account.review_interval",
];

/// Reads all promises.
pub(super) fn read(plan: &Plan<'_>, problems: &mut Vec<Problem>) -> Vec<Parameter> {
    let mut found: Vec<(Parameter, bool)> = Vec::new();
    for s in plan.own_sentences() {
        // The annex lists names, and the core business chapter quotes or tabulates.
        if matches!(s.item, Some(Item::Annex | Item::CoreBusiness)) {
            continue;
        }
        let mut hits = intervals::read(&s);
        hits.extend(access::read(&s));
        hits.extend(people::read(&s));
        for hit in hits {
            let byte = s.start + hit.byte;
            if !sensible(&hit.value) {
                let line = plan.line(s.paragraph, byte);
                problems.push(Problem {
                    kind: "unreadable",
                    line,
                    message: format!(
                        "第 {line} 行的數字是零或大得不合理，沒有讀入：「{}」。請更正後再讀取一次。",
                        plan.excerpt(s.paragraph, byte)
                    ),
                });
                continue;
            }
            let parameter = Parameter {
                key: hit.key,
                value: hit.value,
                unit: hit.unit,
                line: plan.line(s.paragraph, byte),
                clause: plan.clause(s.paragraph),
                text: plan.excerpt(s.paragraph, byte),
                incident_levels: hit.levels,
                per: hit.per,
                core: core_only(&s) && OF_SYSTEMS.contains(&hit.key),
            };
            found.push((parameter, hit.special));
        }
    }
    settle(found, problems)
}

/// Whether a value can be meant: a number is above zero and no longer than anybody counts.
fn sensible(value: &Value) -> bool {
    match value {
        Value::Number(n) => *n > 0.0 && *n <= 99_999.0,
        Value::Word(_) | Value::Flag(_) => true,
    }
}

/// One value per key: repetitions are dropped, contradictions are kept and reported.
fn settle(found: Vec<(Parameter, bool)>, problems: &mut Vec<Problem>) -> Vec<Parameter> {
    let mut out: Vec<Parameter> = Vec::new();
    let general: Vec<&'static str> = found.iter().filter(|(_, s)| !s).map(|(p, _)| p.key).collect();
    for (p, special) in found {
        if special && general.contains(&p.key) {
            continue;
        }
        let same =
            |q: &&Parameter| q.key == p.key && q.incident_levels == p.incident_levels && q.core == p.core;
        if out
            .iter()
            .filter(same)
            .any(|q| q.value == p.value && q.unit == p.unit && (p.per.is_none() || p.per == q.per))
        {
            continue;
        }
        // Four in total and one each say nothing against each other.
        let apart = |q: &&Parameter| q.per.is_some() && p.per.is_some() && q.per != p.per;
        let both = matches!(p.value, Value::Word(_)) && counted_apart(&out, &p);
        if let Some(q) = out.iter().find(|q| same(q) && !apart(q)).filter(|_| !both) {
            let label = PARAMETERS
                .iter()
                .find(|k| k.key == p.key)
                .map_or(p.key, |k| k.label);
            problems.push(Problem {
                kind: "conflicting_values",
                line: p.line,
                message: format!(
                    "「{label}」在第 {} 行與第 {} 行的值不同（{} 與 {}）。請確認是否適用於不同對象；若否，請統一。",
                    q.line,
                    p.line,
                    shown(q),
                    shown(&p)
                ),
            });
        }
        out.push(p);
    }
    let order = |key: &str| PARAMETERS.iter().position(|k| k.key == key).unwrap_or(usize::MAX);
    out.sort_by_key(|p| (order(p.key), p.line));
    out
}

/// Whether a way of counting is one of several by which the sentences of its clause count.
fn counted_apart(known: &[Parameter], word: &Parameter) -> bool {
    let mut ways: Vec<&str> = known
        .iter()
        .filter(|q| q.clause == word.clause)
        .filter_map(|q| q.per)
        .collect();
    ways.sort_unstable();
    ways.dedup();
    ways.len() > 1
}

fn shown(p: &Parameter) -> String {
    let unit = match p.unit {
        "character" => "碼",
        "class" => "種",
        "day" => "天",
        "working_day" => "工作天",
        "week" => "週",
        "month" => "個月",
        "year" => "年",
        "hour" => "小時",
        "minute" => "分鐘",
        "count" => "次",
        "person" => "人",
        "certificate" => "張",
        "month_of_year" => "月",
        _ => "",
    };
    match &p.value {
        Value::Number(n) => format!("{n}{unit}"),
        Value::Word("each") => "每人".to_owned(),
        Value::Word("at_least_one") => "至少一人".to_owned(),
        Value::Word("total") => "總計".to_owned(),
        Value::Word(word) => (*word).to_owned(),
        Value::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
    }
}
