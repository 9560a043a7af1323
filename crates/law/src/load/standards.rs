//! The forms of a standard's files, how they are read, and what is refused.
//!
//! What it can't know: whether a publisher's titles were copied.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use super::place::STANDARD;
use crate::baseline::Baseline;
use crate::instrument::Certainty;
use crate::standard::{Crossing, Relation, Standard, StandardControl, Theme};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStandard {
    slug: Spanned<String>,
    title: String,
    publisher: String,
    edition: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    prefixes: Vec<Spanned<String>>,
    source: String,
    certainty: Certainty,
    #[serde(default)]
    note: String,
    #[serde(default)]
    theme: Vec<Spanned<Theme>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControls {
    #[serde(default)]
    control: Vec<RawControl>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControl {
    id: Spanned<String>,
    theme: Spanned<String>,
    title: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCrosswalk {
    #[serde(default)]
    row: Vec<RawRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    control: Spanned<String>,
    relation: Relation,
    rows: Spanned<Vec<Spanned<String>>>,
    certainty: Certainty,
    #[serde(default)]
    note: String,
}

super::parse::listed!(RawStandard: theme);
super::parse::listed!(RawControls: control);
super::parse::listed!(RawCrosswalk: row);

impl Loader {
    /// Reads every standard: its head, then its controls, then what refers to the baseline.
    pub(crate) fn read_standards(&mut self, files: &[File<'_>]) {
        let of = |path: &str| {
            let (slug, name) = path.strip_prefix("standards/")?.split_once('/')?;
            STANDARD
                .contains(&name)
                .then(|| (slug.to_owned(), name.to_owned()))
        };
        let mut standards: BTreeMap<String, Standard> = BTreeMap::new();
        for wanted in STANDARD {
            for file in files {
                let Some((slug, _)) = of(&file.path).filter(|(_, name)| name == wanted) else {
                    continue;
                };
                if wanted == "standard.toml" {
                    if let Some(standard) = self.standard_head(file, &slug) {
                        standards.insert(slug, standard);
                    }
                } else if let Some(standard) = standards.get_mut(&slug) {
                    match wanted {
                        "controls.toml" => self.standard_controls(file, standard),
                        _ => self.standard_crosswalk(file, standard),
                    }
                } else if !self.doubts.any(Kind::Standard) {
                    let message = format!("標準 `{slug}` 沒有可讀取的 standard.toml");
                    self.problem(
                        &file.path,
                        0,
                        message,
                        "請新增或更正 standards/<slug>/standard.toml",
                    );
                }
            }
        }
        let sure = !self.doubts.any(Kind::Standard) && !self.doubts.any(Kind::Control);
        for standard in standards.values().filter(|s| sure && s.controls.is_empty()) {
            let path = format!("standards/{}/controls.toml", standard.slug);
            self.problem(&path, 0, "標準沒有任何控制措施", "請加上 [[control]]");
        }
        self.standards = standards;
    }

    fn standard_head(&mut self, file: &File<'_>, slug: &str) -> Option<Standard> {
        let raw = self.take::<RawStandard>(file)?;
        if raw.slug.get_ref() != slug {
            let line = file.line(raw.slug.span().start);
            let message = format!("slug `{}` 與所在資料夾 `{slug}` 不同", raw.slug.get_ref());
            self.problem(&file.path, line, message, "請將兩者改為一致");
        }
        for prefix in &raw.prefixes {
            if prefix.get_ref().is_empty() || prefix.get_ref().chars().any(char::is_uppercase) {
                let line = file.line(prefix.span().start);
                let message = format!("前綴 `{}` 空白或含有大寫字母", prefix.get_ref());
                self.problem(&file.path, line, message, "請以小寫填寫：比對識別碼時一律用小寫");
            }
        }
        let mut themes: Vec<Theme> = Vec::new();
        for theme in raw.theme {
            let line = file.line(theme.span().start);
            let theme = theme.into_inner();
            if themes.iter().any(|t| t.key == theme.key) {
                let message = format!("主題 `{}` 重複出現", theme.key);
                self.problem(&file.path, line, message, "請只留一個");
            }
            themes.push(theme);
        }
        Some(Standard {
            slug: slug.to_owned(),
            title: raw.title,
            publisher: raw.publisher,
            edition: raw.edition,
            also: raw.also,
            prefixes: raw.prefixes.into_iter().map(Spanned::into_inner).collect(),
            source: raw.source,
            certainty: raw.certainty,
            note: raw.note,
            themes,
            controls: Vec::new(),
            crosswalk: Vec::new(),
        })
    }

    fn standard_controls(&mut self, file: &File<'_>, standard: &mut Standard) {
        let Some(raw) = self.take_entries::<RawControls>(file, "control") else {
            return;
        };
        for c in raw.control {
            let line = file.line(c.id.span().start);
            let (id, theme) = (c.id.into_inner(), c.theme);
            if standard.control(&id).is_some() {
                let message = format!("控制措施 `{id}` 重複出現");
                let place = format!("standard {} {id}", standard.slug);
                self.clash((&file.path, line), &place, message, "請只留一個");
            }
            self.keep_place(format!("standard {} {id}", standard.slug), file, line);
            if c.title.trim().is_empty() {
                let message = format!("控制措施 `{id}` 沒有名稱");
                self.problem(&file.path, line, message, "請以自己的話簡述其內容");
            }
            let lost = self.doubts.any(Kind::Standard);
            if !lost && !standard.themes.iter().any(|t| &t.key == theme.get_ref()) {
                let line = file.line(theme.span().start);
                let message = format!("控制措施 `{id}` 所屬的主題 `{}` 不存在", theme.get_ref());
                self.problem(&file.path, line, message, "請加入 standard.toml，或更正 key");
            }
            standard.controls.push(StandardControl {
                id,
                theme: theme.into_inner(),
                title: c.title,
            });
        }
    }

    fn standard_crosswalk(&mut self, file: &File<'_>, standard: &mut Standard) {
        let Some(raw) = self.take_entries::<RawCrosswalk>(file, "row") else {
            return;
        };
        let baseline: &Baseline = &self.baseline;
        let known: BTreeSet<String> = baseline.controls.iter().map(|c| c.id.clone()).collect();
        let mut pairs = BTreeSet::new();
        for row in raw.row {
            let line = file.line(row.control.span().start);
            let control = row.control.into_inner();
            if standard.control(&control).is_none()
                && !self.doubts.of(Kind::Control, &control)
                && !self.doubts.any(Kind::Standard)
            {
                let message = format!("`{}` 沒有控制措施 `{control}`", standard.slug);
                self.problem(
                    &file.path,
                    line,
                    message,
                    "請使用其 controls.toml 所列的編號（id）",
                );
            }
            if row.rows.get_ref().is_empty() {
                let line = file.line(row.rows.span().start);
                let message = format!("控制措施 `{control}` 沒有對照任何一列");
                self.problem(&file.path, line, message, "請填寫對照的列，或移除這一筆");
            }
            for to in row.rows.get_ref() {
                let line = file.line(to.span().start);
                let id = to.get_ref();
                if !known.contains(id) && !self.doubts.of(Kind::Control, id) {
                    let message = format!("防護基準沒有 `{id}` 這一列");
                    self.problem(
                        &file.path,
                        line,
                        message,
                        "請使用 baseline/controls.toml 所列的編號（id）",
                    );
                }
                if !pairs.insert((control.clone(), id.clone())) {
                    let message = format!("`{control}` 重複對照 `{id}`");
                    self.problem(&file.path, line, message, "請只留正確的一項關係");
                }
            }
            standard.crosswalk.push(Crossing {
                control,
                relation: row.relation,
                rows: row
                    .rows
                    .into_inner()
                    .into_iter()
                    .map(Spanned::into_inner)
                    .collect(),
                certainty: row.certainty,
                note: row.note,
            });
        }
    }
}
