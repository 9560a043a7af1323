//! Who the agency is: name, level, and what systems it has.
//!
//! What: the agency's full name, the responsibility level it states, whether it has
//! core systems and develops its own. Why: these decide which duties bind it. What it
//! can't know: a level that the plan doesn't state; it is not inferred from duties.

use super::context::Plan;
use super::lines::Source;
use super::model::{Agency, Item, Level, Observation, Problem};
use super::numerals::Pattern;
use super::tables::Tables;

static SHORT: Pattern = Pattern::new(
    r"([\p{Han}A-Za-z]{3,40}?)(?:全機關|全校|全院|全部|全體同仁|及所屬(?:機關|單位))?\((?:以下簡稱|下稱|以下稱|簡稱|以下簡稱為)[「『]?本(?:機關|局|處|府|校|院|所|會|署|部|館|中心|公所|公司|大隊|站|園)",
);
static COVERS: Pattern = Pattern::new(
    r"(?:涵蓋|適用於|範圍為|適用範圍包含|範圍包括|適用對象為)([\p{Han}A-Za-z]{3,40}?)(?:全機關|全校|全院|全部|全體|及所屬|各單位|所屬|之|,|。|\(|$)",
);
static CHARTER: Pattern =
    Pattern::new(r"([\p{Han}]{3,30}?)(?:組織規程|組織條例|組織法|組織自治條例|處務規程|辦事細則|組織準則)");
static LEVEL: Pattern = Pattern::new(
    r"(?:責任等級|資安等級|等級)[^。;A-Ea-z]{0,24}?[「『第]?([A-E])[」』]?級|([A-E])級(?:之)?(?:公務|特定非公務)?(?:機關|學校)|本(?:機關|局|處|府|校|院|所|會|署|部|館|中心|大隊)[^。;A-Ea-z]{0,16}?(?:列為|列入|屬|屬於|為|係|定為|歸為|核列|核列為|核定|評定|評列|分為|劃為|列)[「『第]?([A-E])[」』]?級",
);
/// Older wording counts with the stems: 乙級 is B.
static STEM: Pattern = Pattern::new(
    r"責任等級[^。;A-Ea-z甲乙丙丁戊]{0,16}?[「『第]?([甲乙丙丁戊])[」』]?級|([甲乙丙丁戊])級(?:\([A-E]級?\))?(?:之)?(?:公務|特定非公務)?機關",
);
static LEVEL_WORD: Pattern = Pattern::new(
    r"責任等級(?:為|:|屬於|屬|經核定為|核定為)?[「『]?([A-E])(?:[」』]|[^A-Za-z級]|$)|(?:責任|資通安全|資安)等級[^。;A-Ea-z]{0,14}?(?:為|屬於?|核定)[「『]?([A-E])(?:[」』]|[^A-Za-z級]|$)",
);
static LEVELS: Pattern = Pattern::new(r"([A-E])級?");
static NO_CORE: Pattern = Pattern::new(
    r"(?:無|未|沒有|並無|尚無|不具)(?:自行)?(?:維運|建置|使用|管理|擁有|任何)?(?:之|任何)?核心(?:資通|資訊)?系統|(?:資通|資訊)?系統(?:均|皆|全)?(?:屬|為|屬於)非核心(?:資通|資訊)?系統|核心資通系統:?(?:為)?無[。,;]?$",
);
static CORE: Pattern = Pattern::new(
    r"本(?:機關|局|處|府|校|院|所|會|署|部|館|中心)(?:之|所維運之|維運之|現有)?核心(?:資通|資訊)?系統(?:為|有|計有|計|共|如下|包括|包含|:)",
);
static DEVELOPS: Pattern = Pattern::new(
    r"維運(?:之資通系統|之系統)?(?:係|為|均為|皆為|有|由)?[^。;,]{0,10}?(?:自行|委外)(?:或委外|及委外|、委外|或自行)?(?:設置|開發|建置)|(?:資通|資訊)?系統(?:係|為|均為|皆為|均係)(?:委外|自行)(?:或委外)?開發",
);

