//! What binds a body and is not carried by any duty here: said on its pages, so that an empty list isn't
//! taken for a clean one.

use crate::Loaded;
use crate::visit::Visit;
use facts::Subject;
use law::Corpus;
use period::Date;

/// Articles in force on a day that bind this kind of body alone and are not modelled, with the reason.
fn of_body(corpus: &Corpus, body: &str, day: Date) -> Vec<String> {
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    for cover in corpus.coverage.iter().filter(|c| c.role == "not_modelled") {
        let version = corpus
            .instrument(&cover.instrument)
            .and_then(|i| i.version_on(day));
        let Some(version) = version.filter(|v| v.id == cover.version && v.modelled) else {
            continue;
        };
        let Some(article) = version.article(&cover.article) else {
            continue;
        };
        if !article.body.iter().any(|b| b == body) {
            continue;
        }
        let label = format!("{}{}", version.title, article.label);
        match told.iter_mut().find(|(why, _)| *why == cover.why) {
            Some((_, labels)) => labels.push(label),
            None => told.push((&cover.why, vec![label])),
        }
    }
    told.into_iter()
        .map(|(why, labels)| format!("尚未列為應辦事項：{}。{why}。", labels.join("、")))
        .collect()
}

/// What an agency must know of what isn't carried, by the kind of body that it is; nothing for one whose
/// duties are carried as far as the law data goes.
pub(crate) fn notices(corpus: &Corpus, loaded: &Loaded, day: Date) -> Vec<String> {
    const OTHER: &str = "specific_non_government";
    let body = loaded
        .snapshot
        .fact(&Subject::Agency, "body", day)
        .map(|f| f.value.as_word());
    if body.as_deref() != Some(OTHER) {
        return Vec::new();
    }
    let mut notices = vec![
        "本機關為特定非公務機關：應辦事項依二手整理之附表列出，中央目的事業主管機關另定之辦法未收錄，請併同對照。"
            .to_owned(),
    ];
    notices.extend(of_body(corpus, OTHER, day));
    notices
}

/// The same, of the agency that is visited.
///
/// # Errors
/// Where the agency can't be read.
pub fn of_agency(visit: &Visit<'_>) -> Result<Vec<String>, crate::AppError> {
    let loaded = visit.loaded()?;
    Ok(notices(visit.corpus(), &loaded, visit.day()))
}
