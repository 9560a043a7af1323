//! People and procedures: staff, certificates, training, audit, incidents.
//!
//! What: counts of people and hours, and the limits of notices. Why: the same number
//! means much less when it binds one person instead of each, so both are read. What
//! it can't know: how many people hold the posts.

use super::hit::Hit;
use crate::plan::context::Sentence;
use crate::plan::model::{Item, Value};
use crate::plan::numerals::{self, Pattern};

static STAFF: [Pattern; 3] = [
    Pattern::new(
        r"(?:專職|專責|專任)(?:\([專職責任]\))?(?:資安|資通安全)?(?:人(?:員|力))?[^,。;]{0,10}?(NUM)(?:人|名|位|員)",
    ),
    Pattern::new(r"(NUM)(?:人|名|位)(?:以上)?(?:之)?(?:資通安全|資安)?(?:專職|專責|專任|專人)"),
    Pattern::new(r"專人(NUM)(?:人|名|位)"),
];
static CERTIFICATES: Pattern = Pattern::new(r"(NUM|乙)張");
static HOURS: Pattern = Pattern::new(r"(NUM)個?小時");
static SOME: Pattern = Pattern::new(r"(?:至少|最少)?(NUM)(?:名|人|位)");
static AT_LEAST_SOME: Pattern = Pattern::new(r"(?:至少|最少|其中)(?:應|須)?(?:有|由)?(NUM)(?:名|人|位)");
/// Words by which a number is that of all together.
const TOGETHER: [&str; 6] = ["總計", "合計", "共計", "總共", "累計", "加總"];
static NOTICE: [Pattern; 2] = [
    Pattern::new(r"(?:前|事前|事先|稽核前)\(?(?:至少)?(NUM)個?(工作天|工作日|日|天|週|周|月)"),
    Pattern::new(r"(NUM)個?(工作天|工作日|日|天|週|周|月)(?:以)?前"),
];
static MONTH: Pattern = Pattern::new(r"([0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?:份|底|前|間|中|初)?");
static QUARTER: Pattern = Pattern::new(r"第([一二三四1-4])季(?:末|底|前)?");
static WITHIN: Pattern = Pattern::new(r"(NUM)個?(小時|分鐘|日|天)(?:之?內|以內)?");
static LEVELS: Pattern = Pattern::new(r"第?([一二三四1-4])級?(?:[、或及與,~至]第?([一二三四1-4]))?級");

pub(super) fn read(s: &Sentence<'_>) -> Vec<Hit> {
    let mut out = Vec::new();
    staff(s, &mut out);
    certificates(s, &mut out);
    training(s, &mut out);
    audit(s, &mut out);
    management_review(s, &mut out);
    incident(s, &mut out);
    vendor(s, &mut out);
    out
}

fn staff(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    const OTHER: [&str; 4] = ["證照", "證書", "訓練", "小時"];
    const PLACES: [&str; 7] = ["設置", "配置", "配有", "指定", "置", "設有", "指派"];
    const OWN: [&str; 3] = ["專責辦理", "專責負責", "專責推動"];
    if !matches!(s.item, Some(Item::Resources | Item::Organization)) {
        return;
    }
    // What the staff must hold or attend may follow in the same sentence; then only a
    // clause that says that they are appointed counts them.
    let mixed = s.has(&OTHER);
    let mut from = 0;
    for clause in s.text.split_inclusive(',') {
        let base = from;
        from += clause.len();
        let apart = mixed || clause.starts_with('設');
        let (text, base) = if apart { (clause, base) } else { (s.text, 0) };
        let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
        let counts = mixed && says(&["人員計", "人力計"]);
        let appoints = counts
            || text.ends_with("專責")
            || says(&PLACES)
            || says(&OWN)
            || text.starts_with('設')
            || (!mixed && says(&["至少", "最低", "計"]));
        if !appoints || says(&OTHER) {
            continue;
        }
        let found = STAFF.iter().find_map(|p| p.captures(text)).and_then(|c| {
            let m = c.get(1)?;
            Some((numerals::value(m.as_str())?, m.start()))
        });
        if let Some((n, byte)) = found {
            out.push(Hit::number("staff.dedicated", n, "person", base + byte));
            return;
        }
        if !mixed {
            return;
        }
    }
}

fn certificates(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    if !s.has(&["證照", "證書"]) || s.item == Some(Item::Outsourcing) {
        return;
    }
    let all: Vec<(f64, usize, usize)> = CERTIFICATES
        .all(s.text)
        .iter()
        .filter_map(|c| {
            let m = c.get(1)?;
            // 乙 is how receipts and deeds write one.
            let n = match m.as_str() {
                "乙" => 1.0,
                n => numerals::value(n)?,
            };
            Some((n, m.start(), c.get(0)?.end()))
        })
        .collect();
    let mut from = 0;
    let mut known = None;
    for (at, (n, byte, end)) in all.iter().enumerate() {
        // What is said of whom stands before the number, or after it up to the next clause that has one.
        let next = all.get(at + 1).map_or(s.text.len(), |(_, next, _)| *next);
        let after = s.text.get(*end..next).unwrap_or_default();
        let cut = if at + 1 == all.len() {
            after.len()
        } else {
            after.find([',', '、', '及']).unwrap_or(after.len())
        };
        let scope = s.text.get(from..*end + cut).unwrap_or_default();
        from = *end + cut;
        let per = counted_of(scope).or(known);
        let mut hit = Hit::number("certificate.count", *n, "certificate", *byte);
        hit.per = per;
        out.push(hit);
        if let Some(per) = per.filter(|per| Some(*per) != known) {
            let word = Value::Word(per);
            out.push(Hit::new("certificate.coverage", word, "coverage", *byte));
        }
        known = per;
    }
}