static NO_DEVELOPMENT: Pattern =
    Pattern::new(r"(?:未|無|沒有|並無)[^,;。]{0,6}(?:自行|委外)[^,;。]{0,8}(?:開發|維運|建置|設置)");

/// What an agency's name ends in.
const SUFFIXES: [&str; 42] = [
    "府",
    "局",
    "處",
    "署",
    "部",
    "會",
    "院",
    "所",
    "館",
    "中心",
    "大學",
    "學院",
    "學校",
    "小學",
    "中學",
    "高中",
    "國中",
    "國小",
    "高職",
    "幼兒園",
    "園",
    "隊",
    "公司",
    "法人",
    "基金會",
    "醫院",
    "分署",
    "辦公室",
    "站",
    "場",
    "廠",
    "銀行",
    "庫",
    "監獄",
    "看守所",
    "事務所",
    "公園",
    "劇院",
    "總隊",
    "學會",
    "公會",
    "籌備處",
];

pub(super) fn agency(source: &Source, plan: &Plan<'_>) -> Option<Agency> {
    let first = plan.chapters.first().map_or(source.lines.len(), |c| c.index);
    let name = from_title(source, first)
        .or_else(|| from_label(source, first))
        .or_else(|| from_text(plan, &SHORT))
        .or_else(|| from_text(plan, &COVERS))
        .or_else(|| from_title(source, source.lines.len()))
        .or_else(|| from_text(plan, &CHARTER))?;
    let line = source
        .lines
        .iter()
        .find(|l| l.compact.contains(&name.0))
        .map_or(name.1, |l| l.number);
    Some(Agency { name: name.0, line })
}

/// `機關：○○局` on a cover.
fn from_label(source: &Source, limit: usize) -> Option<(String, u32)> {
    let lines = source.lines.iter().take(limit);
    let mut told = lines.filter_map(|line| {
        let (label, name) = line.compact.split_once(':')?;
        matches!(
            label,
            "機關" | "機關名稱" | "機關全銜" | "單位" | "學校" | "學校名稱" | "單位名稱"
        )
        .then_some(())?;
        Some((clean(name)?, line.number))
    });
    told.next()
}

/// `○○局資通安全維護計畫` in one line or two.
fn from_title(source: &Source, limit: usize) -> Option<(String, u32)> {
    for index in 0..limit.min(source.lines.len()) {
        let line = source.lines.get(index)?;
        let text = line.compact.as_str();
        if line.chars() > 60 || text.contains(['。', ';']) {
            continue;
        }
        let Some(at) = ["資通安全", "資訊安全", "資安"]
            .iter()
            .filter_map(|w| text.find(w))
            .min()
        else {
            continue;
        };
        let rest = text.get(at..).unwrap_or_default();
        let titled = ["維護計畫", "管理計畫", "管理維護計畫", "安全計畫"]
            .iter()
            .any(|w| rest.contains(w));
        if !titled || rest.contains("程序") || rest.contains("實施情形") {
            continue;
        }
        let front = text.get(..at).unwrap_or_default();
        if let Some(name) = clean(front) {
            return Some((name, line.number));
        }
        if !front.is_empty() {
            continue;
        }
        // The name stands alone above, or below.
        let above = (0..index)
            .rev()
            .filter_map(|i| source.lines.get(i))
            .find(|l| !l.blank());
        let below = source.next_text(index).and_then(|i| source.lines.get(i));
        for other in [above, below].into_iter().flatten() {
            if let Some(name) = clean(&other.compact) {
                return Some((name, other.number));
            }
        }
    }
    None
}

