//! The chapters of the national template.
//!
//! What: finds the chain of headings that are the plan's chapters, whatever their
//! numbering, and passes over a table of contents. Why: everything else is read in
//! the light of its chapter. What it can't know: a chapter whose heading has neither
//! a number nor a title of the template.

use super::lines::Source;
use super::markers::{self, Kind, Marker};
use super::model::{Chapter, Item, Problem};
use super::numerals::Pattern;

/// How many chapters make a text a plan.
pub(super) const NEEDED: usize = 6;

/// A heading that may be a chapter.
struct Candidate {
    index: usize,
    kind: Option<Kind>,
    label: String,
    number: u32,
    title: String,
    item: Option<Item>,
    /// Further lines that belong to the heading.
    extra: Vec<usize>,
}

/// A chapter with the line indexes of its heading.
pub(super) struct Found {
    pub chapter: Chapter,
    pub index: usize,
    pub extra: Vec<usize>,
}

/// What is looked for, in the order in which a title is tried.
const TITLES: &[(Item, &[&str])] = &[
    (Item::Intelligence, &["情資", "情報"]),
    (Item::Outsourcing, &["委外", "受託", "委託辦理", "供應商"]),
    (Item::Improvement, &["持續精進", "績效管理", "持續改善", "精進"]),
    (Item::Report, &["實施情形", "執行情形之提"]),
    (Item::PersonnelAssessment, &["考核", "獎懲"]),
    (
        Item::Training,
        &["教育訓練", "認知訓練", "認知與訓練", "人員訓練", "訓練"],
    ),
    (
        Item::Incident,
        &[
            "事件通報",
            "通報、應變",
            "通報應變",
            "通報及應變",
            "事件應變",
            "安全事件",
            "資安事件",
        ],
    ),
    (
        Item::CoreBusiness,
        &["核心業務", "業務及重要性", "業務及其重要性"],
    ),
    (Item::PolicyObjectives, &["政策", "安全目標"]),
    (Item::Resources, &["人力", "經費", "資源配置", "資源之配置"]),
    (
        Item::Organization,
        &[
            "推動組織",
            "推行組織",
            "資安組織",
            "安全組織",
            "管理組織",
            "組織及權責",
            "組織",
        ],
    ),
    (Item::Inventory, &["盤點", "資產管理"]),
    (Item::Risk, &["風險"]),
    (Item::Controls, &["防護", "控制措施", "安全管理措施"]),
    (
        Item::Annex,
        &[
            "相關法規",
            "表單",
            "參考文件",
            "參考資料",
            "附件",
            "附錄",
            "相關文件",
            "法規",
        ],
    ),
    (Item::Scope, &["適用範圍", "實施範圍", "計畫範圍", "範圍"]),
    (Item::BasisPurpose, &["依據", "目的", "緣起", "前言"]),
];

/// The chapter of the template that a title stands for.
pub(super) fn item_of(title: &str) -> Option<Item> {
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    TITLES
        .iter()
        .find(|(_, words)| words.iter().any(|w| title.contains(w)))
        .map(|(item, _)| *item)
}

static LEADER: Pattern = Pattern::new(
    r"(?:\.{3,}|…+|‧{2,}|·{3,}|⋯+|_{3,}|-{3,}|・{2,}|。{3,})\s*(?:[0-9IVXivx]+|第?[0-9]+頁)?\s*$",
);
static PAGED: Pattern =
    Pattern::new(r"\S(?:\t| +)(?:[0-9]{1,3}|[ivx]{1,5}|-[0-9]{1,3}-|第[0-9]+頁|P\.?[0-9]+)\s*$");

/// Whether a line belongs to a table of contents.
pub(super) fn contents_line(folded: &str) -> bool {
    LEADER.is_match(folded) || PAGED.is_match(folded)
}

/// Finds the chapters; fewer than [`NEEDED`] means that this is no plan.
pub(super) fn find(source: &Source, problems: &mut Vec<Problem>) -> Vec<Found> {
    let candidates = candidates(source);
    let kinds = [
        Some(Kind::Legal),
        Some(Kind::Chapter),
        Some(Kind::Han),
        Some(Kind::Roman),
        Some(Kind::Arabic),
        None,
    ];
    let mut best: Vec<Candidate> = Vec::new();
    let total = source.lines.len();
    let mut rest = candidates;
    for kind in kinds {
        let (of_kind, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|c| c.kind == kind);
        rest = others;
        let chain = chain(of_kind, total);
        if recognised(&chain) > recognised(&best) {
            best = chain;
        }
    }
    for pair in best.windows(2) {
        if let [a, b] = pair
            && b.number != a.number + 1
            && b.kind.is_some()
        {
            let line = source.lines.get(b.index).map_or(0, |l| l.number);
            problems.push(Problem {
                kind: "chapter_numbering",
                line,
                message: format!(
                    "第 {line} 行的章「{}、{}」接在「{}、{}」之後，編號不連續。請確認是否漏章或編號有誤。",
                    b.label, b.title, a.label, a.title
                ),
            });
        }
    }
    best.into_iter()
        .map(|c| Found {
            chapter: Chapter {
                number: c.number,
                label: c.label,
                title: c.title,
                item: c.item,
                line: source.lines.get(c.index).map_or(0, |l| l.number),
            },
            index: c.index,
            extra: c.extra,
        })
        .collect()
}

