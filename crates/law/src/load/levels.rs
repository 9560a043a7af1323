//! The form of `levels.toml`, how it is read, and what is refused.
//!
//! What it can't know: whether a case's level is the statute's.

use super::file::File;
use super::loader::Loader;
use crate::incident::{IncidentAspect, IncidentCase, LevelCase};
use crate::instrument::Certainty;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevels {
    #[serde(default)]
    aspect: Vec<RawAspect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAspect {
    key: Spanned<String>,
    title: String,
    #[serde(default)]
    case: Vec<RawCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    key: Spanned<String>,
    text: String,
    levels: Vec<RawLevel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    version: Spanned<String>,
    level: u8,
    cite: Spanned<String>,
    certainty: Certainty,
}

super::parse::listed!(RawLevels: aspect);

impl Loader {
    pub(crate) fn read_levels(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take_entries::<RawLevels>(file, "aspect") else {
            return;
        };
        if !self.levels.aspects.is_empty() {
            let message = format!("事件分級已列於 `{}`", self.levels.instrument);
            self.problem(&file.path, 0, message, "請只留一份 levels.toml");
            return;
        }
        slug.clone_into(&mut self.levels.instrument);
        for a in raw.aspect {
            let line = file.line(a.key.span().start);
            let key = a.key.into_inner();
            if self.levels.aspects.iter().any(|other| other.key == key) {
                self.problem(&file.path, line, format!("面向 `{key}` 重複出現"), "請只留一個");
            }
            let mut cases: Vec<IncidentCase> = Vec::new();
            for c in a.case {
                let line = file.line(c.key.span().start);
                let key = c.key.into_inner();
                if cases.iter().any(|other| other.key == key) {
                    self.problem(&file.path, line, format!("情形 `{key}` 重複出現"), "請只留一個");
                }
                let mut levels: Vec<LevelCase> = Vec::new();
                for l in c.levels {
                    let line = file.line(l.version.span().start);
                    let version = l.version.into_inner();
                    let known = facts::fact_spec(facts::INCIDENT_LEVEL).is_some_and(|s| {
                        matches!(s.kind, facts::FactKind::Choice(words) if words.contains(&l.level.to_string().as_str()))
                    });
                    if !known || levels.iter().any(|o| o.version == version) {
                        let message = format!("情形 `{key}`：`{version}` 的等級 {} 不能成立", l.level);
                        self.problem(&file.path, line, message, "請為每一版填寫一個詞彙表所列的等級");
                    }
                    let at = format!("{slug}@{version}/{}", l.cite.get_ref());
                    let cite = Spanned::new(l.cite.span(), at);
                    let Some(cite) = self.cite(file, Some(slug), &cite, None) else {
                        continue;
                    };
                    levels.push(LevelCase {
                        version,
                        level: l.level,
                        cite,
                        certainty: l.certainty,
                    });
                }
                cases.push(IncidentCase {
                    key,
                    text: c.text,
                    levels,
                });
            }
            self.levels.aspects.push(IncidentAspect {
                key,
                title: a.title,
                cases,
            });
        }
    }
}
