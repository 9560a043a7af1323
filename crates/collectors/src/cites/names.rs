//! Names of legal instruments in a paragraph.
//!
//! What: full names, the short forms that papers use (分級辦法), names in quotation marks,
//! and words that stand for an instrument named elsewhere (本法, 其施行細則, 同法). Why:
//! an article's number means nothing without its instrument. What it can't know: the law;
//! these are the names that are looked for, not what became of them.

use crate::plan::numerals::Pattern;

pub(super) const ACT: &str = "資通安全管理法";
pub(super) const RULES: &str = "資通安全管理法施行細則";
pub(super) const LEVELS: &str = "資通安全責任等級分級辦法";

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

/// The most names that are looked at in one paragraph.
pub(super) const MOST: usize = 300;

/// A name in a paragraph: the instrument, where, and whether it stands without an article.
pub(crate) struct Name {
    pub start: usize,
    pub end: usize,
    pub instrument: String,
    /// Short forms count only together with an article.
    pub alone: bool,
}

/// What earlier paragraphs said that later ones refer to.
pub(crate) struct Memory {
    /// 同法 and 施行細則 look back to the act that was named last.
    act: String,
    /// What 本法 stands for.
    this_act: Option<String>,
    /// What 本辦法 stands for, where the document gives it as a short form.
    this_measure: Option<String>,
    /// Whether 本辦法 may be the one named before: in a paper that is none itself.
    plan: bool,
}

impl Memory {
    /// In a maintenance plan, which rests on the act.
    pub(crate) fn of_plan() -> Self {
        Self {
            act: ACT.to_owned(),
            this_act: Some(ACT.to_owned()),
            this_measure: None,
            plan: true,
        }
    }

    /// In a text of any kind; `speaks` tells whether it names the act anywhere.
    pub(crate) fn of_text(speaks: bool) -> Self {
        Self {
            act: ACT.to_owned(),
            this_act: speaks.then(|| ACT.to_owned()),
            this_measure: None,
            plan: false,
        }
    }
}

/// Whether a text names the act in any of its forms.
pub(crate) fn names_the_act(text: &str) -> bool {
    KNOWN
        .iter()
        .filter(|(instrument, _)| *instrument == ACT)
        .flat_map(|(_, forms)| *forms)
        .any(|form| text.contains(form))
}

static LISTED: Pattern = Pattern::new(
    r"^[\p{Han}()、A-Za-z0-9]{2,40}(?:法|條例|細則|辦法|規程|規則|準則|要點|標準表|獎懲基準|管理規範|作業原則|作業規定)$",
);
static QUOTED: Pattern = Pattern::new(
    r"「([\p{Han}()、A-Za-z0-9]{3,40}(?:法|條例|細則|辦法|規程|規則|準則|要點|標準表|獎懲基準))」",
);
static NAMED: Pattern = Pattern::new(
    r"([\p{Han}]{2,20}(?:政府|局|處|署|部|會|院|所|學校|大學|中心)[\p{Han}]{0,24}?(?:組織規程|組織條例|組織法|處務規程|辦事細則|獎懲標準表|獎懲基準|自治條例))",
);

/// All names in a paragraph, in their order, without overlaps.
pub(crate) fn names(text: &str, body: usize, listed: bool, memory: &mut Memory) -> (Vec<Name>, bool) {
    let mut found: Vec<Name> = Vec::new();
    for (instrument, forms) in KNOWN {
        for form in *forms {
            for (start, _) in text.match_indices(form) {
                let end = start + form.len();
                if found.len() >= MOST {
                    return (found, true);
                }
                if gives_short_form(text, start)
                    || (!memory.plan
                        && form != instrument
                        && form.ends_with("辦法")
                        && within_a_word(text, start))
                {
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
            let skip = ["依據", "得依", "應依", "依", "及", "與", "按", "參照", "辦理"]
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
    if listed {
        let lead = body;
        let body = text.get(lead..).unwrap_or_default();
        let trimmed = body
            .trim_end_matches(['。', ';', ',', '、'])
            .trim_matches(['「', '」', '『', '』']);
        let start = lead + body.find(trimmed).unwrap_or(0);
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
    defined(text, &found, memory);
    let crowded = aliases(text, memory, &mut found);
    found.sort_by_key(|n| n.start);
    (found, crowded)
}

/// Remembers what 本法 or 本辦法 is said to stand for.
fn defined(text: &str, found: &[Name], memory: &mut Memory) {
    for name in found {
        let rest = text.get(name.end..).unwrap_or_default();
        let aside: String = rest.chars().take(14).collect();
        let gives = |short: &str| {
            aside.contains(short)
                && ["簡稱", "下稱"].iter().any(|w| aside.contains(w))
                && aside.starts_with(['(', ',', '」'])
        };
        if gives("本法") {
            memory.this_act = Some(name.instrument.clone());
        } else if gives("本辦法") {
            memory.this_measure = Some(name.instrument.clone());
        }
    }
}

/// Whether a short form is only the end of another name: 空氣品質分級辦法.
fn within_a_word(text: &str, start: usize) -> bool {
    const LEADS: &str = "依據及與暨按照於之該揭本故查為以或和由自如見循即合符參違反經前在對其同無未非有屬受非除向致使就具是原舊新";
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    before.is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c) && !LEADS.contains(c))
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

/// Adds the words that stand for instruments named elsewhere; tells whether there were too many.
fn aliases(text: &str, memory: &mut Memory, found: &mut Vec<Name>) -> bool {
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
            if hits.len() >= MOST {
                return true;
            }
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
        let lead = text.get(..start).unwrap_or_default();
        // 基本法 and 不同法 are other words; 建築法施行細則 is another act's.
        let other = match form {
            "本法" | "同法" => lead.ends_with(['基', '日', '不', '根', '資', '成']),
            "施行細則" => lead.ends_with(['法', '例']) && !found.iter().any(|n| n.end == start),
            _ => false,
        };
        if other || gives_short_form(text, start) {
            continue;
        }
        // 細則 alone may be any; joined to an act and with an article it is that act's.
        if form == "細則" {
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
            memory.act = named;
        }
        let act = memory.act.as_str();
        let (instrument, alone) = match form {
            "本法" => match &memory.this_act {
                Some(named) => (named.clone(), false),
                None => continue,
            },
            "同法" => (act.to_owned(), false),
            "本細則" if memory.plan || memory.this_act.is_some() => (RULES.to_owned(), false),
            "本細則" => continue,
            "本辦法" | "同辦法" => {
                let before = before(is_measure).filter(|_| memory.plan || form == "同辦法");
                match memory
                    .this_measure
                    .clone()
                    .filter(|_| form == "本辦法")
                    .or(before)
                {
                    Some(named) => (named, false),
                    None => continue,
                }
            }
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
        memory.act.clone_from(&last.instrument);
    }
    false
}

/// Whether what stands before a name is "(以下簡稱": that gives the short form, it doesn't use it.
fn gives_short_form(text: &str, start: usize) -> bool {
    let lead = text
        .get(..start)
        .unwrap_or_default()
        .trim_end_matches(['「', '『', '為', ':']);
    ["簡稱", "下稱", "以下稱"].iter().any(|w| lead.ends_with(w))
}