fn recognised(chain: &[Candidate]) -> usize {
    let mut items: Vec<Item> = chain.iter().filter_map(|c| c.item).collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}

fn candidates(source: &Source) -> Vec<Candidate> {
    let mut out = Vec::new();
    for (index, line) in source.lines.iter().enumerate() {
        if line.blank() || line.furniture || line.chars() > 48 || contents_line(&line.folded) {
            continue;
        }
        let marked = markers::marker(&line.folded).filter(|m| m.kind != Kind::Bullet);
        // Markdown headings and automatic numbers leave the title alone on its line.
        let (kind, label, number, start) = match marked {
            Some(m) => (Some(m.kind), m.label.clone(), m.number, m.end),
            None => match glued(&line.folded) {
                Some(m) => (Some(m.kind), m.label.clone(), m.number, m.end),
                None => (None, String::new(), 0, 0),
            },
        };
        let title = line.folded.get(start..).unwrap_or_default();
        let title = title
            .trim_matches(['*', '#', ' ', '=', '【', '】', '\t'])
            .trim_end_matches([':', '.'])
            .trim();
        let mut candidate = Candidate {
            index,
            kind,
            label,
            number,
            title: original_title(&line.raw, title),
            item: item_of(title),
            extra: Vec::new(),
        };
        if !heading_like(title) {
            continue;
        }
        if kind.is_none() {
            candidate.item = candidate.item.filter(|_| bare_title(title));
            if candidate.item.is_none() {
                continue;
            }
            candidate.number = candidate.item.map_or(0, |i| ordinal(i) + 1);
        }
        wrap_title(source, &mut candidate);
        out.push(candidate);
    }
    out
}

/// A formal number that runs straight into its title: 壹依據及目的.
fn glued(folded: &str) -> Option<Marker> {
    let label: String = folded
        .chars()
        .take_while(|c| "壹貳參叁肆伍陸柒捌玖拾".contains(*c))
        .collect();
    let number = super::numerals::han(&label)?;
    let title = folded.get(label.len()..)?;
    item_of(title)?;
    Some(Marker {
        kind: Kind::Legal,
        number,
        end: label.len(),
        label,
    })
}

fn heading_like(title: &str) -> bool {
    let count = title.chars().count();
    count <= 42
        && !title.contains(['。', ';', '「', '|'])
        && !title.contains('\t')
        && !title.ends_with([',', '、'])
        && !["應", "每年", "如下", "本計畫依", "詳如", "第"]
            .iter()
            .any(|w| title.starts_with(w))
}

/// Without a number only a whole line that reads like the template's title counts.
fn bare_title(title: &str) -> bool {
    let count = title.chars().filter(|c| !c.is_whitespace()).count();
    let title = title.replace("(責)", "").replace("(職)", "");
    (2..=32).contains(&count)
        && !title.contains([',', ':', '(', '|', '%'])
        && !title.contains(|c: char| c.is_ascii_digit())
        && !title.contains("計畫書")
        && !title.ends_with("維護計畫")
        && !title.starts_with("非核心")
}

/// The title as written, found again in the line before folding.
fn original_title(raw: &str, folded_title: &str) -> String {
    let raw: Vec<char> = raw.chars().collect();
    let folded: Vec<char> = super::lines::fold(&raw.iter().collect::<String>())
        .chars()
        .collect();
    let wanted: Vec<char> = folded_title.chars().collect();
    let found = folded
        .windows(wanted.len().max(1))
        .position(|w| w == wanted.as_slice());
    match found {
        Some(start) => raw.iter().skip(start).take(wanted.len()).collect(),
        None => folded_title.to_owned(),
    }
}

/// Takes in the rest of a title that was wrapped, or that stands below its number.
fn wrap_title(source: &Source, candidate: &mut Candidate) {
    let Some(next) = source.next_text(candidate.index) else {
        return;
    };
    let Some(line) = source.lines.get(next) else {
        return;
    };
    let text = line.folded.as_str();
    let short = line.chars() <= 14 && !line.celled() && !text.contains([',', '。', ';', ':', '、']);
    if markers::marker(text).is_some() || contents_line(text) {
        return;
    }
    if candidate.title.is_empty() {
        if candidate.kind.is_some() && heading_like(text) && item_of(text).is_some() && line.chars() <= 42 {
            line.raw.trim().clone_into(&mut candidate.title);
            candidate.item = item_of(text);
            candidate.extra.push(next);
        }
        return;
    }
    let long = candidate.title.chars().count();
    let open = candidate.title.ends_with(['之', '及', '與', '暨', '、', '及']);
    let tail = [
        "機制",
        "管理",
        "配置",
        "評估",
        "因應",
        "措施",
        "表單",
        "提出",
        "演練",
        "重要性",
        "目標",
    ];
    let finishes = tail.iter().any(|t| text.ends_with(t));
    if short
        && finishes
        && next == candidate.index + 1
        && (open || (long >= 16 && !tail.iter().any(|t| candidate.title.ends_with(t))))
    {
        candidate.title.push_str(line.raw.trim());
        candidate.item = item_of(&candidate.title);
        candidate.extra.push(next);
    }
}

