//! How often something is promised: 每年, 每半年, 每六個月, 二年一次.
//!
//! What: finds intervals in a sentence and gives each activity the one that belongs
//! to it. Why: one sentence often promises several things. What it can't know: an
//! interval written only as 定期; that promises no number and yields none.

use super::hit::Hit;
use crate::plan::context::Sentence;
use crate::plan::model::{Every, Item, Value};
use crate::plan::numerals::{self, Pattern};

static EVERY: Pattern = Pattern::new(
    r"每(?:隔)?(?:滿)?(半年|一?季|一?月|一?年度?|一?學年度?|一?學期|一?週|一?周|一?星期|一?日|一?天|(NUM)個?(學年|學期|年|月|季|週|周|星期|日|天))",
);
static ONCE: Pattern = Pattern::new(
    r"(半|NUM)(年|個月|季)(?:內)?(?:應|須|需)?(?:至少|最少)?(?:應|須)?(?:辦理|執行|進行|實施|檢討|檢視|審查|演練|測試|清查|召開)?(?:至少)?[一1]次",
);
static TIMES: Pattern = Pattern::new(r"(NUM)次");
static TIMES_NEXT: Pattern = Pattern::new(r"^[^,;、\t|及並與]{0,10}?(NUM)次");
static TIMES_A_YEAR: Pattern = Pattern::new(r"[一1]年(?:應|須)?(?:至少)?(?:辦理)?(NUM)次");
/// 每年不少於兩次: the count belongs to these words wherever the activity stands.
static TIMES_EACH_YEAR: Pattern = Pattern::new(
    r"每一?(?:學)?年度?(?:應|須|需)?(?:至少|最少|不得?少於|不得低於|計|共)?(?:應|須)?(?:辦理|執行|進行|實施)?(NUM)次(?:以上)?(?:[,)]|$)",
);
/// Months or quarters of the year by their names: 六月及十二月, 第一季、第三季, 上、下半年.
static MONTHS: Pattern = Pattern::new(
    r"(?:每年度?(?:之|於|的)?)?(NUM)月(?:份|底|初|間)?(?:前|以前)?(?:(?:、|及|與|和|暨)(?:次年)?(NUM)月(?:份|底|初|間)?(?:前|以前)?)+(?:各)?",
);
static A_MONTH: Pattern = Pattern::new(r"(NUM)月");
static HALVES: Pattern =
    Pattern::new(r"(?:每年度?)?(?:之|於)?上(?:半年)?(?:、|及|與|和)下半年(?:度)?(?:各)?");
static CELL: Pattern = Pattern::new(r"^(半|NUM)個?(年|月|季|週|日)(?:[1一]次)?$");
static QUARTER: Pattern = Pattern::new(r"第([一二三四1-4])季");
static BY: Pattern = Pattern::new(r"(逐年|按年|按季|逐季|按月|逐月|半年)(?:度)?");

/// An interval with its place in the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Interval {
    start: usize,
    end: usize,
    value: f64,
    unit: &'static str,
}

impl Interval {
    pub(super) fn every(&self) -> Every {
        Every {
            value: self.value,
            unit: self.unit,
        }
    }
}

/// Which words stand for which promise.
struct Rule {
    key: &'static str,
    anchor: Pattern,
    /// One of these must be in the sentence or above it.
    about: &'static [&'static str],
    /// None of these may be in the clause.
    none: &'static [&'static str],
    /// Only in these chapters, when any is named.
    only: &'static [Item],
}

const fn rule(
    key: &'static str,
    anchor: &'static str,
    about: &'static [&'static str],
    none: &'static [&'static str],
    only: &'static [Item],
) -> Rule {
    Rule {
        key,
        anchor: Pattern::new(anchor),
        about,
        none,
        only,
    }
}

