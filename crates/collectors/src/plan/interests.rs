//! Passages that the law layer will want to look at.
//!
//! What: neutral observations, each with its kind. Why: judging them needs the law,
//! finding them needs only the text. What it can't know: whether they are right.

use super::context::Plan;
use super::lines::window;
use super::model::{Interest, Item};
use super::numerals::Pattern;

static CISO: [Pattern; 4] = [
    Pattern::new(
        r"(?:指派|指定|派任|由|設置|委由)([\p{Han}]{2,12}?)(?:一人)?(?:擔任|兼任|為|任|兼)(?:本[\p{Han}]{1,3}之?)?(?:資通安全長|資安長)",
    ),
    Pattern::new(r"(?:資通安全長|資安長)[^。;]{0,10}?由([\p{Han}]{2,12}?)(?:擔任|兼任|兼)"),
    Pattern::new(
        r"(?:^|,|本機關|本局|本處|本所|本校|本館)([\p{Han}]{1,6}長)(?:為|擔任|兼任|兼)(?:資通安全長|資安長)",
    ),
    Pattern::new(r"(?:資通安全長|資安長)(?:為|:)([\p{Han}]{2,8}?)(?:[,。;(]|$)"),
];

/// Every kind of sign that is looked for.
pub(super) const SIGNS: &[&str] = &["asks_sector_authority_support", "ciso_named"];

pub(super) fn read(plan: &Plan<'_>) -> Vec<Interest> {
    let mut out: Vec<Interest> = Vec::new();
    for s in plan.own_sentences() {
        if s.item == Some(Item::Incident)
            && let Some(at) = s.text.find("中央目的事業主管機關")
            && s.has(&["支援", "協助", "請求"])
        {
            out.push(Interest {
                kind: "asks_sector_authority_support",
                line: plan.line(s.paragraph, s.start + at),
                text: window(
                    &plan.source.written(s.paragraph, s.start, s.start + s.text.len()),
                    0,
                    60,
                ),
            });
        }
        if let Some(m) = CISO
            .iter()
            .find_map(|p| p.captures(s.text))
            .and_then(|c| c.get(1))
        {
            // "由本機關首長指派副局長": the post is what comes last.
            let mut post = m.as_str();
            for lead in ["首長指派", "首長指定", "指派", "指定", "派任"] {
                if let Some(at) = post.rfind(lead) {
                    post = post.get(at + lead.len()..).unwrap_or(post);
                }
            }
            for own in [
                "本機關",
                "本局",
                "本處",
                "本府",
                "本校",
                "本所",
                "本院",
                "本會",
                "本署",
                "本部",
                "本館",
            ] {
                post = post.strip_prefix(own).unwrap_or(post);
            }
            // A person's name may follow the post.
            if let Some(at) = post.rfind('長') {
                post = post.get(..at + '長'.len_utf8()).unwrap_or(post);
            }
            let known = out.iter().any(|o| o.kind == "ciso_named" && o.text == post);
            if !known && post.chars().count() >= 2 {
                let line = plan.line(s.paragraph, s.start + m.start());
                out.push(Interest {
                    kind: "ciso_named",
                    line,
                    text: post.to_owned(),
                });
            }
        }
    }
    out
}