/// Of whom a clause counts: of each, of all together, of one at least.
fn counted_of(text: &str) -> Option<&'static str> {
    let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let clause = text.rsplit(',').next().unwrap_or_default();
    if says(&TOGETHER) || says(&["共持有", "共應"]) {
        Some("total")
    } else if says(&[
        "每人",
        "每名",
        "每位",
        "各自",
        "人人",
        "該員",
        "各員",
        "該專職",
        "該專責",
    ]) {
        Some("each")
    } else if SOME.is_match(clause) || AT_LEAST_SOME.is_match(text) {
        Some("at_least_one")
    } else if says(&["均應", "皆應", "均須", "皆須"]) {
        Some("each")
    } else {
        None
    }
}

fn training(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    let training = matches!(
        s.item,
        Some(Item::Training | Item::Resources | Item::PolicyObjectives | Item::Organization)
    );
    // In its own chapter 每人每年三小時 needs no word for what it is hours of.
    let hours = s.about(&["訓練", "課程", "講習", "研習"]) || s.item == Some(Item::Training);
    if !training || !hours || s.has(&["小時內"]) {
        return;
    }
    let mut clause_start = 0;
    let mut subject = String::new();
    for clause in s.text.split_inclusive([',', '、', '\t', '|']) {
        let base = clause_start;
        clause_start += clause.len();
        let Some(c) = HOURS.captures(clause) else {
            subject.push_str(clause);
            continue;
        };
        let Some(m) = c.get(1) else { continue };
        let Some(n) = numerals::value(m.as_str()) else {
            continue;
        };
        let after = clause.get(m.end()..).unwrap_or_default();
        // What is taught may be named in the next clause: "12小時以上之資安專業、職能訓練".
        let rest = s.text.get(base + m.end()..).unwrap_or_default();
        let rest: String = rest.chars().take(24).collect();
        let before = format!("{subject}{}", clause.get(..m.start()).unwrap_or_default());
        let says = |text: &str, words: &[&str]| words.iter().any(|w| text.contains(w));
        let professional = ["專業", "職能"];
        let general = ["通識", "一般資通安全", "一般資安", "一般教育"];
        let is_general = if says(after, &general) || (says(&rest, &general) && !says(&rest, &professional)) {
            true
        } else if says(after, &professional) || says(&rest, &professional) || says(&before, &professional) {
            false
        } else if says(&before, &general)
            || says(
                &before,
                &[
                    "一般使用者",
                    "主管",
                    "全體",
                    "所有人員",
                    "同仁",
                    "一般人員",
                    "職員",
                ],
            )
        {
            true
        } else if says(&before, &["專職", "專責", "資安人員", "資訊人員", "專人"]) {
            false
        } else {
            continue;
        };
        let byte = base + m.start();
        if is_general {
            out.push(Hit::number("training.general_hours", n, "hour", byte));
        } else if !says(&before, &["以外", "每二年", "每2年", "每兩年"]) {
            let whole = format!("{before}{clause}");
            let coverage = if says(&whole, &TOGETHER) {
                Some("total")
            } else if says(
                &whole,
                &[
                    "每人",
                    "每名",
                    "每位",
                    "均應",
                    "皆應",
                    "均須",
                    "各應",
                    "各須",
                    "所有資安",
                    "全數",
                ],
            ) {
                Some("each")
            } else if SOME.is_match(&before) {
                Some("at_least_one")
            } else {
                None
            };
            let mut hit = Hit::number("training.professional_hours", n, "hour", byte);
            hit.per = coverage;
            out.push(hit);
            if let Some(coverage) = coverage {
                out.push(Hit::new(
                    "training.professional_coverage",
                    Value::Word(coverage),
                    "coverage",
                    byte,
                ));
            }
        }
        subject.clear();
    }
}

fn audit(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    const TELLS: [&str; 9] = [
        "通知", "告知", "函知", "知會", "送達", "公告", "函送", "周知", "預告",
    ];
    if !s.has(&["稽核"]) || !s.has(&TELLS) || s.item == Some(Item::Outsourcing) {
        return;
    }
    let found = NOTICE.iter().find_map(|p| p.captures(s.text)).and_then(|c| {
        let m = c.get(1)?;
        Some((numerals::value(m.as_str())?, c.get(2)?.as_str(), m.start()))
    });
    if let Some((n, unit, byte)) = found {
        let (n, unit) = match unit {
            "工作天" | "工作日" => (n, "working_day"),
            "週" | "周" => (n, "week"),
            "月" => (n, "month"),
            _ => (n, "day"),
        };
        out.push(Hit::number("audit.notice", n, unit, byte));
    }
}