/// A name without dates, versions and ornaments, if it is one.
fn clean(text: &str) -> Option<String> {
    let mut text = text.trim_matches(['「', '」', '*', '#', '-', ' ', '《', '》', '【', '】', '\t', '|']);
    if let Some(rest) = text.strip_prefix("中華民國") {
        text = rest;
    }
    let text = text
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start_matches("年度")
        .trim_start_matches('年');
    let text = text
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches('之');
    let text = ["全機關", "全校", "全院"]
        .iter()
        .fold(text, |t, w| t.strip_suffix(w).unwrap_or(t));
    let count = text.chars().count();
    let han = text.chars().all(|c| {
        ('\u{3400}'..='\u{9FFF}').contains(&c)
            || matches!(c, '(' | ')' | '○' | '〇')
            || c.is_ascii_alphabetic()
    });
    let own = [
        "本機關",
        "本局",
        "本處",
        "本府",
        "本校",
        "本院",
        "本所",
        "本會",
        "本署",
        "本部",
        "本館",
        "本中心",
        "本計畫",
        "各機關",
        "公務機關",
        "行政院國家資通安全會報",
    ];
    (3..=40)
        .contains(&count)
        .then_some(())
        .filter(|()| {
            han && SUFFIXES.iter().any(|s| text.ends_with(s)) && !own.iter().any(|w| text.starts_with(w))
        })
        .map(|()| text.to_owned())
}

fn from_text(plan: &Plan<'_>, pattern: &Pattern) -> Option<(String, u32)> {
    for p in plan.paragraphs().filter(|p| {
        !p.quoted
            && matches!(
                plan.item(p),
                Some(Item::Scope | Item::BasisPurpose | Item::Organization) | None
            )
    }) {
        for c in pattern.all(p.slice(p.body, p.text.len())) {
            let Some(m) = c.get(1) else { continue };
            let mut text = m.as_str();
            for lead in [
                "本計畫適用範圍涵蓋",
                "適用範圍涵蓋",
                "涵蓋",
                "適用於",
                "適用",
                "範圍為",
                "包含",
                "包括",
                "依據",
                "係為",
                "為",
                "依",
                "及",
                "係",
            ] {
                if let Some(at) = text.rfind(lead)
                    && (lead.chars().count() > 1 || at == 0)
                {
                    text = text.get(at + lead.len()..).unwrap_or(text);
                }
            }
            if let Some(name) = clean(text) {
                return Some((name, plan.line(p, p.body + m.start())));
            }
        }
    }
    None
}

/// The level that most statements agree on; statements that differ are reported.
/// The level that a pattern found, in whichever of its forms.
fn named_by<'t>(found: &regex::Captures<'t>) -> Option<regex::Match<'t>> {
    (1..found.len()).find_map(|group| found.get(group))
}