static RULES: [Rule; 20] = [
    rule(
        "software.review_interval",
        r"(?:軟體|應用程式)[^,;、]{0,12}?(?:清查|盤點|清點|檢查|稽查|查核|抽查|查驗|核對)|(?:軟體|應用程式)[^,;、]{0,8},[^,;、]{0,20}?(?:清查|盤點|清點|稽查|查核|抽查|查驗|核對)|(?:清查|清點|檢查|查核|盤點|抽查|查驗)[^,;]{0,14}(?:軟體|應用程式)|(?:清查|檢查|查核|抽查|查驗)[^,;]{0,8}電腦,[^,;]{0,12}軟體|軟體[^;]{0,12}(?:看一遍|檢視|查看)",
        &[],
        &["資訊資產盤點", "惡意", "防毒", "弱點", "漏洞"],
        &[],
    ),
    rule(
        "account.privileged_review_interval",
        r"(?:特權|特殊權限|最高權限|系統管理權限|(?:管理者|管理員)(?:帳號|權限|權限帳號)|root|Administrator)[^,;]{0,16}?,?[^,;]{0,14}?(?:清查|審查|檢視|審視|盤點|複核|覆核|複查|檢討|查核|確認|更新|核對|清點|清理|查對)|(?:清查|審查|檢視|審視|盤點|複核|覆核|複查|檢討|查核|確認)[^,;]{0,10}?(?:特權|特殊權限|最高權限|系統管理權限|(?:管理者|管理員)(?:帳號|權限|權限帳號)|root|Administrator)",
        &[],
        &[],
        &[],
    ),
    rule(
        "account.review_interval",
        r"(?:使用者|帳號|帳戶|權限|ID),?[^,;]{0,14}?(?:清查|審查|檢視|盤點|複核|覆核|檢討|查核|核對|清點|清理|查對)|(?:清查|審查|檢視|盤點|複核|覆核|查核|核對|清點|查對)[^,;]{0,12}?(?:帳號|帳戶|權限)",
        &[],
        &[
            "軟體",
            "特權",
            "特殊權限",
            "最高權限",
            "管理者帳號",
            "管理員帳號",
            "管理者權限",
            "系統管理權限",
            "root",
            "Administrator",
        ],
        &[],
    ),
    rule(
        "inventory.interval",
        r"盤點|資產清冊[^,;]{0,6}(?:更新|檢討|檢視)",
        &["資產", "資通系統", "資訊系統", "資訊及"],
        &["帳號", "軟體清查", "權限"],
        &[],
    ),
    rule(
        "risk.interval",
        r"風險(?:評估|評鑑|管理|分析|識別)",
        &[],
        &["管理審查"],
        &[
            Item::Risk,
            Item::Inventory,
            Item::Controls,
            Item::PolicyObjectives,
        ],
    ),
    rule(
        "classification.review_interval",
        r"防護需求(?:之)?分級|防護需求等級|系統(?:之)?分級|分級(?:之)?妥適|(?:檢視|檢討)[^,;]{0,8}分級",
        &[],
        &[],
        &[],
    ),
    rule(
        "policy.promotion_interval",
        r"宣導|宣達|傳達",
        &["政策"],
        &["訓練計畫", "社交工程"],
        &[],
    ),
    rule(
        "policy.review_interval",
        r"政策[^。;策]{0,30}?(?:檢討|檢視|審查|評估|修訂|修正)|(?:檢討|檢視|審查|修訂)[^,;]{0,12}政策",
        &[],
        &["宣導", "防火牆政策", "存取控制政策"],
        &[Item::PolicyObjectives, Item::Improvement, Item::Organization],
    ),
    rule(
        "resources.review_interval",
        r"(?:人力|經費|資源)[^。;]{0,24}?(?:檢討|檢視|審查|評估)",
        &[],
        &[],
        &[Item::Resources],
    ),
    rule(
        "management_review.interval",
        r"管理審查(?:會議)?|管審(?:會議?)?",
        &["召開", "舉行", "舉辦", "辦理", "進行", "執行", "管審會"],
        &["納入", "會議中檢討", "會議中審"],
        &[],
    ),
    rule(
        "audit.interval",
        r"內部(?:資通安全|資安)?稽核|內稽|資通安全稽核|資安稽核|稽核",
        &[],
        &[
            "受託",
            "廠商",
            "委外",
            "日誌",
            "稽核紀錄",
            "前次稽核",
            "接受",
            "稽核完成",
            "稽核後",
            "稽核結束",
            "稽核結果",
        ],
        &[Item::Improvement, Item::Organization, Item::Controls],
    ),
    rule(
        "continuity.drill_interval",
        r"(?:持續(?:運作|營運)|營運持續|業務持續|備援|災害復原|災難復原|BCP)[^。;]{0,20}?(?:演練|測試)|演練[^,;]{0,8}持續(?:運作|營運)",
        &[],
        &[],
        &[],
    ),
    rule(
        "scan.interval",
        r"弱點(?:掃描|掃瞄|檢測|檢查)|弱掃",
        &[],
        &["受託", "廠商"],
        &[],
    ),
    rule(
        "pentest.interval",
        r"滲透(?:測試|檢測)",
        &[],
        &["受託", "廠商"],
        &[],
    ),
    rule("health_check.interval", r"健診|安全健檢", &[], &[], &[]),
    rule(
        "backup.test_interval",
        r"有效性|(?:還原|回復|復原|回存)[^,;]{0,4}(?:測試|演練|驗證)|(?:測試|抽測|試行|驗證)[^,;]{0,8}(?:備份|還原|回復)|備份[^,;]{0,10}(?:測試|驗證|還原|回復|可用性)",
        &["備份"],
        &[],
        &[],
    ),
    rule("social_engineering.interval", r"社交工程", &[], &[], &[]),
    rule(
        "incident_drill.interval",
        r"(?:通報|應變|資安事件|安全事件)[^,;。工運]{0,10}?演練|演練[^,;及]{0,4}(?:通報|應變)",
        &[],
        &[],
        &[],
    ),
    rule(
        "plan.review_interval",
        r"(?:本計畫|維護計畫)[^。;]{0,24}?(?:檢討|修正|修訂|檢視|審查)|(?:檢討|修正|修訂|檢視)[^,;]{0,8}(?:本計畫|維護計畫)",
        &[],
        &["實施情形", "人力", "經費", "納入", "管理審查", "政策"],
        &[],
    ),
    rule(
        "report.interval",
        r"實施情形",
        &[
            "提出", "提報", "陳報", "函報", "送交", "報送", "填報", "提交", "送",
        ],
        &["召開", "稽核"],
        &[Item::Report],
    ),
];