fn management_review(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    if !s.has(&["管理審查", "管審"]) || !s.has(&["召開", "舉行", "舉辦", "辦理", "管審會"]) {
        return;
    }
    for c in MONTH.all(s.text) {
        let (Some(whole), Some(m)) = (c.get(0), c.get(1)) else {
            continue;
        };
        let before = s.text.get(..whole.start()).unwrap_or_default();
        let Some(n) = numerals::value(m.as_str()) else {
            continue;
        };
        if (1.0..=12.0).contains(&n) && !before.ends_with(['每', '隔', '年']) || before.ends_with("每年")
        {
            out.push(Hit::number(
                "management_review.month",
                n,
                "month_of_year",
                m.start(),
            ));
            return;
        }
    }
    quarter_of_review(s, out);
}

/// A quarter that a meeting is promised for is over with its third month.
fn quarter_of_review(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    let found = QUARTER.captures(s.text).and_then(|c| c.get(1));
    if let Some((m, n)) = found.and_then(|m| Some((m, numerals::value(m.as_str())?))) {
        out.push(Hit::number(
            "management_review.month",
            n * 3.0,
            "month_of_year",
            m.start(),
        ));
    }
}

fn hours(n: f64, unit: &str) -> f64 {
    match unit {
        "分鐘" => n / 60.0,
        "日" | "天" => n * 24.0,
        _ => n,
    }
}

fn incident(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    if matches!(s.item, Some(Item::Outsourcing | Item::Training)) || s.has(&["受託", "廠商", "演練"]) {
        return;
    }
    let incident = s.item == Some(Item::Incident) || s.has(&["資安事件", "資通安全事件", "安全事件"]);
    if !incident {
        return;
    }
    // The levels named since the last limit belong to the next one.
    let mut from = 0;
    for c in WITHIN.all(s.text) {
        let (Some(whole), Some(m), Some(unit)) = (c.get(0), c.get(1), c.get(2)) else {
            continue;
        };
        let Some(n) = numerals::value(m.as_str()) else {
            continue;
        };
        let before = s.text.get(from..whole.start()).unwrap_or_default();
        let after = s.text.get(whole.end()..).unwrap_or_default();
        let near: String = after.chars().take(24).collect();
        from = whole.end();
        if before.ends_with('每') {
            continue;
        }
        let levels = levels(before);
        let recovery = ["損害控制", "復原", "應變處理", "恢復"]
            .iter()
            .any(|w| near.contains(w));
        // A report inside the agency is another limit than the one to the authority.
        let inside = near.replace("主管機關", "").chars().take(14).collect::<String>();
        let inside = ["資通安全長", "資安長", "主管", "窗口", "資訊單位", "資訊室"]
            .iter()
            .any(|w| inside.contains(w));
        let named = before.contains("通報時限") || (near.is_empty() && before.contains("通報"));
        let report = !inside && (named || ["通報", "報告", "登錄", "陳報"].iter().any(|w| near.contains(w)));
        let resumed = near.contains("完成")
            && !levels.is_empty()
            && !["報告", "通報", "調查"].iter().any(|w| near.contains(w));
        let hit = if resumed || recovery && !reported_first(&near) {
            Some(("incident.recovery_limit", levels))
        } else if report && (unit.as_str() != "日" && unit.as_str() != "天") {
            Some(("incident.report_limit", Vec::new()))
        } else {
            None
        };
        if let Some((key, levels)) = hit {
            let mut hit = Hit::number(key, hours(n, unit.as_str()), "hour", m.start());
            hit.levels = levels;
            out.push(hit);
        }
    }
}

/// Whether the limit is for the report and only then speaks of recovery.
fn reported_first(near: &str) -> bool {
    let place = |word: &str| near.find(word).unwrap_or(usize::MAX);
    place("通報") < place("復原").min(place("損害"))
}

fn levels(text: &str) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::new();
    for c in LEVELS.all(text) {
        for group in [1, 2] {
            let n = c.get(group).and_then(|m| numerals::value(m.as_str()));
            if let Some(level) =
                n.and_then(|n| (1..=4_u32).find(|l| (f64::from(*l) - n).abs() < f64::EPSILON))
            {
                out.push(level);
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn vendor(s: &Sentence<'_>, out: &mut Vec<Hit>) {
    let vendor = s.item == Some(Item::Outsourcing) || s.has(&["受託者", "受託廠商", "委外廠商"]);
    if !vendor || !s.has(&["通知", "通報", "告知"]) || !s.about(&["事件", "違反", "資安"]) {
        return;
    }
    let found = WITHIN.all(s.text).into_iter().find_map(|c| {
        let (m, unit) = (c.get(1)?, c.get(2)?);
        matches!(unit.as_str(), "小時" | "分鐘").then_some(())?;
        Some((hours(numerals::value(m.as_str())?, unit.as_str()), m.start()))
    });
    if let Some((n, byte)) = found {
        out.push(Hit::number("vendor.notify_limit", n, "hour", byte));
    }
}