fn ordinal(item: Item) -> u32 {
    Item::ALL
        .iter()
        .zip(0_u32..)
        .find(|(i, _)| **i == item)
        .map_or(0, |(_, n)| n)
}

/// The best chain of headings of one kind.
///
/// Numbers rise, titles are the template's, and what lies between two neighbours is
/// their chapter's text; a table of contents has titles but no text between them.
fn chain(candidates: Vec<Candidate>, total: usize) -> Vec<Candidate> {
    const CHAPTER: i64 = 1000;
    const FILLER: i64 = 40;
    const SKIPPED: i64 = 20;
    let limited: Vec<Candidate> = candidates
        .into_iter()
        .filter(|c| c.item.is_some() || (c.number > 0 && !c.title.is_empty() && c.number <= 25))
        .take(3000)
        .collect();
    // How many recognised headings stand before each candidate.
    let mut before = Vec::with_capacity(limited.len());
    let mut count = 0_i64;
    for c in &limited {
        before.push(count);
        count += i64::from(c.item.is_some());
    }
    let gap = |from: usize, to: usize| i64::try_from(to.saturating_sub(from)).unwrap_or(0).min(40);
    let mut best: Vec<(i64, Option<usize>)> = Vec::with_capacity(limited.len());
    for (i, c) in limited.iter().enumerate() {
        let own = if c.item.is_some() { CHAPTER } else { FILLER };
        let mut top = (own, None);
        for (j, p) in limited.iter().enumerate().take(i).skip(i.saturating_sub(250)) {
            let Some((score, _)) = best.get(j) else { continue };
            let rises = c.number > p.number;
            // A title that the template doesn't have must fill a gap in the numbers.
            if (c.item.is_none() || p.item.is_none()) && c.number != p.number + 1 {
                continue;
            }
            let ordered = match (p.item, c.item) {
                (Some(a), Some(b)) if a == b => continue,
                (Some(a), Some(b)) => a < b,
                _ => true,
            };
            // Kinds that lists use too must show both signs.
            let listed = matches!(c.kind, Some(Kind::Arabic | Kind::Han));
            if (!rises && !ordered) || (listed && !(rises && ordered)) {
                continue;
            }
            let passed = before
                .get(i)
                .zip(before.get(j))
                .map_or(0, |(b, a)| b - a - i64::from(p.item.is_some()));
            let mut s = score + own + gap(p.index, c.index) - SKIPPED * passed.min(40);
            if !rises {
                s -= 150;
            }
            if !ordered {
                s -= 100;
            }
            if c.number > p.number + 1 {
                s -= 10 * i64::from((c.number - p.number - 1).min(10));
            }
            if s >= top.0 {
                top = (s, Some(j));
            }
        }
        best.push(top);
    }
    let last = best
        .iter()
        .enumerate()
        .zip(&limited)
        .filter(|(_, c)| c.item.is_some() || c.kind != Some(Kind::Arabic))
        .max_by_key(|((i, (score, _)), c)| (score + gap(c.index, total), *i))
        .map(|((i, _), _)| i);
    let mut picked = Vec::new();
    let mut at = last;
    while let Some(i) = at {
        picked.push(i);
        at = best.get(i).and_then(|(_, previous)| *previous);
    }
    limited
        .into_iter()
        .enumerate()
        .filter(|(i, _)| picked.contains(i))
        .map(|(_, c)| c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_their_chapter() {
        for item in Item::ALL {
            assert_eq!(item_of(item.title()), Some(item), "{}", item.title());
        }
        for (title, want) in [
            (
                "公務機關所屬人員辦理業務涉及資通安全事項之考核機制",
                Item::PersonnelAssessment,
            ),
            (
                "資通安全維護計畫及實施情形之持續精進及績效管理機制",
                Item::Improvement,
            ),
            ("資通安全維護計畫實施情形之提出", Item::Report),
            ("資通系統盤點及核心系統標示", Item::Inventory),
            ("資通安全風險管理", Item::Risk),
            ("計畫目的", Item::BasisPurpose),
        ] {
            assert_eq!(item_of(title), Some(want), "{title}");
        }
    }

    #[test]
    fn contents_lines_are_recognised() {
        for line in [
            "壹、 依據及目的\t4",
            "一、政策.....\t5",
            "貳、適用範圍 ……… 3",
            "參、核心業務 12",
        ] {
            assert!(contents_line(line), "{line}");
        }
        assert!(!contents_line("壹、依據及目的"));
    }
}