/// How a review is called under a heading that says of what.
const REVIEWS: [&str; 8] = ["確認", "清查", "檢視", "審查", "檢討", "盤點", "複查", "審視"];

/// What a sentence promises to do at intervals.
pub(super) fn read(s: &Sentence<'_>) -> Vec<Hit> {
    let found = intervals(s.text);
    if found.is_empty() {
        return Vec::new();
    }
    let text = without_titles(s.text);
    let mut out = Vec::new();
    for rule in &RULES {
        if !applies(rule, s) {
            continue;
        }
        // A list of rights under a heading about privileged accounts is about those.
        let key = if rule.key == "account.review_interval" && s.under(&["特權"]) {
            "account.privileged_review_interval"
        } else {
            rule.key
        };
        let best = rule
            .anchor
            .find_all(&text)
            .into_iter()
            .filter(|anchor| {
                let clause = clause(&text, *anchor);
                !rule.none.iter().any(|w| clause.contains(w))
            })
            .flat_map(|anchor| found.iter().map(move |i| (cost(s.text, anchor, i), anchor, i)))
            .filter(|(cost, ..)| *cost <= 110)
            .min_by_key(|(cost, ..)| *cost);
        if let Some((_, anchor, interval)) = best {
            out.push(hit(key, &counted(s.text, anchor, interval)));
        }
    }
    if out.is_empty() && s.under(&["特權", "最高權限", "特殊權限"]) && s.has(&REVIEWS) {
        out.extend(
            found
                .first()
                .map(|i| hit("account.privileged_review_interval", i)),
        );
    }
    if out.is_empty() {
        let above = acts(s).then(|| from_heading(s, &found)).flatten();
        out.extend(above.or_else(|| from_chapter(s, &found)));
    }
    out
}

/// A sentence that says little more than how often is about what its chapter is about.
fn from_chapter(s: &Sentence<'_>, found: &[Interval]) -> Option<Hit> {
    let interval = found.first()?;
    let bare = s.text.chars().count() <= 12 && !s.has(&["其他", "訓練", "會議", "系統", "更新"]);
    let (key, says) = match s.item? {
        Item::Report => (
            "report.interval",
            s.has(&["提出", "提報", "陳報", "函報", "報送", "填報", "提交"])
                && !s.has(&["召開", "稽核", "改善", "檢討"]),
        ),
        Item::Inventory => ("inventory.interval", bare),
        Item::Risk => (
            "risk.interval",
            bare && (s.has(&["評估", "評鑑"]) || !s.has(&["檢視", "檢討", "審查", "清查"])),
        ),
        _ => return None,
    };
    says.then(|| hit(key, &counted(s.text, (interval.end, interval.end), interval)))
}