pub(super) fn level(source: &Source, plan: &Plan<'_>, problems: &mut Vec<Problem>) -> Option<Level> {
    let mut votes: Vec<(String, u32, i32)> = Vec::new();
    for p in plan.paragraphs().filter(|p| !p.quoted) {
        for (start, end) in p.sentences() {
            let text = p.slice(start, end);
            let mut named: Vec<&str> = LEVELS
                .all(text)
                .iter()
                .filter_map(|c| c.get(1))
                .map(|m| m.as_str())
                .collect();
            named.sort_unstable();
            named.dedup();
            let Some(c) = LEVEL
                .captures(text)
                .or_else(|| LEVEL_WORD.captures(text))
                .or_else(|| STEM.captures(text))
            else {
                continue;
            };
            let Some(m) = named_by(&c) else { continue };
            if text.contains("初次受核定")
                || LEVEL
                    .all(text)
                    .iter()
                    .filter_map(named_by)
                    .any(|o| o.as_str() != m.as_str())
            {
                continue;
            }
            let own = [
                "本機關",
                "本局",
                "本校",
                "本府",
                "本處",
                "本所",
                "本院",
                "本會",
                "本署",
                "本部",
                "本館",
                "本中心",
                "核定",
            ];
            let mut weight = 1;
            if own.iter().any(|w| text.contains(w)) {
                weight += 2;
            }
            if ["屬", "為", "核定", "列為"].iter().any(|w| text.contains(w)) {
                weight += 1;
            }
            votes.push((letter(m.as_str()), plan.line(p, start + m.start()), weight));
        }
    }
    if votes.is_empty() {
        // A cover or a table may say it without a sentence.
        for line in &source.lines {
            let found = LEVEL
                .captures(&line.compact)
                .or_else(|| STEM.captures(&line.compact));
            if let Some(m) = found.and_then(|c| c.get(1)) {
                votes.push((letter(m.as_str()), line.number, 1));
            }
        }
    }
    let total = |value: &str| {
        votes
            .iter()
            .filter(|(v, ..)| v == value)
            .map(|(_, _, w)| *w)
            .sum::<i32>()
    };
    let mut values: Vec<&str> = votes.iter().map(|(v, ..)| v.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    let winner = values.iter().max_by_key(|v| total(v)).copied()?;
    let line = votes
        .iter()
        .filter(|(v, ..)| v == winner)
        .max_by_key(|(_, line, w)| (*w, std::cmp::Reverse(*line)))
        .map(|(_, line, _)| *line)?;
    for (value, other, weight) in &votes {
        if value != winner && *weight > 1 {
            problems.push(Problem {
                kind: "conflicting_values",
                line: *other,
                message: format!(
                    "第 {line} 行寫資通安全責任等級為 {winner} 級，第 {other} 行卻寫 {value} 級。請以核定函為準，更正其中一處。"
                ),
            });
        }
    }
    Some(Level {
        value: winner.to_owned(),
        line,
    })
}

/// The letter of a level that is written with a stem.
fn letter(text: &str) -> String {
    match text {
        "甲" => "A",
        "乙" => "B",
        "丙" => "C",
        "丁" => "D",
        "戊" => "E",
        other => other,
    }
    .to_owned()
}

/// Whether the agency has core systems: its own sentence first, then the table.
pub(super) fn core_systems(plan: &Plan<'_>, tables: &Tables) -> Option<Observation> {
    let named = tables.core.iter().find(|r| r.system.is_some());
    for s in plan.own_sentences() {
        if let Some((at, _)) = NO_CORE.find(s.text)
            && !s.has(&["如無", "若無", "倘無"])
            && named.is_none()
        {
            return Some(Observation {
                value: false,
                line: plan.line(s.paragraph, s.start + at),
            });
        }
    }
    if let Some(row) = named {
        return Some(Observation {
            value: true,
            line: row.line,
        });
    }
    if let Some(row) = tables
        .core
        .first()
        .filter(|_| tables.core_system_column && !tables.core_doubt)
    {
        return Some(Observation {
            value: false,
            line: row.line,
        });
    }
    plan.own_sentences().find_map(|s| {
        let (at, _) = CORE.find(s.text)?;
        Some(Observation {
            value: true,
            line: plan.line(s.paragraph, s.start + at),
        })
    })
}

/// Whether it operates systems that it develops or has developed.
pub(super) fn develops(plan: &Plan<'_>) -> Option<Observation> {
    let mut later = None;
    for s in plan.own_sentences() {
        if let Some((start, _)) = NO_DEVELOPMENT.find(s.text) {
            return Some(Observation {
                value: false,
                line: plan.line(s.paragraph, s.start + start),
            });
        }
        let Some((start, _)) = DEVELOPS.find(s.text) else {
            continue;
        };
        let front: String = s
            .text
            .get(..start)
            .unwrap_or_default()
            .chars()
            .rev()
            .take(4)
            .collect();
        let front: String = front.chars().rev().collect();
        let whole = s.text.get(start..).unwrap_or_default();
        let denied = ["未", "無", "沒有", "並無", "非"]
            .iter()
            .any(|w| front.ends_with(w))
            || front.ends_with("未有")
            || whole.starts_with("維運之資通系統非")
            || s.has(&["未維運自行", "無維運自行", "未自行或委外", "無自行或委外"]);
        let seen = Observation {
            value: !denied,
            line: plan.line(s.paragraph, s.start + start),
        };
        // Where the level is explained, this is the reason for it.
        if s.has(&["等級", "機關"]) || s.item == Some(Item::Inventory) {
            return Some(seen);
        }
        later = later.or(Some(seen));
    }
    later
}
