//! Quantified security objectives (量化型目標).
//!
//! What: percentages and counts of the policy chapter with their direction. Why:
//! each is a measurement that falls due. What it can't know: how the agency measures.

use super::context::{Plan, Sentence};
use super::model::{Comparison, Item, Objective};
use super::numerals::{self, Pattern};

/// Every objective that is looked for: key, unit, the officer's word.
pub const OBJECTIVES: &[(&str, &str, &str)] = &[
    ("availability", "percent", "資通系統可用性"),
    ("phishing.open_rate", "percent", "社交工程郵件開啟率"),
    ("phishing.click_rate", "percent", "社交工程附件（連結）點閱率"),
    ("training.completion_rate", "percent", "教育訓練完成率"),
    ("incident.on_time_rate", "percent", "事件依限通報率"),
    ("patch.rate", "percent", "更新修補率"),
    ("incident.max_count", "count", "資安事件件數上限"),
];

/// The words that stand for each percentage.
static RATES: [(&str, Pattern); 6] = [
    (
        "availability",
        Pattern::new(r"可用(?:性|率|度)|妥善率|正常運作率"),
    ),
    ("phishing.open_rate", Pattern::new(r"(?:郵件|信件)?開啟率|開信率")),
    (
        "phishing.click_rate",
        Pattern::new(r"點[閱擊選]率|點[閱擊選](?:附件|連結)[^,;]{0,4}率|連結率"),
    ),
    (
        "training.completion_rate",
        Pattern::new(r"(?:訓練|課程)[^,;。%]{0,16}(?:完成率|達成率|完訓率|參訓率|到訓率|達標率)|完訓率"),
    ),
    (
        "incident.on_time_rate",
        Pattern::new(r"通報[^,;。%]{0,16}(?:達成率|完成率|時效|比率|率)"),
    ),
    ("patch.rate", Pattern::new(r"(?:更新|修補)(?:完成)?率")),
];
static PERCENT: Pattern = Pattern::new(r"(NUM)\\?%|百分之(NUM)(?:點([0-9一二三四五六七八九〇零]+))?");
static EVENTS: Pattern = Pattern::new(
    r"(?:事件|事故)[^。;]{0,24}?(不得?超過|少於|低於|小於|不得?逾|不多於|≤|<|為|至多|以|達)?(NUM)(?:件|次|起)(以下|以內|\(含\)以下)?",
);

pub(super) fn read(plan: &Plan<'_>) -> Vec<Objective> {
    let mut out: Vec<Objective> = Vec::new();
    for s in plan
        .own_sentences()
        .filter(|s| s.item == Some(Item::PolicyObjectives))
    {
        for (key, value, comparison, byte) in rates(&s).into_iter().chain(events(&s)) {
            let unit = OBJECTIVES
                .iter()
                .find(|(k, _, _)| *k == key)
                .map_or("", |(_, unit, _)| unit);
            let at = s.start + byte;
            let objective = Objective {
                key,
                value,
                unit,
                line: plan.line(s.paragraph, at),
                clause: plan.clause(s.paragraph),
                text: plan.excerpt(s.paragraph, at),
                comparison,
            };
            if !out.iter().any(|o| o.key == key && (o.value - value).abs() < 1e-9) {
                out.push(objective);
            }
        }
    }
    out
}

type Read = (&'static str, f64, Comparison, usize);

fn rates(s: &Sentence<'_>) -> Vec<Read> {
    let mut words: Vec<(usize, &'static str)> = RATES
        .iter()
        .flat_map(|(key, pattern)| {
            pattern
                .find_all(s.text)
                .into_iter()
                .map(move |(start, _)| (start, *key))
        })
        .collect();
    words.sort_unstable();
    words.dedup_by_key(|(_, key)| *key);
    let percents: Vec<(usize, usize, f64)> = PERCENT
        .all(s.text)
        .into_iter()
        .filter_map(|c| {
            let whole = c.get(0)?;
            let value = if let Some(m) = c.get(1) {
                numerals::value(m.as_str())?
            } else {
                let base = numerals::value(c.get(2)?.as_str())?;
                match c.get(3) {
                    Some(m) => format!("{base}.{}", digits(m.as_str())).parse().ok()?,
                    None => base,
                }
            };
            Some((whole.start(), whole.end(), value))
        })
        .collect();
    let mut out = Vec::new();
    if words.len() == percents.len() {
        // "開啟率及點閱率分別低於 5% 及 2%": in the order of mention.
        for ((start, key), (at, end, value)) in words.iter().zip(&percents) {
            let from = (*start).min(*at);
            out.push((*key, *value, comparison(s.text, from, *at, *end, key), *at));
        }
        return out;
    }
    for (at, (start, key)) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or(s.text.len(), |(n, _)| *n);
        // Either each word has its own, or the one at the end is for all.
        let own = percents.iter().find(|(p, _, _)| start < p && *p < next);
        let shared = percents.iter().find(|(p, _, _)| start < p);
        if let Some((p, end, value)) = own.or(shared) {
            out.push((*key, *value, comparison(s.text, *start, *p, *end, key), *p));
        }
    }
    out
}

fn digits(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '〇' | '零' => Some('0'),
            c if c.is_ascii_digit() => Some(c),
            c => numerals::han(&c.to_string()).and_then(|d| char::from_digit(d, 10)),
        })
        .collect()
}

/// The direction, from the words before the number and right after it.
fn comparison(text: &str, from: usize, at: usize, end: usize, key: &str) -> Comparison {
    let before = text.get(from..at).unwrap_or_default();
    let after: String = text.get(end..).unwrap_or_default().chars().take(8).collect();
    let after = after
        .split([',', ';', '。', '及', '、'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let says = |t: &str, words: &[&str]| words.iter().any(|w| t.contains(w));
    if says(&after, &["以上", "(含)以上", "或更高"])
        || says(
            before,
            &["不低於", "不得低於", "不少於", "至少", "≥", "高於", "大於"],
        )
    {
        return Comparison::AtLeast;
    }
    if says(&after, &["以下", "以內"])
        || says(
            before,
            &[
                "不超過",
                "不得超過",
                "不高於",
                "不得高於",
                "不大於",
                "不逾",
                "不得逾",
                "≤",
                "\\leq",
            ],
        )
    {
        return Comparison::AtMost;
    }
    if says(before, &["低於", "小於", "少於", "未達", "不到", "<"]) {
        return Comparison::LessThan;
    }
    if key.starts_with("phishing") {
        Comparison::AtMost
    } else {
        Comparison::AtLeast
    }
}

fn events(s: &Sentence<'_>) -> Vec<Read> {
    if s.has(&["訓練", "演練次數"]) {
        return Vec::new();
    }
    let Some(c) = EVENTS.captures(s.text) else {
        return Vec::new();
    };
    let Some(m) = c.get(2) else { return Vec::new() };
    let Some(value) = numerals::value(m.as_str()) else {
        return Vec::new();
    };
    let word = c.get(1).map_or("", |m| m.as_str());
    let comparison = if matches!(word, "少於" | "低於" | "小於" | "<") {
        Comparison::LessThan
    } else {
        Comparison::AtMost
    };
    vec![("incident.max_count", value, comparison, m.start())]
}