/// Blanks out the titles of documents, byte for byte: they name activities without promising them.
fn without_titles(text: &str) -> String {
    const TITLES: [&str; 13] = [
        "書", "表", "單", "辦法", "規範", "清冊", "手冊", "準則", "指引", "要點", "紀錄", "報告", "規定",
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('「') {
        let Some(close) = rest.get(open..).and_then(|t| t.find('」')).map(|c| c + open) else {
            break;
        };
        let inner = rest.get(open..close).unwrap_or_default();
        let name = inner.split('(').next().unwrap_or_default();
        out.push_str(rest.get(..open).unwrap_or_default());
        if TITLES.iter().any(|t| name.ends_with(t)) {
            out.push_str(&"_".repeat(inner.len()));
        } else {
            out.push_str(inner);
        }
        rest = rest.get(close..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn applies(rule: &Rule, s: &Sentence<'_>) -> bool {
    let chapter = rule.only.is_empty()
        || s.item.is_some_and(|i| rule.only.contains(&i))
        || (rule.key == "audit.interval" && s.has(&["內部稽核", "內稽"]))
        || (rule.key == "report.interval" && s.has(&["上級", "監督機關"]));
    // In its own chapter 盤點 needs no word for what is counted, unless it is something else.
    let own = rule.key == "inventory.interval" && s.item == Some(Item::Inventory) && !s.has(&["軟體"]);
    chapter && (own || rule.about.is_empty() || s.about(rule.about))
}

fn acts(s: &Sentence<'_>) -> bool {
    s.has(&[
        "次", "辦理", "進行", "執行", "實施", "清查", "檢視", "檢討", "召開",
    ])
}

/// An interval without an activity belongs to the heading it stands under, if that names just one.
fn from_heading(s: &Sentence<'_>, found: &[Interval]) -> Option<Hit> {
    let heading = s.paragraph.above.last()?;
    let mut rules = RULES.iter().filter(|r| {
        r.anchor.is_match(heading) && (r.only.is_empty() || s.item.is_some_and(|i| r.only.contains(&i)))
    });
    let first = rules.next()?;
    if rules.next().is_some() || s.has(first.none) || s.has(&["訓練", "小時", "通行碼", "密碼"]) {
        return None;
    }
    found
        .first()
        .map(|i| hit(first.key, &counted(s.text, (i.end, i.end), i)))
}

fn hit(key: &'static str, interval: &Interval) -> Hit {
    Hit::new(key, Value::Number(interval.value), interval.unit, interval.start)
}

/// How far an interval is from an activity; what divides them weighs more than what lies between.
fn cost(text: &str, anchor: (usize, usize), interval: &Interval) -> usize {
    let (from, to) = if interval.end <= anchor.0 {
        (interval.end, anchor.0)
    } else if interval.start >= anchor.1 {
        (anchor.1, interval.start)
    } else {
        return 0;
    };
    let between = text.get(from..to).unwrap_or_default();
    let weight = |c: char| match c {
        ',' => 10,
        '、' | '及' | '並' | '與' | '且' => 5,
        _ => 1,
    };
    // "每年辦理一次甲、每二年辦理一次乙": what follows across a divider belongs to the next.
    let after = usize::from(interval.start >= anchor.1 && between.contains(['、', '及', '並', '且'])) * 12;
    // 每年不少於兩次 says more than a 每年 that stands as near.
    let counted = text
        .get(interval.start..interval.end)
        .is_some_and(|t| t.ends_with('次'));
    (between.chars().map(weight).sum::<usize>() + after).saturating_sub(if counted { 4 } else { 0 })
}

/// All intervals of a sentence.
pub(super) fn intervals(text: &str) -> Vec<Interval> {
    let mut out: Vec<Interval> = Vec::new();
    for c in EVERY.all(text) {
        let Some(whole) = c.get(0) else { continue };
        let counted = c.get(2).and_then(|n| numerals::value(n.as_str())).zip(c.get(3));
        let Some((value, unit)) = (match counted {
            Some((n, unit)) => measured(n, unit.as_str()),
            None => named(c.get(1).map_or("", |m| m.as_str())),
        }) else {
            continue;
        };
        out.push(Interval {
            start: whole.start(),
            end: whole.end(),
            value,
            unit,
        });
    }
    for c in ONCE.all(text) {
        let Some(whole) = c.get(0) else { continue };
        if out
            .iter()
            .any(|i| i.start <= whole.start() && whole.start() < i.end)
        {
            continue;
        }
        let n = match c.get(1).map_or("", |m| m.as_str()) {
            "半" => Some(0.5),
            n => numerals::value(n),
        };
        if let Some((value, unit)) = n.zip(c.get(2)).and_then(|(n, u)| measured(n, u.as_str())) {
            out.push(Interval {
                start: whole.start(),
                end: whole.end(),
                value,
                unit,
            });
        }
    }
    for c in TIMES_A_YEAR.all(text) {
        let times = c.get(1).and_then(|m| numerals::value(m.as_str()));
        if let (Some(whole), Some(times)) = (c.get(0), times)
            && times > 1.0
            && times <= 12.0
            && !out.iter().any(|i| i.end > whole.start() && i.start < whole.end())
        {
            let (start, end) = (whole.start(), whole.end());
            out.push(Interval {
                start,
                end,
                value: 12.0 / times,
                unit: "month",
            });
        }
    }
    cells(text, &mut out);
    named_times(text, &mut out);
    if out.is_empty() {
        for c in BY.all(text) {
            let Some(whole) = c.get(0) else { continue };
            let word = c.get(1).map_or("", |m| m.as_str());
            let read = match word {
                "逐年" | "按年" => Some((1.0, "year")),
                "按季" | "逐季" => Some((3.0, "month")),
                "按月" | "逐月" => Some((1.0, "month")),
                _ if text.contains("半年一次") || text.contains("(半年)") || text.contains("至少半年") => {
                    Some((6.0, "month"))
                }
                _ => None,
            };
            if let Some((value, unit)) = read {
                out.push(Interval {
                    start: whole.start(),
                    end: whole.end(),
                    value,
                    unit,
                });
            }
        }
    }
    out
}

/// A cell of a table that is but a length of time says how often: 半年, 3個月, 季.
fn cells(text: &str, out: &mut Vec<Interval>) {
    if !text.contains(['\t', '|']) || !out.is_empty() {
        return;
    }
    let mut start = 0;
    for cell in text.split_inclusive(['\t', '|']) {
        let begin = start;
        start += cell.len();
        let bare = cell.trim_matches(['\t', '|', ' ']);
        let counted = CELL.captures(bare).and_then(|c| {
            let n = match c.get(1)?.as_str() {
                "半" => 0.5,
                n => numerals::value(n)?,
            };
            measured(n, c.get(2)?.as_str())
        });
        let named = || {
            matches!(bare, "季" | "月" | "年" | "年度" | "週" | "學期")
                .then(|| named(bare))
                .flatten()
        };
        if let Some((value, unit)) = counted.or_else(named) {
            out.push(Interval {
                start: begin,
                end: start,
                value,
                unit,
            });
        }
    }
}

/// What names its months, halves or quarters comes as often as it names.
fn named_times(text: &str, out: &mut Vec<Interval>) {
    let mut add = |(start, end): (usize, usize), times: usize| {
        let Some(months) = u8::try_from(times).ok().filter(|t| (2..=12).contains(t)) else {
            return;
        };
        // 每年六月及十二月 is not every year.
        out.retain(|i| i.end <= start || i.start >= end || i.unit != "year");
        out.push(Interval {
            start,
            end,
            value: 12.0 / f64::from(months),
            unit: "month",
        });
    };
    for c in TIMES_EACH_YEAR.all(text) {
        let times = c.get(1).and_then(|m| numerals::value(m.as_str()));
        let times = times.and_then(|n| (2..=12_u8).find(|t| (f64::from(*t) - n).abs() < f64::EPSILON));
        if let (Some(whole), Some(number), Some(times)) = (c.get(0), c.get(1), times) {
            add(
                (whole.start(), number.end() + '次'.len_utf8()),
                usize::from(times),
            );
        }
    }
    for at in MONTHS.find_all(text) {
        add(
            at,
            A_MONTH.find_all(text.get(at.0..at.1).unwrap_or_default()).len(),
        );
    }
    for at in HALVES.find_all(text) {
        add(at, 2);
    }
    let mut quarters: Vec<(usize, usize, &str)> = Vec::new();
    for c in QUARTER.all(text) {
        if let (Some(whole), Some(which)) = (c.get(0), c.get(1))
            && !quarters.iter().any(|(.., known)| *known == which.as_str())
        {
            quarters.push((whole.start(), whole.end(), which.as_str()));
        }
    }
    if let (Some(first), Some(last)) = (quarters.first(), quarters.last()) {
        if quarters.len() > 1 {
            add((first.0, last.1), quarters.len());
        } else if out.is_empty() && !text.contains("年第") {
            out.push(Interval {
                start: first.0,
                end: first.1,
                value: 1.0,
                unit: "year",
            });
        }
    }
}

/// 每年辦理二次 is every six months; each activity of a sentence has its own count.
fn counted(text: &str, anchor: (usize, usize), interval: &Interval) -> Interval {
    let mut out = interval.clone();
    if interval.unit != "year" || (interval.value - 1.0).abs() > f64::EPSILON {
        return out;
    }
    let amount = |c: &regex::Captures<'_>| c.get(1).and_then(|m| numerals::value(m.as_str()));
    let next = |from: usize| {
        TIMES_NEXT
            .captures(text.get(from..).unwrap_or_default())
            .and_then(|c| amount(&c))
    };
    let times = next(anchor.1).or_else(|| {
        if interval.end <= anchor.0 {
            TIMES
                .all(text.get(interval.end..anchor.0).unwrap_or_default())
                .last()
                .and_then(amount)
        } else {
            next(interval.end)
        }
    });
    if let Some(times) = times
        && times > 1.0
        && times <= 12.0
    {
        out.value = 12.0 / times;
        out.unit = "month";
    }
    out
}

/// The clause or clauses that an anchor touches.
fn clause(text: &str, anchor: (usize, usize)) -> &str {
    let start = text
        .get(..anchor.0)
        .and_then(|t| t.rfind([',', ';']))
        .map_or(0, |at| at + 1);
    let end = text
        .get(anchor.1..)
        .and_then(|t| t.find([',', ';']))
        .map_or(text.len(), |at| anchor.1 + at);
    text.get(start..end).unwrap_or_default()
}

fn named(word: &str) -> Option<(f64, &'static str)> {
    Some(match word.trim_start_matches('一') {
        // A school year has two terms.
        "半年" | "學期" => (6.0, "month"),
        "季" => (3.0, "month"),
        "月" => (1.0, "month"),
        "年" | "年度" | "學年" | "學年度" => (1.0, "year"),
        "週" | "周" | "星期" => (1.0, "week"),
        "日" | "天" => (1.0, "day"),
        _ => return None,
    })
}

fn measured(n: f64, unit: &str) -> Option<(f64, &'static str)> {
    if n <= 0.0 {
        return None;
    }
    Some(match unit {
        "年" if (n - 0.5).abs() < f64::EPSILON => (6.0, "month"),
        "年" | "學年" => (n, "year"),
        "學期" => (n * 6.0, "month"),
        "季" => (n * 3.0, "month"),
        "月" | "個月" => (n, "month"),
        "週" | "周" | "星期" => (n, "week"),
        "日" | "天" => (n, "day"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read() {
        for (text, value, unit) in [
            ("每年辦理一次", 1.0, "year"),
            ("每半年定期", 6.0, "month"),
            ("每季應清查", 3.0, "month"),
            ("每二年應辦理", 2.0, "year"),
            ("每2年一次", 2.0, "year"),
            ("每兩年", 2.0, "year"),
            ("每六個月", 6.0, "month"),
            ("至少二年一次", 2.0, "year"),
            ("一年2次", 6.0, "month"),
            ("每月", 1.0, "month"),
            ("每一年至少一次", 1.0, "year"),
        ] {
            let got = intervals(text);
            let first = got.first().unwrap_or_else(|| panic!("{text}"));
            assert!(
                (first.value - value).abs() < 1e-9 && first.unit == unit,
                "{text}: {got:?}"
            );
        }
        assert!(intervals("定期檢討").is_empty());
    }
}
