//! Checks that need the corpus as a whole: references, rivals, the crosswalk, coverage.

use crate::duty::Shape;
use crate::load::Loader;
use period::Date;

impl Loader {
    pub(crate) fn check_whole(&mut self) {
        self.check_baseline();
        let mut found: Vec<(String, String, String)> = Vec::new();
        for duty in &self.duties {
            let place = format!("duty {}", duty.key);
            for key in duty.parameters() {
                if !self.parameters.contains_key(key) {
                    found.push((
                        place.clone(),
                        format!("duty `{}` names parameter `{key}`, which is not there", duty.key),
                        "add the [[parameter]] or mend the key".into(),
                    ));
                }
            }
            let facts = match &duty.shape {
                Shape::Once { counted_from, .. } => vec![counted_from.clone()],
                Shape::Every { starts_after, .. } => starts_after.iter().cloned().collect(),
                Shape::Standing { fact } => fact.iter().cloned().collect(),
                Shape::OnEvent { .. } => Vec::new(),
            };
            for key in facts.iter().chain(duty.transitional.iter().map(|t| &t.fact)) {
                if facts::fact_spec(key).is_none() {
                    found.push((
                        place.clone(),
                        format!(
                            "duty `{}` runs from `{key}`, which is not in the vocabulary of facts",
                            duty.key
                        ),
                        "use a key of crates/facts/src/vocabulary.rs".into(),
                    ));
                }
            }
            for (i, a) in duty.basis.iter().enumerate() {
                for b in duty.basis.iter().skip(i + 1) {
                    let same = a.cite.instrument == b.cite.instrument && a.cite.article == b.cite.article;
                    if same
                        && overlap((Some(a.from), a.until), (Some(b.from), b.until))
                        && a.applies.overlaps(&b.applies)
                    {
                        found.push((
                            place.clone(),
                            format!(
                                "duty `{}` has two bases of `{}` in force at once for the same case",
                                duty.key, a.cite.article
                            ),
                            "end the earlier where the later begins".into(),
                        ));
                    }
                }
            }
        }
        for p in self.parameters.values() {
            for (i, a) in p.values.iter().enumerate() {
                for b in p.values.iter().skip(i + 1) {
                    if a.cite.instrument == b.cite.instrument
                        && overlap((a.from, a.until), (b.from, b.until))
                        && a.applies.overlaps(&b.applies)
                    {
                        found.push((format!("parameter {}", p.key), format!("parameter `{}` has two values of `{}` in force at once for the same case ({} and {})", p.key, a.cite.instrument, a.cite.article, b.cite.article), "end the earlier where the later begins, or narrow one with applies".into()));
                    }
                }
            }
        }
        for i in self.instruments.values() {
            for (before, version) in i.versions.iter().zip(i.versions.iter().skip(1)) {
                if before.articles.is_empty() {
                    continue;
                }
                for a in &version.articles {
                    for old in a.was.iter().filter(|old| before.article(old).is_none()) {
                        found.push((
                            format!("{}@{}/{}", i.slug, version.id, a.id),
                            format!(
                                "article `{}` says it was `{old}`, which version `{}` does not have",
                                a.id, before.id
                            ),
                            "mend was, or list the article there".into(),
                        ));
                    }
                }
            }
            for v in i.versions.iter().filter(|v| v.modelled && i.is_national()) {
                for a in &v.articles {
                    let n = self
                        .coverage
                        .iter()
                        .filter(|c| c.instrument == i.slug && c.version == v.id && c.article == a.id)
                        .count();
                    if n == 0 {
                        found.push((
                            format!("{}@{}/{}", i.slug, v.id, a.id),
                            format!(
                                "article `{}` of `{}@{}` is not in coverage.toml",
                                a.id, i.slug, v.id
                            ),
                            "say there what it is to the product, or why it is not modelled".into(),
                        ));
                    }
                }
            }
        }
        for (key, message, remedy) in found {
            let (file, line) = self.places.get(&key).cloned().unwrap_or_default();
            self.problem(&file, line, message, remedy);
        }
    }
}

fn overlap(a: (Option<Date>, Option<Date>), b: (Option<Date>, Option<Date>)) -> bool {
    let before =
        |end: Option<Date>, start: Option<Date>| matches!((end, start), (Some(e), Some(s)) if e <= s);
    !before(a.1, b.0) && !before(b.1, a.0)
}
