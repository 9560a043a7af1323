//! The form of `designation.toml`, how it is read, and what is refused.

use super::file::File;
use super::loader::Loader;
use super::parse::unlisted;
use crate::citation::Citation;
use crate::designating::{Criterion, ToldBy, height};
use crate::instrument::Certainty;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDesignation {
    trial: RawTrial,
    #[serde(default)]
    criterion: Vec<RawCriterion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrial {
    highest: Vec<Spanned<String>>,
    adjust: Vec<Spanned<String>>,
    change: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCriterion {
    key: Spanned<String>,
    level: Spanned<String>,
    text: String,
    told_by: ToldBy,
    #[serde(default)]
    body: Vec<Spanned<String>>,
    editions: Vec<RawEdition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdition {
    version: Spanned<String>,
    cite: Spanned<String>,
    certainty: Certainty,
}

unlisted!(RawDesignation);

impl Loader {
    /// Reads the conditions of the levels.
    pub(crate) fn read_designation(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take::<RawDesignation>(file) else {
            return;
        };
        if !self.designating.instrument.is_empty() {
            let message = format!("責任等級之條件已列於 `{}`", self.designating.instrument);
            self.problem(&file.path, 0, message, "請只留一份 designation.toml");
            return;
        }
        slug.clone_into(&mut self.designating.instrument);
        self.designating.highest = self.cites(file, slug, &raw.trial.highest);
        self.designating.adjust = self.cites(file, slug, &raw.trial.adjust);
        self.designating.change = self.cites(file, slug, &raw.trial.change);
        for c in raw.criterion {
            let line = file.line(c.key.span().start);
            let key = c.key.into_inner();
            if self.designating.criteria.iter().any(|other| other.key == key) {
                self.problem(&file.path, line, format!("條件 `{key}` 重複出現"), "請只留一個");
            }
            if height(c.level.get_ref()).is_none() {
                let line = file.line(c.level.span().start);
                let message = format!("條件 `{key}` 的等級「{}」不是責任等級", c.level.get_ref());
                self.problem(&file.path, line, message, "請使用 A 至 E");
            }
            for body in &c.body {
                if !facts::fact_spec("body").is_some_and(|s| s.takes(body.get_ref())) {
                    let line = file.line(body.span().start);
                    let message = format!("`{}` 不是機關性質", body.get_ref());
                    self.problem(
                        &file.path,
                        line,
                        message,
                        "請使用 public_agency 或 specific_non_government",
                    );
                }
            }
            let mut editions = Vec::new();
            for e in c.editions {
                let at = format!("{slug}@{}/{}", e.version.get_ref(), e.cite.get_ref());
                let cite = self.cite(file, Some(slug), &Spanned::new(e.cite.span(), at), None);
                editions.extend(cite.map(|cite| (e.version.into_inner(), cite, e.certainty)));
            }
            self.designating.criteria.push(Criterion {
                key,
                level: c.level.into_inner(),
                text: c.text,
                told_by: c.told_by,
                body: c.body.into_iter().map(Spanned::into_inner).collect(),
                editions,
            });
        }
    }

    fn cites(&mut self, file: &File<'_>, slug: &str, cites: &[Spanned<String>]) -> Vec<Citation> {
        cites
            .iter()
            .filter_map(|cite| self.cite(file, Some(slug), cite, None))
            .collect()
    }
}
