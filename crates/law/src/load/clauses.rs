//! The form of `clauses.toml`, how it is read, and what is refused.
//!
//! What it can't know: whether a carrier carries what the clause says.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use crate::clause::{ClauseKind, Fulfilment, SourceClause};
use crate::instrument::Rank;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClauses {
    version: Spanned<String>,
    /// How many points the version has, where its numbers alone don't tell.
    points: Option<usize>,
    #[serde(default)]
    clause: Vec<RawClause>,
}

super::parse::listed!(RawClauses: clause);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClause {
    id: Spanned<String>,
    article: String,
    kind: ClauseKind,
    asks: Option<String>,
    #[serde(default)]
    by: Vec<Spanned<String>>,
    scope: Option<String>,
    planned: Option<RawPlanned>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlanned {
    part: u8,
    what: String,
}

/// What a carrier may be.
const CARRIERS: &[&str] = &[
    "duty",
    "parameter",
    "baseline",
    "reading",
    "law",
    "register",
    "refuses",
    "reader",
    "lint",
    "page",
    "command",
    "workflow",
    "document",
    "check",
    "against",
    "grading",
];

impl Loader {
    /// Reads an instrument's `clauses.toml`; duties and parameters must be read before.
    pub(crate) fn read_clauses(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take_entries::<RawClauses>(file, "clause") else {
            return;
        };
        let line = file.line(raw.version.span().start);
        let version = raw.version.into_inner();
        let known: Option<BTreeSet<String>> = self
            .instruments
            .get(slug)
            .and_then(|i| i.version(&version))
            .map(|v| v.articles.iter().map(|a| a.id.clone()).collect());
        if self.doubts.version(slug, &version) {
            self.doubts.all(Kind::Clause);
            return;
        }
        let Some(known) = known else {
            let message = format!("`{slug}` 沒有版本 `{version}`");
            self.problem(&file.path, line, message, "請更正版本");
            return;
        };
        self.check_points(file, line, (slug, &version), raw.points);
        let mut named = BTreeSet::new();
        for c in raw.clause {
            let line = file.line(c.id.span().start);
            let id = c.id.into_inner();
            let place = format!("clause {id}");
            if self.places.contains_key(&place) {
                let message = format!("條款 `{id}` 重複出現");
                self.clash((&file.path, line), &place, message, "請只留一個");
            }
            self.keep_place(place, file, line);
            if !known.contains(&c.article) && !self.doubts.of(Kind::Article, &c.article) {
                let message = format!(
                    "條款 `{id}` 所指的條文 `{}`，`{slug}@{version}` 沒有這一條",
                    c.article
                );
                self.problem(&file.path, line, message, "請更正條號，或列出該條文");
            }
            named.insert(c.article.clone());
            let ways = usize::from(!c.by.is_empty())
                + usize::from(c.scope.is_some())
                + usize::from(c.planned.is_some());
            if ways != 1 {
                let message = format!("條款 `{id}` 的 by、scope、planned 須恰填一項");
                self.problem(&file.path, line, message, "請寫明由何者承載，或無須承載的理由");
                continue;
            }
            let by: Vec<String> = c.by.into_iter().map(Spanned::into_inner).collect();
            self.check_carriers(file, line, (slug, &id, &c.article, c.kind), &by);
            let fulfilment = match (c.scope, c.planned) {
                (Some(why), _) => {
                    if matches!(c.kind, ClauseKind::Duty | ClauseKind::Param) {
                        let message = format!("條款 `{id}` 屬此類別，不得只填 scope");
                        self.problem(&file.path, line, message, "請寫明承載它的應辦事項或參數");
                    }
                    Fulfilment::Scope { why }
                }
                (None, Some(p)) => {
                    if !c.kind.may_be_planned() {
                        let message = format!("條款 `{id}` 屬此類別，不得填 planned");
                        self.problem(&file.path, line, message, "請以應辦事項、參數或讀法承載");
                    }
                    Fulfilment::Planned {
                        part: p.part,
                        what: p.what,
                    }
                }
                (None, None) => Fulfilment::Carried { by },
            };
            self.clauses.push(SourceClause {
                id,
                instrument: slug.to_owned(),
                version: version.clone(),
                article: c.article,
                kind: c.kind,
                asks: c.asks,
                fulfilment,
            });
        }
        if self.doubts.any(Kind::Clause) {
            return;
        }
        for article in known.difference(&named) {
            let place = self.places.get(&format!("{slug}@{version}/{article}")).cloned();
            let (path, line) = place.unwrap_or_else(|| (file.path.clone(), 0));
            let message = format!("條文 `{article}`（`{slug}@{version}`）沒有任何條款提及");
            self.problem(&path, line, message, "請在 clauses.toml 加上 [[clause]]");
        }
    }

    fn check_carriers(
        &mut self,
        file: &File<'_>,
        line: usize,
        (slug, id, article, kind): (&str, &str, &str, ClauseKind),
        by: &[String],
    ) {
        for carrier in by {
            let Some((what, key)) = carrier
                .split_once(':')
                .or_else(|| (carrier == "grading").then_some(("grading", "")))
            else {
                let message = format!("條款 `{id}`：`{carrier}` 不是可用的承載方式");
                self.problem(
                    &file.path,
                    line,
                    message,
                    "請寫成 種類:key，例如 duty:audit.internal",
                );
                continue;
            };
            let refused = |kind| self.doubts.of(kind, key);
            let there = match what {
                "duty" => self.duties.iter().any(|d| d.key == key) || refused(Kind::Duty),
                "parameter" => self.parameters.contains_key(key) || refused(Kind::Parameter),
                "baseline" => self.baseline.controls.iter().any(|c| c.id == key) || refused(Kind::Control),
                "reading" => self.readings.contains_key(key) || refused(Kind::Reading),
                "law" => {
                    self.has_article(key) || self.doubts.any(Kind::Law) || self.doubts.any(Kind::Article)
                }
                "workflow" => self.routes.iter().any(|r| r.register == key) || refused(Kind::Route),
                "register" => self.has_register_row(key),
                "refuses" => self.knows("refuses:", key),
                "check" | "against" => self.has_check(key),
                other => CARRIERS.contains(&other),
            };
            if !there {
                let message = format!("承載條款 `{id}` 的 `{carrier}` 不存在");
                self.problem(&file.path, line, message, "請新增，或更正 key");
            }
        }
        if by.is_empty() {
            return;
        }
        let key_of = |what: &str| {
            by.iter()
                .filter_map(move |c| {
                    c.split_once(':')
                        .filter(|(w, _)| *w == what)
                        .map(|(_, k)| k.to_owned())
                })
                .collect::<Vec<_>>()
        };
        let near = |cited: &str| cited == article || below(cited, article) || below(article, cited);
        let refused = |what: &str, kind| key_of(what).iter().any(|key| self.doubts.of(kind, key));
        if refused("parameter", Kind::Parameter) || refused("duty", Kind::Duty) {
            return;
        }
        let held = match kind {
            ClauseKind::Param => key_of("parameter").iter().any(|key| {
                self.parameters.get(key).is_some_and(|p| {
                    p.values
                        .iter()
                        .any(|v| v.cite.instrument == slug && near(&v.cite.article))
                })
            }),
            ClauseKind::Duty => key_of("duty").iter().any(|key| {
                self.duties
                    .iter()
                    .filter(|d| d.key == *key)
                    .any(|d| d.basis.iter().any(|b| b.cite.instrument == slug))
            }),
            _ => true,
        };
        if !held {
            let (what, remedy) = match kind {
                ClauseKind::Param => (
                    "一個參數，其值引用本條文",
                    "請為參數加上一個值，並以本條文為 cite",
                ),
                _ => (
                    "一個以本法規為依據的應辦事項",
                    "請加上 [[basis]]，並以本條文為 cite",
                ),
            };
            self.problem(&file.path, line, format!("條款 `{id}` 需要{what}"), remedy);
        }
    }

    fn has_article(&self, cite: &str) -> bool {
        let Some((at, article)) = cite.split_once('/') else {
            return false;
        };
        let article = article.split('/').next().unwrap_or_default();
        let Some((slug, version)) = at.split_once('@') else {
            return false;
        };
        let version = self.instruments.get(slug).and_then(|i| i.version(version));
        version.is_some_and(|v| v.article(article).is_some())
    }

    /// Instruments that are no national law say in `clauses.toml` what carries their latest version.
    pub(crate) fn check_clauses(&mut self) {
        if self.doubts.any(Kind::Clause) {
            return;
        }
        let bare: Vec<(String, String)> = self
            .instruments
            .values()
            .filter(|i| matches!(i.rank, Rank::Local | Rank::Plan | Rank::Contract))
            .filter_map(|i| Some((i, i.latest().filter(|v| v.modelled && !v.articles.is_empty())?)))
            .filter(|(i, v)| {
                !self
                    .clauses
                    .iter()
                    .any(|c| c.instrument == i.slug && c.version == v.id)
            })
            .filter(|(i, v)| !self.doubts.of(Kind::Law, &format!("{}@{}", i.slug, v.id)))
            .map(|(i, v)| (i.slug.clone(), v.id.clone()))
            .collect();
        for (slug, version) in bare {
            let place = self.places.get(&format!("{slug}@{version}")).cloned();
            let (path, line) = place.unwrap_or_default();
            let message = format!("`{slug}@{version}` 沒有 clauses.toml");
            self.problem(&path, line, message, "請在該檔寫明各條文由何者承載");
        }
    }
}

/// Whether one article id lies below another: `18.1` below `18`, `3a` below `3`.
fn below(id: &str, of: &str) -> bool {
    id.len() > of.len() && id.starts_with(of) && !id[of.len()..].starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn an_article_is_below_another_by_its_id_and_not_by_its_digits() {
        for (id, of, expected) in [
            ("18.1", "18", true),
            ("3a", "3", true),
            ("annex-1.isms", "annex-1", true),
            ("18", "18", false),
            ("181", "18", false),
            ("annex-10", "annex-1", false),
            ("18", "18.1", false),
            ("19.1", "18", false),
        ] {
            assert_eq!(below(id, of), expected, "{id} below {of}");
        }
    }
}
