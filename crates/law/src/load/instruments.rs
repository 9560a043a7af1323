//! Instruments with their versions and articles, and readings.
//!
//! What it can't know: whether a gist says what the statute says.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use super::parse;
use crate::corpus::InterpretiveReading;
use crate::instrument::{Article, Event, Instrument, Rank, Version};
use std::collections::{BTreeSet, HashMap};
use toml::Spanned;

/// The kind of body that a city directs.
const PUBLIC: &str = "public_agency";

impl Loader {
    pub(super) fn instrument(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take::<parse::RawInstrument>(file) else {
            return;
        };
        let line = file.line(raw.slug.span().start);
        if raw.slug.get_ref() != slug {
            self.problem(
                &file.path,
                line,
                format!("slug `{}` 與所在資料夾 `{slug}` 不同", raw.slug.get_ref()),
                "請將兩者改為一致",
            );
        }
        let key = format!("law {slug}");
        if self.instruments.contains_key(slug) {
            let message = format!("法規 `{slug}` 重複出現");
            self.clash((&file.path, line), &key, message, "請只留一個資料夾");
            return;
        }
        self.keep_place(key, file, line);
        let at = file.line(raw.jurisdiction.span().start);
        if raw
            .jurisdiction_note
            .as_ref()
            .is_some_and(|why| !why.trim().is_empty())
        {
            self.explained.insert(slug.to_owned());
        }
        self.keep_place(format!("jurisdiction {slug}"), file, at);
        let mut versions: Vec<Version> = Vec::new();
        for v in raw.version {
            let line = file.line(v.id.span().start);
            let version = Version {
                id: v.id.get_ref().clone(),
                title: v.title,
                published: v.published.map(|d| d.0),
                from: v.from.map(|d| d.0),
                no_later_than: v.no_later_than.map(|d| d.0),
                until: v.until.map(|d| d.0),
                set_by: v.set_by,
                source: v.source,
                retrieved: v.retrieved.map(|d| d.0),
                confirmed_on: v.confirmed_on.map(|d| d.0),
                certainty: v.certainty,
                modelled: v.modelled,
                complete: v.complete,
                article_count: v.article_count,
                articles: Vec::new(),
                places: HashMap::new(),
            };
            self.check_version(file, line, slug, versions.last(), &version);
            self.keep_place(format!("{slug}@{}", version.id), file, line);
            versions.push(version);
        }
        if versions.is_empty() && !self.doubts.of(Kind::Days, slug) {
            self.problem(
                &file.path,
                0,
                format!("法規 `{slug}` 沒有任何版本"),
                "請加上 [[version]]",
            );
        }
        let bodies = self.bodies(file, raw.rank, raw.bodies);
        let events = raw
            .event
            .into_iter()
            .map(|e| Event {
                date: e.date.0,
                note: e.note,
                source: e.source,
            })
            .collect();
        self.instruments.insert(
            slug.to_owned(),
            Instrument {
                slug: slug.to_owned(),
                folder: file.path.rsplit('/').nth(2).unwrap_or_default().to_owned(),
                pcode: raw.pcode,
                rank: raw.rank,
                jurisdiction: raw.jurisdiction.into_inner(),
                bodies,
                authority: raw.authority,
                aliases: raw.aliases,
                versions,
                events,
            },
        );
    }

    /// The kinds of body that a city's rules name: where a file is silent, those that a city directs.
    fn bodies(&mut self, file: &File<'_>, rank: Rank, named: Option<Vec<Spanned<String>>>) -> Vec<String> {
        if rank != Rank::Local {
            if let Some(first) = named.iter().flatten().next() {
                self.problem(
                    &file.path,
                    file.line(first.span().start),
                    "bodies 只用於地方規定（rank = \"local\"）".to_owned(),
                    "請移除；其他法規及於何者，寫在各依據的 applies",
                );
            }
            return Vec::new();
        }
        let Some(named) = named else {
            return vec![PUBLIC.to_owned()];
        };
        for body in &named {
            if !facts::fact_spec("body").is_some_and(|s| s.takes(body.get_ref())) {
                self.problem(
                    &file.path,
                    file.line(body.span().start),
                    format!("`{}` 不是機關性質", body.get_ref()),
                    "請使用 public_agency 或 specific_non_government",
                );
            }
        }
        named.into_iter().map(Spanned::into_inner).collect()
    }

