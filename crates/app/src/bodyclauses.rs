//! What of a plan is another thing than the law means: clauses of the rules of another kind of body,
//! and numbers counted of each or of all together.
//!
//! What it can't know: why the clause is there; plans are copied from each other.

use crate::{Reading, map};
use law::Corpus;
use period::Date;
use views::PlanIssue;

/// Clauses that belong to the rules of another kind of body, by the signs the corpus names.
pub(crate) fn wrong_body(
    corpus: &Corpus,
    reading: &Reading,
    body: Option<&str>,
    day: Date,
    issues: &mut Vec<PlanIssue>,
) {
    let body = body.unwrap_or("public_agency");
    for interest in &reading.clauses_of_interest {
        for instrument in corpus.instruments.values() {
            // The latest version, not after the day, that knows the sign: a plan keeps an old clause for years.
            let version = instrument
                .versions
                .iter()
                .rev()
                .filter(|v| v.start().is_none_or(|s| s <= day))
                .find(|v| v.articles.iter().any(|a| a.signs.contains(&interest.kind)));
            let Some(version) = version else { continue };
            for article in version
                .articles
                .iter()
                .filter(|a| a.signs.contains(&interest.kind))
            {
                if article.body.is_empty() || article.body.iter().any(|b| b == body) {
                    continue;
                }
                let label = format!("{}{}", version.title, article.label);
                issues.push(PlanIssue {
                    kind: "wrong_body_clause".into(),
                    line: interest.line,
                    message: format!(
                        "這段內容出自{label}，拘束的是特定非公務機關；公務機關之規範沒有此款。請刪除或改寫為向上級或主管機關請求支援。"
                    ),
                    clauses: vec![(label, map::article_href(&instrument.slug, &version.id, &article.id))],
                });
            }
        }
    }
}

/// Whether the words of a parameter say of whom a number is counted: of each, or of all together.
pub(crate) fn counts_heads(parameter: &law::Parameter) -> bool {
    let names = |word: &str| parameter.words.iter().any(|(key, _)| key == word);
    names("each") && names("total")
}

pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}
