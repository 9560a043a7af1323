//! What the agency promises in words: sentences that bind, with or without a number.
//!
//! What: each sentence of the plan's own that says what is done, must be done or must not, with
//! its place, the items above it and how often, where it says so. Why: most of what a plan
//! promises has no number, and it is audited all the same. What it can't know: which duty a
//! sentence is; the law data says that, from these words.

use std::collections::HashSet;

use super::context::{Plan, Sentence};
use super::model::{Every, Item, Undertaking};
use super::numerals::Pattern;
use super::parameters::{core_only, every};

/// Words that bind whoever they are said to.
static BINDS: Pattern = Pattern::new(
    r"應|須|不得|禁止|勿|至少|定期|每(?:年|月|季|週|周|半年|學期|NUM)|務必|一律|不提供|不開放|僅(?:得|能|可|透過)|需(?:於|經|由|每|定期|辦理|先|將|依)",
);
/// Words that say that something is done, without more.
static SAYS: Pattern = Pattern::new(
    r"宜|負責|任務|職掌|依據[^,;]{2,40}辦理|依[^,;]{2,40}規定辦理|辦理之|核定|簽陳|採行|採用|採取|成立|指派|設置|建立|訂定|召集|之要求|為原則|避免|確保|留存|保存|簽署|進行|執行|評估|檢討|審查|監督|通報|督導|擬訂|擬定|研議|協調",
);
/// Words in which 應 and 須 bind nobody.
const NO_BINDING: [&str; 17] = [
    "應注意事項",
    "應辦事項",
    "應變",
    "因應",
    "相應",
    "對應",
    "供應",
    "反應",
    "適應",
    "效應",
    "應用",
    "應急",
    "應付",
    "響應",
    "應對",
    "無須定義",
    "須知",
];
/// How an item introduces those below it.
const LEADS: [&str; 9] = [
    "如下",
    "下列",
    "包括:",
    "包含:",
    "任務包括",
    "需滿足",
    "應包括",
    "應包含",
    "事項:",
];
/// What is longer is no heading, though items stand below it.
const HEADING: usize = 24;
/// How much of a sentence, and of an item above it, is kept.
const KEPT: usize = 160;
const KEPT_ABOVE: usize = 40;
/// Longer than this no plan is; what follows is left out, and that is not what makes it a plan.
const MOST: usize = 2000;

static YEARLY: Pattern =
    Pattern::new(r"年度(?:之)?(?:資通安全|資安)?(?:工作|稽核|(?:教育)?訓練|宣導|實施)計畫(?:[^實]|$)");

/// Reads what is promised in words.
pub(super) fn read(plan: &Plan<'_>) -> Vec<Undertaking> {
    let mut out = Vec::new();
    let heads: HashSet<&str> = plan
        .paragraphs
        .iter()
        .flat_map(|p| &p.above)
        .map(String::as_str)
        .collect();
    for s in plan.own_sentences() {
        if out.len() >= MOST {
            break;
        }
        let heading = s.text.chars().count() <= HEADING && !s.text.ends_with(':') && heads.contains(s.text);
        if heading {
            continue;
        }
        let item = s.item;
        let names_only = matches!(
            item,
            None | Some(Item::Annex | Item::CoreBusiness | Item::BasisPurpose | Item::Scope)
        );
        if names_only {
            continue;
        }
        let Some(firm) = binding(&s) else { continue };
        let text: String = s.text.chars().filter(|c| !c.is_whitespace()).take(KEPT).collect();
        if text.chars().count() < 5 {
            continue;
        }
        out.push(Undertaking {
            item,
            clause: plan.clause(s.paragraph),
            line: plan.line(s.paragraph, s.start),
            above: above(&s),
            firm,
            core: core_only(&s),
            every: every(s.text).or_else(|| {
                YEARLY.is_match(s.text).then_some(Every {
                    value: 1.0,
                    unit: "year",
                })
            }),
            text,
        });
    }
    out
}

/// Whether a sentence promises anything, and whether it does so in words that bind.
fn binding(s: &Sentence<'_>) -> Option<bool> {
    let plain = NO_BINDING
        .iter()
        .fold(s.text.to_owned(), |text, word| text.replace(word, "_"));
    let leads = LEADS.iter().any(|w| s.text.ends_with(w)) || s.text.ends_with(':');
    if BINDS.is_match(&plain) {
        return Some(!leads);
    }
    // An item below "…應遵守下列規定" or "…其任務包括" is meant as that says.
    let led = s
        .paragraph
        .above
        .iter()
        .any(|a| BINDS.is_match(a) || a.contains("任務") || a.contains("負責") || a.contains("職掌"));
    (led || SAYS.is_match(&plain)).then_some(false)
}

fn above(s: &Sentence<'_>) -> Vec<String> {
    let short = |a: &String| {
        a.chars()
            .filter(|c| !c.is_whitespace())
            .take(KEPT_ABOVE)
            .collect::<String>()
    };
    s.paragraph
        .above
        .iter()
        .map(short)
        .filter(|a| !a.is_empty())
        .collect()
}
