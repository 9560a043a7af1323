//! Legal instruments and articles that the plan names.
//!
//! What: finds instruments by name or by a short form (本法, 其施行細則, 分級辦法), and
//! the articles, paragraphs and annexes after them. Why: a plan that cites a repealed
//! number must be found, and that is judged from here. What it can't know: an article
//! whose instrument is named in another paragraph.

use super::context::Plan;
use super::lines::Paragraph;
use super::model::{Citation, Item};
use super::numerals::{self, Pattern};

const ACT: &str = "資通安全管理法";
const RULES: &str = "資通安全管理法施行細則";
const LEVELS: &str = "資通安全責任等級分級辦法";

/// Instruments with the forms in which they are written; longer forms first within a name.
const KNOWN: &[(&str, &[&str])] = &[
    (
        RULES,
        &[
            "資通安全管理法施行細則",
            "資安管理法施行細則",
            "資安法施行細則",
            "本法施行細則",
        ],
    ),
    (ACT, &["資通安全管理法", "資安管理法", "資安法"]),
    (
        LEVELS,
        &["資通安全責任等級分級辦法", "責任等級分級辦法", "分級辦法"],
    ),
    (
        "資通安全事件通報應變及演練辦法",
        &[
            "資通安全事件通報應變及演練辦法",
            "資通安全事件通報、應變及演練辦法",
        ],
    ),
    (
        "資通安全事件通報及應變辦法",
        &[
            "資通安全事件通報及應變辦法",
            "資通安全事件通報應變辦法",
            "通報及應變辦法",
        ],
    ),
    ("資通安全情資分享辦法", &["資通安全情資分享辦法", "情資分享辦法"]),
    (
        "公務機關所屬人員資通安全事項獎懲辦法",
        &["公務機關所屬人員資通安全事項獎懲辦法"],
    ),
    (
        "公務機關所屬人員辦理資通安全事項作業辦法",
        &["公務機關所屬人員辦理資通安全事項作業辦法"],
    ),
    (
        "特定非公務機關資通安全維護計畫實施情形稽核辦法",
        &["特定非公務機關資通安全維護計畫實施情形稽核辦法"],
    ),
    (
        "資通安全維護計畫實施情形稽核辦法",
        &["資通安全維護計畫實施情形稽核辦法"],
    ),
    (
        "各機關對危害國家資通安全產品限制使用原則",
        &[
            "各機關對危害國家資通安全產品限制使用原則",
            "危害國家資通安全產品限制使用原則",
        ],
    ),
    ("危害國家資通安全產品審查辦法", &["危害國家資通安全產品審查辦法"]),
    (
        "行政院及所屬各機關資訊安全管理要點",
        &["行政院及所屬各機關資訊安全管理要點"],
    ),
    (
        "個人資料保護法施行細則",
        &["個人資料保護法施行細則", "個資法施行細則"],
    ),
    ("個人資料保護法", &["個人資料保護法", "個資法"]),
    ("國家機密保護法", &["國家機密保護法"]),
    ("行政程序法", &["行政程序法"]),
    ("政府資訊公開法", &["政府資訊公開法"]),
    ("檔案法", &["檔案法"]),
];

/// A name in a paragraph: the instrument, where, and whether it stands without an article.
struct Name {
    start: usize,
    end: usize,
    instrument: String,
    /// Short forms count only together with an article.
    alone: bool,
}

static ARTICLE: Pattern = Pattern::new(
    r"^(?:之規定|規定|所定|之)?[,、及與暨或]?(?:§|第)(NUM)(?:-([0-9]{1,2}))?條?(?:之([0-9]{1,2}|[一二三四五六七八九十]{1,2}))?",
);
static RANGE: Pattern = Pattern::new(r"^(?:至|到|~|-)第?(NUM)條");
/// 第14、15及16條 and 第14至16條: one 條 for all of them.
static SEVERAL: Pattern =
    Pattern::new(r"^(?:之規定|規定|所定|之)?[,、及與暨或]?第(NUM)((?:[、,及與和或至到~-]第?NUM)+)條");
