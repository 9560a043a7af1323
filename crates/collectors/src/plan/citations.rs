//! Legal instruments and articles that the plan names.
//!
//! What: what [`crate::cites`] finds in the plan's paragraphs, with the chapter beside it.
//! Why: a plan that cites a repealed number must be found, and that is judged from here.
//! What it can't know: an article whose instrument is named in another paragraph.

use super::context::Plan;
use super::lines::Paragraph;
use super::model::{Citation, Item};
use crate::cites::{Memory, annexes, articles, names};

pub(super) fn read(plan: &Plan<'_>) -> Vec<Citation> {
    let mut out = Vec::new();
    let mut memory = Memory::of_plan();
    for p in plan.paragraphs().filter(|p| p.chapter.is_some()) {
        let item = plan.item(p);
        let listed = matches!(item, Some(Item::Annex | Item::BasisPurpose));
        let (names, _) = names(&p.text, p.body, listed, &mut memory);
        for (at, name) in names.iter().enumerate() {
            let limit = names.get(at + 1).map_or(p.text.len(), |n| n.start);
            let articles = articles(&p.text, name, limit);
            if articles.is_empty() && name.alone {
                let span = (name.start, name.end);
                out.push(cite(plan, p, item, span, &name.instrument, (None, None)));
            }
            for a in articles {
                let span = (name.start, a.end);
                let article = (Some(a.id), a.paragraph);
                out.push(cite(plan, p, item, span, &name.instrument, article));
            }
        }
        for annex in annexes(&p.text, &names) {
            let span = (annex.article.start, annex.article.end);
            let article = (Some(annex.article.id), None);
            out.push(cite(plan, p, item, span, &annex.instrument, article));
        }
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
    (article, paragraph): (Option<String>, Option<u32>),
) -> Citation {
    let around = plan.source.sentence_around(p, span.0, 100);
    let slug = item.map_or("unrecognised", Item::slug);
    Citation {
        text: super::lines::window(&plan.source.written(p, span.0, span.1), 0, 60),
        instrument: instrument.to_owned(),
        article,
        paragraph,
        line: plan.line(p, span.0),
        context: super::lines::window(&format!("{slug}：{around}"), 0, 120),
    }
}
