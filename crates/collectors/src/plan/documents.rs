//! Documents and forms that the plan refers to by number.
//!
//! What: numbers such as ISMS-02-001 and 02-001-01 with the title beside them. Why:
//! an auditor asks for exactly these. What it can't know: documents that are named
//! without a number.

use super::context::Plan;
use super::lines::Paragraph;
use super::model::Document;
use super::numerals::Pattern;

static NUMBER: Pattern = Pattern::new(
    r"[A-Z][A-Z0-9]{1,9}(?:-[A-Z]{1,8})?-[A-Z]?[0-9]{1,4}(?:-[0-9]{1,4}){0,3}|[0-9]{2}-[0-9]{3}-[0-9]{2}",
);

/// Prefixes of standards and techniques, which are no documents of the agency.
const FOREIGN: [&str; 21] = [
    "ISO", "CNS", "IEC", "CVE", "NIST", "SP", "AES", "SHA", "RSA", "TLS", "RFC", "HTTP", "UTF", "MD",
    "COVID", "IP", "USB", "WPA", "TCP", "PKCS", "FIPS",
];

pub(super) fn read(plan: &Plan<'_>) -> Vec<Document> {
    let mut out: Vec<Document> = Vec::new();
    for p in plan.paragraphs().filter(|p| p.chapter.is_some()) {
        for (start, end) in NUMBER.find_all(&p.text) {
            let number = p.slice(start, end);
            let before = p.text.get(..start).and_then(|t| t.chars().last());
            let after = p.text.get(end..).and_then(|t| t.chars().next());
            let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
            let prefix = number.split('-').next().unwrap_or_default();
            if inside(before)
                || inside(after)
                || FOREIGN.contains(&prefix)
                || !number.contains(|c: char| c.is_ascii_digit())
            {
                continue;
            }
            let title = title(p, start, end);
            match out.iter_mut().find(|d| d.number == number) {
                Some(known) => {
                    if known.title.is_empty() {
                        known.title = title;
                    }
                }
                None => out.push(Document {
                    number: number.to_owned(),
                    title,
                    line: plan.line(p, start),
                }),
            }
        }
    }
    out
}

/// The title before the number in brackets or quotes, or after it in a list.
fn title(p: &Paragraph, start: usize, end: usize) -> String {
    let before = p.text.get(p.body.min(start)..start).unwrap_or_default();
    let after = p.text.get(end..).unwrap_or_default();
    let front = before
        .trim_end_matches(['(', ' ', ':', '「', '[', '【', '\t', '|'])
        .trim_end_matches("編號")
        .trim_end_matches(['(', ',', '文', '件']);
    // The nearest opening quote that is still open, else the nearest divider.
    let opened = front.rfind(['「', '『', '《']).filter(|at| {
        let inside = front.get(*at..).unwrap_or_default();
        let closing = inside.trim_end_matches(['」', '』', '》']);
        !closing.contains(['」', '』', '》'])
    });
    let candidate = if let Some(at) = opened {
        front
            .get(at..)
            .unwrap_or_default()
            .trim_start_matches(['「', '『', '《'])
    } else {
        let cut = [
            "參照", "依據", "詳見", "依照", "參考", "如附", "填具", "填寫", ",", "、", "。", ";", ":", "」",
            "』", "及", "與", "詳", "依", "\t", "|",
        ]
        .iter()
        .filter_map(|w| front.rfind(w).map(|at| at + w.len()))
        .max()
        .unwrap_or(0);
        front.get(cut..).unwrap_or_default()
    };
    let candidate = candidate.trim_matches(['」', '』', '》', ' ', '(', '-', '.']);
    if candidate.chars().count() >= 2 {
        return candidate.chars().take(60).collect();
    }
    let rest = after.trim_start_matches([' ', ')', ':', '、', '「', '\t', '|', ']', '】', '-', '_']);
    let cut = rest
        .find(['。', ',', ';', '」', '(', '\t', '|', '、'])
        .unwrap_or(rest.len());
    rest.get(..cut)
        .unwrap_or_default()
        .trim()
        .chars()
        .take(60)
        .collect()
}