static FURTHER: Pattern = Pattern::new(r"([、,及與和或至到~-])第?(NUM)");
static PARAGRAPH: Pattern = Pattern::new(r"^第(NUM)項");
static SUBPARAGRAPH: Pattern = Pattern::new(r"^第(NUM)款(?:第(NUM)目)?");
static ANNEX: Pattern = Pattern::new(r"附表(NUM)");
static LISTED: Pattern = Pattern::new(
    r"^[\p{Han}()、A-Za-z0-9]{2,40}(?:法|條例|細則|辦法|規程|規則|準則|要點|標準表|獎懲基準|管理規範|作業原則|作業規定)$",
);
static QUOTED: Pattern = Pattern::new(
    r"「([\p{Han}()、A-Za-z0-9]{3,40}(?:法|條例|細則|辦法|規程|規則|準則|要點|標準表|獎懲基準))」",
);
static NAMED: Pattern = Pattern::new(
    r"([\p{Han}]{2,20}(?:政府|局|處|署|部|會|院|所|學校|大學|中心)[\p{Han}]{0,24}?(?:組織規程|組織條例|組織法|處務規程|辦事細則|獎懲標準表|獎懲基準|自治條例))",
);

pub(super) fn read(plan: &Plan<'_>) -> Vec<Citation> {
    let mut out = Vec::new();
    // 施行細則 and 同法 look back to the act that was named last.
    let mut act = ACT.to_owned();
    for p in plan.paragraphs.iter().filter(|p| p.chapter.is_some()) {
        let item = plan.item(p);
        let names = names(p, item, &mut act);
        for (at, name) in names.iter().enumerate() {
            let limit = names.get(at + 1).map_or(p.text.len(), |n| n.start);
            let articles = articles(p, name, limit);
            if articles.is_empty() && name.alone {
                out.push(cite(
                    plan,
                    p,
                    item,
                    (name.start, name.end),
                    &name.instrument,
                    None,
                    None,
                ));
            }
            for (end, article, paragraph) in articles {
                let from = name.start;
                out.push(cite(
                    plan,
                    p,
                    item,
                    (from, end),
                    &name.instrument,
                    Some(article),
                    paragraph,
                ));
            }
        }
        annexes(plan, p, item, &names, &mut out);
    }
    out.sort_by_key(|c| c.line);
    out
}

fn cite(
    plan: &Plan<'_>,
    p: &Paragraph,
    item: Option<Item>,
    span: (usize, usize),
    instrument: &str,
    article: Option<String>,
    paragraph: Option<u32>,
) -> Citation {
    let around = plan.sentence_around(p, span.0, 100);
    let slug = item.map_or("unrecognised", Item::slug);
    Citation {
        text: super::lines::window(&plan.written(p, span.0, span.1), 0, 60),
        instrument: instrument.to_owned(),
        article,
        paragraph,
        line: plan.line(p, span.0),
        context: super::lines::window(&format!("{slug}：{around}"), 0, 120),
    }
}

/// All names in a paragraph, in their order, without overlaps.
fn names(p: &Paragraph, item: Option<Item>, act: &mut String) -> Vec<Name> {
    let text = p.text.as_str();
    let mut found: Vec<Name> = Vec::new();
    for (instrument, forms) in KNOWN {
        for form in *forms {
            for (start, _) in text.match_indices(form) {
                let end = start + form.len();
                if gives_short_form(text, start) {
                    continue;
                }
                // 資通安全管理法遵事項 and 管理法規 are other words.
                let next = text.get(end..).and_then(|t| t.chars().next());
                if !(form.ends_with('法') && matches!(next, Some('遵' | '規' | '令'))) {
                    push(&mut found, start, end, instrument, true);
                }
            }
        }
    }
    for c in NAMED.all(text) {
        if let Some(m) = c.get(1) {
            let full = m.as_str();
            // The name begins after what leads to it.
            let skip = ["依據", "依", "及", "與", "按", "參照", "辦理"]
                .iter()
                .filter_map(|w| full.starts_with(w).then_some(w.len()))
                .max()
                .unwrap_or(0);
            let name = full.get(skip..).unwrap_or(full);
            push(&mut found, m.start() + skip, m.end(), name, true);
        }
    }
    for c in QUOTED.all(text) {
        if let Some(m) = c.get(1) {
            push(&mut found, m.start(), m.end(), m.as_str(), true);
        }
    }
    // A list of regulations has one per item.
    if matches!(item, Some(Item::Annex | Item::BasisPurpose)) {
        let body = text.get(p.body..).unwrap_or_default();
        let trimmed = body
            .trim_end_matches(['。', ';', ',', '、'])
            .trim_matches(['「', '」', '『', '』']);
        let start = p.body + body.find(trimmed).unwrap_or(0);
        // An act "and its rules" are two, found by their names.
        if LISTED.is_match(trimmed)
            && !trimmed.contains("及其")
            && !trimmed.starts_with("本機關")
            && !trimmed.starts_with('本')
        {
            push(&mut found, start, start + trimmed.len(), trimmed, true);
        }
    }
    found.sort_by_key(|n| n.start);
    aliases(text, act, &mut found);
    found.sort_by_key(|n| n.start);
    found
}