    fn check_version(
        &mut self,
        file: &File<'_>,
        line: usize,
        slug: &str,
        before: Option<&Version>,
        v: &Version,
    ) {
        if let (Some(from), Some(until)) = (v.start(), v.until)
            && until <= from
        {
            self.doubts.add(Kind::Days, slug);
            self.problem(
                &file.path,
                line,
                format!("版本 `{}` 的失效日 {until} 不晚於施行日 {from}", v.id),
                "請更正 from 或 until",
            );
        }
        let Some(before) = before else { return };
        if before.id == v.id {
            self.problem(
                &file.path,
                line,
                format!("版本 `{}` 重複出現", v.id),
                "請只留一個",
            );
        }
        if self.doubts.some_version(slug) {
            // One of them is lost; what stands before and after it can't be told.
            return;
        }
        let meet = before.until.is_some() && (before.until == v.start() || v.start().is_none());
        if !meet {
            self.doubts.add(Kind::Days, slug);
        }
        match (before.until, v.start()) {
            (None, _) => self.problem(
                &file.path,
                line,
                format!(
                    "`{slug}` 有兩個版本同時有效：`{}` 未填失效日，其後又有 `{}`",
                    before.id, v.id
                ),
                format!("請為 `{}` 填寫 until", before.id),
            ),
            (Some(until), Some(from)) if until > from => self.problem(
                &file.path,
                line,
                format!(
                    "`{slug}` 有兩個版本同時有效：`{}` 至 {until} 失效，`{}` 自 {from} 施行",
                    before.id, v.id
                ),
                "請將前一版本的 until 改為與後一版本的 from 相同",
            ),
            (Some(until), Some(from)) if until < from => self.problem(
                &file.path,
                line,
                format!("版本之間有空窗：自 {until} 至 {from} 沒有有效的 `{slug}` 版本"),
                "請將前一版本的 until 改為與後一版本的 from 相同",
            ),
            _ => {}
        }
    }

    pub(super) fn articles(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take::<parse::RawArticles>(file) else {
            return;
        };
        let line = file.line(raw.version.span().start);
        let known = self
            .instruments
            .get(slug)
            .map(|i| i.versions.iter().position(|v| &v.id == raw.version.get_ref()));
        let Some(Some(index)) = known else {
            let name = format!("{slug}@{}", raw.version.get_ref());
            if self.doubts.version(slug, raw.version.get_ref()) {
                return;
            }
            self.doubts.add(Kind::Law, slug);
            self.doubts.add(Kind::Law, &name);
            self.problem(
                &file.path,
                line,
                format!("`{slug}` 沒有版本 `{}`", raw.version.get_ref()),
                "請加入 instrument.toml，或更正版本名稱",
            );
            return;
        };
        let mut seen = BTreeSet::new();
        let mut articles = Vec::new();
        for a in raw.article {
            let line = file.line(a.id.span().start);
            let id = a.id.into_inner();
            let key = format!("{slug}@{}/{id}", raw.version.get_ref());
            if !seen.insert(id.clone()) {
                let message = format!("條文 `{id}` 重複出現");
                self.clash((&file.path, line), &key, message, "請只留一個");
                continue;
            }
            self.keep_place(key, file, line);
            articles.push(Article {
                id,
                label: a.label,
                heading: a.heading,
                gist: a.gist,
                paragraphs: a.paragraphs,
                items: a.items,
                was: a.was.into_iter().map(Spanned::into_inner).collect(),
                about: a.about,
                body: a.body,
                signs: a.signs,
                certainty: a.certainty,
            });
        }
        if let Some(version) = self
            .instruments
            .get_mut(slug)
            .and_then(|i| i.versions.get_mut(index))
        {
            let ids = articles.iter().enumerate();
            if !version.articles.is_empty() {
                let key = format!("{slug}@{}", raw.version.get_ref());
                let message = format!("版本 `{}` 有兩個條文檔", raw.version.get_ref());
                self.clash(
                    (&file.path, line),
                    &format!("articles {key}"),
                    message,
                    "請併為一檔",
                );
                return;
            }
            version.places = ids.map(|(i, a): (usize, &Article)| (a.id.clone(), i)).collect();
            version.articles = articles;
            self.keep_place(format!("articles {slug}@{}", raw.version.get_ref()), file, line);
        }
    }

    pub(super) fn read_readings(&mut self, file: &File<'_>) {
        let Some(raw) = self.take_entries::<parse::RawReadings>(file, "reading") else {
            return;
        };
        for r in raw.reading {
            let line = file.line(r.key.span().start);
            let key = r.key.into_inner();
            let reading = InterpretiveReading {
                key: key.clone(),
                text: r.text,
                alternative: r.alternative,
                body: r.body,
                certainty: r.certainty,
                source: r.source,
            };
            let place = format!("reading {key}");
            if self.readings.contains_key(&key) {
                let message = format!("讀法 `{key}` 重複出現");
                self.clash((&file.path, line), &place, message, "請只留一個");
                continue;
            }
            self.keep_place(place, file, line);
            self.readings.insert(key, reading);
        }
    }
}