/// Adds a name unless a longer one is there already; a longer one takes a shorter one's place.
fn push(found: &mut Vec<Name>, start: usize, end: usize, instrument: &str, alone: bool) {
    if found.iter().any(|n| n.start <= start && end <= n.end) {
        return;
    }
    found.retain(|n| !(start <= n.start && n.end <= end));
    if found.iter().any(|n| n.start < end && start < n.end) {
        return;
    }
    found.push(Name {
        start,
        end,
        instrument: instrument.to_owned(),
        alone,
    });
}

fn aliases(text: &str, act: &mut String, found: &mut Vec<Name>) {
    const SHORT: [&str; 10] = [
        "其施行細則",
        "同法施行細則",
        "該法施行細則",
        "施行細則",
        "本細則",
        "細則",
        "本法",
        "同法",
        "本辦法",
        "同辦法",
    ];
    let mut hits: Vec<(usize, &str)> = Vec::new();
    for form in SHORT {
        for (start, _) in text.match_indices(form) {
            if !hits.iter().any(|(s, f)| *s <= start && start < s + f.len()) {
                hits.push((start, form));
            }
        }
    }
    hits.sort_unstable();
    for (start, form) in hits {
        let end = start + form.len();
        if found.iter().any(|n| n.start < end && start < n.end) {
            continue;
        }
        if gives_short_form(text, start) {
            continue;
        }
        // 細則 alone may be any; joined to an act and with an article it is that act's.
        if form == "細則" {
            let lead = text.get(..start).unwrap_or_default();
            let joined = lead.ends_with(['及', '與', '暨', '、', ',', '依', '和']);
            if !joined || !text.get(end..).is_some_and(|t| t.starts_with(['第', '§'])) {
                continue;
            }
        }
        let before = |suffix: fn(&str) -> bool| {
            found
                .iter()
                .filter(|n| n.start < start && suffix(&n.instrument))
                .max_by_key(|n| n.start)
                .map(|n| n.instrument.clone())
        };
        let is_act: fn(&str) -> bool = |n| n.ends_with('法') && !n.ends_with("辦法");
        let is_measure: fn(&str) -> bool = |n| n.ends_with("辦法");
        if let Some(named) = before(is_act) {
            *act = named;
        }
        let (instrument, alone) = match form {
            "本法" => (ACT.to_owned(), false),
            "同法" => (act.clone(), false),
            "本細則" => (RULES.to_owned(), false),
            "本辦法" | "同辦法" => match before(is_measure) {
                Some(named) => (named, false),
                None => continue,
            },
            // "施行細則" alone is a name only beside its act.
            "施行細則" => (format!("{act}施行細則"), before(is_act).is_some()),
            "細則" => (format!("{act}施行細則"), false),
            _ => (format!("{act}施行細則"), true),
        };
        // 本法規 and 同法令 are other words.
        let next = text.get(end..).and_then(|t| t.chars().next());
        if form.ends_with('法') && matches!(next, Some('規' | '令' | '定' | '院' | '人')) {
            continue;
        }
        found.push(Name {
            start,
            end,
            instrument,
            alone,
        });
    }
    if let Some(last) = found
        .iter()
        .filter(|n| n.instrument.ends_with('法') && !n.instrument.ends_with("辦法"))
        .max_by_key(|n| n.start)
    {
        act.clone_from(&last.instrument);
    }
}

/// Whether what stands before a name is "(以下簡稱": that gives the short form, it doesn't use it.
fn gives_short_form(text: &str, start: usize) -> bool {
    let lead = text
        .get(..start)
        .unwrap_or_default()
        .trim_end_matches(['「', '『', '為', ':']);
    ["簡稱", "下稱", "以下稱"].iter().any(|w| lead.ends_with(w))
}

/// Several articles that share one 條, with where the list ends.
fn several(rest: &str) -> Option<(usize, Vec<u32>)> {
    let c = SEVERAL.captures(rest)?;
    let mut out = vec![whole_number(c.get(1)?.as_str())?];
    for further in FURTHER.all(c.get(2)?.as_str()) {
        let n = whole_number(further.get(2)?.as_str())?;
        let last = out.last().copied().unwrap_or(n);
        if matches!(further.get(1)?.as_str(), "至" | "到" | "~" | "-") {
            out.extend(last + 1..=n.min(last.saturating_add(20)));
        } else {
            out.push(n);
        }
    }
    Some((c.get(0)?.end(), out))
}

/// The articles after a name: each with where it ends.
fn articles(p: &Paragraph, name: &Name, limit: usize) -> Vec<(usize, String, Option<u32>)> {
    let text = p.text.get(..limit).unwrap_or_default();
    let mut at = name.end + aside(text.get(name.end..).unwrap_or_default());
    let mut out: Vec<(usize, String, Option<u32>)> = Vec::new();
    while out.len() < 40 {
        let rest = text.get(at..).unwrap_or_default();
        let Some(c) = ARTICLE.captures(rest) else { break };
        let Some(whole) = c.get(0) else { break };
        // Without § the word 條 must be there: 第三級 is no article.
        if !whole.as_str().contains('條') && !whole.as_str().contains('§') {
            let Some((end, numbers)) = several(rest) else {
                break;
            };
            at += end;
            out.extend(numbers.into_iter().map(|n| (at, n.to_string(), None)));
            continue;
        }
        let Some(number) = c.get(1).and_then(|m| whole_number(m.as_str())) else {
            break;
        };
        let branch = c
            .get(2)
            .or_else(|| c.get(3))
            .and_then(|m| whole_number(m.as_str()));
        let article = branch.map_or_else(|| number.to_string(), |b| format!("{number}-{b}"));
        at += whole.end();
        let mut paragraph = None;
        if let Some(c) = PARAGRAPH.captures(text.get(at..).unwrap_or_default()) {
            paragraph = c.get(1).and_then(|m| whole_number(m.as_str()));
            at += c.get(0).map_or(0, |m| m.end());
        }
        if let Some((_, end)) = SUBPARAGRAPH.find(text.get(at..).unwrap_or_default()) {
            at += end;
        }
        out.push((at, article, paragraph));
        if let Some(c) = RANGE.captures(text.get(at..).unwrap_or_default()) {
            let last = c.get(1).and_then(|m| whole_number(m.as_str())).unwrap_or(number);
            at += c.get(0).map_or(0, |m| m.end());
            for n in number + 1..=last.min(number.saturating_add(20)) {
                out.push((at, n.to_string(), None));
            }
        }
    }
    out
}

/// What may stand between a name and its article: closing marks and an aside in brackets.
fn aside(rest: &str) -> usize {
    let mut at = 0;
    loop {
        let tail = rest.get(at..).unwrap_or_default();
        let Some(c) = tail.chars().next() else { return at };
        match c {
            '」' | '』' | '》' | '"' | '”' | ' ' => at += c.len_utf8(),
            '(' => match tail.find(')') {
                Some(close) if close < 90 => at += close + 1,
                _ => return at,
            },
            _ => return at,
        }
    }
}

fn whole_number(text: &str) -> Option<u32> {
    let n = numerals::value(text)?;
    (0..1000_u32).find(|i| (f64::from(*i) - n).abs() < f64::EPSILON)
}

/// Annexes belong to the instrument that was named last in the paragraph.
fn annexes(plan: &Plan<'_>, p: &Paragraph, item: Option<Item>, names: &[Name], out: &mut Vec<Citation>) {
    for c in ANNEX.all(&p.text) {
        let (Some(whole), Some(m)) = (c.get(0), c.get(1)) else {
            continue;
        };
        let Some(n) = whole_number(m.as_str()) else {
            continue;
        };
        let Some(name) = names
            .iter()
            .filter(|n| n.end <= whole.start())
            .max_by_key(|n| n.start)
        else {
            continue;
        };
        // The Act has no annexes; the Regulations that it authorises have.
        let instrument = if name.instrument == ACT || name.instrument == RULES {
            LEVELS
        } else {
            &name.instrument
        };
        if !instrument.ends_with("辦法") {
            continue;
        }
        let article = Some(format!("附表{}", numerals::spell(n)));
        out.push(cite(
            plan,
            p,
            item,
            (whole.start(), whole.end()),
            instrument,
            article,
            None,
        ));
    }
}
